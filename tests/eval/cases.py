"""The labelled sites of ``tests/corpus``: what they answer and what is true of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

CORPUS = Path(__file__).parent.parent / "corpus"
ZONES = {"+07:00": "Asia/Jakarta", "+08:00": "Asia/Makassar", "+09:00": "Asia/Jayapura"}


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled site."""

    id: str
    slug: str
    url: str
    now: datetime
    zone: str
    last_post: date | None
    status: str
    reason: str | None
    kinds: tuple[str, ...]
    routes: dict[str, dict[str, Any]]
    folder: Path
    tolerance_days: int = 0

    @property
    def host(self) -> str:
        """The site's host."""
        return urlsplit(self.url).hostname or ""


def load_case(folder: Path) -> Case:
    """The case of one folder."""
    facts = yaml.safe_load((folder / "case.yaml").read_text("utf-8"))
    pages = json.loads((folder / "pages" / "headers.json").read_text("utf-8"))
    last_post = facts["last_post"]
    return Case(
        id=folder.name,
        slug=facts["slug"],
        url=facts["site"],
        now=datetime.fromisoformat(str(facts["now"])),
        zone=ZONES.get(facts["tz"], "Asia/Jakarta"),
        last_post=date.fromisoformat(str(last_post)) if last_post else None,
        status=facts["status"],
        reason=facts.get("reason"),
        kinds=tuple(facts["kinds"]),
        routes=pages["routes"],
        folder=folder / "pages",
        tolerance_days=1 if "relative-time" in facts["kinds"] else 0,
    )


def load_corpus(root: Path = CORPUS) -> list[Case]:
    """Every case, in the order of the folders' names."""
    return [load_case(path.parent) for path in sorted(root.glob("*/case.yaml"))]
