# ruff: noqa: E501  # the table of damages is one line each
"""``verify``: each damage has its finding, and an archive in order has none."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.rules import rules
from citekit.app.verifying.verify import Report, verify
from citekit.errors import NotFound
from citekit.findings import FindingClass, Severity
from citekit.integrity.sign import new_signer_key
from citekit.model.annotation import Passage
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.folder_names import names_of
from citekit.store.staging import Journal, begin
from citekit.testing.builders import lasting_folder
from citekit.testing.store_builders import add_item, build_annotation, build_capture, build_item

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = " ".join(f"word{number}" for number in range(100))
HELD = build_capture(text=TEXT, original=b"as received")
PUBLIC = build_capture(text="A public text.", minutes=1)
CASES = Path(__file__).parents[2] / "cases" / "findings.toml"
TOLD: dict[str, list[str]] = tomllib.loads(CASES.read_text("utf-8"))
ABSENT = build_capture(text="Never here.", minutes=2)


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_archive() -> Path:
    """The archive below, to be copied."""
    folder = lasting_folder()
    store = ArchiveStore.create(folder / "archive", title="Whole")
    with store.writing() as writer:
        writer.write_entity(Entity(id="kfor", kind="organization", name="KFOR"))
        add_item(writer, build_item("held2026"), HELD)
        add_item(writer, build_item("public2026", access="public"), PUBLIC)
        writer.add_item(build_item("absent2026"), captures={ABSENT.stamp: ABSENT.record})
        writer.write_note("held2026", "A note.\n")
        passage = Passage(capture=HELD.stamp, start=0, end=11, exact="word0 word1")
        mark = build_annotation(1, passage=passage, note="!", entities=("kfor",))
        writer.write_annotations("held2026", [mark])
        evidence = ClaimEvidence(item="held2026", stance="supports", annotation=mark.id)
        writer.write_claim(
            Claim(id="one", statement="One.", entities=("kfor",), evidence=(evidence,))
        )
    (store.root / "README.md").write_text("About this archive\n")
    (store.root / "LICENSE").write_text("CC0\n")
    return store.root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A restricted, a public and a withheld item, annotated, with an entity and a claim."""
    return Path(shutil.copytree(_make_archive(), tmp_path / "archive"))


def _report(root: Path) -> Report:
    return verify(ArchiveStore.open(root))


def _codes(report: Report) -> list[str]:
    return [f.code for f in report.findings if f.severity is not Severity.NOTE]


def _told(report: Report, root: Path) -> list[str]:
    """Code, place and message of each finding that is no note, a line each; digests cut off."""
    lines = [
        f"{f.code} {Path(str(f.place)).relative_to(root)}: {f.message}"
        for f in report.findings
        if f.severity is not Severity.NOTE
    ]
    return [re.sub(r"sha256:\w{64}", "sha256:…", line) for line in lines]


def _payload(root: Path, capture: object, role: str = "text") -> Path:
    digest = capture.record.payloads[role].digest  # type: ignore[attr-defined]  # a BuiltCapture
    path = ArchiveStore.open(root).payload_path(digest)
    assert path is not None
    return path


def test_an_archive_in_order_has_no_finding_but_what_is_withheld(root: Path) -> None:
    """All is well, nothing is proven yet, and a restricted text that was never here is fine."""
    report = _report(root)
    assert _codes(report) == []
    assert FindingClass.WITHHELD in {finding.kind for finding in report.findings}
    assert report.ok
    assert report.exit_code() == 0
    assert report.to_json()["items"] == 3
    assert report.summary().endswith("0 sealed: nothing proven yet")
    assert report.exit_code(strict=True) == 1


def _edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        path = root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return damage


def _write(name: str, data: bytes) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return damage


def _link(name: str, target: str) -> Callable[[Path], None]:
    return lambda root: (root / name).symlink_to(target)


def _remove(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def _pipe(root: Path) -> None:
    os.mkfifo(root / "items" / "held2026" / "pipe")


def _flip(root: Path) -> None:
    path = _payload(root, HELD, "original")
    path.write_bytes(b"As received")


def _lose(root: Path) -> None:
    _payload(root, HELD).unlink()


def _lose_public(root: Path) -> None:
    _payload(root, PUBLIC).unlink()


def _leak(root: Path) -> None:
    path = _payload(root, HELD)
    target = root / "objects" / path.relative_to(root / "restricted")
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)


def _hide(root: Path) -> None:
    path = _payload(root, PUBLIC)
    target = root / "restricted" / path.relative_to(root / "objects")
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)


def _double(root: Path) -> None:
    path = _payload(root, PUBLIC)
    target = root / "restricted" / path.relative_to(root / "objects")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)


