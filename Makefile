# Every target does its own set-up; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-compose lint format typecheck docs eval bench soak fuzz dashboards lock venv tools clean smoke

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PROMTOOL := build/tools/usr/bin/promtool
# Reached from this machine only; set ADDRESS=:19715 to let others in.
ADDRESS ?= 127.0.0.1:19715
SCENARIO ?= 2020

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: ## the simulated fleet of 31 sites and the exporter on it (SCENARIO=2020|all|60|healthy)
	@scripts/venv runtime
	@$(BIN)/opd-exporter demo --scenario $(SCENARIO) --web.listen-address $(ADDRESS)

venv: ## the development environment in .venv
	@scripts/venv dev

tools: venv ## Prometheus, Alertmanager and friends from Debian, unpacked into build/tools
	@scripts/debian-tools

browser: ## Debian's Chromium and LibreOffice Calc, which some tests drive
	@scripts/apt-install chromium libreoffice-calc-nogui=soffice

test: tools browser ## all tests, on real servers and programs
	$(PYTEST) -n 2 --dist loadgroup -m "not slow" tests

test-slow: tools browser ## the tests that take minutes
	$(PYTEST) -m slow --timeout 3600 tests

lint: venv ## ruff, mypy, import order, shell scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: venv ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: venv ## pin the dependencies anew
	scripts/lock --upgrade

clean: ## remove what the other targets made
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
