"""Logging with structlog: readable on a terminal, one JSON object a line elsewhere.

A unit of work (a probe that changed a status, a content check, a reload) is one line. Bodies, credentials and query
strings are never logged.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog

LogFormat = Literal["console", "json"]
LEVELS = ("debug", "info", "warning", "error")


def configure(level: str = "info", log_format: LogFormat | None = None) -> None:
    """Send structured logs to standard error.

    Args:
        level: One of ``LEVELS``.
        log_format: ``console`` or ``json``; by default ``console`` on a terminal and ``json`` elsewhere.
    """
    on_terminal = sys.stderr.isatty()
    chosen = log_format or ("console" if on_terminal else "json")
    renderer: structlog.typing.Processor
    if chosen == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=on_terminal)
    else:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        # Cached loggers would keep the configuration of whoever logged first (tests, `check` inside `demo`).
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines carry ``component=name``."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(component=name)
    return logger
