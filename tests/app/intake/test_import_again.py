"""Importing again: what is here is recognised, and what was edited here is never overwritten."""

from __future__ import annotations

import json
import random
from cProfile import Profile
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.changing.edit import rename, set_fields
from citekit.app.citing.cite import cite
from citekit.app.intake.add import add
from citekit.app.intake.bibliographies import Imported, import_items
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.app.intake.recognising.merging import Difference, Merge

TIDES: dict[str, Any] = {
    "id": "tides",
    "type": "article-journal",
    "title": "Tides of the Harbour",
    "author": [{"family": "Møller", "given": "Ida"}],
    "issued": {"date-parts": [[2019, 4]]},
    "DOI": "10.5555/TIDE.7",
    "URL": "http://tides.example/paper?no=7",
    "publisher": "Quay",
    "volume": "3",
}


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with one item from a file."""
    store = ArchiveStore.create(tmp_path / "archive")
    assert take(store, TIDES).new == ("tides",)
    return ArchiveStore.open(store.root)


def take(store: ArchiveStore, *entries: dict[str, Any], **options: Any) -> Imported:  # noqa: ANN401  # those of import_items
    """Import CSL-JSON."""
    return import_items(store, json.dumps(entries), format="csl-json", **options)


def without(*names: str, **others: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """The entry without some variables, and with others."""
    return {**{name: value for name, value in TIDES.items() if name not in names}, **others}


def files_of(store: ArchiveStore) -> dict[str, bytes]:
    """All files of the archive but the caches, with their bytes."""
    return {
        str(path.relative_to(store.root)): path.read_bytes()
        for path in sorted(store.root.rglob("*"))
        if path.is_file() and ".citekit" not in path.parts
    }


@pytest.mark.parametrize(
    ("entry", "by"),
    [
        (without(id="m7", DOI="10.5555/tide.7", URL="https://other.example/"), "doi"),
        (without("DOI", "author", id="m7", URL="https://TIDES.example:443/paper?no=7#p2"), "url"),
        (without("DOI", "URL", id="m7", title="tides of the {Harbour}"), "title"),
        (without("DOI", "URL", "id", title="TIDES OF THE HARBOUR!"), "title"),
    ],
)
def test_an_entry_is_recognised_without_its_key(
    store: ArchiveStore, entry: dict[str, Any], by: str
) -> None:
    """By DOI, by address, by title, year and author; its key is cited from now on as well."""
    result = take(store, entry)
    assert (result.new, result.doubtful) == ((), ())
    assert [one.by for one in result.changed] == [by] or by == "url"
    assert store.keys() == ("tides",)
    name = entry.get("id", "tides")
    assert "Tides of the Harbour" in cite(store, [name]).text
    again = take(store, entry)
    assert [one.by for one in again.changed] == (
        ["key"] if "id" in entry and by != "url" else [by]
    )[: len(result.changed)]


@pytest.mark.parametrize(
    "entry",
    [
        without(id="m7", title="Index of the volume", author=[]),  # a part with the whole's DOI
        without("DOI", id="m7", title="Quays", author=[]),  # the page of a project
        without("DOI", "URL", id="m7", issued={"date-parts": [[2020]]}),
    ],
)
def test_a_shared_sign_makes_no_two_works_one(store: ArchiveStore, entry: dict[str, Any]) -> None:
    """A DOI or address under another title, and a title of another year, are a new item."""
    result = take(store, entry)
    assert (result.new, result.changed, result.doubtful) == (("m7",), (), ())


@pytest.mark.parametrize(
    "entry",
    [
        without("DOI", "URL", id="m7", author=[{"family": "Berg"}]),
        without("DOI", "URL", "author", id="m7"),
        without("DOI", "URL", id="m7", volume="4"),
        without("DOI", "URL", id="m7", type="thesis"),
    ],
)
def test_title_and_year_alone_are_a_doubt(store: ArchiveStore, entry: dict[str, Any]) -> None:
    """The entry comes in, and the item that it may be is named."""
    result = take(store, entry)
    assert result.new == ("m7",)
    assert [(one.key, one.like) for one in result.doubtful] == [("m7", "tides")]
    assert [one.code for one in result.findings] == ["CK-W771"]


def test_a_page_is_recognised_by_the_address_it_was_saved_from(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """What was read in a page that was added, or said of it, stays."""
    page = tmp_path / "page.html"
    page.write_text("<title>Gulls</title><h1>Gulls</h1><p>They fly.</p>")
    url = "https://gulls.example/a"
    key = add(store, page, url=url, fields={"title": "Gulls"}).item.key
    before = store.item(key).csl()
    entry = {"id": "g", "type": "book", "title": "Gulls", "URL": "http://gulls.example/a"}
    result = take(ArchiveStore.open(store.root), {**entry, "volume": "2"}, merge="theirs")
    assert [(one.key, one.by, one.taken) for one in result.changed] == [(key, "url", ("volume",))]
    assert store.item(key).csl() == {**before, "volume": "2"}


def test_keep_leaves_the_item_and_tells(store: ArchiveStore) -> None:
    """The default: the finding names what differs, with the line, and nothing is written."""
    before = files_of(store)
    result = take(store, without("publisher", volume="4", edition="2"))
    assert [one.variables for one in result.changed] == [("volume", "edition")]
    assert [(f.code, f.severity, f.message, f.place and f.place.line) for f in result.findings] == [
        ("CK-W770", "warning", "tides stays as it is here: volume, edition", 1)
    ]
    assert files_of(store) == before


def test_theirs_takes_over_what_nobody_edited_here(store: ArchiveStore) -> None:
    """Edited, removed and added here stays, in this import and in the next ones."""
    set_fields(store, "tides", {"title": "Tides of a Harbour", "publisher": None, "edition": "1"})
    entry = without(volume="4", edition="2", title="Tides of the Harbour.", issue="5")

    result = take(store, entry, merge="theirs")

    assert [(one.taken, one.edited) for one in result.changed] == [
        (("volume", "issue"), ("title", "publisher", "edition"))
    ]
    item = store.item("tides")
    assert (item.title, item.text("volume"), item.text("issue")) == ("Tides of a Harbour", "4", "5")
    assert (item.text("publisher"), item.text("edition")) == ("", "1")
    assert "edited here" in result.findings[0].hint
    third = take(store, {**entry, "volume": "6"}, merge="theirs")
    assert [one.taken for one in third.changed] == [("volume",)]


def test_a_record_edited_by_hand_is_edited_here(store: ArchiveStore) -> None:
    """The checksum tells it, whoever changed the file."""
    path = store.layout.item_file("tides")
    path.write_text(path.read_text("utf-8").replace('"volume": "3"', '"volume": "30"'), "utf-8")
    result = take(store, without(volume="4"), merge="theirs")
    assert [(one.taken, one.edited) for one in result.changed] == [((), ("volume",))]
    assert store.item("tides").text("volume") == "30"


def test_an_old_key_leads_to_the_renamed_item(store: ArchiveStore) -> None:
    """The file goes on calling it as before."""
    rename(store, "tides", "mueller2019")
    result = take(ArchiveStore.open(store.root), TIDES)
    assert (result.known, result.findings) == (("mueller2019",), ())


def test_a_key_of_another_work_is_an_error(store: ArchiveStore) -> None:
    """Two people's files may have one key for two works: neither is written over the other."""
    entry = {"id": "tides", "type": "book", "title": "Knots and Splices"}
    result = take(store, entry, merge="theirs")
    assert (result.new, result.known, result.changed) == ((), (), ())
    assert [one.code for one in result.findings] == ["CK-E423"]
    assert store.item("tides").title == "Tides of the Harbour"


