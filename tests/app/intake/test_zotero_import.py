"""Zotero's libraries come in with files, notes and highlights, and again without doubles.

The exports are in tests/cases/zotero; a PDF is drawn here.
"""

from __future__ import annotations

import json
import os
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.annotating.annotate import edit_annotation, remove_annotation
from citekit.app.changing.purge import purge
from citekit.app.intake.add import add
from citekit.app.packages.import_file import import_file
from citekit.app.verifying.verify import verify
from citekit.model.quotation import MOST_WORDS, words_shown
from citekit.store.archive import ArchiveStore
from citekit.testing.faults import killed_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.app.intake.bibliographies import Imported
    from citekit.model.annotation import Annotation

    Change = Callable[[dict[str, Any]], None]

CASES = Path(__file__).parents[2] / "cases" / "zotero"
PATHS = tomllib.loads((CASES / "paths.toml").read_text("utf-8"))
KEY = "quill2020reeds"
PAGE = (
    "Of kelp and salt",
    "",
    "",
    "Kelp was burnt on the shore for its salt until the last of the kilns fell. The",
    "smoke of it stood over the bay in every summer that anybody there could re-",
    "member, and what the tide brought in one night was carted up by noon.",
)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An empty archive."""
    return ArchiveStore.create(tmp_path / "archive")


@pytest.fixture
def bbt(tmp_path: Path) -> Path:
    """A copy of the export of Better BibTeX."""
    shutil.copytree(CASES / "bbt", tmp_path / "bbt")
    return tmp_path / "bbt" / "library.json"


@pytest.fixture
def rdf(tmp_path: Path) -> Path:
    """A copy of the export as RDF, with a PDF."""
    shutil.copytree(CASES / "rdf", tmp_path / "rdf")
    folder = tmp_path / "rdf" / "files" / "6"
    folder.mkdir()
    (folder / "Okoye - Kelp.pdf").write_bytes(drawn(*PAGE))
    return tmp_path / "rdf" / "library.rdf"


def drawn(*lines: str) -> bytes:
    """A PDF of one page with these lines."""
    shown = " ".join(f"({line}) Tj 0 -16 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td {shown} ET"
    font = "/Resources << /Font << /F1 5 0 R >> >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R {font} >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    text, starts = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(text))
        text += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    end = f"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    return f"{text}xref\n0 6\n0000000000 65535 f \n{table}{end}".encode("ascii")


def changed(path: Path, change: Change) -> Path:
    """The export with its first item changed."""
    data = json.loads(path.read_text("utf-8"))
    change(data["items"][0])
    path.write_text(json.dumps(data), "utf-8")
    return path


def marks_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The highlights of the first file."""
    found: list[dict[str, Any]] = item["attachments"][0]["annotations"]
    return found


def codes(imported: Imported) -> list[str]:
    """The codes of what was noticed, in their order."""
    return sorted(finding.code for finding in imported.findings)


def annotation(store: ArchiveStore, zotero_key: str) -> Annotation:
    """The annotation that a highlight became."""
    found = (a for a in store.annotations(KEY) if a.data.get("zotero", {}).get("key") == zotero_key)
    return next(found)


def files_of(store: ArchiveStore) -> dict[str, bytes]:
    """All files of the archive but the caches."""
    return {
        str(path.relative_to(store.root)): path.read_bytes()
        for path in sorted(store.root.rglob("*"))
        if path.is_file() and ".citekit" not in path.parts
    }


def test_a_snapshot_is_a_declared_capture(store: ArchiveStore, bbt: Path) -> None:
    """A file of the export becomes a capture: the export says where and when it was saved."""
    imported = import_file(store, bbt)

    (capture,) = store.captures(KEY).values()
    assert imported.new == (KEY, "okoye1999sand")
    assert capture.source.fact == "declared"
    assert capture.source.declared_by == "export"
    assert capture.source.url == "https://quay.example/reeds"
    assert str(capture.source.declared_at) == "2021-03-04 10:00:02+00:00"
    assert capture.source.file == "reeds.html"
    assert "waited for the water" in str(store.text(KEY))
    digest = capture.payloads["original"].digest
    assert store.payload_path(digest) == store.layout.restricted_file(digest)


def test_what_is_not_there_is_told(store: ArchiveStore, bbt: Path) -> None:
    """Files elsewhere on somebody's machine are counted, a missing one is named with its place."""
    imported = import_file(store, bbt)

    told = {finding.code: finding for finding in imported.findings}
    assert sorted(told) == ["CK-I775", "CK-I778", "CK-W774"]
    assert told["CK-I778"].message.endswith(": 1")
    assert "files/9/lost.pdf" in told["CK-W774"].message
    place = told["CK-W774"].place
    assert place is not None
    assert (place.path, place.line) == (str(bbt), 46)


