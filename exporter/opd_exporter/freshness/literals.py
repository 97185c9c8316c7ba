"""JavaScript literals as frameworks and people write them: keys without quotes, single quotes, trailing commas.

JSON is read by ``json``; this is for the rest. A value that is no literal (a function, a sum) is passed over and reads
as ``None``. Work is bounded by the number of values and by the depth.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_VALUES: Final = 20_000
MAX_DEPTH: Final = 40
MAX_SKIPPED: Final = 20_000
"""Characters of one expression that is no literal."""
# Without possessive quantifiers: nested ones go wrong before Python 3.11.5.
_BLANK = re.compile(r"(?:\s+|//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*")
_KEY = re.compile(r"""(?:"([^"\\]{0,200})"|'([^'\\]{0,200})'|([\w$]{1,100}))\s*+:""")
_STRING = re.compile(r""""((?:[^"\\]|\\.)*+)"|'((?:[^'\\]|\\.)*+)'|`((?:[^`\\$]|\\.)*+)`""", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " ", "\n": ""}
_DATE = re.compile(r"""new\s++Date\(\s*+(?:(\d{10,14})|["']([^"']{4,40})["'])\s*+\)""")
_WORD = re.compile(r"[\w$.!-]++(?:\s++0\b)?")
_WORDS: Final[Mapping[str, Any]] = {"true": True, "false": False, "!0": True, "!1": False}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?$")
_STOP = re.compile(r"""["'`\[\](){},]""")


class _NotLiteralError(ValueError):
    """The text at this place is no literal."""


def read_literal(text: str, start: int, names: Mapping[str, Any] | None = None) -> tuple[Any, int] | None:
    """The literal that begins at ``start``, and where it ends; ``None`` when there is none.

    Args:
        text: A script.
        start: Offset of the literal; blanks before it are passed over.
        names: Values of identifiers (the parameters of the function around it); others read as ``None``.
    """
    reader = _Reader(text, names or {})
    try:
        return reader.value(start, 0)
    except (_NotLiteralError, IndexError):
        return None


def read_arguments(text: str, start: int) -> list[Any]:
    """The values of a call whose opening bracket stands before ``start``; those read before a fault."""
    reader, found, position = _Reader(text, {}), [], start
    try:
        while text[position := reader.blank(position)] != ")":
            value, position = reader.value(position, 0)
            found.append(value)
            position = reader.skip(position)
            position += text[position] == ","
    except (_NotLiteralError, IndexError):
        pass
    return found


class _Reader:
    """Reads values of one text; raises ``_NotLiteralError`` or ``IndexError`` where it cannot."""

    def __init__(self, text: str, names: Mapping[str, Any]) -> None:
        self.text = text
        self.names = names
        self.left = MAX_VALUES

    def blank(self, position: int) -> int:
        """The first place from ``position`` on that is neither white space nor a comment."""
        found = _BLANK.match(self.text, position)
        return found.end() if found else position

    def value(self, position: int, depth: int) -> tuple[Any, int]:
        """The value at ``position`` and its end."""
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH:
            raise _NotLiteralError
        position = self.blank(position)
        letter = self.text[position]
        if letter == "{":
            return self._object(position + 1, depth)
        if letter == "[":
            return self._array(position + 1, depth)
        if letter in "\"'`":
            return self._string(position)
        return self._scalar(position)

    def _object(self, position: int, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        while self.text[position := self.blank(position)] != "}":
            key = _KEY.match(self.text, position)
            if key is None:
                # A method, a spread or a shorthand name: passed over, but nothing that is no object at all.
                position = self._pass(position)
                continue
            value, position = self.value(key.end(), depth + 1)
            found[key.group(1) or key.group(2) or key.group(3) or ""] = value
            position = self._next(position)
        return found, position + 1

    def _array(self, position: int, depth: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        while self.text[position := self.blank(position)] != "]":
            if self.text[position] == ",":
                position += 1
                continue
            value, position = self.value(position, depth + 1)
            found.append(value)
            position = self._next(position)
        return found, position + 1

    def _string(self, position: int) -> tuple[str, int]:
        found = _STRING.match(self.text, position)
        if found is None:
            raise _NotLiteralError
        told = next(group for group in found.groups() if group is not None)
        return (_ESCAPE.sub(_unescape, told) if "\\" in told else told), found.end()

    def _scalar(self, position: int) -> tuple[Any, int]:
        if (date := _DATE.match(self.text, position)) is not None:
            return (int(date.group(1)) if date.group(1) else date.group(2)), date.end()
        word = _WORD.match(self.text, position)
        if word is None:
            return None, self.skip(position)
        told = word.group()
        if told in _WORDS:
            return _WORDS[told], word.end()
        if _NUMBER.match(told):
            return (float(told) if "." in told else int(told[:20])), word.end()
        return self.names.get(told), word.end()

    def _next(self, position: int) -> int:
        """After a value and whatever was done with it: behind the comma, or at the closing bracket."""
        position = self.skip(position)
        return position + 1 if self.text[position] == "," else position

    def _pass(self, position: int) -> int:
        after = self._next(position)
        if after == position or ";" in self.text[position:after]:
            raise _NotLiteralError
        return after

    def skip(self, position: int) -> int:
        """The place of the comma or closing bracket that ends the expression at ``position``."""
        depth, last = 0, position + MAX_SKIPPED
        while True:
            found = _STOP.search(self.text, position, last)
            if found is None:
                raise _NotLiteralError
            mark = found.group()
            if mark in "\"'`":
                self.left -= 1
                if self.left < 0:
                    raise _NotLiteralError
                position = self._string(found.start())[1]
                continue
            if not depth and mark in ",]})":
                return found.start()
            depth += (mark in "([{") - (mark in ")]}")
            position = found.end()


def _unescape(found: re.Match[str]) -> str:
    code = found.group(1) or found.group(2)
    return chr(int(code, 16)) if code else _ESCAPES.get(found.group(3), found.group(3))
