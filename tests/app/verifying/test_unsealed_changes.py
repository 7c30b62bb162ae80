"""What is told of changes that no seal has signed yet: word by word, and of some items alone."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.sealing.seal import Keys, seal, waiting_changes
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import verify
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.note import Note, write_note
from citekit.integrity.sign import WITNESS, new_signer_key, sign_note, write_signer_key
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.writing.event_recorder import note_events
from citekit.testing.builders import build_archive, lasting_folder
from citekit.testing.tamper import UNSIGNED, wait_for_seal

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.findings import Finding

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOTE, CLAIM = "items/tide2023/note.md", "claims/passengers.json"
NOBODY = "nothing shows that this computer has noted it"

Told = tuple[str, str, str]
"""Code, path inside the archive, message."""


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_archive() -> Path:
    """An archive that was sealed twice: the note of ``tide2023`` is of entry 17, then of 20."""
    folder = lasting_folder()
    store = build_archive(folder / "archive")
    for text in ("One.\n", "Two.\n"):
        with store.writing() as writer:
            writer.write_note("tide2023", text)
        seal(store, keys=Keys(signing=KEY), now=NOON)
    return store.root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A signed archive in which all is sealed."""
    return Path(shutil.copytree(_make_archive(), tmp_path / "archive"))


def _path(finding: Finding, root: Path) -> str:
    return Path((finding.place and finding.place.path) or "").relative_to(root).as_posix()


def _told(root: Path, *keys: str, outside: Outside | None = None) -> list[Told]:
    """What a check tells but who signed and what is withheld."""
    report = verify(ArchiveStore.open(root), keys, outside=outside)
    return [
        (f.code, _path(f, root), re.sub(r"\(\w{12}\)", "(LEAF)", f.message))
        for f in report.findings
        if f.code not in ("CK-I615", "CK-I303")
    ]


def test_all_is_sealed_to_begin_with(root: Path) -> None:
    """There is nothing to tell."""
    assert _told(root) == []


def _hand(name: str, text: str | None) -> Callable[[Path], None]:
    """Somebody changes a file with an editor, or deletes it."""

    def change(root: Path) -> None:
        if text is None:
            (root / name).unlink()
        else:
            (root / name).write_text(text, encoding="utf-8")

    return change


def _hand_moves(old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / old).rename(root / new)

    return change


def _own(do: Callable[[Archive], object]) -> Callable[[Path], None]:
    """This computer does it with citekit, and notes it."""

    def change(root: Path) -> None:
        do(Archive.open(root))

    return change


def _note(text: str | None) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with ArchiveStore.open(root).writing() as writer:
            writer.write_note("tide2023", text)

    return change


def _line(action: str, subject: str, text: str | None = None) -> Callable[[Path], None]:
    """Somebody writes a line into the file of events that wait."""

    def change(root: Path) -> None:
        event: dict[str, object] = {"action": action, "subject": subject}
        if text is not None:
            event["digest"] = digest_bytes(text.encode())
        wait_for_seal(root, event)

    return change


def _all(*changes: Callable[[Path], None]) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        for one in changes:
            one(root)

    return change


def _unmarked(*changes: Callable[[Path], None]) -> Callable[[Path], None]:
    """The events are there, and nothing shows any more whose they are."""
    return _all(*changes, lambda root: ArchiveStore.open(root).layout.own_file.unlink())


def _seal(root: Path) -> None:
    """The owner seals, and confirms what waits."""
    store = ArchiveStore.open(root)
    confirmed = [waiting.leaf for waiting in waiting_changes(store)]
    seal(store, keys=Keys(signing=KEY), now=NOON, confirmed=confirmed)


def _purge(root: Path) -> None:
    purge(ArchiveStore.open(root), "lantern2024", reason="asked to")


def _erase(root: Path) -> None:
    purge(ArchiveStore.open(root), "tide2023", reason="asked to", record=True)


