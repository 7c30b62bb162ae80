"""Undoing a content coding piece by piece, so that a small answer cannot fill the memory.

Source: RFC 9110 section 8.4.1 (gzip, deflate), RFC 7932 (br), RFC 8878 and RFC 9659 (zstd). br and
zstd are never asked for, and undone where a server sends them all the same; that takes their
packages: ``citekit[web]``.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol

from citekit.errors import CaptureFailed

try:
    import brotli
except ImportError:
    brotli = None
try:
    import zstandard
except ImportError:
    zstandard = None  # type: ignore[assignment]  # asked about before it is used

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCEPTED: Final = "gzip, deflate"
"""The value of Accept-Encoding. Records keep a body as it was sent, and every program that replays
them reads these two; br stops warcio 1.8 with brotli 1.2, and few know zstd."""

_PLAIN_BYTES: Final = 1 << 16
_ZSTD_INPUT_BYTES: Final = 512
"""Its decoder gives all that a piece becomes at once: at most 32,768 times as much."""
_ZSTD_WINDOW_BYTES: Final = 8 << 20
"""RFC 9659: no sender may use more."""


class Coding(Protocol):
    """One body: ``plain`` gives its pieces, ``is_whole`` whether the end was reached."""

    def plain(self, piece: bytes) -> Iterator[bytes]:
        """What a piece of the body becomes, in pieces; raises CaptureFailed for what is none."""

    @property
    def is_whole(self) -> bool:
        """Whether the coding says that nothing is missing."""


def coding(name: str) -> Coding:
    """What undoes a content coding; raises CaptureFailed for one that was not asked for."""
    match name.strip().lower():
        case "" | "identity":
            return _Identity()
        case "gzip" | "x-gzip":
            return _Zlib(zlib.MAX_WBITS | 16)
        case "deflate":
            return _Zlib(zlib.MAX_WBITS)
        case "br" if brotli is not None:
            return _Brotli()
        case "zstd" if zstandard is not None:
            return _Zstandard()
        case other:
            raise CaptureFailed(
                f"the answer is encoded as {other[:40]!r}, which was not asked for",
                hint="br and zstd are read with: pip install 'citekit[web]'",
            )


class _Identity:
    is_whole = True

    def plain(self, piece: bytes) -> Iterator[bytes]:
        yield piece


class _Zlib:
    def __init__(self, window_bits: int) -> None:
        self._inflate = zlib.decompressobj(window_bits)

    @property
    def is_whole(self) -> bool:
        return self._inflate.eof

    def plain(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            yield self._inflate.decompress(piece, _PLAIN_BYTES)
            piece = self._inflate.unconsumed_tail


class _Brotli:
    def __init__(self) -> None:
        self._decoder: Any = brotli.Decompressor()

    @property
    def is_whole(self) -> bool:
        return bool(self._decoder.is_finished())

    def plain(self, piece: bytes) -> Iterator[bytes]:
        try:
            yield self._decoder.process(piece, output_buffer_limit=_PLAIN_BYTES)
            while not self._decoder.can_accept_more_data():
                yield self._decoder.process(b"", output_buffer_limit=_PLAIN_BYTES)
        except brotli.error as error:
            raise CaptureFailed("no answer: its brotli coding is wrong") from error


class _Zstandard:
    def __init__(self) -> None:
        self._decoder: Any = self._frame()

    @property
    def is_whole(self) -> bool:
        return bool(self._decoder.eof)

    def plain(self, piece: bytes) -> Iterator[bytes]:
        try:
            for start in range(0, len(piece), _ZSTD_INPUT_BYTES):
                yield from self._frames(piece[start : start + _ZSTD_INPUT_BYTES])
        except zstandard.ZstdError as error:
            raise CaptureFailed("no answer: its zstd coding is wrong") from error

    def _frames(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            if self._decoder.eof:  # a body may be several frames
                self._decoder = self._frame()
            yield self._decoder.decompress(piece)
            piece = self._decoder.unused_data if self._decoder.eof else b""

    @staticmethod
    def _frame() -> Any:  # noqa: ANN401  # an optional package's
        return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES).decompressobj()
