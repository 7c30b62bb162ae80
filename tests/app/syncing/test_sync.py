"""``bib sync``: what is in a paper's bibliography, where it comes from, what is never lost."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit.app.syncing.sync import Synced, sync
from citekit.errors import InvalidData, NotFound, UsageError
from citekit.formats import read

if TYPE_CHECKING:
    from citekit import Archive
    from citekit.app.syncing.target import SyncFormat

LIBRARY = r"""
@string{heron = "Heron House"}
@string{press = heron # ", York"}
@proceedings{tides, title = {Proceedings of the Tides}, year = 2001, publisher = {ACM}}
@inproceedings{quill2001, author = {Quill, Ada}, title = {Ink}, crossref = {tides}, pages = {1--9}}
@book{lund1999, author = {Lund, Bo}, title = {Rain}, year = 1999, publisher = {Heron}, ids = {rain}}
@article{marsh2004, author = {Marsh, Cy}, title = {The $\beta$ Tides}, journal = {Ink}, year = 2004}
"""
OTHERS = r"""
@preamble{"\newcommand{\kite}{K}"}
@string{heron = "Heron House"}
@string{press = heron # ", York"}
@xdata{house, publisher = press}
@book{reed2010, author = {Reed, Di}, title = {\kite ites}, year = 2010, xdata = {house}}
@book{gull2011,
  author = {Gull, Ed},   title = {Gulls},
  year = 2011, publisher = heron}
@book{unused, title = {Unused}, year = 2000}
"""


@pytest.fixture
def library(archive: Archive) -> Archive:
    """An archive of four entries, two of which are a paper and its proceedings."""
    archive.import_text(LIBRARY, format="biblatex")
    return archive


def paper(folder: Path, text: str, name: str = "paper.tex") -> Path:
    """A paper of this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def keys_in(text: str) -> list[str]:
    """The keys of a bibliography, in its order."""
    return [str(item["id"]) for item in read(text, "biblatex").items]


# ── what is in it ──────────────────────────────────────────────────────────────────────────────


def test_only_what_is_cited_is_in_it(library: Archive, tmp_path: Path) -> None:
    """With the parent that an entry inherits from, which stands behind it."""
    tex = paper(tmp_path, r"\cite{quill2001} and \cite{marsh2004}")

    synced = library.sync_bibliography([tex], output=tmp_path / "refs.bib")

    text = (tmp_path / "refs.bib").read_text("utf-8")
    assert text == synced.text
    assert keys_in(text) == ["marsh2004", "quill2001", "tides"]
    assert "crossref = {tides}" in text
    assert r"title = {The $\beta$ Tides}" in text
    assert synced.added == ("marsh2004", "quill2001", "tides")


def test_other_formats_need_no_parents(library: Archive, tmp_path: Path) -> None:
    """In CSL-JSON an item has all that it says itself."""
    tex = paper(tmp_path, r"\cite{quill2001}")

    library.sync_bibliography([tex], output=tmp_path / "refs.json")

    (item,) = json.loads((tmp_path / "refs.json").read_text("utf-8"))
    assert (item["id"], item["container-title"]) == ("quill2001", "Proceedings of the Tides")


def test_nocite_means_all(library: Archive, tmp_path: Path) -> None:
    r"""``\nocite{*}`` takes every item but private ones."""
    library.set_access("lund1999", "private")
    tex = paper(tmp_path, r"\nocite{*}")

    synced = library.sync_bibliography([tex])

    assert keys_in(synced.text) == ["marsh2004", "quill2001", "tides"]
    assert synced.private == 0


def test_a_private_item_is_counted_alone(library: Archive, tmp_path: Path) -> None:
    """Its key is in the paper, and nothing of it in what is made."""
    library.set_access("lund1999", "private")
    tex = paper(tmp_path, r"\cite{lund1999,rain,marsh2004}")

    synced = library.sync_bibliography([tex], output=tmp_path / "refs.bib")

    assert keys_in(synced.text) == ["marsh2004"]
    assert (synced.private, synced.unknown) == (1, ())
    assert "lund" not in repr(synced).casefold()


def test_a_withdrawn_item_is_told(library: Archive, tmp_path: Path) -> None:
    """It is left out with a finding at the place that cites it."""
    library.seal()
    library.remove("lund1999")
    tex = paper(tmp_path, "See\n\\cite{lund1999}")

    synced = library.sync_bibliography([tex])

    assert synced.keys == ()
    assert [(f.code, f.place.line if f.place else 0) for f in synced.findings] == [("CK-W792", 2)]


def test_an_old_key_goes_on_working(library: Archive, tmp_path: Path) -> None:
    """The entry has the key that the paper cites, and no alias that another entry has."""
    library.rename("marsh2004", "marsh2004tides")
    tex = paper(tmp_path, r"\cite{marsh2004,marsh2004tides}")

    synced = library.sync_bibliography([tex], format="bibtex")

    assert keys_in(synced.text) == ["marsh2004", "marsh2004tides"]
    assert library.cited_by([tex]).keys == ("marsh2004tides",)


def test_unknown_keys_have_places_and_hints(library: Archive, tmp_path: Path) -> None:
    """Each once, with the nearest keys; what is known is written all the same."""
    tex = paper(tmp_path, "\\cite{lund1999}\n\\cite{quil2001, lund1999}\\cite{quil2001}")

    synced = library.sync_bibliography([tex], output=tmp_path / "refs.bib")

    (finding,) = synced.unknown
    assert (finding.code, str(finding.place)) == ("CK-E791", f"{tex}:2:7")
    assert finding.message == "there is no item 'quil2001' (and 1 more times)"
    assert finding.hint == "did you mean quill2001?"
    assert keys_in((tmp_path / "refs.bib").read_text("utf-8")) == ["lund1999"]


def test_a_passage_is_of_its_item(library: Archive, tmp_path: Path) -> None:
    """``KEY#p3``, as citekit's roles have it, cites the item."""
    rst = paper(tmp_path, "See :cite:p:`lund1999#p3`.", "paper.rst")

    assert library.sync_bibliography([rst]).keys == ("lund1999",)


# ── where it comes from ────────────────────────────────────────────────────────────────────────


def test_an_entry_of_a_library_stays_as_it_is(library: Archive, tmp_path: Path) -> None:
    """Sign by sign, with its strings, what these need, its preamble and its parents."""
    others = paper(tmp_path, OTHERS, "all.bib")
    tex = paper(tmp_path, r"\cite{reed2010,gull2011,lund1999}")

    synced = library.sync_bibliography([tex], libraries=[others])

    heads, _, entries = synced.text.partition("@book")
    assert heads == (
        '@preamble{"\\newcommand{\\kite}{K}"}\n\n'
        '@string{heron = "Heron House"}\n@string{press = heron # ", York"}\n\n'
    )
    assert "{gull2011,\n  author = {Gull, Ed},   title = {Gulls},\n  year = 2011, " in entries
    assert "@xdata{house, publisher = press}\n" in entries
    assert synced.keys == ("gull2011", "house", "lund1999", "reed2010")


def test_a_library_does_without_an_archive(tmp_path: Path) -> None:
    """In the format that is asked for, with what the parents say put in."""
    others = paper(tmp_path, OTHERS, "all.bib")
    tex = paper(tmp_path, r"\cite{reed2010,nosuch}")

    synced = sync(None, [tex], libraries=[others], format="csl-json")

    (item,) = json.loads(synced.text)
    assert (item["id"], item["publisher"]) == ("reed2010", "Heron House, York")
    assert [finding.code for finding in synced.unknown] == ["CK-E791"]


def test_strings_of_two_files_do_not_mix(tmp_path: Path) -> None:
    """An entry whose string means something else in another file is written out."""
    one = paper(tmp_path, '@string{h = "Heron"}\n@book{a, title = {A}, publisher = h}', "one.bib")
    two = paper(tmp_path, '@string{h = "House"}\n@book{b, title = {B}, publisher = h}', "two.bib")
    tex = paper(tmp_path, r"\cite{a,b}")

    synced = sync(None, [tex], libraries=[one, two])

    items = read(synced.text, "biblatex").items
    assert {item["id"]: item["publisher"] for item in items} == {"a": "Heron", "b": "House"}


def test_the_archive_comes_first(library: Archive, tmp_path: Path) -> None:
    """What it has is taken from it, whatever libraries and the old file say."""
    stale = "@book{lund1999, title = {Stale}, year = 1999}\n"
    others = paper(tmp_path, stale, "all.bib")
    refs = paper(tmp_path, stale, "refs.bib")
    tex = paper(tmp_path, r"\cite{lund1999}")

    synced = library.sync_bibliography([tex], output=refs, libraries=[others])

    assert "Stale" not in refs.read_text("utf-8")
    assert synced.changed == ("lund1999",)


def test_a_word_document_brings_its_works(library: Archive, tmp_path: Path) -> None:
    """A described work that the archive has is cited by its key, another one comes in."""
    said = [
        {"type": "book", "title": "Rain", "author": [{"family": "Lund", "given": "Bo"}],
         "issued": {"date-parts": [[1999]]}, "id": 4},
        {"type": "book", "title": "Terns", "author": [{"family": "Tern", "given": "Fay"}],
         "issued": {"date-parts": [[2020]]}, "id": 5},
    ]  # fmt: skip
    cells = [{"cell_type": "markdown", "source": '<cite data-cite="4">a</cite>'},
             {"cell_type": "markdown", "source": '<cite data-cite="5">b</cite>'}]  # fmt: skip
    kept = {"cite2c": {"citations": {"4": said[0], "5": said[1]}}}
    notebook = paper(tmp_path, json.dumps({"cells": cells, "metadata": kept}), "paper.ipynb")

    synced = library.sync_bibliography([notebook])

    assert synced.keys == ("lund1999", "tern2020terns")
    assert synced.unknown == ()
    assert [f.code for f in library.cited_by([notebook]).unknown] == ["CK-E791"]

    refs = paper(tmp_path, "@book{tern2020terns, title = {Terns, mended}, year = 2020}", "refs.bib")
    assert "Terns, mended" in library.sync_bibliography([notebook], output=refs).text


# ── what is never lost ─────────────────────────────────────────────────────────────────────────


def test_what_only_the_file_has_stays(library: Archive, tmp_path: Path) -> None:
    """Cited or not, as it is typed; --prune lets go what nothing cites."""
    refs = paper(tmp_path, OTHERS, "refs.bib")
    tex = paper(tmp_path, r"\cite{gull2011,lund1999}")

    synced = library.sync_bibliography([tex], output=refs)

    assert synced.kept == ("gull2011", "house", "reed2010", "unused")
    assert synced.uncited == ("house", "reed2010", "unused")
    assert synced.keys == ("gull2011", "house", "lund1999", "reed2010", "unused")

    pruned = library.sync_bibliography([tex], output=refs, prune=True)

    assert pruned.keys == ("gull2011", "lund1999")
    assert pruned.removed == pruned.uncited == ("house", "reed2010", "unused")
    assert "press" not in refs.read_text("utf-8")


def test_what_the_archive_has_goes_with_its_citation(library: Archive, tmp_path: Path) -> None:
    """It can be had again; so can what a library has."""
    others = paper(tmp_path, OTHERS, "all.bib")
    refs = tmp_path / "refs.bib"
    tex = paper(tmp_path, r"\cite{quill2001,gull2011}")
    library.sync_bibliography([tex], output=refs, libraries=[others])
    paper(tmp_path, r"\cite{lund1999}")

    synced = library.sync_bibliography([tex], output=refs, libraries=[others])

    assert synced.keys == ("lund1999",)
    assert synced.removed == ("gull2011", "quill2001", "tides")


def test_what_programs_note_stays(library: Archive, tmp_path: Path) -> None:
    """JabRef keeps groups in comments; a comment around an entry hides none from BibTeX."""
    meta = "@Comment{jabref-meta: grouping:\n0 AllEntriesGroup:;\n1 {Kites}:;\n}"
    refs = paper(tmp_path, f"{meta}\n@comment{{@book{{own, title = {{O}}}}}}\n", "refs.bib")
    tex = paper(tmp_path, r"\cite{lund1999}")

    synced = library.sync_bibliography([tex], output=refs)

    assert synced.text.endswith(f"}}\n\n{meta}\n")
    assert synced.uncited == ("own",)
    assert not library.sync_bibliography([tex], output=refs).is_changed


def test_a_library_is_not_written(library: Archive, tmp_path: Path) -> None:
    """It would lose whatever this paper does not cite."""
    others = paper(tmp_path, OTHERS, "all.bib")
    tex = paper(tmp_path, r"\cite{gull2011}")

    with pytest.raises(UsageError, match="is a library"):
        library.sync_bibliography([tex], libraries=[others], output=tmp_path / "all.bib")

    assert others.read_text("utf-8") == OTHERS


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("refs.bib", "@book{a, title = {A}}\n@book{b, title = {B\n"),
        ("refs.json", '[{"id": "a", "type": "book"}, 3]'),
        ("refs.json", "{"),
    ],
)
def test_a_broken_file_is_not_overwritten(
    library: Archive, tmp_path: Path, name: str, text: str
) -> None:
    """What cannot be read may be somebody's work."""
    refs = paper(tmp_path, text, name)
    tex = paper(tmp_path, r"\cite{lund1999}")

    with pytest.raises(InvalidData) as error:
        library.sync_bibliography([tex], output=refs)

    assert str(error.value.place).startswith(f"{refs}:")
    assert refs.read_text("utf-8") == text


