"""Installed styles and locales as they were parsed once, kept in the user's cache.

Reading one back takes a fifth of parsing it, since of a style only the macros that are reached are
read. A kept file is JSON, a line for the style and one for each macro, behind a line that says of
which bytes it was made, by which reader, and what its own sum is: where that does not fit, or
anybody else could have written the file, the style is parsed and kept anew. Decision 22.
"""

from __future__ import annotations

import json
import os
from binascii import crc32
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.csl.style import ir
from citekit.csl.style.installed import styles_folder
from citekit.errors import CitekitError
from citekit.model.machine.user_cache import keep, read_kept
from citekit.model.machine.user_folders import cache_folder
from citekit.model.value import Value, replace
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_CLASSES: Final = tuple(
    kind for kind in vars(ir).values() if isinstance(kind, type) and issubclass(kind, Value)
)
_NUMBERS: Final = {kind: number for number, kind in enumerate(_CLASSES)}
_TUPLE, _DICT, _SET = -1, -2, -3
_READERS: Final = ("ir", "parse", "xml", "facts", "vocabulary")


def parse_style(text: str | bytes, path: str = "<style>") -> ir.Style:
    """The style in this XML (CSL 1.0.2 §Root Element).

    An installed one, as its ``path`` says, is kept for the next time. What CSL 1.0.2 does not have
    is left out where that can be, and told in the ``remarks``. Raises InvalidData for
    malformed XML, a DOCTYPE, elements in impossible places, a dependent style (its parent has to be
    parsed instead), macros that are unknown or call themselves, and a style that asks for too much.
    """
    style: ir.Style
    if isinstance(text, str) or not _is_installed(path):
        style = _parser().parse_style(text, path)
        return style
    kept = _Kept(text, path)
    lines = kept.lines()
    if lines:
        style = _read(lines[0])
        macros = _Macros(dict(zip(style.macros, lines[1:], strict=True)))
        return replace(style, macros=macros)
    style = _parser().parse_style(text, path)
    names = dict.fromkeys(style.macros)
    kept.write([replace(style, macros=names), *style.macros.values()])
    return style


def parse_locale(text: bytes, path: str) -> ir.LocaleData:
    """The installed locale in this XML; kept for the next time. Raises InvalidData."""
    kept = _Kept(text, path)
    lines = kept.lines()
    locale: ir.LocaleData
    if lines:
        locale = _read(lines[0])
    else:
        locale = _parser().parse_locale(text, path)
        kept.write([locale])
    return locale


def _parser() -> ModuleType:
    """What parses: loaded where nothing is kept, since that takes as long as reading what is."""
    from citekit.csl.style import parse

    return parse


def _is_installed(path: str) -> bool:
    try:
        return os.path.dirname(path) == str(styles_folder())  # noqa: PTH120  # no Path for a look
    except CitekitError:
        return False


class _Kept:
    """The file in which one style or locale is kept."""

    def __init__(self, text: bytes, path: str) -> None:
        self._file = cache_folder() / "parsed" / f"{Path(path).name}.json"
        self._made_of = f"{_reader()} {len(text)} {crc32(text)} {crc32(os.fsencode(path))}"

    def lines(self) -> list[str]:
        """What is kept, if it was made of the same by the same; else nothing."""
        return read_kept(self._file, self._made_of)

    def write(self, values: list[Value]) -> None:
        """Keep these, a line each."""
        keep(
            self._file,
            self._made_of,
            (json.dumps(_told(value), separators=(",", ":")) for value in values),
        )


@cache
def _reader() -> str:
    """Which citekit parses: its version and, for those who change it, the state of its files."""
    folder = os.path.dirname(__file__)  # noqa: PTH120  # as above
    with suppress(OSError):  # there may be no source
        states = [os.stat(f"{folder}/{name}.py") for name in _READERS]  # noqa: PTH116
        return f"{__version__} {[(state.st_mtime_ns, state.st_size) for state in states]}"
    return __version__


class _Macros(Mapping[str, ir.Macro]):
    """The macros of a kept style, each read when it is first reached."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        self._lines = lines
        self._made: dict[str, ir.Macro] = {}

    def __getitem__(self, name: str) -> ir.Macro:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = _read(self._lines[name])
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


def _told(value: object) -> object:
    """A value of ``ir`` as JSON: a list of what kind it is and what it holds."""
    match value:
        case Value():
            return [_NUMBERS[type(value)], {key: _told(held) for key, held in vars(value).items()}]
        case tuple():
            return [_TUPLE, *map(_told, value)]
        case frozenset():
            return [_SET, *map(_told, sorted(value))]
        case dict():
            return [_DICT, *map(_told, value.items())]
        case _:
            return value


def _read(line: str) -> Any:  # noqa: ANN401  # whatever was told
    return _value(json.loads(line))


def _value(told: list[Any]) -> Any:  # noqa: ANN401  # as above
    """What ``_told`` told."""
    kind = told[0]
    if kind >= 0:
        held = told[1]
        for name, value in held.items():
            if value.__class__ is list:
                held[name] = _value(value)
        return _CLASSES[kind](**held)
    values = [_value(value) if value.__class__ is list else value for value in told[1:]]
    if kind == _TUPLE:
        return tuple(values)
    return frozenset(values) if kind == _SET else dict(values)
