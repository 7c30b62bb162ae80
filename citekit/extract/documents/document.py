"""Tell what a document is, and decode it: the first step of every extraction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.documents.encoding import Decoded, decode, looks_binary
from citekit.extract.shared.evidence import Kind
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.findings import Finding

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
_BY_SUFFIX = {
    "txt": "text/plain",
    "text": "text/plain",
    "md": "text/markdown",
    "markdown": "text/markdown",
    "html": "text/html",
    "htm": "text/html",
    "xhtml": "application/xhtml+xml",
    "shtml": "text/html",
    "mhtml": "multipart/related",
    "mht": "multipart/related",
    "eml": "message/rfc822",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "json": "application/json",
    "xml": "application/xml",
}
_KINDS: dict[str, Kind] = {
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "multipart/related": "mhtml",
    "message/rfc822": "mhtml",
    "application/pdf": "pdf",
}
# Comments are atomic: one that could go on beyond its end would double the ways at each comment.
_HTML_START = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?(?:(?><!--.*?-->)\s*+)*+"
    rb"<(?:!doctype\s+html|html|head|body)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_MIME_START = re.compile(rb"^(?:[\w-]{2,40}: .{0,2000}?\r?\n){1,30}", re.IGNORECASE)
_FRONT_MATTER = re.compile(
    r"^---[ \t]*\r?\n.{1,20000}?^(?:---|\.\.\.)[ \t]*\r?$",
    re.DOTALL | re.MULTILINE,
)


class Document(Value):
    """A document's type, and its text where it has one."""

    media_type: str
    kind: Kind
    decoded: Decoded | None = None

    @property
    def text(self) -> str | None:
        """The decoded original."""
        return self.decoded.text if self.decoded else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What decoding had to report."""
        return self.decoded.findings if self.decoded else ()


def read_document(
    data: bytes,
    *,
    media_type: str | None = None,
    name: str | None = None,
    encoding: str | None = None,
) -> Document:
    """What the bytes are, and their text if they are text.

    The bytes count most, then the declared media type, then the name's suffix: a PNG called
    ``article.txt`` is a PNG.

    >>> read_document(b"# A title", name="note.md").kind
    'markdown'
    """
    essence, charset = _split_media_type(media_type)
    detected = _detect(data, essence, name)
    kind = _kind(detected)
    if kind in {"pdf", "image", "other", "mhtml"}:
        return Document(media_type=detected, kind=kind)
    return Document(
        media_type=detected,
        kind=kind,
        decoded=decode(data, given=encoding, label=charset),
    )


def kind_of(data: bytes, *, name: str | None = None) -> Kind:
    """The kind of document that ``read_document`` would find, without its text.

    >>> kind_of(b"<!doctype html><title>A</title>", name="note.txt")
    'html'
    """
    return _kind(_detect(data, None, name))


def _detect(data: bytes, essence: str | None, name: str | None) -> str:
    suffix = _BY_SUFFIX.get((name or "").rpartition(".")[2].casefold())
    magic = _by_magic(data)
    if magic:
        return magic
    if looks_binary(data):
        textual = {"text", "html", "markdown", "mhtml"}
        claimed = next((t for t in (essence, suffix) if t and _kind(t) not in textual), None)
        return claimed or "application/octet-stream"
    if _HTML_START.match(data[:6000]):
        return "text/html"
    if _is_mime(data):
        return "multipart/related"
    wide = data[:2000].replace(b"\0", b"")
    if wide != data[:2000] and _HTML_START.match(wide.lstrip(b"\xff\xfe")):
        return "text/html"
    for claimed in (essence, suffix):
        if claimed and _kind(claimed) in {"text", "html", "markdown"}:
            return claimed
        if (
            claimed
            and claimed.startswith(("image/svg", "application/"))
            and _kind(claimed) != "pdf"
        ):
            return claimed
    return _by_content(data)


def _by_magic(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:12] in {b"ftypavif", b"ftypheic", b"ftypmif1"}:
        return "image/avif"
    if b"%PDF-" in data[:1024] and not _HTML_START.match(data[:1024]):
        return "application/pdf"
    for start, media_type in _MAGIC:
        if data.startswith(start) and (start != b"BM" or looks_binary(data)):
            return media_type
    return None


def _by_content(data: bytes) -> str:
    head = data[:8000]
    tags = re.findall(
        rb"</?(?:p|div|span|a|br|article|h1|meta|title|script)\b[^>]{0,300}>",
        head,
        re.IGNORECASE,
    )
    if len(tags) >= 3:
        return "text/html"
    text = head.decode("utf-8", "replace")
    if _FRONT_MATTER.match(text) and re.search(r"^\w[\w-]*\s*:", text, re.MULTILINE):
        return "text/markdown"
    return "text/plain"


def _is_mime(data: bytes) -> bool:
    match = _MIME_START.match(data[:8000])
    head = match[0].lower() if match else b""
    return b"mime-version:" in head or b"content-type: multipart/related" in head


def _kind(media_type: str) -> Kind:
    if media_type in _KINDS:
        return _KINDS[media_type]
    if media_type.startswith("image/"):
        return "image"
    return "text" if media_type.startswith("text/") else "other"


def _split_media_type(media_type: str | None) -> tuple[str | None, str | None]:
    if not media_type:
        return None, None
    essence, *parameters = (part.strip() for part in media_type.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    charset = next(
        (value.strip("\"' ") for key, _, value in pairs if key.strip().lower() == "charset"),
        None,
    )
    return essence.casefold() or None, charset