def test_other_bibliographies_of_the_paper_keep_theirs(library: Archive, tmp_path: Path) -> None:
    """An entry in two files that LaTeX reads would be one too many."""
    paper(tmp_path, OTHERS, "own.bib")
    tex = paper(
        tmp_path, r"\cite{gull2011,lund1999}\addbibresource{refs.bib}\addbibresource{own.bib}"
    )

    synced = library.sync_bibliography([tex], output=tmp_path / "refs.bib")

    assert synced.keys == ("lund1999",)
    assert synced.left == {"gull2011": str(tmp_path / "own.bib")}


def test_a_new_file_takes_over_from_the_old_one(library: Archive, tmp_path: Path) -> None:
    """Where the paper does not read the new file yet, what only its old one has is taken along."""
    paper(tmp_path, OTHERS, "old.bib")
    tex = paper(tmp_path, r"\cite{gull2011,lund1999}\addbibresource{old.bib}")

    synced = library.sync_bibliography([tex], output=tmp_path / "refs.bib")

    assert synced.keys == ("gull2011", "lund1999")
    assert (synced.kept, synced.uncited) == (("gull2011",), ())


def test_bibliographies_elsewhere_are_not_read(library: Archive, tmp_path: Path) -> None:
    """A paper names no file of another folder: who wants that says so."""
    paper(tmp_path, OTHERS, "all.bib")
    (tmp_path / "paper").mkdir()
    tex = paper(tmp_path / "paper", r"\cite{gull2011}\bibliography{../all}")

    synced = library.sync_bibliography([tex])

    assert [finding.code for finding in synced.unknown] == ["CK-E791"]
    (finding,) = synced.findings
    assert (finding.code, finding.hint) == (
        "CK-I794",
        f"--library {tex.parent}/../all.bib looks there, too",
    )


