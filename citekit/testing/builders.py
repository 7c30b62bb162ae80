"""Small archives for tests and experiments: invented sources, fixed times, stable ids.

>>> import pathlib, tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     build_archive(pathlib.Path(folder, "archive")).keys()
('harbour2024', 'lantern2024', 'tide2023')

``harbour2024`` is restricted and has a text, ``lantern2024`` is public and has one, ``tide2023``
is a record alone. Use ``Source`` and ``add_source`` for sources of your own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final

from citekit.integrity.digest import digest_bytes
from citekit.model.annotation import Annotation, Passage, new_annotation
from citekit.model.capture import Capture, Payload, TextMap, Tool
from citekit.model.capture import (
    Source as CaptureSource,
)
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.model.identifiers import make_stamp
from citekit.model.item import Access, Item, ItemFacts
from citekit.model.value import NOTHING, Value
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from citekit.store.writing.writer import Writer

CAPTURED_AT: Final = datetime(2024, 3, 2, 9, 30, tzinfo=UTC)
_NAMESPACE: Final = uuid.UUID("5f0c6f1e-5a62-5e0b-9d7c-0d7c1f1b2a3c")

HARBOUR_TEXT: Final = """\
The harbour of Lanternfish closed at dusk on Wednesday after three ferries ran aground on the \
new sandbank, and the pilots refused to guide anything larger than a rowing boat past the old \
lighthouse.

Mayor Ada Quill said that forty passengers were carried ashore by fishermen in the first hour of \
the night, that hot soup was served in the net loft, and that nobody had been hurt beyond wet \
feet.

The port office counted thirty-one passengers at the quay and asked the navy for a dredger, \
which is expected within three days if the weather holds. Until then the mail goes by the coast \
road.

Older residents remembered that the bank moves every forty winters and that their grandparents \
had simply waited for spring. The council meets on Friday to hear what waiting would cost this \
time.
"""
LANTERN_TEXT: Final = """\
This chronology follows the three days on which the harbour of Lanternfish was closed.

On the first evening three ferries ran aground. Reports differ on how many people were aboard.

On the third day the dredger arrived and the harbour opened again.
"""


class Mark(Value):
    """An annotation to make: on ``quote``, or on the whole item where that is None."""

    quote: str | None = None
    note: str = ""
    tags: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()


class Source(Value):
    """A source to add: CSL variables, and a text with annotations if it is to have one."""

    key: str
    data: Mapping[str, Any]
    access: Access = "restricted"
    text: str | None = None
    marks: Sequence[Mark] = ()
    note: str | None = None
    aliases: tuple[str, ...] = ()
    evidence: Mapping[str, tuple[Mapping[str, Any], ...]] = NOTHING


def build_archive(root: Path, sources: Sequence[Source] | None = None) -> ArchiveStore:
    """A new archive with the invented sources (or others), their entities and claims."""
    store = ArchiveStore.create(root, title="The Lanternfish harbour")
    with store.writing() as writer:
        if sources is None:
            for entity in ENTITIES:
                writer.write_entity(entity)
        for source in SOURCES if sources is None else sources:
            add_source(writer, source)
        if sources is None:
            writer.write_claim(_claim())
    return store


def lasting_folder(prefix: str = "citekit-") -> Path:
    """A new folder that is there as long as the process that has asked for it.

    A fork of that process leaves it alone, however it ends: mutants are tried in forks.
    """
    folder, maker = Path(mkdtemp(prefix=prefix)), os.getpid()

    def remove() -> None:
        if os.getpid() == maker:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def add_source(writer: Writer, source: Source) -> Item:
    """Add one source with its capture, note and annotations."""
    item = Item.from_json({"id": source.key, "type": "article-newspaper", **source.data})
    facts = ItemFacts(access=source.access, aliases=source.aliases, evidence=source.evidence)
    item = item.with_facts(facts)
    captures, payloads = _capture(source)
    writer.add_item(item, captures=captures, payloads=payloads, note=source.note)
    if source.marks:
        marks = [make_annotation(source, mark) for mark in source.marks]
        writer.write_annotations(source.key, marks)
    return item


def make_annotation(source: Source, mark: Mark) -> Annotation:
    """The annotation of a mark; its id depends on the source, the quote and the note alone."""
    passage = None
    if mark.quote is not None and source.text is not None:
        start = source.text.index(mark.quote)
        passage = Passage(
            capture=make_stamp(CAPTURED_AT),
            start=start,
            end=start + len(mark.quote),
            exact=mark.quote,
        )
    return new_annotation(
        annotation_id=f"urn:uuid:{annotation_id(source.key, mark)}",
        source=str(source.data.get("URL") or f"urn:citekit:item:{source.key}"),
        created=CAPTURED_AT,
        passage=passage,
        captured_at=CAPTURED_AT,
        note=mark.note,
        tags=mark.tags,
        entities=mark.entities,
    )


def annotation_id(key: str, mark: Mark) -> str:
    """The short id that a mark's annotation gets."""
    return str(uuid.uuid5(_NAMESPACE, f"{key}\n{mark.quote}\n{mark.note}"))


def text_map(text: str) -> TextMap:
    """The shape of a text whose paragraphs stand between blank lines."""
    ranges, start = [], 0
    for part in text.rstrip("\n").split("\n\n"):
        ranges.append((start, start + len(part)))
        start += len(part) + 2
    return TextMap(characters=len(text), words=len(text.split()), paragraphs=tuple(ranges))


