"""What records say of payloads is compared with the bytes: size, length, paragraphs, place."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.verifying.verify import Report, verify
from citekit.findings import Severity
from citekit.integrity.digest import CHUNK_BYTES, digest_bytes
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import lasting_folder
from citekit.testing.store_builders import BuiltCapture, add_item, build_capture, build_item

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TEXT = "Ein Möwenschrei.\n\nUnd noch einer, später."
LENGTH = len(TEXT)
SMALL = build_capture(text=TEXT, original=b"as received")
SMALL_BYTES = 256 << 10
LARGE_TEXT = "A long line of a long text.\n" * (2 * CHUNK_BYTES // 27)
LARGE = build_capture(text=LARGE_TEXT, original=bytes(SMALL_BYTES + 1), minutes=1)
HELD = build_capture(text="Held back.", minutes=2)
LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_archive() -> Path:
    folder = lasting_folder()
    store = ArchiveStore.create(folder / "archive", title="Claims")
    with store.writing() as writer:
        add_item(writer, build_item("small2026", access="public"), SMALL)
        add_item(writer, build_item("large2026", access="public"), LARGE)
        add_item(writer, build_item("held2026"), HELD)
    store.layout.pending_file.unlink()  # or it would tell of each record that is changed below
    return store.root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A public item with small payloads, one with large ones, and a restricted item."""
    return Path(shutil.copytree(_make_archive(), tmp_path / "archive"))


def _told(root: Path, *keys: str, **options: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401
    """Code, path in the archive and message of each finding that is no note."""
    return _lines(verify(ArchiveStore.open(root), keys, **options), root)


def _lines(report: Report, root: Path) -> list[tuple[str, str, str]]:
    return [
        (f.code, Path(str(f.place)).relative_to(root).as_posix(), f.message)
        for f in report.findings
        if f.severity is not Severity.NOTE
    ]


def _record(key: str, capture: BuiltCapture) -> str:
    return f"items/{key}/captures/{capture.stamp}.json"


SMALL_RECORD, LARGE_RECORD = _record("small2026", SMALL), _record("large2026", LARGE)


def _claim(root: Path, name: str, role: str, **claims: object) -> None:
    """Have a record say something else of a payload; a map's own fields are named by it."""
    path = root / name
    record = json.loads(path.read_bytes())
    payload = record["payloads"][role]
    for field, claim in claims.items():
        inside, _, last = field.rpartition("__")
        (payload[inside] if inside else payload)[last] = claim
    path.write_text(json.dumps(record), encoding="utf-8")


def _file(root: Path, capture: BuiltCapture, role: str) -> Path:
    path = ArchiveStore.open(root).payload_path(capture.record.payloads[role].digest)
    assert path
    return path


def _name(root: Path, capture: BuiltCapture, role: str) -> str:
    return _file(root, capture, role).relative_to(root).as_posix()


# ── the shape of a text ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "paragraphs",
    [
        [], [[0, 16], [18, LENGTH]], [[0, LENGTH]], [[0, 1], [1, 2]], [[3, 4]],
        [[LENGTH - 1, LENGTH]],
    ],
)  # fmt: skip
def test_paragraphs_are_ranges_one_after_the_other(paragraphs: object, root: Path) -> None:
    """They may meet, and need not cover the text."""
    _claim(root, SMALL_RECORD, "text", map__paragraphs=paragraphs)
    _claim(root, LARGE_RECORD, "text", map__paragraphs=[[0, 1], [1, len(LARGE_TEXT)]])
    assert _told(root) == []