# ── git, and who reads it ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["refs.bib", "refs.json", "refs.yaml", "refs.hay"])
def test_a_file_in_step_is_not_touched(library: Archive, tmp_path: Path, name: str) -> None:
    """A second run changes neither bytes nor time, whatever order the paper cites in."""
    refs = tmp_path / name
    format_: SyncFormat | None = "hayagriva" if name == "refs.hay" else None
    tex = paper(tmp_path, r"\cite{quill2001,lund1999}")
    assert library.sync_bibliography([tex], output=refs, format=format_).is_changed
    before = refs.stat().st_mtime_ns, refs.stat().st_ino
    paper(tmp_path, r"\cite{lund1999} \cite{lund1999,quill2001}")

    synced = library.sync_bibliography([tex], output=refs, format=format_)

    assert not synced.is_changed
    assert (refs.stat().st_mtime_ns, refs.stat().st_ino) == before
    assert synced.added == synced.changed == synced.removed == ()


def test_line_ends_are_no_change(library: Archive, tmp_path: Path) -> None:
    """Git may have checked the file out with those of Windows."""
    refs = tmp_path / "refs.bib"
    tex = paper(tmp_path, r"\cite{lund1999}")
    library.sync_bibliography([tex], output=refs)
    refs.write_bytes(refs.read_bytes().replace(b"\n", b"\r\n"))

    assert not library.sync_bibliography([tex], output=refs, check=True).is_changed


