"""``capture``: ask the addresses of items again, and keep what they answer as new captures."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from citekit.app.intake.add import add, last_capture
from citekit.errors import NotFound, UsageError
from citekit.findings import Finding
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.capture.visitor import Visitor
    from citekit.model.capture import Capture
    from citekit.store.archive import ArchiveStore
    from citekit.store.reading import ArchiveReader

_UNITS: Final = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


class Recaptured(Value):
    """A new capture of an item, and whether the page says something else than the one before.

    ``is_changed`` is None for a first capture.
    """

    key: str
    capture: str
    is_changed: bool | None
    findings: tuple[Finding, ...] = ()


def recapture(
    store: ArchiveStore,
    key: str,
    *,
    visitor: Visitor | None = None,
    keep: bool = False,
    now: datetime | None = None,
) -> Recaptured:
    """Ask an item's address, and make a new capture of the item from the answer.

    The item's record stays. Raises NotFound for an unknown key or an item without an address,
    CaptureFailed where there is no page, StoreConflict where the clock went back.
    """
    key = store.resolve(key)
    before = last_capture(store, key)
    added = add(store, address_to_ask(store, key), to=key, visitor=visitor, keep=keep, now=now)
    made = store.captures(key)[added.capture or ""]
    return Recaptured(
        key=key,
        capture=added.capture or "",
        is_changed=_says(before) != _says(made) if before else None,
        findings=added.findings,
    )


def address_to_ask(store: ArchiveReader, key: str) -> str:
    """Where an item's page is asked for: its last capture's address, else the record's.

    Raises NotFound where there is none.
    """
    last = last_capture(store, key)
    url = (last.source.url if last else None) or store.item(key).text("URL")
    if not url:
        hint = f"citekit set {key} URL=…, or: citekit add FILE --to {key}"
        raise NotFound(f"{key} has no address to ask", hint=hint)
    return url


def keys_to_capture(
    store: ArchiveReader,
    *,
    missing: bool = False,
    older_than: timedelta | None = None,
    now: datetime,
) -> Iterator[str]:
    """Items with an address, the oldest capture first: all, or those that have no capture.

    ``older_than`` leaves out what has a younger capture; private and withdrawn items are left out.
    """
    open_to_all = store.for_others().keys()
    last_at = {key: _last_at(store, key) for key in open_to_all if _has_address(store, key)}
    never = datetime.min.replace(tzinfo=UTC)
    for key, at in sorted(last_at.items(), key=lambda pair: (pair[1] or never, pair[0])):
        is_old = at is not None and (older_than is None or now - at >= older_than)
        if at is None or (is_old and not missing):
            yield key


def read_age(text: str) -> timedelta:
    """How long ``30d`` is, or ``12h``, ``2w``, ``6m``, ``1y``; raises UsageError.

    >>> read_age("2w")
    datetime.timedelta(days=14)
    """
    match = re.fullmatch(r"(\d{1,4})([hdwmy])", text.strip().lower())
    if match is None:
        raise UsageError(f"is no age: {text!r}", hint="for example 12h, 30d, 2w, 6m or 1y")
    return timedelta(hours=int(match[1]) * _UNITS[match[2]])


def _last_at(store: ArchiveReader, key: str) -> datetime | None:
    last = last_capture(store, key)
    return last.captured_at if last else None


def _has_address(store: ArchiveReader, key: str) -> bool:
    try:
        return bool(address_to_ask(store, key))
    except NotFound:
        return False


def _says(capture: Capture) -> str:
    """What a page says, as far as two captures can be compared: its text, else its bytes."""
    payloads = capture.payloads
    said: Sequence[str] = [
        payloads[role].digest for role in ("text", "original") if role in payloads
    ]
    return next(iter(said), "")