def test_somebody_is_asked_of_each(store: ArchiveStore) -> None:
    """What would be taken is shown; the answer counts for one entry."""
    take(store, {"id": "gulls", "type": "book", "title": "Gulls", "volume": "1"})
    asked: list[tuple[str, tuple[str, ...]]] = []

    def ask(difference: Difference) -> Merge:
        asked.append((difference.key, difference.taken))
        return "theirs" if difference.key == "gulls" else "keep"

    other = {"id": "gulls", "type": "book", "title": "Gulls", "volume": "2"}
    take(store, without(volume="9"), other, ask=ask)
    assert asked == [("tides", ("volume",)), ("gulls", ("volume",))]
    assert [store.item(key).text("volume") for key in ("tides", "gulls")] == ["3", "2"]


def test_a_dry_run_says_the_same_and_writes_nothing(store: ArchiveStore) -> None:
    """New, known, changed and doubtful as the import itself has them, made keys among them."""
    entries = [
        without(volume="4"),
        {"type": "book", "title": "Frames", "author": [{"family": "Lund"}]},
        {"type": "book", "title": "Frames", "author": [{"family": "Lund"}], "volume": "2"},
        without("DOI", "URL", "author", id="m7"),
        {"id": "m7", "type": "book", "title": []},
    ]
    before = files_of(store)
    planned = take(store, *entries, merge="theirs", dry_run=True)
    assert files_of(store) == before
    assert planned == take(store, *entries, merge="theirs")
    assert len(set(planned.new)) == len(planned.new) == 3
    assert planned.changed[0].taken == ("volume",)
    assert files_of(store) != before


