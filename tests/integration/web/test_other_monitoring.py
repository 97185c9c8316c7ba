"""The examples of docs/integrations.md, run: a real Prometheus and a real blackbox_exporter on the demo fleet."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import urllib.parse
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import trustme
import yaml

from opd_exporter.demo import Fleet
from support.program import serve
from support.tools import run_tool, tool
from support.webserver import PASSWORD, hash_password, serving

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "integrations.md"
JOBS = dict(re.findall(r"```yaml\n# job: ([\w-]+)\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL))


def example(job, folder, **addresses):
    """The example's configuration with real addresses and a short interval, as a file."""
    text = JOBS[job]
    for name, address in addresses.items():
        stated = {"exporter": "opd-exporter.example:19715", "blackbox": "blackbox-exporter.example:9115"}
        stated["prometheus"] = "prometheus.example:9090"
        assert stated[name] in text
        text = text.replace(stated[name], address)
    document = yaml.safe_load(text)
    for scrape in document["scrape_configs"]:
        scrape["scrape_interval"] = "2s"
        scrape["scrape_timeout"] = "2s"
        for discovery in scrape.get("http_sd_configs", ()):
            discovery["refresh_interval"] = "1s"
    path = folder / f"{job}.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


@asynccontextmanager
async def program(name, *arguments, ready, session):
    """A Debian program that listens; waits for ``ready``, ends it by SIGTERM."""
    process = await asyncio.create_subprocess_exec(
        tool(name), *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )

    async def answers():
        assert process.returncode is None, f"{name} ended"
        try:
            async with session.get(ready) as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    try:
        await until(answers, f"{name} is ready")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def until(condition, what, seconds=60.0):
    """Poll a coroutine function until it is true."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not await condition():
        assert loop.time() < deadline, what
        await asyncio.sleep(0.2)


async def query(session, address, text):
    """An instant query: ``{labels as a tuple: value}``."""
    async with session.get(f"http://{address}/api/v1/query?query={urllib.parse.quote(text)}") as response:
        answer = await response.json()
    assert answer["status"] == "success", answer
    return [(sample["metric"], float(sample["value"][1])) for sample in answer["data"]["result"]]


@asynccontextmanager
async def prometheus(session, folder, config, unused_tcp_port_factory):
    """A real Prometheus with ``config``; yields its address."""
    assert run_tool("promtool", "check", "config", config).returncode == 0
    port = unused_tcp_port_factory()
    data = folder / f"tsdb-{port}"
    async with program(
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
        ready=f"http://127.0.0.1:{port}/-/ready",
        session=session,
    ):
        yield f"127.0.0.1:{port}"


@pytest.mark.parametrize("job", sorted(JOBS))
def test_examples_are_valid(job, tmp_path):
    """Promtool accepts every example as it stands in the document."""
    path = tmp_path / "example.yml"
    path.write_text(JOBS[job], encoding="utf-8")
    checked = run_tool("promtool", "check", "config", path)
    assert checked.returncode == 0, checked.stdout


async def test_prometheus_probes_every_demo_site(tmp_path, unused_tcp_port_factory):
    """The stock blackbox job with its relabelling, pointed at /probe, shows probe_success for each of the 31 sites.

    A second Prometheus federates the sites from one that scrapes /metrics.
    """
    config = tmp_path / "sites.yml"
    async with Fleet("2020") as fleet, aiohttp.ClientSession() as session:
        config.write_text(fleet.registry_text(probe_timeout="1500ms", confirm_after="1s"), encoding="utf-8")
        expected = fleet.expected()
        async with serve(config, tmp_path / "opd.db") as exporter:
            address = exporter.url.removeprefix("http://")
            await exporter.until(lambda samples: samples.value("opd_fleet_sites", status="pending") == 0, 60)
            blackbox = example("blackbox", tmp_path, exporter=address)
            metrics = example("metrics", tmp_path, exporter=address)
            async with (
                prometheus(session, tmp_path, blackbox, unused_tcp_port_factory) as prober,
                prometheus(session, tmp_path, metrics, unused_tcp_port_factory) as regency,
            ):

                async def probed():
                    return len(await query(session, prober, "probe_success")) == 31

                await until(probed, "31 sites probed")
                success = {labels["instance"]: value for labels, value in await query(session, prober, "probe_success")}
                readable = {"active", "late", "dormant", "undated"}
                for site, (status, _) in expected.items():
                    wanted = status in readable or (status == "compromised" and success[fleet.address_of(site)])
                    assert success[fleet.address_of(site)] == wanted, site
                assert {value for _, value in await query(session, prober, "up")} == {1.0}
                assert len(await query(session, prober, "probe_http_duration_seconds{phase='processing'}")) == 31

                federation = example("federation", tmp_path, prometheus=regency)
                async with prometheus(session, tmp_path, federation, unused_tcp_port_factory) as province:

                    async def federated():
                        found = await query(session, province, 'opd_fleet_sites{status="active",daerah!=""}')
                        return bool(found) and found[0][1] == 23

                    await until(federated, "the fleet arrives by federation")


SHIPPED = DOCUMENT.parents[1] / "prometheus" / "prometheus.yml"


async def test_the_shipped_job_scrapes_a_protected_exporter(tmp_path, unused_tcp_port_factory):
    """With the shipped job's lines for credentials and TLS switched on, an exporter that asks for both is read."""
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1")
    made.cert_chain_pems[0].write_to_path(tmp_path / "server.crt")
    made.private_key_pem.write_to_path(tmp_path / "server.key")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    web_config = tmp_path / "web.yml"
    users = f"basic_auth_users:\n  prometheus: {hash_password()}\n"
    web_config.write_text(
        f"{users}tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n", encoding="utf-8"
    )

    job = SHIPPED.read_text(encoding="utf-8").partition("- job_name: opd-exporter")[2].partition("- job_name:")[0]
    keys = "basic_auth|  username|  password_file|scheme|tls_config|  ca_file"
    switched_on = re.sub(rf"^( +)# (?=({keys}):)", r"\1", job, flags=re.MULTILINE)
    scrape = yaml.safe_load("  - job_name: opd-exporter" + switched_on)[0]
    assert scrape["basic_auth"]["username"] == "prometheus"
    scrape["basic_auth"]["password_file"] = str(tmp_path / "password")
    scrape["tls_config"]["ca_file"] = str(tmp_path / "ca.pem")
    scrape |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    async with serving(config=web_config) as server, aiohttp.ClientSession() as session:
        scrape["static_configs"] = [{"targets": [server.url.removeprefix("https://")]}]
        config = tmp_path / "prometheus.yml"
        config.write_text(yaml.safe_dump({"scrape_configs": [scrape]}), encoding="utf-8")
        async with prometheus(session, tmp_path, config, unused_tcp_port_factory) as address:

            async def scraped():
                return [value for _, value in await query(session, address, "up")] == [1.0]

            await until(scraped, "the exporter is scraped over TLS with a password")
            assert len(await query(session, address, "opd_site_info")) == 8