def test_a_check_writes_nothing(library: Archive, tmp_path: Path) -> None:
    """It says what would change."""
    tex = paper(tmp_path, r"\cite{lund1999}")

    synced = library.sync_bibliography([tex], output=tmp_path / "refs.bib", check=True)

    assert synced.is_changed
    assert synced.added == ("lund1999",)
    assert not (tmp_path / "refs.bib").exists()


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        (r"\usepackage{biblatex}\cite{lund1999}\bibliography{refs}", "biblatex"),
        (r"\cite{lund1999}\bibliographystyle{plain}\bibliography{refs}", "bibtex"),
        (r"\cite{lund1999}", "biblatex"),
    ],
)
def test_latex_gets_its_dialect(library: Archive, tmp_path: Path, text: str, format_: str) -> None:
    """A .bib file is for who reads it."""
    synced = library.sync_bibliography([paper(tmp_path, text)], output=tmp_path / "refs.bib")

    assert synced.format == format_


def test_a_typst_paper_compiles_with_what_it_cites(library: Archive, tmp_path: Path) -> None:
    """Its bibliography in YAML is Hayagriva, and a second run leaves it alone."""
    typst = pytest.importorskip("typst", reason="pip install typst")
    typ = tmp_path / "paper.typ"
    typ.write_text('@lund1999 and @quill2001\n#bibliography("refs.yml")', "utf-8")

    synced = library.sync_bibliography([typ], output=tmp_path / "refs.yml")

    assert synced.format == "hayagriva"
    assert typst.compile(str(typ)).startswith(b"%PDF")
    assert not library.sync_bibliography([typ], output=tmp_path / "refs.yml").is_changed


