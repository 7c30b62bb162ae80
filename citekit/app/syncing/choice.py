"""Which entry stands for each key that a paper cites, and where it comes from.

First the archive, then the libraries in the order given, then the bibliography as it was, last what
the paper itself says of a work. What the bibliography alone has is not lost: an entry that is cited
nowhere stays, unless it is to go.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.new_citekey import make_citekey
from citekit.app.syncing.known import ArchiveKeys, as_entry
from citekit.app.syncing.library import Library
from citekit.findings import Finding, Severity
from citekit.formats.bibtex.kept import named_entries
from citekit.model.citekey import is_citekey
from citekit.model.nearest import did_you_mean
from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.app.papers.found import CitedKey
    from citekit.app.papers.read import Paper
    from citekit.errors import Place

_MOST_HINTS: Final = 20
"""A hint at what was meant looks at all keys: so many are given."""


class Chosen(Value):
    """An entry: ``data`` as CSL-JSON, or that of the key ``name`` in a library.

    ``key`` is how the paper cites it.
    """

    key: str
    data: Mapping[str, Any] = NOTHING
    library: Library | None = None
    name: str = ""

    def names(self, field: str = "") -> tuple[str, ...]:
        """The keys of entries that have to stand in the same .bib file; those of one field."""
        if self.library is not None:
            entry = self.library.entry(self.name)
            return () if entry is None else entry.parents if field else entry.needs
        named = named_entries(self.data)
        return named.get(field, ()) if field else tuple(chain.from_iterable(named.values()))


class Sources(Value):
    """Where entries come from; ``old`` is the bibliography as it was.

    What is in one of ``beside``, other bibliographies that the paper reads, is left to it. What is
    in one of ``named``, which the paper reads now, is taken where nobody else has it.
    """

    archive: ArchiveKeys | None
    libraries: tuple[Library, ...] = ()
    old: Library | None = None
    beside: tuple[Library, ...] = ()
    named: tuple[Library, ...] = ()
    takes_described: bool = True
    """Whether what a document says of a work is an entry, where nobody has one."""

    @property
    def own(self) -> tuple[Library, ...]:
        """The paper's own bibliographies, in the order in which they are asked."""
        return (*((self.old,) if self.old else ()), *self.named)

    def names(self) -> list[str]:
        """All keys that there are."""
        shelves = (*self.libraries, *self.beside, *self.own)
        names = [self.archive.names() if self.archive else (), *(shelf.keys() for shelf in shelves)]
        return list(dict.fromkeys(chain.from_iterable(names)))


class Choice(Value):
    """What was chosen, by the keys as they are cited, and what is to be said of the rest.

    ``archived`` are the keys of the items among them, in the order of the paper; ``kept`` those
    that the paper's own bibliographies alone have; ``uncited`` what only the old one has and
    nothing cites, be it kept or not; ``left`` the keys that are left to another file; ``private``
    how many items were left out.
    """

    entries: Mapping[str, Chosen]
    archived: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    uncited: tuple[str, ...] = ()
    left: Mapping[str, str] = NOTHING
    private: int = 0
    unknown: tuple[Finding, ...] = ()
    findings: tuple[Finding, ...] = ()


def choose(sources: Sources, paper: Paper, *, parents: bool, prune: bool) -> Choice:
    """The entries that a paper needs.

    With ``parents`` also those that entries of a .bib file inherit from; ``prune`` lets go what
    only the old bibliography has and nothing cites. Raises InvalidData for a broken item.
    """
    choosing = _Choosing(sources)
    choosing.take(paper)
    if parents:
        choosing.take_named()
    uncited = choosing.uncited()
    if not prune:
        for key in uncited:
            choosing.entries[key] = Chosen(key=key, library=sources.old, name=key)
        if parents:
            choosing.take_named()
    return choosing.choice(uncited)


