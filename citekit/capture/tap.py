"""A connection that keeps every byte that passes: what a record of an exchange is made from."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket


class Tap:
    """Stands in for a socket in ``http.client``; ``sent`` and ``received`` are what passed.

    Closing it closes nothing: the connection belongs to whoever opened it.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.sent = bytearray()
        self.received = bytearray()

    def sendall(self, data: bytes) -> None:
        """Send, and keep what was sent."""
        self.sock.sendall(data)
        self.sent += data

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What ``http.client`` reads an answer from."""
        return io.BufferedReader(_Received(self))

    def close(self) -> None:
        """Nothing: an answer that is not read to its end still needs the connection."""


class _Received(io.RawIOBase):
    """The bytes of the other end, kept while they are read."""

    def __init__(self, tap: Tap) -> None:
        super().__init__()
        self._tap = tap

    def readable(self) -> bool:
        """Reading is all it is for."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader hands over
        """Read into the buffer; how many bytes, 0 at the end."""
        count = self._tap.sock.recv_into(buffer)
        self._tap.received += buffer[:count]
        return count
