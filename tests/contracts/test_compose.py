"""docker-compose.yml, exporter/Dockerfile and the .env files against one another and against the files they mount."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml

from support.tools import PROMETHEUS, REPOSITORY

TEXT = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
LASTING = ("exporter", "prometheus", "alertmanager", "grafana")
SCALE = ("exporter-2", "victoria-metrics")
PINS = {
    "prometheus": "prom/prometheus:v3.13.2",
    "alertmanager": "prom/alertmanager:v0.34.0",
    "grafana": "grafana/grafana:13.1.3",
    "mail": "axllent/mailpit:v1.22.3",
    "victoria-metrics": "victoriametrics/victoria-metrics:v1.152.0",
}


def variables(text: str) -> dict[str, str]:
    """Settings of an env file, those that are commented out included."""
    return dict(re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", text, re.MULTILINE))


def used() -> dict[str, str]:
    """Variables of the compose file with their defaults."""
    return dict(re.findall(r"\$\{([A-Z_]+)(?::-([^}]*))?\}", TEXT))


def test_images_are_pinned():
    """No image floats, and the Dockerfile's bases are the ones that the compose test stands in for."""
    assert {name: SERVICES[name]["image"] for name in PINS} == PINS
    dockerfile = (REPOSITORY / "exporter/Dockerfile").read_text()
    assert "PYTHON_IMAGE=python:3.11.14-slim" in dockerfile
    assert f"PROMETHEUS_IMAGE={PINS['prometheus']}" in dockerfile
    standins = (REPOSITORY / "tests/compose/engine.py").read_text()
    for tag in (*PINS.values(), "python:3.11.14-slim"):
        assert f'"{tag}"' in standins