def test_notes_and_tags_come_along(store: ArchiveStore, bbt: Path) -> None:
    """The notes of an item are its note, as Markdown; collections are tags."""
    import_file(store, bbt)

    assert store.note(KEY) == "# On reeds\n\nCompare the *ledger*.\n\n***\n\nAsk the office.\n"
    assert store.item(KEY).tags == ("reeds", "Shore")


def test_highlights_are_anchored_where_their_words_are(store: ArchiveStore, bbt: Path) -> None:
    """A highlight is an annotation of the capture, with comment, tags, page and colour."""
    import_file(store, bbt)

    made = annotation(store, "MARK0001")
    assert made.passage is not None
    assert made.passage.exact == "asked the herons"
    assert made.passage.capture == store.stamps(KEY)[0]
    assert (made.note, made.tags) == ("why not?", ("birds",))
    assert str(made.created) == "2021-03-05 08:00:00+00:00"
    assert made.data["zotero"]["page"] == "1"
    assert made.data["zotero"]["color"] == "#ffd400"


def test_a_restricted_text_shows_no_more_by_highlights(store: ArchiveStore, bbt: Path) -> None:
    """Long words keep their offsets; words that are not found are private; remarks are open."""
    import_file(store, bbt)

    long, lost, remark = (annotation(store, f"MARK000{n}") for n in (2, 3, 4))
    assert long.passage is not None
    assert long.passage.exact is None
    text = str(store.text(KEY))
    assert text[long.passage.start : long.passage.end].startswith("the clerk of the office")
    assert lost.is_private
    assert lost.note == "> words that no page has\n\nFrom where?\n\n(p. iv)"
    assert not remark.is_private
    assert remark.note == "Look at the map.\n\n(p. 1)"
    assert all(words_shown(a) <= MOST_WORDS for a in store.annotations(KEY))
    assert "no page has" not in store.layout.annotations_file(KEY).read_text("utf-8")


def test_of_a_public_item_all_may_be_shown(store: ArchiveStore, bbt: Path) -> None:
    """With ``--access public`` long words stand in full, and what is not found is no secret."""
    import_file(store, bbt, access="public")

    long, lost = (annotation(store, f"MARK000{n}") for n in (2, 3))
    assert long.passage is not None
    assert str(long.passage.exact).endswith("and goes home")
    assert not lost.is_private


def test_an_import_verifies_before_and_after_a_seal(
    store: ArchiveStore, bbt: Path, rdf: Path
) -> None:
    """Nothing is missing, extra or in excess; the captures are sealed as they are."""
    archive = Archive(store)
    archive.import_file(bbt)
    archive.import_file(rdf)

    assert verify(store).ok
    archive.seal()
    report = verify(ArchiveStore.open(store.root))
    assert report.ok
    assert {finding.code for finding in report.findings} <= {"CK-I615", "CK-I600"}


def test_rdf_brings_its_files(store: ArchiveStore, rdf: Path) -> None:
    """Snapshots and PDFs, also by paths that are written as addresses; notes; what Extra says."""
    imported = import_file(store, rdf)

    (key,) = imported.new
    texts = {c.source.file: str(store.text(key, s)) for s, c in store.captures(key).items()}
    assert set(texts) == {"Okoye - Kelp.pdf", "kelp.html"}
    assert texts["Okoye - Kelp.pdf"].startswith("Kelp was burnt on the shore for its salt")
    assert "last of the kilns" in texts["kelp.html"]
    assert store.note(key) == "Read **twice**.\n"
    assert store.item(key).text("DOI") == "10.5555/kelp.1"
    assert codes(imported) == []


@pytest.mark.parametrize("merge", ["keep", "theirs"])
def test_importing_again_changes_nothing(
    merge: Any,  # noqa: ANN401  # one of its words
    store: ArchiveStore,
    bbt: Path,
    rdf: Path,
) -> None:
    """Items, files, notes and highlights are known; what is not there is told again."""
    for path in (bbt, rdf):
        import_file(store, path)
    before = files_of(store)

    for path in (bbt, rdf):
        again = import_file(store, path, merge=merge)
        assert (again.new, again.changed, again.brought) == ((), (), ())

    assert files_of(store) == before


