"""The JSON API: its form, its history, and that the OpenAPI document tells the truth."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from opd_exporter.models import Candidate, Evidence, Hop, PostSource, Reason, Status
from opd_exporter.store import Store
from opd_exporter.web import site_as_json
from opd_exporter.web.serialise import details_as_json
from support.fleet import make_post, make_state, make_tls, one_of_each
from support.webserver import fill_history, serving


async def read_json(client, url, expected=200):
    """The JSON of one GET."""
    async with client.get(url) as response:
        assert response.status == expected
        assert response.content_type == "application/json"
        return await response.json()


async def test_fleet(client):
    """Every site once, in the order of the registry, with the counts of an evaluation."""
    async with serving() as server:
        answer = await read_json(client, f"{server.url}/api/v1/sites")
    assert [site["site"] for site in answer["sites"]] == [state.site.id for state in one_of_each()]
    assert answer["summary"]["active"] == 1
    assert answer["summary"]["inactive"] == 4
    assert answer["summary"]["not_assessable"] == 3
    assert set(answer["summary"]["by_status"]) == set(Status)
    assert answer["at"] == "2020-11-18T18:57:00+07:00"


async def test_an_element_is_what_check_prints(client):
    """The API and ``check --format json`` share one serialiser, with the keys of the contract."""
    state = one_of_each()[4]
    async with serving() as server:
        answer = await read_json(client, f"{server.url}/api/v1/sites?status=down")
    assert answer["sites"] == [json.loads(json.dumps(site_as_json(state)))]
    (site,) = answer["sites"]
    contract = (
        "site",
        "url",
        "status",
        "reason",
        "up",
        "http_status",
        "response_seconds",
        "tls_not_after",
        "last_post",
        "evidence",
    )
    assert set(contract) <= set(site)
    assert (site["status"], site["reason"], site["up"]) == ("down", "tls_expired", False)
    assert site["tls_not_after"] == "2020-11-01T18:57:00+07:00"
    assert site["evidence"] == ["certificate: berakhir 1 November 2020"]
    assert site["last_post"]["published_at"] == "2020-11-16T18:57:00+07:00"
    assert set(site["last_post"]) == {"published_at", "source", "url", "title"}


async def test_unknown_is_null():
    """What is not known is null, never a number."""
    site = site_as_json(one_of_each()[-1])
    for key in (
        "url",
        "reason",
        "since",
        "up",
        "http_status",
        "response_seconds",
        "tls_not_after",
        "last_post",
        "checked_at",
    ):
        assert site[key] is None
    undated = make_state("dinkes", Status.UNDATED)
    assert site_as_json(replace(undated, publishing=replace(undated.publishing, dated=False)))["last_post"] is None


async def test_a_changed_state_shows_at_once(client):
    """Kept JSON never outlives the state that it was made of."""
    async with serving([make_state("dinkes")]) as server:
        url = f"{server.url}/api/v1/sites"
        assert (await read_json(client, url))["sites"][0]["status"] == "active"
        from support.fleet import make_snapshot

        server.fleet["snapshot"] = make_snapshot([make_state("dinkes", Status.DOWN, reason=Reason.TIMEOUT)])
        assert (await read_json(client, url))["sites"][0]["status"] == "down"


async def test_site_with_history(client):
    """One site with its findings, dates considered, and stored history; nothing sensitive."""
    store = Store.open(None)
    states = one_of_each()
    fill_history(store, states[0].site)
    async with serving(states, store=store) as server:
        answer = await read_json(client, f"{server.url}/api/v1/sites/dinkes")
    await asyncio.to_thread(store.close)
    assert [change["status"] for change in answer["history"]["changes"]] == ["active", "down", "active"]
    assert len(answer["history"]["posts"]) == 3
    assert answer["candidates"][1]["refusal"] == "future"
    assert answer["publishing"]["cadence"] == "weekly"
    text = json.dumps(answer)
    for secret in ("siti@example.go.id", "0812", "masuk-admin"):
        assert secret not in text


async def test_a_broken_store_leaves_the_present(client):
    """When the history cannot be read the site is told without it."""
    store = Store.open(None)
    await asyncio.to_thread(store.close)
    async with serving(store=store) as server:
        answer = await read_json(client, f"{server.url}/api/v1/sites/dinkes")
    assert answer["status"] == "active"
    assert "history" not in answer


async def test_hostile_text_is_json(client):
    """Lone surrogates and control characters of a page cannot break the answer."""
    state = make_state(
        "bpbd", Status.COMPROMISED, reason=Reason.DEFACED, evidence=(Evidence("title", "\ud800\x00\u202e" * 500),)
    )
    async with serving([state]) as server:
        answer = await read_json(client, f"{server.url}/api/v1/sites")
        await read_json(client, f"{server.url}/api/v1/sites/bpbd")
    assert len(answer["sites"][0]["evidence"][0]) < 400


def test_what_a_page_sent_can_be_printed():
    """Titles, addresses and notes of a hostile page are bounded and printable in every part of the answer."""
    nasty = "\ud800\x1b[2J\u202e" + "x" * 9_000
    candidate = Candidate(PostSource.PAGE, nasty, nasty, title=nasty, url=nasty, refusal="x", note=nasty)
    state = make_state("bpbd", candidates=(candidate,), evidence=(Evidence(nasty, nasty, nasty),))
    post = make_post(1, url=nasty, title=nasty)
    state = replace(
        state,
        publishing=replace(state.publishing, last_post=post),
        probe=replace(state.probe, hops=(Hop(nasty, "10.0.0.1", 200),)),
        tls=make_tls(subject=nasty, issuer=nasty),
    )
    text = json.dumps(details_as_json(state), ensure_ascii=False)
    text.encode()
    assert text.isprintable()
    assert len(text) < 16_000


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/sites/nope", 404),
        ("/api/v1/sites?status=gone", 400),
        ("/api/v1/nope", 404),
        ("/api/v1/report?month=2020-13", 400),
    ],
)
async def test_errors_are_json(client, path, status):
    """Every error of the API is an object with a message."""
    async with serving() as server:
        answer = await read_json(client, f"{server.url}{path}", status)
    assert set(answer) == {"error"}


def test_the_description_is_true():
    """Schemathesis sends what the OpenAPI document allows and more; every answer is as described."""
    ready, stop = threading.Event(), threading.Event()
    address = []

    async def serve():
        store = Store.open(None)
        states = one_of_each()
        fill_history(store, states[0].site)
        async with serving(states, store=store) as server:
            address.append(server.url)
            ready.set()
            await asyncio.to_thread(stop.wait, 60)
        store.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert ready.wait(20)
        schema = schemathesis.openapi.from_url(f"{address[0]}/api/v1/openapi.json")
        tried = []
        for result in schema.get_all_operations():
            operation = result.ok()

            @settings(
                max_examples=25,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy())
            def run(case):
                case.call_and_validate()

            run()
            tried.append(operation.path)
        known = operation_for(schema, "/api/v1/sites/{site}")
        for site in ("dinkes", "damkar", "bpbd"):
            known.Case(path_parameters={"site": site}).call_and_validate()
        assert set(tried) == {"/api/v1/sites", "/api/v1/sites/{site}", "/api/v1/report"}
    finally:
        stop.set()
        thread.join(20)


def operation_for(schema, path):
    """The GET operation of ``path``."""
    return schema[path]["GET"]
