"""Reading documents ahead of their turn, two at a time, in children that can be stopped.

The thread that stores is busy for longer than one child with most pages, so a third would wait.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, NamedTuple

from citekit.app.intake.adding.draft import read_opened
from citekit.app.intake.adding.sources import held_bytes, open_source
from citekit.app.intake.document_reading import is_read_here, own_publishers
from citekit.app.intake.reader_process import READING_CHILD, ReaderProcess
from citekit.errors import CitekitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Any, Self

    from citekit.app.intake.adding.sources import Opened, ToAdd
    from citekit.app.intake.known_source import Ask, HeldBytes
    from citekit.extract import Extraction
    from citekit.store.archive import ArchiveStore

_READERS: Final = 2
_WORTH_ANOTHER: Final = 8
"""From so many documents on a second child is started: its start costs as much as reading these."""
_AHEAD: Final = 64
_AHEAD_BYTES: Final = 64 << 20


class InHand(NamedTuple):
    """A file that was opened: the item that has its bytes, or else what is read in them."""

    opened: Opened
    held: HeldBytes | None
    extraction: Future[Extraction]

    @property
    def is_ready(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.held is not None or self.extraction.done()


def read_ahead(
    store: ArchiveStore, sources: Iterable[ToAdd], *, ask: Ask | None = None
) -> Iterator[InHand | ToAdd | CitekitError]:
    """The sources in their order, a few dozen of those that follow being read; or its error.

    An address comes as it was given: nobody is asked over the network before its turn.
    """
    waiting: deque[InHand | ToAdd | CitekitError] = deque()
    size_bytes = 0
    with _Readers() as readers:
        for wanted in sources:
            hand = wanted if wanted.is_address else _open(store, wanted, readers, ask)
            waiting.append(hand)
            size_bytes += _size(hand)
            while waiting and (
                len(waiting) > _AHEAD or size_bytes > _AHEAD_BYTES or _is_ready(waiting[0])
            ):
                size_bytes -= _size(waiting[0])
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()


def _open(
    store: ArchiveStore, wanted: ToAdd, readers: _Readers, ask: Ask | None
) -> InHand | CitekitError:
    try:
        opened = open_source(wanted, ask=ask)
        held = held_bytes(store, opened)
        extraction: Future[Extraction] = Future()
        if held is None:
            extraction = readers.read(opened, own_publishers(store))
        return InHand(opened, held, extraction)
    except CitekitError as error:
        return error


def _size(hand: InHand | ToAdd | CitekitError) -> int:
    return len(hand.opened.data) if isinstance(hand, InHand) else 0


def _is_ready(hand: InHand | ToAdd | CitekitError) -> bool:
    return not isinstance(hand, InHand) or hand.is_ready


class _Readers:
    """A thread for each child, which waits for it."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_READERS)
        self._readers: list[ReaderProcess] = []
        self._free: SimpleQueue[ReaderProcess] = SimpleQueue()
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        for reader in self._readers:
            reader.close()

    def read(self, opened: Opened, publishers: Sequence[Mapping[str, Any]]) -> Future[Extraction]:
        """What is read in a source; what needs no child is read at once."""
        if is_read_here(opened.data, opened.name):
            done: Future[Extraction] = Future()
            done.set_result(read_opened(opened, publishers))
            return done
        self._asked += 1
        if self._asked == 1 or (self._asked == _WORTH_ANOTHER and _processors() > 1):
            self._readers.append(ReaderProcess(READING_CHILD))
            self._free.put(self._readers[-1])
        return self._pool.submit(self._read_in_child, opened, publishers)

    def _read_in_child(self, opened: Opened, publishers: Sequence[Mapping[str, Any]]) -> Extraction:
        reader = self._free.get()
        try:
            return read_opened(opened, publishers, reader)
        finally:
            self._free.put(reader)


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
