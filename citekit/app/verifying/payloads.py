"""Payloads have the digest that names them, and are where their items' access says.

Nearly all payloads were found to be as their captures say when these were read. Every other one is
doubtful: ``payload_faults`` looks at it again, and says what is wrong.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.verifying.payload_faults import Need, judge_payload
from citekit.app.verifying.payload_hashing import PLACES
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.verifying.inspection import Inspection
    from citekit.app.verifying.payload_hashing import Hashing
    from citekit.findings import Finding

_FOLDER = re.compile(r"[a-z]+/sha256/[0-9a-f]{2}")
_NAMED = re.compile(r"sha256:[0-9a-f]{64}")
_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")


def check_payloads(inspection: Inspection) -> Iterator[Finding]:
    """Tell what is damaged, absent, in excess or in the wrong place."""
    hashing = inspection.hashing
    uncertain = _uncertain(inspection)
    doubtful = hashing.doubtful | uncertain
    strange = _in_odd_folders(inspection)
    unneeded = set()
    for place in hashing.places:
        for digest in place.others():
            if _NAMED.fullmatch(digest) is None:
                strange.append(place.name_of(digest))
            elif digest in doubtful or any(digest in other.whole for other in hashing.places):
                doubtful.add(digest)
            else:
                unneeded.add(digest)
    for name in sorted(strange):
        yield found("CK-E101", inspection.show(name), "nobody accounts for this file")
    for name in (name for digest in sorted(unneeded) for name in _names(hashing, digest)):
        yield found("CK-E304", inspection.show(name), "no capture names this payload")
    held = inspection.store.objects.held() if doubtful else frozenset()
    for digest, need in sorted(_needs(inspection, doubtful, uncertain).items()):
        names = _names(hashing, digest)
        yield from judge_payload(inspection, digest, need, names, was_held=digest in held)


def _in_odd_folders(inspection: Inspection) -> list[str]:
    """The files that are in no folder of payloads."""
    return [
        f"{folder}/{name}"
        for folder, names in inspection.folders.items()
        if folder.partition("/")[0] in PLACES and not _FOLDER.fullmatch(folder)
        for name in names
    ]


def _names(hashing: Hashing, digest: str) -> list[str]:
    """The names of the files that should hold these bytes, objects first."""
    return [place.name_of(digest) for place in hashing.places if hashing.has(place, digest)]


def _needs(inspection: Inspection, digests: set[str], uncertain: set[str]) -> dict[str, Need]:
    """Who needs these payloads, among the items that are looked at."""
    needs = {digest: Need(is_certain=digest not in uncertain) for digest in digests}
    for (key, stamp), text in inspection.captures.items() if digests else ():
        if "\\" not in text and digests.isdisjoint(_NAMED.findall(text)):
            continue
        facts = inspection.items.get(key)
        for role, payload in inspection.payloads(key, stamp).items():
            need = needs.get(payload["digest"])
            if need is not None:
                need.records.append(
                    (f"{inspection.folder(key)}/captures/{stamp}.json", role, payload)
                )
                need.is_public |= facts is not None and facts.access == "public"
                need.is_certain &= facts is not None
    return needs


def _uncertain(inspection: Inspection) -> set[str]:
    """What looks like a digest in the capture records that cannot be read."""
    found_here: set[str] = set()
    for name in inspection.unread:
        if "/captures/" in name:
            path = inspection.store.root.joinpath(*name.split("/"))
            with suppress(CitekitError):
                found_here.update(map(bytes.decode, _DIGEST.findall(files.read_bytes(path))))
    return found_here