def test_what_was_edited_here_stays(store: ArchiveStore, bbt: Path) -> None:
    """An edited annotation and note stay, a removed one stays away, whatever the export says."""
    import_file(store, bbt)
    edit_annotation(store, annotation(store, "MARK0001").id, note="Mine.")
    remove_annotation(store, annotation(store, "MARK0004").id)
    with store.writing() as writer:
        writer.write_note(KEY, "Mine too.\n")

    def change(item: dict[str, Any]) -> None:
        for mark in marks_of(item):
            mark["annotationComment"] = "Theirs."
        item["notes"][0]["note"] = "<p>Theirs.</p>"

    again = import_file(store, changed(bbt, change), merge="theirs")

    assert annotation(store, "MARK0001").note == "Mine."
    assert store.note(KEY) == "Mine too.\n"
    assert "MARK0004" not in str([a.data for a in store.annotations(KEY)])
    assert annotation(store, "MARK0003").note.startswith("> words that no page has\n\nTheirs.")
    assert [f.message for f in again.findings if f.code == "CK-W777"] == [
        f"{KEY}: 2 notes or highlights stay as they are here"
    ]


def test_what_changed_there_is_taken_where_that_is_wished(store: ArchiveStore, bbt: Path) -> None:
    """By default all stays and is told; with ``theirs`` what nobody edited here follows."""
    import_file(store, bbt)
    changed(bbt, lambda item: item["notes"][1].update(note="<p>Asked.</p>"))
    changed(bbt, lambda item: marks_of(item)[0].update(annotationText="the far shore"))

    kept = import_file(store, bbt)
    before = annotation(store, "MARK0001").passage
    taken = import_file(store, bbt, merge="theirs")

    assert "CK-W777" in codes(kept)
    assert before is not None
    assert before.exact == "asked the herons"
    after = annotation(store, "MARK0001").passage
    assert after is not None
    assert after.exact == "the far shore"
    assert str(store.note(KEY)).endswith("Asked.\n")
    assert (taken.brought[0].notes, taken.brought[0].annotations) == (1, 1)


def test_new_highlights_come_to_a_known_item(store: ArchiveStore, bbt: Path) -> None:
    """What an item has not yet comes to it without being asked for; the rest is left as it is."""
    everything = bbt.read_text("utf-8")
    changed(bbt, lambda item: item.update(notes=[], attachments=[]))
    import_file(store, bbt)
    bbt.write_text(everything, "utf-8")

    again = import_file(store, bbt)

    assert again.new == ()
    (brought,) = again.brought
    assert (len(brought.captures), brought.notes, brought.annotations) == (1, 1, 4)


def test_an_own_note_stays_and_others_stand_beside_it(store: ArchiveStore, bbt: Path) -> None:
    """Where somebody wrote a note here, those of the export are annotations of the item."""
    changed(bbt, lambda item: item.update(notes=[], attachments=[]))
    import_file(store, bbt)
    with store.writing() as writer:
        writer.write_note(KEY, "Mine.\n")
    shutil.copy(CASES / "bbt" / "library.json", bbt)

    import_file(store, bbt)

    assert store.note(KEY) == "Mine.\n"
    notes = [a.note for a in store.annotations(KEY) if a.passage is None]
    assert "Ask the office." in notes
    assert "# On reeds\n\nCompare the *ledger*." in notes


@pytest.mark.parametrize(
    "note",
    [
        "<blockquote>" + "<p>word by word</p>" * 5 + "</blockquote>",
        "<p>He says that the reeds along the quay were cut lower than in any year before, so.</p>",
    ],
    ids=["a quotation", "its words"],
)
def test_a_note_that_quotes_much_is_private(store: ArchiveStore, bbt: Path, note: str) -> None:
    """A quotation of more than twelve words stays out of the note of a restricted item."""
    changed(bbt, lambda item: item["notes"][0].update(note=note))

    imported = import_file(store, bbt)

    assert store.note(KEY) == "Ask the office.\n"
    (held,) = (a for a in store.annotations(KEY) if "zotero" not in a.data)
    assert held.is_private
    assert "CK-I776" in codes(imported)


@pytest.mark.parametrize("name", PATHS)
def test_no_path_leads_out_of_the_export(
    name: str, store: ArchiveStore, bbt: Path, tmp_path: Path
) -> None:
    """Upwards, through links, by odd spellings: it is told, and nothing is read."""
    case = PATHS[name]
    away = tmp_path / "away"
    away.mkdir()
    for secret in (tmp_path / "secret.html", away / "secret.html"):
        secret.write_text("<p>qzxsecret</p>", "utf-8")
    (bbt.parent / "files" / "link.html").symlink_to(tmp_path / "secret.html")
    (bbt.parent / "files" / "away").symlink_to(away)
    changed(bbt, lambda item: item["attachments"][0].update(path=case["path"]))

    imported = import_file(store, bbt)

    assert store.captures(KEY) == {}
    (told,) = (f.message for f in imported.findings if KEY in f.message and f.code == "CK-W774")
    assert case["told"] in told
    assert not any(b"qzxsecret" in data for data in files_of(store).values())


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "C:\\a.pdf", "storage:a.pdf", "file:///etc/passwd"]
)
def test_places_of_other_machines_are_counted(store: ArchiveStore, bbt: Path, path: str) -> None:
    """A path of the machine that made the export is none of its files, and is never looked at."""
    changed(bbt, lambda item: item["attachments"][0].update(path=path))

    imported = import_file(store, bbt)

    assert store.captures(KEY) == {}
    assert [f.stands_for for f in imported.findings if f.code == "CK-I778"] == [2]


