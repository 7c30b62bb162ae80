"""Read a saved web archive (MHTML, RFC 2557): its main page, address and time of saving."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.errors import MessageError
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

_MOST_PARTS = 5_000
_MOST_FRAMES = 30
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_LONGEST_TYPE = 10_000  # signs; each question about a type takes its parameters apart anew


class SavedPage(Value):
    """The main page of a saved archive: its bytes, what they are, and what the header declares."""

    data: bytes
    media_type: str
    charset: str | None = None
    url: str | None = None
    saved_at: datetime | None = None


def read_mhtml(data: bytes) -> SavedPage | None:
    """The main page of a saved archive, or None where there is none.

    The main page is the part that ``start`` names (RFC 2557 §3), else the one that has the address
    of the snapshot, else the first that no other shows in a frame.
    """
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        part = _main_part(message)
        body = part.get_payload(decode=True) if part is not None else None
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError):
        return None
    if part is None or not isinstance(body, bytes):
        return None
    charset = part.get_content_charset()
    return SavedPage(
        data=body,
        media_type=part.get_content_type(),
        charset=charset if isinstance(charset, str) else None,
        url=_url(message, part),
        saved_at=_date(message),
    )


def _main_part(message: Message) -> Message | None:
    if not _has_short_type(message):
        return None
    pages = list(_pages(message))
    start = str(message.get_param("start") or "").strip("<> ")
    address = _address(message.get("Snapshot-Content-Location"))
    for page in pages if start else ():
        if _identifier(page) == start:
            return page
    for page in pages if address else ():
        if _address(page.get("Content-Location")) == address:
            return page
    return next(_without_frames(pages), pages[0] if pages else None)


def _pages(message: Message) -> Iterator[Message]:
    """The parts that are pages: the main one and its frames."""
    for part in islice(message.walk(), _MOST_PARTS):
        if _has_short_type(part) and part.get_content_type() in _PAGES:
            yield part


def _without_frames(pages: list[Message]) -> Iterator[Message]:
    """The pages that no other one shows in a frame, by ``cid:`` and its identifier (RFC 2392)."""
    bodies = [page.get_payload(decode=True) for page in pages[:_MOST_FRAMES]]
    for number, page in enumerate(pages[:_MOST_FRAMES]):
        name = f"cid:{_identifier(page)}".encode()
        others = (body for other, body in enumerate(bodies) if other != number)
        if not any(isinstance(body, bytes) and name in body for body in others):
            yield page


def _identifier(part: Message) -> str:
    return str(part.get("Content-ID") or "").strip("<> ")


def _address(header: object) -> str:
    """An address without what is behind ``#``: a header may be folded."""
    return "".join(str(header or "").split()).partition("#")[0]


def _has_short_type(part: Message) -> bool:
    return len(str(part.get("Content-Type") or "")) <= _LONGEST_TYPE


def _url(message: Message, part: Message) -> str | None:
    for header in (message.get("Snapshot-Content-Location"), part.get("Content-Location")):
        address = "".join(str(header or "").split())
        if address.startswith(("http://", "https://")):
            return address
    return None


def _date(message: Message) -> datetime | None:
    """The Date header as an aware instant; a date without a zone (-0000) names none."""
    try:
        found = parsedate_to_datetime(str(message.get("Date")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None
