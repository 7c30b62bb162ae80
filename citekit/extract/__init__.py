"""Bytes of an article in; its text and its metadata with evidence out; pure.

`extract` reads any document; `read_document` only says what it is and decodes it.
"""

from citekit.extract.documents.document import Document, read_document
from citekit.extract.extraction import extract
from citekit.extract.shared.evidence import Caption, Evidence, Extraction, Passage
from citekit.extract.shared.publishers import Publisher, known_publishers, read_publishers

__all__ = [
    "Caption",
    "Document",
    "Evidence",
    "Extraction",
    "Passage",
    "Publisher",
    "extract",
    "known_publishers",
    "read_document",
    "read_publishers",
]
