"""Runs ``opd-exporter check`` over the corpus, one process for each instant, and reads its JSON."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .world import World, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .cases import Case

FRESHNESS_DAYS, DORMANT_DAYS = 30, 90


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of one case."""

    status: str
    last_post: date | None
    reason: str | None = None
    source: str | None = None
    evidence: tuple[str, ...] = ()


async def check_corpus(cases: Sequence[Case]) -> dict[str, Answer]:
    """Case id -> what ``opd-exporter check`` says."""
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[case.now.isoformat()].append(case)
    slots = asyncio.Semaphore(2)
    async with serve(World(cases)) as proxy:

        async def run(now: str, group: list[Case]) -> dict[str, Answer]:
            async with slots:
                return await _check_group(now, group, proxy)

        results = await asyncio.gather(*(run(now, group) for now, group in groups.items()))
    return {case_id: answer for result in results for case_id, answer in result.items()}


async def _check_group(now: str, group: list[Case], proxy: str) -> dict[str, Answer]:
    registry = {
        "defaults": {"proxy_url": proxy, "freshness_limit": f"{FRESHNESS_DAYS}d", "dormant_after": f"{DORMANT_DAYS}d"},
        "canaries": [],
        "sites": [
            {
                "id": _site_id(case),
                "opd": case.slug[:30],
                "name": case.slug,
                "url": _http(case.url),
                "timezone": case.zone,
                "freshness_limit": f"{FRESHNESS_DAYS}d",
            }
            for case in group
        ],
    }
    registry["defaults"].pop("freshness_limit")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.yml"
        path.write_text(yaml.safe_dump(registry, allow_unicode=True), "utf-8")
        command = [sys.executable, "-m", "opd_exporter", "check", "--config.file", str(path)]
        command += ["--as-of", now, "--format", "json"]
        # Read by subprocess and not by the loop: asyncio's reader takes a failed read for the end of the output.
        environment = {**os.environ, "NO_PROXY": "", "no_proxy": ""}
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False, env=environment)
    try:
        said = {element["site"]: element for element in json.loads(done.stdout)}
    except ValueError as error:
        told = done.stderr.decode("utf-8", "replace")[-2000:]
        raise RuntimeError(f"check ended with {done.returncode} after {len(done.stdout)} bytes: {told}") from error
    return {case.id: _answer(said[_site_id(case)]) for case in group}


def _answer(element: dict[str, Any]) -> Answer:
    post = element["last_post"]
    return Answer(
        status=element["status"],
        last_post=date.fromisoformat(post["published_at"][:10]) if post else None,
        reason=element["reason"],
        source=post["source"] if post else None,
        evidence=tuple(element.get("evidence", ())),
    )


def _site_id(case: Case) -> str:
    return "c" + case.id.lower()


def _http(url: str) -> str:
    return url.replace("https://", "http://", 1)
