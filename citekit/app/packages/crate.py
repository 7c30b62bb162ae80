"""An RO-Crate of a package: ``ro-crate-metadata.json`` that says what each file is.

Source: RO-Crate Metadata Specification 1.1, https://w3id.org/ro/crate/1.1.
"""

from __future__ import annotations

from mimetypes import guess_type
from typing import TYPE_CHECKING, Any, Final

from citekit.integrity.digest import digest_bytes, digest_chunks
from citekit.model.records.codec import write_instant
from citekit.model.records.json_text import dump_json
from citekit.store import files
from citekit.store.clock import now
from citekit.store.writing.event_recorder import this_tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from citekit.app.packages.contents import Package, PackedItem
    from citekit.model.capture import Capture

SPECIFICATION: Final = "https://w3id.org/ro/crate/1.1"
METADATA: Final = "ro-crate-metadata.json"
_TYPES: Final = {
    "article-newspaper": "NewsArticle",
    "article-magazine": "Article",
    "article-journal": "ScholarlyArticle",
    "article": "Article",
    "webpage": "WebPage",
    "post": "SocialMediaPosting",
    "post-weblog": "BlogPosting",
    "book": "Book",
    "chapter": "Chapter",
    "report": "Report",
    "thesis": "Thesis",
}
_MEDIA_TYPES: Final = {".jsonl": "application/x-ndjson", ".md": "text/markdown",
                       ".toml": "application/toml", ".json": "application/json",
                       ".jsonld": "application/ld+json"}  # fmt: skip

Entity = dict[str, Any]


def write_metadata(package: Package, crate: Mapping[str, Path | bytes]) -> bytes:
    """The metadata document of a crate of these files; the package is its folder ``archive/``."""
    media_types = _payload_types(package)
    described = [_file(path, source, media_types) for path, source in sorted(crate.items())]
    left_out = [_left_out(package, number) for number in range(len(package.left_out))]
    items = [entity for packed in package.items for entity in _item(package, packed)]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": package.title,
        "description": package.told(),
        "datePublished": write_instant(now())[:10],
        "license": {"@id": "#rights"},
        "hasPart": [{"@id": entity["@id"]} for entity in described],
        "mentions": [
            {"@id": e["@id"]} for e in (*items, *left_out) if e["@type"] != "CreateAction"
        ],
    }
    graph = [_descriptor(), root, _rights(), _software(), *described, *left_out, *items]
    unique = {entity["@id"]: entity for entity in reversed(graph)}
    document = {
        "@context": f"{SPECIFICATION}/context",
        "@graph": list(reversed(unique.values())),
    }
    return dump_json(document).encode()


def _descriptor() -> Entity:
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": SPECIFICATION},
        "about": {"@id": "./"},
    }


def _rights() -> Entity:
    return {
        "@id": "#rights",
        "@type": "CreativeWork",
        "name": "Rights",
        "description": "The articles are their publishers'. Records and annotations are their "
        "authors'. Ask before you publish any of it again.",
    }


def _software() -> Entity:
    tool = this_tool()
    return {
        "@id": "#citekit",
        "@type": "SoftwareApplication",
        "name": tool.name,
        "version": tool.version,
    }


def _file(path: str, source: Path | bytes, media_types: Mapping[str, str]) -> Entity:
    if isinstance(source, bytes):
        digest, size = digest_bytes(source), len(source)
    else:
        digest, size = digest_chunks(files.read_chunks(source))
    suffix = "." + path.rpartition(".")[2]
    media_type = media_types.get(digest) or _MEDIA_TYPES.get(suffix) or guess_type(path)[0]
    return {
        "@id": path,
        "@type": "File",
        "name": path.rpartition("/")[2],
        "contentSize": str(size),
        "encodingFormat": media_type or "application/octet-stream",
        "identifier": digest,
    }


def _payload_types(package: Package) -> dict[str, str]:
    return {
        payload.digest: payload.media_type
        for packed in package.items
        for capture in packed.captures.values()
        for payload in capture.payloads.values()
    }


def _left_out(package: Package, number: int) -> Entity:
    """A payload that is not here: what it is, and why."""
    left = package.left_out[number]
    return {
        "@id": f"#left-out-{left.digest.partition(':')[2]}",
        "@type": "CreativeWork",
        "name": f"{left.role} of {left.record}",
        "identifier": left.digest,
        "description": f"Not in this package: {left.reason}.",
    }


def _item(package: Package, packed: PackedItem) -> Iterator[Entity]:
    item = packed.item
    folder = packed.name.removeprefix("items/")
    authors = [_person(folder, i, str(name)) for i, name in enumerate(item.names("author"))]
    issued, container = item.date("issued"), item.text("container-title")
    facts: Entity = {
        "@id": f"#item-{folder}",
        "@type": _TYPES.get(item.type, "CreativeWork"),
        "name": item.title or item.key,
        "identifier": item.key,
        "url": item.text("URL") or None,
        "datePublished": issued.to_edtf() if issued else None,
        "isPartOf": {"@id": f"#publication-{folder}"} if container else None,
        "author": [{"@id": author["@id"]} for author in authors] or None,
        "subjectOf": {"@id": f"archive/{packed.name}/item.json"},
        "conditionsOfAccess": item.facts.access,
    }
    yield {name: value for name, value in facts.items() if value is not None}
    yield from authors
    if container:
        yield {"@id": f"#publication-{folder}", "@type": "Periodical", "name": container}
    for stamp, capture in packed.captures.items():
        yield _capture(package, packed, stamp, capture)


def _person(item: str, number: int, name: str) -> Entity:
    return {"@id": f"#author-{item}-{number + 1}", "@type": "Person", "name": name}


def _capture(package: Package, packed: PackedItem, stamp: str, capture: Capture) -> Entity:
    """One capture as an action: what it took, what it gave, what did it."""
    folder = packed.name.removeprefix("items/")
    present = {payload.digest for payload in capture.payloads.values()}
    left = {entry.digest for entry in package.left_out}
    results = []
    for digest in sorted(present):
        hexadecimal = digest.partition(":")[2]
        places = [f"{place}/sha256/{hexadecimal[:2]}/{hexadecimal[2:]}"
                  for place in ("objects", "restricted")]  # fmt: skip
        here = [{"@id": f"archive/{place}"} for place in places if place in package.files]
        results += here or ([{"@id": f"#left-out-{hexadecimal}"}] if digest in left else [])
    return {
        "@id": f"#capture-{folder}-{stamp}",
        "@type": "CreateAction",
        "name": f"Capture of {packed.item.key}",
        "endTime": write_instant(capture.captured_at),
        "instrument": {"@id": "#citekit"},
        "object": {"@id": f"#item-{folder}"},
        "result": [{"@id": f"archive/{packed.name}/captures/{stamp}.json"}, *results],
    }
