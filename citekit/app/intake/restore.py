"""``restore``: bring absent payloads back, from a file, a folder or an address.

Where bytes have the digest of a payload they are put in its place: *same bytes*. Where only the
original comes back, its text is read again and kept if it is, byte for byte, the text that was
captured. Bytes that are no payload may still be another form of the article (``restore_grade``):
they become a capture of their own, never the old one.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.reread import read_again
from citekit.app.intake.restore_grade import Candidate, Grade, add_graded, grade
from citekit.app.sealing.purged import refuse_purged
from citekit.capture.fetch import fetch
from citekit.errors import (
    CaptureFailed,
    IntegrityFailed,
    NotFound,
    Place,
)
from citekit.findings import Finding, Severity
from citekit.integrity.digest import digest_bytes, digest_chunks
from citekit.model.capture import Capture, Payload
from citekit.model.value import Value, replace
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import PayloadSource

_MOST_BYTES: Final = 1 << 30  # of a file that may be another form of the article
_MOST_FILES: Final = 1_000_000  # a folder with more is searched no further


class RestoredPayload(Value):
    """One payload that is in place now; ``is_new`` is False when it was there and whole."""

    stamp: str
    role: str
    digest: str
    is_new: bool


class Restored(Value):
    """What came back, how sure that is, and what else is worth knowing.

    ``capture`` is the stamp of a new capture, where the bytes are not those that were captured.
    """

    key: str
    payloads: tuple[RestoredPayload, ...]
    grade: Grade = "same bytes"
    capture: str | None = None
    findings: tuple[Finding, ...] = ()

    def told(self) -> str:
        """One line for people.

        >>> payload = RestoredPayload(stamp="", role="text", digest="", is_new=True)
        >>> Restored(key="mem2023turkiye", payloads=(payload,)).told()
        'restored text of mem2023turkiye (same bytes)'
        """
        new = dict.fromkeys(payload.role for payload in self.payloads if payload.is_new)
        what = f"restored {' and '.join(new)} of" if new else "nothing was missing from"
        if self.capture and not new:
            what = f"kept as the new capture {self.capture} of"
        notes = "".join(f"; {finding.message}" for finding in self.findings)
        return f"{what} {self.key} ({self.grade}){notes}"

    def to_json(self) -> dict[str, Any]:
        """The ``--json`` shape: key, grade, payloads, findings."""
        return {
            "key": self.key,
            "grade": self.grade,
            "capture": self.capture,
            "payloads": [
                {"capture": p.stamp, "role": p.role, "digest": p.digest, "new": p.is_new}
                for p in self.payloads
            ],
            "findings": [finding.to_json() for finding in self.findings],
        }


class _Wanted(Value):
    """One payload of the item, as a capture names it, and whether it is absent or damaged."""

    stamp: str
    capture: Capture
    role: str
    payload: Payload
    is_absent: bool


def restore(
    store: ArchiveStore,
    key: str,
    source: str | Path | None = None,
    *,
    accept: bool = False,
    allow_private: bool = False,
) -> Restored:
    """Put payloads of an item in place, from a file, a folder that is searched, or an address.

    Without a source it is the item's own address.

    ``accept`` takes text that differs, if every quote of the item's annotations stands in it.
    Raises NotFound (no such item or path, nothing in the folder), IntegrityFailed (the bytes are
    none of the item's payloads), CaptureFailed (the address), StoreConflict for what was purged.
    """
    key = store.resolve(key)
    wanted = _payloads_of(store, key)
    if source is None or is_address(str(source)):
        url = str(source) if source else _address_of(store, key, wanted)
        candidate = _fetch(url, key, allow_private=allow_private)
    elif Path(source).is_dir():
        return _place(store, key, wanted, _in_folder(key, wanted, Path(source)))
    else:
        candidate = _read(Path(source))
    digest = digest_bytes(candidate.data)
    found: _Found = [(want, candidate.data) for want in wanted if want.payload.digest == digest]
    if found:
        return _place(store, key, wanted, _once(found))
    refuse_purged(store, key, {digest})
    graded = grade(store, key, candidate)
    if graded.grade is None or (graded.grade == "anchors only" and not accept):
        raise _other_bytes(key, wanted, candidate, digest, graded.told)
    refuse_purged(store, key, set(graded.contents))
    absent = {want.payload.digest for want in wanted if want.is_absent}
    stamp = add_graded(store, key, graded)
    back = [want for want in wanted if want.payload.digest in absent & graded.contents.keys()]
    restored = tuple(map(_restored, back))
    return Restored(key=key, payloads=restored, grade=graded.grade, capture=stamp)


def restore_all(store: ArchiveStore, folder: str | Path) -> tuple[Restored, ...]:
    """Put every absent payload in place that a file below a folder is, whosever it is.

    The folder is walked once. Raises NotFound where no file there is an absent payload, or none is
    absent; StorageFailed for a folder that cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotFound("no such folder", place=Place(path=str(folder)))
    wanted = {key: _payloads_of(store, key) for key in store.keys() if store.stamps(key)}  # noqa: SIM118  # no dict
    everything = [want for wants in wanted.values() for want in wants]
    if not any(want.is_absent for want in everything):
        raise NotFound("nothing is missing from this archive", hint="citekit verify")
    sources = {want.payload.digest: data for want, data in _in_folder("", everything, folder)}
    restored = []
    for key, wants in wanted.items():
        absent = [want for want in wants if want.is_absent and want.payload.digest in sources]
        if absent:
            found = [(want, sources[want.payload.digest]) for want in absent]
            restored.append(_place(store, key, wants, _once(found)))
    return tuple(restored)


def is_address(source: str) -> bool:
    """Whether a source is asked over the network, and is no file.

    >>> is_address("https://paper.example/storm"), is_address("storm.html")
    (True, False)
    """
    return re.match(r"(?i)https?://", source) is not None


def put_back(store: ArchiveStore, key: str, data: bytes) -> Restored:
    """Put bytes that are payloads of an item in place, and the text that they bring.

    Raises NotFound for an unknown item, StoreConflict for what was purged.
    """
    wanted = _payloads_of(store, key)
    digest = digest_bytes(data)
    found: _Found = [(want, data) for want in wanted if want.payload.digest == digest]
    return _place(store, key, wanted, _once(found))


def _place(store: ArchiveStore, key: str, wanted: list[_Wanted], found: _Found) -> Restored:
    """Put payloads whose digests are right where they belong, and the texts that they bring."""
    refuse_purged(store, key, {want.payload.digest for want, _ in found})
    with store.writing() as writer:
        restored = []
        for want, data in found:
            if want.is_absent:
                writer.put_payload(key, want.payload, data)
            restored.append(_restored(want))
        text, findings = _text_again(store, wanted, found)
        for want, again in text:
            writer.put_payload(key, want.payload, again)
            restored.append(_restored(want))
    return Restored(key=key, payloads=tuple(restored), findings=findings)


def _read(source: Path) -> Candidate:
    data = files.read_bytes(source, limit=_MOST_BYTES)
    return Candidate(data=data, place=str(source), file=source.name)


def _address_of(store: ArchiveStore, key: str, wanted: list[_Wanted]) -> str:
    last = max(wanted, key=lambda want: want.capture.captured_at).capture
    url = last.final_url or last.source.url or store.item(key).text("URL")
    if not url:
        hint = f"name a file: citekit restore {key} FILE"
        raise NotFound(f"{key} has no address to fetch it from", hint=hint)
    return url


def _fetch(url: str, key: str, *, allow_private: bool) -> Candidate:
    """What an address gives today; raises CaptureFailed."""
    exchange = fetch(url, allow_private=allow_private)
    if exchange.status != 200 or not exchange.body:
        raise CaptureFailed(
            f"{url} answers {exchange.status} with {len(exchange.body)} bytes",
            hint=f"look for a copy elsewhere: citekit restore {key} FILE",
        )
    return Candidate(data=exchange.body, place=exchange.final_url, exchange=exchange)


def _other_bytes(
    key: str, wanted: list[_Wanted], candidate: Candidate, digest: str, told: str
) -> IntegrityFailed:
    absent = [want for want in wanted if want.is_absent] or wanted
    expected = " or ".join(f"{want.payload.digest} ({want.role})" for want in absent[:4])
    hint = (
        f"look for a copy that is the same to the byte; a later one is a new capture: citekit add "
        f"FILE --to {key}; --accept takes one in which all quotes of the annotations stand"
    )
    if told:
        hint = "--accept keeps it as a capture of its own, linked to the old one"
    return IntegrityFailed(
        f"is not a payload of {key}: expected {expected}, found {digest}{told}",
        place=Place(path=candidate.place),
        hint=hint,
    )


def _payloads_of(store: ArchiveStore, key: str) -> list[_Wanted]:
    """Every payload that the item's captures name; raises NotFound when there is none."""
    wanted = [
        _Wanted(
            stamp=stamp,
            capture=capture,
            role=role,
            payload=payload,
            is_absent=not _is_whole(store, payload.digest),
        )
        for stamp, capture in store.captures(key).items()
        for role, payload in capture.payloads.items()
    ]
    if not wanted:
        hint = "citekit add archives a file; restore brings back what was archived"
        raise NotFound(f"{key} has no capture, so nothing can be restored", hint=hint)
    return wanted


def _is_whole(store: ArchiveStore, digest: str) -> bool:
    path = store.payload_path(digest)
    return path is not None and digest_chunks(files.read_chunks(path))[0] == digest


_Found = list[tuple[_Wanted, "PayloadSource"]]


def _in_folder(key: str, wanted: list[_Wanted], folder: Path) -> _Found:
    """The absent payloads that files in the folder are; raises NotFound when there is none."""
    absent = {want.payload.digest: want for want in wanted if want.is_absent}
    sizes = {want.payload.size_bytes for want in absent.values()}
    found: _Found = []
    for path in _files_of_size(folder, sizes) if absent else ():
        digest, _ = digest_chunks(files.read_chunks(path))
        if digest in absent:
            found.append((absent.pop(digest), path))
        if not absent:
            break
    if absent and not found:
        expected = " or ".join(f"{digest} ({want.role})" for digest, want in absent.items())
        raise NotFound(
            f"no file here is an absent payload of {key}: expected {expected}"
            if key
            else f"no file here is one of the {len(absent)} payloads that are absent",
            place=Place(path=str(folder)),
            hint="name the folder that has the file, or the file itself",
        )
    return found


def _files_of_size(folder: Path, sizes: set[int]) -> Iterator[Path]:
    """Plain files of one of these sizes, at any depth; links are not followed."""
    folders, seen = [folder], 0
    while folders and seen < _MOST_FILES:
        here = folders.pop()
        for name in sorted(files.names(here)):
            path = here / name
            seen += 1
            with files.reported(path):
                status = os.lstat(path)
            if stat.S_ISDIR(status.st_mode):
                folders.append(path)
            elif stat.S_ISREG(status.st_mode) and status.st_size in sizes:
                yield path


def _text_again(
    store: ArchiveStore, wanted: list[_Wanted], found: _Found
) -> tuple[list[tuple[_Wanted, bytes]], tuple[Finding, ...]]:
    """Texts that are absent and can be read out of originals that came back, byte for byte."""
    back = {want.payload.digest for want, _ in found}
    texts, findings = [], []
    for want in wanted:
        original = want.capture.payloads.get("original")
        if want.role != "text" or not want.is_absent or want.payload.digest in back:
            continue
        if original is None or original.digest not in back:
            continue
        again = _same_text(store, want, original)
        if again is not None:
            texts.append((want, again))
        else:
            findings.append(_unlike(want))
    return texts, tuple(findings)


def _same_text(store: ArchiveStore, want: _Wanted, original: Payload) -> bytes | None:
    """The text of a restored original, if it has the digest of the text that was captured."""
    data = store.payload(original.digest, original.size_bytes)
    # Told its encoding as it was recorded first; then as if it were added for the first time.
    for encoding in dict.fromkeys((original.encoding, None)) if data is not None else ():
        text = read_again(store, want.capture, data or b"", encoding=encoding).text
        if text is not None and digest_bytes(text.encode()) == want.payload.digest:
            return text.encode()
    return None


def _unlike(want: _Wanted) -> Finding:
    return Finding(
        code="CK-W320",
        severity=Severity.WARNING,
        message="its text stays absent: this citekit reads another text out of the original",
        place=Place(path=f"captures/{want.stamp}.json"),
        rule="Restore, grade: same bytes",
        hint=f"restore it from a file with the digest {want.payload.digest}",
    )


def _restored(want: _Wanted) -> RestoredPayload:
    return RestoredPayload(
        stamp=want.stamp, role=want.role, digest=want.payload.digest, is_new=want.is_absent
    )


def _once(found: _Found) -> _Found:
    """Each digest is put once, though several captures may name it."""
    seen: set[str] = set()
    result: _Found = []
    for want, source in found:
        is_first = want.payload.digest not in seen
        seen.add(want.payload.digest)
        result.append((want if is_first else replace(want, is_absent=False), source))
    return result
