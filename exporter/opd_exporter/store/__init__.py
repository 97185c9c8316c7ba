"""What was: the SQLite store that makes a restart, even after kill -9, lose nothing but the last second.

Use::

    store = Store.open(path)    # None: in memory, for `check`; read_only=True: `report` beside a running exporter
    remembered = store.load()   # dict[site_id, Remembered]: status, since, findings, newest post, memory, counters

    store.record_probe(site, at, ProbeResult.UP, seconds=0.2, size=60_000)   # every probe
    store.record_content_check(site, at)                                     # every content check
    store.save_posts(site.id, reading.posts, seen_at)                        # after a content check
    store.forget_posts(site.id, reading.disproves)                           # when reading.moved is not empty
    store.save_memory(site.id, memory_as_json)                               # when the engine's memory changed
    store.record_change(Change(site.id, at, status, reason, evidence, readable))   # the first status of a site too
    store.save_state(Remembered(...))                                        # whenever anything of it changed

    store.probes_total(site.id)                                              # counters for the metrics; cheap
    store.health                                                             # failing, degraded, error, dropped

    # in an executor, they read the disk and may raise StoreError:
    store.uptime(sites, now); store.publishing_dates(id); store.posts(id, since); store.changes(id, since, until)
    store.days(id, first, last); store.flush(); store.close()

``save_*`` and ``record_*`` never block and never raise: they coalesce in memory, and one writer thread commits every
half second. When the disk refuses, what waits stays (bounded) and is retried, and ``health.failing`` says so. A damaged
file is kept as ``FILE.corrupt-<time>`` and a new one begun (``health.degraded``). A second exporter on the same file, a
file from a newer version and a folder that is not writable are refused at start with ``StoreError``.
"""

from __future__ import annotations

from opd_exporter.store.database import Store
from opd_exporter.store.records import Change, DaySums, Remembered, SeenPost, StoreError, StoreHealth

__all__ = ["Change", "DaySums", "Remembered", "SeenPost", "Store", "StoreError", "StoreHealth"]
