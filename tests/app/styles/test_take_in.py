"""Styles and languages that users bring: judged, put in place, found, listed and removed again."""

from __future__ import annotations

import os
import shutil
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.styles import brought
from citekit.app.styles.take_in import remove_styles, update_styles
from citekit.csl import find_style, process, search_styles, styles_folder
from citekit.csl.style.describe import describe_style
from citekit.csl.style.head import MAX_STYLE_BYTES
from citekit.errors import InvalidData, NotFound, StoreConflict
from citekit.findings import Severity
from citekit.model.machine.user_folders import data_folder, own_styles_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

BROUGHT = Path(__file__).parents[2] / "cases" / "csl" / "brought"
GOOD, BAD = BROUGHT / "good", BROUGHT / "bad"
BOOK = {
    "id": "k", "type": "book", "title": "Tides", "issued": {"date-parts": [[1999]]},
    "author": [{"family": "Okafor"}, {"family": "Zola"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_styles_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has folders of its own for what a user has brought, and for lists of it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def in_place() -> dict[str, list[str]]:
    """The files in the user's folders, and nothing left beside."""
    return {f.name: sorted(p.name for p in f.iterdir()) for f in data_folder().iterdir()}


def cited(style: str, **options: str) -> str:
    """The book cited in a style."""
    result = process(style, [BOOK], [[{"id": "k"}]], locale=options.get("locale"))
    return result.citations[0]


def packed(path: Path, entries: Mapping[str, bytes]) -> Path:
    """A zip file of these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return path


def zip_of(folder: Path, path: Path) -> Path:
    """A zip file as GitHub makes them of a repository: all in one folder."""
    files = {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    return packed(path, {f"styles-main/{p.relative_to(folder)}": d for p, d in files.items()})


# ── what is good ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_styles_and_languages_are_taken_in(kind: str, tmp_path: Path) -> None:
    """New ones and newer ones count from now on; an older one does not, and no other file."""
    source = GOOD if kind == "folder" else zip_of(GOOD, tmp_path / "brought.zip")

    taken = update_styles(source)

    assert taken.new == ("journal-of-tides", "letters-on-tides", "locales-qaa-ZZ")
    assert (taken.updated, taken.older, taken.unchanged) == (("apa",), ("ieee",), 0)
    assert taken.findings == ()
    assert cited("journal-of-tides") == "<Okafor and Zola 1999>"
    assert cited("letters-on-tides") == "<Okafor onda Zola 1999>"
    assert cited("apa") == "apa of tomorrow: Tides"
    assert cited("ieee") == "[1]"
    assert cited("mla", locale="qaa-ZZ").startswith("(Okafor onda Zola")
    assert in_place() == {
        "styles": ["apa.csl", "journal-of-tides.csl", "letters-on-tides.csl"],
        "locales": ["locales-qaa-ZZ.xml"],
    }


@pytest.mark.parametrize(
    "name",
    [
        "journal-of-tides",
        "Journal of Tides",
        "j. tides",
        "https://tides.example/styles/journal-of-tides",
        "http://www.zotero.org/styles/journal-of-tides",
    ],
)
def test_a_brought_style_goes_by_every_name(name: str) -> None:
    """Id, title, short title and address find what a user has brought."""
    update_styles(GOOD)

    assert find_style(name).path == str(own_styles_folder() / "journal-of-tides.csl")


def test_a_second_time_nothing_changes() -> None:
    """What is there as it is counts as unchanged, and is not written again."""
    update_styles(GOOD)
    before = {p: p.stat().st_mtime_ns for p in data_folder().rglob("*")}

    taken = update_styles(GOOD)

    assert (taken.new, taken.updated, taken.unchanged) == ((), (), 4)
    assert {p: p.stat().st_mtime_ns for p in data_folder().rglob("*")} == before


def test_styles_of_the_package_are_known_as_they_are(tmp_path: Path) -> None:
    """A copy of the package's style and locale is not kept a second time."""
    shutil.copy(styles_folder() / "nature.csl", tmp_path)

    taken = update_styles(tmp_path / "nature.csl")

    assert taken.unchanged == 1
    assert not own_styles_folder().exists()


def test_a_later_version_replaces_an_earlier_one(tmp_path: Path) -> None:
    """Of two brought at different times the newer counts, whichever comes first."""
    text = (GOOD / "journal-of-tides.csl").read_text("utf-8")
    newer = tmp_path / "journal-of-tides.csl"
    newer.write_text(text.replace("2026-03-01T10", "2026-03-01T11").replace("&lt;", "("), "utf-8")
    update_styles(GOOD)

    assert update_styles(newer).updated == ("journal-of-tides",)
    assert cited("journal-of-tides") == "(Okafor and Zola 1999>"
    assert update_styles(GOOD).older == ("ieee", "journal-of-tides")
    assert cited("journal-of-tides") == "(Okafor and Zola 1999>"


def test_a_later_package_takes_over_again() -> None:
    """Where the package's style has become newer than the user's, it counts, and both are shown."""
    update_styles(GOOD)
    mine = own_styles_folder() / "apa.csl"
    mine.write_text(mine.read_text("utf-8").replace("2099", "2001"), "utf-8")

    shown = describe_style("apa")

    assert cited("apa") == "(Okafor & Zola, 1999)"
    assert (shown.source, shown.hidden) == ("package", str(mine))
    assert next(s for s in search_styles("apa") if s.id == "apa").is_own is False


def test_a_style_of_the_users_wins_over_a_short_name(tmp_path: Path) -> None:
    """Who calls a journal's style ``abnt`` means that one from then on."""
    shutil.copy(GOOD / "journal-of-tides.csl", tmp_path / "abnt.csl")
    assert find_style("abnt").id == "associacao-brasileira-de-normas-tecnicas"

    update_styles(tmp_path)

    assert cited("abnt") == "<Okafor and Zola 1999>"


def test_lists_say_where_a_style_comes_from() -> None:
    """The user's own stand among the others, and alone where that is asked for."""
    update_styles(GOOD)

    tides = {style.id for style in search_styles("tides") if style.is_own}
    assert tides == {"journal-of-tides", "letters-on-tides"}
    own = search_styles(own=True)
    assert {style.id for style in own} == {
        "apa", "journal-of-tides", "letters-on-tides", "locales-qaa-ZZ",
    }  # fmt: skip
    assert len(search_styles()) > 10_000


def test_a_style_tells_of_itself() -> None:
    """Rights, instant, category and origin of a style, and of one that depends on it."""
    update_styles(GOOD)
    shown, letters = describe_style("journal-of-tides"), describe_style("letters-on-tides")

    assert (shown.rights, shown.license) == (
        "Nobody's, to be used by all", "https://creativecommons.org/publicdomain/zero/1.0/",
    )  # fmt: skip
    assert (shown.updated, shown.source) == ("2026-03-01T10:00:00+00:00", "own")
    assert (shown.citation_format, shown.fields) == ("author-date", ("geography",))
    assert (letters.parent, letters.rules) == ("journal-of-tides", shown.path)
    assert (shown.default_locale, letters.default_locale) == ("en-GB", "qaa-ZZ")


# ── what is bad ────────────────────────────────────────────────────────────────────────────────

REFUSED = {
    "conditions.csl": ":3: is not taken in: <conditions> is of CSL-M and a draft of CSL 1.1",
    "cut-off.csl": ":3:1: is not taken in: not well-formed XML",
    "entities.csl": "is not taken in: a style may not have a DOCTYPE",
    "locales-qab.xml": "is not taken in: does not say its language",
    "locales-qac.xml": "is not taken in: not a CSL locale",
    "nature.csl": "is not taken in: is another style than that of the package called nature",
    "orphan.csl": "is not taken in: its parent style 'lost-journal' is not there",
}


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_bad_files_are_findings_and_keep_no_other_out(kind: str, tmp_path: Path) -> None:
    """Each has its place and reason; what can be left out of a style is a warning."""
    source = BROUGHT if kind == "folder" else zip_of(BROUGHT, tmp_path / "brought.zip")

    taken = update_styles(source)

    refused = [f for f in taken.findings if f.severity is Severity.ERROR]
    assert taken.has_errors
    assert {f.code for f in refused} == {"CK-E690"}
    told = {str(f.place).rpartition("/")[2]: f"{f.place}: {f.message}" for f in refused}
    told = {name.partition(":")[0]: message for name, message in told.items()}
    assert told.keys() == REFUSED.keys()
    assert {n: m for n, m in told.items() if REFUSED[n] not in m} == {}
    warned = [f"{f.place}: {f.message}" for f in taken.findings if f.code == "CK-W691"]
    assert len(warned) == 2
    assert warned[1].endswith(
        "institutions.csl:3: <institution> is of CSL-M: institutions are printed like other names"
    )
    assert taken.new == (
        "institutions", "journal-of-tides", "letters-on-tides", "locales-qaa-ZZ",
    )  # fmt: skip


def test_two_files_of_one_name_are_told(tmp_path: Path) -> None:
    """The first of two is taken; the second has the place of the first in its message."""
    data = (GOOD / "journal-of-tides.csl").read_bytes()
    source = packed(tmp_path / "two.zip", {"a/tides.csl": data, "b/Tides.csl": data})

    taken = update_styles(source)

    assert taken.new == ("tides",)
    (finding,) = taken.findings
    assert str(finding.place).endswith("two.zip/b/Tides.csl")
    assert "two.zip/a/tides.csl" in finding.message


HOSTILE = {
    "../../out.csl": "leads out of a folder",
    "/etc/out.csl": "leads out of a folder",
    "..\\out.csl": "leads out of a folder",
    "C:\\out.csl": "leads out of a folder",
    "many-blanks.csl": "packed too tightly",
    "larger.csl": "is larger than 4,000,000 bytes",
    "???.csl": "cannot be a style's id",
}


def test_hostile_entries_of_a_zip_are_passed_over(tmp_path: Path) -> None:
    """Names that lead out, bombs and oversized entries are told; what is good comes in."""
    data = (GOOD / "journal-of-tides.csl").read_bytes()
    noise = os.urandom(MAX_STYLE_BYTES + 1)
    contents = {"many-blanks.csl": data + b" " * 3_000_000, "larger.csl": noise}
    entries = {name: contents.get(name, data) for name in HOSTILE}
    source = packed(tmp_path / "hostile.zip", {**entries, "good/tides.csl": data})

    taken = update_styles(source)

    assert taken.new == ("tides",)
    told = {str(f.place).partition("hostile.zip/")[2]: f.message for f in taken.findings}
    assert told.keys() == HOSTILE.keys()
    assert all(HOSTILE[name] in message for name, message in told.items())
    assert [p.name for p in own_styles_folder().iterdir()] == ["tides.csl"]
    assert not list(tmp_path.rglob("out.csl"))


def test_an_entry_that_is_larger_than_it_says_is_passed_over(tmp_path: Path) -> None:
    """The size that a zip file claims is not believed."""
    data = (GOOD / "journal-of-tides.csl").read_bytes()
    made = bytearray(packed(tmp_path / "a.zip", {"tides.csl": data}).read_bytes())
    at = made.index(b"PK\1\2")
    struct.pack_into("<I", made, at + 24, 10)  # uncompressed size in the central directory
    (tmp_path / "a.zip").write_bytes(made)

    (finding,) = update_styles(tmp_path / "a.zip").findings

    assert finding.code == "CK-E690"
    assert not (own_styles_folder() / "tides.csl").exists()


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    """A link in a folder or in a zip file is no style."""
    brought = tmp_path / "brought"
    brought.mkdir()
    (brought / "link.csl").symlink_to(GOOD / "journal-of-tides.csl")
    entry = zipfile.ZipInfo("link.csl")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as made:
        made.writestr(entry, "tides.csl")

    assert "symbolic link" in update_styles(brought).findings[0].message
    assert "no plain file" in update_styles(tmp_path / "link.zip").findings[0].message


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "is no zip file"), (b"PK\3\4" + b"\0" * 40, "is no zip file"), (b"\0" * 99, "no zip")],
)
def test_a_file_that_is_no_zip_is_told(tmp_path: Path, data: bytes, message: str) -> None:
    """Whatever is given, the answer is one of our errors."""
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(InvalidData, match=message):
        update_styles(tmp_path / "x.zip")


