"""A site of a part of the archive: nothing of the rest is anywhere in it, or left from before."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from citekit.app import site
from citekit.cli.run import run
from citekit.errors import UsageError
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.testing.builders import Mark, Source, build_archive
from citekit.testing.leaks.markers import search_folder
from citekit.testing.sites import build_site, write_source

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.archive import ArchiveStore

NOTE = """\
Compare {cite:t}`qzxotherkey2024` and {ck:item}`the other one <qzxotherkey2024>`,
{cite:p}`tern2023,qzxotherkey2024`,
{ck:entity}`qzxotherentity` and {ck:claim}`qzxotherclaim`.

```{ck:item} qzxotherkey2024
```

```{ck:claims}
:entity: qzxotherentity
```
"""
CHOSEN = Source(
    key="gull2024",
    data={"title": "Gulls of the quay", "keyword": "birds"},
    access="public",
    text="Gulls took the bread.\n\nTerns took the rest.\n",
    marks=(Mark(quote="the bread", note="As in {cite:t}`qzxotherkey2024`.", entities=("bakery",)),),
    note=NOTE,
)
OTHER = Source(
    key="qzxotherkey2024",
    data={
        "title": "Qzxothertitle of the other",
        "author": [{"family": "Qzxotherfamily", "given": "Ada"}],
        "URL": "https://qzxotherhost.example/qzxotherpath",
        "keyword": "qzxotherkeyword, fish",
    },
    access="public",
    text="Qzxothertext of the other article.\n",
    marks=(
        Mark(
            quote="the other",
            note="Qzxothermark.",
            tags=("qzxothertag",),
            entities=("qzxotherentity",),
        ),
    ),
    note="Qzxothernote about it.\n",
    aliases=("qzxotheralias",),
)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """Three public items, the last one full of markers, with an entity and claims of its own."""
    tern = Source(key="tern2023", data={"title": "Terns", "keyword": "Birds"}, access="public")
    store = build_archive(tmp_path / "archive", [CHOSEN, tern, OTHER])
    both = [ClaimEvidence(item=key, stance="supports") for key in ("gull2024", "qzxotherkey2024")]
    with store.writing() as writer:
        writer.write_entity(Entity(id="bakery", kind="organization", name="The bakery"))
        writer.write_entity(Entity(id="qzxotherentity", kind="person", name="Qzxothername"))
        writer.write_claim(
            Claim(id="qzxotherclaim", statement="Qzxotherboth.", evidence=tuple(both))
        )
    return store


MARKS = {"the rest": b"qzxother"}


def test_what_is_not_chosen_is_nowhere(store: ArchiveStore, tmp_path: Path) -> None:
    """Neither in pages, search, data and inventory, nor in a build's caches, nor from before."""
    out = tmp_path / "out"
    site.build(store, out)
    assert search_folder(out, MARKS)

    site.build(store, out, only=["birds"])

    assert [str(found) for found in search_folder(out, MARKS)] == []
    page = (out / "items/gull2024.html").read_text("utf-8")
    assert "Compare [left out] and the other one,\n" in page
    assert "As in [left out]." in page
    assert 'href="../bibliography.html#ref-tern2023"' in page
    assert (out / "entities/bakery.html").is_file()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("builder", ["dirhtml", "epub", "text"])
def test_nothing_is_left_of_an_earlier_build(tmp_path: Path, builder: str) -> None:
    """A project that turns to a part keeps nothing of the rest, nor do its doctrees."""
    write_source(tmp_path, {"index.md": "# Start\n\n```{toctree}\nitems/index\n```\n"})
    copied = "html_copy_source=1"
    before = build_site(tmp_path, "-D", copied, builder=builder)
    assert search_folder(before.output, MARKS)

    built = build_site(tmp_path, "-D", copied, "-D", "citekit_only=birds", builder=builder)

    assert built.code == 0
    assert [str(found) for found in search_folder(built.output, MARKS)] == []
    assert [str(found) for found in search_folder(tmp_path / "out-dt", MARKS)] == []


def test_the_inventory_names_the_part(store: ArchiveStore, tmp_path: Path) -> None:
    """What other projects may link to is what the site has."""
    built = site.build(store, tmp_path / "out", only=["gull2024"])

    names = zlib.decompress((built / "objects.inv").read_bytes().split(b"\n", 4)[4]).decode()

    assert "gull2024 ck:item" in names
    assert "tern2023" not in names


def test_the_option_may_be_given_again(
    store: ArchiveStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A word that names nothing ends with 3 and the nearest names; nothing is written."""
    argv = ["--archive", str(store.root), "site", "build", "--output", str(tmp_path / "out")]

    assert run([*argv, "--only", "tern2023", "--only", "brids"]) == 3

    assert "did you mean Birds?" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_too_many_words_are_refused(store: ArchiveStore) -> None:
    """What no command line takes is told before anything is begun."""
    with pytest.raises(UsageError, match="more than Sphinx takes"):
        site.build(store, only=["gull2024"] * 5000)
