"""The styles and languages that a user has brought, in two flat folders of the user's data.

``ID.csl`` and ``locales-TAG.xml`` lie there, put in by ``citekit styles update`` or by hand. A file
that the packages have as well counts where it is as new as theirs, by the instant that both name in
``cs:updated``; so a later version of the package takes over again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from citekit.model.machine.user_folders import own_locales_folder, own_styles_folder

if TYPE_CHECKING:
    from pathlib import Path


def own_stamp(folder: Path) -> tuple[str, int]:
    """What changes with every file that comes into a folder or leaves it; its path is in it."""
    try:
        return str(folder), folder.stat().st_mtime_ns
    except OSError:
        return str(folder), 0


def own_path(name: str) -> Path:
    """Where the user's file of this name is, or would be."""
    folder = own_locales_folder() if name.endswith(".xml") else own_styles_folder()
    return folder / name


def own_file(name: str) -> Path | None:
    """The user's file of this name, None where there is none."""
    path = own_path(name)
    return path if path.is_file() else None


def is_as_new(updated: str, other: str) -> bool:
    """Whether a file is as new as another one, by the instants that both name.

    One that names none is taken for the newest: somebody wrote it by hand.

    >>> is_as_new("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00Z")
    True
    >>> is_as_new("2019-05-01", "2026-03-01T10:00:00Z"), is_as_new("", "2026-03-01")
    (False, True)
    """
    mine, theirs = _instant(updated), _instant(other)
    return mine is None or theirs is None or mine >= theirs


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
