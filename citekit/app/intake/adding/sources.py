"""What is to be archived: the bytes of a source, and what is said of it and wished."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from citekit.app.intake.describe import Declared
from citekit.app.intake.known_source import Wish, find_bytes
from citekit.app.intake.restore import is_address
from citekit.app.intake.web.observed import Visited
from citekit.errors import InvalidData, NotFound, StorageFailed, UsageError
from citekit.model.citekey import check_citekey
from citekit.model.item import Access
from citekit.model.nearest import did_you_mean
from citekit.model.value import Value
from citekit.store.clock import now as this_second

if TYPE_CHECKING:
    from citekit.app.intake.known_source import Ask, HeldBytes
    from citekit.capture.visitor import Visitor
    from citekit.store.archive import ArchiveStore

DEFAULT_MAX_SIZE_BYTES: Final = 100 * 10**6


class ToAdd(Value):
    """One source that is to be archived, with what ``add`` takes: see there."""

    source: str | Path | bytes | Visited
    name: str | None = None
    url: str | None = None
    key: str | None = None
    to: str | None = None
    new_item: bool = False
    fields: Mapping[str, Any] | None = None
    access: Access | None = None
    encoding: str | None = None
    max_size_bytes: int | None = None
    keep: bool = False

    @property
    def is_address(self) -> bool:
        """Whether it is asked over the network."""
        return isinstance(self.source, str) and is_address(self.source)


class Opened(Value):
    """A source whose bytes were read ``at`` that time; ``options`` are those of the capture.

    ``visited`` says how an address answered with them.
    """

    data: bytes
    name: str | None
    visited: Visited | None = None
    declared: Declared
    wish: Wish
    options: Mapping[str, Any]
    at: datetime
    keep: bool = False

    @property
    def is_own_visit(self) -> bool:
        """Whether citekit itself saw an address answer: that is news, also with known bytes."""
        return self.visited is not None and self.visited.recorded_in is None

    @property
    def is_told_more(self) -> bool:
        """Whether anything was said of it."""
        said = self.declared
        return any((self.wish.key, said.url, said.fields, said.access, said.encoding))

    @property
    def says_more(self) -> bool:
        """Whether something was said that shapes an item, and no capture."""
        return bool(self.declared.fields or self.declared.access)

    def options_of_step(self) -> dict[str, Any]:
        """Those of the capture and of the item; of fields the names, for the log is public."""
        said = self.declared
        fields = sorted(said.fields) if said.fields else None
        return {**self.options, "access": said.access, "fields": fields}


def open_source(
    wanted: ToAdd,
    *,
    ask: Ask | None = None,
    now: datetime | None = None,
    visitor: Visitor | None = None,
) -> Opened:
    """Read the bytes of a source, after a look at what is said of it; raises as ``add`` does."""
    check_encoding(wanted.encoding)
    declared = Declared(
        url=check_url(wanted.url),
        fields=wanted.fields,
        access=wanted.access,
        encoding=wanted.encoding,
    )
    wish = Wish(key=wanted.key, to=wanted.to, new_item=wanted.new_item, ask=ask)
    _check_wish(wish, declared)
    limit = wanted.max_size_bytes or DEFAULT_MAX_SIZE_BYTES
    data, name, visited = _take(wanted, limit, visitor)
    is_default = limit == DEFAULT_MAX_SIZE_BYTES
    options = {"encoding": wanted.encoding, "max_size_bytes": None if is_default else limit}
    return Opened(
        data=data,
        name=name,
        visited=visited,
        declared=declared,
        wish=wish,
        options=options,
        at=now or this_second(),
        keep=wanted.keep,
    )


def held_bytes(store: ArchiveStore, opened: Opened) -> HeldBytes | None:
    """The item that has the bytes of a file; None where they become a capture in any case."""
    if opened.wish.to is not None or opened.is_own_visit:
        return None
    return find_bytes(store, opened.data)


def read_source(source: Path, *, max_size_bytes: int = DEFAULT_MAX_SIZE_BYTES) -> bytes:
    """A file's bytes.

    Raises NotFound, InvalidData (a folder, empty, larger than the limit) or StorageFailed.
    """
    try:
        if source.is_dir():
            hint = "name the files in it, such as FOLDER/*.html"
            raise InvalidData("is a folder, not a file", place=str(source), hint=hint)
        if source.exists() and not source.is_file():  # a pipe or a device may never end
            hint = "give its bytes on stdin: … | citekit add -"
            raise InvalidData("is no regular file", place=str(source), hint=hint)
        with source.open("rb") as file:
            data = file.read(max_size_bytes + 1)
    except FileNotFoundError as error:
        raise NotFound("no such file", place=str(source), hint=_near_files(source)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFailed(f"cannot be read: {reason}", place=str(source)) from error
    return check_size(data, str(source), max_size_bytes=max_size_bytes)


def _near_files(source: Path) -> str:
    """Files in the same folder that are called nearly so; else where to look."""
    try:
        names = [path.name for path in source.parent.iterdir()]
    except OSError:
        return "look at the path: its folder cannot be read"
    return did_you_mean(source.name, names) or "look at the path; - reads stdin"


def check_size(data: bytes, place: str, *, max_size_bytes: int) -> bytes:
    """The data, if there is some and not too much; raises InvalidData."""
    if not data:
        raise InvalidData("is empty", place=place, hint="nothing to archive")
    if len(data) > max_size_bytes:
        limit = f"{max_size_bytes / 10**6:g} MB"
        raise InvalidData(
            f"is larger than {limit}", place=place, hint="allow it with --max-size, such as 2GB"
        )
    return data


def _take(
    wanted: ToAdd, limit: int, visitor: Visitor | None
) -> tuple[bytes, str | None, Visited | None]:
    """The bytes of a source, what it is called, and how an address answered with them."""
    source, name = wanted.source, wanted.name
    if isinstance(source, Visited):
        return source.exchange.body, None, source
    if isinstance(source, bytes):
        return check_size(source, name or "stdin", max_size_bytes=limit), name, None
    if isinstance(source, str) and is_address(source):
        if wanted.url is not None:
            raise UsageError("--url says where a file was", hint="an address says that itself")
        from citekit.app.intake.web.visiting import visit

        visited = visit(source, visitor, keep=wanted.keep, max_size_bytes=limit)
        return visited.exchange.body, None, visited
    path = Path(source)
    data = read_source(path, max_size_bytes=limit)
    # a name may be any bytes
    return data, os.fsencode(path.name).decode("utf-8", "replace"), None


def _check_wish(wish: Wish, declared: Declared) -> None:
    """Raise UsageError, or InvalidData for a key that none can be."""
    wish.check()
    if wish.key is not None:
        check_citekey(wish.key)
    if wish.to is not None and (declared.fields or declared.access):
        raise UsageError(
            "the record and the access of an item stay as they are when it has a new capture",
            hint=f"change them: citekit set {wish.to} FIELD=VALUE, or --access",
        )


def check_url(url: str | None) -> str | None:
    """The address, if it is an absolute http or https one; raises UsageError."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or re.search(r"[\s<>\"\x00-\x1f]", url):
        raise UsageError(f"is no web address: {url!r}", hint="for example https://example.org/news")
    return url


def check_encoding(name: str | None) -> None:
    """Refuse an encoding that nobody knows; raises UsageError."""
    try:
        codecs.lookup(name or "utf-8")
    except (LookupError, ValueError) as error:
        hint = "use a name such as utf-8, windows-1254 or shift_jis"
        raise UsageError(f"no encoding is called {name!r}", hint=hint) from error
