"""Packages: others' validators accept them, they say what they leave out, and they come back."""

from __future__ import annotations

import json
import logging
import os
import shutil
import stat
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import bagit
import pytest
from prov.model import ProvActivity, ProvAgent, ProvDocument, ProvEntity, ProvRecord
from rocrate.rocrate import ROCrate

from citekit import Archive
from citekit.app.annotating.annotate import annotate
from citekit.app.changing.access import set_access
from citekit.app.changing.purge import purge
from citekit.app.packages.export import export
from citekit.app.packages.import_package import import_package
from citekit.app.sealing.seal import Keys, seal, seal_recorded
from citekit.app.verifying.verify import verify
from citekit.errors import InvalidData, NotFound, StoreConflict, UsageError
from citekit.findings import FindingClass
from citekit.integrity.sign import new_signer_key
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.builders import build_archive
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.model.item import Access, Item

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = b"Older residents remembered"


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A small sealed archive: a restricted item, a public one, a record alone."""
    store = build_archive(tmp_path / "archive")
    seal(store)
    return store


@pytest.fixture
def empty(tmp_path: Path) -> ArchiveStore:
    """An archive that packages are brought back into."""
    return ArchiveStore.create(tmp_path / "empty")


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _records(store: ArchiveStore) -> dict[str, bytes]:
    """Every record but the settings and the log."""
    return {
        path.relative_to(store.root).as_posix(): path.read_bytes()
        for top in ("items", "entities", "claims")
        for path in (store.root / top).rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("keys", [(), ("harbour2024",)], ids=["whole", "one item"])
@pytest.mark.parametrize("with_restricted", [False, True])
def test_a_bag_is_one_to_bagit_python(
    store: ArchiveStore,
    tmp_path: Path,
    keys: tuple[str, ...],
    caplog: pytest.LogCaptureFixture,
    *,
    with_restricted: bool,
) -> None:
    """bagit-python validates it without a warning; restricted text is in it only when asked for."""
    exported = export(
        store, tmp_path / "bag", format="bagit", keys=keys, with_restricted=with_restricted
    )
    with caplog.at_level(logging.WARNING):
        bag = bagit.Bag(str(tmp_path / "bag"))
        bag.validate()
    assert caplog.records == []
    assert (SECRET in _bytes(tmp_path / "bag")) == with_restricted
    left = bag.info.get("Citekit-Left-Out", [])
    assert len([left] if isinstance(left, str) else left) == len(exported.left_out)
    assert bool(exported.left_out) != with_restricted
    report = verify(ArchiveStore.open(tmp_path / "bag" / "data"))
    assert report.ok
    kinds = {finding.kind for finding in report.findings}
    assert (FindingClass.WITHHELD in kinds) != with_restricted


@pytest.mark.parametrize("name", ["package", "package.zip"])
@pytest.mark.parametrize("format_", ["bagit", "ro-crate"])
def test_a_package_comes_back(
    store: ArchiveStore, empty: ArchiveStore, tmp_path: Path, format_: str, name: str
) -> None:
    """Every record to the byte, every payload; a second import finds all of it known."""
    path = tmp_path / name
    export(store, path, format=format_, with_restricted=True)
    imported = import_package(empty, path)
    assert imported.new == store.keys()
    assert [f.message for f in imported.findings] == []
    assert _records(empty) == _records(store)
    assert empty.text("harbour2024") == store.text("harbour2024")
    assert verify(empty).ok
    assert import_package(empty, path).known == store.keys()


def test_without_restricted_the_items_come_back_withheld(
    store: ArchiveStore, empty: ArchiveStore, tmp_path: Path
) -> None:
    """The record is whole, the text is elsewhere, and verify calls that fine."""
    export(store, tmp_path / "bag", format="bagit")
    import_package(empty, tmp_path / "bag")
    assert empty.text("harbour2024") is None
    assert empty.text("lantern2024") == store.text("lantern2024")
    assert verify(empty).ok


def test_a_purged_payload_is_not_brought_back(store: ArchiveStore, tmp_path: Path) -> None:
    """What an archive was asked to forget stays forgotten, whatever a package holds."""
    export(store, tmp_path / "bag", format="bagit", with_restricted=True)
    purge(store, "harbour2024")
    imported = import_package(store, tmp_path / "bag")
    assert imported.known == store.keys()
    assert store.text("harbour2024") is None


def test_the_same_archive_gives_the_same_zip(
    store: ArchiveStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the clock fixed a package is the same to the byte."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    for name in ("one", "two"):
        export(store, tmp_path / name / "p.zip", format="bagit")
    one, two = (tmp_path / name / "p.zip" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_package_is_no_file_of_the_archive(store: ArchiveStore) -> None:
    """A place inside the archive is refused: verify would call everything there extra."""
    with pytest.raises(UsageError, match="inside the archive"):
        export(store, store.root / "bag", format="bagit")

    assert not (store.root / "bag").exists()


def test_a_crate_is_one_to_rocrate(store: ArchiveStore, tmp_path: Path) -> None:
    """The rocrate package reads it; every file is described, captures are actions, gaps named."""
    export(store, tmp_path / "crate", format="ro-crate")
    document = json.loads((tmp_path / "crate" / "ro-crate-metadata.json").read_bytes())
    assert document["@context"] == "https://w3id.org/ro/crate/1.1/context"
    crate = ROCrate(str(tmp_path / "crate"))
    described = {entity.id for entity in crate.data_entities}
    present = {p.relative_to(tmp_path / "crate").as_posix()
               for p in (tmp_path / "crate").rglob("*") if p.is_file()}  # fmt: skip
    assert described == present - {"ro-crate-metadata.json"}
    assert "restricted payloads" in crate.root_dataset["description"]
    actions = [e for e in document["@graph"] if e["@type"] == "CreateAction"]
    assert len(actions) == 2
    ids = {entity["@id"] for entity in document["@graph"]}
    assert len(ids) == len(document["@graph"])
    assert _referred(document["@graph"]) - ids <= {"https://w3id.org/ro/crate/1.1"}
    assert SECRET not in _bytes(tmp_path / "crate")


def _referred(value: Any) -> set[str]:  # noqa: ANN401  # any JSON
    """Every id that something refers to."""
    if isinstance(value, list):
        return {i for child in value for i in _referred(child)}
    if isinstance(value, dict):
        own = {value["@id"]} if set(value) == {"@id"} else set()
        return own | {i for child in value.values() for i in _referred(child)}
    return set()


def test_prov_tells_events_and_agents(
    store: ArchiveStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The prov package reads the document: an activity for each event, agents, revisions."""
    monkeypatch.setenv("CITEKIT_AGENT", "Ada Quill")
    with store.writing() as writer:
        writer.write_note("tide2023", "One.\n")
        writer.write_note("tide2023", "Two.\n")
    purge(store, "harbour2024", reason="asked to")
    export(store, tmp_path / "events.jsonld", format="prov")
    text = (tmp_path / "events.jsonld").read_text("utf-8")
    document = ProvDocument.deserialize(content=text, format="jsonld")
    activities = [a for a in document.get_records(ProvActivity) if "seal" not in _told(a, "action")]
    entries = seal(store).size
    assert len(activities) == entries - 2  # two seals have said the state: they are told as seals
    names = {
        str(label)
        for a in document.get_records(ProvAgent)
        for label in a.get_attribute("prov:label")
    }
    assert "Ada Quill" in names
    assert any(name.startswith("citekit ") for name in names)
    kinds = [str(record.get_type()) for record in document.get_records()]
    assert kinds.count("prov:Invalidation") == 1
    assert "prov:Derivation" in kinds
    assert len(list(document.get_records(ProvEntity))) > 5
    assert SECRET not in text.encode()
    assert "asked to" in text


