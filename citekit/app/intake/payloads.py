"""The payloads of a capture: the bytes as they came, and the text that was read out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.integrity.digest import digest_bytes
from citekit.model.capture import Payload, TextMap
from citekit.model.quotation import count_words

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.app.intake.web.observed import Visited
    from citekit.extract import Extraction


def build_payloads(
    data: bytes, extraction: Extraction, visited: Visited | None = None
) -> tuple[dict[str, Payload], dict[str, bytes | Path]]:
    """Payload records by role, and their bytes by digest; with the record of a visit."""
    original = Payload(
        digest=digest_bytes(data),
        size_bytes=len(data),
        media_type=extraction.media_type,
        encoding=extraction.encoding,
    )
    payloads = {"original": original}
    contents: dict[str, bytes | Path] = {original.digest: data}
    if extraction.text:
        encoded = extraction.text.encode()
        text = Payload(
            digest=digest_bytes(encoded),
            size_bytes=len(encoded),
            media_type="text/plain",
            encoding="utf-8",
            map=map_text(extraction.text),
        )
        payloads["text"] = text
        contents[text.digest] = encoded
    if visited:
        payloads["warc"] = visited.record
        contents[visited.record.digest] = visited.record_data
    return payloads, contents


def map_text(text: str) -> TextMap:
    """The shape of a text payload: paragraphs stand between blank lines."""
    paragraphs: list[tuple[int, int]] = []
    start = 0
    for part in text.split("\n\n"):
        if part:
            paragraphs.append((start, start + len(part)))
        start += len(part) + 2
    return TextMap(characters=len(text), words=count_words(text), paragraphs=tuple(paragraphs))
