"""The state tree of the log that stands, kept so that a seal need not read the whole log.

A cache of this machine below ``.citekit``, and never the truth: everything in it is found by its
hash alone, from the root that the last entry of the log says. What is damaged, forged or gone is
not the thing with that hash, and then the tree is made anew from the log.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final, Self

from citekit.errors import CitekitError
from citekit.integrity.state.state_tree import MissingNode, StateTree, state_key, state_value
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from citekit.store.layout import Layout

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS kept (hash BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID"
)
_WAIT_S: Final = 5.0


class StateCache:
    """Nodes of the tree and texts of the groups, by their hashes; whatever fails has nothing."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._connection: sqlite3.Connection | None = None
        with suppress(CitekitError, sqlite3.Error):
            if layout.state_file.is_file():
                self._connection = self._connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def tree(self, root: bytes) -> StateTree:
        """The tree with that root; whether its nodes are here shows when they are needed."""
        return StateTree(root, self._read)

    def text(self, tree: StateTree, group: str) -> bytes | None:
        """The text of a group in that tree, None where the log has no word on it.

        Raises MissingNode where it cannot be told.
        """
        value = tree.get(state_key(group))
        if value is None:
            return None
        text = self._read(value)
        if text is None or state_value(text) != value:
            raise MissingNode(value.hex())
        return text

    def change(self, added: Mapping[bytes, bytes], dropped: Iterable[bytes]) -> None:
        """Keep these from now on, and others no more."""
        with suppress(sqlite3.Error):
            if self._connection is not None:
                with self._connection as connection:
                    connection.executemany(
                        "DELETE FROM kept WHERE hash = ?", ((key,) for key in dropped)
                    )
                    connection.executemany(
                        "INSERT OR REPLACE INTO kept VALUES (?, ?)", added.items()
                    )

    def renew(self, added: Mapping[bytes, bytes]) -> None:
        """Keep these alone, in a new file; nothing where the folder cannot be written."""
        self.close()
        with suppress(CitekitError, sqlite3.Error):
            path = self._layout.check_inside(self._layout.state_file)
            for name in (path.name, f"{path.name}-journal"):
                with suppress(CitekitError):
                    files.remove_file(path.with_name(name))
            files.make_folder(path.parent, root=self._layout.root)
            self._connection = self._connect()
            self.change(dict(sorted(added.items())), ())

    def _connect(self) -> sqlite3.Connection:
        path = self._layout.check_inside(self._layout.state_file)
        connection = sqlite3.connect(path, timeout=_WAIT_S)
        try:
            # What a crash of the machine leaves half written is found out by its hashes.
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_TABLE)
        except BaseException:
            connection.close()
            raise
        return connection

    def _read(self, key: bytes) -> bytes | None:
        if self._connection is None:
            return None
        with suppress(sqlite3.Error):
            with closing(
                self._connection.execute("SELECT data FROM kept WHERE hash = ?", (key,))
            ) as rows:
                row = rows.fetchone()
            return row[0] if row and isinstance(row[0], bytes) else None
        return None
