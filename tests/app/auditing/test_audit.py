"""Papers of each kind held against the sources that they cite."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.auditing.page import audit_page
from citekit.model.claim import ClaimEvidence
from citekit.model.quotation import MOST_WORDS, repeats

if TYPE_CHECKING:
    from citekit.app.auditing.result import Audit
    from citekit.model.item import Access

CASES = Path(__file__).parents[2] / "cases" / "audit"
HABITS = tomllib.loads((CASES / "habits.toml").read_text("utf-8"))["habit"]
QUILL = tomllib.loads((CASES / "quotations.toml").read_text("utf-8"))["source"].strip()
LUND = (
    "The harbour was opened again on Thursday after two days of work by the crews. "
    "Engineers found cracks in four of the nine piles.\n\nThe lamps were lit."
)
TEXTS = {
    "quill": ("Old pier burns by night", "Ann Quill", QUILL),
    "lund": ("Harbour opened again", "Bo Lund", LUND),
}
EXPECTED = {
    ("verbatim", "quill#p1"): 1,
    ("altered", "quill#p1"): 1,
    ("verbatim", "lund#p1"): 2,
    ("verbatim", "quill#p2"): 2,
    ("misplaced", "quill#p2"): 1,
}


def build(folder: Path, access: Access = "public") -> Archive:
    """An archive of two reports."""
    archive = Archive.create(folder / "archive")
    for key, (title, author, text) in TEXTS.items():
        page = folder / f"{key}.html"
        body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
        page.write_text(
            f"<html lang=en><head><title>{title}</title><meta name=author content='{author}'>"
            f"</head><body><article><h1>{title}</h1>{body}</article></body></html>",
            "utf-8",
        )
        archive.add(page, key=key, access=access, url=f"https://news.example/{key}")
    return archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Both reports, which anybody may read."""
    return build(tmp_path)


def of(tmp_path: Path, text: str, archive: Archive) -> Audit:
    """The audit of a short paper in Markdown."""
    paper = tmp_path / "paper.md"
    paper.write_text(text, "utf-8")
    return archive.audit([paper])


@pytest.mark.parametrize("kind", ["md", "tex", "typ", "rst", "ipynb"])
def test_each_kind_of_paper_is_read(kind: str, archive: Archive) -> None:
    """The same quotations in each, found beside their citations and nowhere else."""
    audit = archive.audit([CASES / f"paper.{kind}"])
    counts: dict[tuple[str, str | None], int] = {}
    for checked in audit.quotations:
        if checked.verdict != "unchecked":
            at = (checked.verdict, checked.passage)
            counts[at] = counts.get(at, 0) + 1
    assert counts == EXPECTED
    wanting = ["CK-E811", "CK-E814"] + ["CK-E816"] * (kind == "md")
    assert sorted(f.code for f in audit.findings if f.severity != "note") == wanting
    assert not audit.ok


def test_places_are_those_of_the_paper(archive: Archive) -> None:
    """Line and column of the first word; in a notebook those in the cell, and which."""
    places = {}
    for kind in ("md", "ipynb"):
        audit = archive.audit([CASES / f"paper.{kind}"])
        (altered,) = [q for q in audit.quotations if q.verdict == "altered"]
        places[kind] = altered.place[1:]
        assert altered.difference() == "thirty [-persons-] {+people+} were wounded"
    text = (CASES / "paper.md").read_text("utf-8").split("\n")[5]
    assert places["md"] == (6, text.index("thirty") + 1, None)
    assert places["ipynb"] == (1, text.index("thirty") + 1, "cells[0]")


def test_a_quotation_of_another_source(archive: Archive, tmp_path: Path) -> None:
    """It is told which; and what stands nowhere is told as such."""
    audit = of(
        tmp_path,
        "“found cracks in four of the nine piles” [@quill], “never said by anybody” [@lund].",
        archive,
    )
    assert [(q.verdict, q.key, q.found_in) for q in audit.quotations] == [
        ("elsewhere", "quill", "lund"),
        ("absent", "lund", None),
    ]


def test_one_of_several_sources_is_enough(archive: Archive, tmp_path: Path) -> None:
    """A citation of two is right where one of them has the words."""
    audit = of(
        tmp_path,
        "“found cracks in four” [@quill; @lund, para. 1]. “Old pier burns by night” [@quill].",
        archive,
    )
    assert [q.verdict for q in audit.quotations] == ["verbatim", "verbatim"]
    assert audit.ok


@pytest.mark.parametrize("case", HABITS, ids=lambda case: case["text"])
def test_how_people_quote(case: dict[str, Any], archive: Archive, tmp_path: Path) -> None:
    """Which marks open and close, and which citation is meant."""
    audit = of(tmp_path, case["text"], archive)
    assert [q.verdict for q in audit.quotations] == case["verdicts"]


