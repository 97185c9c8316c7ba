"""The running exporter: statuses, restarts, reloads."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import TYPE_CHECKING

import yaml

from support.program import serve

if TYPE_CHECKING:
    from support.town import Town

EXPECTED = {"aktif": "active", "lama": "dormant", "rusak": "down"}


async def test_main_job(town: Town) -> None:
    """Three sites, three statuses, with reason, age and readiness."""
    async with serve(town.config_file, town.storage) as exporter:
        samples = await exporter.until(lambda now: now.statuses() == EXPECTED)
        assert samples.reasons() == {"rusak": "http_server_error"}
        assert samples.value("opd_site_up", site="aktif") == 1
        assert samples.value("opd_site_up", site="rusak") == 0
        age = samples.value("opd_site_seconds_since_last_post", site="lama")
        assert age is not None
        assert 119 * 86_400 < age < 121 * 86_400
        assert samples.value("opd_site_last_post_timestamp_seconds", site="rusak") is None
        assert (await exporter.get("/-/ready"))[0] == 200
        exporter.send(signal.SIGTERM)
        assert await exporter.wait() == 0


async def test_kill_in_the_middle_and_restart_with_every_site_gone(town: Town) -> None:
    """After kill -9 the newest posts, statuses and their beginnings are there at once, before any probe."""
    async with serve(town.config_file, town.storage) as exporter:
        before = await exporter.until(lambda now: now.statuses() == EXPECTED)
        await asyncio.sleep(1.5)  # the store promises to lose at most the last second
        exporter.send(signal.SIGKILL)
        await exporter.wait()
    for department in town.departments.values():
        await department.stop()
    town.defaults = {"confirm_after": "30s"}
    town.write()
    async with serve(town.config_file, town.storage) as exporter:
        after = await exporter.samples()
        assert after.statuses() == EXPECTED
        assert after.reasons() == before.reasons()
        for site in EXPECTED:
            for name in ("opd_site_status_since_timestamp_seconds", "opd_site_last_post_timestamp_seconds"):
                assert after.value(name, site=site) == before.value(name, site=site), (name, site)
        assert after.value("opd_fleet_sites", status="pending") == 0


async def test_one_failed_probe_is_confirmed_before_it_counts(town: Town) -> None:
    """A site that fails once and answers the second look never turns down."""
    department = town.departments["aktif"]
    town.defaults = {"confirm_after": "1500ms", "probe_interval": "3s"}
    town.write("aktif")
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(lambda now: now.statuses() == {"aktif": "active"})
        department.status = 503
        await department.hit()
        department.status = 200
        await department.hit()
        await asyncio.sleep(0.3)
        assert (await exporter.samples()).statuses() == {"aktif": "active"}
        assert not [entry for entry in exporter.log if entry.get("now") == "down"]


async def test_hacked_and_cleaned(town: Town) -> None:
    """Injected gambling links turn a site compromised though it stays readable; two clean looks end it."""
    department = town.departments["aktif"]
    town.write("aktif")
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(lambda now: now.statuses() == {"aktif": "active"})
        department.hack()
        hacked = await exporter.until(lambda now: now.statuses() == {"aktif": "compromised"})
        assert hacked.reasons() == {"aktif": "gambling_links"}
        assert hacked.value("opd_site_up", site="aktif") == 1
        assert hacked.value("opd_site_last_post_timestamp_seconds", site="aktif") is not None
        evidence = [labels["text"] for labels, _ in hacked.by_name["opd_site_evidence_info"]]
        assert any("slot gacor" in text for text in evidence)
        department.extra = ""
        await exporter.until(lambda now: now.statuses() == {"aktif": "active"})


async def test_last_post_outlives_an_outage(town: Town) -> None:
    """While a site is down its newest known post stays on the page."""
    department = town.departments["aktif"]
    town.write("aktif")
    async with serve(town.config_file, town.storage) as exporter:
        before = await exporter.until(lambda now: now.statuses() == {"aktif": "active"})
        await department.stop()
        down = await exporter.until(lambda now: now.statuses() == {"aktif": "down"})
        assert down.reasons() == {"aktif": "connect_refused"}
        name = "opd_site_last_post_timestamp_seconds"
        assert down.value(name, site="aktif") == before.value(name, site="aktif") is not None
        await department.start()
        up = await exporter.until(lambda now: now.statuses() == {"aktif": "active"})
        assert up.reasons() == {}


async def test_a_new_post_is_seen(town: Town) -> None:
    """A dormant site that publishes becomes active at the next content check."""
    town.write("lama")
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(lambda now: now.statuses() == {"lama": "dormant"})
        town.departments["lama"].ages.insert(0, 0)
        await exporter.until(lambda now: now.statuses() == {"lama": "active"})


async def test_reload_by_signal(town: Town) -> None:
    """SIGHUP takes a changed registry: removed sites vanish at the next scrape, new ones are probed."""
    town.write("aktif", "lama")
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(lambda now: now.statuses() == {"aktif": "active", "lama": "dormant"})
        town.write("aktif", "rusak")
        exporter.send(signal.SIGHUP)
        samples = await exporter.until(lambda now: now.statuses() == {"aktif": "active", "rusak": "down"})
        _, text = await exporter.get("/metrics")
        assert 'site="lama"' not in text
        assert samples.value("opd_exporter_config_last_reload_successful") == 1


async def test_a_bad_file_keeps_the_last_good_registry(town: Town) -> None:
    """A registry with a mistake is refused with a metric, and every site goes on as it was."""
    async with serve(town.config_file, town.storage, "--web.enable-lifecycle") as exporter:
        await exporter.until(lambda now: now.statuses() == EXPECTED)
        town.config_file.write_text("sites: [{id: Salah Sekali}]\n", encoding="utf-8")
        async with exporter.session.post(exporter.url + "/-/reload") as answer:
            assert answer.status == 500
            assert "sites[0].id" in await answer.text()
        samples = await exporter.samples()
        assert samples.value("opd_exporter_config_last_reload_successful") == 0
        assert samples.statuses() == EXPECTED


async def test_a_changed_file_is_found_without_a_signal(town: Town) -> None:
    """An editor that saves the registry is enough."""
    town.write("aktif")
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(lambda now: now.statuses() == {"aktif": "active"})
        town.write("aktif", "lama")
        await exporter.until(lambda now: now.statuses() == {"aktif": "active", "lama": "dormant"})


async def test_a_second_exporter_on_one_store_is_refused(town: Town) -> None:
    """Two exporters on one store would undo each other: the second says so and stops."""
    from support.program import run

    async with serve(town.config_file, town.storage):
        code, _, error = await run("serve", "--config.file", town.config_file, "--storage.path", town.storage)
    assert code == 2
    assert "in use by another opd-exporter" in error
    assert "Traceback" not in error


async def test_the_monitors_own_outage_blames_nobody(town: Town) -> None:
    """When every site and every canary fails at once, statuses stay and the monitor says that it is offline."""
    canary = town.departments.pop("rusak")
    canary.status = 200
    town.canaries = [canary.url]
    town.write("aktif", "lama")
    async with serve(town.config_file, town.storage) as exporter:
        before = await exporter.until(lambda now: now.statuses() == {"aktif": "active", "lama": "dormant"})
        assert before.value("opd_exporter_network_up") == 1
        for department in (*town.departments.values(), canary):
            await department.stop()
        offline = await exporter.until(lambda now: now.value("opd_exporter_network_up") == 0)
        await asyncio.sleep(2)
        offline = await exporter.samples()
        assert offline.statuses() == before.statuses()
        assert offline.value("opd_site_up", site="aktif") is None
        for department in town.departments.values():
            await department.start()
        await exporter.until(lambda now: now.value("opd_exporter_network_up") == 1)
        assert not [entry for entry in exporter.log if entry.get("now") == "down"]


async def test_a_monitor_that_cannot_ask_says_nothing_of_the_site(town: Town) -> None:
    """When the monitor's own proxy is away, the site keeps its status and is neither up nor down."""
    town.write("aktif")
    async with serve(town.config_file, town.storage) as exporter:
        await exporter.until(lambda now: now.statuses() == {"aktif": "active"})
        town.defaults = {"proxy_url": "http://127.0.0.1:9/"}
        town.write("aktif")
        exporter.send(signal.SIGHUP)
        away = await exporter.until(
            lambda now: (now.value("opd_site_probes_total", site="aktif", result="unknown") or 0) > 2
        )
        assert away.statuses() == {"aktif": "active"}
        assert away.value("opd_site_up", site="aktif") is None
        town.defaults = {}
        town.write("aktif")
        exporter.send(signal.SIGHUP)
        await exporter.until(lambda now: now.value("opd_site_up", site="aktif") == 1)


async def test_a_dead_server_of_hundreds_of_sites_holds_up_nobody_else(town: Town) -> None:
    """Its sites wait for their turn at that address; a site of another server keeps its rhythm."""
    silent = socket.create_server(("127.0.0.9", 0), backlog=4_096)
    url = f"http://127.0.0.9:{silent.getsockname()[1]}/"
    town.defaults = {"probe_interval": "1s", "probe_timeout": "20s"}
    town.write("aktif")
    registry = yaml.safe_load(town.config_file.read_text("utf-8"))
    for number in range(400):
        site = {"id": f"desa-{number}", "opd": f"Desa {number}", "name": f"Desa {number}", "url": f"{url}{number}"}
        registry["sites"].append(site)
    town.config_file.write_text(yaml.safe_dump(registry), "utf-8")
    with silent:
        async with serve(town.config_file, town.storage) as exporter:
            await exporter.until(lambda now: (now.value("opd_exporter_probes_in_flight") or 0) >= 400, seconds=90)
            department = town.departments["aktif"]
            before = department.hits
            await asyncio.sleep(5)
            assert department.hits - before >= 3
