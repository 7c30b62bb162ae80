"""Payloads have the digest that names them, and are where their items' access says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from citekit.app.checks.rules import found
from citekit.errors import CitekitError
from citekit.integrity.digest import digest_bytes, digest_chunks, parse_digest
from citekit.model.capture import Payload
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.checks.inspection import Inspection
    from citekit.findings import Finding

_STORED = re.compile(r"(objects|restricted)/sha256/([0-9a-f]{2})/([0-9a-f]{62})")
_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")


@dataclass(slots=True)
class _Need:
    """Who needs a payload: names of the capture records, and where its bytes belong."""

    records: list[tuple[str, str, Payload]] = field(default_factory=list)
    is_public: bool = False
    is_certain: bool = True
    """False when an owner cannot be read, so that either place may be right."""

    def places(self) -> tuple[str, ...]:
        """Where the bytes may be, the right place first."""
        if not self.is_certain:
            return ("objects", "restricted")
        return ("objects",) if self.is_public else ("restricted",)


def check_payloads(inspection: Inspection) -> Iterator[Finding]:
    """Hash what is here, and tell what is absent, in excess or in the wrong place."""
    needs = _needs(inspection)
    stored = _stored(inspection, needs)
    held = inspection.store.objects.held()
    for name in sorted(inspection.files):
        if name.startswith(("objects/", "restricted/")) and not _STORED.fullmatch(name):
            yield found("CK-E101", inspection.show(name), "nobody accounts for this file")
    for digest in sorted(stored.keys() - needs.keys()):
        for name in stored[digest]:
            yield found("CK-E304", inspection.show(name), "no capture names this payload")
    for number, (digest, need) in enumerate(sorted(needs.items()), 1):
        yield from _check_one(inspection, digest, need, stored.get(digest, []), digest in held)
        if inspection.progress:
            inspection.progress(number, len(needs))


def _check_one(
    inspection: Inspection, digest: str, need: _Need, names: list[str], was_held: bool
) -> Iterator[Finding]:
    right = [name for name in names if name.split("/")[0] in need.places()]
    if not names:
        yield _absent(inspection, digest, need, was_held)
    for name in names:
        yield from _check_bytes(inspection, digest, need, name)
        if name not in right:
            yield _misplaced(inspection, need, name, has_right_copy=bool(right))


def _check_bytes(inspection: Inspection, digest: str, need: _Need, name: str) -> Iterator[Finding]:
    path = inspection.store.root.joinpath(*name.split("/"))
    is_text = any(role == "text" for _, role, _ in need.records)
    data = b""
    try:
        if is_text:  # its shape is looked at too, so it is read once and kept
            data = b"".join(files.read_chunks(path))
            actual, size = digest_bytes(data), len(data)
        else:
            actual, size = digest_chunks(files.read_chunks(path))
    except CitekitError as error:
        yield found("CK-E201", inspection.show(name), error.message)
        return
    if actual != digest:
        yield found("CK-E301", inspection.show(name), f"the bytes are {actual}")
        return
    for record, role, payload in need.records:
        if payload.size_bytes != size:
            message = f"{role} has {size} bytes, not {payload.size_bytes}"
            yield found("CK-E307", inspection.show(record), message)
        if role == "text":
            yield from _check_shape(inspection, record, payload, data)


def _check_shape(
    inspection: Inspection, record: str, payload: Payload, data: bytes
) -> Iterator[Finding]:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield found("CK-E308", inspection.show(record), "the text is not UTF-8")
        return
    shape = payload.map
    if shape is None:
        return
    if shape.characters != len(text):
        message = f"the text has {len(text)} characters, not {shape.characters}"
        yield found("CK-E308", inspection.show(record), message)
    last = 0
    for number, paragraph in enumerate(shape.paragraphs, 1):
        if len(paragraph) != 2 or not last <= paragraph[0] < paragraph[1] <= len(text):
            message = f"paragraph {number} is no range of the text: {list(paragraph)}"
            yield found("CK-E308", inspection.show(record), message)
            return
        last = paragraph[1]


def _absent(inspection: Inspection, digest: str, need: _Need, was_held: bool) -> Finding:
    names = ", ".join(f"{record} ({role})" for record, role, _ in need.records[:3])
    place = inspection.show(_name(need.places()[0], digest))
    if need.is_certain and not need.is_public and not was_held:
        return found("CK-I303", place, f"withheld: {names}")
    return found("CK-E302", place, f"is missing: {names or 'an unreadable capture record'}")


def _misplaced(inspection: Inspection, need: _Need, name: str, *, has_right_copy: bool) -> Finding:
    if not need.is_public:
        return found("CK-E305", inspection.show(name), "only restricted items have these bytes")
    if has_right_copy:
        return found("CK-E309", inspection.show(name), "is a second copy")
    return found("CK-E306", inspection.show(name), "a public item has these bytes")


def _needs(inspection: Inspection) -> dict[str, _Need]:
    """Digest -> who needs it, among the items that are looked at."""
    needs: dict[str, _Need] = {}
    for (key, stamp), capture in inspection.captures.items():
        item = inspection.items.get(key)
        for role, payload in capture.payloads.items():
            need = needs.setdefault(payload.digest, _Need())
            need.records.append((f"items/{key}/captures/{stamp}.json", role, payload))
            need.is_public |= item is not None and item.facts.access == "public"
            need.is_certain &= item is not None
    for name in inspection.unread:
        if "/captures/" in name:
            for digest in _digests_in(inspection, name):
                needs.setdefault(digest, _Need()).is_certain = False
    return needs


def _digests_in(inspection: Inspection, name: str) -> list[str]:
    """What looks like a digest in a record that cannot be read."""
    path = inspection.store.root.joinpath(*name.split("/"))
    try:
        return [match.decode() for match in _DIGEST.findall(files.read_bytes(path))]
    except CitekitError:
        return []


def _stored(inspection: Inspection, needs: dict[str, _Need]) -> dict[str, list[str]]:
    """Digest -> names of the files that hold it, objects first."""
    stored: dict[str, list[str]] = {}
    if not inspection.is_partial:
        for name in sorted(inspection.files):
            match = _STORED.fullmatch(name)
            if match:
                stored.setdefault(f"sha256:{match[2]}{match[3]}", []).append(name)
        return stored
    for digest in needs:
        names = [_name(place, digest) for place in ("objects", "restricted")]
        present = [n for n in names if inspection.store.root.joinpath(*n.split("/")).is_file()]
        if present:
            stored[digest] = present
    return stored


def _name(place: str, digest: str) -> str:
    hexadecimal = parse_digest(digest).hex
    return f"{place}/sha256/{hexadecimal[:2]}/{hexadecimal[2:]}"
