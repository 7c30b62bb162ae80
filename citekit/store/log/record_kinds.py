"""Which files of an archive the log accounts for, and as what; told by their paths alone.

>>> action_of("items/mem2023turkiye/captures/20261122T141500Z.json")
'capture'
>>> action_of("log/checkpoint") is None
True
"""

from __future__ import annotations

import os
import re
from operator import attrgetter
from typing import TYPE_CHECKING, Final, cast

from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.event import Action
    from citekit.store.layout import Layout

_PATHS: Final[dict[str, re.Pattern[str]]] = {
    "items": re.compile(
        r"items/[^/]+/(?:(?P<item>item\.json)"
        r"|(?P<capture>captures/\d{8}T\d{6}Z(?:-[1-9]\d*)?\.json)"
        r"|(?P<annotation>annotations\.jsonl)"
        r"|(?P<note>note\.md))",
        re.ASCII,
    ),
    "entities": re.compile(r"entities/(?P<entity>[^/]+\.json)"),
    "claims": re.compile(r"claims/(?P<claim>[^/]+\.json)"),
    "archive.toml": re.compile(r"(?P<settings>archive\.toml)"),
    "trust": re.compile(
        r"trust/(?:keys/(?P<key>[0-9a-f]{8}\.vkey)"
        r"|checkpoints/(?P<checkpoint>[1-9][0-9]{0,18})"
        r"|timestamps/(?P<timestamp>[1-9][0-9]{0,18}-[0-9a-f]{64}\.tsr))"
    ),
}
"""By the first name of a path: what may follow, each under the name of its action."""

_COSIGNED: Final = re.compile(r"log/cosigned/([1-9][0-9]{0,18})", re.ASCII)

IMMUTABLE: Final[frozenset[str]] = frozenset(["capture", "key", "checkpoint", "timestamp"])
"""Whose files never change once they are recorded."""

REMOVABLE: Final[frozenset[str]] = frozenset(["note", "annotation", "entity", "claim"])
"""Whose files may go after they were sealed; the log says so."""

OF_THE_SEAL: Final[frozenset[str]] = frozenset(["key", "checkpoint", "timestamp"])
"""What sealing itself leaves: no reason to seal again."""

FOLDERS: Final = ("items", "entities", "claims", "trust")
"""Where the files are that the log accounts for, but for archive.toml."""

_name: Final = attrgetter("name")


def action_of(path: str) -> Action | None:
    """What a change of the file at this path inside the archive is called; None: not logged."""
    pattern = _PATHS.get(path.partition("/")[0])
    match = pattern.fullmatch(path) if pattern else None
    return cast("Action", match.lastgroup) if match else None


def cosigned_size(path: str) -> int | None:
    """The size of the log in a checkpoint that witnesses have signed, by its path; None: none.

    The log does not account for it: what strangers sign proves itself, and may come at any time.
    """
    match = _COSIGNED.fullmatch(path)
    return int(match[1]) if match else None


def group_of(path: str) -> str:
    """The folder that a renaming moves as a whole: ``items/<key>``, else the first name."""
    if path.startswith("items/"):
        end = path.find("/", len("items/"))
        return path if end < 0 else path[:end]
    return path.partition("/")[0]


def logged_files(layout: Layout) -> Iterator[tuple[str, Action]]:
    """Every file that the log accounts for, by its path inside the archive, with its action."""
    if layout.settings_file.is_file():
        yield layout.settings_file.name, "settings"
    for folder in FOLDERS:
        for path in _below(str(layout.root), folder):
            action = action_of(path)
            if action:
                yield path, action


def _below(root: str, folder: str) -> Iterator[str]:
    """The plain files of a folder and of those in it; links are not followed."""
    path = f"{root}{os.sep}{folder}"  # a Path for each of very many would be slow
    try:
        with os.scandir(path) as found:
            children = sorted(found, key=_name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise files.storage_error(error, path) from error
    for child in children:
        if child.is_dir(follow_symlinks=False):
            yield from _below(root, f"{folder}/{child.name}")
        elif child.is_file(follow_symlinks=False):
            yield f"{folder}/{child.name}"
