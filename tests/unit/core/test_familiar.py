"""The same answer is judged once, and nothing else is taken for the same."""

from dataclasses import replace

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from opd_exporter.models import Check, Exchange, Finding, Hop, Reason, TlsFacts
from opd_exporter.pipeline.familiar import Familiar, fingerprint_of
from opd_exporter.registry import Site

URL = "https://dinkes.example/"


def headers(**fields: str) -> CIMultiDictProxy[str]:
    """Headers of an answer."""
    return CIMultiDictProxy(CIMultiDict({name.replace("_", "-"): value for name, value in fields.items()}))


PAGE = Exchange(
    URL,
    URL,
    1.0,
    0.1,
    status=200,
    headers=headers(Date="today", Server="nginx"),
    body=b"<p>Berita</p>",
    hops=(Hop(URL, "127.0.0.1", 200),),
    tls=TlsFacts(2e9, verified=True),
)


def test_time_and_address_do_not_matter() -> None:
    """The same page at another time, from another address and with another date is the same answer."""
    later = replace(
        PAGE,
        started_at=61.0,
        seconds=0.4,
        headers=headers(Date="tomorrow", Server="nginx"),
        hops=(Hop(URL, "127.0.0.2", 200),),
    )
    assert fingerprint_of(later) == fingerprint_of(PAGE) is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"body": b"<p>Slot gacor</p>"},
        {"status": 203},
        {"final_url": "https://other.example/"},
        {"headers": headers(Date="today", Server="cloudflare")},
        {"headers": headers(Date="today", Server="nginx", CF_Mitigated="challenge")},
        {"headers": headers(Date="today", Server="nginx", CF_Ray="1")},
        {"hops": (Hop(URL, None, 301, "/a"), Hop(URL + "a", None, 200))},
        {"tls": TlsFacts(2e9, verified=False, reason=Reason.TLS_EXPIRED)},
    ],
)
def test_whatever_a_rule_looks_at_counts(changed: dict[str, object]) -> None:
    """An answer that differs in anything that a rule may read is judged anew."""
    assert fingerprint_of(replace(PAGE, **changed)) not in {None, fingerprint_of(PAGE)}


@pytest.mark.parametrize("changed", [{"status": 503}, {"reason": Reason.TIMEOUT}, {"truncated": True}])
def test_only_a_whole_success_is_remembered(changed: dict[str, object]) -> None:
    """Errors and cut answers are judged every time."""
    assert fingerprint_of(replace(PAGE, **changed)) is None


def test_another_registry_entry_is_judged_anew() -> None:
    """After a reload that changed the site, its old judgement does not count."""
    site, fingerprint = Site("a", "A", "A", URL), fingerprint_of(PAGE)
    assert fingerprint is not None
    known = Familiar(site, fingerprint, Finding(Check.PROBE, 0.0))
    assert known.matches(site, fingerprint)
    assert not known.matches(replace(site, tls_verify=False), fingerprint)
    assert not known.matches(site, None)
