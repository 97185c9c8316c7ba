# Every target does its own set-up; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: bench bench-docs bench-large browser clean dashboards demo docs eval format fuzz help lint lock smoke soak test test-compose test-slow tools venv

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PYTHON_TESTS := PYTHONPATH=tests $(BIN)/python
# Reached from this machine only; set ADDRESS=:19715 to let others in.
ADDRESS ?= 127.0.0.1:19715
SCENARIO ?= 2020
MINUTES ?= 30
FUZZ_MINUTES ?= 10

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: ## the simulated fleet of 31 sites and the exporter on it (SCENARIO=2020|all|60|healthy|1000)
	@scripts/venv runtime
	@$(BIN)/opd-exporter demo --scenario $(SCENARIO) --web.listen-address $(ADDRESS)

venv: ## the development environment in .venv
	@scripts/venv dev

tools: venv ## Prometheus, Alertmanager and friends from Debian, unpacked into build/tools
	@scripts/debian-tools

browser: ## Debian's Chromium and LibreOffice Calc, which some tests drive
	@scripts/apt-install chromium libreoffice-calc-nogui=soffice

test: tools browser ## all tests, on real servers and programs
	@# Four workers on two cores: the stories of tests/stack wait on their programs most of the time.
	$(PYTEST) -n 4 --dist loadgroup -m "not slow" tests --ignore tests/integration/faults
	@# Apart from the rest, since they measure delays and memory and a busy machine would blur both.
	$(PYTEST) -n 3 --dist loadgroup -m "not slow" tests/integration/faults

test-slow: tools browser ## the tests that take minutes
	$(PYTEST) -m slow --timeout 3600 tests

test-compose: venv ## the shipped docker-compose.yml on a Docker engine of its own (root; four to nine minutes)
	scripts/compose-test

smoke: ## the stack with the official images (needs Docker and the internet)
	scripts/smoke

lint: venv ## ruff, mypy, import order, shell scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: venv ## write the generated documents anew
	$(BIN)/python -m opd_exporter.catalog_document docs/metrics.md

eval: venv ## how often the engine is right on the labelled sites, beside two baselines
	$(BIN)/python -m tests.eval

bench: tools ## what a probe, the whole system, each size, the pages and the report cost (docs/performance.md)
	@scripts/apt-install nginx-light=/usr/sbin/nginx
	$(PYTHON_TESTS) -m bench.real_rate $(if $(WRITE),--write)
	$(PYTHON_TESTS) -m bench.probes
	$(PYTHON_TESTS) -m bench.content_cost
	$(PYTHON_TESTS) -m bench.load
	$(PYTHON_TESTS) -m bench.honest
	$(PYTHON_TESTS) -m bench.pages
	$(PYTHON_TESTS) -m bench.report
	$(PYTHON_TESTS) -m bench.zoo --blackbox build/tools/bin/blackbox_exporter --print

bench-large: tools ## 10,000 and 20,000 sites on one core, their /metrics, and the arithmetic of docs/scaling.md (50 minutes)
	@scripts/apt-install nginx-light=/usr/sbin/nginx
	$(PYTHON_TESTS) -m bench.load 10000
	$(PYTHON_TESTS) -m bench.scrape
	$(PYTHON_TESTS) -m bench.load 20000
	$(PYTHON_TESTS) -m bench.footprint $(if $(WRITE),--write)

bench-docs: venv ## write what `make bench WRITE=1` measured into docs/performance.md
	$(PYTHON_TESTS) -m bench.document

soak: venv ## thirty minutes of a fleet at one second: memory and descriptors (MINUTES=30)
	$(PYTHON_TESTS) -m bench.soak --minutes $(MINUTES)

fuzz: venv ## fuzz dates, feeds, pages, registry and headers (MINUTES=10 each)
	$(PYTHON_TESTS) -m fuzz --minutes $(FUZZ_MINUTES)

dashboards: venv ## write grafana/dashboards from grafana/build
	$(BIN)/python grafana/build

format: venv ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: venv ## pin the dependencies anew
	scripts/lock --upgrade

clean: ## remove what the other targets made
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
