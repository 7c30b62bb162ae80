"""The body of an answer: decoded within limits, from the network or out of a record."""

from __future__ import annotations

import http.client
import zlib
from io import BufferedReader, BytesIO
from typing import TYPE_CHECKING, Final, cast

from citekit.capture.content_coding import coding
from citekit.capture.exchange import Exchange, Limits, told
from citekit.errors import CaptureFailed

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from citekit.capture.exchange import Hop

_PIECE_BYTES: Final = 1 << 16
_SMALL_BYTES: Final = 10 * 10**6
"""Below this an answer may have been packed as tightly as can be."""


def read_body(
    answer: http.client.HTTPResponse, limits: Limits, check_time: Callable[[], object]
) -> bytes:
    """The body, decoded and whole; raises CaptureFailed when it is too large or cut off.

    ``check_time`` is called with each piece, and raises when there is none left.
    """
    undo = coding(answer.getheader("Content-Encoding", ""))
    expected = answer.length  # None where the server did not say, or sends chunks
    pieces: list[bytes] = []
    received = size = 0
    while expected is None or received < expected:
        left = _PIECE_BYTES if expected is None else min(_PIECE_BYTES, expected - received)
        piece = answer.read1(left)
        check_time()
        if not piece:
            break
        received += len(piece)
        for plain in undo.plain(piece):
            pieces.append(plain)
            size += len(plain)
            _check_size(size, received, limits)
    if (expected or 0) > received or (received and not undo.is_whole):
        raise CaptureFailed("the answer was cut off", hint="try again")
    return b"".join(pieces)


def _check_size(size: int, received: int, limits: Limits) -> None:
    if size > limits.size_bytes:
        raise CaptureFailed(f"the answer is larger than {limits.size_bytes} bytes")
    if size > _SMALL_BYTES and size > received * limits.ratio:
        raise CaptureFailed(
            f"the answer unpacks to more than {limits.ratio} times its size", hint="no page does"
        )


def recorded_exchange(hop: Hop, limits: Limits) -> Exchange:
    """The exchange that a record tells of; raises CaptureFailed for what is no whole answer.

    Programs that record take codings off and leave the headers that name them: a body that is not
    coded as its headers say is taken as it is.
    """
    answer = http.client.HTTPResponse(cast("socket.socket", _Recorded(hop.response)), method="GET")
    try:
        answer.begin()
        headers = tuple(answer.getheaders())
        plain = hop.response.partition(b"\r\n\r\n")[2]
        try:
            body = read_body(answer, limits, lambda: None)
        except (http.client.HTTPException, zlib.error, ValueError):
            body = plain
        except CaptureFailed:
            if len(plain) > limits.size_bytes or hop.is_cut:
                raise
            body = plain
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CaptureFailed(f"the record of {hop.url[:200]} holds no answer") from error
    exchange = Exchange(
        url=hop.url,
        final_url=hop.url,
        status=answer.status,
        headers=headers,
        body=body,
        address=hop.address,
        hops=(hop,),
    )
    return told(exchange, hop.url)


class _Recorded:
    """Stands in for the socket of an answer that was recorded."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> BufferedReader:
        """What ``http.client`` reads the answer from."""
        return BufferedReader(BytesIO(self._data))
