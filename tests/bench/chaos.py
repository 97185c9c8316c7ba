"""Many rounds of trouble on the demo fleet and the real programs: false mails and missed outages are counted.

    PYTHONPATH=tests .venv/bin/python -m bench.chaos [--rounds 200] [--fleets 5] [--factor 15] [--seed 1]

The chain is the shipped one, scaled (``support/scaling.py``); the rounds are shared by several fleets, each with an
exporter, a Prometheus, an Alertmanager and a mail server of its own, which run side by side. Each round is drawn from:
one site fails and is mended; a short drip (one site, for less than an alert's wait); Prometheus, Alertmanager or the
exporter is restarted, politely or by force, also during an outage. Every failure that lasts must be mailed by name,
and its end too; everything else that is mailed is false. Exit status 1 when there is a false mail or a missed outage.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from support.demo_exporter import DemoExporter
from support.stack import Stack

if TYPE_CHECKING:
    from support.mailbox import Mail

MODES = ("http_server_error", "connect_refused", "connect_reset", "suspended", "database_error", "empty", "timeout")
KINDS = ("outage", "outage", "drip", "restart_exporter", "restart_prometheus", "restart_alertmanager")
RESTARTS = KINDS[3:]
MAIL_SECONDS = 45.0


def say(line: str) -> None:
    """One line of the report."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass
class Tally:
    """What happened."""

    rounds: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    seen: int = 0

    def add(self, other: Tally) -> None:
        """Count what another fleet went through."""
        self.rounds += other.rounds
        self.missed += other.missed
        self.false += other.false
        self.delays += other.delays


class Chaos:
    """One run over one stack."""

    def __init__(self, exporter: DemoExporter, stack: Stack, seed: int) -> None:
        self.exporter, self.stack = exporter, stack
        self.random = random.Random(seed)
        self.tally = Tally()
        self.sites = list(exporter.fleet.sites)
        self.names = {site: exporter.fleet.sites[site].spec.department.opd for site in self.sites}

    def play(self, rounds: int) -> Tally:
        """All rounds, one after the other."""
        for number in range(1, rounds + 1):
            kind = self.random.choice(KINDS)
            self.tally.rounds[kind] += 1
            getattr(self, kind)()
            wrong = f"missed {len(self.tally.missed)} false {len(self.tally.false)}"
            say(f"{self.stack.name} {number:4d} {kind:20s} {wrong}")
        self.settle()
        return self.tally

    def outage(self) -> None:
        """A site fails for good and is mended; sometimes something is restarted in the middle of it."""
        site = self.random.choice(self.sites)
        began = time.time()
        self.exporter.do(self.exporter.fleet.fail(site, self.random.choice(MODES)))
        if self._expect(site, "GANGGUAN", "tidak dapat diakses"):
            self.tally.delays.append(time.time() - began)
        middle = self.random.choice((None, None, *RESTARTS))
        if middle:
            # Killed, Alertmanager mails again what it had mailed in the last moments: delivery is at least once.
            self.stack.pause("1m")
            self.tally.rounds[f"{middle} in an outage"] += 1
            getattr(self, middle)()
        self.exporter.do(self.exporter.fleet.recover(site))
        self._expect(site, "PULIH", "kembali normal")
        self.settle()

    def drip(self) -> None:
        """One site fails for less than an outage."""
        site = self.random.choice(self.sites)
        self.exporter.do(self.exporter.fleet.fail(site, self.random.choice(MODES[:3])))
        self.stack.pause("1m")
        self.exporter.do(self.exporter.fleet.recover(site))
        self.settle()

    def restart_exporter(self) -> None:
        """The exporter is restarted."""
        self.exporter.stop(kill=self.random.random() < 0.5)
        self.exporter.start()
        self.settle()

    def restart_prometheus(self) -> None:
        """Prometheus is restarted."""
        self.stack.stop("prometheus", kill=self.random.random() < 0.5)
        self.stack.start_prometheus()
        self.settle()

    def restart_alertmanager(self) -> None:
        """Alertmanager is restarted."""
        self.stack.stop("alertmanager", kill=self.random.random() < 0.5)
        self.stack.start_alertmanager()
        self.settle()

    def settle(self) -> None:
        """Give false mails the time to come, and count them."""
        self.stack.pause("1m")
        self._count()

    def _count(self) -> None:
        mails = self.stack.mailbox.mails
        for mail in mails[self.tally.seen :]:
            self._blame(mail)
        self.tally.seen = len(mails)

    def _blame(self, mail: Mail) -> None:
        say(f"{self.stack.name}      false: {mail}")
        self.tally.false.append(str(mail))

    def _expect(self, site: str, *words: str) -> bool:
        """Whether a new mail has the words and the site's name; it then counts as seen."""
        name = self.names[site]
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            mails = self.stack.mailbox.mails
            for mail in mails[self.tally.seen :]:
                self.tally.seen += 1
                if name in mail.subject and all(word in mail.subject for word in words):
                    return True
                self._blame(mail)
            time.sleep(0.1)
        self.tally.missed.append(f"{name}: {' '.join(words)}")
        return False


def run(rounds: int, factor: float, seed: int) -> Tally:
    """``rounds`` of one fleet, drawn from ``seed``."""
    folder = Path(tempfile.mkdtemp(prefix="opd-chaos-"))
    intervals = {"probe_interval": "3s", "confirm_after": "1s", "probe_timeout": "2s"}
    with (
        DemoExporter(folder / "exporter", scenario="healthy", **intervals) as exporter,
        # A restart takes real seconds, on a busy machine many: the shipped minute of OPDExporterDown is not scaled.
        Stack(
            f"kekacauan-{seed}", folder / "stack", exporter=exporter.address, factor=factor, exporter_wait=60.0
        ) as stack,
    ):
        return Chaos(exporter, stack, seed).play(rounds)


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=200, help="of all fleets together")
    parser.add_argument("--fleets", type=int, default=5, help="that run side by side")
    parser.add_argument("--factor", type=float, default=15.0, help="how much faster than the shipped intervals")
    parser.add_argument("--seed", type=int, default=1, help="of the first fleet")
    options = parser.parse_args()
    began = time.time()
    shares = [len(range(fleet, options.rounds, options.fleets)) for fleet in range(options.fleets)]
    tally = Tally()
    with ThreadPoolExecutor(options.fleets) as pool:
        running = [
            pool.submit(run, share, options.factor, options.seed + fleet) for fleet, share in enumerate(shares) if share
        ]
        for future in running:
            tally.add(future.result())
    delays = sorted(tally.delays)
    minutes = (time.time() - began) / 60
    say(
        f"\nrounds            {options.rounds} of {len(running)} fleets in {minutes:.0f} min, factor {options.factor:g}"
    )
    say(f"of each kind      {dict(tally.rounds)}")
    if delays:
        say(f"outages mailed    {len(delays)}, after {median(delays):.1f} s (median), {delays[-1]:.1f} s (most)")
    say(f"missed            {len(tally.missed)} {tally.missed}")
    say(f"false mails       {len(tally.false)} {tally.false}")
    return 1 if tally.missed or tally.false else 0


if __name__ == "__main__":
    sys.exit(main())