class _Choosing:
    """The choice while it is made."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._names: list[str] | None = None
        self.entries: dict[str, Chosen] = {}
        self._left: dict[str, str] = {}
        self._archived: dict[str, None] = {}
        self._private: set[str] = set()
        self._unknown: list[Finding] = []
        self._findings: list[Finding] = []

    def take(self, paper: Paper) -> None:
        """Take in all that a paper cites, each key once."""
        places: dict[str, list[CitedKey]] = {}
        for cited in paper.keys:
            places.setdefault(cited.key, []).append(cited)
        for key, cites in places.items():
            data = next((cited.data for cited in cites if cited.data), NOTHING)
            if not self._find(key, data, cites[0].place) and not self._take_described(data):
                self._miss(cites)
        if paper.cites_all:
            for key in self._all_keys():
                self._find(key, NOTHING, None)

    def take_named(self) -> None:
        """Take in what entries inherit from and what they name; ``bib check`` tells what lacks."""
        waiting = list(self.entries.values())
        seen = {chosen.key for chosen in waiting}
        while waiting:
            for name in waiting.pop().names():
                if name not in seen and self._find(name, NOTHING, None) and name in self.entries:
                    waiting.append(self.entries[name])
                seen.add(name)

    def uncited(self) -> tuple[str, ...]:
        """The keys that only the old bibliography has, and nothing needs."""
        old = self._sources.old
        used = {chosen.name for chosen in self.entries.values() if chosen.library is old}
        return tuple(
            key
            for key in (old.keys() if old else ())
            if key not in used and key not in self.entries and not self._is_elsewhere(key)
        )

    def choice(self, uncited: tuple[str, ...]) -> Choice:
        """What came of it."""
        own = self._sources.own
        return Choice(
            entries=self.entries,
            archived=tuple(self._archived),
            kept=tuple(sorted(key for key, c in self.entries.items() if c.library in own)),
            uncited=uncited,
            left=self._left,
            private=len(self._private),
            unknown=tuple(self._unknown),
            findings=tuple(self._findings),
        )

    def _find(self, key: str, data: Mapping[str, Any], place: Place | None) -> bool:
        """Whether somebody has an entry for a key; it is taken, or left where it is."""
        archive = self._sources.archive
        known = archive.find(key, data) if archive else None
        if archive is None or known is None:
            return self._find_in_files(key)
        if known.standing == "open":
            item = archive.item(known.key)
            self._archived[known.key] = None
            self.entries[known.name] = Chosen(key=known.name, data=_called(item.data, known.name))
        elif known.standing == "private":
            self._private.add(known.key)
        else:
            message = f"{known.key} was withdrawn: it is left out"
            self._findings.append(_warning("CK-W792", message, place))
        return True

    def _find_in_files(self, key: str) -> bool:
        sources = self._sources
        for library in sources.libraries:
            if name := library.find(key):
                self.entries[key] = Chosen(key=key, library=library, name=name)
                return True
        for library in sources.beside:
            if library.find(key):
                self._left[key] = str(library.path)
                return True
        for library in sources.own:
            if name := library.find(key):
                self.entries[key] = Chosen(key=key, library=library, name=name)
                return True
        return False

    def _is_elsewhere(self, key: str) -> bool:
        """Whether an entry of the old bibliography can be had again."""
        archive = self._sources.archive
        shelves = (*self._sources.libraries, *self._sources.beside)
        is_archived = archive is not None and archive.find(key, NOTHING) is not None
        return is_archived or any(library.find(key) for library in shelves)

    def _take_described(self, data: Mapping[str, Any]) -> bool:
        """Take what the paper itself says of a work, under its own key or a made one."""
        entry = as_entry(data) if data and self._sources.takes_described else None
        if entry is None:
            return False
        named = [entry.get("citation-key"), entry.get("id")]
        base = next((n for n in named if isinstance(n, str) and _is_typed(n)), make_citekey(entry))
        if base not in self.entries and self._find_in_files(base):
            return True
        key, number = base, 1
        while key in self.entries and self.entries[key].data != _called(entry, key):
            number += 1
            key = f"{base}-{number}"
        self.entries[key] = Chosen(key=key, data=_called(entry, key))
        return True

    def _miss(self, cites: list[CitedKey]) -> None:
        first = cites[0]
        if first.may_be_a_label:
            return
        if self._names is None:
            self._names = self._sources.names()
        is_hinted = len(self._unknown) < _MOST_HINTS
        hint = did_you_mean(first.key, self._names) if is_hinted else ""
        more = f" (and {len(cites) - 1} more times)" if len(cites) > 1 else ""
        message = f"there is no item {first.key!r}{more}"
        self._unknown.append(Finding(code="CK-E791", message=message, place=first.place, hint=hint))

    def _all_keys(self) -> Iterable[str]:
        r"""What ``\nocite{*}`` means: every entry that others may see."""
        archive = self._sources.archive
        names = archive.names() if archive else ()
        shelves = (*self._sources.libraries, *self._sources.own)
        return dict.fromkeys((*names, *chain.from_iterable(shelf.keys() for shelf in shelves)))


def _is_typed(name: str) -> bool:
    """Whether a name is a key that somebody chose: no number, and no address."""
    return is_citekey(name) and not name.isdigit() and "://" not in name


def _called(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An item under the key by which it is cited, which is none of its other keys then."""
    if data.get("id") == key:
        return dict(data)
    custom = data.get("custom")
    facts = custom.get("citekit") if isinstance(custom, dict) else None
    if isinstance(facts, dict) and "aliases" in facts:
        own = {name: value for name, value in facts.items() if name != "aliases"}
        data = {**data, "custom": {**dict(custom or {}), "citekit": own}}
    return {**data, "id": key}


def _warning(code: str, message: str, place: Place | None) -> Finding:
    return Finding(code=code, message=message, severity=Severity.WARNING, place=place)
