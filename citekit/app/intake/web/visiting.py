"""What an address answers, as something to archive: the page, its record, and what was seen.

An answer that is no page – not found, forbidden, broken – is refused, unless it is to be kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from citekit.app.intake.web.observed import Visited
from citekit.capture.visitor import Visitor
from citekit.capture.warc import MEDIA_TYPE, write_warc
from citekit.errors import CaptureFailed
from citekit.findings import Finding, Severity
from citekit.integrity.digest import digest_bytes
from citekit.model.capture import Payload

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.capture.exchange import Exchange

_TOKEN_NAME: Final = re.compile(
    r"(?i)(?:^|[_.-])(?:token|sig(?:nature)?|key|apikey|auth|session(?:id)?|sid|password|passwd|pwd"
    r"|secret|code|jwt|x-amz-signature|x-goog-signature)$"
)


def visit(url: str, visitor: Visitor | None, *, max_size_bytes: int, keep: bool = False) -> Visited:
    """What an address answers, if that is a page, or is to be kept whatever it is.

    Raises CaptureFailed otherwise, and as ``Visitor.visit``.
    """
    visitor = visitor or Visitor()
    exchange = visitor.visit(url, size_bytes=max_size_bytes)
    if not exchange.body:
        raise CaptureFailed(f"{url} answers {exchange.status} without a page")
    if exchange.status != 200 and not keep:
        raise CaptureFailed(
            f"{url} answers {exchange.status}: that is not the page",
            hint="--keep archives the answer as it is; a copy may be in a web archive",
        )
    return as_visited(exchange)


def as_visited(exchange: Exchange, *, recorded_in: str | None = None) -> Visited:
    """An exchange with its record; ``recorded_in`` is a file of somebody else that tells of it."""
    data = write_warc(exchange.hops, exchange.hops[0].at)
    return Visited(
        exchange=exchange,
        record=Payload(digest=digest_bytes(data), size_bytes=len(data), media_type=MEDIA_TYPE),
        record_data=data,
        name=name_of(exchange.final_url),
        recorded_in=recorded_in,
        findings=tuple(told_of_secrets(exchange)),
    )


def name_of(url: str) -> str | None:
    """What the file at an address is called: a hint what it may be.

    >>> name_of("https://paper.example/2024/storm.pdf?page=2"), name_of("https://paper.example/")
    ('storm.pdf', None)
    """
    return unquote(urlsplit(url).path).rpartition("/")[2] or None


def told_of_secrets(exchange: Exchange) -> Iterator[Finding]:
    """A warning for each address that may open something to whoever reads it in the archive."""
    for url in dict.fromkeys([exchange.url, *exchange.redirects]):
        names = [n for n, v in parse_qsl(urlsplit(url).query) if v and _TOKEN_NAME.search(n)]
        if names:
            yield Finding(
                code="CK-W150",
                severity=Severity.WARNING,
                message=f"the address {url[:200]} may hold a secret: {', '.join(names)}",
                hint="capture records keep addresses as they are: keep the item --access private, "
                "or archive an address without it",
            )
