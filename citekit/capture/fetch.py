"""Fetching one address over plain HTTP(S), within limits that no server can stretch.

Every hop of a redirect is looked up and judged anew (``safety``). Nothing is sent along: no
cookies, no credentials, no proxy of the environment. Each hop is kept byte for byte.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urldefrag, urljoin

from citekit.capture.content_coding import ACCEPTED, coding
from citekit.capture.safety import Target, connect, resolve, split_url
from citekit.capture.tap import Tap
from citekit.errors import CaptureFailed, UsageError
from citekit.integrity.digest import digest_bytes
from citekit.model.value import Value, replace
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_REDIRECTS: Final = frozenset([301, 302, 303, 307, 308])
_SECRET: Final = ("cookie", "authorization", "token", "secret", "session", "csrf", "xsrf")
_PIECE_BYTES: Final = 1 << 16
_REDIRECT_BYTES: Final = 1 << 20
"""So much of a redirect's own body is kept: nobody reads it."""
_SMALL_BYTES: Final = 10 * 10**6
"""Below this an answer may have been packed as tightly as can be."""


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


class _Clock(Value):
    """The time that is left for everything."""

    ends_at: float

    def left(self) -> float:
        """Seconds; raises CaptureFailed when there are none."""
        seconds = self.ends_at - time.monotonic()
        if seconds <= 0:
            raise CaptureFailed("took too long", hint="try again, or save the page in a browser")
        return seconds

    def beside(self, wait: Callable[[], None]) -> _Clock:
        """The clock after something that takes none of its time."""
        begin = time.monotonic()
        wait()
        return replace(self, ends_at=self.ends_at + time.monotonic() - begin)


def fetch(
    url: str,
    *,
    limits: Limits | None = None,
    allow_private: bool = False,
    before: Callable[[str], None] | None = None,
) -> Exchange:
    """The answer to a GET of an address, after its redirects; any status is an answer.

    ``before`` is called with the address of each hop; it may raise, and its time counts apart.

    Raises UsageError for what is no http(s) address, CaptureFailed for no answer, a private
    address anywhere on the way, or one that is too large, too slow or redirected too often.
    """
    limits = limits or Limits()
    clock = _Clock(ends_at=time.monotonic() + limits.total_s)
    here = urldefrag(url).url
    passed: list[str] = []
    hops: list[Hop] = []
    while True:
        if before is not None:
            clock = clock.beside(partial(before, here))
        try:
            exchange = _get(here, limits, clock, allow_private=allow_private)
        except UsageError as error:
            if not passed:
                raise
            raise CaptureFailed(f"{passed[-1]} leads to {error.message}") from error
        except CaptureFailed as error:
            raise CaptureFailed(f"{here}: {error.message}", hint=error.hint) from error
        hops += exchange.hops
        location = next((v for n, v in exchange.headers if n.lower() == "location"), None)
        if exchange.status not in _REDIRECTS or not location:
            return _told(replace(exchange, hops=tuple(hops)), url, passed)
        passed.append(here)
        here = urldefrag(urljoin(here, location)).url
        if here in passed or len(passed) > limits.redirects:
            raise CaptureFailed(f"{url} is redirected in circles or too often: {here[:200]}")


def _told(exchange: Exchange, url: str, passed: list[str]) -> Exchange:
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


def is_secret(name: str) -> bool:
    """Whether the value of a header of this name may open something to whoever reads it."""
    return any(word in name.lower() for word in _SECRET)


def _get(url: str, limits: Limits, clock: _Clock, *, allow_private: bool) -> Exchange:
    """One request to one judged address; raises CaptureFailed or UsageError."""
    target = split_url(url)
    addresses = resolve(target, allow_private=allow_private)
    try:
        with _connected(target, addresses, limits, clock) as (connection, tap, address):
            at, begin, tls = datetime.now(UTC), time.monotonic(), _tls(tap.sock)
            connection.request("GET", target.path, headers=_headers(target))
            answer = connection.getresponse()
            is_final = answer.status not in _REDIRECTS
            body, is_cut = _read_body(answer, limits, clock) if is_final else _skim(answer)
            hop = Hop(
                url=url,
                address=address,
                at=at,
                seconds=time.monotonic() - begin,
                request=bytes(tap.sent),
                response=bytes(tap.received),
                is_cut=is_cut,
                tls=tls,
            )
            return Exchange(
                url=url,
                final_url=url,
                status=answer.status,
                headers=tuple(answer.getheaders()),
                body=body,
                address=address,
                certificate=digest_bytes(tls.certificate) if tls else None,
                hops=(hop,),
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
    target: Target, addresses: tuple[str, ...], limits: Limits, clock: _Clock
) -> Iterator[tuple[http.client.HTTPConnection, Tap, str]]:
    """A connection to the first address that answers; cut when the time is over, come what may."""
    connection = http.client.HTTPConnection(target.host, target.port)
    sock, address = _first(target, addresses, clock)
    sock.settimeout(min(limits.silence_s, clock.left()))
    tap = Tap(sock)
    connection.sock = tap  # all of a socket that http.client uses
    watch = threading.Timer(clock.left(), _cut, [sock])
    watch.daemon = True
    watch.start()
    try:
        yield connection, tap, address
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
        "Accept-Encoding": ACCEPTED,
        "Connection": "close",
    }


def _read_body(
    answer: http.client.HTTPResponse, limits: Limits, clock: _Clock
) -> tuple[bytes, bool]:
    """The body, decoded and whole; raises CaptureFailed when it is too large or cut off."""
    undo = coding(answer.getheader("Content-Encoding", ""))
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
        for plain in undo.plain(piece):
            pieces.append(plain)
            size += len(plain)
            _check_size(size, received, limits)
    if (expected or 0) > received or (received and not undo.is_whole):
        raise CaptureFailed("the answer was cut off", hint="try again")
    return b"".join(pieces), False


def _check_size(size: int, received: int, limits: Limits) -> None:
    if size > limits.size_bytes:
        raise CaptureFailed(f"the answer is larger than {limits.size_bytes} bytes")
    if size > _SMALL_BYTES and size > received * limits.ratio:
        raise CaptureFailed(
            f"the answer unpacks to more than {limits.ratio} times its size", hint="no page does"
        )


def _skim(answer: http.client.HTTPResponse) -> tuple[bytes, bool]:
    """Read the body of a redirect for the record alone; whether something of it is not there."""
    received = 0
    while received < _REDIRECT_BYTES:
        try:
            piece = answer.read1(_PIECE_BYTES)
        except (OSError, http.client.HTTPException):
            return b"", True
        if not piece:
            return b"", bool(answer.length)
        received += len(piece)
    return b"", True


def _tls(sock: socket.socket) -> Tls | None:
    """What the connection was secured with."""
    der = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
    if der is None or not isinstance(sock, ssl.SSLSocket):
        return None
    cipher = sock.cipher()
    return Tls(version=sock.version() or "", cipher=cipher[0] if cipher else "", certificate=der)
