"""Parts of archives for tests of the store: an item, a capture with its bytes, an annotation.

``builders.py`` makes whole archives to look at; here every part is small and made on its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from citekit.integrity.digest import digest_bytes
from citekit.model import value
from citekit.model.annotation import Annotation, Passage, new_annotation
from citekit.model.capture import Capture, Payload, Source, TextMap, Tool
from citekit.model.identifiers import make_stamp
from citekit.model.item import Access, Item
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from citekit.store.writing.writer import Writer

WHEN = datetime(2026, 11, 22, 14, 15, tzinfo=UTC)


class BuiltCapture(Value):
    """A capture record under its stamp, with the bytes of its payloads by digest."""

    stamp: str
    record: Capture
    payloads: Mapping[str, bytes]


def build_item(key: str, *, access: Access = "restricted", **variables: Any) -> Item:  # noqa: ANN401  # any JSON
    """An item with this key; underscores in the names of variables stand for hyphens."""
    base = {"id": key, "type": "article-newspaper", "title": f"The title of {key}"}
    item = Item.from_json(base).with_data(**variables)
    return item.with_facts(value.replace(item.facts, access=access))


def build_capture(
    *, text: str | None = None, original: bytes | None = None, minutes: int = 0
) -> BuiltCapture:
    """A capture of a file, made ``minutes`` after WHEN, with a text and an original payload."""
    at = WHEN + timedelta(minutes=minutes)
    payloads: dict[str, Payload] = {}
    data: dict[str, bytes] = {}
    if original is not None:
        payloads["original"] = _payload(original, "application/octet-stream")
        data[payloads["original"].digest] = original
    if text is not None:
        shape = TextMap(characters=len(text), words=len(text.split()))
        payloads["text"] = replace(_payload(text.encode(), "text/plain"), map=shape)
        data[payloads["text"].digest] = text.encode()
    record = Capture(
        captured_at=at,
        source=Source(fact="declared", file="article.txt", url="https://news.example/1"),
        tool=Tool(name="citekit", version="0"),
        payloads=payloads,
    )
    return BuiltCapture(stamp=make_stamp(at), record=record, payloads=data)


def add_item(writer: Writer, item: Item, *captures: BuiltCapture) -> None:
    """Add an item with its captures and all their payloads."""
    writer.add_item(
        item,
        captures={capture.stamp: capture.record for capture in captures},
        payloads={digest: data for c in captures for digest, data in c.payloads.items()},
    )


def build_annotation(
    number: int,
    *,
    passage: Passage | None = None,
    note: str = "",
    tags: tuple[str, ...] = (),
    entities: tuple[str, ...] = (),
) -> Annotation:
    """An annotation whose id is made from a number."""
    return new_annotation(
        annotation_id=f"urn:uuid:{number:08x}-0000-4000-8000-000000000000",
        source="https://news.example/1",
        created=WHEN,
        passage=passage,
        note=note,
        tags=tags,
        entities=entities,
    )


def _payload(data: bytes, media_type: str) -> Payload:
    return Payload(digest=digest_bytes(data), size_bytes=len(data), media_type=media_type)
