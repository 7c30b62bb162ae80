"""A second capture of an item: from a known address, or told; the record stays what it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.looking.show import show
from citekit.app.sealing.seal import seal
from citekit.app.verifying.verify import verify
from citekit.errors import NotFound, StoreConflict, UsageError
from citekit.integrity.digest import digest_bytes
from citekit.model.records.json_text import parse_json

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.app.intake.add import Added
    from citekit.app.intake.known_source import Answer

URL = "https://quay.example/ferry"
WHEN = datetime(2026, 11, 22, 14, 15, tzinfo=UTC)


def page(headline: str, more: str = "", head: str = "", before: str = "") -> bytes:
    """A news page of our own."""
    return f"""{before}<!doctype html>
<html lang="en"><head><title>{headline}</title>{head}<script type="application/ld+json">
{{"@type":"NewsArticle","headline":"{headline}","datePublished":"2024-03-05",
"author":[{{"@type":"Person","name":"Ada Quill"}}]}}</script></head><body><article>
<h1>{headline}</h1>
<p>The ferry to the outer islands sailed on Tuesday with forty passengers, the harbour master
said{more}.</p>
<p>It had been in the dock for the whole of the winter, and the islanders had to go by way of the
northern bridge instead.</p>
<p>Nobody on the islands wants to see the bridge again before the summer, said the teacher of the
school, who had walked it every day with nine children and a dog.</p>
</article></body></html>""".encode()


FIRST = page("Ferry sails again")
SECOND = page("Ferry sails, and stops", " before the engine failed")
SAVED = "<!--\n Page saved with SingleFile \n url: {} \n saved date: Tue Mar 05 2024 -->\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with one item that has been edited and annotated."""
    made = Archive.create(tmp_path / "a")
    key = made.add(FIRST, name="one.html", url=URL, now=WHEN).key
    made.rename(key, "ferry2024")
    made.set_fields("ferry2024", {"title": "The ferry, by hand"})
    made.annotate("ferry2024", quote="forty passengers", note="How many?")
    return made


def later(archive: Archive, data: bytes, minutes: int = 60, **options: Any) -> Added:  # noqa: ANN401  # those of add
    """Add other bytes an hour after the first ones."""
    return archive.add(data, name="two.html", now=WHEN + timedelta(minutes=minutes), **options)


def record(archive: Archive) -> dict[str, Any]:
    """The item's record as it lies on the disk."""
    data: dict[str, Any] = parse_json(
        archive.store.layout.item_file("ferry2024").read_text("utf-8")
    )
    return data


def test_a_changed_page_of_a_known_address_is_a_capture(archive: Archive) -> None:
    """No second item: key, edited fields, evidence and annotations are what they were."""
    before, notes = record(archive), archive.annotations("ferry2024")
    added = later(archive, SECOND, url=URL.replace("https", "http") + "#top")
    assert (added.key, added.is_new, added.capture) == ("ferry2024", False, "20261122T151500Z")
    assert [finding.code for finding in added.findings] == ["CK-I102"]
    assert archive.store.keys() == ("ferry2024",)
    assert archive.store.stamps("ferry2024") == ("20261122T141500Z", "20261122T151500Z")
    assert record(archive) == before
    assert archive.annotations("ferry2024") == notes


def test_diff_shows_the_change(archive: Archive) -> None:
    """What the new page says is read out of it when it is asked for."""
    later(archive, SECOND, url=URL)
    found = archive.diff("ferry2024")
    assert found.metadata["title"] == ("Ferry sails again", "Ferry sails, and stops")
    assert found.is_same_text is False
    assert found.text is not None
    assert "before the engine failed" in str(found.to_json()["text"])


def test_the_address_that_a_program_saved_counts_and_a_canonical_does_not(archive: Archive) -> None:
    """SingleFile wrote where the page was; a canonical is only what a page says of itself."""
    saved = page("Ferry saved", " twice", before=SAVED.format(URL))
    assert later(archive, saved).key == "ferry2024"
    canonical = page("Another page", " there", head=f'<link rel="canonical" href="{URL}">')
    other = later(archive, canonical, 120)
    assert other.is_new
    assert [finding.code for finding in other.findings] == ["CK-I107"]
    assert other.item.text("URL") == URL
    # nor is an item found by what its own page says
    elsewhere = page(
        "A third page", " here", head='<link rel="canonical" href="https://c.example/">'
    )
    archive.add(elsewhere, name="three.html", now=WHEN)
    assert later(archive, page("A fourth page"), url="https://c.example/").is_new


