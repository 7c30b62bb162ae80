"""What ``archive.toml`` says of an archive: its title, defaults and own publishers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.errors import InvalidData, Place
from citekit.model.records.json_text import MAX_DEPTH, refuse_conflict_marks
from citekit.model.records.plain_toml import read_plain
from citekit.model.value import NOTHING, Value
from citekit.version import __version__

if TYPE_CHECKING:
    from citekit.model.item import Access  # noqa: TC004  # importing items costs every start

LAYOUT: Final = 1
"""The layout that this citekit writes, and the highest that it reads."""

STATE_LEAVES: Final = "state-leaves"
"""Each seal of the log ends with the state of the whole archive (docs/reference/state-tree.md)."""

FEATURES: Final[frozenset[str]] = frozenset([STATE_LEAVES])
"""What an archive may need beyond its layout, and this citekit knows."""


class Settings(Value):
    """The settings of one archive; ``extra`` keeps unknown keys.

    ``features`` are what whoever reads or changes the archive has to know.
    ``origin`` names its log, ``agent`` who its events are by, ``seal`` when they are sealed: by
    ``citekit seal``, or after every change. ``tsa`` are the addresses of the authorities that are
    asked for a timestamp of each seal. ``abbreviations`` are lists of short forms, as
    ``citekit.csl.Abbreviations`` reads them.
    """

    layout: int = LAYOUT
    features: tuple[str, ...] = ()
    title: str = ""
    base_url: str | None = None
    style: str | None = None
    locale: str = "en-US"
    access: Access = "restricted"
    origin: str | None = None
    agent: str | None = None
    seal: Literal["manual", "auto"] = "manual"
    tsa: tuple[str, ...] = ()
    publishers: tuple[Mapping[str, Any], ...] = ()
    abbreviations: Mapping[str, Any] = NOTHING
    extra: Mapping[str, Any] = NOTHING


def read_settings(text: str, path: str) -> Settings:
    """Read ``archive.toml``; raises InvalidData naming file, line and column."""
    data = _parse_toml(text, path)
    reader = _Reader(text, path, data)
    layout, features = reader.layout(), reader.features()
    log = reader.table("log")
    return Settings(
        layout=layout,
        features=features,
        title=reader.text("title") or "",
        base_url=reader.text("base_url"),
        style=reader.text("style"),
        locale=reader.text("locale") or "en-US",
        access=reader.access(),
        origin=reader.log_text(log, "origin"),
        agent=reader.log_text(log, "agent"),
        seal=reader.log_seal(log),
        tsa=reader.log_tsa(log),
        publishers=reader.publishers(),
        abbreviations=reader.table("abbreviations"),
        extra={key: value for key, value in data.items() if key not in _KNOWN},
    )


def write_settings(title: str) -> str:
    """The ``archive.toml`` of a new archive, with the optional settings as comments.

    >>> print(write_settings("Kosovo 2023").splitlines()[1])
    title = "Kosovo 2023"
    """
    # A JSON string is a TOML basic string, but for DEL.
    quoted = json.dumps(title, ensure_ascii=False).replace("\x7f", "\\u007f")
    return f"""\
layout = {LAYOUT}
title = {quoted}
features = ["{STATE_LEAVES}"]
# base_url = "https://example.org/archive/"
# style = "apa"
# locale = "en-US"
# access = "restricted"

# [log]
# origin = "example.org/archive"
# agent = "Ada Quill"
# seal = "manual"
# tsa = ["https://tsa.example/tsr"]

# [[publisher]]
# name = "Example Daily"
# domains = ["daily.example"]

