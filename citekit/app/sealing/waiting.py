"""Events that wait for a seal: this computer's own, and those that anybody may have written.

Own ones are taken as what they say. The others excuse nothing: a seal finds by itself what is true
of the files that they name, and they serve to be compared. What another event says of an immutable
path is a digest to hold the file against; two digests of one path are a conflict, which a person
decides (``recover``). Source: docs/decisions/0017.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from citekit.errors import InvalidData
from citekit.integrity.merkle import leaf_hash
from citekit.model.value import Value
from citekit.store.log.log_state import History, Said, is_immutable, said_by
from citekit.store.log.own_events import OwnEvents
from citekit.store.log.record_kinds import group_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from citekit.store.items import ItemReader

ERASING: Final = frozenset(["purge", "erase"])
"""Actions that say of bytes that they are gone for good, which no file can show."""


class Waiting(Value):
    """The events that wait: ``own`` in the order of noting, ``others`` as the file has them."""

    own: tuple[bytes, ...] = ()
    others: tuple[bytes, ...] = ()


def split_waiting(
    store: ItemReader, entries: Collection[bytes], *, origin: str, noted: Collection[bytes] = ()
) -> Waiting:
    """Tell the events that wait apart; ``noted`` are leaf hashes of what this process has done.

    ``origin`` is the name of the log that stands, "" before the first seal.
    """
    places = OwnEvents(store.layout).among(entries, origin=origin)
    own = [e for e in entries if e in places or leaf_hash(e) in noted]
    others = tuple(entry for entry in entries if entry not in set(own))
    # A merge may have put the lines into another order; where this process alone knows, that of
    # the file is right.
    if places:
        last = len(places)
        own.sort(key=lambda entry: places.get(entry, last))
    return Waiting(own=tuple(own), others=others)


class Conflict(Value):
    """Several digests of one immutable path, and no seal that says which is right."""

    path: str
    digests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path}: events that wait say {' and '.join(self.digests)}"


@dataclass(slots=True)
class Others:
    """What events say that nothing shows to be this computer's own.

    ``said`` has the last digest of each path (None: that it was removed), ``gone`` the folders of
    items that are said to be removed or renamed, ``erasures`` the events after which bytes are to
    be gone for good.
    """

    said: dict[str, Said] = field(default_factory=dict)
    gone: dict[str, Said] = field(default_factory=dict)
    erasures: list[tuple[bytes, Said]] = field(default_factory=list)
    digests: dict[str, dict[str, None]] = field(default_factory=dict)
    """Of immutable paths, every digest that is said of them."""

    def take(self, entry: bytes) -> None:
        """Take in the next event; one that is none says nothing."""
        with suppress(InvalidData):
            said = said_by(entry)
            if said.action in ERASING:
                self.erasures.append((entry, said))
            elif said.action == "rename":
                self._rename(said, str(said.value.get("to", "")))
            elif said.action == "remove" and said.subject == group_of(said.subject):
                self._leave(said.subject, said)
            else:
                self._say(said)

    def erased(self) -> frozenset[str]:
        """The digests of payloads that they say were removed for good."""
        return frozenset(
            str(payload["digest"])
            for _, said in self.erasures
            for payload in said.value.get("payloads", ())
        )

    def _say(self, said: Said) -> None:
        self.said[said.subject] = said
        if said.digest and is_immutable(said.subject):
            self.digests.setdefault(said.subject, {})[said.digest] = None

    def _leave(self, folder: str, said: Said) -> None:
        """A removal before any seal frees the paths of what others had said."""
        self.gone[folder] = said
        for path in [path for path in self.said if group_of(path) == folder]:
            del self.said[path]
            self.digests.pop(path, None)

    def _rename(self, renaming: Said, new: str) -> None:
        old = renaming.subject
        moved = {p: said for p, said in self.said.items() if group_of(p) == old}
        self._leave(old, renaming)
        for path, said in moved.items():
            self._say(said._replace(subject=new + path[len(old) :]))


def read_others(entries: Iterable[bytes]) -> Others:
    """What these events say, in their order."""
    others = Others()
    for entry in entries:
        others.take(entry)
    return others


def conflicts_in(history: History, size: int, others: Others) -> Iterator[Conflict]:
    """Immutable paths of which others say several digests, or another than an own event.

    What the first ``size`` entries say is sealed, and no conflict: it stands.
    """
    for path, digests in others.digests.items():
        stands = history.stands(path)
        if stands is not None and stands.entry < size:
            continue
        all_said = dict.fromkeys([*([stands.digest] if stands and stands.digest else ()), *digests])
        if len(all_said) > 1:
            yield Conflict(path=path, digests=tuple(all_said))
