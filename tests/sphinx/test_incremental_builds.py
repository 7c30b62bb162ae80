"""Second builds, unknown names, several processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.model.claim import Claim
from citekit.testing.builders import CAPTURED_AT, build_archive
from citekit.testing.sites import build_site, contents, write_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.store.archive import ArchiveStore
    from citekit.testing.sites import Site


def test_a_changed_title_reaches_every_page(tmp_path: Path, make_site: Callable[..., Site]) -> None:
    """The item's page, pages that link to it and the bibliography follow a change."""
    store = build_archive(tmp_path / "archive")
    make_site("-W")
    with store.writing() as writer:
        writer.replace_item(store.item("tide2023").with_data(title="A new title entirely"))

    again = make_site("-W")

    assert again.code == 0, again.said
    assert "A new title entirely" in again.read("items/tide2023.html")
    assert "A new title entirely" in again.read("index.html")
    assert "a new title entirely" in again.read("bibliography.html").lower()
    assert "Sandbank grows" not in again.read("index.html")


PASSAGE = "```{ck:passage} harbour2024#p2\n```"
CARD = "```{ck:item} lantern2024\n```"


def edit_note(store: ArchiveStore) -> None:
    """Take back what a note on the shown passage says; it stays one note."""
    notes = store.annotations("harbour2024")
    edited = {
        a.id: a.with_bodies(note="Taken back.", modified=CAPTURED_AT) for a in notes if a.note
    }
    with store.writing() as writer:
        writer.write_annotations("harbour2024", [edited.get(a.id, a) for a in notes])


def drop_evidence(store: ArchiveStore) -> None:
    """Let a claim rest on fewer sources, so that the card of one counts no claim."""
    old = store.claim("passengers")
    claim = Claim(id=old.id, question=old.question, statement="Forty.", evidence=old.evidence[:1])
    with store.writing() as writer:
        writer.write_claim(claim)


@pytest.mark.parametrize(("change", "shown"), [(edit_note, PASSAGE), (drop_evidence, CARD)])
def test_an_old_page_is_as_a_new_one(
    tmp_path: Path, change: Callable[[ArchiveStore], None], shown: str
) -> None:
    """After a change of what a page shows, an incremental build equals one from nothing."""
    store = build_archive(tmp_path / "archive")
    write_source(tmp_path, {"index.md": f"# Start\n\n{shown}\n"})
    before = build_site(tmp_path, "-W", builder="text").read("index.txt")
    change(store)

    again = build_site(tmp_path, builder="text")
    clean = build_site(tmp_path, builder="text", output="clean")

    assert before != clean.read("index.txt")
    assert contents(again.output) == contents(clean.output)


def test_a_changed_configuration_reaches_every_page(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """The looks as conf.py has them, and the address in archive.toml, are on old pages, too."""
    build_archive(tmp_path / "archive")
    make_site("-W")
    settings = tmp_path / "archive" / "archive.toml"
    address = 'base_url = "https://sea.example/"\n'
    settings.write_text(settings.read_text("utf-8") + address, encoding="utf-8")

    moved = make_site("-W").read("items/tide2023.html")
    named = make_site("-W", "-D", "html_title=Another name")

    assert '<link rel="canonical" href="https://sea.example/items/tide2023.html">' in moved
    assert "Another name" not in moved
    for page in ("index", "items/tide2023", "items/index"):
        assert "Another name</span>" in named.read(f"{page}.html")


def test_what_did_not_change_is_not_read_again(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Staged pages are written only when they change, so a second build reads nothing."""
    build_archive(tmp_path / "archive")
    make_site("-W")
    pages = list((tmp_path / "out" / "items").glob("*.html"))
    before = {p.name: p.stat().st_mtime_ns for p in [*pages, tmp_path / "out" / "index.html"]}

    make_site("-W")

    after = {p.name: p.stat().st_mtime_ns for p in [*pages, tmp_path / "out" / "index.html"]}
    assert after == before


def test_a_removed_item_takes_its_pages_along(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """After a removal the next build has neither page nor downloads, and warns of old links."""
    store = build_archive(tmp_path / "archive")
    make_site("-W")
    with store.writing() as writer:
        writer.remove_item("tide2023")

    again = make_site()

    assert sorted(p.name for p in (tmp_path / "out" / "items").glob("tide2023*")) == []
    assert "cited but not in the archive: tide2023" in again.said
    assert "tide2023" not in again.read("bibliography.html")


def test_a_renamed_item_is_found_by_both_names(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Roles with the old key go on working, and its address leads on."""
    from citekit.app.changing.edit import rename

    store = build_archive(tmp_path / "archive")
    rename(store, "tide2023", "moreau2023")

    built = make_site("-W")

    assert built.code == 0, built.said
    assert 'href="items/moreau2023.html"' in built.read("index.html")
    assert "moreau2023.html" in built.read("items/tide2023.html")


def test_unknown_names_are_told_with_file_and_line(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Each kind of unknown reference is a warning of its own type, with the nearest name."""
    build_archive(tmp_path / "archive")
    text = (
        "# Start\n\n{ck:item}`harbor2024`\n\n{ck:passage}`harbour2024#p99`\n\n"
        "{ck:entity}`ada-quil`\n\n{ck:claim}`nope`\n\n{cite}`harbor2024`\n"
    )

    built = make_site(pages={"index.md": text})

    index = tmp_path / "docs" / "index.md"
    assert (
        f"{index}:3: WARNING: no item in the archive: harbor2024 (near: harbour2024" in built.said
    )
    assert "[citekit.item]" in built.said
    assert f"{index}:5: WARNING: no passage in the archive: harbour2024#p99" in built.said
    assert "(near: ada-quill) [citekit.entity]" in built.said
    assert "[citekit.claim]" in built.said
    assert f"{index}:11: WARNING: cited but not in the archive: harbor2024" in built.said
    assert "[citekit.cite]" in built.said


def test_two_processes_build_the_same_site(
    tmp_path: Path, make_site: Callable[..., Site], site: Site
) -> None:
    """Reading and writing in parallel changes no byte."""
    build_archive(tmp_path / "archive")

    built = make_site("-W", "-j", "2")

    assert built.code == 0, built.said
    one, two = contents(site.output), contents(built.output)
    assert [name for name in one if one[name] != two.get(name)] == []


def test_other_builders_write_the_pages_too(tmp_path: Path) -> None:
    """Plain text and LaTeX hold the words of a public item, and dots for what is withheld."""
    build_archive(tmp_path / "archive")
    write_source(tmp_path)

    text = build_site(tmp_path, output="text", builder="text")
    latex = build_site(tmp_path, output="latex", builder="latex")

    assert text.code == latex.code == 0, text.said + latex.said
    assert "three ferries ran aground" in text.read("items/lantern2024.txt")
    assert "[…]" in text.read("items/harbour2024.txt")


def test_an_archive_that_is_not_there_is_told_plainly(make_site: Callable[..., Site]) -> None:
    """A wrong citekit_archive gives one message with a hint, not a traceback of ours."""
    built = make_site()

    assert built.code != 0
    assert "archive" in built.said
    assert "hint:" in built.said
