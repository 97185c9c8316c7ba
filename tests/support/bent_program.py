"""``opd-exporter`` on a machine that is bent in one way; the program itself is the real one.

    python -m support.bent_program [--clock FILE] [--frozen SECONDS] [--nobody] -- serve ...

``--clock``: the wall clock is off by the number of seconds that FILE holds at the moment; the monotonic clock is not,
as when somebody sets the time. ``--frozen``: statuses stay as they are for so long while the monitor is cut off,
instead of 15 minutes. ``--nobody``: runs as a user without rights (root may write everywhere).
"""

from __future__ import annotations

import codecs
import os
import sys
import time
from pathlib import Path

NOBODY = 65534


def bend_clock(file: Path) -> None:
    """Let ``time.time`` follow ``file``."""
    real = time.time
    time.time = lambda: real() + float(file.read_text("utf-8") or 0)


def main() -> None:
    """Bend, then run the command line."""
    mine, _, theirs = " ".join(sys.argv[1:]).partition("-- ")
    options = mine.split()
    sys.argv = ["opd-exporter", *theirs.split()]
    if "--clock" in options:
        bend_clock(Path(options[options.index("--clock") + 1]))
    # While the folder of the interpreter can still be read.

    import uvloop  # noqa: F401

    from opd_exporter import app, cli, report  # noqa: F401
    from opd_exporter.pipeline import pipeline

    for codec in ("ascii", "cp1252", "idna", "latin-1", "utf-8-sig"):
        codecs.lookup(codec)
    if "--frozen" in options:
        pipeline.FROZEN_SECONDS = float(options[options.index("--frozen") + 1])
    if "--nobody" in options and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    cli.main()


if __name__ == "__main__":
    main()
