"""What is wrong with a payload: its bytes, its place, its size, or the shape of its text."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from citekit.app.verifying.payload_hashing import PayloadJson
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError
from citekit.integrity.digest import digest_bytes, digest_chunks, parse_digest
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.app.verifying.inspection import Inspection
    from citekit.findings import Finding


@dataclass(slots=True)
class Need:
    """Who needs a payload: names of the capture records, and where its bytes belong."""

    records: list[tuple[str, str, PayloadJson]] = field(default_factory=list)
    is_public: bool = False
    is_certain: bool = True
    """False when an owner cannot be read, so that either place may be right."""

    def places(self) -> tuple[str, ...]:
        """Where the bytes may be, the right place first."""
        if not self.is_certain:
            return ("objects", "restricted")
        return ("objects",) if self.is_public else ("restricted",)


def judge_payload(
    inspection: Inspection, digest: str, need: Need, names: list[str], *, was_held: bool
) -> Iterator[Finding]:
    """Tell everything that is wrong with a payload, whose bytes are in the files of these names."""
    right = [name for name in names if name.split("/")[0] in need.places()]
    if not names:
        yield _absent(inspection, digest, need, was_held)
    for name in names:
        yield from _check_bytes(inspection, digest, need, name)
        if name not in right:
            yield _misplaced(inspection, need, name, has_right_copy=bool(right))


def _check_bytes(inspection: Inspection, digest: str, need: Need, name: str) -> Iterator[Finding]:
    path = inspection.store.root.joinpath(*name.split("/"))
    if (fault := _excess(path, need)) is not None:
        yield found("CK-E301", inspection.show(name), fault)
        return
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
        if payload["size_bytes"] != size:
            message = f"{role} has {size} bytes, not {payload['size_bytes']}"
            yield found("CK-E307", inspection.show(record), message)
        if role == "text":
            yield from _check_shape(inspection, record, payload, data)


def _excess(path: Path, need: Need) -> str | None:
    """What to say of a file that is larger than its records say, so that it is not even hashed."""
    most = max((payload["size_bytes"] for _, _, payload in need.records), default=None)
    with suppress(OSError):
        size = path.lstat().st_size
        if most is not None and size > files.plausible_bytes(most):
            return f"has {size} bytes, and its records say {most}: it is not hashed"
    return None


def _check_shape(
    inspection: Inspection, record: str, payload: PayloadJson, data: bytes
) -> Iterator[Finding]:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield found("CK-E308", inspection.show(record), "the text is not UTF-8")
        return
    shape = payload.get("map")
    if shape is None:
        return
    if shape["characters"] != len(text):
        message = f"the text has {len(text)} characters, not {shape['characters']}"
        yield found("CK-E308", inspection.show(record), message)
    last = 0
    for number, paragraph in enumerate(shape.get("paragraphs", ()), 1):
        if len(paragraph) != 2 or not last <= paragraph[0] < paragraph[1] <= len(text):
            message = f"paragraph {number} is no range of the text: {list(paragraph)}"
            yield found("CK-E308", inspection.show(record), message)
            return
        last = paragraph[1]


def _absent(inspection: Inspection, digest: str, need: Need, was_held: bool) -> Finding:
    names = ", ".join(f"{record} ({role})" for record, role, _ in need.records[:3])
    place = inspection.show(payload_name(need.places()[0], digest))
    if need.is_certain and not need.is_public and not was_held:
        return found("CK-I303", place, f"withheld: {names}")
    return found("CK-E302", place, f"is missing: {names or 'an unreadable capture record'}")


def _misplaced(inspection: Inspection, need: Need, name: str, *, has_right_copy: bool) -> Finding:
    if not need.is_public:
        return found("CK-E305", inspection.show(name), "only restricted items have these bytes")
    if has_right_copy:
        return found("CK-E309", inspection.show(name), "is a second copy")
    return found("CK-E306", inspection.show(name), "a public item has these bytes")


def payload_name(place: str, digest: str) -> str:
    """The name of the file in which the payload is, or would be."""
    hexadecimal = parse_digest(digest).hex
    return f"{place}/sha256/{hexadecimal[:2]}/{hexadecimal[2:]}"
