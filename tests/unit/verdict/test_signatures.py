"""Every signature is proved by a saved page, and hits no page of another kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from opd_exporter.models import Reason, Status
from opd_exporter.verdict import judge_probe
from opd_exporter.verdict.broken import blocking_page, foreign_page
from opd_exporter.verdict.glance import Glance
from opd_exporter.verdict.look import Look
from opd_exporter.verdict.signatures import SignatureError, load_signatures, parse_signatures
from support.proofs import PROOFS, load_proof, make_exchange, make_site

SIGNATURES = load_signatures()
PROOF_OF = {proof: [s for s in SIGNATURES if proof in s.proofs] for s in SIGNATURES for proof in s.proofs}
CORPUS = Path(__file__).parents[2] / "corpus"


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda signature: signature.id)
def test_every_signature_hits_its_proofs(signature):
    """Each saved page named as a proof is hit by the signature that names it."""
    for proof in signature.proofs:
        assert signature.search(Glance(load_proof(proof))), f"{signature.id} misses {proof}"


def test_every_saved_page_is_somebodys_proof():
    """No page lies in the folder that no signature names, and none is named that does not lie there."""
    assert {path.name for path in PROOFS.glob("*.http")} == set(PROOF_OF)


@pytest.mark.parametrize("proof", sorted(PROOF_OF))
def test_a_saved_page_gets_the_reason_it_proves(proof):
    """The whole table of rules gives a saved page a reason of one of the signatures that it proves."""
    finding = judge_probe(make_site(), load_proof(proof))
    assert finding.reason in {signature.reason for signature in PROOF_OF[proof]}, finding
    assert finding.evidence


@pytest.mark.parametrize("proof", sorted(PROOF_OF))
def test_no_signature_of_another_status_hits_a_saved_page(proof):
    """A page that proves "blocked" is not also read as "down", nor the other way round."""
    statuses = {signature.reason.status for signature in PROOF_OF[proof]}
    glance = Glance(load_proof(proof))
    wrong = [
        s.id
        for s in SIGNATURES
        if s.reason.status is Status.BLOCKED and s.reason.status not in statuses and s.search(glance)
    ]
    assert not wrong


def _healthy_pages():
    for case in sorted(CORPUS.glob("*/case.yaml")):
        facts = yaml.safe_load(case.read_text("utf-8"))
        if facts["status"] not in {"active", "late", "dormant", "undated"}:
            continue
        routes = json.loads((case.parent / "pages" / "headers.json").read_text("utf-8"))["routes"].values()
        sound = {route["file"] for route in routes if "file" in route and route.get("status", 200) == 200}
        for name in sorted(sound):
            if name.endswith(".html") and "404" not in name and "feed-disabled" not in name:
                yield pytest.param(case.parent / "pages" / name, id=f"{case.parent.name}/{name}")


@pytest.mark.parametrize("page", list(_healthy_pages()))
def test_no_signature_hits_a_healthy_page_of_the_corpus(page):
    """Home pages, lists and posts of readable sites, answered with 200, trip nothing."""
    look = Look(make_site(), make_exchange(page.read_bytes()))
    assert blocking_page(look) is None
    assert foreign_page(look) is None


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"reason": "rusak"}, "closed set"),
        ({"where": "body"}, "where must be one of"),
        ({"any": ["Huruf Besar"]}, "lower case"),
        ({"pattern": "("}, "pattern"),
        ({"warna": "biru"}, "unknown keys"),
        ({"status": ["403"]}, "HTTP statuses"),
        ({"proof": []}, "proof"),
        ({"max_visible": "banyak"}, "max_visible"),
        ({"id": "Id Salah"}, "id must be"),
        ({"any": None}, "any must be"),
        ({"with": {"where": "title"}}, "needs any"),
    ],
)
def test_a_faulty_entry_is_refused_by_name(change, complaint):
    """Loading names the entry and what is wrong with it."""
    entry = {"id": "contoh", "reason": "parked", "where": "title", "any": ["x"], "proof": ["x.http"], **change}
    with pytest.raises(SignatureError, match=complaint):
        parse_signatures(yaml.safe_dump([entry]))


def test_an_id_is_used_once():
    """Two entries with one id are refused."""
    entry = {"id": "contoh", "reason": "parked", "where": "title", "any": ["x"], "proof": ["x.http"]}
    with pytest.raises(SignatureError, match="twice"):
        parse_signatures(yaml.safe_dump([entry, entry]))


def test_every_kind_of_broken_page_has_a_signature():
    """The reasons that only signatures can give are all covered."""
    wanted = {
        Reason.PARKED,
        Reason.SUSPENDED,
        Reason.DEFAULT_PAGE,
        Reason.DIRECTORY_INDEX,
        Reason.DATABASE_ERROR,
        Reason.APPLICATION_ERROR,
        Reason.INSTALLER,
        Reason.MAINTENANCE,
        Reason.WAF_CHALLENGE,
        Reason.RATE_LIMITED,
        Reason.FORBIDDEN_TO_MONITOR,
        Reason.ISP_BLOCK,
    }
    assert wanted <= {signature.reason for signature in SIGNATURES}
