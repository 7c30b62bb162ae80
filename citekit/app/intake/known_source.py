"""What the archive has of a source already: the item of its bytes, the item of its address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from citekit.app.intake.restore import put_back
from citekit.app.sealing.purged import purged_digests, refuse_purged
from citekit.errors import NotFound, StoreConflict, UsageError
from citekit.findings import Finding, Severity
from citekit.integrity.digest import digest_bytes
from citekit.model.address import compared_address
from citekit.model.value import Value, replace
from citekit.store.addresses import recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from citekit.extract import Extraction
    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore

    Ask = Callable[[str, str], "Answer"]

Answer = Literal["capture", "new", "stop"]

# Programs that save a page and write into it where it was; a canonical is only what it says itself.
_SAVING = frozenset({"singlefile", "mhtml"})


class Wish(Value):
    """What is to become of a source, as far as the user said it.

    ``key`` is the key of a new item, ``to`` the item that gets a capture; ``new_item`` makes an
    item of its own of a known address. ``ask`` is asked with key and address where the address is
    known; without it, the source becomes a capture.
    """

    key: str | None = None
    to: str | None = None
    new_item: bool = False
    ask: Ask | None = None

    def check(self) -> None:
        """Raise UsageError for wishes that exclude each other."""
        if self.to is not None and (self.new_item or self.key is not None):
            other = "--key" if self.key is not None else "--new-item"
            raise UsageError(
                f"--to makes a capture of an item, {other} an item", hint="give one of them"
            )


class HeldBytes(Value):
    """The item that has these bytes, and whether they are on this machine, now or again."""

    key: str
    is_here: bool
    is_back: bool = False

    def finding(self, *, is_told_more: bool) -> Finding:
        """What is said of them; ``is_told_more`` if fields, a key or an address were given."""
        if self.is_back:
            message = f"these bytes were archived as {self.key}, and are back on this computer"
        elif self.is_here:
            message = f"these bytes are in the archive already: {self.key}"
        else:
            message = f"these bytes were archived as {self.key}, and are not on this computer"
        hint = f"citekit show {self.key}"
        if not (self.is_here or self.is_back):
            hint = f"citekit verify {self.key} says why"
        elif is_told_more:
            hint = f"nothing was changed; {_to_change(self.key)}"
        return Finding(code="CK-I101", severity=Severity.NOTE, message=message, hint=hint)


def find_bytes(store: ArchiveStore, data: bytes) -> HeldBytes | None:
    """The item that has these bytes, here or elsewhere; None when nobody has them."""
    digest = digest_bytes(data)
    key = store.holders.find(digest)
    if key is None:
        return None
    return HeldBytes(key=key, is_here=store.payload_path(digest) is not None)


def bring_back(store: ArchiveStore, held: HeldBytes, data: bytes) -> HeldBytes:
    """Put bytes in place that are not on this computer, unless they were purged."""
    if held.is_here or digest_bytes(data) in purged_digests(store):
        return held
    put_back(store, held.key, data)
    return replace(held, is_back=True)


def refuse_purged_again(store: ArchiveStore, key: str, digests: Iterable[str]) -> None:
    """Raise StoreConflict for payloads that were purged; only absent ones that are known can be."""
    absent = [digest for digest in digests if store.payload_path(digest) is None]
    known = [digest for digest in absent if store.holders.find(digest) is not None]
    if known:
        refuse_purged(store, key, known)


def address_of(given: str | None, extraction: Extraction) -> str | None:
    """The address that was given, else the one that was saved in the file."""
    saved = (e.value for e in extraction.candidates("URL") if e.origin in _SAVING)
    return given or next((str(url) for url in saved), None)


def first_known(store: ArchiveStore, addresses: Sequence[str]) -> str | None:
    """Of several addresses of one page the first that an item is known at, else the first."""
    known = (address for address in addresses if known_at(store, address))
    return next(known, None) or (addresses[0] if addresses else None)


def find_item(store: ArchiveStore, address: str | None, wish: Wish) -> str | None:
    """The item that the source becomes a capture of; None for an item of its own.

    Raises NotFound for ``to``, StoreConflict where several items are known at the address.
    """
    if wish.to is not None:
        return store.resolve(wish.to)
    known = known_at(store, address)
    if wish.new_item or not known:
        return None
    if wish.key is not None:
        named = _resolved(store, wish.key)
        return named if named in known else None
    if len(known) > 1:
        raise StoreConflict(
            f"{address} is the address of {len(known)} items: {', '.join(known[:5])}",
            hint="say which one has a new capture: --to KEY; or that this is another: --new-item",
        )
    return known[0]


def settle(store: ArchiveStore, address: str | None, wish: Wish) -> Wish:
    """The wish after the user was asked, where there is something to ask.

    Raises UsageError for the answer *stop*.
    """
    if wish.ask is None or wish.to is not None:
        return wish
    key = find_item(store, address, wish)
    if key is None or wish.key is not None:
        return wish
    match wish.ask(key, address or ""):
        case "capture":
            return Wish(to=key)
        case "new":
            return Wish(new_item=True)
        case "stop":
            raise UsageError(
                "nothing added", hint=f"--to {key} adds a capture, --new-item an item of its own"
            )


def told_of_address(
    store: ArchiveStore, address: str | None, wish: Wish, target: str | None, *, is_told_more: bool
) -> Iterator[Finding]:
    """What is said where the address is known and nobody decided; before anything is written."""
    known = known_at(store, address)
    if target is not None and wish.to is None:
        yield Finding(
            code="CK-I102",
            severity=Severity.NOTE,
            message=f"{address} is the address of {target}: a new capture of that item",
            hint=f"citekit diff {target} shows what changed; --new-item makes another item of it",
        )
    if target is not None and is_told_more:
        yield Finding(
            code="CK-I103",
            severity=Severity.NOTE,
            message=f"what was said of its record was not taken over: {target} stays as it is",
            hint=_to_change(target),
        )
    if target is None and wish.key is not None and known and not wish.new_item:
        yield Finding(
            code="CK-I104",
            severity=Severity.NOTE,
            message=f"{address} is also the address of {', '.join(known[:5])}",
            hint=f"a new capture is made by --to {known[0]}",
        )


def told_of_record(store: ArchiveStore, item: Item, wish: Wish) -> Iterator[Finding]:
    """What is said of a new item whose page calls the address of another its own, unasked for."""
    sign = "" if wish.new_item else recorded(item.text("URL"))
    others = [key for key in store.holders.at(sign) if key != item.key] if sign else []
    if others:
        yield Finding(
            code="CK-I107",
            severity=Severity.NOTE,
            message=f"the page calls the address of {', '.join(others[:5])} its own: "
            "it may be a new capture of that item",
            hint=f"citekit add FILE --to {others[0]} makes it one; citekit duplicates finds twins",
        )


def known_at(store: ArchiveStore, address: str | None) -> tuple[str, ...]:
    """The keys of the items that are known at an address."""
    compared = compared_address(address) if address else ""
    return store.holders.at(compared) if compared else ()


def _resolved(store: ArchiveStore, key: str) -> str | None:
    try:
        return store.resolve(key)
    except NotFound:
        return None


def _to_change(key: str) -> str:
    return f"citekit set {key} FIELD=VALUE changes its record"
