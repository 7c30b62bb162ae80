"""What goes into a package: records of some items or all, and the payloads that may go with them.

A package is an archive folder. Restricted payloads are left out unless they are asked for, and
what is left out is listed, so that nobody takes a gap for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.changing.redaction import find_excess
from citekit.app.chosen import choose, open_key, take_part
from citekit.app.verifying.inspection import inspect
from citekit.errors import InvalidData, NotFound, Place
from citekit.model.annotation import annotation_lines
from citekit.model.capture import Capture
from citekit.model.item import Item
from citekit.model.value import Value
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.store.reading import ArchiveReader


class LeftOut(Value):
    """A payload that is not in the package, and why: restricted, or absent here."""

    record: str
    role: str
    digest: str
    reason: str

    def __str__(self) -> str:
        return f"{self.record} {self.role} {self.digest} {self.reason}"

    def to_json(self) -> dict[str, str]:
        """One entry of the list that goes into the package."""
        return {
            "record": self.record,
            "role": self.role,
            "digest": self.digest,
            "reason": self.reason,
        }


class PackedItem(Value):
    """One item with its captures by stamp."""

    item: Item
    name: str
    """The path of its folder inside an archive."""
    captures: Mapping[str, Capture]


@dataclass(slots=True, kw_only=True)
class Package:
    """Files by their path in an archive folder, and what was left out."""

    title: str
    is_whole: bool
    items: tuple[PackedItem, ...] = ()
    files: dict[str, Path | bytes] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def told(self) -> str:
        """One sentence about what is in it and what is not."""
        count = f"{len(self.items)} item" + ("" if len(self.items) == 1 else "s")
        part = "" if self.is_whole else ", without the log of the whole archive"
        reasons = [left.reason for left in self.left_out]
        missing = [f"{reasons.count(r)} {r} payloads" for r in sorted(set(reasons))]
        left = f"; left out: {', '.join(missing)}" if missing else "; no payload is left out"
        return f"{count} of the citekit archive '{self.title}'{part}{left}"


def gather(
    store: ArchiveReader,
    keys: Sequence[str] = (),
    *,
    only: Sequence[str] = (),
    with_restricted: bool,
) -> Package:
    """Collect a package of these keys and of what ``only`` chooses.

    Without both it is the whole archive, log and trust included, and nothing private. Raises
    NotFound for a key or tag nobody has, or an archive without items, UsageError for a private
    item, and InvalidData for records that show more of a restricted text than they may.
    """
    named = [*(open_key(store, key) for key in keys), *choose(store, only)]
    store = store.for_others()
    chosen = tuple(dict.fromkeys(named)) or store.keys()
    if not chosen:
        raise NotFound("there is nothing to export", place=str(store.root))
    items = tuple(_packed(store, key) for key in chosen)
    _refuse_private(store, chosen)
    if not with_restricted:
        _refuse_excess(store, items)
    package = Package(
        title=store.settings.title or store.root.absolute().name, is_whole=not named, items=items
    )
    _add(store, package, [store.layout.settings_file])
    if package.is_whole:
        _add_all(store, package)
    else:
        _add_chosen(store, package)
    _add_payloads(store, package, with_restricted=with_restricted)
    return package


def _refuse_private(store: ArchiveReader, keys: Iterable[str]) -> None:
    """Raise InvalidData where a file that goes into a package has a line that is private."""
    for key in keys:
        path = store.layout.check_inside(store.layout.annotations_file(key))
        if path.is_file() and b'"private"' in files.read_bytes(path):
            lines = sum(1 for _ in annotation_lines(files.read_text(path)))
            if lines != len(store.annotations(key)):
                raise InvalidData(
                    "holds private annotations, and they are in no package",
                    place=Place(path=str(path)),
                    hint="citekit verify says how they are brought to private/",
                )


def _refuse_excess(store: ArchiveReader, items: Iterable[PackedItem]) -> None:
    for packed in items:
        key = packed.item.key
        excess = find_excess(store, key) if packed.item.facts.access == "restricted" else ()
        if excess:
            raise InvalidData(
                f"the records of {key} show more of its text than a restricted item may",
                place=excess[0].place,
                hint=f"citekit set {key} --access restricted takes it out",
            )


def _packed(store: ArchiveReader, key: str) -> PackedItem:
    return PackedItem(
        item=store.item(key),
        name=store.layout.item_name(key),
        captures=store.captures(key),
    )


def _add_all(store: ArchiveReader, package: Package) -> None:
    seen = {packed.name for packed in package.items}
    seen.update(f"claims/{identifier}.json" for identifier in store.claim_ids())
    seen.update(f"entities/{identifier}.json" for identifier in store.entity_ids())
    for name in inspect(store).files:
        top, *rest = name.split("/")
        if top in ("log", "trust") or name in seen or "/".join((top, *rest[:1])) in seen:
            _add(store, package, [store.root.joinpath(top, *rest)])


def _add_chosen(store: ArchiveReader, package: Package) -> None:
    """The items, the claims that rest on them alone, and every entity that these name."""
    layout, part = store.layout, take_part(store, (packed.item.key for packed in package.items))
    for key in part.keys:
        records = (layout.item_file(key), layout.note_file(key), layout.annotations_file(key))
        captures = [layout.capture_file(key, stamp) for stamp in store.stamps(key)]
        _add(store, package, [path for path in (*records, *captures) if path.is_file()])
    _add(store, package, [layout.claim_file(claim.id) for claim in part.claims])
    _add(store, package, [layout.entity_file(entity.id) for entity in part.entities])


def _add_payloads(store: ArchiveReader, package: Package, *, with_restricted: bool) -> None:
    """Payloads where the access of the package's items puts them."""
    public: dict[str, bool] = {}
    named: list[tuple[str, str, str]] = []
    for packed in package.items:
        is_public = packed.item.facts.access == "public"
        for stamp, capture in packed.captures.items():
            record = store.layout.name(store.layout.capture_file(packed.item.key, stamp))
            for role, payload in capture.payloads.items():
                public[payload.digest] = public.get(payload.digest, False) or is_public
                named.append((record, role, payload.digest))
    for record, role, digest in named:
        path = store.payload_path(digest)
        if path is None or not (public[digest] or with_restricted):
            reason = "restricted" if not public[digest] else "absent"
            left = LeftOut(record=record, role=role, digest=digest, reason=reason)
            package.left_out.append(left)
            continue
        layout = store.layout
        place = layout.object_file(digest) if public[digest] else layout.restricted_file(digest)
        package.files[layout.name(place)] = store.layout.check_inside(path)


def _add(store: ArchiveReader, package: Package, paths: Iterable[Path]) -> None:
    for path in paths:
        data = files.read_bytes(store.layout.check_inside(path))
        package.files[store.layout.name(path)] = data
