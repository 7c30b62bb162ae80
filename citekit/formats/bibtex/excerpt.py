"""Where the entries of a .bib file stand, and what each needs: to copy some of them as they are.

An entry needs the entries that it inherits from or names, and the strings in its values. What is
found is kept as lines of text, so that a file that did not change is not read again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.formats.bibtex.checking.spans import find_spans
from citekit.formats.bibtex.dates import MONTHS
from citekit.formats.bibtex.kept import NAMES_OTHERS
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from citekit.formats.bibtex.checking.spans import EntrySpan, FieldSpan, Spans

_TAB: Final = "\t"


class Located(Value):
    """An entry: from where to where it stands, the keys and strings it needs, its other keys."""

    key: str
    start: int
    end: int
    parents: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    strings: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class Excerpts:
    """The blocks of one text, by their names."""

    def __init__(self, text: str, lines: Sequence[str]) -> None:
        """``lines`` are those of ``locate`` for the same text."""
        self._text = text
        self._entries: dict[str, str] = {}
        self._strings: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        """Other keys (biblatex's ``ids``), each with the key of the entry."""
        self._kept: dict[str, list[str]] = {"preamble": [], "comment": []}
        self.fault: tuple[int, str] | None = None
        """The first place at which the text is no BibTeX, and why."""
        for line in lines:
            self._take(line)

    def _take(self, line: str) -> None:
        kind, name, rest = line.split(_TAB, 2)
        if kind == "entry":
            self._entries.setdefault(name, rest)
        elif kind == "ids":
            self.aliases.setdefault(name, rest)
        elif kind == "string":
            self._strings[name] = rest
        elif kind in self._kept:
            self._kept[kind].append(self._text[int(name) : int(rest)])
        elif kind == "fault" and self.fault is None:
            self.fault = int(name), rest

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        """The keys of all entries, in the order of the file."""
        return iter(self._entries)

    def entry(self, key: str) -> Located:
        """The entry with this key; raises KeyError."""
        start, end, *lists = self._entries[key].split(_TAB)
        parents, needs, strings = (tuple(filter(None, words.split(","))) for words in lists)
        return Located(
            key=key,
            start=int(start),
            end=int(end),
            parents=parents,
            needs=needs,
            strings=strings,
        )

    def text_of(self, key: str) -> str:
        """The entry as it stands; raises KeyError."""
        located = self.entry(key)
        return self._text[located.start : located.end]

    def strings_of(self, names: Iterable[str]) -> dict[str, str]:
        """``@string`` blocks for these names and what these need, by name, needed ones first."""
        found: dict[str, str] = {}
        waiting = [(name, False) for name in reversed(list(names))]
        seen: set[str] = set()
        while waiting:
            name, is_ready = waiting.pop()
            if is_ready:
                start, end, _ = self._strings[name].split(_TAB)
                found[name] = f"@string{{{self._text[int(start) : int(end)]}}}"
            elif name in self._strings and name not in seen:
                seen.add(name)
                waiting.append((name, True))
                needs = self._strings[name].split(_TAB)[2]
                waiting += [(need, False) for need in needs.split(",") if need]
        return found

    def with_needed(self, keys: Iterable[str]) -> str:
        """The text of these entries and of all that they need: entries, strings."""
        found: dict[str, Located] = {}
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in found and key in self._entries:
                found[key] = self.entry(key)
                waiting += found[key].needs
        names = dict.fromkeys(name for entry in found.values() for name in entry.strings)
        blocks = [*self.strings_of(names).values(), *map(self.text_of, found)]
        return "\n".join(blocks)

    @property
    def preambles(self) -> tuple[str, ...]:
        """``@preamble`` blocks: what keys and values may use."""
        return tuple(self._kept["preamble"])

    @property
    def comments(self) -> tuple[str, ...]:
        """``@comment`` blocks: what programs want to know of the file."""
        return tuple(self._kept["comment"])


def locate(text: str) -> list[str]:
    """The blocks of a .bib file with their places, a line each, for ``Excerpts``; never raises."""
    spans = find_spans(text)
    return [
        *(_line("entry", *_parts_of(text, entry)) for entry in spans.entries if entry.key),
        *_ids(text, spans),
        *(
            _line("string", s.name, s.start, s.end, ",".join(_macros(text, (s,))))
            for s in spans.strings
        ),
        *(_line("preamble", start, end) for start, end in spans.preambles),
        *(_line("comment", start, end) for start, end in spans.comments),
        *(_line("fault", fault.at, " ".join(fault.message.split())) for fault in spans.faults),
    ]


def _line(*parts: str | int) -> str:
    return _TAB.join(map(str, parts))


def _parts_of(text: str, entry: EntrySpan) -> Iterator[str | int]:
    values = _references(text, entry)
    yield entry.key
    yield entry.start
    yield entry.end
    yield ",".join(values.get("crossref", ()))
    yield ",".join(dict.fromkeys(key for keys in values.values() for key in keys))
    yield ",".join(_macros(text, entry.fields))


def _references(text: str, entry: EntrySpan) -> Mapping[str, tuple[str, ...]]:
    """The keys in the fields that name other entries."""
    return {f.name: _keys(text, f) for f in reversed(entry.fields) if f.name in NAMES_OTHERS}


def _keys(text: str, field: FieldSpan) -> tuple[str, ...]:
    value = "".join(text[piece.start : piece.end] for piece in field.pieces)
    return tuple(re.findall(r"[^\s,{}\"#]+", value))


def _ids(text: str, spans: Spans) -> Iterator[str]:
    for entry in spans.entries:
        for field in entry.fields:
            if field.name == "ids":
                yield from (_line("ids", alias, entry.key) for alias in _keys(text, field))


def _macros(text: str, fields: Iterable[FieldSpan]) -> Iterable[str]:
    """The strings in values, in lower case; months, which every style has, are none."""
    names = (text[p.start : p.end].casefold() for f in fields for p in f.pieces if not p.kind)
    return dict.fromkeys(n for n in names if not n.isdigit() and n not in MONTHS and "," not in n)
