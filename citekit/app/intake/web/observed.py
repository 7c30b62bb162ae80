"""What citekit saw of a visit, as capture records and items say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from citekit.app.intake.describe import cited_for
from citekit.capture.exchange import Exchange
from citekit.findings import Finding
from citekit.model.capture import Payload, Source
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.extract import Extraction


class Visited(Value):
    """A page that citekit visited: how it answered, the record of it, what is worth knowing.

    ``name`` is what the file at the address is called, ``record_data`` are the bytes of the payload
    ``record``. Of a visit of somebody else's, ``recorded_in`` is the file that tells of it.
    """

    exchange: Exchange
    record: Payload
    record_data: bytes
    name: str | None = None
    recorded_in: str | None = None
    findings: tuple[Finding, ...] = ()


def seen(visited: Visited) -> dict[str, Any]:
    """The fields of a capture record that say what was seen, by us or by who recorded it."""
    fields = observed(visited.exchange)
    if visited.recorded_in is not None:
        fields["source"] = Source(
            fact="declared",
            url=visited.exchange.url,
            file=visited.recorded_in,
            declared_by="file",
            declared_at=visited.exchange.hops[0].at.replace(microsecond=0),
        )
    return fields


def observed(exchange: Exchange) -> dict[str, Any]:
    """The fields of a capture record that say what was seen."""
    return {
        "source": Source(fact="observed", url=exchange.url),
        "final_url": exchange.final_url,
        "redirects": exchange.redirects,
        "status": exchange.status,
        "headers": exchange.headers,
        "address": exchange.address,
        "certificate": exchange.certificate,
        "completeness": {"scrubbed": list(exchange.scrubbed)} if exchange.scrubbed else {},
    }


def cited_address(exchange: Exchange, extraction: Extraction) -> str:
    """Under which address a page that was visited is cited.

    The one that the page itself calls its own (``canonical``), if it is of the same site and names
    a page; else the one that answered.
    """
    own = extraction.source_url
    original = cited_for(exchange.final_url)
    if original not in {None, exchange.final_url}:
        return str(original)  # what answered is a copy in an archive
    if own is None:
        return exchange.final_url
    here, there = urlsplit(exchange.final_url), urlsplit(own)
    is_same_site = _site(here.hostname) == _site(there.hostname)
    names_page = bool(there.path.strip("/") or there.query) or not here.path.strip("/")
    return own if is_same_site and names_page else exchange.final_url


def _site(host: str | None) -> str:
    return (host or "").removeprefix("www.").removeprefix("m.").removeprefix("amp.")
