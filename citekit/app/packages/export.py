"""``export``: packages that other programs' validators accept, and that ``import`` brings back.

A package appears whole or not at all: it is made beside its place and renamed into it.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from citekit.app.chosen import private_paths
from citekit.app.packages.bag import write_bag
from citekit.app.packages.contents import Package, gather
from citekit.app.packages.crate import METADATA, write_metadata
from citekit.app.packages.prov_seals import prov_seals
from citekit.app.packages.wacz import write_wacz
from citekit.app.sealing.log_reading import noted_entries
from citekit.errors import InvalidData, StoreConflict, UsageError
from citekit.formats.prov.events import write_prov
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.state.state_leaf import ACTION as STATE
from citekit.model.records.codec import to_json, write_instant
from citekit.model.records.json_text import dump_json
from citekit.model.value import Value
from citekit.store import files
from citekit.store.clock import now
from citekit.store.folder_names import names_of
from citekit.store.layout import is_link
from citekit.store.log.folder import LogFolder
from citekit.store.log.log_state import said_by
from citekit.store.log.record_kinds import group_of
from citekit.store.writing.event_recorder import logged_payloads, this_tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from citekit.store.reading import ArchiveReader

PackageFormat = Literal["bagit", "ro-crate", "prov", "wacz"]
FORMATS: Final[tuple[str, ...]] = get_args(PackageFormat)
HISTORY: Final = "metadata/prov.jsonld"
"""What happened to the archive, beside it in a package."""
_TAKES_BACK: Final = frozenset(["remove", "withdraw", "erase"])
_OLDEST_IN_ZIP: Final = (1980, 1, 1, 0, 0, 0)


class Exported(Value):
    """Where the package is, how many items are in it, and what was left out."""

    path: Path
    format: str
    items: tuple[str, ...]
    told: str
    left_out: tuple[dict[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "path": str(self.path),
            "format": self.format,
            "items": list(self.items),
            "left_out": list(self.left_out),
        }


def export(
    store: ArchiveReader,
    path: str | Path,
    *,
    format: str,  # noqa: A002  # the word users know
    keys: Sequence[str] = (),
    only: Sequence[str] = (),
    with_restricted: bool = False,
) -> Exported:
    """Write a package of some items, or of all: a folder, or a zip file if its name says so.

    The format is bagit, ro-crate, prov or wacz; ``only`` chooses items by key or tag beside
    ``keys``. Nothing private or withdrawn is in it. Raises StoreConflict where something is in the
    way, or a removal waits for a seal, NotFound for an unknown key or tag, UsageError for a private
    item, an unknown format or a path inside the archive.
    """
    path = Path(path)
    if format not in FORMATS:
        raise UsageError(f"no such package format: {format}", hint=f"one of {', '.join(FORMATS)}")
    if store.layout.would_hold(path):
        message = f"is inside the archive, which holds records alone: {path}"
        raise UsageError(message, hint="a package is for others: choose a path outside")
    if path.exists() or is_link(path):
        raise StoreConflict("is there already", place=str(path), hint="name a new path")
    package = gather(store, keys, only=only, with_restricted=with_restricted)
    if package.is_whole and format not in ("prov", "wacz"):
        _refuse_unsealed(store)
    history = dump_json(_history(store, package)).encode()
    if format == "prov":
        _appear(path, lambda place: files.write_new(place, [history]))
        package.left_out.clear()
    elif format == "wacz":
        _appear(path, lambda place: write_wacz(place, store, package, now()))
    else:
        writer = _write_bag if format == "bagit" else _write_crate
        _appear(path, lambda place: _write(place, path, package, history, writer))
    return Exported(
        path=path,
        format=format,
        items=tuple(packed.item.key for packed in package.items),
        told=package.told() if format != "prov" else "events and agents; no text",
        left_out=tuple(left.to_json() for left in package.left_out),
    )


def _refuse_unsealed(store: ArchiveReader) -> None:
    """Raise StoreConflict while the log waits to say that an item is gone.

    Whoever checked the package would miss it there: only what is sealed takes something back.
    """
    log = LogFolder(store.layout)
    standing = log.standing()
    for entry in log.waiting(standing.size) if standing else ():
        with suppress(InvalidData):
            if said_by(entry).action in _TAKES_BACK:
                raise StoreConflict(
                    "an item was removed, and that is not sealed yet",
                    hint="citekit seal first: without it a check of the package finds a gap",
                )


_FolderWriter = Callable[[Path, Package, bytes], None]


def _write(
    place: Path, path: Path, package: Package, history: bytes, writer: _FolderWriter
) -> None:
    """Write a folder, or a zip file that holds one folder of the same name."""
    if path.suffix.lower() != ".zip":
        with files.reported(place):
            place.mkdir(mode=0o755)
        writer(place, package, history)
        return
    folder = place.with_name(f"{place.name}-folder")
    try:
        with files.reported(folder):
            folder.mkdir()
        writer(folder, package, history)
        _zip(folder, path.stem, place)
    finally:
        files.remove_tree(folder)


def _write_bag(folder: Path, package: Package, history: bytes) -> None:
    """The archive folder as the payload of a bag."""
    tool = this_tool()
    info = [
        ("Bag-Software-Agent", f"{tool.name} {tool.version}"),
        ("Bagging-Date", write_instant(now())[:10]),
        ("External-Description", package.told()),
        ("Citekit-Package", "1"),
        *(("Citekit-Left-Out", str(left)) for left in package.left_out),
    ]
    write_bag(folder, package.files, info, {HISTORY: history})


def _write_crate(folder: Path, package: Package, history: bytes) -> None:
    """The archive folder below ``archive/``, what happened to it, and what all of it is."""
    crate: dict[str, Path | bytes] = {
        **{f"archive/{name}": source for name, source in package.files.items()},
        HISTORY: history,
    }
    crate[METADATA] = write_metadata(package, crate)
    for name, source in sorted(crate.items()):
        target = folder.joinpath(*name.split("/"))
        with files.reported(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        data = [source] if isinstance(source, bytes) else files.read_chunks(source)
        files.write_new(target, data)


def _history(store: ArchiveReader, package: Package) -> dict[str, Any]:
    """The events about the package's items, or all of them, and their seals, as PROV."""
    return write_prov(_events(store, package), prov_seals(store))