def _collide(root: Path) -> None:
    shutil.copytree(root / "items" / "public2026", root / "items" / "Public2026")
    _edit("items/Public2026/item.json", '"public2026"', '"Public2026"')(root)


def _alias(root: Path) -> None:
    store = ArchiveStore.open(root)
    item = store.item("held2026")
    named = item.with_facts(replace(item.facts, aliases=("public2026",)))
    (root / "items/held2026/item.json").write_text(json.dumps(named.data))


def _evidence(root: Path) -> None:
    store = ArchiveStore.open(root)
    item = store.item("held2026")
    evidence = {"caption": ({"value": TEXT, "origin": "text"},)}
    shown = item.with_facts(replace(item.facts, evidence=evidence))
    (root / "items/held2026/item.json").write_text(json.dumps(shown.data))


def _annotate(*passages: Passage, entity: str = "kfor") -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        marks = [
            build_annotation(number, passage=passage, entities=(entity,))
            for number, passage in enumerate(passages, 1)
        ]
        store = ArchiveStore.open(root)
        with store.writing() as writer:
            writer.write_annotations("held2026", marks)

    return damage


def _passage(start: int, end: int, *, exact: bool = True, capture: str = HELD.stamp) -> Passage:
    words = TEXT[start:end] if exact else None
    return Passage(capture=capture, start=start, end=end, exact=words)


RECORD = f"items/held2026/captures/{HELD.stamp}.json"
ZEROS = "0" * 62

DAMAGES: list[tuple[str, str, Callable[[Path], None]]] = [
    ("CK-E101", "a file at the top", _write("extra.txt", b"x")),
    ("CK-E101", "a file beside an item", _write("items/held2026/extra.txt", b"x")),
    ("CK-E101", "a file right in items", _write("items/extra.json", b"{}")),
    ("CK-E101", "a README below", _write("items/held2026/README.md", b"x")),
    ("CK-E101", "a folder that is no key", _write("items/-x-/item.json", b"{}")),
    ("CK-E101", "a capture with another name", _write("items/held2026/captures/x.json", b"{}")),
    ("CK-E101", "an entity with a bad id", _write("entities/Not An Id.json", b"{}")),
    ("CK-E101", "a claim with a bad id", _write("claims/Not An Id.json", b"{}")),
    ("CK-E101", "a file among the objects", _write("objects/sha256/aa/short", b"x")),
    ("CK-E101", "a deeper file", _write(f"objects/sha256/aa/{ZEROS}/x", b"x")),
    ("CK-E101", "a file in the log", _write("log/tile/x", b"x")),
    ("CK-E101", "a file in trust", _write("trust/keys/key.pem", b"x")),
    ("CK-E102", "a link to a file", _link("items/held2026/link", "item.json")),
    ("CK-E102", "a link to a folder", _link("more", "items")),
    ("CK-E102", "a dangling link", _link("entities/gone.json", "nowhere")),
    ("CK-E102", "a pipe", _pipe),
    ("CK-E103", "a folder without an item", _write("items/empty2026/note.md", b"x")),
    ("CK-E104", "keys that differ by case", _collide),
    ("CK-E201", "an item that is no JSON", _write("items/public2026/item.json", b"{")),
    ("CK-E201", "an item that is no item", _write("items/public2026/item.json", b"[]")),
    ("CK-E201", "an item with a key twice", _edit("items/held2026/item.json", '"id"', '"id":1,"id"')),
    ("CK-E201", "a note that is no UTF-8", _write("items/held2026/note.md", b"\xff")),
    ("CK-E201", "an annotation that is none", _write("items/public2026/annotations.jsonl", b"{}\n")),
    ("CK-E201", "a capture without a source", _edit(RECORD, '"source"', '"sauce"')),
    ("CK-E201", "an entity of no kind", _edit("entities/kfor.json", "organization", "thing")),
    ("CK-E201", "a claim that is no JSON", _write("claims/two.json", b"")),
    ("CK-E201", "an endless nesting", _write("claims/two.json", b"[" * 100_000)),
    ("CK-E201", "a lone surrogate", _write("claims/two.json", b'{"id": "\\ud800"}')),
    ("CK-E202", "an id that is not the folder's", _edit("items/held2026/item.json", '"held2026"', '"x"')),
    ("CK-E202", "an id that is not the file's", _edit("entities/kfor.json", '"kfor"', '"nato"')),
    ("CK-E201", "an entity that is no UTF-8", _write("entities/kfor.json", b"\xff")),
    ("CK-E201", "a claim that is no UTF-8", _write("claims/one.json", b"\xff")),
    ("CK-E201", "a capture that is no UTF-8", _write(RECORD, b"\xff")),
    ("CK-E202", "a claim's id that is not the file's", _edit("claims/one.json", '"one"', '"two"')),
    ("CK-E203", "a stamp of another instant", _edit(RECORD, "14:15:00Z", "14:16:00Z")),
    ("CK-E204", "an alias that is a key", _alias),
    ("CK-E301", "changed bytes", _flip),
    ("CK-E302", "a lost restricted text that was here", _lose),
    ("CK-E302", "a lost public text", _lose_public),
    ("CK-E304", "bytes that nobody names", _write(f"objects/sha256/00/{ZEROS}", b"x")),
    ("CK-E305", "restricted bytes where git sees them", _leak),
    ("CK-E306", "public bytes where git does not see them", _hide),
    ("CK-E307", "another size", _edit(RECORD, '"size_bytes": 11', '"size_bytes": 12')),
    ("CK-E308", "another count of characters", _edit(RECORD, '"characters": 689', '"characters": 9')),
    ("CK-E309", "a second copy", _double),
    ("CK-E401", "an entity that is not there", _annotate(_passage(0, 5), entity="nobody")),
    ("CK-E402", "a capture that is not there", _annotate(_passage(0, 5, capture="20200101T000000Z"))),
    ("CK-E403", "a passage beyond the end", _annotate(_passage(600, 900, exact=False))),
    ("CK-W404", "another quote", _edit("items/held2026/annotations.jsonl", "word0 word1", "word0 word2")),
    ("CK-E405", "a claim about no item", _edit("claims/one.json", "held2026", "gone2026")),
    ("CK-E406", "a claim about no annotation", _edit("claims/one.json", "00000001-", "00000002-")),
    ("CK-E407", "a claim about no entity", _edit("claims/one.json", '"kfor"', '"nobody"')),
    ("CK-E501", "a quote of thirteen words", _annotate(_passage(0, 80))),
    ("CK-E502", "a fifth of the text", _annotate(*(_passage(n, n + 62) for n in (0, 70, 140)))),
    ("CK-E503", "a text as evidence", _evidence),
]  # fmt: skip