@pytest.mark.parametrize(
    ("paragraphs", "wrong"),
    [
        ([[0, LENGTH + 1]], 1),
        ([[0, 5], [6, LENGTH + 1]], 2),
        ([[-1, 3]], 1),
        ([[4, 4]], 1),
        ([[5, 4]], 1),
        ([[0, 5], [4, 9]], 2),
        ([[0, 5], [5, 5]], 2),
        ([[6, 9], [0, 5]], 2),
        ([[0, 5], [6, LENGTH + 1], [7, 6]], 2),
        ([[0, 5], [6]], 2),
        ([[0, 5], [6, 7, 8]], 2),
        ([[]], 1),
    ],
)
@pytest.mark.parametrize("text", ["small", "large"])
def test_paragraphs_that_are_no_ranges_are_told(
    paragraphs: list[list[int]], wrong: int, text: str, root: Path
) -> None:
    """The first of them by its number, of small texts and of large ones."""
    record = SMALL_RECORD
    if text == "large":
        record, more = LARGE_RECORD, len(LARGE_TEXT) - LENGTH
        paragraphs = [[n + more * (n > LENGTH) for n in numbers] for numbers in paragraphs]
    _claim(root, record, "text", map__paragraphs=paragraphs)
    message = f"paragraph {wrong} is no range of the text: {paragraphs[wrong - 1]}"
    assert _told(root) == [("CK-E308", record, message)]


@pytest.mark.parametrize("more", [1, -1])
def test_characters_are_counted(more: int, root: Path) -> None:
    """Not bytes: of a text with an umlaut, and of a large one."""
    for record, text in ((SMALL_RECORD, TEXT), (LARGE_RECORD, LARGE_TEXT)):
        _claim(root, record, "text", map__characters=len(text) + more)
    assert sorted(_told(root)) == [
        ("CK-E308", record, f"the text has {len(text)} characters, not {len(text) + more}")
        for record, text in ((LARGE_RECORD, LARGE_TEXT), (SMALL_RECORD, TEXT))
    ]


def test_a_text_without_a_map_has_no_shape(root: Path) -> None:
    """Nothing is said of it, and nothing wrong."""
    for record in (SMALL_RECORD, LARGE_RECORD):
        _claim(root, record, "text", map=None)
    assert _told(root) == []


