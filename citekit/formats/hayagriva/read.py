"""Entries of Hayagriva as CSL items."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import InvalidData
from citekit.findings import Severity
from citekit.formats.csl_json import what_is_wrong
from citekit.formats.hayagriva.from_csl import places_of_item
from citekit.formats.hayagriva.kept import facts_of_kept, keep, names_of, shape_of
from citekit.formats.hayagriva.places import known_type, places_of_entry
from citekit.formats.hayagriva.to_csl import read_places, variables_of
from citekit.formats.result import ReadResult, finding, on_lines
from citekit.formats.strict_yaml import load_yaml
from citekit.model.variables import DATE_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.findings import Finding
    from citekit.formats.hayagriva.places import Places
    from citekit.model.records.json_text import Json, JsonPath

_TYPED: Final = frozenset({"verbatim", "approximate", "year", "month", "day"})
_CSL: Final = "csl"


def read_hayagriva(text: str) -> ReadResult:
    """The items of a file, whose ids are the keys of its entries.

    An entry that is none is a finding with its line; the others come in. Raises InvalidData where
    the text is no YAML, is too long or too deep, uses aliases, or is no mapping.
    """
    loaded = load_yaml(text, is_typed=_is_typed)
    if not isinstance(loaded.value, dict):
        raise InvalidData("holds no entries", hint="each entry stands under its key")
    reading = _Reading()
    for (key, *_), line in (one for one in loaded.twice if len(one[0]) == 1):
        shown = f"the key {key!r} stands twice; the first counts"
        reading.findings.append(finding("CK-E442", shown, line=line))
    for key, entry in loaded.value.items():
        reading.take(str(key), entry, loaded.lines[(key,)])
    return reading.result()


def _is_typed(path: JsonPath) -> bool:
    return path[1:2] == (_CSL,) or (path[-1:] != () and path[-1] in _TYPED)


class _Reading:
    """A file while it is read."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._items: list[dict[str, Any]] = []
        self._lines: list[int] = []
        self._unread: Counter[str] = Counter()

    def take(self, key: str, entry: Json, line: int) -> None:
        """One entry."""
        if not isinstance(entry, dict) or not key:
            said = f"{key!r} is no entry: it has no fields" if key else "an entry without a key"
            self.findings.append(finding("CK-E441", said, line=line))
            return
        places = places_of_entry(entry)
        found, read = read_places(places)
        item = self._with_csl(key, found, places, line)
        kept = keep(item, places, read, places_of_item(item, shape_of(places)))
        self._unread.update(names_of(kept))
        self.findings += _told(key, item, entry.get("type"), line)
        self._items.append({"id": key, **_with_entry(item, facts_of_kept(kept))})
        self._lines.append(line)

    def _with_csl(
        self, key: str, item: dict[str, Any], places: Places, line: int
    ) -> dict[str, Any]:
        """The item with what stands under ``csl``, as far as no field says otherwise by now."""
        more = places["own"].get(_CSL)
        if not isinstance(more, dict):
            return item
        more = {name: value for name, value in more.items() if name != "id"}
        whole = {**item, **more}
        if what_is_wrong({"id": "x", **whole}):
            said = f"{key}: what stands under csl is no CSL, and is not read"
            self.findings.append(_warned("CK-W444", said, line))
            return item
        shown = variables_of(places_of_item(whole))
        good = {name for name in more if shown.get(name) == item.get(name)}
        return {**item, **{name: value for name, value in more.items() if name in good}}

    def result(self) -> ReadResult:
        """What came of it."""
        return ReadResult(
            items=tuple(self._items),
            findings=(*self.findings, *self._sum()),
            place_of=on_lines(self._lines),
        )

    def _sum(self) -> Iterator[Finding]:
        if self._unread:
            fields = ", ".join(f"{name} ({n})" for name, n in self._unread.most_common())
            message = f"kept as they stand, since no variable holds them: {fields}"
            yield finding("CK-I443", message, severity=Severity.NOTE)


def _with_entry(item: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    """The item with what it keeps of its entry."""
    if not entry:
        return item
    custom = item.get("custom")
    others = custom if isinstance(custom, dict) else {}
    return {**item, "custom": {**others, "citekit": {"entry": entry}}}


def _told(key: str, item: dict[str, Any], kind: Json, line: int) -> Iterator[Finding]:
    """What was understood otherwise than it may be meant."""
    if kind is not None and not known_type(kind):
        yield _warned("CK-W444", f"{key}: no type {str(kind)[:60]!r}: read as a document", line)
    for variable in DATE_VARIABLES & item.keys():
        if isinstance(item[variable], dict) and "literal" in item[variable]:
            words = str(item[variable]["literal"])[:60]
            yield _warned("CK-W444", f"{key}: no date: {words!r} stays words", line)


def _warned(code: str, message: str, line: int) -> Finding:
    return finding(code, message, line=line, severity=Severity.WARNING)