def _capture(source: Source) -> tuple[dict[str, Capture], dict[str, bytes]]:
    if source.text is None:
        return {}, {}
    content = source.text.encode()
    digest = digest_bytes(content)
    payload = Payload(
        digest=digest, size_bytes=len(content), media_type="text/plain", map=text_map(source.text)
    )
    capture = Capture(
        captured_at=CAPTURED_AT,
        source=CaptureSource(
            fact="declared",
            url=source.data.get("URL"),
            file=f"{source.key}.txt",
            declared_by="a test",
        ),
        tool=Tool(name="citekit", version="test"),
        payloads={"text": payload},
    )
    return {make_stamp(CAPTURED_AT): capture}, {digest: content}


ENTITIES: Final = (
    Entity(
        id="ada-quill",
        kind="person",
        name="Ada Quill",
        names=("A. Quill",),
        description="Mayor of Lanternfish",
        authorities={"wikidata": "Q42", "viaf": "113230702"},
    ),
    Entity(id="lanternfish", kind="place", name="Lanternfish", description="A harbour town"),
    Entity(id="port-office", kind="organization", name="Port office", place="lanternfish"),
    Entity(
        id="grounding-2024",
        kind="occurrence",
        name="Three ferries run aground",
        date="2024-02-28",
        place="lanternfish",
    ),
)
_WOUNDED: Final = Mark(
    quote="forty passengers",
    note="The *mayor's* figure; the office has another.",
    tags=("figures",),
)
_OFFICE: Final = Mark(quote="thirty-one passengers", note="Counted at the quay.", tags=("figures",))
SOURCES: Final = (
    Source(
        key="harbour2024",
        data={
            "title": "Harbour closed after three ferries run aground",
            "container-title": "The Lanternfish Courier",
            "issued": {"date-parts": [[2024, 2, 29]]},
            "URL": "https://courier.example/2024/02/29/harbour-closed",
            "language": "en",
        },
        text=HARBOUR_TEXT,
        marks=(
            Mark(
                quote="three ferries ran aground",
                note="How it began.",
                entities=("grounding-2024",),
            ),
            Mark(quote="Mayor Ada Quill", entities=("ada-quill",)),
            _WOUNDED,
            Mark(quote="carried ashore by fishermen", note="Overlaps nothing."),
            _OFFICE,
            Mark(quote="port office", entities=("port-office",)),
            Mark(note="The report names no author.", tags=("provenance",)),
        ),
        note=(
            "The Courier's report in three steps: the closing ({ck:passage}`harbour2024#p1`), the "
            "mayor's figure ({ck:passage}`harbour2024#p2`), the office's count.\n\nSee "
            "{ck:claim}`passengers` and {cite:t}`lantern2024`.\n"
        ),
        aliases=("ferries2024",),
        evidence={
            "title": (
                {
                    "value": "Harbour closed after three ferries run aground",
                    "origin": "plain-text",
                    "rule": "headline",
                    "place": {"payload": "original", "line": 3, "start": 20, "end": 66},
                    "confidence": 0.9,
                    "chosen": True,
                },
            ),
            "caption": (
                {
                    "value": None,
                    "origin": "plain-text",
                    "rule": "caption",
                    "place": {"payload": "original", "line": 7, "start": 90, "end": 140},
                    "confidence": 0.8,
                    "chosen": True,
                },
            ),
        },
    ),
    Source(
        key="lantern2024",
        data={
            "title": "Three days in Lanternfish: a chronology",
            "author": [{"literal": "Harbour Archive"}],
            "publisher": "Harbour Archive",
            "issued": {"date-parts": [[2024, 3, 2]]},
            "URL": "https://archive.example/lanternfish",
            "language": "en",
            "rights": "CC BY 4.0",
        },
        access="public",
        text=LANTERN_TEXT,
        marks=(
            Mark(
                quote="three ferries ran aground. Reports differ", note="Wide.", tags=("overlap",)
            ),
            Mark(quote="ran aground", note="Narrow, inside the wide one."),
            Mark(quote="aground. Reports differ on how many people", note="Crosses both."),
            Mark(quote="Lanternfish", entities=("lanternfish",)),
        ),
    ),
    Source(
        key="tide2023",
        data={
            "title": "Sandbank grows at the harbour mouth",
            "author": [
                {"family": "Moreau", "given": "Lucía"},
                {"family": "Okoye", "given": "Chidi"},
            ],
            "container-title": "Tide Tables Weekly",
            "issued": {"date-parts": [[2023, 11]]},
            "URL": "https://tide.example/sandbank",
        },
    ),
)


def _claim() -> Claim:
    harbour = SOURCES[0]
    return Claim(
        id="passengers",
        question="How many passengers were carried ashore?",
        statement="Forty passengers were carried ashore.",
        note="Two figures stand in the same report.",
        entities=("lanternfish",),
        evidence=(
            ClaimEvidence(
                item=harbour.key,
                stance="supports",
                says="forty",
                annotation=f"urn:uuid:{annotation_id(harbour.key, _WOUNDED)}",
            ),
            ClaimEvidence(
                item=harbour.key,
                stance="disputes",
                says="thirty-one",
                annotation=f"urn:uuid:{annotation_id(harbour.key, _OFFICE)}",
            ),
            ClaimEvidence(item="lantern2024", stance="mentions", says="reports differ"),
        ),
    )