@pytest.mark.parametrize("name", [*LASTING, *SCALE])
def test_services_are_fenced_in(name):
    """Read-only root, no capabilities, limits, restarts, a log that cannot fill the disk."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == "unless-stopped"
    assert {"memory", "cpus", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert service["logging"]["options"]["max-size"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", [*LASTING, "mail", "exporter-2"])
def test_ports_are_on_loopback_unless_asked(name):
    """Whoever publishes a port does it on OPD_BIND, which is this machine alone."""
    assert SERVICES[name]["ports"]
    assert all(port.startswith("${OPD_BIND:-127.0.0.1}:") for port in SERVICES[name]["ports"])


def test_every_lasting_service_has_a_health_check():
    """In the compose file, or for the exporter in its image."""
    assert "HEALTHCHECK" in (REPOSITORY / "exporter/Dockerfile").read_text()
    named = ("prometheus", "alertmanager", "grafana", "mail", "victoria-metrics")
    assert all("test" in SERVICES[name]["healthcheck"] for name in named)


def test_services_start_in_order():
    """Alerts have somewhere to go before there are any, boards a source before they are drawn, all of them a set-up."""
    assert SERVICES["prometheus"]["depends_on"]["alertmanager"]["condition"] == "service_healthy"
    assert SERVICES["grafana"]["depends_on"]["prometheus"]["condition"] == "service_healthy"
    for name in ("exporter", "alertmanager", "grafana"):
        assert SERVICES[name]["depends_on"]["setup"]["condition"] == "service_completed_successfully"
    history = SERVICES["prometheus"]["depends_on"]["history"]
    assert history == {"condition": "service_completed_successfully", "required": False}


def test_registry_is_mounted_as_a_folder():
    """An editor replaces the file; a mount of the file itself would never show the new one."""
    mounts = SERVICES["exporter"]["volumes"]
    assert "${OPD_CONFIG_DIR:-./config}:/etc/opd:ro" in mounts
    assert not any("sites.yml" in mount for mount in mounts)


def test_what_is_mounted_exists():
    """Each path of the repository that a service mounts is there."""
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("./"):
                assert (REPOSITORY / source).exists(), source


def test_every_volume_is_named_and_used():
    """What must survive lies in a named volume."""
    mounted = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    assert {name for name in mounted if re.fullmatch(r"[a-z0-9-]+", name)} == set(COMPOSE["volumes"])
    assert {f"{name}-data" for name in (*LASTING, *SCALE)} == set(COMPOSE["volumes"])


def test_every_setting_is_explained():
    """.env.example has every variable of the compose file, with the same default, and no other."""
    example = variables((REPOSITORY / ".env.example").read_text())
    assert set(example) - {"COMPOSE_PROFILES"} == set(used())
    commented = dict(re.findall(r"^#([A-Z][A-Z_]+)=(.*)$", (REPOSITORY / ".env.example").read_text(), re.MULTILINE))
    for name, value in commented.items():
        if name != "COMPOSE_PROFILES":
            assert value == used()[name], name


def test_the_demo_sets_known_settings_only():
    """.env.demo is made of what .env.example explains."""
    demo = variables((REPOSITORY / ".env.demo").read_text())
    assert set(demo) <= {*used(), "COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME"}
    assert demo["OPD_SMTP_HOST"] == "mail"


def test_the_scale_profile_is_two_halves_and_a_memory():
    """.env.scale sets known settings; the shards add up; every job of scale.yml and the data source are services."""
    scale = variables((REPOSITORY / ".env.scale").read_text())
    assert set(scale) <= {*used(), "COMPOSE_PROFILES"}
    assert scale["COMPOSE_PROFILES"] == "scale"
    assert {scale["OPD_SHARD_FLAG"], *re.findall(r"--shard=\S+", SERVICES["exporter-2"]["command"])} == {
        "--shard=1/2",
        "--shard=2/2",
    }
    config = yaml.safe_load((PROMETHEUS / scale["OPD_PROMETHEUS_FILE"]).read_text())
    groups = [group for job in config["scrape_configs"] for group in job["static_configs"]]
    named = [target for group in groups for target in group["targets"]]
    named += [url.split("/")[2] for url in (scale["OPD_SERIES_URL"], *(one["url"] for one in config["remote_write"]))]
    hosts = {address.partition(":")[0] for address in named}
    assert hosts == {"exporter", "exporter-2", "victoria-metrics", "alertmanager", "localhost"}
    assert "ports" not in SERVICES["victoria-metrics"]
    for name in ("exporter", "exporter-2"):
        assert "${OPD_EXPORTER_FLAGS:-}" in SERVICES[name]["command"], "a login of the pages holds for both"
    assert all(SERVICES[name]["profiles"] == ["scale"] for name in SCALE)
    memory = SERVICES["prometheus"]["depends_on"]["victoria-metrics"]
    assert memory == {"condition": "service_healthy", "required": False}


def test_configurations_get_what_they_ask_for():
    """Each ${...} of prometheus.yml and alertmanager.yml is in the environment of its service or has a default."""
    prometheus = set(re.findall(r"\$\{(OPD_\w+)\}", (PROMETHEUS / "prometheus.yml").read_text()))
    assert prometheus <= set(SERVICES["prometheus"]["environment"])
    alertmanager = set(re.findall(r"\$\{(OPD_\w+)\}", (PROMETHEUS / "alertmanager/alertmanager.yml").read_text()))
    defaults = set(re.findall(r"export (OPD_\w+)=", (PROMETHEUS / "alertmanager/entrypoint.sh").read_text()))
    derived = {"OPD_HEARTBEAT_RECEIVER"}
    assert alertmanager <= set(SERVICES["alertmanager"]["environment"]) | defaults | derived


def test_prometheus_has_the_flags_that_its_file_asks_for():
    """prometheus.yml says which flags it needs; without them a restart mails good news and then bad news again."""
    flags = " ".join(SERVICES["prometheus"]["command"])
    asked = re.findall(r"^#   (--[\w.-]+)", (PROMETHEUS / "prometheus.yml").read_text(), re.MULTILINE)
    assert len(asked) >= 4
    for flag in asked:
        if flag != "--enable-feature":
            assert flag in flags, flag
    assert "--data.retention=240h" in SERVICES["alertmanager"]["command"]


def test_grafana_is_for_looking_only():
    """Anonymous visitors are Viewers, the password is a file, nothing is reported to anybody."""
    environment = SERVICES["grafana"]["environment"]
    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert environment["GF_SECURITY_ADMIN_PASSWORD__FILE"].startswith("/run/secrets/")
    assert "GF_SECURITY_ADMIN_PASSWORD" not in environment
    for flag in ("REPORTING_ENABLED", "CHECK_FOR_UPDATES", "CHECK_FOR_PLUGIN_UPDATES", "FEEDBACK_LINKS_ENABLED"):
        assert environment[f"GF_ANALYTICS_{flag}"] == "false"
    home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (REPOSITORY / "grafana/dashboards" / home.rsplit("/", 1)[1]).exists()


def test_no_secret_and_no_host_is_written_down():
    """Passwords are files that git ignores; scripts name no mirror and no registry."""
    ignored = subprocess.run(
        ["git", "check-ignore", ".env", "secrets/grafana/grafana_admin_password", "config/sites.yml"],
        cwd=REPOSITORY,
        check=False,
        capture_output=True,
        text=True,
    )
    if (REPOSITORY / ".git").exists():
        assert len(ignored.stdout.split()) == 3
    for script in ("scripts/compose-test", "scripts/smoke", "tests/compose/engine.py", "tests/compose/__main__.py"):
        text = (REPOSITORY / script).read_text()
        hosts = set(re.findall(r"https?://([\w.-]+\.[a-z]{2,})", text))
        assert {host for host in hosts if not host.endswith("example.go.id")} == set(), script


def test_the_scripts_that_containers_run_are_whole():
    """A script that is mounted into a container has no syntax error (the shell's, or Python's)."""
    scripts = ("scripts/compose-setup", "scripts/compose-test", "scripts/smoke", "grafana/entrypoint.sh")
    for script in scripts:
        subprocess.run(["sh", "-n", script], cwd=REPOSITORY, check=True)
    history = REPOSITORY / "scripts/demo-history"
    compile(history.read_text(), str(history), "exec")


def test_build_context_holds_what_the_dockerfile_copies():
    """.dockerignore lets through every path that COPY names, and keeps the rest out."""
    ignore = (REPOSITORY / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in ignore if line.startswith("!")}
    assert "*" in ignore
    dockerfile = (REPOSITORY / "exporter/Dockerfile").read_text()
    copied = [
        path for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE) for path in line.split()[:-1]
    ]
    assert copied
    for path in copied:
        assert any(path == entry or entry.startswith(f"{path}/") for entry in kept), path
