"""What libyaml dislikes, in words that the operations team can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_PROBLEMS = (
    ("mapping values are not allowed", "titik dua tidak pada tempatnya; samakan indentasi atau beri kutip pada nilai"),
    ("could not find expected ':'", "titik dua (:) setelah kunci belum ada, misalnya 'url: null'"),
    ("did not find expected ',' or ']'", "kurung siku belum ditutup atau koma kurang"),
    ("did not find expected ',' or '}'", "kurung kurawal belum ditutup atau koma kurang"),
    ("did not find expected '-'", "indentasi tidak sejajar; kunci satu situs harus mulai di kolom yang sama"),
    ("did not find expected key", "indentasi tidak sejajar; kunci satu kelompok harus mulai di kolom yang sama"),
    ("block sequence entries are not allowed", "tanda '-' tidak pada tempatnya; taruh di baris sendiri"),
    ("unexpected end of stream", "tanda kutip atau kurung yang dibuka di sini belum ditutup"),
    ("cannot start any token", "karakter pertama nilai tidak boleh begitu; beri tanda kutip pada nilai"),
    ("escape", "garis miring terbalik di dalam kutip ganda; pakai kutip tunggal"),
)

_NOTICED_LATE = ("end of stream", "could not find expected ':'", "expected ',' or")
"""Problems that the parser notices lines after they began; the beginning is where to look."""


def explain(error: yaml.YAMLError, text: str) -> tuple[int | None, str]:
    """Line and Indonesian message of a syntax error."""
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", "") or "")
    if context is not None and any(late in problem for late in _NOTICED_LATE):
        mark = context
    if mark is None:
        return None, "berkas ini bukan YAML yang benar; bandingkan dengan contoh di docs/sites.md"
    lines = text.splitlines()
    written = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())] or "'\\t'" in problem:
        return mark.line + 1, "baris ini memakai tab; ganti tab dengan spasi"
    for known, message in _PROBLEMS:
        if known in problem:
            return mark.line + 1, f"penulisan YAML salah: {message}"
    return mark.line + 1, f"penulisan YAML salah ({problem[:100]}); periksa baris ini dan baris sebelumnya"
