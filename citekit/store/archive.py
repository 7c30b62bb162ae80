"""An archive that can be changed: ``writing()`` gives the one writer, under the lock."""

from __future__ import annotations

from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol, Self

from citekit.errors import CitekitError, NotFound, Place, StoreConflict
from citekit.store import files
from citekit.store.layout import Layout
from citekit.store.lock import exclusive
from citekit.store.reading import ArchiveReader
from citekit.store.settings import Settings, write_settings
from citekit.store.writing.payload_holders import Holders
from citekit.store.writing.taken_keys import Names
from citekit.store.writing.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ATTRIBUTES = ".gitattributes"
_GIT_FILES = {
    _ATTRIBUTES: (
        "* -text",
        "/log/pending.jsonl merge=union",
        "/items/*/annotations.jsonl merge=union",
    ),
    ".gitignore": ("/restricted/", "/.citekit/"),
}


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
        for name, lines in _GIT_FILES.items():
            _add_lines(layout, root / name, lines)
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
            _renew_git_attributes(self.layout)
            writer = Writer(
                self, names=self.names, holders=self.holders, noted=self.noted, options=options
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


def _renew_git_attributes(layout: Layout) -> None:
    """Give an archive of an older citekit the lines that are new.

    A file that is not there stays away. Nothing rests on these lines, so what cannot be read or
    written is left as it is. What git ignores is the user's to change.
    """
    path = layout.root / _ATTRIBUTES
    with suppress(CitekitError):
        if path.is_file():
            _add_lines(layout, path, _GIT_FILES[_ATTRIBUTES])


def _add_lines(layout: Layout, path: Path, lines: tuple[str, ...]) -> None:
    """Have these lines in one of git's files, keeping what is there."""
    try:
        text = files.read_text(path)
    except NotFound:
        text = ""
    missing = [line for line in lines if line not in text.split("\n")]
    if missing:
        if text and not text.endswith("\n"):
            text += "\n"
        data = (text + "\n".join(missing) + "\n").encode()
        files.write_whole(path, data, staging=layout.staging, root=layout.root)