@pytest.mark.parametrize("has_map", [True, False])
def test_a_text_that_is_none_is_told(root: Path, *, has_map: bool) -> None:
    """Its bytes are those that were captured, and no UTF-8."""
    data = "Möwe".encode("latin-1")
    digest = digest_bytes(data)
    claims: dict[str, object] = {"digest": digest, "size_bytes": len(data)}
    _claim(root, SMALL_RECORD, "text", **claims, **({} if has_map else {"map": None}))
    _file(root, SMALL, "text").unlink()
    hexadecimal = digest.removeprefix("sha256:")
    path = root / "objects" / "sha256" / hexadecimal[:2] / hexadecimal[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    assert _told(root) == [("CK-E308", SMALL_RECORD, "the text is not UTF-8")]


# ── sizes and bytes ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("role", ["text", "original"])
@pytest.mark.parametrize("more", [1, -1])
def test_sizes_are_compared(role: str, more: int, root: Path) -> None:
    """Of small and large payloads, whatever their role."""
    expected = []
    for key, capture in (("large2026", LARGE), ("small2026", SMALL)):
        size = capture.record.payloads[role].size_bytes
        _claim(root, _record(key, capture), role, size_bytes=size + more)
        message = f"{role} has {size} bytes, not {size + more}"
        expected.append(("CK-E307", _record(key, capture), message))
    if more < 0:  # a large file that is larger than its records say is not hashed at all
        name, size = _name(root, LARGE, role), LARGE.record.payloads[role].size_bytes
        message = f"has {size} bytes, and its records say {size - 1}: it is not hashed"
        expected[0] = ("CK-E301", name, message)
    assert sorted(_told(root)) == sorted(expected)


def test_each_record_is_compared_by_itself(root: Path) -> None:
    """Two captures name one payload, and one of them is wrong about it."""
    other = f"items/small2026/captures/{LARGE.stamp}.json"
    record = json.loads((root / SMALL_RECORD).read_bytes())
    record["captured_at"] = json.loads((root / LARGE_RECORD).read_bytes())["captured_at"]
    (root / other).write_text(json.dumps(record), encoding="utf-8")
    assert _told(root) == []
    size = SMALL.record.payloads["original"].size_bytes
    for wrong in (other, SMALL_RECORD):
        _claim(root, other, "original", size_bytes=size + (wrong == other))
        _claim(root, SMALL_RECORD, "original", size_bytes=size + (wrong == SMALL_RECORD))
        message = f"original has {size} bytes, not {size + 1}"
        assert _told(root) == [("CK-E307", wrong, message)]


@pytest.mark.parametrize("role", ["text", "original"])
def test_changed_bytes_are_told_with_what_they_are(role: str, root: Path) -> None:
    """Small and large ones; their shape is of no interest then."""
    expected = []
    for capture in (SMALL, LARGE):
        path = _file(root, capture, role)
        data = bytearray(path.read_bytes())
        data[5] ^= 1
        path.write_bytes(data)
        name = path.relative_to(root).as_posix()
        expected.append(("CK-E301", name, f"the bytes are {digest_bytes(bytes(data))}"))
    assert sorted(_told(root)) == sorted(expected)
    assert _told(root, "held2026") == []


def test_a_file_far_larger_than_its_records_say_is_not_hashed(root: Path) -> None:
    """Up to 256 KB it is all the same, which tells whether bytes or record are wrong."""
    path = _file(root, SMALL, "original")
    name, size = path.relative_to(root).as_posix(), SMALL.record.payloads["original"].size_bytes
    path.write_bytes(bytes(SMALL_BYTES))
    assert _told(root) == [("CK-E301", name, f"the bytes are {digest_bytes(bytes(SMALL_BYTES))}")]
    path.write_bytes(bytes(SMALL_BYTES + 1))
    message = f"has {SMALL_BYTES + 1} bytes, and its records say {size}: it is not hashed"
    assert _told(root) == [("CK-E301", name, message)]


def test_a_digest_may_be_spelled_with_escapes(root: Path) -> None:
    """It is the same JSON: who needs a damaged payload is known all the same."""
    path = root / SMALL_RECORD
    path.write_bytes(path.read_bytes().replace(b'"sha256:', b'"\\u0073ha256:'))
    assert _told(root) == []
    name = _name(root, SMALL, "original")
    (root / name).write_bytes(b"other")
    assert _told(root) == [("CK-E301", name, f"the bytes are {digest_bytes(b'other')}")]


def test_an_empty_payload_is_one(root: Path) -> None:
    """Whether it should be empty or not."""
    path = _file(root, SMALL, "original")
    path.write_bytes(b"")
    empty = digest_bytes(b"")
    name = path.relative_to(root).as_posix()
    assert _told(root) == [("CK-E301", name, f"the bytes are {empty}")]
    path.unlink()
    hexadecimal = empty.removeprefix("sha256:")
    path = root / "objects" / "sha256" / hexadecimal[:2] / hexadecimal[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    _claim(root, SMALL_RECORD, "original", digest=empty, size_bytes=0)
    assert _told(root) == []


# ── places ─────────────────────────────────────────────────────────────────────────────────────


def _copies(root: Path, count: int) -> list[str]:
    """More captures of the same payloads; the names of all their records, in order."""
    record = json.loads((root / SMALL_RECORD).read_bytes())
    names = [SMALL_RECORD]
    for number in range(count):
        name = f"items/small2026/captures/20270101T00000{number}Z.json"
        record["captured_at"] = f"2027-01-01T00:00:0{number}Z"
        (root / name).write_text(json.dumps(record), encoding="utf-8")
        names.append(name)
    return names


@pytest.mark.parametrize("role", ["text", "original"])
def test_an_absent_payload_is_told_with_who_needs_it(role: str, root: Path) -> None:
    """Three of its records at most."""
    names = _copies(root, 3)
    path = _file(root, SMALL, role)
    name = path.relative_to(root).as_posix()
    path.unlink()
    ((code, where, message),) = _told(root)
    assert (code, where) == ("CK-E302", name)
    told = message.removeprefix("is missing: ").split(", ")
    assert len(told) == 3
    assert set(told) < {f"{name} ({role})" for name in names}


def test_a_payload_that_is_held_elsewhere_is_withheld(root: Path) -> None:
    """Restricted, and never on this machine: a note says where it would be, and who names it."""
    name = _name(root, HELD, "text")
    for folder in ("restricted", ".citekit"):
        shutil.rmtree(root / folder)
    (told,) = (f for f in verify(ArchiveStore.open(root)).findings if f.code == "CK-I303")
    assert str(told.place) == str(root / name)
    assert told.message == f"withheld: {_record('held2026', HELD)} (text)"


def test_an_absent_large_payload_is_told(root: Path) -> None:
    """As a small one is, and in a check of its item alone."""
    path = _file(root, LARGE, "original")
    name = path.relative_to(root).as_posix()
    path.unlink()
    expected = [("CK-E302", name, f"is missing: {LARGE_RECORD} (original)")]
    assert _told(root) == _told(root, "large2026") == expected
    assert _told(root, "small2026") == []


def test_a_payload_of_a_record_that_cannot_be_read_may_be_anywhere(root: Path) -> None:
    """Nobody knows whether it should be public, and it is not extra either."""
    record = root / SMALL_RECORD
    record.write_bytes(record.read_bytes().replace(b'"source"', b'"sauce"'))
    ((code, name, _),) = _told(root)
    assert (code, name.partition(":")[0]) == ("CK-E201", SMALL_RECORD)
    path = _file(root, SMALL, "text")
    name = path.relative_to(root).as_posix()
    moved = root / "restricted" / path.relative_to(root / "objects")
    moved.parent.mkdir(parents=True, exist_ok=True)
    path.rename(moved)
    assert [line[0] for line in _told(root)] == ["CK-E201"]
    moved.write_bytes(b"other")
    codes = [(line[0], line[1]) for line in _told(root)]
    assert ("CK-E301", moved.relative_to(root).as_posix()) in codes
    moved.unlink()
    assert ("CK-E302", name, "is missing: an unreadable capture record") in _told(root)


def _move(source: str, target: str) -> Callable[[Path, BuiltCapture], tuple[str, str]]:
    def move(root: Path, capture: BuiltCapture) -> tuple[str, str]:
        path = _file(root, capture, "text")
        moved = root / target / path.relative_to(root / source)
        moved.parent.mkdir(parents=True, exist_ok=True)
        path.rename(moved)
        return path.relative_to(root).as_posix(), moved.relative_to(root).as_posix()

    return move


MOVES: Mapping[str, tuple[BuiltCapture, str, str, str, str]] = {
    "small2026": (SMALL, "objects", "restricted", "CK-E306", "a public item has these bytes"),
    "large2026": (LARGE, "objects", "restricted", "CK-E306", "a public item has these bytes"),
    "held2026": (
        HELD,
        "restricted",
        "objects",
        "CK-E305",
        "only restricted items have these bytes",
    ),
}


@pytest.mark.parametrize("key", list(MOVES))
def test_a_payload_in_the_wrong_place_is_told(key: str, root: Path) -> None:
    """Of a full check and of that item alone; a second copy is told, too."""
    capture, source, target, code, message = MOVES[key]
    old, new = _move(source, target)(root, capture)
    assert _told(root) == _told(root, key) == [(code, new, message)]
    shutil.copy(root / new, root / old)
    if key != "held2026":
        code, message = "CK-E309", "is a second copy"
    assert _told(root) == [(code, new, message)]


def test_what_one_public_item_has_is_public(root: Path) -> None:
    """Though a restricted one has it too."""
    store = ArchiveStore.open(root)
    with store.writing() as writer:
        writer.add_item(build_item("too2026"), captures={SMALL.stamp: SMALL.record})
    assert _told(root) == []
    assert [code for code, *_ in _told(root, "too2026")] in ([], ["CK-E305", "CK-E305"])


def test_files_that_are_no_payloads_are_told(root: Path) -> None:
    """By odd names, in odd folders; bytes that nobody names are told as such."""
    zeros = "0" * 62
    names = [
        "objects/loose", "objects/sha256/loose", "objects/sha256/0/short",
        "objects/sha256/00/short",
        f"objects/sha256/zz/{zeros}", f"objects/sha256/00/{zeros}0", f"objects/sha256/F0/{zeros}",
        f"objects/sha512/00/{zeros}", f"restricted/sha256/00/{zeros[:-1]}A",
        f"objects/sha256/00/{zeros}", f"restricted/sha256/00/{zeros}",
    ]  # fmt: skip
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    told = _told(root)
    assert told[: len(names) - 2] == [
        ("CK-E101", name, "nobody accounts for this file") for name in sorted(names[:-2])
    ]
    assert told[len(names) - 2 :] == [
        ("CK-E304", name, "no capture names this payload") for name in names[-2:]
    ]


# ── how far it is, and what is remembered ──────────────────────────────────────────────────────


def test_progress_counts_every_payload_once(root: Path) -> None:
    """Small ones, large ones, and what is damaged, up to their number."""
    for damage in (False, True):
        if damage:
            _file(root, SMALL, "original").write_bytes(b"other")
            _file(root, LARGE, "original").write_bytes(b"other")
        heard: list[tuple[int, int]] = []
        _told(root, progress=lambda done, of: heard.append((done, of)))  # noqa: B023
        assert heard == [(number, 5) for number in range(1, 6)]


def test_progress_of_some_items_is_told_as_far_as_it_is_known(root: Path) -> None:
    """How many there are is not known: it is as many as are done."""
    heard: list[tuple[int, int]] = []
    _told(root, "small2026", progress=lambda done, of: heard.append((done, of)))
    assert heard == [(1, 1), (2, 2)]


def test_large_payloads_are_remembered_too(root: Path) -> None:
    """An original of any size; a large text is read each time, because its shape is looked at."""
    store = ArchiveStore.open(root)
    verify(store, only_changed=True, now=LATER)
    report = verify(store, only_changed=True, now=LATER)
    assert (report.not_hashed, _lines(report, root)) == (4, [])
    path = _file(root, LARGE, "original")
    data = path.read_bytes()
    path.write_bytes(b"\1" + data[1:])
    report = verify(store, only_changed=True, now=LATER)
    assert report.not_hashed == 3
    assert [line[0] for line in _lines(report, root)] == ["CK-E301"]


def test_sizes_of_remembered_payloads_are_compared(root: Path) -> None:
    """Though they are not hashed again."""
    store = ArchiveStore.open(root)
    verify(store, only_changed=True, now=LATER)
    for record, role in ((SMALL_RECORD, "original"), (LARGE_RECORD, "original")):
        _claim(root, record, role, size_bytes=SMALL_BYTES + 7)
    _claim(root, SMALL_RECORD, "text", map__characters=LENGTH + 1)
    report = verify(ArchiveStore.open(root), only_changed=True, now=LATER)
    assert sorted(line[:2] for line in _lines(report, root)) == [
        ("CK-E307", LARGE_RECORD), ("CK-E307", SMALL_RECORD), ("CK-E308", SMALL_RECORD),
    ]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("role", ["text", "original"])
def test_a_link_in_the_place_of_a_payload_is_not_followed(
    role: str, root: Path, tmp_path: Path
) -> None:
    """Though it leads to the very bytes; where its item alone is looked at, it cannot be read."""
    path = _file(root, SMALL, role)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    ((code, name, message),) = _told(root, "small2026")
    assert (code, name) == ("CK-E201", path.relative_to(root).as_posix())
    assert "is a symbolic link" in message
    assert [line[0] for line in _told(root)] == ["CK-E102", "CK-E302"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_folders_of_payloads_are_no_links(root: Path, tmp_path: Path) -> None:
    """What is behind one is not hashed, and is missing."""
    (root / "objects" / "sha256").rename(tmp_path / "away")
    (root / "objects" / "sha256").symlink_to(tmp_path / "away")
    assert [code for code, *_ in _told(root)] == ["CK-E102", *["CK-E302"] * 4]