def test_a_source_without_styles_is_told(tmp_path: Path) -> None:
    """No folder, an empty one and a zip file of pictures."""
    with pytest.raises(NotFound):
        update_styles(tmp_path / "nowhere")
    with pytest.raises(InvalidData, match="holds no CSL style"):
        update_styles(tmp_path)
    with pytest.raises(InvalidData, match="holds no CSL style"):
        update_styles(packed(tmp_path / "p.zip", {"picture.png": b"x"}))


def test_a_zip_of_too_many_entries_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entries are counted in the bytes, before any is made into an object."""
    monkeypatch.setattr(brought, "MAX_FILES", 5)
    source = packed(tmp_path / "many.zip", {f"{n}.txt": b"" for n in range(6)})
    with pytest.raises(InvalidData, match="more than 5 files"):
        update_styles(source)


def test_a_zip_that_becomes_too_large_is_refused_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it is taken, and nothing stays beside."""
    monkeypatch.setattr(brought, "MAX_UNPACKED_BYTES", 2000)
    with pytest.raises(InvalidData, match="too large"):
        update_styles(zip_of(GOOD, tmp_path / "brought.zip"))
    assert not data_folder().exists() or in_place() == {}


def test_bytes_of_any_zip_are_read_or_refused(tmp_path: Path) -> None:
    """A zip file that is damaged anywhere ends in findings or in one of our errors."""
    whole = zip_of(GOOD, tmp_path / "good.zip").read_bytes()
    for at in range(0, len(whole), 97):
        damaged = tmp_path / "damaged.zip"
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            outcome: object = update_styles(damaged).unchanged >= 0
        except InvalidData as error:
            outcome = error.place
        assert outcome


