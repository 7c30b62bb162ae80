"""Payloads have the digest that names them, and are where their items' access says.

Nearly all payloads are as their captures say, and are soon done with here. Every other one is
doubtful: ``payload_faults`` looks at it again, and says what is wrong.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.app.checks.payload_faults import Need, judge_payload, payload_name
from citekit.app.checks.rules import found
from citekit.errors import CitekitError
from citekit.store import files
from citekit.store.hashing import whole_files
from citekit.store.remembered import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from citekit.app.checks.inspection import Inspection, PayloadJson
    from citekit.findings import Finding
    from citekit.store.remembered import Mark, Remembered

PLACES: Final = ("objects", "restricted")
_FOLDER = re.compile(r"(objects|restricted)/sha256/([0-9a-f]{2})")
_NAMES = re.compile(r"(?:[0-9a-f]{62}(?:\n|$))*")
_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")


@dataclass(slots=True)
class _Stored:
    """The files below ``objects`` and ``restricted``: place -> digest -> path, as it is shown.

    ``strange`` are the names of those that are no digests.
    """

    paths: dict[str, dict[str, str]] = field(default_factory=lambda: {p: {} for p in PLACES})
    strange: list[str] = field(default_factory=list)

    def names(self, digest: str) -> list[str]:
        """The names of the files that should hold these bytes, objects first."""
        return [payload_name(place, digest) for place in PLACES if digest in self.paths[place]]


@dataclass(slots=True)
class _Whole:
    """Payloads whose bytes have the digest that names them: place -> digest -> size in bytes.

    ``characters`` counts those of the texts among them, by digest.
    """

    sizes: dict[str, dict[str, int]] = field(default_factory=lambda: {p: {} for p in PLACES})
    characters: dict[str, int] = field(default_factory=dict)


def check_payloads(inspection: Inspection) -> Iterator[Finding]:
    """Hash what is here, and tell what is absent, in excess or in the wrong place."""
    uncertain = _uncertain(inspection)
    needed = uncertain | {
        payload["digest"]
        for payloads in inspection.captures.values()
        for payload in payloads.values()
    }
    stored = _find(inspection, needed) if inspection.is_partial else _sort(inspection)
    for name in sorted(stored.strange):
        yield found("CK-E101", inspection.show(name), "nobody accounts for this file")
    yield from _unneeded(inspection, stored, needed)
    whole = _hash(inspection, stored, needed)
    doubtful = uncertain | _doubtful(inspection, stored, whole)
    held = inspection.store.objects.held() if doubtful else frozenset()
    for digest, need in sorted(_needs(inspection, doubtful, uncertain).items()):
        names = stored.names(digest)
        yield from judge_payload(inspection, digest, need, names, was_held=digest in held)


# ── what is there ──────────────────────────────────────────────────────────────────────────────


def _sort(inspection: Inspection) -> _Stored:
    """All files below ``objects`` and ``restricted``, by the digests that their names say."""
    stored = _Stored()
    for folder, names in inspection.folders.items():
        if folder.partition("/")[0] not in PLACES:
            continue
        match = _FOLDER.fullmatch(folder)
        good: Collection[str] = ()
        if match is not None:
            good = names if _are_digests(names) else _digests_among(names)
            begin, above = f"sha256:{match[2]}", inspection.show(f"{folder}/")
            stored.paths[match[1]].update({begin + name: above + name for name in good})
        if len(good) < len(names):
            stored.strange += [f"{folder}/{name}" for name in names.difference(good)]
    return stored


def _digests_among(names: Collection[str]) -> list[str]:
    return [name for name in names if _are_digests([name])]


def _are_digests(names: Collection[str]) -> bool:
    """Whether each name is the rest of a digest: all are looked at in one go."""
    lines = "\n".join(names)
    return len(lines) == 63 * len(names) - 1 and _NAMES.fullmatch(lines) is not None


def _find(inspection: Inspection, needed: set[str]) -> _Stored:
    """The files of these payloads alone."""
    stored = _Stored()
    for digest in needed:
        for place in PLACES:
            path = inspection.show(payload_name(place, digest))
            if Path(path).is_file():
                stored.paths[place][digest] = path
    return stored


def _unneeded(inspection: Inspection, stored: _Stored, needed: set[str]) -> Iterator[Finding]:
    for digest in sorted(set().union(*stored.paths.values()) - needed):
        for name in stored.names(digest):
            yield found("CK-E304", inspection.show(name), "no capture names this payload")


def _hash(inspection: Inspection, stored: _Stored, needed: set[str]) -> _Whole:
    """Hash the payloads that are needed and here."""
    whole = _Whole()
    texts = {
        payloads["text"]["digest"]
        for payloads in inspection.captures.values()
        if "text" in payloads
    }
    progress = _Progress(inspection.progress, len(needed)) if inspection.progress else None
    for place, paths in stored.paths.items():
        sizes = whole.sizes[place]
        wanted = paths
        if not paths.keys() <= needed:
            wanted = {digest: path for digest, path in paths.items() if digest in needed}
        if inspection.remembered:
            wanted = _without_remembered(inspection, inspection.remembered, whole, place, wanted)
        marks = _marks(wanted) if inspection.marks is not None else None  # before they are read
        for digest, size_bytes, data in whole_files(wanted):
            sizes[digest] = size_bytes
            if digest in texts and data is not None:
                _count(whole, digest, data)
            if progress:
                progress.step()
        if marks is not None:
            _note(inspection, whole, place, texts, marks)
    if progress:
        progress.finish()
    return whole


def _count(whole: _Whole, digest: str, data: bytes) -> None:
    with suppress(UnicodeDecodeError):
        whole.characters[digest] = len(data.decode())


# ── what is remembered ─────────────────────────────────────────────────────────────────────────


def _without_remembered(
    inspection: Inspection,
    remembered: Remembered,
    whole: _Whole,
    place: str,
    wanted: dict[str, str],
) -> dict[str, str]:
    """The files to hash: those that are not as they were when they were last found whole."""
    changed = {}
    for digest, path in wanted.items():
        known = remembered.marks.get((place, digest))
        if known is None or not known.is_of(mark(path)):
            changed[digest] = path
            continue
        whole.sizes[place][digest] = known.size_bytes
        if known.characters >= 0:
            whole.characters[digest] = known.characters
    inspection.not_hashed += len(wanted) - len(changed)
    return changed


def _marks(paths: dict[str, str]) -> dict[str, Mark]:
    return {digest: found for digest, path in paths.items() if (found := mark(path))}


def _note(
    inspection: Inspection, whole: _Whole, place: str, texts: set[str], marks: dict[str, Mark]
) -> None:
    """Note the files that were found whole, and of texts how long they are."""
    for digest, known in marks.items():
        if digest not in whole.sizes[place] or inspection.marks is None:
            continue
        characters = whole.characters.get(digest, -1)
        if digest not in texts or characters >= 0:
            inspection.marks[place, digest] = known._replace(characters=characters)


class _Progress:
    """Tells of each payload that is done; those that are not whole are done last."""

    def __init__(self, tell: Callable[[int, int], None], of: int) -> None:
        self._tell = tell
        self._done = 0
        self._of = of

    def step(self) -> None:
        if self._done < self._of:  # a second copy is none more
            self._done += 1
            self._tell(self._done, self._of)

    def finish(self) -> None:
        while self._done < self._of:
            self.step()


# ── what is said of it ─────────────────────────────────────────────────────────────────────────


def _doubtful(inspection: Inspection, stored: _Stored, whole: _Whole) -> set[str]:
    """The payloads that are not whole, in the one right place, as large and long as is said."""
    doubtful = set()
    for (key, _), payloads in inspection.captures.items():
        item = inspection.items.get(key)
        is_public = item is not None and item.facts.access == "public"
        here, elsewhere = PLACES if is_public else reversed(PLACES)
        sizes, copies = whole.sizes[here], stored.paths[elsewhere]
        for role, payload in payloads.items():
            digest = payload["digest"]
            if (
                sizes.get(digest) != payload["size_bytes"]
                or digest in copies
                or (role == "text" and not _has_shape(payload, whole.characters.get(digest)))
            ):
                doubtful.add(digest)
    return doubtful


def _has_shape(payload: PayloadJson, characters: int | None) -> bool:
    """Whether the text is so long, and its paragraphs are ranges of it, one after the other."""
    shape = payload.get("map")
    if shape is None or characters is None:
        return characters is not None
    paragraphs = shape.get("paragraphs", [])
    ends = [end for paragraph in paragraphs for end in paragraph]
    return (
        shape["characters"] == characters
        and all(len(paragraph) == 2 and paragraph[0] < paragraph[1] for paragraph in paragraphs)
        and ends == sorted(ends)
        and (not ends or (ends[0] >= 0 and ends[-1] <= characters))
    )


def _needs(inspection: Inspection, digests: set[str], uncertain: set[str]) -> dict[str, Need]:
    """Who needs these payloads, among the items that are looked at."""
    needs = {digest: Need(is_certain=digest not in uncertain) for digest in digests}
    for (key, stamp), payloads in inspection.captures.items() if digests else ():
        item = inspection.items.get(key)
        for role, payload in payloads.items():
            need = needs.get(payload["digest"])
            if need is not None:
                need.records.append((f"items/{key}/captures/{stamp}.json", role, payload))
                need.is_public |= item is not None and item.facts.access == "public"
                need.is_certain &= item is not None
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