def test_locators(archive: Archive, tmp_path: Path) -> None:
    """A paragraph that the source has not; ranges, and names of passages."""
    audit = of(
        tmp_path, "See [@quill, para. 9] and “the council met again” [@quill, paras. 1–2].", archive
    )
    assert [f.code for f in audit.findings if f.severity != "note"] == ["CK-E815"]
    audit = of(tmp_path, "“The council met again” [@{quill#p1}].", archive)
    assert [f.code for f in audit.findings if f.severity != "note"] == ["CK-E814"]


def test_an_earlier_capture_counts(archive: Archive, tmp_path: Path) -> None:
    """Words that the page has no longer are verbatim, and it is said."""
    page = tmp_path / "lund.html"
    page.write_text(page.read_text("utf-8").replace("cracks", "faults"), "utf-8")
    archive.add(page, to="lund")
    audit = of(tmp_path, "“Engineers found cracks in four” [@lund].", archive)
    assert [q.verdict for q in audit.quotations] == ["verbatim"]
    assert "CK-I821" in [finding.code for finding in audit.findings]
    assert audit.ok


def test_what_is_kept_and_sealed(archive: Archive, tmp_path: Path) -> None:
    """Not sealed is a note, and wanting with strict; tampered with is wanting."""
    text = "“The old pier burned” [@quill]."
    audit = of(tmp_path, text, archive)
    assert (audit.exit_code(), audit.exit_code(strict=True)) == (0, 1)
    archive.seal()
    audit = of(tmp_path, text, archive)
    assert (audit.exit_code(strict=True), audit.sources[0].sealed) == (0, True)
    (capture,) = (archive.store.root / "items" / "quill" / "captures").iterdir()
    capture.write_text(capture.read_text("utf-8").replace("news.example", "fake.example"), "utf-8")
    audit = of(tmp_path, text, archive)
    assert "CK-E817" in [finding.code for finding in audit.findings]
    assert not audit.sources[0].unchanged


def test_claims_that_others_dispute(archive: Archive, tmp_path: Path) -> None:
    """A claim of a cited source that another one disputes, until that one is cited, too."""
    evidence = [
        ClaimEvidence(item="quill", stance="supports"),
        ClaimEvidence(item="lund", stance="disputes"),
    ]
    archive.add_claim("Thirty people were wounded.", evidence=evidence)
    (leaned,) = of(tmp_path, "It burned [@quill].", archive).claims
    assert (leaned.key, leaned.disputed_by) == ("quill", ("lund",))
    assert of(tmp_path, "It burned [@quill], or not [@lund].", archive).claims == ()


def test_restricted_texts_stay_where_they_are(tmp_path: Path) -> None:
    """The verdicts are the same; what leaves has not more words than notes may have."""
    archive = build(tmp_path, "restricted")
    quotes = [
        "The old pier burned on Monday night, and thirty were hurt. The mayor, who was not there",
        "Officials did not, he added, close the harbour in time.",
        "Ships came back on Friday. Nobody could say why the lamps had failed.",
    ]
    audit = of(tmp_path, "\n\n".join(f"“{quote}” [@quill, para. 2]." for quote in quotes), archive)
    assert [q.verdict for q in audit.quotations] == ["altered", "misplaced", "altered"]
    for said in (str(audit.to_json()), audit_page(audit), *(f.message for f in audit.findings)):
        assert not repeats(said, QUILL)
    shown = sum(len(q.quote.split()) for q in audit.quotations)
    assert shown <= MOST_WORDS


def test_private_sources_are_in_none_of_it(archive: Archive, tmp_path: Path) -> None:
    """They are counted, and quoted words that only they have are found nowhere."""
    archive.set_access("lund", "private")
    audit = of(
        tmp_path,
        "“found cracks in four of the nine piles” [@quill]. “Found faults” [@lund].",
        archive,
    )
    assert audit.private == 1
    assert "lund" not in str(audit.to_json()) + audit_page(audit)
    assert [q.verdict for q in audit.quotations] == ["absent"]


def test_the_page_is_inert(archive: Archive, tmp_path: Path) -> None:
    """What a paper says stands there as text."""
    page = audit_page(of(tmp_path, "“<script>alert one two</script> & so on” [@quill].", archive))
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_nothing_is_changed(archive: Archive, tmp_path: Path) -> None:
    """An audit writes nothing into the archive."""
    before = shutil.make_archive(str(tmp_path / "before"), "tar", archive.store.root)
    of(tmp_path, "“The old pier burned” [@quill].", archive)
    after = shutil.make_archive(str(tmp_path / "after"), "tar", archive.store.root)
    assert Path(before).read_bytes() == Path(after).read_bytes()
