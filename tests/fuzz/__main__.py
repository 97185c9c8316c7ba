"""Fuzz every target for some minutes: ``PYTHONPATH=tests python -m fuzz [--minutes 10] [--engine both] [TARGET ...]``.

Hypothesis puts inputs together from each target's own words; atheris (installed by ``make fuzz`` where there is a
wheel) mutates the kept seeds and follows coverage. The minutes are shared by the engines. A finding is written to
``tests/fuzz/corpus/TARGET/``, which ``make test`` replays for ever after, and ends the run with exit status 1.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fuzz.seeds import CORPUS, WORDS, seeds
from fuzz.targets import TARGETS, run

TESTS = Path(__file__).resolve().parents[1]


def inputs(name: str) -> st.SearchStrategy[bytes]:
    """Sequences of the target's words, of any text and of any bytes; some of them repeated until they are long."""
    word = st.sampled_from(WORDS[name]).map(str.encode)
    text = st.text(max_size=40).map(lambda value: value.encode("utf-8", "surrogatepass"))
    piece = st.one_of(word, word, word, text, st.binary(max_size=20))
    many = st.builds(lambda unit, times: unit * times, piece, st.integers(2, 3_000))
    return st.lists(st.one_of(piece, piece, piece, piece, many), max_size=30).map(b"".join)


def keep(name: str, data: bytes) -> Path:
    """Write a finding into the corpus."""
    file = CORPUS / name / f"finding-{hashlib.sha256(data).hexdigest()[:12]}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


def by_hypothesis(name: str, seconds: float) -> tuple[int, Path | None]:
    """Inputs tried, and the finding if there was one."""
    tried, deadline = 0, time.monotonic() + seconds
    last = b""

    @settings(
        max_examples=200,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(name))
    def attempt(data: bytes) -> None:
        nonlocal tried, last
        if time.monotonic() > deadline:
            return
        tried += 1
        last = data
        run(name, data)

    while time.monotonic() < deadline:
        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - whatever comes out is a finding
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
            return tried, keep(name, last)
    return tried, None


def by_atheris(name: str, seconds: float) -> tuple[int, Path | None]:
    """The same, guided by coverage."""
    with tempfile.TemporaryDirectory(prefix="opd-fuzz-") as folder:
        grown = Path(folder, "corpus")
        grown.mkdir()
        words = Path(folder, "words")
        words.write_text("\n".join(f'"{escape(word)}"' for word in WORDS[name] if word) + "\n", "ascii")
        command = [sys.executable, "-m", "fuzz.coverage_guided", name, f"-max_total_time={int(seconds)}"]
        command += [
            f"-dict={words}",
            f"-artifact_prefix={folder}/",
            "-max_len=20000",
            "-timeout=60",
            "-print_final_stats=1",
        ]
        command += ["-rss_limit_mb=2048", str(grown), str(CORPUS / name)]
        done = subprocess.run(command, cwd=TESTS, capture_output=True, check=False)
        said = done.stderr.decode("utf-8", "replace")
        tried = next((int(line.split()[-1]) for line in said.splitlines() if "number_of_executed_units" in line), 0)
        found = [file for file in Path(folder).iterdir() if file.name.startswith(("crash-", "timeout-", "oom-"))]
        if found:
            print(said[-3_000:], file=sys.stderr)  # noqa: T201
            return tried, keep(name, found[0].read_bytes())
        if not tried:
            raise RuntimeError(said[-3_000:])
        return tried, None


def escape(word: str) -> str:
    """A word as libFuzzer's dictionaries write it."""
    return "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\' else f"\\x{byte:02x}" for byte in word.encode()[:60]
    )


def main() -> None:
    """Fuzz, print a table, exit with 1 after a finding."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=10.0, help="for each target")
    parser.add_argument("--engine", choices=["hypothesis", "atheris", "both"], default="both")
    options = parser.parse_args()
    if unknown := set(options.targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    engines = {"hypothesis": by_hypothesis, "atheris": by_atheris}
    if options.engine != "both":
        engines = {options.engine: engines[options.engine]}
    if "atheris" in engines and importlib.util.find_spec("atheris") is None:
        print("atheris is not installed here: Hypothesis alone", file=sys.stderr)  # noqa: T201
        engines = {"hypothesis": by_hypothesis}
    print("| target | engine | minutes | inputs | findings |\n| --- | --- | ---: | ---: | --- |", flush=True)  # noqa: T201
    failed = False
    for name in options.targets or TARGETS:
        for seed in seeds(name):
            run(name, seed)
        for engine, attack in engines.items():
            started = time.monotonic()
            tried, finding = attack(name, options.minutes * 60 / len(engines))
            minutes = (time.monotonic() - started) / 60
            found = finding.name if finding else "none"
            print(f"| {name} | {engine} | {minutes:.1f} | {tried:,} | {found} |", flush=True)  # noqa: T201
            failed = failed or finding is not None
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