def _events(store: ArchiveReader, package: Package) -> Iterator[tuple[str, Mapping[str, Any]]]:
    names = None if package.is_whole else {packed.name for packed in package.items}
    hidden = private_paths(store)  # the log may have heard of it before it was private
    noted: set[str] = set()
    libraries = _libraries(package)
    for number, (index, entry) in enumerate(noted_entries(store)):
        try:
            event = parse_leaf(entry)
        except InvalidData:
            continue  # verify tells of it
        if event.get("action") == STATE:
            continue  # no change: it is told as the seal that it ends
        subject = str(event.get("subject", ""))
        noted.add(subject)
        about = set(_is_about(event))
        if about.isdisjoint(hidden) and (names is None or not about.isdisjoint(names)):
            identifier = str(index) if index is not None else f"waiting-{number}"
            yield identifier, _with_libraries(event, libraries)
    for packed in package.items:
        for stamp, capture in packed.captures.items():
            subject = f"{packed.name}/captures/{stamp}.json"
            if subject not in noted:  # never logged: its own record tells what it was
                payloads = [to_json(payload) for payload in logged_payloads(capture)]
                yield (
                    f"record-{packed.item.key}-{stamp}",
                    {
                        "action": "capture",
                        "subject": subject,
                        "at": write_instant(capture.captured_at),
                        "agent": {"name": capture.agent, "kind": "person"}
                        if capture.agent
                        else None,
                        "tool": to_json(capture.tool),
                        "payloads": payloads,
                        "source": "record",
                    },
                )


def _libraries(package: Package) -> dict[str, Mapping[str, str]]:
    """Path of a capture record, under every key that the item ever had -> libraries it names."""
    return {
        f"items/{name}/captures/{stamp}.json": capture.tool.libraries
        for packed in package.items
        for key in (packed.item.key, *packed.item.facts.aliases)
        for name in filter(None, names_of(key))
        for stamp, capture in packed.captures.items()
        if capture.tool.libraries
    }


def _with_libraries(
    event: dict[str, Any], libraries: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """The event, its tool with the libraries that its capture record names; the log has none."""
    used = libraries.get(str(event.get("subject"))) if event.get("action") == "capture" else None
    if not used or not isinstance(event.get("tool"), dict):
        return event
    return {**event, "tool": {**event["tool"], "libraries": used}}


def _is_about(event: Mapping[str, Any]) -> Iterator[str]:
    """The files that an event is about, and the folders of items that they are in."""
    for name in (str(event.get("subject", "")), str(event.get("to", ""))):
        yield from (name, group_of(name))


def _appear(path: Path, write: Callable[[Path], None]) -> None:
    """Have a file or folder appear in one step."""
    with files.reported(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    place = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        write(place)
        files.move(place, path)
    except BaseException:
        files.remove_tree(place)
        raise


def _zip(folder: Path, name: str, target: Path) -> None:
    """A zip file whose bytes depend on what is in it, not on when or where it was made."""
    with files.reported(target), zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(f"{name}/{path.relative_to(folder).as_posix()}", _OLDEST_IN_ZIP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as inside:
                for chunk in files.read_chunks(path):
                    inside.write(chunk)
