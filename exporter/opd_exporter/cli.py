"""The command line: commands and their options, without logic of their own."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from opd_exporter import __version__, logs
from opd_exporter.cli_options import FILE, OUTPUT, Moment, config_option, listen_option, shard_option, storage_option
from opd_exporter.models import Duty
from opd_exporter.output import keep_whole
from opd_exporter.registry import Registry, RegistryError, check_file, format_mistakes, load

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime
    from pathlib import Path

    from opd_exporter.registry import Shard

USAGE_ERROR = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="opd-exporter")
def main() -> None:
    r"""Tell which department websites are alive, broken, hacked or no longer updated.

    \b
    Start here:
      opd-exporter demo                              a simulated fleet to look at, nothing else needed
      opd-exporter config-check sites.yml            every mistake of the registry at once
      opd-exporter check --config.file sites.yml     one round now, as a table
      opd-exporter serve --config.file sites.yml     the exporter for Prometheus
    """
    keep_whole()


@main.command()
@config_option
@storage_option
@shard_option
@listen_option
@click.option(
    "--web.config.file",
    "web_config_file",
    type=FILE,
    help="TLS and basic auth, in exporter-toolkit's format.",
)
@click.option(
    "--web.enable-lifecycle",
    "enable_lifecycle",
    is_flag=True,
    help="Allow POST /-/reload and rechecks with no login.",
)
@click.option(
    "--web.public-read",
    "public_read",
    is_flag=True,
    help="With users in the web config: pages and API stay open; metrics, contacts and actions need the login.",
)
@click.option("--log.level", "log_level", type=click.Choice(logs.LEVELS), default="info", show_default=True)
@click.option("--log.format", "log_format", type=click.Choice(["console", "json"]), help="Default: by terminal.")
def serve(log_level: str, log_format: logs.LogFormat | None, **options: Any) -> None:
    """Run the exporter until it is told to stop (SIGTERM, SIGINT); SIGHUP reads the registry again."""
    from opd_exporter.app import Settings
    from opd_exporter.app import serve as run_exporter

    logs.configure(log_level, log_format)
    _run(run_exporter(Settings(**options)))


@main.command()
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@config_option
@shard_option
@click.option("--as-of", type=Moment(), metavar="ISO_TIME", help="Judge ages as of that instant instead of now.")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json", "nagios"]), default="table", show_default=True
)
@click.option("--explain", is_flag=True, help="List every date considered, and why it was taken or refused.")
@click.option("--log.level", "log_level", type=click.Choice(logs.LEVELS), default="warning", show_default=True)
def check(
    sites: tuple[str, ...],
    config_file: Path,
    shard: Shard,
    as_of: datetime | None,
    output_format: str,
    explain: bool,
    log_level: str,
) -> None:
    """Check all sites (or those named) once, now.

    Exit status: 0 all active, 1 something is not, 2 usage or registry. With --format nagios: 0 active,
    1 late, undated or blocked, 2 down, compromised or dormant, 3 unknown.
    """
    from opd_exporter import checking, explaining

    logs.configure(log_level)
    registry = shard.part_of(_load(config_file))
    if foreign := [site for site in sites if site in registry.elsewhere]:
        raise click.UsageError(f"not in shard {shard}: {', '.join(foreign)}")
    unknown = [site for site in sites if site not in registry.sites]
    if unknown:
        known = ", ".join(list(registry.sites)[:40])
        raise click.UsageError(f"no such site in {config_file}: {', '.join(unknown)} (known: {known})")
    if sites:
        registry = replace(registry, sites={site: registry.sites[site] for site in registry.sites if site in sites})
    snapshot = _run(checking.check_all(registry, as_of=as_of))
    click.echo(checking.FORMATS[output_format](snapshot))
    if explain:
        click.echo(explaining.explain(snapshot), err=output_format == "json")
    sys.exit(checking.exit_code(snapshot, nagios=output_format == "nagios"))


@main.command("config-check")
@click.argument("file", type=FILE)
def config_check(file: Path) -> None:
    """Name every mistake of a registry FILE at once, with path and line. Exit status: 0 or 2."""
    mistakes = check_file(file)
    if mistakes:
        click.echo(format_mistakes(mistakes, file=str(file)), err=True)
        sys.exit(USAGE_ERROR)
    registry = load(file)
    addressed = sum(1 for site in registry.sites.values() if site.url)
    click.echo(f"{file}: benar. {len(registry.sites)} situs, {addressed} di antaranya beralamat.")


@main.command("report")
@config_option
@storage_option
@shard_option
@click.option("--month", required=True, metavar="YYYY-MM", help="Which month, in the registry's time zone.")
@click.option(
    "--format", "output_format", type=click.Choice(["html", "csv", "xlsx", "json"]), default="html", show_default=True
)
@click.option("--output", type=OUTPUT, help="Default, and with -: standard output.")
def write_report(
    config_file: Path, storage_path: Path, shard: Shard, month: str, output_format: str, output: Path | None
) -> None:
    """Write the evaluation report of a month from the stored history, also beside a running exporter."""
    from opd_exporter import clock, report
    from opd_exporter.store import Store, StoreError

    if str(output) == "-":
        output = None
    if output is None and output_format == "xlsx" and sys.stdout.isatty():
        raise click.UsageError("a workbook is no text for a terminal: give --output FILE")
    writers: dict[str, Callable[[report.Report], bytes]] = {
        "html": lambda made: report.write_html(made).encode(),
        "csv": report.write_csv,
        "xlsx": report.write_xlsx,
        "json": report.write_json,
    }
    registry = shard.part_of(_load(config_file))
    try:
        store = Store.open(storage_path, read_only=True)
        try:
            data = writers[output_format](report.build_report(store, registry, month, clock.now()))
        finally:
            store.close()
        if output is None:
            sys.stdout.buffer.write(data)
        else:
            output.write_bytes(data)
    except (StoreError, report.ReportError, OSError) as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE_ERROR)


@main.group()
def site() -> None:
    """Work on the registry."""


@site.command("add")
@click.argument("url")
@config_option
@click.option("--id", "site_id", help="Identifier; default: from the host name.")
@click.option("--opd", help="Short display name.")
@click.option("--name", help="Official name; default: from the page's title.")
@click.option("--duty", type=click.Choice([duty.value for duty in Duty]), help="How often it must publish; asked for.")
@click.option("--append", "write", is_flag=True, help="Write it into the registry instead of printing it.")
def site_add(url: str, config_file: Path, duty: str | None, *, write: bool, **given: str | None) -> None:
    """Look at a new site and print, or append, its entry; comments of the registry stay.

    A site of the registry that has no address yet gets it when the id is the same.
    """
    from opd_exporter import adding

    registry = _load(config_file)
    try:
        proposal = _run(adding.look_at(url, registry))
        for note in proposal.notes:
            click.echo(f"# {note}", err=True)
        if duty is None and sys.stdin.isatty():
            choices = click.Choice([duty.value for duty in Duty])
            duty = click.prompt("Kewajiban terbit", type=choices, default=proposal.duty.value, err=True)
        chosen = {"id": given["site_id"], "opd": given["opd"], "name": given["name"], "duty": duty}
        chosen = {key: value for key, value in chosen.items() if value}
        entry = proposal.entry() | chosen
        if write:
            click.echo(adding.append(config_file, entry, chosen))
        else:
            click.echo(adding.render(entry), nl=False)
    except adding.AddingError as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE_ERROR)


@main.command()
@click.option("--scenario", default="2020", show_default=True, help="2020, all, 60, healthy or 1000.")
@click.option("--log.level", "log_level", type=click.Choice(logs.LEVELS), default="warning", show_default=True)
@listen_option
def demo(scenario: str, log_level: str, listen_address: str) -> None:
    """Run a simulated fleet and the exporter on it; nothing else is needed and nothing is kept.

    Scenario 2020 is the evaluation of that year: 31 sites, 23 active and 8 not. Scenario all adds a site for every
    status and reason.
    """
    from opd_exporter.demo import SCENARIOS
    from opd_exporter.demonstration import demonstrate

    if scenario not in SCENARIOS:
        raise click.UsageError(f"no scenario {scenario!r}; there are {', '.join(SCENARIOS)}")
    logs.configure(log_level)
    _run(demonstrate(scenario=scenario, listen_address=listen_address, program=sys.argv[0]))


@main.command("demo-control")
@click.argument("site", default="")
@click.argument("action", default="")
@click.option("--address", default="http://127.0.0.1:19716", show_default=True, help="Control port of the demo.")
def demo_control(site: str, action: str, address: str) -> None:
    r"""Make a SITE of a running demo fail, recover, hack, publish or slow; without arguments list the sites.

    \b
    An action may carry a value: fail=timeout, hack=defaced, slow=6, publish="Judul kabar".
    """
    from opd_exporter.demo import send_control

    try:
        click.echo(asyncio.run(send_control(address, site, action)))
    except (ConnectionError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def _load(file: Path) -> Registry:
    try:
        return load(file)
    except RegistryError as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE_ERROR)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run ``work`` on uvloop; Ctrl-C ends it without a traceback."""
    import uvloop

    from opd_exporter.store import StoreError
    from opd_exporter.web import WebConfigError

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except KeyboardInterrupt:
        sys.exit(130)
    except (RegistryError, StoreError, WebConfigError) as error:
        click.echo(str(error), err=True)
        sys.exit(USAGE_ERROR)
    except OSError as error:
        click.echo(f"opd-exporter cannot start: {error}", err=True)
        sys.exit(USAGE_ERROR)
