"""Which files of an archive the log accounts for, and as what; told by their paths alone.

>>> action_of("items/mem2023turkiye/captures/20261122T141500Z.json")
'capture'
>>> action_of("log/checkpoint") is None
True
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.event import Action
    from citekit.store.layout import Layout

_PATHS: Final[dict[str, tuple[tuple[re.Pattern[str], Action], ...]]] = {
    "items": (
        (re.compile(r"items/[^/]+/item\.json"), "item"),
        (re.compile(r"items/[^/]+/captures/\d{8}T\d{6}Z(?:-[1-9]\d*)?\.json", re.ASCII), "capture"),
        (re.compile(r"items/[^/]+/annotations\.jsonl"), "annotation"),
        (re.compile(r"items/[^/]+/note\.md"), "note"),
    ),
    "entities": ((re.compile(r"entities/[^/]+\.json"), "entity"),),
    "claims": ((re.compile(r"claims/[^/]+\.json"), "claim"),),
    "archive.toml": ((re.compile(r"archive\.toml"), "settings"),),
    "trust": (
        (re.compile(r"trust/keys/[0-9a-f]{8}\.vkey", re.ASCII), "key"),
        (re.compile(r"trust/checkpoints/[1-9][0-9]{0,18}", re.ASCII), "checkpoint"),
        (re.compile(r"trust/timestamps/[1-9][0-9]{0,18}-[0-9a-f]{64}\.tsr", re.ASCII), "timestamp"),
    ),
}
"""By the first name of the path: most files of an archive are payloads, which are not logged."""

IMMUTABLE: Final[frozenset[str]] = frozenset(["capture", "key", "checkpoint", "timestamp"])
"""Whose files never change once they are recorded."""

REMOVABLE: Final[frozenset[str]] = frozenset(["note", "annotation", "entity", "claim"])
"""Whose files may go after they were sealed; the log says so."""

OF_THE_SEAL: Final[frozenset[str]] = frozenset(["key", "checkpoint", "timestamp"])
"""What sealing itself leaves: no reason to seal again."""


def action_of(path: str) -> Action | None:
    """What a change of the file at this path inside the archive is called; None: not logged."""
    for pattern, action in _PATHS.get(path.partition("/")[0], ()):
        if pattern.fullmatch(path):
            return action
    return None


def group_of(path: str) -> str:
    """The folder that a renaming moves as a whole: ``items/<key>``, else the first name."""
    parts = path.split("/", 2)
    return "/".join(parts[:2]) if parts[0] == "items" and len(parts) > 1 else parts[0]


def logged_files(layout: Layout) -> Iterator[tuple[str, Action]]:
    """Every file that the log accounts for, by its path inside the archive, with its action."""
    if layout.settings_file.is_file():
        yield layout.settings_file.name, "settings"
    for folder in ("items", "entities", "claims", "trust"):
        for path in _below(layout, folder):
            action = action_of(path)
            if action:
                yield path, action


def _below(layout: Layout, folder: str) -> Iterator[str]:
    path = layout.root / folder
    with files.reported(path):
        try:
            with os.scandir(path) as found:
                children = sorted(found, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
    for child in children:
        if child.is_dir(follow_symlinks=False):
            yield from _below(layout, f"{folder}/{child.name}")
        elif child.is_file(follow_symlinks=False):
            yield f"{folder}/{child.name}"
