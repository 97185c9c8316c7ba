"""docs/sites.md tells every key of the registry, its true default, and an example that works."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trustme
from pydantic import BaseModel

from opd_exporter.models import Kendala
from opd_exporter.registry import check_file, load
from opd_exporter.registry.durations import format_duration
from opd_exporter.registry.schema import GROUPS, TOP_KEYS, Overridable

REFERENCE = (Path(__file__).parents[3] / "docs" / "sites.md").read_text(encoding="utf-8")
SITE_LINES = ["id: contoh", "opd: Contoh", "name: Contoh", "url: null"]


def rows(heading: str) -> dict[str, list[str]]:
    """The table under ``heading``: key -> its cells by column."""
    section = REFERENCE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = [line.strip("| \n").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): [cell.strip() for cell in cells] for cells in table}


def documented(group: str) -> dict[str, list[str]]:
    """The keys that the reference tells for ``group``."""
    return rows(f"`{group}`")


def shown(default: object) -> str:
    """A default as the reference writes it."""
    if isinstance(default, BaseModel):
        return "empty"
    text = str(default)
    if default is None:
        text = "null"
    elif isinstance(default, bool):
        text = text.lower()
    elif isinstance(default, float):
        text = format_duration(default)
    elif isinstance(default, ZoneInfo):
        text = default.key
    return f"`{text}`" if text else '`""`'


def test_top_level_keys_are_documented() -> None:
    """The three keys of the file are told, and no other."""
    assert rows("Top level").keys() == TOP_KEYS


@pytest.mark.parametrize("group", GROUPS)
def test_every_key_is_documented(group: str) -> None:
    """Each key of each group has a row, a site's own or marked "per site", and no row tells a key that is none."""
    told = set(documented(group))
    if group == "sites[]":
        told |= {key for key, cells in documented("defaults").items() if cells[1] == "yes"}
    assert told == GROUPS[group].known_keys()


def test_what_a_site_may_override_is_marked() -> None:
    """The column "per site" says yes exactly where a site may have its own value."""
    marked = {key for key, cells in documented("defaults").items() if cells[1] == "yes"}
    assert marked == Overridable.known_keys()


@pytest.mark.parametrize("group", GROUPS)
def test_defaults_are_true(group: str) -> None:
    """The default column equals the schema."""
    column = 3 if group == "defaults" else 2
    told = documented(group)
    for name, info in GROUPS[group].model_fields.items():
        key = info.alias or name
        if key in told:
            cell = told[key][column]
            assert cell.startswith("required") if info.is_required() else cell == shown(info.default), key


@pytest.mark.parametrize("group", GROUPS)
def test_examples_work(group: str, tmp_path: Path) -> None:
    """Each example loads in its place, and changes what it is about."""
    (tmp_path / "proxy.txt").write_text("http://proxy:3128", encoding="utf-8")
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca-kantor.pem")
    path = tmp_path / "sites.yml"
    column = 4 if group == "defaults" else 3
    for key, cells in documented(group).items():
        example = cells[column].strip("`")
        assert example.startswith(f"{key}:")
        lines = list(SITE_LINES)
        text = ""
        if group == "defaults":
            text = f"defaults:\n  {example}\n"
        elif group == "sites[]":
            lines = [line for line in lines if not line.startswith(f"{key}:")] + [example]
        elif group == "sites[].maintenance[]":
            window = {"from": "from: 2026-12-01T20:00", "to": "to: 2026-12-01T23:00"} | {key: example}
            lines += ["maintenance:", "  - " + "\n        ".join(window.values())]
        else:
            lines += [f"{group.removeprefix('sites[].')}:", f"  {example}"]
        path.write_text(text + "sites:\n  - " + "\n    ".join(lines) + "\n", encoding="utf-8")
        assert check_file(path) == [], example


def test_the_closed_set_of_causes_is_told() -> None:
    """Every word of ``kendala`` stands in the reference."""
    told = set(re.findall(r"`([a-z_]+)`", documented("sites[].note")["kendala"][4]))
    assert told == set(Kendala)


def test_the_files_of_the_reference_load(tmp_path: Path) -> None:
    """The smallest file that the reference shows is a good one."""
    (block,) = re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL)
    path = tmp_path / "sites.yml"
    path.write_text(block, encoding="utf-8")
    assert list(load(path).sites) == ["dinkes"]


def test_the_session_of_the_reference_is_real(tmp_path: Path) -> None:
    """The messages shown are the messages given."""
    path = tmp_path / "sites.yml"
    path.write_text(
        "\n\nsites:\n  - id: dinkes\n    opd: A\n    name: A\n    url: null\n  - id: b\n    opd: B\n    name: B\n"
        "    url: null\n    probe_intervall: 5s\n\n\n\n\n\n\n  - {id: dinkes, opd: C, name: C, url: null}\n",
        encoding="utf-8",
    )
    found = check_file(path)
    assert len(found) == 2
    for mistake in found:
        assert f"sites.yml:{mistake.line}: {mistake.path}: {mistake.message}\n" in REFERENCE
