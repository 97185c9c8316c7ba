"""One target under atheris, in a process of its own: ``python -m fuzz.coverage_guided TARGET [libFuzzer options]``."""

from __future__ import annotations

import sys

import atheris

NAME = sys.argv.pop(1)

with atheris.instrument_imports(include=["opd_exporter"]):
    from fuzz.targets import run

atheris.Setup(sys.argv, lambda data: run(NAME, data))
atheris.Fuzz()
