"""A running exporter keeps the last good registry and notices when the file changes."""

import os
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from opd_exporter.registry import Registry, RegistryError, RegistryFile
from opd_exporter.registry import reload as reload_module

GOOD = "sites:\n  - {id: dinkes, opd: Dinkes, name: Dinas Kesehatan, url: null}\n"
OTHER = GOOD.replace("dinkes", "dinsos")
BAD = "sites:\n  - {id: dinkes, opd: Dinkes, nama: Dinas Kesehatan, urll: null}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A good registry file."""
    file = tmp_path / "sites.yml"
    file.write_text(GOOD, encoding="utf-8")
    return file


def test_a_good_file_becomes_the_registry(path: Path) -> None:
    """The first reload gives the registry and tells when."""
    file = RegistryFile(path)
    assert file.registry is None
    assert not file.last_reload.successful
    before = time.time()
    registry = file.reload()
    assert isinstance(registry, Registry)
    assert file.registry is registry
    assert file.last_reload.successful
    assert file.last_reload.success_at is not None
    assert before - 0.1 <= file.last_reload.success_at <= time.time()


@pytest.mark.parametrize("content", [BAD, "", GOOD[:30], "\x00", None], ids=["bad", "empty", "half", "binary", "gone"])
def test_a_bad_file_keeps_the_last_good_registry(path: Path, content: str | None) -> None:
    """Whatever happens to the file, the running registry stays, the failure shows, and a repaired file works again."""
    file = RegistryFile(path)
    good = file.reload()
    success_at = file.last_reload.success_at
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    error = file.reload()
    assert isinstance(error, RegistryError)
    assert error.mistakes
    assert file.registry is good
    assert file.last_reload.mistakes == error.mistakes
    assert (file.last_reload.successful, file.last_reload.success_at) == (False, success_at)
    path.write_text(OTHER, encoding="utf-8")
    assert isinstance(file.reload(), Registry)
    assert file.last_reload.successful
    assert list(file.registry.sites) == ["dinsos"]


def test_every_mistake_is_logged(path: Path) -> None:
    """A refused file leaves one line per mistake, with line and place, and one that says the old one was kept."""
    file = RegistryFile(path)
    file.reload()
    path.write_text(BAD, encoding="utf-8")
    with capture_logs() as logs:
        error = file.reload()
    assert isinstance(error, RegistryError)
    told = [(line["line"], line["path"], line["message"]) for line in logs if line["event"] == "registry mistake"]
    assert told == [(mistake.line, mistake.path, mistake.message) for mistake in error.mistakes]
    assert len(told) == 4
    assert logs[-1]["event"] == "registry not loaded"
    assert logs[-1]["kept"] is True


def noticed(file: RegistryFile, polls: int = 2) -> bool:
    """Whether one of the next polls reports a change."""
    return any(file.changed() for _ in range(polls))


def test_nothing_changed(path: Path) -> None:
    """An untouched file is never reported."""
    file = RegistryFile(path)
    file.reload()
    assert not noticed(file, 10)


def test_a_rewritten_file_is_noticed_once_it_stands_still(path: Path) -> None:
    """The first look at a changed file waits; the second reports it; a reload settles it."""
    file = RegistryFile(path)
    file.reload()
    path.write_text(OTHER + "#", encoding="utf-8")
    assert not file.changed()
    assert file.changed()
    file.reload()
    assert not noticed(file, 5)


def test_a_file_that_still_grows_is_left_alone(path: Path) -> None:
    """While a file is being written no change is reported; at rest it is."""
    file = RegistryFile(path)
    file.reload()
    for _ in range(5):
        with path.open("a", encoding="utf-8") as stream:
            stream.write("# lagi\n")
        assert not file.changed()
    assert file.changed()


def test_a_replaced_file_is_noticed(path: Path) -> None:
    """Editors that write a new file and rename it over the old one are noticed, even at the same size and time."""
    file = RegistryFile(path)
    file.reload()
    fresh = path.with_suffix(".new")
    fresh.write_text(OTHER, encoding="utf-8")
    assert len(OTHER) == len(GOOD)
    old = path.stat()
    os.utime(fresh, ns=(old.st_atime_ns, old.st_mtime_ns))
    fresh.replace(path)
    assert noticed(file)


def test_a_swapped_link_is_noticed(tmp_path: Path) -> None:
    """A mounted ConfigMap changes by a link that points elsewhere."""
    for name, text in (("a", GOOD), ("b", OTHER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sites.yml").write_text(text, encoding="utf-8")
    (tmp_path / "now").symlink_to("a")
    file = RegistryFile(tmp_path / "now" / "sites.yml")
    file.reload()
    (tmp_path / "next").symlink_to("b")
    (tmp_path / "next").replace(tmp_path / "now")
    assert noticed(file)
    registry = file.reload()
    assert isinstance(registry, Registry)
    assert list(registry.sites) == ["dinsos"]


def test_a_touched_file_is_no_change(path: Path) -> None:
    """A new time stamp on the same content reloads nothing."""
    file = RegistryFile(path)
    file.reload()
    os.utime(path, (1_000_000_000, 1_000_000_000))
    path.write_text(GOOD, encoding="utf-8")
    assert not noticed(file, 5)


def test_a_change_within_the_same_time_stamp_is_noticed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write right after the reload, too quick for the clock of the file system, is found by its content."""
    file = RegistryFile(path)
    stamp = path.stat()
    # The file system's clock stands still: no stat ever differs.
    monkeypatch.setattr(reload_module, "_stat", lambda _file: (1, 2, 3, stamp.st_mtime_ns, stamp.st_ctime_ns))
    file.reload()
    path.write_text(OTHER, encoding="utf-8")
    assert noticed(file)


def test_a_missing_file_is_reported_once_and_its_return_too(path: Path) -> None:
    """A file that went away is reported until a reload noted it; when it comes back it is reported again."""
    file = RegistryFile(path)
    file.reload()
    path.unlink()
    assert noticed(file)
    file.reload()
    assert not noticed(file, 5)
    path.write_text(OTHER, encoding="utf-8")
    assert noticed(file)


def test_a_bad_file_is_not_read_again_and_again(path: Path) -> None:
    """After a refused reload the same bad content is no change."""
    file = RegistryFile(path)
    file.reload()
    path.write_text(BAD, encoding="utf-8")
    assert noticed(file)
    file.reload()
    assert not noticed(file, 5)


def test_files_that_the_registry_names_are_watched(path: Path) -> None:
    """A proxy file that appears or changes counts as a change, and heals a registry that missed it."""
    path.write_text("defaults: {proxy_url_file: proxy.txt}\n" + GOOD, encoding="utf-8")
    file = RegistryFile(path)
    assert isinstance(file.reload(), RegistryError)
    secret = path.parent / "proxy.txt"
    for address in ("http://satu:3128/", "http://dua:3128/"):
        secret.write_text(address, encoding="utf-8")
        assert noticed(file)
        registry = file.reload()
        assert isinstance(registry, Registry)
        assert registry.sites["dinkes"].proxy_url == address
        assert not noticed(file, 5)