def _told(record: ProvRecord, name: str) -> list[str]:
    return [str(value) for value in record.get_attribute(f"ck:{name}")]


def _ends(document: ProvDocument, kind: str) -> set[tuple[str, ...]]:
    """The first two ends of each relation of a kind."""
    return {
        tuple(str(value) for _, value in record.formal_attributes[:2])
        for record in document.get_records()
        if str(record.get_type()) == f"prov:{kind}"
    }


def test_prov_tells_each_seal_and_how_its_time_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seal is an activity of its key, and its checkpoint comes from all that it sealed."""
    (tmp_path / "tsa").mkdir()
    authority = make_authority(tmp_path / "tsa", name="The Clock")
    store = build_archive(tmp_path / "archive")
    monkeypatch.setenv("CITEKIT_AGENT", "Ada Quill")
    keys = Keys(signing=KEY)
    with serve_authority(authority) as url:
        first = seal(store, keys=keys, tsa=[url], allow_private=True, now=NOON)
    with store.writing() as writer:
        writer.write_note("tide2023", "Noted by citekit, and nothing is found.\n")
        seal_recorded(store, keys, at=NOON)
    last = LogFolder(store.layout).standing()
    assert last
    export(store, tmp_path / "events.jsonld", format="prov")
    text = (tmp_path / "events.jsonld").read_text("utf-8")
    document = ProvDocument.deserialize(content=text, format="jsonld")
    activities = {str(a.identifier): a for a in document.get_records(ProvActivity)}
    sealing = activities[f"ck:seal/{first.size}"]
    assert sealing.get_attribute("prov:startTime") == {NOON}
    assert _told(sealing, "timeFact") == ["declared, by a local clock"]
    agents = {agent for activity, agent in _ends(document, "Association") if "seal" in activity}
    key = f"ck:key/{KEY.verifier.name}%2B{KEY.verifier.key_id.hex()}"
    assert {"ck:agent/person/Ada-Quill", key} <= agents
    (stamping,) = (a for name, a in activities.items() if name.startswith("ck:stamping/"))
    assert _told(stamping, "timeFact") == ["proven by the token, to whoever trusts the authority"]
    sealed = {used for made, used in _ends(document, "Derivation") if f"/{first.size}/" in made}
    versions = {str(e.identifier) for e in document.get_records(ProvEntity) if _told(e, "path")}
    assert sealed < versions
    checkpoints = [e for e in document.get_records(ProvEntity) if _told(e, "root")]
    assert [_told(e, "size") for e in checkpoints] == [[str(first.size)], [str(last.size)]]
    assert activities[f"ck:seal/{last.size}"].get_attribute("prov:startTime") == {NOON}
    again = document.serialize(format="json")
    assert ProvDocument.deserialize(content=again, format="json") == document


def test_prov_of_one_item_tells_the_seals_of_that_item_alone(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """A seal that sealed nothing of the package's items is not in it."""
    with store.writing() as writer:
        writer.write_note("tide2023", "More.\n")
    seal(store)
    export(store, tmp_path / "one.jsonld", format="prov", keys=["tide2023"])
    text = (tmp_path / "one.jsonld").read_text("utf-8")
    document = ProvDocument.deserialize(content=text, format="jsonld")
    used = {used for _, used in _ends(document, "Derivation")}
    assert {name for name in used if "tide2023" not in name} == set()