def test_an_item_of_its_own_if_that_is_said(archive: Archive) -> None:
    """``new_item``, or a key of its own; then one of several has to be named."""
    assert later(archive, SECOND, url=URL, new_item=True).is_new
    keyed = later(archive, page("Ferry", " a"), url=URL, key="mine2024")
    assert (keyed.key, keyed.is_new) == ("mine2024", True)
    assert [finding.code for finding in keyed.findings] == ["CK-I104"]
    third = page("Ferry", " b")
    with pytest.raises(StoreConflict, match="is the address of 3 items") as caught:
        later(archive, third, url=URL)
    assert "--to KEY" in (caught.value.hint or "")
    assert later(archive, third, url=URL, key="mine2024").capture is not None
    assert archive.store.stamps("mine2024")[-1] == "20261122T151500Z-2"


def test_to_always_makes_a_capture(archive: Archive) -> None:
    """Of an alias, without an address, and of the same bytes too, which are stored once."""
    objects = sorted(archive.store.layout.restricted.rglob("*"))
    again = later(archive, FIRST, to="ferry2024")
    assert (again.is_new, again.capture) == (False, "20261122T151500Z")
    assert sorted(archive.store.layout.restricted.rglob("*")) == objects
    assert later(archive, SECOND, 61, to=again.key).capture == "20261122T151600Z"
    assert len(archive.store.stamps("ferry2024")) == 3


@pytest.mark.parametrize(
    "options", [{"key": "x"}, {"new_item": True}, {"fields": {"title": "X"}}, {"access": "public"}]
)
def test_what_a_capture_cannot_change_is_refused(archive: Archive, options: dict[str, Any]) -> None:
    """With ``to`` there is no new item, and the record stays."""
    with pytest.raises(UsageError):
        later(archive, SECOND, to="ferry2024", **options)
    with pytest.raises(NotFound):
        later(archive, SECOND, to="nobody2024")
    assert len(archive.store.stamps("ferry2024")) == 1


def test_what_is_said_of_the_record_is_not_lost_in_silence(archive: Archive) -> None:
    """Fields given with a known address are not taken over, and that is told."""
    added = later(archive, SECOND, url=URL, fields={"title": "X"})
    assert [finding.code for finding in added.findings] == ["CK-I102", "CK-I103"]
    assert record(archive)["title"] == "The ferry, by hand"


def test_a_clock_that_went_back_is_refused(archive: Archive) -> None:
    """The evidence of a record counts in its first capture: none may come before that."""
    with pytest.raises(StoreConflict, match="has a capture of later"):
        later(archive, SECOND, -60, to="ferry2024")


def test_evidence_is_of_the_first_capture(tmp_path: Path, article: Path) -> None:
    """Offsets are filled in from the original in which they count, or not at all."""
    archive = Archive.create(tmp_path / "c")
    archive.add(article, key="harbour2024", now=WHEN)
    other = b"One line more\n\n" + article.read_bytes()
    later(archive, other, to="harbour2024")
    (caption,) = show(archive.store, "harbour2024")["evidence"]["caption"]
    assert caption["value"].startswith("Visitors climb the restored stairs")
    path = archive.store.payload_path(digest_bytes(article.read_bytes()))
    assert path is not None
    path.unlink()
    (caption,) = show(archive.store, "harbour2024")["evidence"]["caption"]
    assert caption["value"] is None


@pytest.mark.parametrize("answer", ["capture", "new", "stop"])
def test_who_can_be_asked_is_asked(archive: Archive, answer: Answer) -> None:
    """A terminal's user decides; nothing is asked of new bytes at a new address."""
    from citekit.app.intake.add import add

    asked = []

    def ask(key: str, address: str) -> Answer:
        asked.append((key, address))
        return answer

    add(archive.store, page("Elsewhere", " x"), url="https://b.example/", now=WHEN, ask=ask)
    assert asked == []
    if answer == "stop":
        with pytest.raises(UsageError, match="nothing added"):
            add(archive.store, SECOND, url=URL, ask=ask)
    else:
        added = add(archive.store, SECOND, url=URL, ask=ask)
        assert added.is_new == (answer == "new")
        assert added.findings == ()
    assert asked == [("ferry2024", URL)]
    assert len(archive.store.stamps("ferry2024")) == (2 if answer == "capture" else 1)


