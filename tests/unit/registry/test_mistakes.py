"""Each kind of mistake in a registry file is told with its place and with what to write instead."""

import re
from pathlib import Path

import pytest

from opd_exporter.registry import RegistryError, check_file, format_mistakes, load

TESTDATA = Path(__file__).parent / "testdata"
BAD_FILES = sorted(TESTDATA.glob("*.yml"))


def expectations(path: Path) -> list[tuple[int, str, str]]:
    """Line, path and message from the ``#:`` comments at the head of a test file."""
    found = re.findall(r"^#: ([0-9]+) (\S+): (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [(int(line), "" if place == "-" else place, message) for line, place, message in found]


@pytest.mark.parametrize("path", BAD_FILES, ids=lambda path: path.stem)
def test_a_bad_file_names_its_mistakes(path: Path) -> None:
    """The file gives exactly the mistakes that its head announces: line, place and words."""
    expected = expectations(path)
    assert expected
    found = check_file(path)
    assert [(mistake.line, mistake.path) for mistake in found] == [(line, place) for line, place, _ in expected]
    for mistake, (_, _, message) in zip(found, expected, strict=True):
        assert message in mistake.message


@pytest.mark.parametrize("path", BAD_FILES, ids=lambda path: path.stem)
def test_a_bad_file_does_not_load(path: Path) -> None:
    """Loading a bad file raises one error that holds the same mistakes as the check."""
    with pytest.raises(RegistryError) as caught:
        load(path)
    assert list(caught.value.mistakes) == check_file(path)
    assert str(path) in str(caught.value)


def test_six_mistakes_are_named_at_once() -> None:
    """A file with six mistakes names all six with file, line and place, and counts them."""
    text = format_mistakes(check_file(TESTDATA / "six_mistakes.yml"), file="sites.yml")
    lines = text.splitlines()
    assert [line.split(": ")[:2] for line in lines[:-1]] == [
        ["sites.yml:8", "defaults.probe_interval"],
        ["sites.yml:13", "sites[0].url"],
        ["sites.yml:14", "sites[0].dutty"],
        ["sites.yml:15", "sites[1].id"],
        ["sites.yml:18", "sites[1].url"],
        ["sites.yml:20", "sites[2].name"],
    ]
    assert lines[-1] == "6 kesalahan ditemukan."


def test_a_good_file_is_said_to_be_good() -> None:
    """No mistakes is a sentence too."""
    assert format_mistakes([], file="sites.yml") == "sites.yml: tidak ada kesalahan."


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", 1, "berkas kosong"),
        (b"\n# hanya komentar\n", 1, "berkas kosong"),
        (b"null\n", 1, "berkas kosong"),
        (b"sites:\n  - name: Din\xe4s\n", 2, "bukan UTF-8"),
        ("sites: []\n".encode("utf-16"), 1, "UTF-16"),
        (b"sites: []\n\x00", 2, "U+0000"),
        (b"sites:\n\t- id: x\n", 2, "tab"),
        (b"sites: @x\n", 1, "beri tanda kutip"),
        (b"#" * (16 * 1024 * 1024 + 1), None, "16 MiB"),
    ],
)
def test_files_that_are_no_text_are_told_apart(tmp_path: Path, data: bytes, line: int | None, message: str) -> None:
    """Empty, binary, wrongly encoded and huge files each have their own sentence, with the line where there is one."""
    path = tmp_path / "sites.yml"
    path.write_bytes(data)
    (mistake,) = check_file(path)
    assert mistake.line == line
    assert message in mistake.message


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe and an impossible name are mistakes, and none of them holds the program up."""
    import os

    os.mkfifo(tmp_path / "pipe")
    cases = {
        tmp_path / "tidak-ada.yml": "tidak ditemukan",
        tmp_path: "folder",
        tmp_path / "pipe": "bukan berkas biasa",
        tmp_path / ("x" * 5000): "tidak bisa dibaca",
        tmp_path / "nol\x00.yml": "nama berkas tidak sah",
    }
    for path, message in cases.items():
        (mistake,) = check_file(path)
        assert message in mistake.message, path


def test_secrets_of_a_proxy_never_reach_a_message(tmp_path: Path) -> None:
    """A proxy address that is refused is not repeated, neither from the registry nor from its own file."""
    (tmp_path / "proxy.txt").write_text("http://pengguna:rahasia@proxy:3128/jalur", encoding="utf-8")
    path = tmp_path / "sites.yml"
    path.write_text(
        "defaults: {proxy_url_file: proxy.txt}\n"
        "sites:\n"
        "  - {id: a, opd: A, name: A, url: null, proxy_url: 'http://pengguna:rahasia@proxy:99999'}\n"
        "  - {id: b, opd: B, name: B, url: 'http://pengguna:rahasia@b/'}\n",
        encoding="utf-8",
    )
    found = check_file(path)
    assert [mistake.path for mistake in found] == ["defaults.proxy_url_file", "sites[0].proxy_url", "sites[1].url"]
    assert "rahasia" not in format_mistakes(found)


def test_endless_mistakes_are_cut_and_said_so(tmp_path: Path) -> None:
    """A file with thousands of mistakes gives the first thousand and a note, quickly."""
    path = tmp_path / "sites.yml"
    path.write_text("sites:\n" + "  - {}\n" * 50_000, encoding="utf-8")
    found = check_file(path)
    assert len(found) == 1001
    assert "masih mungkin ada" in found[-1].message