def test_yaml_is_for_who_reads_it(library: Archive, tmp_path: Path) -> None:
    """A new file is Typst's own for a paper of Typst; one that is there stays what it is."""
    typ, md = paper(tmp_path, "@lund1999", "paper.typ"), paper(tmp_path, "@lund1999", "paper.md")

    formats = [
        library.sync_bibliography([one], output=tmp_path / name).format
        for one, name in ((typ, "a.yml"), (md, "b.yaml"), (md, "a.yml"), (typ, "b.yaml"))
    ]

    assert formats == ["hayagriva", "csl-yaml", "hayagriva", "csl-yaml"]


def test_an_ending_that_says_nothing_is_refused(library: Archive, tmp_path: Path) -> None:
    """Unless the format is named; in the archive nothing is written at all."""
    tex = paper(tmp_path, r"\cite{lund1999}")
    with pytest.raises(UsageError, match="cannot tell the format"):
        library.sync_bibliography([tex], output=tmp_path / "refs.txt")
    with pytest.raises(UsageError, match="inside the archive"):
        library.sync_bibliography([tex], output=library.store.root / "refs.bib")
    with pytest.raises(NotFound):
        library.sync_bibliography([tex], libraries=[tmp_path / "nosuch.bib"])

    synced = library.sync_bibliography([tex], output=tmp_path / "refs.txt", format="csl-yaml")

    assert "lund1999" in synced.text


@settings(max_examples=30)
@given(chosen=st.lists(st.sampled_from(["reed2010", "gull2011", "unused", "house"]), unique=True))
def test_the_order_of_citing_makes_no_difference(
    tmp_path_factory: pytest.TempPathFactory, chosen: list[str]
) -> None:
    """The same entries give the same text, and reading it back gives the same entries."""
    folder = tmp_path_factory.mktemp("sync")
    others = paper(folder, OTHERS, "all.bib")

    def made(keys: list[str]) -> Synced:
        return sync(None, [paper(folder, f"\\cite{{{','.join(keys)}}}")], libraries=[others])

    one, other = made(chosen), made(chosen[::-1])

    assert one.text == other.text
    needed = {"house"} if "reed2010" in chosen else set()
    assert set(one.keys) == set(chosen) | needed


# ── codes ──────────────────────────────────────────────────────────────────────────────────────


def test_every_code_is_on_the_page_and_nobody_elses() -> None:
    """A code means one thing: those of papers are told on their page, and used nowhere else."""
    root = Path(__file__).parents[3]
    page = (root / "docs/how-to/keep-a-bibliography-in-step.md").read_text("utf-8")
    own = [*(root / "citekit/app/syncing").glob("*.py"), root / "citekit/app/papers/read.py"]
    used = {path: re.findall(r"CK-[EWI](79\d)", path.read_text("utf-8"))
            for path in (root / "citekit").rglob("*.py")}  # fmt: skip

    assert {code for path in own for code in used[path]} == set(re.findall(r"CK-[EWI](79\d)", page))
    assert [path for path, codes in used.items() if codes and path not in own] == []
