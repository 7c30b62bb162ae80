"""Plain TOML, read by line: so most archives and the tables of short commands are written.

tomllib reads all of TOML and takes as long to load as an item takes to be cited as BibTeX. What is
read here means the same to it; of anything else nothing is said, and who asks turns to tomllib.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONG = '"""'
_BLANKS = " \t"
_MOST_DIGITS = 15


def read_plain(text: str) -> dict[str, Any] | None:
    r"""The tables of a text of plain lines: ``[name]``, ``name = value``, comments of their own.

    A value is a string without escapes, which with three quotation marks may be of several lines,
    a list of strings on one line, or a whole number. None where anything else stands, or anything
    stands twice.

    >>> read_plain('layout = 1\ntitle = "Kosovo"\n\n[log]\ntsa = ["https://a.example", "x"]\n')
    {'layout': 1, 'title': 'Kosovo', 'log': {'tsa': ['https://a.example', 'x']}}
    """
    if not text.replace("\n", "").replace("\t", "").isprintable():
        return None
    root: dict[str, Any] = {}
    table = root
    lines = iter(text.split("\n"))
    for written in lines:
        line = written.strip(_BLANKS)
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            name, table, place = line[1:-1], {}, root
            value: object = table if line.endswith("]") else None
        else:
            name, _, said = written.partition("=")
            name, value, place = name.strip(_BLANKS), _value(_whole(said, lines)), table
        if value is None or name in place or not _is_bare(name):
            return None
        place[name] = value
    return root


def read_table(path: Path) -> dict[str, Any]:
    """One of our own tables, which are plain; raises ValueError for one that is not."""
    table = read_plain(path.read_text(encoding="utf-8"))
    if table is None:
        raise ValueError(f"not plain TOML: {path}")
    return table


def _is_bare(name: str) -> bool:
    return name.isascii() and name.replace("-", "").replace("_", "a").isalnum()


def _whole(said: str, lines: Iterator[str]) -> str:
    """A value with the lines that belong to it."""
    if not said.lstrip(_BLANKS).startswith(_LONG):
        return said.strip(_BLANKS)
    said = said.lstrip(_BLANKS)
    while len(said) < 2 * len(_LONG) or not said.endswith(_LONG):
        line = next(lines, None)
        if line is None:
            return ""
        said += f"\n{line}"
    return said


def _value(said: str) -> str | int | list[str] | None:
    if said.startswith(_LONG):
        return _inside(said[3:-3].removeprefix("\n"))
    if said[:1] == "[" and said[-1:] == "]":
        inside = said[1:-1].strip(_BLANKS)
        texts = [_text(part.strip(_BLANKS)) for part in inside.split(",")] if inside else []
        return None if None in texts else [text for text in texts if text is not None]
    if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS:
        return None if said[0] == "0" and said != "0" else int(said)
    return _text(said)


def _text(said: str) -> str | None:
    """The string between two quotation marks."""
    is_string = len(said) > 1 and said[0] == said[-1] == '"'
    return _inside(said[1:-1]) if is_string else None


def _inside(said: str) -> str | None:
    """What a string says, if nothing in it has a meaning of its own."""
    return None if '"' in said or "\\" in said else said
