"""What passed between citekit and a server, as values; and which of it is a secret."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECRET: Final = ("cookie", "authorization", "token", "secret", "session", "csrf", "xsrf")


class Limits(Value):
    """What one fetch may cost in all, redirects included; seconds and bytes."""

    total_s: float = 60.0
    silence_s: float = 20.0
    size_bytes: int = 100 * 10**6
    ratio: int = 500
    redirects: int = 10


class Tls(Value):
    """What a connection was secured with, and the server's certificate (DER)."""

    version: str
    cipher: str
    certificate: bytes


class Hop(Value):
    """One request and its answer, byte for byte as they passed.

    ``is_cut`` says that the answer was not read to its end.
    """

    url: str
    address: str
    at: datetime
    seconds: float
    request: bytes
    response: bytes
    is_cut: bool = False
    tls: Tls | None = None


class Exchange(Value):
    """What was asked and what came back.

    ``scrubbed`` are names of headers that were left out; in ``hops`` they still are.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    address: str
    redirects: tuple[str, ...] = ()
    scrubbed: tuple[str, ...] = ()
    certificate: str | None = None
    hops: tuple[Hop, ...] = ()

    @property
    def content_type(self) -> str:
        """What the server called it, with parameters."""
        return next((v for n, v in self.headers if n.lower() == "content-type"), "")

    @property
    def media_type(self) -> str:
        """The type that the server gave, without its parameters."""
        return self.content_type.partition(";")[0].strip().lower()


def is_secret(name: str) -> bool:
    """Whether the value of a header of this name may open something to whoever reads it."""
    return any(word in name.lower() for word in _SECRET)


def told(exchange: Exchange, url: str, passed: Sequence[str] = ()) -> Exchange:
    """The exchange as asked for: with what was on the way, without secrets."""
    kept = tuple((n, v) for n, v in exchange.headers if not is_secret(n))
    scrubbed = {n.lower() for n, _ in exchange.headers if is_secret(n)}
    return replace(
        exchange,
        url=url,
        headers=kept,
        redirects=(*passed[1:], exchange.final_url) if passed else (),
        scrubbed=tuple(sorted(scrubbed)),
    )
