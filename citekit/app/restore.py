"""``restore``: bring absent payloads of an item back, from a file or a folder, by their digest.

The grade is always *same bytes* here: what has another digest is refused. Where only the original
comes back, its text is read again and kept if it is, byte for byte, the text that was captured.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.errors import IntegrityFailed, NotFound, Place
from citekit.findings import Finding, Severity
from citekit.integrity.digest import digest_bytes, digest_chunks
from citekit.model.capture import Capture, Payload
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.store.archive import ArchiveStore
    from citekit.store.writer import PayloadSource

Grade = Literal["same bytes"]

_MOST_FILES: Final = 1_000_000  # a folder with more is searched no further


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredPayload:
    """One payload that is in place now; ``is_new`` is False when it was there and whole."""

    stamp: str
    role: str
    digest: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back, how sure that is, and what else is worth knowing."""

    key: str
    payloads: tuple[RestoredPayload, ...]
    grade: Grade = "same bytes"
    findings: tuple[Finding, ...] = ()

    def told(self) -> str:
        """One line for people.

        >>> payload = RestoredPayload(stamp="", role="text", digest="", is_new=True)
        >>> Restored(key="mem2023turkiye", payloads=(payload,)).told()
        'restored text of mem2023turkiye (same bytes)'
        """
        new = dict.fromkeys(payload.role for payload in self.payloads if payload.is_new)
        what = f"restored {' and '.join(new)} of" if new else "nothing was missing from"
        notes = "".join(f"; {finding.message}" for finding in self.findings)
        return f"{what} {self.key} ({self.grade}){notes}"

    def to_json(self) -> dict[str, Any]:
        """The ``--json`` shape: key, grade, payloads, findings."""
        return {
            "key": self.key,
            "grade": self.grade,
            "payloads": [
                {"capture": p.stamp, "role": p.role, "digest": p.digest, "new": p.is_new}
                for p in self.payloads
            ],
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """One payload of the item, as a capture names it, and whether it is absent or damaged."""

    stamp: str
    capture: Capture
    role: str
    payload: Payload
    is_absent: bool


def restore(store: ArchiveStore, key: str, source: Path) -> Restored:
    """Put payloads of an item in place, from a file, or from a folder that is searched for them.

    Raises NotFound (no such item or path, nothing in the folder) and IntegrityFailed (the file is
    none of the item's payloads), naming what was expected and what was found.
    """
    key = store.resolve(key)
    wanted = _payloads_of(store, key)
    found = _in_folder(key, wanted, source) if source.is_dir() else _in_file(key, wanted, source)
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


def _payloads_of(store: ArchiveStore, key: str) -> list[_Wanted]:
    """Every payload that the item's captures name; raises NotFound when there is none."""
    captures = [(stamp, store.capture(key, stamp)) for stamp in store.stamps(key)]
    wanted = [
        _Wanted(
            stamp=stamp,
            capture=capture,
            role=role,
            payload=payload,
            is_absent=not _is_whole(store, payload.digest),
        )
        for stamp, capture in captures
        if capture
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


def _in_file(key: str, wanted: list[_Wanted], source: Path) -> _Found:
    """The payloads that this file is; raises NotFound or IntegrityFailed."""
    digest, _ = digest_chunks(files.read_chunks(source))
    found: _Found = [(want, source) for want in wanted if want.payload.digest == digest]
    if not found:
        absent = [want for want in wanted if want.is_absent] or wanted
        expected = " or ".join(f"{want.payload.digest} ({want.role})" for want in absent[:4])
        raise IntegrityFailed(
            f"is not a payload of {key}: expected {expected}, found {digest}",
            place=Place(path=str(source)),
            hint="the file must be the same to the byte: look for another copy",
        )
    return _once(found)


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
            f"no file here is an absent payload of {key}: expected {expected}",
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
        again = _read_again(store, want, original)
        if again is not None:
            texts.append((want, again))
        else:
            findings.append(_unlike(want))
    return texts, tuple(findings)


def _read_again(store: ArchiveStore, want: _Wanted, original: Payload) -> bytes | None:
    """The text of a restored original, if it has the digest of the text that was captured."""
    from citekit.app.extraction import read_extraction

    data = store.payload(original.digest)
    source = want.capture.source
    # Told its encoding as it was recorded first; then as if it were added for the first time.
    for encoding in dict.fromkeys((original.encoding, None)) if data is not None else ():
        text = read_extraction(
            data or b"",
            name=source.file,
            url=want.capture.final_url or source.url,
            encoding=encoding,
            publishers=store.settings.publishers,
            now=want.capture.captured_at,
        ).text
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
