"""Titles, names, notes and texts of strangers: they come out as words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from citekit.app import site
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import Mark, Source, add_source, build_archive
from citekit.testing.sites import Tags, build_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.testing.sites import Site

SCRIPT = '</script><script>alert("1")</script>'
EVIL = (
    f'{SCRIPT}<img src=x onerror="alert(2)"> {{raw}}`<b>` `{{download}}` **bold** '
    "[x](javascript:alert(3)) {{ 7*7 }} &lt;"
)
NOTE = f"""\
---
myst:
  enable_extensions: [substitution]
---

# A title {SCRIPT}

<iframe src="https://evil.example"></iframe>

```{{raw}} html
<script>alert(4)</script>
```

```{{include}} ../../../secret.txt
```

```{{literalinclude}} ../../../secret.txt
```

```{{eval-rst}}
.. raw:: html

   <script>alert(5)</script>
```

{{download}}`../../../secret.txt` {{eval}}`1` [file](../../../secret.txt) [js](javascript:alert(6))

![remote](https://evil.example/pixel.png)

<a href="javascript:alert(7)">x</a>

Plain words survive.
"""


def hostile_site(root: Path, make_site: Callable[..., Site]) -> Site:
    """A site over an archive in which every text is hostile."""
    (root / "secret.txt").write_text("TOP-SECRET-BYTES", encoding="utf-8")
    store = build_archive(root / "archive", [])
    with store.writing() as writer:
        writer.write_entity(
            Entity(
                id="evil",
                kind="person",
                name=EVIL,
                names=(EVIL,),
                description=EVIL,
                date="not a date",
                authorities={"wikidata": '"><script>alert(8)</script>', EVIL: EVIL},
            )
        )
        for access in ("public", "restricted"):
            add_source(
                writer,
                Source(
                    key=f"evil-{access}",
                    data={
                        "title": EVIL,
                        "author": [{"literal": EVIL}, {"family": EVIL, "given": EVIL}],
                        "container-title": EVIL,
                        "publisher": EVIL,
                        "URL": "javascript:alert(9)",
                        "DOI": '10.1/"><script>',
                        "language": EVIL,
                        "rights": EVIL,
                        "issued": {"literal": EVIL},
                    },
                    access="public" if access == "public" else "restricted",
                    text=f"{EVIL}\n\nSecond {SCRIPT} paragraph.",
                    marks=(
                        Mark(quote="Second", note=NOTE, tags=(EVIL,), entities=("evil",)),
                        Mark(quote="paragraph", entities=("evil", "nobody")),
                        Mark(note=EVIL),
                    ),
                    note=NOTE,
                    evidence={
                        EVIL: ({"value": EVIL, "origin": EVIL, "rule": EVIL, "chosen": True},)
                    },
                ),
            )
        evidence = ClaimEvidence(item="evil-public", stance="supports", says=EVIL, note=EVIL)
        writer.write_claim(
            Claim(id="evil", statement=EVIL, question=EVIL, note=EVIL, evidence=(evidence,))
        )
    index = "# Start\n\n{cite}`evil-public` {ck:item}`evil-restricted`\n\n```{bibliography}\n```\n"
    return make_site(pages={"index.md": index})


def test_nothing_hostile_becomes_markup(tmp_path: Path, make_site: Callable[..., Site]) -> None:
    """No element, attribute, address or file slips in through any text of the archive."""
    built = hostile_site(tmp_path, make_site)
    assert built.code == 0, built.said

    pages = [p for p in built.output.rglob("*.html") if "_static" not in p.parts]
    tags = [
        (p.name, tag, attributes)
        for p in pages
        for tag, attributes in Tags(p.read_text("utf-8")).tags
    ]
    scripts = [a for _, t, a in tags if t == "script"]
    addresses = [a.get(name, "") for _, _, a in tags for name in ("href", "src")]

    assert [a for _, _, a in tags if any(name.startswith("on") for name in a)] == []
    assert [
        a for a in addresses if a.strip().lower().startswith(("javascript:", "data:text"))
    ] == []
    assert [a for a in addresses if "evil.example" in a] == []
    assert [t for _, t, _ in tags if t == "iframe"] == []
    assert [a for a in scripts if a.get("src", "").startswith("http")] == []
    for page in pages:
        text = page.read_text("utf-8")
        assert "<script>alert" not in text
        assert "TOP-SECRET-BYTES" not in text
    assert not list(built.output.rglob("secret*"))


# A table whose rows are filled up to its width: few signs, many cells.
SHORT_ROWS: Final = f"{'|a' * 100}\n{'|-' * 100}\n{'a' * 30}\n" + "a\n" * 100 + "\n"
LONG_NOTES: Final = {
    "prose": "Words that *go on* for [a while](https://a.example/b-c_d), and\nbreak the line.\n\n",
    "list": "- [Another title of some length](https://a.example/words-of/a-title.html), *seen*\n",
    "table": "|a few words|some more of them|a number|1,234|and a last cell|\n",
    "quotations": "> What was said, at some length and in one breath.\n>\n> And more.\n\n",
    "passages": "It is in {ck:passage}`harbour2024#p2`, and again in a later part of the text.\n\n",
}


@pytest.mark.parametrize("name", LONG_NOTES)
def test_a_long_note_of_a_person_is_read(
    name: str, tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Ninety thousand signs with links, lists or cells in every line are Markdown."""
    store = build_archive(tmp_path / "archive")
    head = "|a|b|c|d|e|\n|-|-|-|-|-|\n" if name == "table" else ""
    unit = LONG_NOTES[name]
    note = head + unit * (90_000 // len(unit))
    (store.layout.item_folder("harbour2024") / "note.md").write_text(note, "utf-8")

    built = make_site(pages={"index.md": "# Start\n"})

    assert built.code == 0, built.said[-2000:]
    assert "a note may not hold" not in built.said


@pytest.mark.parametrize(
    ("note", "said", "shown"),
    [
        ("[" * 100_001, "more than 100,000 signs", "[[[["),
        (":::{note}\n" * 30 + "Inmost.", "directives 20 deep", "Inmost."),
        ("> " * 300 + "Inmost.", "", ">"),
        ("a\n\n" * 30_000, "more signs of Markdown than its length allows", "a\n\na"),
        (SHORT_ROWS * 20, "more parts than its length allows", "|-|-|"),
        (
            f"[a]: https://a.example/{'b' * 50_000}\n\n{'[a] ' * 5_000}",
            "more parts than",
            "[a] [a]",
        ),
        (f":::{{note}}\n{SHORT_ROWS * 8}:::\n\nAfter.", "more parts than", "<p>After."),
        ("```{ck:claims}\n```\n" * 100, "more than 20 lists on a page", "passengers.html"),
    ],
    ids=["long", "directives", "quotes", "blocks", "cells", "addresses", "inside", "lists"],
)
def test_a_note_that_would_take_all_time_is_text(
    note: str, said: str, shown: str, tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Notes without end or bottom are shown as written; the rest of the page is there."""
    store = build_archive(tmp_path / "archive")
    (store.layout.item_folder("harbour2024") / "note.md").write_text(note, "utf-8")

    built = make_site(pages={"index.md": "# Start\n"})

    assert built.code == 0, built.said[-2000:]
    assert said in built.said
    page = built.read("items/harbour2024.html")
    assert shown in page.replace("&gt;", ">")
    assert "ck-evidence" in page or "Evidence" in page


def test_a_note_that_names_a_long_title_often_makes_no_endless_page(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Links and citations hold the beginning of a title, of an author, and the page stays small."""
    words = "A title without end " * 2_000
    note = "{ck:item}`long` and {cite}`long`\n" * 300
    data = {"title": words, "author": [{"literal": words}]}
    source = Source(key="long", data=data, access="public", note=note)
    build_archive(tmp_path / "archive", [source])

    built = make_site(pages={"index.md": "# Start\n"})

    assert built.code == 0, built.said[-2000:]
    page = built.read("items/long.html")
    assert page.count("A title without end") > 2 * 300
    assert len(page) < 3_000_000


HOSTILE_TITLE = f'{SCRIPT}</title><img src=x onerror="alert(2)"> & "$x" {{{{ 7*7 }}}}'


def hostile_settings(root: Path) -> None:
    """Give an archive settings that are mark-up wherever they are read as such."""
    build_archive(root / "archive")
    words = json.dumps(HOSTILE_TITLE)
    lines = [
        f"layout = 1\ntitle = {words}\nbase_url = {words}",
        f"[log]\norigin = {words}\nagent = {words}",
        f"[[publisher]]\nname = {words}\ndomains = [{words}]\n",
    ]
    (root / "archive" / "archive.toml").write_text("\n".join(lines), "utf-8")


def evil_tags(folder: Path) -> list[tuple[str, str, dict[str, str]]]:
    """The tags of a built site that mark-up of an archive has brought in."""
    tags = [
        (path.name, tag, attributes)
        for path in folder.rglob("*html")
        for tag, attributes in Tags(path.read_text("utf-8")).tags
    ]
    return [t for t in tags if t[1] == "img" or any(name.startswith("on") for name in t[2])]


@pytest.mark.parametrize(
    ("builder", "theme"),
    [("html", "furo"), ("singlehtml", "classic"), ("singlehtml", "furo"), ("epub", "epub")],
)
def test_no_setting_of_an_archive_is_markup(tmp_path: Path, builder: str, theme: str) -> None:
    """Whatever archive.toml says, no page of any theme holds it as HTML."""
    hostile_settings(tmp_path)
    site.new_project(ArchiveStore.open(tmp_path / "archive"), tmp_path / "docs")

    built = build_site(tmp_path, "-D", f"html_theme={theme}", builder=builder)

    assert built.code == 0, built.said
    assert evil_tags(built.output) == []
    for path in built.output.rglob("*html"):
        assert "<script>alert" not in path.read_text("utf-8")
    assert "base_url in archive.toml is no address" in built.said


def test_the_title_of_an_archive_reads_as_it_is_written(tmp_path: Path) -> None:
    """In the sidebar, above the page and in the window's title the words stand as in archive.toml.

    A title with mark-up that its author wrote in conf.py stays mark-up.
    """
    build_archive(tmp_path / "archive")
    (tmp_path / "archive/archive.toml").write_text('layout = 1\ntitle = "Sand & <Sea>"\n', "utf-8")
    source = site.new_project(ArchiveStore.open(tmp_path / "archive"), tmp_path / "docs")

    page = build_site(tmp_path).read("items/index.html")
    with (source / "conf.py").open("a", encoding="utf-8") as conf:
        conf.write('html_title = "<em>Mine</em>"\n')
    mine = build_site(tmp_path, output="mine").read("items/index.html")

    assert '<span class="sidebar-brand-text">Sand &amp; &lt;Sea&gt;</span>' in page
    assert '<div class="brand">Sand &amp; &lt;Sea&gt;</div>' in page
    assert "<title>Sources - Sand &amp; &lt;Sea&gt;</title>" in page
    assert '<span class="sidebar-brand-text"><em>Mine</em></span>' in mine


def test_harmless_words_of_a_hostile_note_survive(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """What is refused is shown as text, and warned about with file and line."""
    built = hostile_site(tmp_path, make_site)

    assert "Plain words survive." in built.read("items/evil-public.html")
    assert "note.md:8: WARNING: a note may not hold HTML" in built.said
    assert "[citekit.note]" in built.said


def test_a_heading_of_a_note_takes_no_anchor_of_the_page(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Headings called like parts of the page are harmless: the parts keep their addresses."""
    names = ("Note", "Text", "Cite", "Claims", "Evidence", "Provenance", "P1", "Title")
    note = "\n\n".join(f"# {name}\n\nWords." for name in names)
    source = Source(key="headed", data={"title": "Headed"}, access="public", text="One.", note=note)
    build_archive(tmp_path / "archive", [source])

    built = make_site("-W", "--keep-going", pages={"index.md": "# Start\n"})

    assert built.code == 0, built.said
    ids = [a["id"] for _, a in Tags(built.read("items/headed.html")).tags if "id" in a]
    assert sorted(ids) == sorted(set(ids))
    assert {"note", "text", "cite", "p1"} <= set(ids)