@pytest.mark.parametrize(("code", "what", "damage"), DAMAGES, ids=[what for _, what, _ in DAMAGES])
def test_damage_is_found(code: str, what: str, damage: Callable[[Path], None], root: Path) -> None:
    """Each kind of damage has its finding and few others, each with its place, rule and way out."""
    damage(root)
    report = _report(root)
    assert _told(report, root) == TOLD[what]
    finding = next(finding for finding in report.findings if finding.code == code)
    assert finding.place
    assert finding.place.path
    assert finding.place.path.startswith(str(root))
    assert finding.rule
    assert finding.hint
    assert report.ok == (code == "CK-W404")


def test_what_may_be_quoted_is_no_excess(root: Path) -> None:
    """Twelve words in one quote, fifteen of a hundred together: the bounds themselves."""
    twelve, three = _passage(0, 73), _passage(74, 94)
    assert [len(p.exact.split()) for p in (twelve, three) if p.exact] == [12, 3]
    _annotate(twelve, three)(root)
    assert _codes(_report(root)) == []


@pytest.mark.parametrize(
    ("what", "exit_code"),
    [
        ("changed bytes", 6),
        ("a lost public text", 6),
        ("a file at the top", 6),
        ("an item that is no JSON", 4),
        ("a quote of thirteen words", 1),
        ("another quote", 0),
    ],
)
def test_the_exit_code_follows_the_class(what: str, exit_code: int, root: Path) -> None:
    """6 for what was tampered with, is missing or extra, 4 for the unreadable, 1 for excess."""
    damage = next(damage for _, name, damage in DAMAGES if name == what)
    damage(root)
    assert _report(root).exit_code() == exit_code


def test_an_item_that_is_being_renamed_is_one(root: Path) -> None:
    """The old folder is still there: it is told, and what is in it is neither extra nor homeless.

    What else is extra is told as ever; and where the old one has more than the new one, nobody
    passes it over.
    """
    store = ArchiveStore.open(root)
    item = store.item("public2026")
    new = item.with_facts(replace(item.facts, aliases=("public2026",))).with_data(id="open2026")
    shutil.copytree(root / "items" / "public2026", root / "items" / "open2026")
    (root / "items" / "open2026" / "item.json").write_text(json.dumps(new.data))
    begin(store.layout, Journal(renamed=("public2026", "open2026")))
    (root / "items" / "zzz.txt").write_bytes(b"x")
    told = [(f.code, str(f.place), f.message) for f in _report(root).findings]
    where = str(root / "items" / "public2026")
    assert ("CK-I105", where, "has been renamed to open2026") in told
    assert [line[:2] for line in told if line[0].startswith("CK-E")] == [
        ("CK-E101", str(root / "items" / "zzz.txt"))
    ]
    (root / "items" / "public2026" / "own.txt").write_bytes(b"x")
    codes = [f.code for f in _report(root).findings]
    assert "CK-I105" not in codes
    assert "CK-E204" in codes