@pytest.mark.parametrize("access", ["restricted", "public"])
def test_access_is_the_items(archive: Archive, access: Any) -> None:  # noqa: ANN401  # one of two words
    """The bytes of every capture lie where the access of the item says, then and later."""
    archive.set_fields("ferry2024", access=access)
    later(archive, SECOND, url=URL)
    path = archive.store.payload_path(digest_bytes(SECOND))
    assert path is not None
    folder = {"public": "objects", "restricted": "restricted"}[access]
    assert path.is_relative_to(archive.store.root / folder)
    archive.set_fields("ferry2024", access="public")
    path = archive.store.payload_path(digest_bytes(SECOND))
    assert path is not None
    assert path.is_relative_to(archive.store.root / "objects")
    assert verify(archive.store, ()).ok


def test_log_seal_and_verify_account_for_both(archive: Archive) -> None:
    """Each capture is an event and a leaf; a changed one is told by name."""
    later(archive, SECOND, url=URL)
    seal(archive.store, now=WHEN + timedelta(days=1))
    assert verify(archive.store, ()).exit_code(strict=True) == 0
    path = archive.store.layout.capture_file("ferry2024", "20261122T151500Z")
    path.write_text(path.read_text("utf-8").replace("two.html", "six.html"), "utf-8")
    (tampered,) = [f for f in verify(archive.store, ()).findings if f.severity == "error"]
    assert tampered.place is not None
    assert str(path) in str(tampered.place)


def test_annotations_are_of_the_capture_they_were_made_on(archive: Archive) -> None:
    """Old ones stay; new ones are made on the newest text."""
    later(archive, SECOND, url=URL)
    archive.annotate("ferry2024", quote="the engine failed", note="When?")
    old, new = archive.annotations("ferry2024")
    assert old.passage is not None
    assert new.passage is not None
    assert (old.passage.capture, new.passage.capture) == ("20261122T141500Z", "20261122T151500Z")
    assert verify(archive.store, ()).ok


def test_a_short_later_text_does_not_make_quotes_too_many(archive: Archive) -> None:
    """Quotes are measured by the longest text of an item, by annotate as by verify."""
    later(archive, b"<p>Subscribe to read this.</p>", url=URL)
    made = archive.annotate("ferry2024", quote="Subscribe to")
    assert made.findings == ()
    assert made.annotation.passage is not None
    assert made.annotation.passage.exact == "Subscribe to"
    assert verify(archive.store, ()).ok


def test_absent_bytes_are_put_back_by_adding_them(archive: Archive) -> None:
    """A clone without the texts: adding the very file brings original and text."""
    for path in archive.store.layout.restricted.rglob("*"):
        if path.is_file():
            path.unlink()
    again = Archive.open(archive.store.root)
    added = later(again, FIRST)
    assert (added.key, added.is_new, added.capture) == ("ferry2024", False, None)
    assert "are back on this computer" in added.findings[0].message
    assert again.store.payload(digest_bytes(FIRST)) == FIRST
    assert again.store.text("ferry2024") is not None


def test_purged_bytes_do_not_come_back(archive: Archive) -> None:
    """Neither as a capture nor by a page that has the same text."""
    purge(archive.store, "ferry2024")
    assert "not on this computer" in later(archive, FIRST).findings[0].message
    with pytest.raises(StoreConflict, match="was purged"):
        later(archive, FIRST, to="ferry2024")
    with pytest.raises(StoreConflict, match="was purged"):
        later(archive, FIRST + b"<!-- saved again -->", new_item=True)
    assert archive.store.keys() == ("ferry2024",)
    assert archive.store.payload(digest_bytes(FIRST)) is None


def test_a_record_alone_gets_its_first_capture(tmp_path: Path) -> None:
    """An imported item with that address is the item that is captured."""
    archive = Archive.create(tmp_path / "b")
    archive.import_text(f'[{{"id": "quill2024", "type": "webpage", "URL": "{URL}"}}]')
    added = archive.add(FIRST, url=URL, now=WHEN)
    assert (added.key, added.is_new, added.capture) == ("quill2024", False, "20261122T141500Z")
    assert verify(archive.store, ()).ok