def test_a_file_beyond_the_limit_stays_out(store: ArchiveStore, bbt: Path) -> None:
    """A file of more than 100 MB is told, and the others come in."""
    with (bbt.parent / "files" / "2" / "large.html").open("wb") as file:
        file.truncate(100 * 10**6 + 1)
    changed(
        bbt,
        lambda item: item["attachments"].insert(0, {"path": "files/2/large.html", "title": "x"}),
    )

    imported = import_file(store, bbt)

    assert any("is larger than 100 MB" in finding.message for finding in imported.findings)
    assert len(store.captures(KEY)) == 1


def test_without_files(store: ArchiveStore, bbt: Path) -> None:
    """``--no-files`` takes none and says nothing of them; words that are not here are private."""
    imported = import_file(store, bbt, with_files=False)

    assert store.captures(KEY) == {}
    assert codes(imported) == ["CK-I775"]
    assert {a.is_private for a in store.annotations(KEY) if a.note.startswith(">")} == {True}


def test_stdin_has_no_folder(store: ArchiveStore, bbt: Path) -> None:
    """Of an export that is handed over as bytes, the files are counted as missing."""
    imported = import_file(store, bbt.read_bytes())

    assert store.captures(KEY) == {}
    assert [f.stands_for for f in imported.findings if f.code == "CK-I778"] == [3]


def test_a_dry_run_says_what_would_come(store: ArchiveStore, bbt: Path) -> None:
    """Names of files and numbers, for new items and for known ones; nothing is written."""
    first = import_file(store, bbt, dry_run=True)
    assert files_of(store) == files_of(ArchiveStore.open(store.root))
    assert store.keys() == ()

    import_file(store, bbt)
    second = import_file(store, bbt, dry_run=True)

    (brought,) = first.brought
    assert (brought.captures, brought.notes, brought.annotations) == (("reeds.html",), 1, 4)
    assert second.brought == ()


def test_a_file_that_is_here_is_not_taken_twice(store: ArchiveStore, bbt: Path) -> None:
    """An item that was added from the same file has its capture; its highlights come to it."""
    page = bbt.parent / "files" / "2" / "reeds.html"
    added = add(store, page, url="https://quay.example/reeds")

    imported = import_file(store, bbt)

    assert [one.key for one in imported.changed] == [added.key]
    assert store.stamps(added.key) == (added.capture,)
    passages = [a.passage for a in store.annotations(added.key) if a.passage]
    assert {passage.capture for passage in passages} == {added.capture}


def test_what_was_purged_stays_so(store: ArchiveStore, bbt: Path) -> None:
    """Bytes that the archive was asked to forget do not come back with the next import."""
    import_file(store, bbt)
    purge(store, KEY)

    again = import_file(store, bbt)

    assert again.brought == ()
    assert store.text(KEY) is None
    assert verify(store).ok


def test_bytes_that_are_not_on_this_machine_come_back(store: ArchiveStore, bbt: Path) -> None:
    """As ``add`` does, import puts absent bytes of an item in place."""
    import_file(store, bbt)
    shutil.rmtree(store.root / "restricted")

    import_file(store, bbt)

    assert "herons" in str(store.text(KEY))
    assert len(store.captures(KEY)) == 1


def test_a_folder_of_exports(store: ArchiveStore, bbt: Path, tmp_path: Path) -> None:
    """Of a folder the exports come in; their files are none, whatever they are called."""
    (bbt.parent / "files" / "2" / "other.bib").write_text("@book{other, title={No}}", "utf-8")

    imported = import_file(store, tmp_path / "bbt")

    assert imported.new == (KEY, "okoye1999sand")
    assert store.captures(KEY) != {}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
@pytest.mark.parametrize("n", range(4, 80, 6))
def test_a_stopped_import_goes_on(n: int, store: ArchiveStore, bbt: Path) -> None:
    """After a kill anywhere, importing again gives what one import gives, and nothing twice."""
    import_file(store, bbt, dry_run=True)  # whatever is loaded is loaded

    killed_at(n, lambda: str(import_file(store, bbt)) and None)
    again = ArchiveStore.open(store.root)
    import_file(again, bbt)

    assert again.keys() == ("okoye1999sand", KEY)
    assert len(again.captures(KEY)) == 1
    assert len(again.annotations(KEY)) == 4
    assert str(again.note(KEY)).startswith("# On reeds")
    assert verify(again).ok