def test_a_second_folder_of_a_key_is_told(root: Path) -> None:
    """The marked one counts, as everywhere; the other one's record is of no item."""
    *_, marked = names_of("public2026")
    assert marked != "public2026"
    shutil.copytree(root / "items" / "public2026", root / "items" / marked)
    message = f"the key 'public2026' has the folder items/{marked}"
    assert f"CK-E202 items/public2026/item.json: {message}" in _told(_report(root), root)


def test_a_sealed_archive_in_order_has_no_finding(root: Path) -> None:
    """Each file of the log and of trust is accounted for."""
    seal(
        ArchiveStore.open(root),
        keys=Keys(signing=new_signer_key("citekit.invalid/whole", b"k" * 32)),
    )
    assert _codes(_report(root)) == []


def test_every_code_is_raised_by_some_damage() -> None:
    """The table holds no code that no test has seen, and no damage a code that is not in it."""
    elsewhere = {"CK-I105", "CK-I303", "CK-E205"}  # each has a test of its own
    ours = {code for code in rules() if not re.match(r"CK-[EWI]6", code)}
    assert {code for code, _, _ in DAMAGES} | elsewhere == ours


def test_the_same_id_twice_is_found(root: Path) -> None:
    """Two unlike annotations with one id are told, with the line of the second."""
    path = root / "items/held2026/annotations.jsonl"
    text = path.read_text()
    path.write_text(text + text.replace("{", '{"unheard-of": 1, ', 1))
    (finding,) = [f for f in _report(root).findings if f.code == "CK-E205"]
    assert finding.place
    assert finding.place.line == 2


def test_one_bad_line_does_not_hide_the_others(root: Path) -> None:
    """Lines after a broken annotation are read, and the broken one is named by its line."""
    path = root / "items/held2026/annotations.jsonl"
    path.write_text("{\n" + path.read_text())
    codes = {f.code: f for f in _report(root).findings if f.severity is not Severity.NOTE}
    assert list(codes) == ["CK-E201"]
    assert str(codes["CK-E201"].place).endswith("annotations.jsonl:1:2")


def test_what_changes_no_content_is_no_alarm(root: Path) -> None:
    """chmod, touch, a git checkout, empty folders and a deleted .citekit are all fine."""
    for path in root.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            os.utime(path, (0, 0))
    (root / "items" / "held2026" / "empty").mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    assert _codes(_report(root)) == []
    shutil.rmtree(root / ".citekit")
    assert _codes(_report(root)) == []


def test_a_clone_withholds_what_git_does_not_have(root: Path) -> None:
    """A machine that never held the restricted texts has nothing to complain about."""
    shutil.rmtree(root / "restricted")
    shutil.rmtree(root / ".citekit")
    report = _report(root)
    withheld = [f for f in report.findings if f.kind is FindingClass.WITHHELD]
    assert len(withheld) == 3
    assert _codes(report) == []
    assert report.ok


def test_some_items_are_looked_at_alone(root: Path) -> None:
    """With keys, only these items are judged; an unknown key is an error."""
    _flip(root)
    (root / "extra.txt").write_text("x")
    store = ArchiveStore.open(root)
    assert _codes(verify(store, ["public2026"])) == []
    assert _codes(verify(store, ["held2026"])) == ["CK-E301"]
    assert verify(store, ["held2026"]).summary().startswith("1 item: only these were looked at")
    with pytest.raises(NotFound):
        verify(store, ["nobody"])


@pytest.mark.parametrize("keys", [[], ["held2026"]])
def test_an_item_behind_a_link_is_found(keys: list[str], root: Path, tmp_path: Path) -> None:
    """Asked for by its key or not: citekit follows no link inside an archive."""
    (root / "items" / "held2026").rename(tmp_path / "held2026")
    (root / "items" / "held2026").symlink_to(tmp_path / "held2026")
    assert {"CK-E102", "CK-E201"} & set(_codes(verify(ArchiveStore.open(root), keys)))


def test_progress_counts_payloads(root: Path) -> None:
    """Who waits for the hashing hears how far it is; a payload that is withheld is not hashed."""
    heard: list[tuple[int, int]] = []
    verify(ArchiveStore.open(root), progress=lambda done, of: heard.append((done, of)))
    assert heard == [(n, 3) for n in range(1, 4)]


def test_verify_writes_nothing(root: Path) -> None:
    """Checking changes no file and leaves none."""
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    _report(root)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