def _erase_and_put_back(root: Path) -> None:
    copy = shutil.copytree(root / "items/tide2023", root.parent / "copy")
    _erase(root)
    _seal(root)
    shutil.copytree(copy, root / "items/tide2023")


def _rename_by_hand(root: Path) -> None:
    """As citekit would do it, without a word in the log."""
    path = root / "items/lantern2024/item.json"
    record = json.loads(path.read_text("utf-8"))
    record["id"] = "lamp2024"
    record["custom"]["citekit"]["aliases"] = ["lantern2024"]
    path.write_text(json.dumps(record), "utf-8")
    path.parent.rename(root / "items/lamp2024")


RESTRICT = _own(lambda archive: archive.set_access("lantern2024", "restricted"))
RENAME = _own(lambda archive: archive.rename("tide2023", "ebb2023"))
HIDE = _own(lambda archive: archive.set_access("tide2023", "private"))

ITEM, HARBOUR_NOTE = "items/tide2023/item.json", "items/harbour2024/note.md"
LANTERN = "items/lantern2024"
LATER = "items/harbour2024/captures/20250302T093000Z.json"
PENDING = "log/pending.jsonl"
TEXT = "objects/sha256/ad/1e7c9f24677bdf25201c372d50ee87d0721032d26361423bd781b6ba4cd7da"
IS_MISSING = "is missing: items/lantern2024/captures/20240302T093000Z.json (text)"
X, Y = digest_bytes(b"x"), digest_bytes(b"y")
NOTE_MISSING = "is missing: entry 17 of the log has it"
NO_JSON = "is not JSON: Expecting value"