# ── out again ──────────────────────────────────────────────────────────────────────────────────


def test_what_was_brought_is_removed_again() -> None:
    """By id and by tag; the package's style counts again."""
    update_styles(GOOD)

    assert remove_styles(["apa", "qaa-ZZ"]) == ("apa", "locales-qaa-ZZ")
    assert cited("apa") == "(Okafor & Zola, 1999)"
    assert remove_styles(everything=True) == ("journal-of-tides", "letters-on-tides")
    assert in_place() == {}
    with pytest.raises(NotFound, match="journal-of-tides"):
        find_style("journal-of-tides")


def test_a_parent_is_not_taken_from_its_heirs() -> None:
    """A style that another one depends on goes with it or stays."""
    update_styles(GOOD)

    with pytest.raises(StoreConflict, match="letters-on-tides depends on journal-of-tides"):
        remove_styles(["journal-of-tides"])
    assert find_style("letters-on-tides").title == "Letters on Tides"
    assert len(remove_styles(["letters-on-tides", "journal-of-tides"])) == 2


@pytest.mark.parametrize("name", ["nature", "", "../data", "a/b", "apa.csl", "\0"])
def test_only_what_was_brought_can_be_removed(name: str) -> None:
    """Neither a style of the package nor a path."""
    update_styles(GOOD)
    with pytest.raises(NotFound):
        remove_styles([name])


def test_files_put_in_by_hand_are_found() -> None:
    """The folder is the user's: a style dropped there goes by the name of its file."""
    own_styles_folder().mkdir(parents=True)
    shutil.copy(GOOD / "journal-of-tides.csl", own_styles_folder() / "tides.csl")
    assert cited("tides") == "<Okafor and Zola 1999>"


def test_progress_is_told() -> None:
    """Ten thousand styles take a while: who calls learns how many were read."""
    told: list[int] = []
    update_styles(GOOD, progress=told.append)
    assert told == [1, 2, 3, 4, 5]
