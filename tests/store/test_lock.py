"""One writer at a time, in real processes; the Windows branch by a fake that obeys its protocol."""

from __future__ import annotations

import errno
import fcntl
import itertools
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from citekit.errors import StorageFailed, StoreConflict
from citekit.model.value import replace
from citekit.store import lock
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.model.item import Access

_ADD_FIVE = """
import sys; from pathlib import Path
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_capture, build_item
store = ArchiveStore.open(Path(sys.argv[1]))
for number in range(5):
    with store.writing(timeout_s=60) as writer:
        text = f"text {sys.argv[2]} {number}"
        add_item(writer, build_item(writer.unique_key("same2026")), build_capture(text=text))
"""
_HOLD = """
import sys, time; from pathlib import Path
from citekit.store.archive import ArchiveStore
with ArchiveStore.open(Path(sys.argv[1])).writing():
    print("held", flush=True)
    time.sleep(60)
"""
_READ = """
import sys; from pathlib import Path
from citekit.errors import NotFound
from citekit.store.archive import ArchiveStore
store = ArchiveStore.open(Path(sys.argv[1]))
print("reading", flush=True)
seen = set()
while "stop2026" not in store.keys():
    keys = [item.key for item in store.items() if item.key != "stop2026"]
    assert len(keys) < 2, keys
    try:
        key = store.resolve("key0")
        text = store.text(key)
        assert text == "The text." or not store.has(key), (key, text)
        seen.add(store.item(key).facts.access)
    except NotFound:
        pass  # renamed between two questions
print(sorted(seen))
"""


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An empty archive."""
    return ArchiveStore.create(tmp_path / "archive")


def _start(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_writers_wait_for_each_other(store: ArchiveStore) -> None:
    """Four processes that add at once all succeed, and no key is given twice."""
    running = [_start(_ADD_FIVE, str(store.root), str(number)) for number in range(4)]
    assert [process.communicate()[1] for process in running] == [""] * 4
    letters = [chr(ord("a") + number) for number in range(19)]
    assert store.keys() == ("same2026", *(f"same2026{letter}" for letter in letters))
    assert len({store.text(key) for key in store.keys()}) == 20  # noqa: SIM118  # no mapping


def test_a_writer_that_waits_too_long_is_told(store: ArchiveStore) -> None:
    """The message says that another process writes, and that reading goes on."""
    holder = _start(_HOLD, str(store.root))
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(StoreConflict, match="another process") as caught,
            store.writing(timeout_s=0.1),
        ):
            pass
        assert caught.value.hint
        assert store.keys() == ()
    finally:
        holder.kill()
        holder.communicate()


def test_a_killed_writer_leaves_no_lock(store: ArchiveStore) -> None:
    """The system drops the lock with the process: the next writer need not wait."""
    holder = _start(_HOLD, str(store.root))
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with store.writing(timeout_s=5) as writer:
        add_item(writer, build_item("after2026"))
    assert store.has("after2026")


def test_two_writers_in_one_process_wait_too(store: ArchiveStore) -> None:
    """A second writer of the same program is refused as well."""
    with store.writing(), pytest.raises(StoreConflict), store.writing(timeout_s=0):
        pass


def test_a_writer_is_of_no_use_without_its_lock(store: ArchiveStore) -> None:
    """Kept beyond its ``with``, a writer refuses every change."""
    with store.writing() as writer:
        pass
    with pytest.raises(StoreConflict, match="lock"):
        add_item(writer, build_item("late2026"))


def test_readers_see_whole_states_while_a_writer_works(store: ArchiveStore) -> None:
    """During renames and changes of access, no item is there twice and its text always."""
    with store.writing() as writer:
        add_item(writer, build_item("key0"), build_capture(text="The text."))
    reader = _start(_READ, str(store.root))
    assert reader.stdout
    assert reader.stdout.readline() == "reading\n"
    end = time.monotonic() + 2
    numbers = itertools.count(1)
    key = "key0"
    while time.monotonic() < end:
        with store.writing() as writer:
            item = store.item(key)
            access: Access = "public" if item.facts.access == "restricted" else "restricted"
            moved = item.with_facts(replace(item.facts, access=access))
            writer.set_access(moved)
            named = moved.with_facts(replace(moved.facts, aliases=(*moved.facts.aliases, key)))
            other = f"key{next(numbers)}"
            writer.rename_item(key, named.with_data(id=other))
        key = other
    with store.writing() as writer:
        add_item(writer, build_item("stop2026"))
    answer, complaints = reader.communicate()
    assert complaints == ""
    assert answer == "['public', 'restricted']\n"


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EBADF])
def test_a_share_without_locks_is_refused(
    code: int, store: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file system knows no locks, nothing is written, and the hint says what to do."""

    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(StorageFailed, match="no locks") as caught, store.writing():
        pass
    assert caught.value.hint
    assert "local disk" in caught.value.hint


class _Msvcrt(ModuleType):
    """``msvcrt`` as its documentation has it: byte locks at the file's position, per descriptor.

    LK_NBLCK raises OSError (EACCES) when the bytes are locked; unlocking what is not locked by this
    descriptor raises too; closing is the system's affair and seen by ``held`` alone.
    """

    LK_NBLCK = 2
    LK_UNLCK = 0

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.held: dict[tuple[int, int], int] = {}

    def locking(self, descriptor: int, mode: int, size_bytes: int) -> None:
        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        assert size_bytes == 1
        assert os.fstat(descriptor).st_size < position < 2**31
        region = (os.fstat(descriptor).st_ino, position)
        if mode == self.LK_NBLCK:
            if region in self.held:
                raise OSError(errno.EACCES, "Permission denied")
            self.held[region] = descriptor
        elif self.held.get(region) == descriptor:
            del self.held[region]
        else:
            raise OSError(errno.EACCES, "Permission denied")


def test_windows_locks_one_byte_beyond_the_settings(
    store: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the lock is taken, refused to a second, and given back, and the file stays readable."""
    fake = _Msvcrt()
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    with lock._windows(store.root, 0, "archive.toml"):
        assert len(fake.held) == 1
        with pytest.raises(StoreConflict), lock._windows(store.root, 0.05, "archive.toml"):
            pass
        assert ArchiveStore.open(store.root).keys() == ()
    assert fake.held == {}
    with suppress(KeyError), lock._windows(store.root, 0, "archive.toml"):
        raise KeyError
    assert fake.held == {}