async def test_service_discovery_feeds_blackbox_exporter(tmp_path, unused_tcp_port_factory):
    """Debian's blackbox_exporter gets its targets from /sd and agrees about who answers."""
    port = unused_tcp_port_factory()
    config = tmp_path / "sites.yml"
    async with Fleet("2020") as fleet, aiohttp.ClientSession() as session:
        config.write_text(fleet.registry_text(confirm_after="1s"), encoding="utf-8")
        modules = {
            "http_2xx": {"prober": "http", "timeout": "1s", "http": {"tls_config": {"ca_file": str(fleet.ca_file)}}}
        }
        (tmp_path / "blackbox.yml").write_text(json.dumps({"modules": modules}), encoding="utf-8")
        async with (
            serve(config, tmp_path / "opd.db") as exporter,
            program(
                "blackbox_exporter",
                f"--config.file={tmp_path / 'blackbox.yml'}",
                f"--web.listen-address=127.0.0.1:{port}",
                ready=f"http://127.0.0.1:{port}/-/healthy",
                session=session,
            ),
        ):
            job = example(
                "second-opinion",
                tmp_path,
                exporter=exporter.url.removeprefix("http://"),
                blackbox=f"127.0.0.1:{port}",
            )
            async with prometheus(session, tmp_path, job, unused_tcp_port_factory) as address:

                async def probed():
                    return len(await query(session, address, "probe_success")) == 31

                await until(probed, "blackbox_exporter has seen 31 sites")
                success = {labels["site"]: value for labels, value in await query(session, address, "probe_success")}
    for site, (status, reason) in fleet.expected().items():
        if status == "active":
            assert success[site] == 1, site
        if status == "down" and reason != "suspended":  # a page that is not the site is a success to blackbox
            assert success[site] == 0, site
