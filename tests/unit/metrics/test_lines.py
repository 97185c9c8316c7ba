"""Label texts and numbers: whatever goes in, the page stays one that Prometheus reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from opd_exporter.metrics.lines import kind_word, label_value, number, printable

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=300)
"""Lone surrogates and control characters included."""


@given(ANY_TEXT)
def test_any_text_makes_a_readable_label(text):
    """A label made of any text can be encoded, stays on one line, and reads back as the bounded text."""
    line = f'a{{b="{label_value(text)}"}} 1\n'
    line.encode()
    (family,) = text_string_to_metric_families(line)
    assert family.samples[0].labels["b"] == printable(text, 200)
    assert len(family.samples[0].labels["b"]) <= 200


@given(ANY_TEXT)
def test_any_kind_is_a_short_word(text):
    """The kind of a piece of evidence is always a plain word."""
    word = kind_word(text)
    assert 1 <= len(word) <= 32
    assert word.isascii()
    assert word.replace("_", "").isalnum()


def test_huge_texts_are_cut_before_they_are_cleaned():
    """A text of a hundred megabytes costs no more than a short one."""
    assert printable("x" * 100_000_000, 80) == "x" * 80
    assert printable(" \n\t " * 30_000_000, 80) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (0.0, "0"),
        (0.42, "0.42"),
        (1_605_700_620.0, "1605700620"),
        (0.1234567891, "0.123457"),
        (-1, "-1"),
        (1e20, "1e+20"),
    ],
)
def test_numbers(value, text):
    """Numbers are exact to the microsecond and without a needless fraction."""
    assert number(value) == text
