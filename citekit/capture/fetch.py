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

from citekit.capture.body import read_body
from citekit.capture.content_coding import ACCEPTED
from citekit.capture.exchange import Exchange, Hop, Limits, Tls, told
from citekit.capture.safety import Target, connect, resolve, split_url
from citekit.capture.tap import Tap
from citekit.errors import CaptureFailed, UsageError
from citekit.integrity.digest import digest_bytes
from citekit.model.value import Value, replace
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_REDIRECTS: Final = frozenset([301, 302, 303, 307, 308])
_PIECE_BYTES: Final = 1 << 16
_REDIRECT_BYTES: Final = 1 << 20
"""So much of a redirect's own body is kept: nobody reads it."""


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
            return told(replace(exchange, hops=tuple(hops)), url, passed)
        passed.append(here)
        here = urldefrag(urljoin(here, location)).url
        if here in passed or len(passed) > limits.redirects:
            raise CaptureFailed(f"{url} is redirected in circles or too often: {here[:200]}")


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
            body = read_body(answer, limits, clock.left) if is_final else b""
            is_cut = not is_final and _skim(answer)
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


def _skim(answer: http.client.HTTPResponse) -> bool:
    """Read the body of a redirect for the record alone; whether something of it is not there."""
    received = 0
    while received < _REDIRECT_BYTES:
        try:
            piece = answer.read1(_PIECE_BYTES)
        except (OSError, http.client.HTTPException):
            return True
        if not piece:
            return bool(answer.length)
        received += len(piece)
    return True


def _tls(sock: socket.socket) -> Tls | None:
    """What the connection was secured with."""
    der = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
    if der is None or not isinstance(sock, ssl.SSLSocket):
        return None
    cipher = sock.cipher()
    return Tls(version=sock.version() or "", cipher=cipher[0] if cipher else "", certificate=der)
