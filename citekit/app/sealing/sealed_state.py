"""The entry with which each seal ends: what the log says of the whole archive, in one root.

The root follows from the entries before it, so a seal that knows the tree of the seal before needs
only what has changed since. That tree is a cache: it is found by the root that the log ends with,
and where it is not there, or not right, it is made anew from the entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from citekit.errors import IntegrityFailed, InvalidData, Place
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import leaf_hash, verify_inclusion
from citekit.integrity.state.state_leaf import (
    StateLeaf,
    may_be_state,
    read_state_leaf,
    write_state_leaf,
)
from citekit.integrity.state.state_tree import MissingNode
from citekit.model.records.codec import to_json, write_instant
from citekit.store.log.log_state import History
from citekit.store.log.state_cache import StateCache
from citekit.store.log.whole_state import WholeState
from citekit.store.private.sealing import root_for_seal
from citekit.store.writing.event_recorder import agent_of, this_tool

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    from citekit.store.log.folder import LogFolder, Standing
    from citekit.store.reading import ArchiveReader


def last_state(log: LogFolder, standing: Standing | None) -> StateLeaf | None:
    """The state with which a log ends; None for one that was made before there were states.

    Raises IntegrityFailed where the last entry on the disk is not the one that was sealed.
    """
    if standing is None or standing.size == 0:
        return None
    index, checkpoint = standing.size - 1, standing.checkpoint
    entry = log.whole_entry(index)
    hashes = log.prove(index, standing.size)
    if not verify_inclusion(leaf_hash(entry), index, standing.size, hashes, checkpoint.root):
        raise IntegrityFailed(
            "the last entry of the log is not the one that was sealed",
            place=Place(path=str(log.file("checkpoint"))),
            hint="citekit verify shows where; restore the log folder from a copy that verifies",
        )
    if may_be_state(entry):
        try:
            return read_state_leaf(parse_leaf(entry))
        except InvalidData:  # verify tells of it; here the log is one without a state
            return None
    return None


class SealedState:
    """The state that the log ends with, and from it the one that a seal is to end with.

    To be used as a context: it holds the cache open. ``takes_losses`` where somebody has said yes
    to what is private and gone.
    """

    def __init__(
        self,
        store: ArchiveReader,
        log: LogFolder,
        standing: Standing | None,
        *,
        takes_losses: bool = False,
    ) -> None:
        self._store = store
        self._takes_losses = takes_losses
        self.leaf = last_state(log, standing)
        self._cache = StateCache(store.layout)
        self._whole: WholeState | None = None
        self._is_grown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cache.close()

    def history(self, size: int) -> History | None:
        """What the log of that size says, looked up in the cache as it is needed.

        None for a log without a state. Whoever uses it may meet MissingNode.
        """
        if self.leaf is None:
            return None
        tree = self._cache.tree(self.leaf.root)
        return History(size=size, states=[size - 1], load=lambda name: self._cache.text(tree, name))

    def next_entry(self, history: History, at: datetime) -> bytes:
        """The entry that says what the history says; raises MissingNode for one from the cache."""
        return write_state_leaf(
            StateLeaf(
                root=self._root(history),
                private=root_for_seal(self._store.layout, takes_losses=self._takes_losses),
                size=history.size,
                about={
                    "agent": to_json(agent_of(self._store.settings)),
                    "at": write_instant(at),
                    "tool": to_json(this_tool()),
                },
            )
        )

    def keep(self) -> None:
        """Keep the tree of the last ``next_entry``, once its seal stands."""
        if self._whole is None:
            return
        tree = self._whole.tree()
        added = {**tree.added, **self._whole.texts}
        if self._is_grown:
            self._cache.change(added, tree.dropped | self._whole.outdated)
        else:
            self._cache.renew(added)

    def _root(self, history: History) -> bytes:
        """From the tree that is kept if it is that of the last state; else from all there is."""
        if self.leaf is not None and history.states[-1:] == [self.leaf.size]:
            whole = WholeState(history, self._cache.tree(self.leaf.root), keeps_texts=True)
            try:
                root = whole.tree().root
            except MissingNode:
                if history.load is not None:
                    raise
            else:
                self._whole, self._is_grown = whole, True
                return root
        self._whole, self._is_grown = WholeState(history, keeps_texts=True), False
        return self._whole.tree().root
