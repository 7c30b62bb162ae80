"""The text of a bibliography: the same entries give the same text, so that git sees real changes.

Entries are in the order of their keys. In a .bib file strings come first, and entries that others
inherit from last, since BibTeX wants them there. An entry of a .bib file goes into another as it
stands, with its strings and preambles.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from citekit.formats import write
from citekit.formats.bibtex.write import bibtex_entries
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any

    from citekit.app.syncing.choice import Chosen
    from citekit.app.syncing.library import Library
    from citekit.formats.bibtex.mapping import Dialect

BIBTEX: Final = ("biblatex", "bibtex")
_MOST_LEVELS: Final = 8


class Composed(Value):
    """A bibliography: its text, and that of each entry by its key.

    ``unread`` are keys whose entries cannot be read as items, and are not in it.
    """

    text: str
    parts: Mapping[str, str]
    unread: tuple[str, ...] = ()


def compose(entries: Collection[Chosen], format_: str, old: Library | None = None) -> Composed:
    """The bibliography of these entries; raises InvalidData for a key that a format cannot have.

    Comments of the ``old`` one stay at its end.
    """
    if format_ == "bibtex":
        return _compose_bibtex(entries, "bibtex", old)
    if format_ == "biblatex":
        return _compose_bibtex(entries, "biblatex", old)
    items, unread = _as_items(entries)
    ordered = [items[key] for key in sorted(items)]
    parts = {key: write([item], format_) for key, item in items.items()}
    return Composed(text=_ended(write(ordered, format_)), parts=parts, unread=unread)


def parts_of(library: Library, format_: str) -> dict[str, str]:
    """The entries of a bibliography as they would be parts of a composed one."""
    if library.excerpts is not None and format_ in BIBTEX:
        return {key: _with_lines(library.excerpts.text_of(key)) for key in library.excerpts}
    items = library.items(library.keys())
    if format_ in BIBTEX:
        return dict.fromkeys(items, "")
    return {key: write([item], format_) for key, item in items.items()}


def _as_items(entries: Iterable[Chosen]) -> tuple[dict[str, Mapping[str, Any]], tuple[str, ...]]:
    """The entries as CSL-JSON by their keys; each library is asked once."""
    items: dict[str, Mapping[str, Any]] = {}
    asked: dict[Library, list[Chosen]] = {}
    for entry in entries:
        if entry.library is None:
            items[entry.key] = entry.data
        else:
            asked.setdefault(entry.library, []).append(entry)
    for library, chosen in asked.items():
        read = library.items(entry.name for entry in chosen)
        items |= {e.key: {**read[e.name], "id": e.key} for e in chosen if e.name in read}
    return items, tuple(sorted(e.key for e in entries if e.key not in items))


def _compose_bibtex(entries: Collection[Chosen], dialect: Dialect, old: Library | None) -> Composed:
    copied, strings = _copied(entries)
    others = [entry for entry in entries if _name(entry) not in copied]
    items, unread = _as_items(others)
    keys = frozenset((*copied, *items))
    made = bibtex_entries(items.values(), dialect, beside=keys)
    blocks = copied | dict(zip(items, made, strict=True))
    levels = _levels(entries)
    order = sorted(blocks, key=lambda key: (levels.get(key, 0), key))
    heads = [*_preambles(entries, copied), "".join(map(_with_lines, strings.values()))]
    tail = map(_with_lines, old.excerpts.comments if old and old.excerpts else ())
    text = "\n".join(filter(None, [*heads, *(blocks[key] for key in order), *tail]))
    return Composed(text=text, parts=blocks, unread=unread)


def _name(entry: Chosen) -> str:
    """The key that the entry has in a .bib file: of a copied one its own."""
    return entry.name if entry.library is not None and entry.library.excerpts else entry.key


def _copied(entries: Iterable[Chosen]) -> tuple[dict[str, str], dict[str, str]]:
    """Entries of .bib files as they stand there, and the strings in them.

    One whose string means something else in another file is left to be read and written.
    """
    blocks: dict[str, str] = {}
    strings: dict[str, str] = {}
    for entry in entries:
        if entry.library is None or entry.library.excerpts is None:
            continue
        excerpts = entry.library.excerpts
        needed = excerpts.strings_of(excerpts.entry(entry.name).strings)
        if all(strings.get(name, text) == text for name, text in needed.items()):
            strings |= needed
            blocks[entry.name] = _with_lines(excerpts.text_of(entry.name))
    return blocks, strings


def _preambles(entries: Iterable[Chosen], copied: Collection[str]) -> list[str]:
    """The preambles of the files from which entries were copied."""
    files = {e.library: None for e in entries if e.library is not None and e.name in copied}
    texts = (text for library in files if library.excerpts for text in library.excerpts.preambles)
    return list(dict.fromkeys(map(_with_lines, texts)))


def _with_lines(text: str) -> str:
    """A block with line feeds, one at its end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _levels(entries: Iterable[Chosen]) -> dict[str, int]:
    """How many steps of inheritance lead to an entry, by the key that it has in a .bib file."""
    levels: dict[str, int] = {}
    parents = {_name(entry): entry.names("crossref") for entry in entries}
    now = set(parents)
    for level in range(1, _MOST_LEVELS):
        now = {name for key in now for name in parents.get(key, ()) if name != key}
        levels |= dict.fromkeys(now, level)
    return levels
