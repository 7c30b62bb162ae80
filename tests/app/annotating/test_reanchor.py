"""What becomes of annotations when their page changes, in archives and on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.cli.run import run
from citekit.errors import NotFound
from citekit.testing.network.news_site import article

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEPT, CHANGED, LOST = "use the north quay", "Repairs will begin in May", "torn the lamps from"


@pytest.fixture(params=["public", "restricted"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """An article with three notes, captured again when a month and a sentence had changed."""
    archive = Archive.create(tmp_path / "archive")
    for number, page in enumerate((article(), article("June"))):
        path = tmp_path / f"{number}.html"
        path.write_bytes(
            page.replace(b" and torn the lamps from their posts", b"") if number else page
        )
        options = {"to": "pier2024"} if number else {"key": "pier2024", "access": request.param}
        archive.add(path, now=NOON + timedelta(days=number), **options)
        for quote in (KEPT, CHANGED, LOST) if not number else ():
            archive.annotate("pier2024", quote=quote, note="A note.")
    return archive


def test_each_note_is_told_what_has_become_of_it(archive: Archive) -> None:
    """Restricted ones too: the words are in the text, not in the note."""
    found = archive.reanchor(["pier2024"])
    assert sorted(one.state for one in found) == ["edited", "exact", "gone"]
    for one in found:
        assert (one.made_on, one.newest) == ("20261122T120000Z", "20261123T120000Z")
        if one.state != "gone":
            assert one.passage == "pier2024#p2"
    (edited,) = [one for one in found if one.state == "edited"]
    text = archive.store.text("pier2024", edited.newest) or ""
    assert text[edited.start : edited.end] == "Repairs will begin in June"
    assert archive.reanchor() == found
    assert len(archive.annotations("pier2024")) == 3


def test_notes_on_the_newest_text_need_no_looking(archive: Archive) -> None:
    """They are where they were made."""
    archive.annotate("pier2024", quote="begin in June", note="New.")
    assert len(archive.reanchor()) == 3


def test_who_names_what_cannot_be_told_hears_why(archive: Archive) -> None:
    """Of all items, what has no text here is passed over."""
    with pytest.raises(NotFound):
        archive.reanchor(["nobody"])
    for path in archive.store.root.rglob("sha256/*/*"):
        path.unlink()
    assert archive.reanchor() == ()
    with pytest.raises(NotFound, match="not on this computer"):
        archive.reanchor(["pier2024"])


def test_the_command_ends_with_one_where_a_passage_is_gone(
    archive: Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each, counts on stderr, the same as JSON."""
    root = str(archive.store.root)
    capsys.readouterr()
    assert run(["--archive", root, "reanchor"]) == 1
    out, err = capsys.readouterr()
    assert sorted(line.split()[0] for line in out.splitlines()) == ["edited", "exact", "gone"]
    assert "1 exact" in err
    assert run(["--archive", root, "reanchor", "pier2024", "--json"]) == 1
    document = json.loads(capsys.readouterr()[0])
    assert {one["state"] for one in document} == {"edited", "exact", "gone"}
    gone = [one["annotation"] for one in document if one["state"] == "gone"]
    archive.remove_annotation(gone[0])
    assert run(["--archive", root, "reanchor"]) == 0
