"""What may become the name of a file: ids of entities and claims, stamps of captures.

Checked before any path is built of them. Patterns are compiled when they are first used, since
every command imports this.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache

from citekit.errors import InvalidData

_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in "0123456789¹²³")]
)
_ID = r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?"
_STAMP = r"\d{8}T\d{6}Z(?:-[1-9]\d*)?"


def is_reserved(name: str) -> bool:
    """Whether Windows has a device of that name, or the site a page: ``items/index.html``.

    >>> is_reserved("nul"), is_reserved("con.2023"), is_reserved("Index"), is_reserved("index2023")
    (True, True, True, False)
    """
    return name.split(".", 1)[0].casefold() in _RESERVED or name.casefold() == "index"


def check_slug(identifier: str, what: str) -> str:
    """An id of an entity or a claim, if it can name a file; raises InvalidData."""
    if is_reserved(identifier):
        hint = f"choose another, for example the-{identifier}"
        raise InvalidData(f"cannot be the id of {what}: {identifier!r} is reserved", hint=hint)
    if not re.fullmatch(_ID, identifier):
        raise InvalidData(
            f"cannot be the id of {what}: {identifier!r}",
            hint="use lower-case letters, digits and hyphens, for example sultan-murat-barracks",
        )
    return identifier


def slug(text: str) -> str:
    """An id for an entity or a claim: lower-case ASCII words with hyphens, at most 60 characters.

    >>> slug("Sultan Murat Barracks")
    'sultan-murat-barracks'
    """
    words = re.findall(r"[a-z0-9]+", romanised(text.replace("'", "").replace("’", "")).lower())
    joined = ""
    for word in words:
        if len(joined) + len(word) > 60:
            break
        joined += f"-{word}" if joined else word
    return f"the-{joined}" if is_reserved(joined) else joined or "x"


def romanised(text: str) -> str:
    """The text in ASCII; other scripts as they are spelled in Latin letters."""
    from anyascii import anyascii  # loads tables: only when a key or an id is made

    return str(anyascii(text))


def make_stamp(instant: datetime, taken: frozenset[str] = frozenset()) -> str:
    """The name of a capture made at ``instant``; ``-2``, ``-3`` … when the second is taken.

    >>> make_stamp(datetime(2026, 11, 22, 14, 15, tzinfo=UTC))
    '20261122T141500Z'
    """
    stamp = instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    number = 2
    while stamp in taken:
        stamp = f"{stamp.split('-')[0]}-{number}"
        number += 1
    return stamp


def is_stamp(text: str) -> bool:
    """Whether the text can name a capture."""
    return _stamp().fullmatch(text) is not None


@cache
def _stamp() -> re.Pattern[str]:
    return re.compile(_STAMP)


def stamp_order(stamp: str) -> tuple[str, int]:
    """The order of captures in time: ``…Z``, ``…Z-2``, … ``…Z-10``."""
    second, _, number = stamp.partition("-")
    return second, int(number or 1)