# [abbreviations.default.container-title]
# "Example Daily" = "Ex. Daily"
"""


def with_feature(text: str, name: str, path: str) -> str:
    """The text of ``archive.toml`` with one more feature; all else in it stays as it is.

    Raises InvalidData where that cannot be done, which says what to write by hand.
    """
    if name in read_settings(text, path).features:
        return text
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    rest = text.removeprefix(mark)
    listed = re.search(r"""^[ \t]*["']?features["']?[ \t]*=[ \t]*\[""", rest, re.MULTILINE)
    if listed:
        changed = f'{mark}{rest[: listed.end()]}"{name}", {rest[listed.end() :]}'
    else:  # before all else, where it is in no table
        changed = f'{mark}features = ["{name}"]\n{rest}'
    try:
        has_it = name in read_settings(changed, path).features
    except InvalidData:
        has_it = False
    if not has_it:
        hint = f'write features = ["{name}"] at the top of the file'
        raise InvalidData("a feature cannot be named in it", place=Place(path=path), hint=hint)
    return changed


def _parse_toml(text: str, path: str) -> dict[str, Any]:
    """The tables of a text that is TOML and holds no more than settings have."""
    if len(text) > _MOST_SIGNS:
        raise InvalidData(f"settings of more than {_MOST_SIGNS:,} signs", place=Place(path=path))
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _MOST_DOTS:  # the time for a dotted key grows with its square
            place = Place(path=path, line=number)
            hint = "write one domain a line" if "domains" in line else None
            raise InvalidData(f"more than {_MOST_DOTS:,} dots in a line", place=place, hint=hint)
    data = read_plain(text.removeprefix("\ufeff"))
    if data is None:
        data = _parse_any_toml(text, path)
    _refuse_excess(data, path)
    return data


def _parse_any_toml(text: str, path: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        refuse_conflict_marks(text, path=path)
        raise _not_toml(str(error), text, path) from error
    except RecursionError as error:
        raise InvalidData("nested too deeply", place=Place(path=path)) from error
    except ValueError as error:  # more digits than Python takes for an integer
        raise InvalidData("a number of too many digits", place=Place(path=path)) from error


def _refuse_excess(data: dict[str, Any], path: str) -> None:
    """Refuse what no JSON of an archive may hold either: depth, and integers beyond 64 bits."""
    waiting: list[tuple[object, int]] = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InvalidData("nested too deeply", place=Place(path=path))
        if isinstance(value, int) and value.bit_length() > _INTEGER_BITS:
            raise InvalidData("a number of too many digits", place=Place(path=path))
        if isinstance(value, dict | list):
            children = value.values() if isinstance(value, dict) else value
            waiting += [(child, depth + 1) for child in children]


_MOST_SIGNS = 1_000_000
_MOST_DOTS = 1_000
_INTEGER_BITS = 64
_KNOWN = frozenset(
    ["layout", "features", "title", "base_url", "style", "locale", "access", "log", "publisher",
     "abbreviations"]
)  # fmt: skip
_AT = r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$"


def _is_web_address(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s/@]+(/\S*)?", value) is not None


def _not_toml(message: str, text: str, path: str) -> InvalidData:
    """The error of tomllib, with its line and column taken out of the message."""
    where = re.search(_AT, message)
    if where and where[1]:
        place = Place(path=path, line=int(where[1]), column=int(where[2]))
    else:  # "at end of document"
        lines = text.split("\n")
        place = Place(path=path, line=len(lines), column=len(lines[-1]) + 1)
    return InvalidData(f"is not TOML: {re.sub(_AT, '', message)}", place=place)


class _Reader:
    """Takes typed values out of a parsed ``archive.toml``; knows where each one stands."""

    def __init__(self, text: str, path: str, data: Mapping[str, Any]) -> None:
        self._text = text
        self._path = path
        self._data = data

    def layout(self) -> int:
        value = self._data.get("layout")
        if type(value) is not int or value < 1:
            raise self._wrong("layout", "is missing or no layout number", "write layout = 1")
        if value > LAYOUT:
            raise self._wrong(
                "layout",
                f"this archive has layout {value}; citekit {__version__} reads up to {LAYOUT}",
                f"install a citekit that reads layout {value}: pip install --upgrade citekit",
            )
        return value

    def features(self) -> tuple[str, ...]:
        value = self._data.get("features", [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self._wrong("features", "features is not a list of names", "features = []")
        unknown = ", ".join(repr(name) for name in value if name not in FEATURES)
        if unknown:
            raise self._wrong(
                "features",
                f"made by a newer citekit: {__version__} does not know what it needs: {unknown}",
                "pip install --upgrade citekit; what is here would be misread without",
            )
        return tuple(dict.fromkeys(value))

    def text(self, key: str) -> str | None:
        value = self._data.get(key)
        if value is not None and not isinstance(value, str):
            raise self._wrong(key, f"{key} is not text", f'write {key} = "…"')
        return value

    def access(self) -> Access:
        match self._data.get("access", "restricted"):
            case "public":
                return "public"
            case "restricted":
                return "restricted"
            case "private":
                return "private"
            case other:
                hint = 'write access = "restricted", access = "public" or access = "private"'
                raise self._wrong("access", f"access is none of three: {other!r}", hint)

    def table(self, key: str) -> Mapping[str, Any]:
        value = self._data.get(key, {})
        if not isinstance(value, dict):
            raise self._wrong(key, f"{key} is not a table", f"write [{key}]")
        return value

    def log_text(self, log: Mapping[str, Any], key: str) -> str | None:
        value = log.get(key)
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise self._wrong(key, f"{key} is not text", f'write {key} = "…"', table="log")
        return value

    def log_seal(self, log: Mapping[str, Any]) -> Literal["manual", "auto"]:
        match log.get("seal", "manual"):
            case "manual":
                return "manual"
            case "auto":
                return "auto"
            case other:
                hint = 'write seal = "manual" or seal = "auto"'
                raise self._wrong("seal", f"seal is neither: {other!r}", hint, table="log")

    def log_tsa(self, log: Mapping[str, Any]) -> tuple[str, ...]:
        value = log.get("tsa", [])
        if not isinstance(value, list) or not all(_is_web_address(url) for url in value):
            hint = 'write tsa = ["https://…"]'
            raise self._wrong("tsa", "tsa is not a list of web addresses", hint, table="log")
        return tuple(dict.fromkeys(value))

    def publishers(self) -> tuple[Mapping[str, Any], ...]:
        value = self._data.get("publisher", [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self._wrong("publisher", "publisher is not a list of tables", "[[publisher]]")
        return tuple(value)

    def _wrong(self, key: str, message: str, hint: str, *, table: str = "") -> InvalidData:
        line, column = self._find(key, table)
        return InvalidData(
            message, place=Place(path=self._path, line=line, column=column), hint=hint
        )

    def _find(self, key: str, table: str) -> tuple[int | None, int | None]:
        """Where ``key = …`` or ``[key]`` stands: a plain search, since tomllib keeps no places."""
        within = ""
        for number, line in enumerate(self._text.split("\n"), 1):
            header = re.match(r"\s*\[\[?\s*([\w.\"'-]+)\s*\]", line)
            if header:
                within = header[1].strip("\"'")
                if within == key and not table:
                    return number, header.start(1) + 1
            assignment = re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=\s*", line)
            if assignment and within == table:
                return number, assignment.end() + 1
        return None, None
