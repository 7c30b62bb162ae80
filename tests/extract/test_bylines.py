"""Bylines: who is named, and what only looks like a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.extract.shared.bylines import read_byline
from citekit.extract.shared.credits import split_caption
from citekit.extract.shared.names import csl_name, display_name


@pytest.mark.parametrize(
    ("line", "language", "names"),
    [
        ("By Jane Doe", "en", ("Jane Doe",)),
        ("By Jane Doe, Political Editor", "en", ("Jane Doe",)),
        ("By JANE DOE and J. R. Roe in London", "en", ("JANE DOE", "J. R. Roe")),
        ("Von Anna Grün und Jörg Öl", "de", ("Anna Grün", "Jörg Öl")),
        ("Par Zoé Blanc et Luc Noir", "fr", ("Zoé Blanc", "Luc Noir")),
        ("di Anna Rossi e Mario Bianchi", "it", ("Anna Rossi", "Mario Bianchi")),
        ("Autor: Jan Novák a Eva Malá", "cs", ("Jan Novák", "Eva Malá")),
        ("Yazar: Ayşe Yılmaz ve Ali Kaya", "tr", ("Ayşe Yılmaz", "Ali Kaya")),
        ("文：山田太郎、鈴木花子", "ja", ("山田太郎", "鈴木花子")),
        ("홍길동 기자", "ko", ("홍길동",)),
        ("Door Jan de Vries en Piet van den Berg", "nl", ("Jan de Vries", "Piet van den Berg")),
        ("By Dr. Jane Doe", "en", ("Jane Doe",)),
    ],
)
def test_bylines(line: str, language: str, names: tuple[str, ...]) -> None:
    """Names are read without jobs, places and titles."""
    found = read_byline(line, language=language)
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("By the end of the year", "en"),
        ("By now everyone knows what happened in the harbour", "en"),
        ("Von der Leyen besucht den Hafen", "de"),
        ("De Gaulle remembered", "en"),
        ("", "en"),
    ],
)
def test_not_bylines(line: str, language: str) -> None:
    """Sentences and headlines that begin with a marker name nobody."""
    assert read_byline(line, language=language) is None


@given(st.text(max_size=300))
def test_any_line_is_read_without_error(line: str) -> None:
    """A byline either has names or is none; a caption's ranges lie in the line."""
    found, split = read_byline(line), split_caption(line)
    assert found is None or all(found.names)
    assert split is None or split.credit[1] <= len(line)


@pytest.mark.parametrize(
    ("line", "caption", "credit"),
    [
        ("Rain. [Ann Lens – Bureau]", "Rain.", "Ann Lens – Bureau"),
        ("The crane (Photo: Ann Lens)", "The crane", "Ann Lens"),
        ("The crane © AP", "The crane", "AP"),
        ("Der Kran. Foto: dpa", "Der Kran.", "dpa"),
        ("The crane in rain | Ann Lens/AFP", "The crane in rain", "Ann Lens/AFP"),
        ("The crane (Ann Lens/Reuters)", "The crane", "Ann Lens/Reuters"),
        ("クレーン 写真: 山田太郎", "クレーン", "山田太郎"),
    ],
)
def test_captions(line: str, caption: str, credit: str) -> None:
    """Caption and credit are told apart in the usual layouts."""
    from citekit.extract.shared.credits import clean_credit

    found = split_caption(line)
    if len(caption) < 6:
        assert found is None  # too short to be told from a label
        return
    assert found is not None
    assert line[slice(*found.caption)].strip() == caption
    assert clean_credit(line[slice(*found.credit)]) == credit


@pytest.mark.parametrize(
    "line",
    [
        "The minister (of the party) said no.",
        "The court ruled [sic].",
        "He spoke to Bild: “We will stay here.”",
        "A sentence that ends as sentences do.",
    ],
)
def test_not_captions(line: str) -> None:
    """Asides, quotations and plain sentences are no captions."""
    assert split_caption(line) is None


@pytest.mark.parametrize(
    ("printed", "family"),
    [("Jane Doe", "Doe"), ("Marlene van der Berg", "Berg"), ("Doe, Jane", "Doe")],
)
def test_persons_in_parts(printed: str, family: str) -> None:
    """A person's name is in parts and prints again."""
    name = csl_name(printed)
    assert name["family"] == family
    assert set(display_name(name).split()) == set(printed.replace(",", "").split())


@pytest.mark.parametrize(
    "printed", ["Reuters", "Quay Courier Staff", "山田太郎", "The Daily Times"]
)
def test_others_stay_literal(printed: str) -> None:
    """Organisations and names that cannot be cut safely stay as printed."""
    assert csl_name(printed) == {"literal": printed}
