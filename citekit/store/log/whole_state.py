"""The state tree of a log: what its entries say, as one root, and whether a state leaf says so too.

Whoever has the entries can make the tree: ``verify``, a witness and a seal do, with this one rule.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from citekit.errors import InvalidData
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.state.state_leaf import StateLeaf, may_be_state, read_state_leaf
from citekit.integrity.state.state_tree import StateTree, state_key, state_value
from citekit.store.log.log_state import Contradiction, History

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_REFILL: Final = 10  # to change a value takes as long as making a tree anew takes for ten


class StateFault(NamedTuple):
    """A state leaf that is wrong, or the place where one is missing; ``message`` says why."""

    entry: int
    message: str


class WholeState:
    """The state tree of a history, brought up to date when it is asked.

    Without a tree to start from it is made of all that the history has. With ``keeps_texts`` the
    texts of the groups are kept in ``texts`` (value -> text), and the values that are needed no
    more in ``outdated``: a cache needs them.
    """

    def __init__(
        self, history: History, tree: StateTree | None = None, *, keeps_texts: bool = False
    ) -> None:
        self._history = history
        self._tree = tree
        self._keeps_texts = keeps_texts
        self.texts: dict[bytes, bytes] = {}
        self.outdated: set[bytes] = set()

    def tree(self) -> StateTree:
        """The tree of what the history says now; raises MissingNode where its nodes are gone."""
        tree, history = self._tree, self._history
        if tree is None or (history.load is None and self._has_changed_much()):
            tree = self._tree = StateTree()
            tree.fill(self._values(history.groups()))
            return tree
        values = dict(self._values(sorted(history.touched)))
        keys = [state_key(group) for group in history.touched]
        if self._keeps_texts:
            before = {key: tree.get(key) for key in keys}
            self.outdated.update(v for k, v in before.items() if v and v != values.get(k))
        for key in keys:
            if key not in values:
                tree.remove(key)
        for key, value in values.items():
            tree.put(key, value)
        return tree

    def fault(self, leaf: StateLeaf) -> str | None:
        """Why a state leaf that comes next does not follow from the entries before it.

        None where it does. To be asked before the history takes the leaf in.
        """
        history = self._history
        root = self.tree().root  # also where it is not compared: what was touched is taken in
        if leaf.size != history.size:
            return f"is the state of {leaf.size} entries, and stands after {history.size}"
        if leaf.root != root:
            return f"has the root {leaf.root.hex()}, the entries before it give {root.hex()}"
        return None

    def _has_changed_much(self) -> bool:
        return len(self._history.touched) * _REFILL > self._history.number_of_groups

    def _values(self, groups: Iterable[str]) -> Iterator[tuple[bytes, bytes]]:
        """Key and value of those groups on which the log has a word."""
        for group in groups:
            text = self._history.text_of(group)
            if text is not None:
                value = state_value(text)
                if self._keeps_texts:
                    self.texts[value] = text
                yield state_key(group), value


def missing_state(history: History, size: int) -> StateFault | None:
    """Where a log that has states does not end with one, as each of its checkpoints has to.

    ``size`` is a checkpoint's, at most that of the history. Logs made before there were states, and
    the beginnings of others from that time, have none.
    """
    if not history.states or size <= history.states[0] or size - 1 in history.states:
        return None
    message = f"the log has states since entry {history.states[0]}, but does not end with one"
    return StateFault(size - 1, message)


def state_faults(entries: Iterable[bytes]) -> Iterator[StateFault]:
    """Replay a log from its first entry to its last, and give what is wrong with its states.

    ``entries`` are those of one checkpoint; that they lead to its root is for others to check. An
    entry that is no event of ours, or contradicts an earlier one, counts for nothing, as in
    ``History``.
    """
    history = History()
    state = WholeState(history)
    for entry in entries:
        number = history.size
        with suppress(InvalidData, Contradiction):
            if not history.take_plain(entry):
                value = parse_leaf(entry)
                if may_be_state(entry):
                    message = state.fault(read_state_leaf(value))
                    if message is not None:
                        yield StateFault(number, message)
                history.take(value)
        history.size = number + 1
    missing = missing_state(history, history.size)
    if missing is not None:
        yield missing
