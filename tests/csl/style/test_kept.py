"""Parsed styles that are kept: they read the same; a wrong, old or hostile file never matters."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from citekit.csl import Program, find_style, process
from citekit.csl.style import kept, parse
from citekit.csl.style.locale import load_locale
from citekit.errors import InvalidData
from citekit.model.machine.user_folders import cache_folder

STYLES = (
    "apa", "ieee", "nature", "vancouver", "chicago-author-date", "chicago-notes-bibliography",
    "modern-language-association", "gost-r-7-0-5-2008", "harvard-cite-them-right", "oscola",
    "bluebook-law-review", "american-chemical-society", "din-1505-2", "juristische-schulung",
)  # fmt: skip
ITEMS: list[dict[str, Any]] = [
    {"id": "kelp", "type": "book", "title": "Kelp forests", "publisher": "Reed", "edition": "2",
     "author": [{"family": "Adler", "given": "Iris"}, {"family": "Bo", "given": "Jan"}],
     "issued": {"date-parts": [[2019, 4]]}, "publisher-place": "Leeds"},
    {"id": "tide", "type": "article-journal", "title": "Tides", "container-title": "Shore",
     "author": [{"family": "Adler", "given": "Iris"}], "issued": {"date-parts": [[2019]]},
     "volume": "3", "issue": "2", "page": "11-19", "DOI": "10.5555/tide"},
]  # fmt: skip
CITED = [[{"id": "kelp", "locator": "12-14", "label": "page"}], [{"id": "tide"}, {"id": "kelp"}]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where styles are kept: a folder that is not there yet, of a user who has nothing else."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return cache_folder() / "parsed"


def reads(style: str) -> object:
    """What the style makes of the items."""
    made = process(find_style(style), ITEMS, CITED, locale="en-US")
    return made.citations, made.bibliography, made.warnings


@pytest.mark.parametrize("style", STYLES)
def test_a_kept_style_reads_like_a_parsed_one(style: str, folder: Path) -> None:
    """The second time a style is asked for, everything comes out as the first time."""
    first = reads(style)
    file = folder / f"{Path(find_style(style).path).name}.json"
    before = file.stat()
    assert reads(style) == first
    after = file.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_kept_style_is_not_parsed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a style is kept nothing is parsed, and macros, names and texts are what they were."""
    source = find_style("nature")
    style = kept.parse_style(source.xml, source.path)
    file = folder / "nature.csl.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def refuse(*_: object) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr(parse, "parse_style", refuse)
    again = kept.parse_style(source.xml, source.path)
    assert list(again.macros) == list(style.macros)
    assert again.path == style.path
    assert (again.names, again.citation.texts) == (style.names, style.citation.texts)


def spoil_sign(file: Path) -> None:
    """Another sign in the middle: the sum is wrong."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def spoil_length(file: Path) -> None:
    """Half a file."""
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def spoil_version(file: Path) -> None:
    """What an older citekit has kept."""
    file.write_bytes(b"0.0.1" + file.read_bytes())


def spoil_rights(file: Path) -> None:
    """A file that anybody may write; its own sum would be right."""
    file.chmod(0o666)


def spoil_kind(file: Path) -> None:
    """A link to a file with the same words."""
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


def spoil_bytes(file: Path) -> None:
    """What was made of other bytes: another style's file under this name."""
    source = find_style("ieee")
    kept.parse_style(source.xml, source.path)
    (file.parent / "ieee.csl.json").replace(file)


SPOILERS = (spoil_sign, spoil_length, spoil_version, spoil_rights, spoil_kind, spoil_bytes)


@pytest.mark.skipif(os.name != "posix", reason="rights and links of POSIX")
@pytest.mark.parametrize("spoil", SPOILERS)
def test_what_does_not_fit_is_made_anew(spoil: Any, folder: Path) -> None:  # noqa: ANN401
    """Whatever became of the file, the style reads the same, and a good file is there again."""
    first = reads("nature")
    file = folder / "nature.csl.json"
    good = file.read_bytes()
    spoil(file)
    assert reads("nature") == first
    assert file.read_bytes() == good
    assert not file.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_nothing_can_be_kept_styles_are_parsed(tmp_path: Path, folder: Path) -> None:
    """A file in the place of the folder: nothing is kept, nothing is said, all reads the same."""
    folder.parent.parent.write_text("no folder", "utf-8")
    assert reads("apa") == reads("apa")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache"]


def test_only_installed_styles_are_kept(tmp_path: Path, folder: Path) -> None:
    """A style of the user's own is parsed each time, also under the name of an installed one."""
    own = tmp_path / "apa.csl"
    own.write_bytes(find_style("nature").xml)
    assert process(find_style(str(own)), ITEMS).bibliography[0][1].startswith("1.")
    assert not (folder / "apa.csl.json").exists()
    with pytest.raises(InvalidData):
        kept.parse_style(b"<style", find_style("apa").path)


def test_locales_are_kept_as_well(folder: Path) -> None:
    """The terms of a language come from the kept file, and are the same."""
    path = next(Path(find_style("apa").path).parents[2].glob("citeproc/data/locales/*nl-NL.xml"))
    first = kept.parse_locale(path.read_bytes(), str(path))
    line = (folder / "locales-nl-NL.xml.json").read_text("ascii").splitlines()[1]
    assert json.loads(line)
    again = kept.parse_locale(path.read_bytes(), str(path))
    assert {key: vars(term) for key, term in again.terms.items()} == {
        key: vars(term) for key, term in first.terms.items()
    }
    assert (again.lang, again.options, list(again.dates)) == (
        first.lang, first.options, list(first.dates)
    )  # fmt: skip
    style = kept.parse_style(find_style("apa").xml)
    assert load_locale(style, "nl-NL")[0].text("and") == "en"
    assert Program(style, "nl-NL").locale.text("edition", "short") == "dr."
