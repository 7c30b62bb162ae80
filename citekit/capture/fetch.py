"""Fetching one address over plain HTTP(S), within limits that no server can stretch.

Every hop of a redirect is looked up and judged anew (``safety``). Nothing is sent along: no
cookies, no credentials, no proxy of the environment.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urldefrag, urljoin

from citekit.capture.safety import Target, connect, resolve, split_url
from citekit.errors import CaptureFailed, UsageError
from citekit.integrity.digest import digest_bytes
from citekit.model.value import Value, replace
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_REDIRECTS: Final = frozenset([301, 302, 303, 307, 308])
_SECRET: Final = ("cookie", "authorization", "token", "secret", "session", "csrf", "xsrf")
_PIECE_BYTES: Final = 1 << 16


class Limits(Value):
    """What one fetch may cost in all, redirects included; seconds and bytes."""

    total_s: float = 60.0
    size_bytes: int = 100 * 10**6
    redirects: int = 10


class Exchange(Value):
    """What was asked and what came back. ``scrubbed`` are names of headers that were left out."""

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    address: str
    redirects: tuple[str, ...] = ()
    scrubbed: tuple[str, ...] = ()
    certificate: str | None = None

    @property
    def media_type(self) -> str:
        """The type that the server gave, without its parameters."""
        value = next((v for n, v in self.headers if n.lower() == "content-type"), "")
        return value.partition(";")[0].strip().lower()


class _Clock(Value):
    """The time that is left for everything."""

    ends_at: float

    def left(self) -> float:
        """Seconds; raises CaptureFailed when there are none."""
        seconds = self.ends_at - time.monotonic()
        if seconds <= 0:
            raise CaptureFailed("took too long", hint="try again, or save the page in a browser")
        return seconds


def fetch(url: str, *, limits: Limits | None = None, allow_private: bool = False) -> Exchange:
    """The answer to a GET of an address, after its redirects; any status is an answer.

    Raises UsageError for what is no http(s) address, CaptureFailed for no answer, a private
    address anywhere on the way, or one that is too large, too slow or redirected too often.
    """
    limits = limits or Limits()
    clock = _Clock(ends_at=time.monotonic() + limits.total_s)
    here = urldefrag(url).url
    passed: list[str] = []
    while True:
        try:
            exchange = _get(here, limits, clock, allow_private=allow_private)
        except UsageError as error:
            if not passed:
                raise
            raise CaptureFailed(f"{passed[-1]} leads to {error.message}") from error
        except CaptureFailed as error:
            raise CaptureFailed(f"{here}: {error.message}", hint=error.hint) from error
        location = next((v for n, v in exchange.headers if n.lower() == "location"), None)
        if exchange.status not in _REDIRECTS or not location:
            return _told(exchange, url, passed)
        passed.append(here)
        here = urldefrag(urljoin(here, location)).url
        if here in passed or len(passed) > limits.redirects:
            raise CaptureFailed(f"{url} is redirected in circles or too often: {here[:200]}")


def _told(exchange: Exchange, url: str, passed: list[str]) -> Exchange:
    """The exchange as asked for: with what was on the way, without secrets."""
    kept = tuple((n, v) for n, v in exchange.headers if not _is_secret(n))
    scrubbed = {n.lower() for n, _ in exchange.headers if _is_secret(n)}
    return replace(
        exchange,
        url=url,
        headers=kept,
        redirects=(*passed[1:], exchange.final_url) if passed else (),
        scrubbed=tuple(sorted(scrubbed)),
    )


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET)


def _get(url: str, limits: Limits, clock: _Clock, *, allow_private: bool) -> Exchange:
    """One request to one judged address; raises CaptureFailed or UsageError."""
    target = split_url(url)
    addresses = resolve(target, allow_private=allow_private)
    try:
        with _connected(target, addresses, clock) as (connection, address):
            certificate = _certificate(connection.sock)  # http.client may drop the socket early
            connection.request("GET", target.path, headers=_headers(target))
            answer = connection.getresponse()
            is_final = answer.status not in _REDIRECTS
            body = _read_body(answer, limits.size_bytes, clock) if is_final else b""
            return Exchange(
                url=url,
                final_url=url,
                status=answer.status,
                headers=tuple(answer.getheaders()),
                body=body,
                address=address,
                certificate=certificate,
            )
    except ssl.SSLCertVerificationError as error:
        raise CaptureFailed(
            f"the certificate of {target.host} is refused: {error.verify_message}",
            hint="open the address in a browser; look at this machine's clock",
        ) from error
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        clock.left()
        reason = str(error) or type(error).__name__
        raise CaptureFailed(f"no answer: {reason}", hint="try again later") from error


@contextmanager
def _connected(
    target: Target, addresses: tuple[str, ...], clock: _Clock
) -> Iterator[tuple[http.client.HTTPConnection, str]]:
    """A connection to the first address that answers; cut when the time is over, come what may."""
    connection = http.client.HTTPConnection(target.host, target.port)
    sock, address = _first(target, addresses, clock)
    connection.sock = sock
    watch = threading.Timer(clock.left(), _cut, [sock])
    watch.daemon = True
    watch.start()
    try:
        yield connection, address
    finally:
        watch.cancel()
        connection.close()
        sock.close()


def _first(target: Target, addresses: tuple[str, ...], clock: _Clock) -> tuple[socket.socket, str]:
    problem: OSError | None = None
    for address in addresses:
        try:
            return connect(target, address, timeout_s=clock.left()), address
        except OSError as error:
            problem = error
    raise problem or OSError("no address")


def _cut(sock: socket.socket) -> None:
    """End a connection whose other end may dribble for ever."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _headers(target: Target) -> Mapping[str, str]:
    return {
        "Host": target.host_header,
        "User-Agent": f"citekit/{__version__}",
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _read_body(answer: http.client.HTTPResponse, most: int, clock: _Clock) -> bytes:
    """The body, decoded and whole; raises CaptureFailed when it is too large or cut off."""
    inflate = _decoder(answer.getheader("Content-Encoding", ""))
    expected = answer.length  # None where the server did not say, or sends chunks
    pieces: list[bytes] = []
    received = size = 0
    while expected is None or received < expected:
        left = _PIECE_BYTES if expected is None else min(_PIECE_BYTES, expected - received)
        piece = answer.read1(left)
        clock.left()
        if not piece:
            break
        received += len(piece)
        while piece:
            plain = inflate.decompress(piece, _PIECE_BYTES) if inflate else piece
            piece = inflate.unconsumed_tail if inflate else b""
            pieces.append(plain)
            size += len(plain)
            if size > most:
                raise CaptureFailed(f"the answer is larger than {most} bytes")
    if (expected or 0) > received or (inflate and received and not inflate.eof):
        raise CaptureFailed("the answer was cut off", hint="try again")
    return b"".join(pieces)


def _decoder(encoding: str) -> zlib._Decompress | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(zlib.MAX_WBITS | 16)
        case "deflate":
            return zlib.decompressobj()
        case other:
            raise CaptureFailed(f"the answer is encoded as {other[:40]!r}, which was not asked for")


def _certificate(sock: socket.socket | None) -> str | None:
    """The digest of the server's certificate (DER)."""
    if isinstance(sock, ssl.SSLSocket):
        der = sock.getpeercert(binary_form=True)
        return digest_bytes(der) if der else None
    return None
