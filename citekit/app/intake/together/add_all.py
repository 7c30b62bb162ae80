"""Archiving many files: some are read while others are stored, and those come in together.

Only what is plainly new waits for others. A file that the archive may know by its bytes or its
address is settled alone, when all before it are in: so it is compared with whatever came before,
and a question to the user comes in its turn. So is what is asked over the network.
"""

from __future__ import annotations

import time
from concurrent.futures import wait
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeVar

from citekit.app.intake.add import (
    add_one,
    added,
    arrival_of,
    give_held,
    plan_new,
    settle_and_store,
)
from citekit.app.intake.adding.draft import Draft, make_draft
from citekit.app.intake.adding.sources import ToAdd, held_bytes
from citekit.app.intake.known_source import known_at, refuse_purged_again, told_of_record
from citekit.app.intake.together.read_ahead import read_ahead
from citekit.errors import CitekitError
from citekit.store.writing.arrivals import MOST_TOGETHER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from citekit.app.intake.add import Added
    from citekit.app.intake.known_source import Ask
    from citekit.app.intake.together.read_ahead import InHand
    from citekit.capture.visitor import Visitor
    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import Writer

    Outcome = Added | CitekitError

T = TypeVar("T")

_MOST_BYTES: Final = 64 << 20
_LONGEST_S: Final = 2.0
"""What was read waits no longer, however few there are."""


def add_all(
    store: ArchiveStore,
    sources: Iterable[str | Path | bytes | ToAdd],
    *,
    ask: Ask | None = None,
    visitor: Visitor | None = None,
) -> Iterator[Added | CitekitError]:
    """Archive many files and addresses, each as ``add`` does it; what became of each, in order.

    An error stands in the place of its source, and keeps no other out. A few dozen are read and
    stored at a time: who asks for no more leaves those that would follow out.
    """
    rest = (one if isinstance(one, ToAdd) else ToAdd(source=one) for one in sources)
    first = list(islice(rest, 2))
    alone = partial(add_one, store, ask=ask, visitor=visitor)
    if len(first) == 1:
        yield _or_error(partial(alone, first[0]))
        return
    group = _Group(store)
    for hand in read_ahead(store, chain(first, rest), ask=ask):
        if isinstance(hand, ToAdd):
            yield from group.store()
            yield _or_error(partial(alone, hand))
        else:
            yield from group.take(hand)
    yield from group.store()


class _Group:
    """Sources that are stored together, and in their order what is known of others already."""

    def __init__(self, store: ArchiveStore) -> None:
        self._store = store
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._outcomes: list[Draft | Outcome] = []
        self._number = 0
        self._bytes = 0
        self._signs: set[str] = set()
        """Digests and addresses of all that waits."""
        self._end = float("inf")

    def take(self, hand: InHand | CitekitError) -> Iterator[Outcome]:
        """Take a source up; what became of those that need not wait any more."""
        if isinstance(hand, CitekitError):
            self._outcomes.append(hand)
        elif hand.held is not None:
            self._outcomes.append(
                _or_error(partial(give_held, self._store, hand.opened, hand.held))
            )
        else:
            yield from self._take_read(hand)
        if not 0 < self._number < MOST_TOGETHER or self._bytes > _MOST_BYTES:
            yield from self.store()

    def store(self) -> Iterator[Outcome]:
        """Write what waits; what became of everything so far."""
        outcomes = self._outcomes
        self._begin_anew()
        stored = iter(_store_together(self._store, [o for o in outcomes if isinstance(o, Draft)]))
        for outcome in outcomes:
            yield next(stored) if isinstance(outcome, Draft) else outcome

    def _take_read(self, hand: InHand) -> Iterator[Outcome]:
        left_s = max(self._end - time.monotonic(), 0) if self._number else None
        if not wait([hand.extraction], timeout=left_s).done:
            yield from self.store()
        draft = _or_error(lambda: self._draft(hand))
        if isinstance(draft, Draft) and self._stands_alone(draft):
            yield from self.store()
            yield _or_error(partial(settle_and_store, self._store, draft))
            return
        self._outcomes.append(draft)
        if isinstance(draft, Draft):
            self._note(draft)

    def _draft(self, hand: InHand) -> Draft:
        return make_draft(hand.opened, hand.extraction.result(), self._store.settings.access)

    def _stands_alone(self, draft: Draft) -> bool:
        """Whether it is, or may be, something that is here or waits."""
        wish = draft.opened.wish
        if wish.to is not None or draft.digest in self._signs:
            return True
        if wish.new_item:
            return False
        is_waiting = not draft.addresses.isdisjoint(self._signs)
        return is_waiting or _is_known(self._store, draft)

    def _note(self, draft: Draft) -> None:
        if not self._number:
            self._end = time.monotonic() + _LONGEST_S
        self._number += 1
        self._bytes += len(draft.opened.data)
        self._signs.update(draft.contents, draft.addresses)


def _store_together(store: ArchiveStore, drafts: Sequence[Draft]) -> list[Outcome]:
    """Write them as items; what somebody else has added meanwhile is settled afterwards."""
    outcomes: dict[int, Outcome] = {}
    if drafts:
        try:
            with store.writing() as writer:
                outcomes.update(_write_together(store, writer, drafts))
        except CitekitError as error:
            return [outcomes.get(number, error) for number in range(len(drafts))]
    for number, draft in enumerate(drafts):
        if number not in outcomes:
            outcomes[number] = _or_error(partial(settle_and_store, store, draft))
    return [outcomes[number] for number in range(len(drafts))]


def _write_together(
    store: ArchiveStore, writer: Writer, drafts: Sequence[Draft]
) -> Iterator[tuple[int, Outcome]]:
    """What became of each, by its number; nothing of what is here by now."""
    planned = []
    for number, draft in enumerate(drafts):
        if _is_here(store, draft):
            continue
        try:
            refuse_purged_again(store, "another item", draft.contents)
            planned.append((number, plan_new(writer, draft, draft.opened.wish.key)))
        except CitekitError as refused:
            yield number, refused
    errors = writer.add_items([arrival_of(drafts[number], item) for number, item in planned])
    for (number, item), error in zip(planned, errors, strict=True):
        told = () if error else told_of_record(store, item, drafts[number].opened.wish)
        yield number, error or added(store, drafts[number], item, told=told)


def _is_here(store: ArchiveStore, draft: Draft) -> bool:
    """Whether an item has its bytes or its address, so that it is no new item."""
    if held_bytes(store, draft.opened) is not None:
        return True
    return not draft.opened.wish.new_item and _is_known(store, draft)


def _is_known(store: ArchiveStore, draft: Draft) -> bool:
    return any(known_at(store, address) for address in draft.asked_at)


def _or_error(action: Callable[[], T]) -> T | CitekitError:
    try:
        return action()
    except CitekitError as error:
        return error
