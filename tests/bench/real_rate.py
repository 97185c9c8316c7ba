"""CPU and memory at the real rate: the exporter and blackbox_exporter, each with Prometheus, on the same servers.

    PYTHONPATH=tests .venv/bin/python -m bench.real_rate [--sites 1000] [--seconds 15] [--rounds 5] [--write]

A thousand sites at 15 s are 67 probes a second. Both run at the same time on the same machine, so that whatever else it
does falls on both alike; CPU comes from ``/proc/PID/stat``, every figure is a median. HTTPS is a fresh, verified ECDSA
handshake at each probe. ``--write`` puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench import programs
from bench.servers import open_town

DOCUMENT = programs.ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- real rate: generated, see tests/bench/real_rate.py -->", "<!-- real rate: end -->"
GOALS = {
    "http": {"probe": 0.4, "whole": 0.33, "memory": 0.85},
    "https": {"probe": 0.7, "whole": 0.55, "memory": 0.85},
}


def measure(folder: Path, scheme: str, sites: int, seconds: float, rounds: int) -> dict[str, float]:
    """Medians: shares of a core and MiB of the four programs."""
    with ExitStack() as stack:
        town = stack.enter_context(open_town())
        registry = programs.write_registry(folder, town, sites, secure=scheme == "https", interval="15s")
        ours = stack.enter_context(programs.exporter(registry, folder / f"{scheme}.db"))
        theirs = stack.enter_context(programs.blackbox(folder, town))
        own_job = {"job_name": "opd", "static_configs": [{"targets": [ours.url.removeprefix("http://")]}]}
        targets = [town.url(number, secure=scheme == "https") for number in range(sites)]
        their_job = {
            "job_name": "blackbox",
            "metrics_path": "/probe",
            "params": {"module": ["page"]},
            "static_configs": [{"targets": targets}],
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"source_labels": ["__param_target"], "target_label": "instance"},
                {"target_label": "__address__", "replacement": theirs.url.removeprefix("http://")},
            ],
        }
        our_server = stack.enter_context(programs.prometheus(folder, [own_job]))
        their_server = stack.enter_context(programs.prometheus(folder, [their_job]))

        def is_ready() -> bool:
            try:
                ours.get("/-/ready")
            except OSError:
                return False
            return True

        programs.wait_until(is_ready, "the first round over all sites", 300)
        up = programs.query(their_server, "sum(probe_success)")
        programs.say(f"{scheme}: blackbox_exporter reads {up[0]['value'][1] if up else 0} of {sites}")
        cast = (ours, our_server, theirs, their_server)
        spent = []
        for number in range(rounds):
            spent.append(programs.share(cast, seconds))
            programs.say(f"{scheme} {number + 1}/{rounds}: " + "  ".join(f"{part:.1%}" for part in spent[-1]))
        columns = [programs.median(column) for column in zip(*spent, strict=True)]
        names = ("exporter", "our_prometheus", "blackbox", "their_prometheus")
        figures = dict(zip(names, columns, strict=True))
        figures |= {f"{name}_mib": program.memory for name, program in zip(names, cast, strict=True)}
        figures["active"] = programs.samples(ours.get(), "opd_fleet_sites")['{status="active"}']
        return figures


def tabulate(results: dict[str, dict[str, float]], rate: float) -> str:
    """The section of the document."""
    lines = [
        "| | opd-exporter | blackbox_exporter | ratio | goal |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for scheme, found in results.items():
        ours, theirs = found["exporter"] / rate * 1e3, found["blackbox"] / rate * 1e3
        goal = GOALS[scheme]
        lines.append(
            f"| {scheme.upper()}, CPU per probe | {ours:.2f} ms | {theirs:.2f} ms | {ours / theirs:.2f} | "
            f"{goal['probe']} |"
        )
        ours, theirs = found["exporter"] + found["our_prometheus"], found["blackbox"] + found["their_prometheus"]
        lines.append(
            f"| {scheme.upper()}, with Prometheus, of one core | {ours:.1%} | {theirs:.1%} | {ours / theirs:.2f} | "
            f"{goal['whole']} |"
        )
        ours = found["exporter_mib"] + found["our_prometheus_mib"]
        theirs = found["blackbox_mib"] + found["their_prometheus_mib"]
        lines.append(
            f"| {scheme.upper()}, with Prometheus, memory | {ours:.0f} MiB | {theirs:.0f} MiB | {ours / theirs:.2f} | "
            f"{goal['memory']} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure both schemes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--rounds", type=int, default=programs.ROUNDS)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    results = {}
    for scheme in ("http", "https"):
        with tempfile.TemporaryDirectory(prefix="bench-rate-") as folder:
            results[scheme] = measure(Path(folder), scheme, options.sites, options.seconds, options.rounds)
        programs.save("real_rate", {"sites": options.sites, "results": results})
    table = tabulate(results, options.sites / 15)
    print(table)  # noqa: T201 - the result
    if options.write:
        machine = json.loads((programs.RESULTS / "real_rate.json").read_text("utf-8"))["machine"]
        said = (
            f"{machine['cores']} cores, Python {machine['python']}, OpenSSL {machine['openssl']}; load average before "
            f"the run {machine['load_before']:.1f}; {options.sites:,} sites at 15 s."
        )
        head, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
        DOCUMENT.write_text(f"{head}{BEGIN}\n{said}\n\n{table}\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
