"""Sends the prober and Debian's blackbox_exporter through the same zoo and writes the table of docs/reliability.md.

    PYTHONPATH=tests .venv/bin/python -m bench.zoo [--blackbox build/tools/bin/blackbox_exporter] [--print]

blackbox_exporter has no name server setting: where the machine allows a mount namespace (``unshare``) it runs with a
hosts file of its own that knows the zoo; cages that are about DNS answers do not apply to it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from support.zoo.cage import CAP, Cage
from support.zoo.keeper import CAGES, Opened
from support.zoo.visit import AT_ONCE, SECONDS, Notes, Report, open_zoo, visit

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- zoo: generated, see tests/bench/zoo.py -->", "<!-- zoo: end -->"


@dataclass(frozen=True)
class Seen:
    """What blackbox_exporter said of one cage."""

    success: bool
    seconds: float
    body_bytes: int


def main() -> None:
    """Visit, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--blackbox", type=Path, default=ROOT / "build/tools/bin/blackbox_exporter")
    parser.add_argument("--print", action="store_true", help="print the section instead of writing it")
    options = parser.parse_args()
    with open_zoo() as opened:
        report = visit(opened)
        seen, peak = ask_blackbox(options.blackbox, opened) if options.blackbox.exists() else ({}, 0)
    section = write_section(report, seen, peak, version_of(options.blackbox) if seen else "")
    if options.print:
        print(section)  # noqa: T201 - asked for
        return
    text = DOCUMENT.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    DOCUMENT.write_text(f"{head}{BEGIN}\n{section}\n{END}{tail}", "utf-8")


def version_of(program: Path) -> str:
    """The version of blackbox_exporter."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return (done.stdout + done.stderr).split("version ", 1)[1].split(" ", 1)[0].rstrip(",")


def ask_blackbox(program: Path, opened: Opened) -> tuple[dict[str, Seen], int]:
    """Let blackbox_exporter probe every cage that it can reach; its answers and its peak memory in bytes."""
    with run_blackbox(program, opened) as (address, process_id):
        with ThreadPoolExecutor(8) as pool:
            cages = [cage for cage in CAGES if cage.kind != "dns"]
            answers = pool.map(lambda cage: probe(address, opened.urls[cage.name]), cages)
            seen = {cage.name: answer for cage, answer in zip(cages, answers, strict=True) if answer is not None}
        status = Path(f"/proc/{process_id}/status").read_text("utf-8")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return seen, peak * 1_024


@contextmanager
def run_blackbox(program: Path, opened: Opened):
    """Run blackbox_exporter with the zoo in its hosts file."""
    with tempfile.TemporaryDirectory(prefix="zoo-blackbox-") as folder:
        hosts = Path(folder, "hosts")
        names = {urlsplit(url).hostname: "127.0.0.1" for url in opened.urls.values()}
        lines = [f"{address} {name} www.{name}" for name, address in names.items()]
        hosts.write_text("\n".join(["127.0.0.1 localhost", "::1 dead-aaaa.zoo.test", *lines]) + "\n", "utf-8")
        module = {
            "prober": "http",
            "timeout": f"{SECONDS:.0f}s",
            "http": {"tls_config": {"ca_file": opened.ca_file}, "follow_redirects": True},
        }
        config = Path(folder, "blackbox.yml")
        config.write_text(json.dumps({"modules": {"zoo": module}}), "utf-8")
        port = free_port()
        command = [program, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
        script = f'mount --bind {hosts} /etc/hosts && exec "$@"'
        process = subprocess.Popen(["unshare", "-m", "sh", "-c", script, "sh", *command], stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/-/healthy")
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait(10)


def free_port() -> int:
    """A port that nobody uses now."""
    import socket

    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        return probe_socket.getsockname()[1]


def wait_for(url: str) -> None:
    """Wait until ``url`` answers."""
    deadline = time.monotonic() + 10
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def probe(address: str, url: str) -> Seen | None:
    """One answer of blackbox_exporter; ``None`` when its page did not come."""
    try:
        with urllib.request.urlopen(f"{address}/probe?module=zoo&target={quote(url, safe='')}", timeout=60) as page:
            lines = page.read().decode().splitlines()
    except OSError:
        return None
    values = dict(line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return Seen(
        values["probe_success"] == "1",
        float(values["probe_duration_seconds"]),
        int(float(values.get("probe_http_uncompressed_body_length", "0"))),
    )


def write_section(report: Report, seen: dict[str, Seen], peak: int, version: str) -> str:
    """The section as Markdown."""
    slowest = max(notes.exchange.seconds for notes in report.notes.values())
    wrong = [cage.name for cage in CAGES if not agrees(cage, report.notes[cage.name])]
    lines = [
        f"{os.cpu_count()} cores, Python {platform.python_version()}; deadline {SECONDS:.0f} s, {AT_ONCE} at a time.",
        "",
        "| promise | figure |",
        "| --- | --- |",
        f"| misbehaving servers | {len(CAGES)} |",
        f"| told apart as a browser would | {len(CAGES) - len(wrong)} |",
        f"| longest exchange | {slowest:.2f} s of {SECONDS:.0f} s |",
        f"| largest body kept | {max(notes.size for notes in report.notes.values()):,} of {CAP:,} bytes |",
        f"| memory left behind by the whole zoo | {report.growth_bytes / 1_048_576:.1f} MiB of 20 MiB |",
        f"| slowest of {report.neighbour_rounds} healthy probes | {report.worst_neighbour_seconds:.2f} s of 1 s |",
    ]
    if seen:
        lines.append(f"| peak memory of blackbox_exporter {version} on the same zoo | {peak / 1_048_576:.0f} MiB |")
    lines += [
        "",
        "| server | what it does | opd-exporter says | s | blackbox_exporter says | s |",
        "| --- | --- | --- | ---: | --- | ---: |",
    ]
    for cage in CAGES:
        notes = report.notes[cage.name]
        lines.append(
            f"| {cage.name} | {cage.what} | {say(notes)} | {notes.exchange.seconds:.2f} | {other(cage, seen)} |"
        )
    return "\n".join(lines)


def agrees(cage: Cage, notes: Notes) -> bool:
    """Whether the exchange says what the cage expects."""
    exchange = notes.exchange
    tls = exchange.tls.reason if exchange.tls else None
    return exchange.reason == cage.expect.reason and tls == cage.expect.tls


def say(notes: Notes) -> str:
    """The exchange in a few words."""
    exchange = notes.exchange
    if exchange.reason is not None:
        return f"`{exchange.reason}`"
    words = [f"`{exchange.tls.reason}`, content read" if exchange.tls and exchange.tls.reason else "read"]
    if exchange.status != 200:
        words.append(f"HTTP {exchange.status}")
    if exchange.truncated:
        words.append("cut at 1 MiB" if notes.size == CAP else f"first {notes.size:,} bytes")
    if exchange.tls is not None and exchange.tls.legacy:
        words.append("legacy TLS")
    if exchange.tls is not None and exchange.tls.verified and exchange.tls.chain_complete is False:
        words.append("chain repaired")
    return ", ".join(words)


def other(cage: Cage, seen: dict[str, Seen]) -> str:
    """What blackbox_exporter said, in two cells."""
    answer = seen.get(cage.name)
    if answer is None:
        return "does not apply | " if cage.kind == "dns" else "no page | "
    word = "success" if answer.success else "failure"
    if answer.body_bytes > CAP:
        word += f", read {answer.body_bytes / 1_048_576:,.0f} MiB"
    return f"{word} | {answer.seconds:.2f}"


if __name__ == "__main__":
    main()
