"""Read a saved web archive (MHTML, RFC 2557): its main page, address and time of saving."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime
from email.errors import MessageError
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from citekit.model.value import Value

if TYPE_CHECKING:
    from email.message import Message

_MOST_PARTS = 5_000
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

    The main page is the part that ``start`` names, else the first HTML part (RFC 2557 §3).
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
    start = str(message.get_param("start") or "").strip("<> ")
    first: Message | None = None
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            break
        if not _has_short_type(part):
            continue
        if part.get_content_type() not in {"text/html", "application/xhtml+xml"}:
            continue
        if start and str(part.get("Content-ID") or "").strip("<> ") == start:
            return part
        first = first or part
    return first


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
