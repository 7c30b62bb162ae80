"""What is kept of a large .bib file: of its very bytes alone, and made anew where it is broken."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from citekit import check_bibliography
from citekit.app.syncing import bib_text, library
from citekit.app.syncing.library import Library
from citekit.app.syncing.sync import sync

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = 1_200


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which bibliographies are kept, of this test alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "citekit" / "bibliographies"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of many entries, each with a finding; one has a string, one inherits."""
    entries = "".join(
        f"@book{{k{n}, title = {{On NATO {n}}}, author = {{Quill, A}}, year = {1000 + n}}}\n"
        for n in range(ENTRIES)
    )
    path = tmp_path / "large.bib"
    path.write_text(
        f'@string{{h = "Heron"}}\n{entries}@book{{last, title = {{Last}}, publisher = h}}\n'
        "@inbook{child, title = {Child}, crossref = {last}}\n",
        encoding="utf-8",
    )
    return path


def test_a_second_look_reads_no_bibtex(
    large: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places, items and findings are there, and say what the first look said."""
    keys = ["k7", "k11", "child"]
    first = Library.open(large)
    items, checked = first.items(keys), check_bibliography(large)
    assert {path.name.partition("-")[2] for path in cache.iterdir()} == {
        "places.txt", "items.txt", "check-biblatex.txt",
    }  # fmt: skip

    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(library, "locate", nobody)
    monkeypatch.setattr(library, "read_bibliography", nobody)
    monkeypatch.setattr("citekit.app.looking.bib_check.check_bibtex", nobody)
    again = Library.open(large)

    assert again.items(keys) == items
    assert items["child"]["publisher"] == "Heron"
    assert tuple(again.keys()) == tuple(first.keys())
    assert check_bibliography(large) == checked
    assert len(checked.left) > ENTRIES


def test_other_bytes_are_read_anew(large: Path, cache: Path) -> None:
    """Be it of the same size, and as old."""
    before = large.stat()
    assert Library.open(large).items(["k7"])["k7"]["title"] == "On NATO 7"
    large.write_text(large.read_text("utf-8").replace("NATO 7}", "NATI 7}"), encoding="utf-8")
    os.utime(large, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert large.stat().st_size == before.st_size
    assert Library.open(large).items(["k7"])["k7"]["title"] == "On NATI 7"
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize("damage", ["", "nonsense", "half", "flip", "folder"])
def test_a_broken_cache_is_made_anew(large: Path, cache: Path, damage: str) -> None:
    """Emptied, replaced, cut, with one byte changed, or a folder in its place."""
    expected = Library.open(large).items(["child"])
    check_bibliography(large)
    for path in cache.iterdir():
        data = path.read_bytes()
        path.unlink()
        if damage == "folder":
            path.mkdir()
        else:
            middle = len(data) // 2
            changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
            path.write_bytes({"half": data[:middle], "flip": changed}.get(damage, damage.encode()))

    assert Library.open(large).items(["child"]) == expected
    assert len(check_bibliography(large).left) > ENTRIES


def test_what_others_may_write_is_not_believed(large: Path, cache: Path) -> None:
    """The file of somebody else is as good as absent."""
    Library.open(large).items(["k7"])
    (kept,) = cache.glob("*-items.txt")
    kept.chmod(0o666)

    assert Library.open(large)._kept == {}


def test_small_files_and_old_ones_are_not_kept(
    tmp_path: Path, large: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small one is read as fast; of large ones the last are kept."""
    monkeypatch.setattr(bib_text, "_MOST_KEPT", 3)
    small = tmp_path / "small.bib"
    small.write_text("@book{a, title = {A}}", encoding="utf-8")
    assert "a" in Library.open(small).items(["a"])
    assert not cache.exists()
    for number in range(5):
        copy = tmp_path / f"{number}.bib"
        copy.write_bytes(large.read_bytes())
        Library.open(copy)

    assert len(list(cache.iterdir())) == 3


def test_a_cache_that_cannot_be_written_is_done_without(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is the same."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    paper = tmp_path / "paper.tex"
    paper.write_text(r"\cite{k7}", encoding="utf-8")

    assert sync(None, [paper], libraries=[large]).keys == ("k7",)
