"""What a log says of the files that belong together: canonical JSON, one text for one state.

A group is an item's folder, or any other file by itself. The text names every file of the group
that the log has a word on, also those that are gone, so that whoever has it knows that there are no
others. docs/reference/state-tree.md says which entries of a log make which text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from citekit.errors import InvalidData
from citekit.integrity.digest import parse_digest
from citekit.integrity.leaf import MAX_INTEGER
from citekit.model.value import NOTHING, Value

ACCESS_WORD: Final = re.compile("[a-z]{1,20}")
"""What an access can be called: more words than today's may come."""


class FileState(NamedTuple):
    """The log's word on one file: its digest (None: it is gone), and the entry that says so."""

    digest: str | None
    entry: int


class GroupState(Value):
    """The files of a group by their names in it, and what else the log says of the group.

    The one file of a group without a folder is named "". ``access`` is what the last change of
    access says; ``purged`` are digests of payloads, with the entry that says they were removed.
    """

    files: Mapping[str, FileState]
    access: str | None = None
    purged: Mapping[str, int] = NOTHING


def group_name(path: str) -> str:
    """The group that a file belongs to: ``items/<key>``, or the path itself.

    >>> group_name("items/mem2023/item.json"), group_name("entities/ada.json")
    ('items/mem2023', 'entities/ada.json')
    """
    if path.startswith("items/"):
        end = path.find("/", len("items/"))
        return path if end < 0 else path[:end]
    return path


def write_group(state: GroupState) -> bytes:
    """The text of a group."""
    return write_parts(state.files.items(), state.access, state.purged)


def write_parts(
    files: Iterable[tuple[str, FileState]], access: str | None, purged: Mapping[str, int]
) -> bytes:
    """The text of a group from its parts: whoever replays a log makes very many."""
    named = ",".join(
        [
            f'"{name}":{{"digest":"{digest}","entry":{entry}}}'
            if digest is not None
            else f'"{name}":{{"digest":null,"entry":{entry}}}'
            for name, (digest, entry) in sorted(files)
        ]
    )
    text = f'"files":{{{named}}}'
    if access:
        text = f'"access":"{access}",{text}'
    if purged:
        removed = ",".join(f'"{digest}":{entry}' for digest, entry in sorted(purged.items()))
        text = f'{text},"purged":{{{removed}}}'
    return f"{{{text}}}".encode()


def read_group(text: bytes) -> GroupState:
    """Read what ``write_group`` wrote; raises InvalidData for anything else."""
    try:
        # Of ASCII alone what is printable: JSON writes the others in another way.
        value = json.loads(text) if text.isascii() and text.decode().isprintable() else None
    except (ValueError, RecursionError) as error:
        raise InvalidData("the state of a group is no JSON") from error
    parts = value if isinstance(value, dict) else {}
    files, access, purged = parts.get("files"), parts.get("access"), parts.get("purged", {})
    if not isinstance(files, dict) or not isinstance(purged, dict):
        raise InvalidData("the state of a group has no files")
    if access is not None and not (isinstance(access, str) and ACCESS_WORD.fullmatch(access)):
        raise InvalidData("the state of a group has an access that is no word")
    state = GroupState(
        files={name: _read_file(file) for name, file in files.items()},
        access=access,
        purged={str(parse_digest(name)): _read_entry(entry) for name, entry in purged.items()},
    )
    if write_group(state) != text:  # refuses names that are unknown or twice, and other spellings
        raise InvalidData("the state of a group is not spelled as it is written")
    return state


def _read_file(value: object) -> FileState:
    if not isinstance(value, dict):
        raise InvalidData("the state of a file is a JSON object")
    digest = value.get("digest")
    return FileState(
        None if digest is None else str(parse_digest(str(digest))), _read_entry(value.get("entry"))
    )


def _read_entry(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_INTEGER:
        raise InvalidData("the state of a file or payload has no entry")
    return value
