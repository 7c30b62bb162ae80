"""Every path is accounted for: what is neither a record, a payload, the log nor git's is extra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.verifying.inspection import is_at_the_top
from citekit.app.verifying.payload_hashing import PLACES
from citekit.app.verifying.rules import found
from citekit.errors import InvalidData
from citekit.integrity.tiles import parse_path
from citekit.model.identifiers import check_slug
from citekit.store.folder_names import check_name
from citekit.store.log.record_kinds import action_of, cosigned_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.verifying.inspection import Inspection
    from citekit.findings import Finding


def check_structure(inspection: Inspection) -> Iterator[Finding]:
    """Links, colliding names, files that nobody accounts for."""
    for name, what in inspection.oddities:
        yield found("CK-E102", inspection.show(name), f"is {what}")
    for name, other in inspection.collisions:
        yield found("CK-E104", inspection.show(name), f"is one name with {other!r} on some systems")
    left = inspection.store.superseded()
    for old, new in left.items():
        yield found("CK-I105", inspection.show(f"items/{old}"), f"has been renamed to {new}")
    homeless = set()
    for name in sorted(_not_yet_known(inspection)):
        folder = _item_folder(name)
        if folder in left:
            continue
        if folder and not inspection.is_file(f"items/{folder}/item.json"):
            homeless.add(folder)
        elif not _is_accounted_for(name):
            yield found("CK-E101", inspection.show(name), "nobody accounts for this file")
    for folder in sorted(homeless):
        yield found("CK-E103", inspection.show(f"items/{folder}"), "has no item.json")


def _not_yet_known(inspection: Inspection) -> Iterator[str]:
    """Files that are no payloads, which their digests judge, and no records of items read."""
    for folder, names in inspection.folders.items():
        if folder.partition("/")[0] not in PLACES:
            yield from (f"{folder}/{name}" if folder else name for name in names)


def _item_folder(name: str) -> str | None:
    """The name of the folder, if the file is in that of an item."""
    parts = name.split("/")
    if parts[0] != "items" or len(parts) < 3:
        return None
    try:
        return check_name(parts[1])
    except InvalidData:
        return None


def _is_accounted_for(name: str) -> bool:
    parts = name.split("/")
    if len(parts) == 1:
        return name == "archive.toml" or is_at_the_top(name)
    if parts[0] == "log":
        is_cosigned = cosigned_size(name) is not None
        is_named = name in ("log/checkpoint", "log/pending.jsonl")
        return is_named or is_cosigned or _is_tile("/".join(parts[1:]))
    if action_of(name) is None:
        return False
    try:
        if parts[0] == "items":
            check_name(parts[1])
        if parts[0] in ("entities", "claims"):
            check_slug(parts[1].removesuffix(".json"), "a record")
    except InvalidData:
        return False
    return True


def _is_tile(path: str) -> bool:
    try:
        parse_path(path)
    except InvalidData:
        return False
    return True
