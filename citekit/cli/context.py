"""What every command gets: the global options, and the archive they name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.errors import NotFound
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.findings import Finding  # noqa: TC004  # importing findings costs every start
    from citekit.store.archive import ArchiveStore
    from citekit.store.items import ItemReader
    from citekit.store.reading import ArchiveReader


class Context(Value):
    """The global options of one call."""

    archive: str | None = None
    json: bool = False
    quiet: bool = False
    at_end: list[Callable[[], Iterable[Finding]]]
    """What is done when the command has ended well; what it finds is told."""

    def root(self) -> Path:
        """The archive's folder: ``--archive``, ``CITEKIT_ARCHIVE``, or the nearest one upwards.

        Raises NotFound where there is none.
        """
        if self.named:
            return Path(self.named)
        for folder in _upwards():
            for candidate in (folder, folder / "archive"):
                if (candidate / "archive.toml").is_file():
                    return candidate
        raise NotFound("no archive here", hint="make one: citekit init; or name one: --archive DIR")

    @property
    def named(self) -> str | None:
        """The archive that an option or the environment names; None where it is looked for."""
        return self.archive or os.environ.get("CITEKIT_ARCHIVE")

    def items(self) -> ItemReader:
        """The items of the archive, to be read: what most references need."""
        from citekit.store.items import ItemReader

        return ItemReader.open(self.root())

    def reader(self) -> ArchiveReader:
        """The archive, to be read."""
        from citekit.store.reading import ArchiveReader

        return ArchiveReader.open(self.root())

    def store(self) -> ArchiveStore:
        """The archive, to be read and changed."""
        from citekit.store.archive import ArchiveStore

        store = ArchiveStore.open(self.root())
        if store.settings.seal == "auto":
            from citekit.app.sealing.auto_seal import AutoSeal

            sealing = AutoSeal()
            store = ArchiveStore(store.root, store.settings, after_change=sealing)
            # one timestamp for all that a command changes
            self.at_end.append(partial(sealing.stamp, store))
        store.last_change.goes_on = True  # a command is taken back as a whole
        return store


def _upwards() -> tuple[Path, ...]:
    """The folder one is in and those above it; none where it was removed meanwhile."""
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return ()
    return (here, *here.parents)