CHANGES: list[tuple[str, Callable[[Path], None], str | None, list[Told]]] = [
    # By hand: nothing says so, and nothing excuses what must not change.
    ("a changed note", _hand(NOTE, "x"), "tide2023",
     [("CK-I603", NOTE, "has changed since entry 17")]),
    ("a note of then", _hand(NOTE, "One.\n"), "tide2023",
     [("CK-I603", NOTE, "is again as entry 13 of the log says since entry 17")]),
    ("a deleted note", _hand(NOTE, None), "tide2023",
     [("CK-E601", NOTE, NOTE_MISSING)]),
    ("a new note", _hand("items/lantern2024/note.md", "x"), "lantern2024",
     [("CK-I603", "items/lantern2024/note.md", "is not in the log yet")]),
    ("a renamed item", _rename_by_hand, "lamp2024",
     [("CK-I603", "items/lamp2024", "was renamed from items/lantern2024, not sealed yet"),
      ("CK-I603", "items/lamp2024/item.json", "has changed since entry 8")]),
    ("an item that was erased", _erase_and_put_back, "tide2023",
     [("CK-E666", ITEM, "is here, but the log says that it was erased"),
      ("CK-E666", NOTE, "is here, but the log says that it was erased")]),
    # By this computer: the events wait.
    ("an own change", _note("x"), "tide2023",
     [("CK-I604", NOTE, "has changed; the event waits for a seal")]),
    ("an own removal", _note(None), "tide2023",
     [("CK-I604", NOTE, "was removed; the event waits for a seal")]),
    ("an own withdrawal", _own(lambda archive: archive.remove("tide2023")), "tide2023",
     [("CK-I604", ITEM, "has changed; the event waits for a seal")]),
    ("an own renaming", RENAME, "ebb2023",
     [("CK-I604", "items/ebb2023/item.json", "has changed; the event waits for a seal")]),
    ("an item made private", HIDE, None,
     [("CK-I677", f"private/{ITEM}", "is new since the last seal"),
      ("CK-I677", f"private/{NOTE}", "is new since the last seal"),
      ("CK-I604", "items/tide2023", "is gone; that waits for a seal")]),
    ("an own purge", _purge, "lantern2024",
     [("CK-E665", TEXT, f"{IS_MISSING}; its purge awaits the owner's seal"),
      ("CK-I625", PENDING, "a purge of items/lantern2024 waits for the owner's seal")]),
    ("an own erasing", _erase, None,
     [("CK-I625", PENDING, "an erasing of items/tide2023 waits for the owner's seal"),
      ("CK-E665", ITEM, "is missing: it was erased, and that waits for a seal"),
      ("CK-E665", NOTE, "is missing: it was erased, and that waits for a seal")]),
    # By others, or by nobody: what their lines say excuses nothing.
    ("a change and its line", _all(_hand(NOTE, "x"), _line("note", NOTE, "x")), "tide2023",
     [("CK-I660", NOTE,
       f"has changed since entry 17; an event (note by Ada Quill) says so: {NOBODY}")]),
    ("a change and another line", _all(_hand(NOTE, "x"), _line("note", NOTE, "y")), "tide2023",
     [("CK-I603", NOTE, "has changed since entry 17")]),
    ("a removal by others", _unmarked(_note(None)), "tide2023",
     [("CK-E601", NOTE, f"{NOTE_MISSING}; an event says that it was removed, and {NOBODY}")]),
    ("a line without a change", _line("note", NOTE, "y"), "tide2023",
     [("CK-I660", NOTE, f"an event (note by Ada Quill) waits: {NOBODY}")]),
    ("a line of then", _line("note", NOTE, "One.\n"), "tide2023", []),
    ("a line of now", _line("note", NOTE, "Two.\n"), "tide2023", []),
    ("a line on a file that is absent", _line("capture", LATER, "y"), "harbour2024",
     [("CK-E601", LATER, "is missing: an event that waits has it")]),
    ("a line on other bytes", _all(_hand(LATER, "x"), _line("capture", LATER, "y")), "harbour2024",
     [("CK-E201", LATER, NO_JSON),
      ("CK-I603", LATER, "is not in the log yet"),
      ("CK-E602", LATER, f"has {X}, an event that waits says {Y}")]),
    ("a line on an item that is there", _line("remove", "items/tide2023"), "tide2023",
     [("CK-I660", "items/tide2023", f"an event (remove by Ada Quill) waits: {NOBODY}")]),
    ("a line on an item that never was", _line("remove", "items/none2023"), "tide2023", []),
    ("a renaming by others", _unmarked(RENAME), "ebb2023",
     [("CK-I603", "items/ebb2023", "was renamed from items/tide2023, not sealed yet"),
      ("CK-I660", "items/ebb2023/item.json",
       f"has changed since entry 11; an event (item by citekit) says so: {NOBODY}")]),
    ("an access by others", _unmarked(RESTRICT), "lantern2024",
     [("CK-I660", f"{LANTERN}/annotations.jsonl",
       f"has changed since entry 10; an event (annotation by citekit) says so: {NOBODY}"),
      ("CK-I660", f"{LANTERN}/item.json",
       f"has changed since entry 8; an event (access by citekit) says so: {NOBODY}")]),
    ("an item made private by others", _unmarked(HIDE), None,
     [("CK-I677", f"private/{ITEM}", "is new since the last seal"),
      ("CK-I677", f"private/{NOTE}", "is new since the last seal"),
      ("CK-I603", "items/tide2023", "was made private, not sealed yet")]),
    ("a purge by others", _unmarked(_purge), "lantern2024",
     [("CK-E624", TEXT, f"{IS_MISSING}; a purge says so that nothing shows to be yours"),
      ("CK-I662", PENDING, f"a purge of items/lantern2024 waits (LEAF): {NOBODY}")]),
    ("an erasing by others", _unmarked(_erase), None,
     [("CK-E601", ITEM, "is missing: entry 11 of the log has it"),
      ("CK-E601", NOTE, "is missing: entry 17 of the log has it"),
      ("CK-I662", PENDING, f"an erasing of items/tide2023 waits (LEAF): {NOBODY}")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "key", "expected"), [pytest.param(c, k, e, id=i) for i, c, k, e in CHANGES]
)
def test_a_change_is_told_of_the_item_that_it_is_of(
    change: Callable[[Path], None], key: str | None, expected: list[Told], root: Path
) -> None:
    """In a check of all and of this item alone; a check of another item tells nothing of it."""
    change(root)
    assert _told(root) == expected
    if key is not None:
        assert _told(root, key) == expected
    other = "lantern2024" if key in (None, "harbour2024") else "harbour2024"
    assert _told(root, other) == []


# ── purges, sealed or not ──────────────────────────────────────────────────────────────────────


PURGED = ("CK-I621", TEXT, "was purged, entry 19 of the log says")


def test_a_purge_that_is_sealed_excuses_what_is_absent(root: Path) -> None:
    """For certain where the log is signed."""
    _purge(root)
    _seal(root)
    assert _told(root) == _told(root, "lantern2024") == [PURGED]
    assert _told(root, "tide2023") == []


def test_of_a_log_that_is_not_signed_nobody_vouches_for_a_purge(tmp_path: Path) -> None:
    """It excuses, and that is told."""
    root = build_archive(tmp_path / "archive").root
    _purge(root)
    store = ArchiveStore.open(root)
    seal(store, now=NOON, confirmed=[waiting.leaf for waiting in waiting_changes(store)])
    assert _told(root) == [
        ("CK-I621", TEXT, "was purged, entry 13 of the log says"),
        ("CK-I663", TEXT, "nobody vouches for entry 13: it is not signed"),
    ]


def test_where_nothing_is_sealed_an_own_purge_counts(tmp_path: Path) -> None:
    """There is no owner's seal to wait for."""
    root = build_archive(tmp_path / "archive").root
    _purge(root)
    waits = ("CK-I604", TEXT, "was purged, an event that waits for a seal says")
    assert _told(root) == [waits, NEVER]


def test_where_the_key_is_here_a_purge_awaits_nobody(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The owner can seal it, and has not."""
    key = tmp_path / "own.key"
    key.write_text(f"{write_signer_key(KEY)}\n")
    key.chmod(0o600)
    monkeypatch.setenv("CITEKIT_SIGNING_KEY", str(key))
    _purge(root)
    assert _told(root) == [
        ("CK-E624", TEXT, f"{IS_MISSING}; a purge that nobody has sealed says so"),
        ("CK-I625", PENDING, "a purge of items/lantern2024 waits for the owner's seal"),
    ]


def test_a_purge_of_what_was_never_here_is_no_alarm(root: Path) -> None:
    """A restricted text that this computer has not held is withheld, whatever waits."""
    store = ArchiveStore.open(root)
    purge(store, "harbour2024", reason="asked to")
    store.layout.held_file.unlink()
    waits = "a purge of items/harbour2024 waits for the owner's seal"
    assert _told(root) == [("CK-I625", PENDING, waits)]


def test_an_item_that_was_withdrawn_need_not_be_here(root: Path) -> None:
    """Its owner may have deleted it since; before that is sealed, it is missing."""
    _own(lambda archive: archive.remove("tide2023"))(root)
    copy = shutil.copytree(root, root.parent / "unsealed")
    _seal(root)
    for archive in (root, copy):
        shutil.rmtree(archive / "items/tide2023")
    withdrawn = "is not here: its item was withdrawn, the log says"
    assert _told(root) == [("CK-I667", ITEM, withdrawn), ("CK-I667", NOTE, withdrawn)]
    assert [line[:2] for line in _told(copy)] == [("CK-E601", ITEM), ("CK-E601", NOTE)]


# ── no seal yet, or one that was stopped ───────────────────────────────────────────────────────

NEVER = ("CK-I600", "log/checkpoint", "nothing proven yet: this archive was never sealed")
ONCE = ("CK-E606", "log/checkpoint", "is missing: there was a log once")
STOPPED = "a seal was stopped"
WITNESSED = new_signer_key("one.example/w", b"1" * 32, algorithm=WITNESS).verifier
KNOWN = ("CK-E613", "log/checkpoint", "there is no checkpoint, but you know of one")


@pytest.mark.parametrize(
    ("outside", "expected"),
    [
        (Outside(), [NEVER]),
        (Outside(keys=(KEY.verifier,)), [KNOWN, NEVER]),
        (
            Outside(checkpoints=(("kept", Checkpoint(origin="x", size=1, root=bytes(32))),)),
            [KNOWN, NEVER],
        ),
        (
            Outside(witnesses=(WITNESSED,)),
            [
                (
                    "CK-E650",
                    "log/checkpoint",
                    f"there is no checkpoint that {WITNESSED.short} cosigned",
                ),
                NEVER,
            ],
        ),
    ],
)
def test_who_knows_of_a_seal_misses_it(
    outside: Outside, expected: list[Told], tmp_path: Path
) -> None:
    """An archive without a log proves nothing, and may have lost it."""
    root = build_archive(tmp_path / "archive").root
    assert _told(root, outside=outside) == expected


@pytest.mark.parametrize("name", ["log/tile/0/000", "log/cosigned/5", "trust/checkpoints/5"])
def test_what_a_log_has_left_tells_of_it(name: str, tmp_path: Path) -> None:
    """A tile, a cosigned or a kept checkpoint: nobody else writes such files."""
    root = build_archive(tmp_path / "archive").root
    (root / name).parent.mkdir(parents=True)
    (root / name).write_bytes(b"x" * 32)
    assert _told(root) == [ONCE]


def _begin_seal(root: Path) -> set[str]:
    """Write the files of the next seal, and no checkpoint; their names."""
    log = LogFolder(ArchiveStore.open(root).layout)
    standing = log.standing()
    files = log.preview(standing, log.waiting(standing.size if standing else 0))
    for name, data in files.items():
        path = root / "log" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return {f"log/{name}" for name in files}


def test_a_first_seal_that_was_stopped_is_no_lost_log(tmp_path: Path) -> None:
    """Its files are those of the events that wait; with a base there was another."""
    root = build_archive(tmp_path / "archive").root
    names = _begin_seal(root)
    assert len(names) == 2
    assert _told(root) == [("CK-I608", name, STOPPED) for name in sorted(names)]
    pending = root / PENDING
    pending.write_bytes(pending.read_bytes().replace(b'{"base":0}', b'{"base":3}'))
    assert ONCE in _told(root)
    assert not [line for line in _told(root) if line[0] == "CK-I608"]


def test_a_base_alone_tells_of_a_log(tmp_path: Path) -> None:
    """Events that wait say how many were sealed when the first of them came."""
    root = build_archive(tmp_path / "archive").root
    pending = root / PENDING
    lines = pending.read_bytes().split(b"\n")
    pending.write_bytes(b"\n".join([b'{"base":3}', *lines[1:]]))
    went_back = "the log had 3 entries when it began, and has 0"
    assert [line for line in _told(root) if line[1] == "log/checkpoint"] == [ONCE]
    assert not [line for line in _told(root) if line[2] == went_back]


def test_a_later_seal_that_was_stopped_is_told_by_its_files(root: Path) -> None:
    """They are what the events that wait would make; any other file is beyond the checkpoint."""
    before = {path for path in (root / "log").rglob("*") if path.is_file()}
    _note("x")(root)
    new = {root / name for name in _begin_seal(root)} - before
    told = _told(root)
    waits = ("CK-I604", NOTE, "has changed; the event waits for a seal")
    stopped = [("CK-I608", path.relative_to(root).as_posix(), STOPPED) for path in sorted(new)]
    assert new
    assert told == [*stopped, waits]
    for path in new:
        path.write_bytes(b"x")
    beyond = [(code, message) for code, _, message in _told(root) if code != "CK-I604"]
    assert beyond == [("CK-E607", "is beyond the checkpoint")] * len(new)


def test_a_key_of_a_seal_that_was_stopped_need_not_be_there(root: Path) -> None:
    """Its event waits, and its file is written afterwards."""
    store = ArchiveStore.open(root)
    subject = "trust/keys/00000000.vkey"
    about = {"action": "key", "subject": subject, "digest": X, "vkey": str(KEY.verifier)}
    note_events(store.layout, store.noted, [encode_leaf({**UNSIGNED, **about})])
    assert _told(root) == [("CK-I608", subject, STOPPED)]
    assert _told(root, "tide2023") == [("CK-I608", subject, STOPPED)]


def test_no_event_can_wait_in_a_folder(root: Path) -> None:
    """Nothing is judged by a log of which a part cannot be read."""
    (root / PENDING).unlink(missing_ok=True)
    (root / PENDING).mkdir()
    assert ("CK-E609", PENDING, "is a folder: no event can wait there") in _told(root)


def test_a_log_keeps_its_name(root: Path) -> None:
    """The settings may only repeat it."""
    settings = root / "archive.toml"
    text = settings.read_text("utf-8")
    for name, is_told in (("coast.example/log", True), (KEY.verifier.name, False)):
        settings.write_text(f'{text}\n[log]\norigin = "{name}"\n', "utf-8")
        message = f"[log] origin is {name!r}, the log is {KEY.verifier.name!r}"
        assert (("CK-E629", "archive.toml", message) in _told(root)) == is_told


def test_of_very_many_damaged_lines_the_first_are_named(root: Path) -> None:
    """Twenty are enough to see what it is."""
    (root / PENDING).write_bytes(b'{"base":19}\n' + b"none\n" * 21)
    report = verify(ArchiveStore.open(root))
    told = [str(f.place) for f in report.findings if f.code == "CK-W622"]
    assert told == [f"{root / PENDING}:{line}" for line in range(2, 22)]


# ── what is sealed, and is not so ──────────────────────────────────────────────────────────────


def test_what_was_purged_may_not_be_here(root: Path) -> None:
    """Whoever puts the bytes back is told so, and who checks another item is not."""
    copy = (root / TEXT).read_bytes()
    _purge(root)
    _seal(root)
    path = root / TEXT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(copy)
    here = ("CK-E623", TEXT, "is here, but the log says that it was purged")
    assert here in _told(root)
    assert here in _told(root, "lantern2024")
    assert _told(root, "tide2023") == []


def test_payloads_of_a_record_that_is_gone_are_not_extra(root: Path) -> None:
    """The record is missing; what is told of other files stays."""
    record = f"{LANTERN}/captures/20240302T093000Z.json"
    (root / record).unlink()
    (root / "objects/sha256/00").mkdir(parents=True, exist_ok=True)
    (root / "objects/sha256/00" / ("0" * 62)).write_bytes(b"x")
    told = [line[:2] for line in _told(root)]
    assert ("CK-E601", record) in told
    assert [path for code, path in told if code == "CK-E304"] == ["objects/sha256/00/" + "0" * 62]


@pytest.mark.parametrize(("size", "lacking"), [(10**9, 3_906_249), (2**40, 4_294_967_295)])
def test_a_log_that_lacks_nearly_all_of_it_is_not_gone_through(
    size: int, lacking: int, root: Path
) -> None:
    """Its checkpoint names more entries than anybody could read: only their number is told."""
    note = Checkpoint(origin=KEY.verifier.name, size=size, root=bytes(32)).text
    (root / "log/checkpoint").write_bytes(write_note(sign_note(Note(text=note), KEY)))
    assert _told(root) == [("CK-E606", "log/tile", f"{lacking} bundles of entries are missing")]
    assert verify(ArchiveStore.open(root)).sealed == size
