"""What the commands have in common: kinds of values and options."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from opd_exporter.registry import WHOLE, Shard

FILE = click.Path(exists=False, dir_okay=False, path_type=Path)
OUTPUT = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


class Moment(click.ParamType[datetime]):
    """An ISO 8601 time; without an offset it is taken as UTC."""

    name = "iso_time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The aware datetime that ``value`` writes."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a time; write one like 2026-11-25T10:00:00+07:00", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class ShardOption(click.ParamType[Shard]):
    """``i/n``: the i-th of n parts of the registry."""

    name = "i/n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        """The shard that ``value`` writes."""
        if isinstance(value, Shard):
            return value
        try:
            return Shard.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


config_option = click.option(
    "--config.file", "config_file", type=FILE, default="sites.yml", show_default=True, help="The registry."
)
storage_option = click.option(
    "--storage.path",
    "storage_path",
    type=click.Path(dir_okay=False, path_type=Path),
    default="data/opd-exporter.db",
    show_default=True,
    help="SQLite file that survives restarts.",
)
shard_option = click.option(
    "--shard",
    type=ShardOption(),
    default=WHOLE,
    show_default="1/1",
    metavar="i/n",
    help="Look at the i-th of n parts of the registry only; the same file on every node.",
)
listen_option = click.option(
    "--web.listen-address", "listen_address", default=":19715", show_default=True, help="Where pages and metrics are."
)
