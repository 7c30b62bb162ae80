"""What one ``{bibliography}`` lists: its options, and the keys that they choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from docutils.parsers.rst import directives

from citekit.model.value import Value
from citekit.sphinx.bibliography.filter import FilterError, Subject, accepts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from citekit.pages.library import Library

Scope = Literal["cited", "notcited", "all", "local", "filter", "archive"]
Shape = Literal["citation", "bullet", "enumerated"]


def _list_kind(text: str) -> str:
    return directives.choice(text, ("citation", "bullet", "enumerated"))


def _enumeration(text: str) -> str:
    kinds = ("arabic", "loweralpha", "upperalpha", "lowerroman", "upperroman")
    return directives.choice(text, kinds)


def _start(text: str) -> int:
    return 0 if text == "continue" else directives.positive_int(text)


OPTIONS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("all", "cited", "notcited", "local"), directives.flag),
    **dict.fromkeys(
        ("style", "locale", "filter", "labelprefix", "keyprefix"), directives.unchanged
    ),
    "list": _list_kind,
    "enumtype": _enumeration,
    "start": _start,
}


class Listing(Value):
    """A list of references: whose, of which files (none: all), in which style, and how numbered.

    ``keys`` are listed in any case; ``start`` 0 goes on from the list before.
    """

    scope: Scope = "cited"
    filter: str = ""
    files: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    style: str | None = None
    locale: str | None = None
    keyprefix: str = ""
    shape: Shape = "citation"
    enumtype: str = "arabic"
    start: int = 1
    with_coins: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any], files: str, content: Iterable[str]) -> Listing:
        """The list that a directive asks for, with the names of files and keys it was given."""
        scopes: tuple[Scope, ...] = ("filter", "all", "notcited", "local")
        scope: Scope = next((s for s in scopes if s in options), "cited")
        return cls(
            scope=scope,
            filter=str(options.get("filter", "")),
            files=tuple(name.rpartition("/")[2] for name in files.split()),
            keys=tuple(key.strip() for key in content if key.strip()),
            style=_text(options, "style"),
            locale=_text(options, "locale"),
            keyprefix=_text(options, "keyprefix") or "",
            shape=options.get("list", "citation"),
            enumtype=str(options.get("enumtype", "arabic")),
            start=options.get("start", 1),
        )

    def chosen(
        self, library: Library, docname: str, cited: Mapping[str, Sequence[str]]
    ) -> list[str]:
        """The keys that it lists, sorted; ``cited`` are the pages that cite each key for it."""
        known = library.citable
        own = (found[1] for name in self.keys if (found := library.resolve_cited(name)))
        return sorted({*own, *(k for k in self._by_scope(library, docname, cited) if k in known)})

    def _by_scope(
        self, library: Library, docname: str, cited: Mapping[str, Sequence[str]]
    ) -> Iterable[str]:
        files = set(library.references.keys_of(self.files)) if self.files else None
        from_files = [
            k for k in library.citable if files is None or k in files or not library.references
        ]
        match self.scope:
            case "all":
                return from_files
            case "archive":
                return library.shelves
            case "local":
                return [key for key, pages in cited.items() if docname in pages]
            case "notcited":
                return [key for key in from_files if key not in cited]
            case "filter":
                return [k for k in from_files if self._takes(library, k, docname, cited.get(k, ()))]
            case _:
                return [
                    key for key in cited if files is None or key in files or key in library.shelves
                ]

    def _takes(self, library: Library, key: str, docname: str, cited: Sequence[str]) -> bool:
        subject = Subject(item=library.citable[key], docname=docname, cited=frozenset(cited))
        try:
            return accepts(self.filter, subject)
        except FilterError:
            return bool(cited)  # it was told when the page was read


def _text(options: Mapping[str, Any], name: str) -> str | None:
    return str(options[name]).strip() or None if name in options else None