def test_prov_tells_the_options_of_a_step(store: ArchiveStore, tmp_path: Path) -> None:
    """What the tool was told is with each activity, and in the capture record; never a text."""
    article = b"A headline\n\n1 March 2024\n\nA paragraph of its own words.\n"
    archive = Archive(store)
    added = archive.add(
        article, key="own2024", fields={"genre": "Secret words"}, encoding="utf-8",
        max_size_bytes=5000,
    )  # fmt: skip
    archive.set_fields("tide2023", {"title": "Another", "volume": "2"})
    capture = store.capture(added.key)
    assert capture
    assert capture.tool.options == {"encoding": "utf-8", "max_size_bytes": 5000}
    export(store, tmp_path / "events.jsonld", format="prov")
    text = (tmp_path / "events.jsonld").read_text("utf-8")
    document = ProvDocument.deserialize(content=text, format="jsonld")
    told = {
        str(o) for a in document.get_records(ProvActivity) for o in a.get_attribute("ck:options")
    }
    assert told == {"encoding=utf-8", "max_size_bytes=5000", "fields=genre", "fields=title,volume"}
    assert "Secret words" not in text
    seal(store)
    assert verify(store).exit_code(strict=True) == 0


def test_nothing_is_overwritten_and_nothing_half_done(
    store: ArchiveStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An existing path is refused; a failure leaves no part of a package behind."""
    (tmp_path / "here").mkdir()
    with pytest.raises(StoreConflict):
        export(store, tmp_path / "here", format="bagit")
    with pytest.raises(UsageError):
        export(store, tmp_path / "new", format="tar")
    with pytest.raises(NotFound):
        export(store, tmp_path / "new", format="bagit", keys=["nobody"])
    before = sorted(os.listdir(tmp_path))  # noqa: PTH208  # names
    monkeypatch.setattr(os, "replace", _refuse)
    with pytest.raises(KeyboardInterrupt):
        export(store, tmp_path / "new", format="bagit")
    assert sorted(os.listdir(tmp_path)) == before  # noqa: PTH208  # names


def _refuse(*_: object) -> None:
    raise KeyboardInterrupt


def test_records_that_show_too_much_are_not_exported(store: ArchiveStore, tmp_path: Path) -> None:
    """A long quote of a restricted text stops the export, until it is taken out."""
    with store.writing() as writer:
        writer.set_access(_with_access(store, "public"))
    annotate(store, "harbour2024", quote="Until then the mail goes by the coast road", note="x")
    annotate(store, "harbour2024#p1", note="the whole paragraph")
    with store.writing() as writer:
        writer.set_access(_with_access(store, "restricted"))
    with pytest.raises(InvalidData, match="more of its text"):
        export(store, tmp_path / "bag", format="bagit")
    assert [f.code for f in set_access(store, "harbour2024", "restricted").findings]
    export(store, tmp_path / "bag", format="bagit")
    assert b"refused to guide anything larger" not in _bytes(tmp_path / "bag")


def _with_access(store: ArchiveStore, access: Access) -> Item:
    item = store.item("harbour2024")
    return item.with_facts(replace(item.facts, access=access))


# ── hostile packages ───────────────────────────────────────────────────────────────────────────


def _zip(path: Path, entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def _link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "entries",
    [
        [("../out.txt", b"x")],
        [("/etc/out.txt", b"x")],
        [("bag/..\\out.txt", b"x")],
        [("C:/out.txt", b"x")],
        [(_link("bag/link"), b"/etc/passwd")],
        [("bag/A.txt", b"x"), ("bag/a.txt", b"y")],
        [("bag/caf\u00e9", b"x"), ("bag/cafe\u0301", b"y")],
        [("bag/zeros", bytes(50 << 20))],
    ],
    ids=["up", "absolute", "backslash", "drive", "link", "case", "unicode", "bomb"],
)
def test_a_hostile_zip_is_refused_and_writes_nothing(
    empty: ArchiveStore, tmp_path: Path, entries: list[tuple[Any, bytes]]
) -> None:
    """Paths that lead out, links, twins and bombs end the import before anything is written."""
    before = sorted(p.as_posix() for p in tmp_path.rglob("*"))
    package = _zip(tmp_path / "evil.zip", entries)
    with pytest.raises(InvalidData):
        import_package(empty, package)
    package.unlink()
    assert sorted(p.as_posix() for p in tmp_path.rglob("*")) == before
    assert not (tmp_path.parent / "out.txt").exists()


def test_the_sum_of_a_zip_is_bounded(empty: ArchiveStore, tmp_path: Path) -> None:
    """Many small entries are counted together."""
    entries = [(f"bag/{n}", os.urandom(1000)) for n in range(20)]
    with pytest.raises(InvalidData, match="too large"):
        import_package(empty, _zip(tmp_path / "many.zip", list(entries)), max_unpacked_bytes=9_999)


def test_a_zip_that_is_none_is_refused(empty: ArchiveStore, tmp_path: Path) -> None:
    """Any bytes under the name of a zip file are an error with a place, not a traceback."""
    whole = _zip(tmp_path / "whole.zip", [("bag/bagit.txt", os.urandom(2000))]).read_bytes()
    for data in (b"", b"PK\x03\x04", whole[:500], whole[:40] + b"\xff" * 60 + whole[100:]):
        (tmp_path / "broken.zip").write_bytes(data)
        with pytest.raises(InvalidData):
            import_package(empty, tmp_path / "broken.zip")


def test_a_changed_bag_is_refused_whole(
    store: ArchiveStore, empty: ArchiveStore, tmp_path: Path
) -> None:
    """One changed byte, a file too many, a link: nothing of the bag comes in."""
    export(store, tmp_path / "bag", format="bagit")
    note = tmp_path / "bag" / "data" / "items" / "harbour2024" / "item.json"

    def change() -> None:
        note.write_bytes(note.read_bytes().replace(b"harbour", b"Harbour"))

    def add() -> None:
        (tmp_path / "bag2" / "data" / "more.txt").write_text("x")

    def link() -> None:
        (tmp_path / "bag2" / "data" / "link").symlink_to("/etc/passwd")

    for act in (add, link):
        shutil.rmtree(tmp_path / "bag2", ignore_errors=True)
        shutil.copytree(tmp_path / "bag", tmp_path / "bag2")
        act()
        with pytest.raises(InvalidData):
            import_package(empty, tmp_path / "bag2")
    change()
    with pytest.raises(InvalidData, match="sha512"):
        import_package(empty, tmp_path / "bag")
    assert empty.keys() == ()


def test_a_well_made_bag_of_lies_gives_findings(
    store: ArchiveStore, empty: ArchiveStore, tmp_path: Path
) -> None:
    """Digests that are right do not make records right: each bad item stays out and is told."""
    data = tmp_path / "lies"
    shutil.copytree(store.root, data)
    (data / "items" / "tide2023" / "item.json").write_text('{"id": "../../out", "type": "book"}')
    record = next((data / "items" / "harbour2024" / "captures").iterdir())
    record.write_text(record.read_text("utf-8").replace("sha256:", "sha256:../"), "utf-8")
    path = next(p for p in (data / "objects").rglob("*") if p.is_file())
    path.write_bytes(b"other bytes")
    (data / "claims" / "x.json").write_text("[" * 100_000)
    bagit.make_bag(str(data), checksums=["sha256"])
    imported = import_package(empty, data)
    assert imported.new == ()
    assert len([f for f in imported.findings if f.code == "CK-E803"]) >= 3
    assert empty.keys() == ()
    assert verify(empty).ok


def test_a_bag_of_somebody_else_is_valid_and_gives_no_items(
    empty: ArchiveStore, tmp_path: Path
) -> None:
    """A good bag without an archive is accepted with a warning that names what to do."""
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "letter.txt").write_text("Dear all")
    bagit.make_bag(str(tmp_path / "bag"), checksums=["sha256", "md5"])
    imported = import_package(empty, tmp_path / "bag")
    assert imported.new == ()
    assert [finding.code for finding in imported.findings] == ["CK-W804"]


def test_a_taken_key_keeps_only_that_item_out(
    store: ArchiveStore, empty: ArchiveStore, tmp_path: Path
) -> None:
    """Good items come in beside one whose key belongs to another item."""
    export(store, tmp_path / "bag", format="bagit")
    with empty.writing() as writer:
        writer.add_item(store.item("tide2023").with_data(title="Something else"))
    imported = import_package(empty, tmp_path / "bag")
    assert imported.new == ("harbour2024", "lantern2024")
    assert [finding.code for finding in imported.findings] == ["CK-E803"]
    assert empty.item("tide2023").title == "Something else"
