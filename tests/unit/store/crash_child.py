"""A child that writes to a store until it is killed; says what is queued (q N) and what is acknowledged (a N)."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from opd_exporter.models import Post, PostSource, ProbeResult, Status
from opd_exporter.registry import Site
from opd_exporter.store import Change, Remembered, Store

SITE = Site("dinkes", "Dinkes", "Dinas Kesehatan", "https://dinkes.example.go.id/")


def say(kind: str, number: int) -> None:
    """One line to the parent."""
    sys.stdout.write(f"{kind} {number} {time.monotonic()}\n")
    sys.stdout.flush()


def main() -> None:
    """Write numbered rounds: one probe, one post, one change, one state and one memory each."""
    store = Store.open(sys.argv[1])
    remembered = store.load().get(SITE.id)
    number = int(remembered.extra["number"]) if remembered else 0
    while True:
        number += 1
        now = time.time()
        post = Post(f"https://x.example/{number}", f"Judul {number}", datetime.now(UTC), PostSource.FEED)
        store.record_probe(SITE, now, ProbeResult.UP, 0.1, 10)
        store.save_posts(SITE.id, [post], now)
        store.record_change(Change(SITE.id, now, Status.DOWN if number % 2 else Status.ACTIVE))
        store.save_memory(SITE.id, {"number": number})
        store.save_state(Remembered(SITE.id, Status.ACTIVE, since=1.0, extra={"number": number}))
        say("q", number)
        if sys.argv[2] == "flush" and number % 7 == 0:
            store.flush()
            say("a", number)
        time.sleep(0.002)


if __name__ == "__main__":
    main()
