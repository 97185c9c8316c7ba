"""Words of each language: Hypothesis puts inputs together from them, and atheris gets them as its dictionary."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CORPUS = Path(__file__).with_name("corpus")
WORDS: Mapping[str, Sequence[str]] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))


def seeds(name: str) -> list[bytes]:
    """The kept inputs of a target: everything that was ever a finding, and one ordinary input."""
    return [file.read_bytes() for file in sorted((CORPUS / name).glob("*")) if file.is_file()]
