"""What timestamp authorities say of the log: of which checkpoint, and since when it existed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.verifying.log_checks.evidence import Evidence, Kept, names_below
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, MissingExtra
from citekit.integrity.digest import digest_bytes
from citekit.integrity.timestamp import MAX_RESPONSE_BYTES, read_timestamp, verify_timestamp
from citekit.model.records.codec import write_instant
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.app.verifying.inspection import Inspection
    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.findings import Finding


def check_timestamps(
    inspection: Inspection,
    outside: Outside,
    kept: Mapping[int, Kept],
    evidence: list[Evidence],
) -> Iterator[Finding]:
    """Judge each timestamp; those that lead to a trusted root go into ``evidence``."""
    before = len(evidence)
    for name in names_below(inspection, "trust/timestamps"):
        yield from _check(inspection, outside, kept, name, evidence)
    if outside.roots and len(evidence) == before:
        place = inspection.show("trust/timestamps")
        yield found("CK-E616", place, "no timestamp leads to a root that you trust")


def _check(
    inspection: Inspection,
    outside: Outside,
    kept: Mapping[int, Kept],
    name: str,
    evidence: list[Evidence],
) -> Iterator[Finding]:
    path = inspection.show(name)
    size, _, hexadecimal = name.rpartition("/")[2].removesuffix(".tsr").partition("-")
    try:
        response = files.read_bytes(inspection.store.root / name, limit=MAX_RESPONSE_BYTES)
    except CitekitError as error:
        yield found("CK-E616", path, error.message)
        return
    if digest_bytes(response) != f"sha256:{hexadecimal}":
        yield found("CK-E616", path, "the bytes are not those that its name says")
        return
    about = kept.get(int(size))
    if about is None:
        # There or not, nothing that stands vouches for it: a log that went back may have left it.
        path = inspection.show(f"trust/checkpoints/{size}")
        yield found("CK-E606", path, "a timestamp is about this checkpoint")
        return
    try:
        if read_timestamp(response).digest != digest_bytes(about.data):
            yield found("CK-E616", path, "is a timestamp of something else")
        elif outside.roots:
            yield _verified(path, response, about, outside, evidence)
        else:
            yield found("CK-I617", path, "not checked: no root of its authority was given")
    except MissingExtra as error:
        yield found("CK-I617", path, f"not checked: {error.message}")
    except CitekitError as error:
        yield found("CK-E616", path, error.message)


def _verified(
    path: str, response: bytes, about: Kept, outside: Outside, evidence: list[Evidence]
) -> Finding:
    try:
        timestamp = verify_timestamp(response, digest_bytes(about.data), outside.roots)
    except CitekitError as error:  # of another authority, or forged: either way it proves nothing
        return found("CK-I617", path, error.message)
    size = about.checkpoint.size
    evidence.append(Evidence(size=size, at=timestamp.at, signed=about.note))
    at = write_instant(timestamp.at)
    message = f"the first {size} entries existed by {at} ({timestamp.authority})"
    return found("CK-I618", path, message)
