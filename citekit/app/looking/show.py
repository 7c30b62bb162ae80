"""Everything about one item, with the words of its evidence filled in where they are here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.errors import NotFound
from citekit.model.records.codec import to_json, write_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.model.annotation import Annotation
    from citekit.model.item import Item
    from citekit.store.items import ItemReader
    from citekit.store.reading import ArchiveReader


def show(store: ArchiveReader, key: str) -> dict[str, Any]:
    """The item, its evidence, captures and access, in the shape of docs/reference/json.md.

    Evidence that the record keeps as offsets alone (captions) is filled in from the payload, where
    this machine holds it.
    """
    key = store.resolve(key)
    item = store.item(key)
    captures = [
        {"stamp": stamp, **to_json(capture)} for stamp, capture in store.captures(key).items()
    ]
    return {
        "item": item.csl(),
        "access": item.facts.access,
        "withdrawn": write_instant(item.facts.withdrawn) if item.facts.withdrawn else None,
        "aliases": list(item.facts.aliases),
        "evidence": filled_evidence(store, item),
        "captures": captures,
        "absent": _absent(store, captures),
        "annotations": len(store.annotations(key)),
    }


def list_annotations(store: ArchiveReader, key: str) -> tuple[Annotation, ...]:
    """The annotations on an item, in the order of its file; raises NotFound or InvalidData."""
    return store.annotations(store.resolve(key))


def address(store: ItemReader, key: str, *, folder: bool = False) -> str:
    """The web address of an item, or the ``file:`` address of its folder.

    Raises NotFound for an unknown key, and for an item without a web address.
    """
    key = store.resolve(key)
    if folder:
        return store.layout.item_file(key).parent.resolve().as_uri()
    target = store.item(key).text("URL")
    if not target.startswith(("https://", "http://")):
        raise NotFound(f"{key} has no web address", hint=f"citekit open --folder {key}")
    return target


def _absent(store: ArchiveReader, captures: list[dict[str, Any]]) -> dict[str, str]:
    """Digest -> why this machine does not have the payload: *purged*, or just *absent*."""
    digests = {p["digest"] for capture in captures for p in capture["payloads"].values()}
    absent = sorted(digest for digest in digests if store.payload_path(digest) is None)
    purged: frozenset[str] = frozenset()
    if absent:
        from citekit.app.sealing.purged import (
            purged_digests,  # reads the log, which is seldom asked
        )

        purged = purged_digests(store)
    return {digest: "purged" if digest in purged else "absent" for digest in absent}


def filled_evidence(store: ArchiveReader, item: Item) -> dict[str, list[dict[str, Any]]]:
    """The item's evidence by field, with offsets turned into words."""
    evidence = {name: [dict(e) for e in found] for name, found in item.facts.evidence.items()}
    hollow = [e for found in evidence.values() for e in found if _is_hollow(e)]
    decoded = _decoded_original(store, item.key) if hollow else None
    for candidate in hollow if decoded is not None else ():
        place = candidate["place"]
        candidate["value"] = decoded[place["start"] : place["end"]] if decoded else None
    return evidence


def _is_hollow(candidate: Mapping[str, Any]) -> bool:
    place = candidate.get("place", {})
    return candidate.get("value") is None and {"start", "end"} <= place.keys()


def _decoded_original(store: ArchiveReader, key: str) -> str | None:
    """The first original as text, if it is here: later captures are not what evidence counts in."""
    for capture in store.captures(key).values():
        payload = capture.payloads.get("original")
        if payload is None:
            continue
        data = store.payload(payload.digest, payload.size_bytes)
        if data is None or payload.encoding is None:
            return None
        from citekit.extract.documents.encoding import decode  # loads all that reads documents

        return decode(data, given=payload.encoding).text
    return None
