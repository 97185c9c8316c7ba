"""Every input that was ever a finding of the fuzzers, and one ordinary input for each target."""

from __future__ import annotations

import pytest

from fuzz.seeds import WORDS, seeds
from fuzz.targets import TARGETS, run


@pytest.mark.parametrize("name", TARGETS)
def test_kept_inputs_are_harmless(name: str) -> None:
    """Nothing of the corpus raises, breaks a promise or takes long any more."""
    kept = seeds(name)
    assert kept
    for data in kept:
        run(name, data)


@pytest.mark.parametrize("name", TARGETS)
def test_words_alone_are_harmless(name: str) -> None:
    """Each word a thousand times, and all words in a row."""
    for word in WORDS[name]:
        run(name, word.encode() * 1_000)
    run(name, "".join(WORDS[name]).encode())
