"""Short forms from a file and from ``archive.toml``: in references, notebooks and on the site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.cli.run import run
from citekit.csl import OutputFormat, register_format
from citekit.errors import CitekitError, InvalidData, NotFound, UsageError
from citekit.model.value import replace
from citekit.pages.citations import Style

if TYPE_CHECKING:
    from pathlib import Path

GULLS = (
    '[{"id": "gulls", "type": "article-journal", "title": "Gulls", '
    '"container-title": "Harbour Letters", "volume": "3", "page": "4", "issued": "2020"}]'
)
SETTINGS = '\n[abbreviations.default.container-title]\n"Harbour Letters" = "Harb. Lett."\n'
OTHER = {"default": {"container-title": {"Harbour Letters": "HL"}}}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive of one article, whose settings have a short form of its journal."""
    made = Archive.create(tmp_path / "a")
    made.import_text(GULLS)
    settings = made.store.root / "archive.toml"
    settings.write_text(settings.read_text("utf-8") + SETTINGS, "utf-8")
    return Archive.open(made.store.root)


def test_settings_and_a_file_give_short_forms(archive: Archive, tmp_path: Path) -> None:
    """Those of the settings are taken where a style asks for them; those of a file win."""
    file = tmp_path / "short.json"
    file.write_text(json.dumps(OTHER), "utf-8")

    assert archive.cite(["gulls"], style="nature").text == "1. Gulls. Harb. Lett. 3, 4 (2020)."
    assert (
        archive.cite(["gulls"], style="nature", abbreviations=file).text
        == "1. Gulls. HL 3, 4 (2020)."
    )
    assert "Harbour Letters" in archive.cite(["gulls"], style="apa", abbreviations=file).text


def test_what_explains_a_reference_has_them_too(archive: Archive) -> None:
    """The pieces, joined, are the reference."""
    cited = archive.cite(["gulls"], style="nature", explain=True)

    text = "".join(piece[0] for piece in cited.explained[0].pieces)
    assert text == "1.Gulls. Harb. Lett. 3, 4 (2020)."


def test_the_command_takes_a_file(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``cite --abbreviations FILE``; data formats say that they have no use for it."""
    file = tmp_path / "short.json"
    file.write_text(json.dumps(OTHER), "utf-8")
    call = ["--archive", str(archive.store.root), "cite", "gulls", "--abbreviations", str(file)]

    assert run([*call, "--style", "nature"]) == 0
    assert capsys.readouterr().out == "1. Gulls. HL 3, 4 (2020).\n"
    assert run([*call, "--format", "bibtex"]) == 0
    said = capsys.readouterr()
    assert "journal = {Harbour Letters}" in said.out
    assert "bibtex has each field as it is: nothing is abbreviated" in said.err


@pytest.mark.parametrize(
    ("text", "error", "place"),
    [
        ("[]", InvalidData, "short.json"),
        ('{"default": ', InvalidData, "short.json:1:13"),
        ('{"default": {"journal": {}}}', InvalidData, "short.json"),
        ("\udcff", InvalidData, "short.json:1:1"),
        ("[" * 100_000, InvalidData, "short.json:1:"),
        (None, NotFound, "short.json"),
    ],
)
def test_a_file_that_is_none_is_told(
    archive: Archive, tmp_path: Path, text: str | None, error: type[CitekitError], place: str
) -> None:
    """Whatever is in the file, or not there, is an error that names it."""
    file = tmp_path / "short.json"
    if text is not None:
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(error) as caught:
        archive.cite(["gulls"], style="nature", abbreviations=file)
    assert str(caught.value.place).startswith(str(tmp_path / place))


def test_wrong_settings_stop_what_needs_them_alone(archive: Archive) -> None:
    """A list that is none is told with the name of the file; data can be had all the same."""
    settings = archive.store.root / "archive.toml"
    settings.write_text(settings.read_text("utf-8").replace("container-title", "journals"), "utf-8")
    wrong = Archive.open(archive.store.root)

    assert "Harbour Letters" in wrong.cite(["gulls"], format="bibtex").text
    with pytest.raises(InvalidData, match="'journals' of 'default' is of no kind") as caught:
        wrong.cite(["gulls"])
    assert str(caught.value.place) == "archive.toml"


def test_notebook_and_site_have_them(archive: Archive) -> None:
    """An item shows its reference, and the site its citations, with the archive's short forms."""
    item = archive.item("gulls")
    settings = archive.store.settings
    style = Style.find("nature", "en-US", settings.abbreviations)

    assert "Harb. Lett." in str(list(style.reference(item)))
    assert "Harbour Letters" in str(item._repr_html_())
    assert "Harb. Lett." in str(replace(item, style="nature")._repr_html_())


class Shout(OutputFormat):
    """A format that shouts."""

    def escape(self, text: str) -> str:
        """Text in capitals."""
        return text.upper()


def test_a_registered_format_is_one_of_cite(archive: Archive) -> None:
    """What was registered goes by its name; what nobody knows is told with all there are."""
    register_format("shout", Shout())

    assert (
        archive.cite(["gulls"], style="nature", format="shout").text
        == "1.GULLS. HARB. LETT. 3, 4 (2020)."
    )
    with pytest.raises(UsageError, match="no such format: whisper") as caught:
        archive.cite(["gulls"], format="whisper")
    assert "shout" in str(caught.value.hint)
