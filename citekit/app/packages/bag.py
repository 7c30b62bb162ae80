"""A bag on the disk: read with suspicion, or written (RFC 8493).

Nothing is fetched, no link is followed, and every file is hashed by every manifest that lists it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.errors import CitekitError, InvalidData, Place
from citekit.findings import Finding, FindingClass, Severity
from citekit.formats.bagit import (
    Declaration,
    Manifest,
    manifest_of,
    parse_declaration,
    parse_fetch,
    parse_info,
    parse_manifest,
    write_declaration,
    write_info,
    write_manifest,
)
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MAX_FILES: Final = 1_000_000
_MAX_DEPTH: Final = 64


@dataclass(slots=True, kw_only=True)
class Bag:
    """What a bag says of itself, and what is wrong with it. ``files`` are paths -> bytes."""

    folder: Path
    files: dict[str, int] = field(default_factory=dict)
    payload_manifests: dict[str, Manifest] = field(default_factory=dict)
    tag_manifests: dict[str, Manifest] = field(default_factory=dict)
    info: tuple[tuple[str, str], ...] = ()
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether it is complete and every digest is right (RFC 8493 §3)."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


def is_bag(folder: Path) -> bool:
    """Whether the folder means to be a bag."""
    return (folder / "bagit.txt").is_file()


def read_bag(folder: Path) -> Bag:
    """Read and check a bag; what is wrong are its findings, never an exception."""
    bag = Bag(folder=folder)
    try:
        bag.files = dict(_walk(folder))
        declaration = parse_declaration(_tag_file(bag, "bagit.txt"))
        _read_tag_files(bag, declaration)
    except CitekitError as error:
        _wrong(bag, error.message, (error.place and error.place.path) or "")
        return bag
    _check_lists(bag, declaration)
    if bag.is_valid:
        _check_digests(bag)
    return bag


def write_bag(
    folder: Path,
    payload: Mapping[str, Path | bytes],
    info: Sequence[tuple[str, str]],
    more: Mapping[str, bytes],
) -> None:
    """Write a new bag into an empty folder.

    ``payload`` maps paths below ``data/`` to bytes or files; ``more`` are further tag files.
    """
    digests: dict[str, str] = {}
    total = 0
    for path in sorted(payload):
        name = f"data/{path}"
        digests[name], size = _copy(payload[path], folder / name)
        total += size
    pairs = [*info, ("Payload-Oxum", f"{total}.{len(digests)}")]
    tags = {
        "bagit.txt": write_declaration(),
        "bag-info.txt": write_info(pairs),
        "manifest-sha512.txt": write_manifest(digests),
        **more,
    }
    (folder / "data").mkdir(exist_ok=True)
    tags["tagmanifest-sha512.txt"] = write_manifest(
        {name: hashlib.sha512(data).hexdigest() for name, data in tags.items()}
    )
    for name, data in tags.items():
        with files.reported(folder / name):
            (folder / name).parent.mkdir(exist_ok=True)
        files.write_new(folder / name, [data])


def _copy(source: Path | bytes, target: Path) -> tuple[str, int]:
    """Write one payload file; its SHA-512 and size."""
    hasher, size = hashlib.sha512(), 0

    def chunks() -> Iterator[bytes]:
        nonlocal size
        for chunk in [source] if isinstance(source, bytes) else files.read_chunks(source):
            hasher.update(chunk)
            size += len(chunk)
            yield chunk

    with files.reported(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    files.write_new(target, chunks())
    return hasher.hexdigest(), size


# ── reading ────────────────────────────────────────────────────────────────────────────────────


def _walk(folder: Path) -> Iterator[tuple[str, int]]:
    """Every file by its path with its size; raises InvalidData for a link, a pipe, too many."""
    stack, count = [""], 0
    while stack:
        prefix = stack.pop()
        here = folder / prefix if prefix else folder
        for name in sorted(files.names(here)):
            path = f"{prefix}/{name}" if prefix else name
            with files.reported(folder / path):
                status = os.lstat(folder / path)
            count += 1
            if stat.S_ISDIR(status.st_mode) and path.count("/") < _MAX_DEPTH:
                stack.append(path)
            elif stat.S_ISREG(status.st_mode) and count <= MAX_FILES:
                yield path, status.st_size
            else:
                what = "is no plain file" if count <= MAX_FILES else "is one file too many"
                raise InvalidData(what, place=Place(path=path))


def _tag_file(bag: Bag, name: str) -> bytes:
    if name not in bag.files:
        raise InvalidData("is missing", place=Place(path=name))
    return files.read_bytes(bag.folder / name)


def _read_tag_files(bag: Bag, declaration: Declaration) -> None:
    for name in sorted(bag.files):
        try:
            found = manifest_of(name)
            if found is not None:
                manifest = parse_manifest(_tag_file(bag, name), found[1], declaration)
                (bag.tag_manifests if found[0] else bag.payload_manifests)[name] = manifest
            elif name in ("bag-info.txt", "package-info.txt"):
                bag.info = parse_info(_tag_file(bag, name), declaration)
            elif name == "fetch.txt":
                _check_fetched(bag, parse_fetch(_tag_file(bag, name), declaration))
        except InvalidData as error:
            raise InvalidData(error.message, place=Place(path=name)) from error
    manifests = {**bag.payload_manifests, **bag.tag_manifests}
    for name, manifest in manifests.items():
        for warning in manifest.warnings:
            _wrong(bag, warning, name, Severity.WARNING)


def _check_fetched(bag: Bag, paths: tuple[str, ...]) -> None:
    """A bag with holes is filled by who made it: citekit fetches nothing for it."""
    for path in paths:
        if not path.startswith("data/"):
            raise InvalidData(f"{path!r} is not below data/")
        if path not in bag.files:
            raise InvalidData(f"{path!r} is yet to be fetched")


def _check_lists(bag: Bag, declaration: Declaration) -> None:
    """Every payload file is listed, every listed file is there, the total is right."""
    payload = {path for path in bag.files if path.startswith("data/")}
    if not bag.payload_manifests:
        _wrong(bag, "has no manifest", "")
    listed: set[str] = set()
    for name, manifest in bag.payload_manifests.items():
        paths = set(manifest.digests)
        listed |= paths
        _missing(bag, name, paths - payload)
        if declaration.is_final:
            _unlisted(bag, name, payload - paths)
    _unlisted(bag, "every manifest", payload - listed)
    for name, manifest in bag.tag_manifests.items():
        paths = set(manifest.digests)
        _missing(bag, name, paths - bag.files.keys())
        if declaration.is_final:
            _unlisted(bag, name, bag.payload_manifests.keys() - paths)
    _check_total(bag, payload)


def _missing(bag: Bag, name: str, paths: set[str]) -> None:
    for path in sorted(paths):
        _wrong(bag, f"is missing: {name} lists it", path)


def _unlisted(bag: Bag, name: str, paths: set[str]) -> None:
    for path in sorted(paths):
        _wrong(bag, f"is not in {name}", path)


def _check_total(bag: Bag, payload: set[str]) -> None:
    """``Payload-Oxum`` counts bytes and files (RFC 8493 §2.2.2)."""
    total = f"{sum(bag.files[path] for path in payload)}.{len(payload)}"
    for label, value in bag.info:
        if label.lower() == "payload-oxum" and value != total:
            _wrong(bag, f"Payload-Oxum is {value}, the files are {total}", "bag-info.txt")


def _check_digests(bag: Bag) -> None:
    """Read each file once, for all the manifests that list it."""
    expected: dict[str, list[tuple[str, str]]] = {}
    for manifest in (*bag.payload_manifests.values(), *bag.tag_manifests.values()):
        for path, digest in manifest.digests.items():
            expected.setdefault(path, []).append((manifest.algorithm, digest))
    for path, wanted in sorted(expected.items()):
        hashers = {a: hashlib.new(a, usedforsecurity=False) for a, _ in wanted}
        try:
            for chunk in files.read_chunks(bag.folder / path):
                for hasher in hashers.values():
                    hasher.update(chunk)
        except CitekitError as error:
            _wrong(bag, error.message, path)
            continue
        for algorithm, digest in wanted:
            if hashers[algorithm].hexdigest() != digest:
                _wrong(bag, f"has another {algorithm} than its manifest says", path)


def _wrong(bag: Bag, message: str, path: str, severity: Severity = Severity.ERROR) -> None:
    is_error = severity is Severity.ERROR
    bag.findings.append(
        Finding(
            code="CK-E801" if is_error else "CK-W802",
            message=message,
            severity=severity,
            kind=FindingClass.INVALID,
            place=Place(path=str(bag.folder / path) if path else str(bag.folder)),
            rule="RFC 8493, The BagIt File Packaging Format",
            hint="ask whoever made the bag for another" if is_error else "",
        )
    )
