"""An archive that can be changed: ``writing()`` gives the one writer, under the lock."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, Self

from citekit.errors import Place, StoreConflict
from citekit.store import files
from citekit.store.layout import Layout
from citekit.store.lock import exclusive
from citekit.store.reading import ArchiveReader
from citekit.store.settings import Settings, write_settings
from citekit.store.writing.git_files import renew_git_files, write_git_files
from citekit.store.writing.last_change import LastChange
from citekit.store.writing.payload_holders import Holders
from citekit.store.writing.taken_keys import Names
from citekit.store.writing.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class AfterChange(Protocol):
    """What is to follow each change of an archive; it is given when the archive is opened."""

    def under_lock(self, store: ArchiveStore) -> None:
        """Follow up while nobody else may write."""

    def when_free(self, store: ArchiveStore) -> None:
        """Follow up when the lock is free: what takes long, or asks others."""


class ArchiveStore(ArchiveReader):
    """One archive, to be read and changed."""

    def __init__(
        self, root: Path, settings: Settings, *, after_change: AfterChange | None = None
    ) -> None:
        super().__init__(root, settings)
        self.names = Names(self)
        """Which keys and aliases are taken."""
        self.holders = Holders(self)
        """Which items have certain bytes."""
        self.last_change = LastChange(self.layout)
        """What takes the last change back."""
        self.noted: set[bytes] = set()
        """Leaf hashes of the events that wait and were noted here, by nobody else."""
        self.after_change = after_change

    @classmethod
    def create(cls, root: Path, *, title: str = "") -> Self:
        """A new, empty archive; raises StoreConflict when there is one already."""
        layout = Layout(root=root)
        if layout.settings_file.exists():
            raise StoreConflict(
                "there is an archive already", place=Place(path=str(layout.settings_file))
            )
        with files.reported(root):
            root.mkdir(parents=True, exist_ok=True)
        write_git_files(layout)
        # Last, because this file is what makes the folder an archive.
        text = write_settings(title or root.absolute().name)
        files.write_whole(layout.settings_file, text.encode(), staging=layout.staging, root=root)
        files.remove_tree(layout.local)
        return cls.open(root)

    @contextmanager
    def writing(
        self, *, options: Mapping[str, Any] | None = None, timeout_s: float = 10.0
    ) -> Iterator[Writer]:
        """Take the lock, and clean up after a stopped writer; raises StoreConflict.

        ``options`` are those of the step, for its events (``model.capture.Tool``).
        When something has changed, what ``after_change`` says follows.
        """
        with exclusive(self.root, timeout_s=timeout_s):
            renew_git_files(self.layout)
            writer = Writer(
                self,
                names=self.names,
                holders=self.holders,
                noted=self.noted,
                last=self.last_change,
                options=options,
            )
            try:
                with closing(writer):
                    yield writer
                follow = self.after_change if writer.has_changed else None
                if follow:
                    follow.under_lock(self)
                for known in (self.names, self.holders):
                    known.end_change()
            finally:
                writer.finish()
        if follow:
            follow.when_free(self)
