"""The shipped Prometheus and Alertmanager files, with every duration divided, so that an hour fits into a test.

What is changed, and nothing else:

* ``for``, ``keep_firing_for``, scrape, evaluation and group intervals, ranges (``[30m]``) and offsets are divided by
  the factor; so are the flags that the files ask for (restore grace, resend delay, wait at the start) and the lookback
  of queries;
* targets become the addresses of the test's own servers, and the scrape timeout becomes the scrape interval;
* working hours and the Monday morning become "now" or "not now", whatever the day on which the tests run; the condition
  of the weekly recap becomes true when a test asks for it;
* the rounds that Prometheus may miss are multiplied, since a busy machine misses some rounds that are so short; and
  ``OPDExporterDown`` waits for at least 20 s, since an exporter needs real seconds to stop and start.

The 18 min of ``OPDSiteRecovered`` stay, since the quarter of an hour for which Prometheus repeats resolved alerts is
built in. Times of sites (since when, how old) are real seconds and stay as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from support.tools import PROMETHEUS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_DURATION = re.compile(r"^(\d+)(ms|[smhdw])$")
_RANGE = re.compile(r"\[(?!18m\])(\d+(?:ms|[smhdw]))\]")
_OFFSET = re.compile(r"offset (\d+(?:ms|[smhdw]))")
_RULE_FIELDS = re.compile(r"^(\s+(?:for|keep_firing_for): )(\d+(?:ms|[smhdw]))$", re.MULTILINE)
_EXPORTER_WAIT = re.compile(r"(- alert: OPDExporterDown\n(?:.*\n)*?\s+for: )(\d+(?:ms|[smhdw]))")
_MISSED_ROUNDS = "(increase(prometheus_rule_group_iterations_missed_total[30m])) > 5"
_RECAP_HOUR = "and on () (day_of_week() == 1 and hour() == 1)"


def seconds_of(duration: str) -> float:
    """Seconds of a Prometheus duration such as ``30m``."""
    match = _DURATION.match(duration)
    if match is None:
        raise ValueError(f"not a duration: {duration}")
    return int(match[1]) * _UNITS[match[2]]


def scale(duration: str, factor: float) -> str:
    """A Prometheus duration divided by ``factor``, in whole milliseconds."""
    return f"{max(1, round(seconds_of(duration) / factor * 1_000))}ms" if seconds_of(duration) else duration


def write_rules(target: Path, factor: float, *, recap_now: bool = False, exporter_wait: float = 20.0) -> None:
    """Every rule file, scaled, into the folder ``target``; ``exporter_wait``: least seconds of ``OPDExporterDown``."""

    def at_least_some_real_seconds(match: re.Match[str]) -> str:
        return match[1] + f"{max(seconds_of(match[2]), exporter_wait) * 1_000:.0f}ms"

    target.mkdir(parents=True, exist_ok=True)
    for source in sorted((PROMETHEUS / "rules").glob("*.yml")):
        text = source.read_text()
        if source.name == "monitor.yml":
            assert _MISSED_ROUNDS in text, "missed rounds are written in another way"
            text = text.replace(_MISSED_ROUNDS, _MISSED_ROUNDS.replace("> 5", f"> {5 * factor:.0f}"))
            assert _RECAP_HOUR in text, "the hour of the weekly recap is written in another way"
            text = text.replace(_RECAP_HOUR, "" if recap_now else "and on () vector(1) == 0")
        text = _RULE_FIELDS.sub(lambda match: match[1] + scale(match[2], factor), text)
        text = _RANGE.sub(lambda match: f"[{scale(match[1], factor)}]", text)
        text = _OFFSET.sub(lambda match: f"offset {scale(match[1], factor)}", text)
        text = _EXPORTER_WAIT.sub(at_least_some_real_seconds, text)
        (target / source.name).write_text(text)


def prometheus_config(factor: float, targets: Mapping[str, str]) -> str:
    """``prometheus.yml`` for the servers of a test.

    Args:
        factor: What durations are divided by.
        targets: Job name -> ``host:port``; the Alertmanager's is used for alerts too.
    """
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    timing = config["global"]
    for name in ("scrape_interval", "evaluation_interval"):
        timing[name] = scale(timing[name], factor)
    timing["scrape_timeout"] = timing["scrape_interval"]
    for job in config["scrape_configs"]:
        job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
    for manager in config["alerting"]["alertmanagers"]:
        manager["static_configs"] = [{"targets": [targets["alertmanager"]]}]
    return yaml.safe_dump(config, sort_keys=False)


def scale_alertmanager(
    rendered: str, factor: float, *, office_open: bool = True, repeat_interval: str | None = None
) -> str:
    """A rendered ``alertmanager.yml`` with its intervals divided.

    Args:
        rendered: What ``entrypoint.sh --render-only`` made.
        factor: What durations are divided by.
        office_open: Whether working hours and the Monday morning are now or never.
        repeat_interval: Replaces the critical routes' 4 h (before scaling), where a test cannot wait for it.
    """
    config = yaml.safe_load(rendered)

    def walk(route: dict[str, object]) -> None:
        for name in ("group_wait", "group_interval", "repeat_interval"):
            if name in route:
                value = str(route[name])
                if name == "repeat_interval" and repeat_interval and value == "4h":
                    value = repeat_interval
                route[name] = scale(value, factor)
        for child in route.get("routes", []):
            walk(child)

    walk(config["route"])
    config["global"]["resolve_timeout"] = scale(config["global"]["resolve_timeout"], factor)
    for interval in config["time_intervals"]:
        # A year that is over never comes again.
        interval["time_intervals"] = [{} if office_open else {"years": ["2001"]}]
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True)
