"""What a witness remembers of each log: the last size and root that it cosigned, and whose key.

The memory is what makes a witness worth something, so losing it is never passed over. It is made
once, with the key. Beside the key a counter tells how often the witness has cosigned: a memory that
was deleted, or put back from an older copy, is noticed, and only somebody's decision goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from citekit.app.sealing.signing_keys import user_folder
from citekit.errors import CitekitError, InvalidData, NotFound, Place, StoreConflict
from citekit.integrity.note import decode_base64
from citekit.model.records.codec import decode_text, to_json
from citekit.model.records.json_text import dump_json
from citekit.model.value import NOTHING, Value, replace
from citekit.store import files
from citekit.store.lock import exclusive

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.integrity.sign import VerifierKey

FORMAT: Final = "citekit-witness/1"
MAX_MEMORY_BYTES: Final = 64 << 20
_LOCK: Final = "lock"
_COUNT: Final = re.compile(rb"(0|[1-9][0-9]{0,17})\n")
_DECIDE: Final = (
    "bring it back from a copy; or, if you know that nothing cosigned since is forgotten, go on "
    "from what is there: --start-over"
)


class SeenLog(Value):
    """The last checkpoint of a log that was cosigned (root in base64), and the keys it may have."""

    size: int
    root: str
    vkeys: tuple[str, ...]
    seen_at: datetime

    @property
    def root_hash(self) -> bytes:
        """The 32 bytes of the root."""
        return decode_base64(self.root)


class Memory(Value):
    """Of one witness: how often it has cosigned, and what it saw last of each origin."""

    format: Literal["citekit-witness/1"]
    witness: str
    count: int = 0
    logs: Mapping[str, SeenLog] = NOTHING

    def with_seen(self, origin: str, seen: SeenLog) -> Memory:
        """The memory after one more cosignature."""
        return replace(self, count=self.count + 1, logs={**self.logs, origin: seen})


class MemoryFile:
    """The memory of the witness whose private key is in ``key_file``."""

    def __init__(self, witness: VerifierKey, key_file: Path) -> None:
        self._witness = witness
        self._counter = key_file.with_name(f"{key_file.name}.count")
        self.path = memory_file(witness)

    def create(self) -> None:
        """Begin with nothing seen, as is done once, when the key is made."""
        self._make_folder()
        self.write(Memory(format=FORMAT, witness=str(self._witness)))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the memory: who else would cosign waits, and finds what was written.

        Raises StoreConflict where another process holds it.
        """
        self._make_folder()
        with exclusive(self.path.parent, file=_LOCK):
            yield

    def read(self, *, starts_over: bool = False) -> Memory:
        """What the witness remembers.

        Raises StoreConflict for a memory that was lost or put back, unless it ``starts_over`` from
        what is there; InvalidData for one that is none.
        """
        memory = self._read()
        counted = self._counted()
        if not starts_over and (memory is None or counted is None or memory.count < counted):
            lacks = "is gone" if memory is None or counted is None else "is an older copy"
            path = self._counter if counted is None and memory is not None else self.path
            raise StoreConflict(
                f"what this witness has seen {lacks}: it must not sign a second history",
                place=Place(path=str(path)),
                hint=_DECIDE,
            )
        memory = memory or Memory(format=FORMAT, witness=str(self._witness))
        return replace(memory, count=max(memory.count, counted or 0))

    def write(self, memory: Memory) -> None:
        """Remember it, before anything is signed; flushed, each file in one step."""
        data = dump_json(to_json(memory)).encode()
        for path, content in ((self.path, data), (self._counter, b"%d\n" % memory.count)):
            files.write_whole(path, content, staging=path.parent, root=path.parent)

    def _make_folder(self) -> None:
        with files.reported(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.path.parent / _LOCK).touch()

    def _read(self) -> Memory | None:
        try:
            text = files.read_bytes(self.path, limit=MAX_MEMORY_BYTES).decode("utf-8", "replace")
            memory = decode_text(Memory, text)
        except NotFound:
            return None
        except InvalidData as error:
            place = Place(path=str(self.path))
            raise InvalidData(error.message, place=place, hint=_DECIDE) from error
        if memory.witness != str(self._witness):
            raise InvalidData("is of another witness", place=Place(path=str(self.path)))
        return memory

    def _counted(self) -> int | None:
        try:
            match = _COUNT.fullmatch(files.read_bytes(self._counter, limit=64))
        except CitekitError:
            return None
        return int(match[1]) if match else None


def memory_file(witness: VerifierKey) -> Path:
    """Where the memory of a witness is: in the user's data, apart from its key."""
    plain = re.sub(r"[^\w.-]+", "-", witness.name).strip("-.") or "witness"
    name = f"{plain}-{witness.key_id.hex()}.json"
    return user_folder("data") / "witness" / name
