"""The vocabulary: what is injected, what is news about it, and what only sounds like it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from opd_exporter.verdict import gambling
from opd_exporter.verdict.vocabulary import SECTIONS, VocabularyError, load_vocabulary, parse_vocabulary

TEXTS = yaml.safe_load(Path(__file__).with_name("texts.yml").read_text("utf-8"))
INJECTED, NEWS, INNOCENT = TEXTS["injected"], TEXTS["news"], TEXTS["innocent"]


@pytest.mark.parametrize("text", INJECTED)
def test_an_advertisement_is_found(text):
    """A strong phrase is found through every disguise, with an excerpt of the text as it stood."""
    match = gambling.find(text)
    assert match is not None
    assert match.phrase
    assert match.text


@pytest.mark.parametrize("text", NEWS)
def test_news_about_gambling_is_not_an_advertisement(text):
    """A warning word beside the phrase makes it a quotation."""
    assert not gambling.is_gambling(text)
    assert gambling.is_warning(text)


@pytest.mark.parametrize("text", INNOCENT)
def test_words_that_only_sound_alike(text):
    """Slots of time, people called Toto, songbirds and raffles are no gambling."""
    assert gambling.find(text) is None


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("maxwin-contoh.example", True),
        ("slot88-h.example", True),
        ("www.rtpslot.example", True),
        ("togel-c.example", True),
        ("situs-dewa88.example", True),
        ("raja777.example", True),
        ("sbobet.example", True),
        ("login-judi.example", True),
        ("usaha4d.example", True),
        ("dinkes.go.id", False),
        ("slot.serangkab.go.id", False),
        ("antijudi.example", False),
        ("bandarlampung.example", False),
        ("toto.co.id", False),
        ("totolink.net", False),
        ("judicial.example", False),
        ("alphabet.example", False),
        ("parkirslotwaktu.example", False),
        ("tibet.example", False),
        ("example.com", False),
    ],
)
def test_hosts(host, found):
    """A host is gambling by its name only when the name leaves no doubt, and never under go.id."""
    assert (gambling.host_word(host) is not None) is found


def test_suspects_are_all_that_find_finds():
    """The cheap look over many texts never loses one that the full look would find."""
    texts = INJECTED + NEWS + INNOCENT
    worth = set(gambling.suspects(texts))
    assert {position for position, text in enumerate(texts) if gambling.find(text)} <= worth
    for position, text in enumerate(INJECTED):
        assert gambling.suspects([text]) == [0], position


@pytest.mark.parametrize(
    "name", ["Diskominfo", "Bagian Hukum", "Polres Contoh", "Badan Kepegawaian (ASN)", "CSIRT Kabupaten"]
)
def test_the_name_of_an_institution_is_no_warning_in_its_own_title(name):
    """The communication office's own title may be taken over like any other; a post's title quotes."""
    title = f"{name} - Situs Slot Gacor Maxwin"
    assert gambling.find(title, own_title=True) is not None
    assert gambling.find(f"{name} blokir situs slot gacor", own_title=True) is None


def test_warnings_in_a_boast_do_not_excuse():
    """``anti blokir`` is what injected titles say of themselves."""
    assert gambling.is_gambling("Slot Gacor Anti Blokir Tanpa Penipuan")


@given(st.text(max_size=300))
def test_any_text_is_looked_at_without_error(text):
    """No text raises, and none costs more than a moment."""
    started = time.perf_counter()
    gambling.find(text)
    gambling.suspects([text])
    gambling.host_word(text)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "unit",
    ["s.", "slot ", "a0", "  ", "<a", "\u200b", "слот", "gampang menang ", "situs-", "tidak x x gampang ", "s l o t "],
)
def test_long_texts_cost_bounded_time(unit):
    """A megabyte of any pattern's favourite prefix is cut before it is looked at."""
    started = time.perf_counter()
    gambling.find(unit * (1_000_000 // len(unit)))
    gambling.suspects([unit * 1_000] * 50)
    assert time.perf_counter() - started < 3


def test_the_vocabulary_is_complete():
    """Every section is there and every strong phrase holds a hint, or the cheap look would hide it."""
    assert set(load_vocabulary()) == set(SECTIONS)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"strong": ["("]}, "strong"),
        ({"warning": []}, "list of texts"),
        ({"host": ["a", "a"]}, "twice"),
        ({"lain": ["x"]}, "sections"),
    ],
)
def test_a_faulty_vocabulary_is_refused(change, complaint):
    """Loading names the section and what is wrong with it."""
    sections = {name: ["x"] for name in SECTIONS} | change
    with pytest.raises(VocabularyError, match=complaint):
        parse_vocabulary(yaml.safe_dump(sections))
