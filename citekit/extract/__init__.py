"""Bytes of an article in; its text and its metadata with evidence out; pure.

`extract` reads any document; `kind_of` only says what it is, `read_document` decodes it too. Rooms:
``documents`` tells what the bytes are and reads Markdown, saved archives and PDF, ``pages`` reads
HTML, ``dumps`` plain text; ``shared`` has what pages and dumps both ask, so that neither needs the
other: words, dates, names, bylines, datelines, credits, noise, publishers, evidence.

Every text is hostile. A pattern is linear, or meets text of a bounded length: no two repetitions
side by side can share characters, or the first gives nothing back. What a document holds raises
nothing.
"""

from citekit.extract.documents.document import Document, kind_of, read_document
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
    "kind_of",
    "known_publishers",
    "read_document",
    "read_publishers",
]