def test_an_address_in_every_entry_costs_little(store: ArchiveStore) -> None:
    """A site's front page beside very many titles: each entry is new, and compared with few."""
    page = "https://library.example/"
    entries = [
        {
            "id": f"e{number}",
            "type": "book",
            "title": "".join(random.Random(number).choices("etaoinshrd", k=200)),  # noqa: S311
            "URL": page,
        }
        for number in range(200)
    ]
    take(store, *entries[:100])
    profile = Profile()
    again = ArchiveStore.open(store.root)
    result = profile.runcall(take, again, *entries[100:], dry_run=True)
    calls = {getattr(e.code, "co_name", ""): e.callcount for e in profile.getstats()}
    assert 0 < calls["are_alike"] <= 100 * 20  # 100 and more for each with all of them compared
    assert len(result.new) == 100


def test_what_was_removed_here_does_not_come_back(store: ArchiveStore, tmp_path: Path) -> None:
    """Also of a page, which never came from a file: its evidence stays."""
    page = tmp_path / "page.html"
    page.write_text("<h1>Gulls</h1><p>They fly.</p>")
    fields = {"title": "Gulls", "publisher": "Quay"}
    key = add(store, page, url="https://gulls.example/a", fields=fields).item.key
    set_fields(store, key, {"publisher": None})
    entry = {"id": "g", "type": "webpage", "title": "Gulls", "URL": "https://gulls.example/a"}
    result = take(store, {**entry, "publisher": "Quay", "volume": "1"}, merge="theirs")
    assert [(one.taken, one.edited) for one in result.changed] == [(("volume",), ("publisher",))]
    assert store.item(key).text("publisher") == ""


def _keyless(number: int) -> dict[str, Any]:
    """An entry without an id; the keys of all of them are made of the same words."""
    issued = {"date-parts": [[2020]]}
    return {"type": "book", "title": f"Tides number {number}", "issued": issued}


def test_entries_that_are_called_alike_are_told_apart_by_what_they_say(store: ArchiveStore) -> None:
    """Sixty keys of one base; each entry is known again, and one that says more is new."""
    entries = [_keyless(number) for number in range(60)]
    first = take(store, *entries, entries[7])
    assert len(set(first.new)) == 60
    assert first.known == (first.new[7],)
    assert first.new[:3] == ("2020tides", "2020tidesa", "2020tidesb")
    again = take(ArchiveStore.open(store.root), *reversed(entries), _keyless(60))
    assert again.known == tuple(reversed(first.new))
    assert len(again.new) == 1


def test_an_item_that_several_entries_change_is_written_once(store: ArchiveStore) -> None:
    """Each entry is compared with what the one before it has left."""
    before = len(LogFolder(store.layout).pending().entries)
    done = take(
        store,
        without(id="one", volume="4"),
        without(id="two", volume="4", publisher="Pier"),
        without(id="three", volume="5", publisher="Pier"),
        merge="theirs",
    )
    assert [one.taken for one in done.changed] == [("volume",), ("publisher",), ("volume",)]
    assert store.item("tides").data["volume"] == "5"
    assert store.item("tides").data["publisher"] == "Pier"
    assert store.item("tides").facts.aliases == ("one", "two", "three")
    assert len(LogFolder(store.layout).pending().entries) == before + 1
