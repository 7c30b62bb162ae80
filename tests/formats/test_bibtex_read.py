"""BibTeX text as CSL items."""

from __future__ import annotations

from typing import Any

import pytest

from citekit import formats
from citekit.formats.bibtex.read_names import read_names
from citekit.formats.latex.read import read_latex
from citekit.formats.latex.write import LatexWriter
from citekit.formats.one_line import fold


def read_one(text: str) -> dict[str, Any]:
    """The only item of a text that has nothing wrong with it."""
    result = formats.read(text, "bibtex")
    assert [one.message for one in result.findings if one.severity != "note"] == []
    (item,) = result.items
    return {name: value for name, value in item.items() if name != "custom"}


def test_a_classic_entry_is_an_item() -> None:
    """Old names of types and fields are understood, and macros and months are put in."""
    text = """@string{ex = "Example University"}
        @PhdThesis{doe99, author = "Jane Doe", title = {On {NATO} and {{KFOR}}},
        school = ex # { Press}, year = 1999, month = jun, address = {K{\\"o}ln}}"""

    assert read_one(text) == {
        "id": "doe99",
        "type": "thesis",
        "author": [{"family": "Doe", "given": "Jane"}],
        "title": 'On <span class="nocase">NATO</span> and KFOR',
        "publisher": "Example University Press",
        "issued": {"date-parts": [[1999, 6]]},
        "publisher-place": "Köln",
        "genre": "PhD thesis",
    }


@pytest.mark.parametrize(
    ("fields", "issued"),
    [
        ("date = {2023-06-04/2023-06-06}", {"date-parts": [[2023, 6, 4], [2023, 6, 6]]}),
        ("date = {1950~}", {"date-parts": [[1950]], "circa": True}),
        ("year = {2001}, month = {June}", {"date-parts": [[2001, 6]]}),
        ("year = 2001, month = 6, day = 5", {"date-parts": [[2001, 6, 5]]}),
        ("year = {forthcoming}", {"literal": "forthcoming"}),
        (
            "date = {2023-05-30T14:05:00Z}",
            {"date-parts": [[2023, 5, 30]], "raw": "2023-05-30T14:05:00Z"},
        ),
    ],
)
def test_dates_are_read(fields: str, issued: dict[str, Any]) -> None:
    """Both ways to say a date are read, and what is no date stays as words."""
    assert read_one(f"@misc{{k, {fields}}}")["issued"] == issued


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ada de Ruyter", {"family": "Ruyter", "given": "Ada", "non-dropping-particle": "de"}),
        ("de la Cruz, Ana", {"family": "Cruz", "given": "Ana", "non-dropping-particle": "de la"}),
        ("King, Jr., Martin Luther", {"family": "King", "given": "Martin Luther", "suffix": "Jr."}),
        ("{Sand and Water, Ltd}", {"literal": "Sand and Water, Ltd"}),
        ("Plato", {"family": "Plato"}),
        ("{de Pina-Cabral}, Jo{\\~a}o", {"family": "de Pina-Cabral", "given": "João"}),
        ('family=Doe, "given={A, B}", prefix=von, useprefix=false',
         {"family": "Doe", "given": "A, B", "dropping-particle": "von"}),
        ("others", {"literal": "others"}),
    ],
)  # fmt: skip
def test_names_are_read(text: str, name: dict[str, str]) -> None:
    """Each form of a BibTeX name has its parts."""
    assert read_names(f"Doe, Jane and {text}") == [{"family": "Doe", "given": "Jane"}, name]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\"O}zg\"{u}r \v{S}i\v s {\'\i} \c{c} \aa", "Özgür Šiš í ç å"),
        (r"50\% of R\&D -- a---b ``q'' ~x", "50% of R&D – a—b “q” \u00a0x"),
        (
            r"\emph{a \textbf{b}} \textsc{c}",
            '<i>a <b>b</b></i> <span style="font-variant:small-caps;">c</span>',
        ),
        (r"see \url{https://example.org/a\%20b_c}", "see https://example.org/a%20b_c"),
        (r"$x_1 \to \infty$ and \unknown{arg}", r"x<sub>1</sub> → ∞ and \unknown{arg}"),
        (r"one \par two", "one\n\ntwo"),
        ("{" * 500 + "x" + "}" * 500, "x"),
        ("a } b \\", "a  b \\"),
        ("$", "$"),
        (r"\'", r"\'"),
        (r"\'elan", "élan"),
    ],
)
def test_latex_is_read(latex: str, text: str) -> None:
    """Accents, symbols and styles have their characters; what is unknown stays."""
    assert read_latex(latex) == text.replace("  ", " ")


@pytest.mark.parametrize(
    "piece", ["\\'", "{", "}", "$", "\\emph{", "{:a: ", "\\{", "A and ", ", ", "@b{"]
)
def test_repetition_is_harmless(piece: str) -> None:
    """However often a sign of TeX is repeated, the reader ends in time and without a crash."""
    for field in ("title", "author", "annotation"):
        result = formats.read(f"@book{{k, {field} = {{{piece * 20_000}}}}}", "bibtex")
        assert len(result.items) + len(result.findings) > 0


def test_bad_blocks_are_findings_with_their_line() -> None:
    """One broken entry does not break the library, and every one is told."""
    text = "@book{a, title={A}}\n@book{b, title={B\n@book{c, title={C}}\n@book{a, title={A2}}\n"

    result = formats.read(text, "bibtex")

    assert [item["id"] for item in result.items] == ["a", "c"]
    assert [(f.code, f.place.line if f.place else 0) for f in result.findings] == [
        ("CK-E411", 2),
        ("CK-E413", 4),
    ]


def test_a_field_without_a_variable_is_kept_and_told() -> None:
    """Nothing vanishes in silence: fields that CSL cannot hold are counted in one note."""
    text = "\n".join(f"@book{{k{n}, title={{A}}, timestamp={{2020}}}}" for n in range(3))

    result = formats.read(text, "bibtex")

    (finding,) = result.findings
    assert (finding.code, finding.severity) == ("CK-I415", "note")
    assert "timestamp (3)" in finding.message
    assert formats.write(result.items, "bibtex").count("timestamp = {2020}") == 3


def test_a_changed_value_is_written_anew() -> None:
    """A field is as typed as long as it says what the item says; the others stay as they are."""
    text = "@article{k, title={{\\it Ink}}, journal={J}, year=2004, month={Sept.}, own={x}}"
    (item,) = formats.read(text, "bibtex").items

    changed = formats.write([{**item, "issued": {"date-parts": [[2005, 3, 1]]}}], "biblatex")

    assert "date = {2005-03-01}" in changed
    assert not any(part in changed for part in ("year", "month"))
    assert all(part in changed for part in ("title = {{\\it Ink}}", "own = {x}", "journal = {J}"))


@pytest.mark.parametrize(
    "field",
    [
        r"\input{/etc/passwd}", r"\write18{x}", r"\csname in\endcsname put x", "^^5cinput x",
        r"\begin{input}x", r"\makeatletter\@@input x", r"\let\x\undefined", r"\directlua{x}",
        r"\InputIfFileExists{a}{}{}", r"\openin1=x", r"\newwrite\x", r"\def\x{y}",
    ],
)  # fmt: skip
def test_tex_that_reaches_beyond_the_text_is_not_written_back(field: str) -> None:
    """What reads, writes or redefines is told, and in no output is it a command."""
    result = formats.read(f"@book{{k, title={{A}}, own={{{field}}}, note={{{field}}}}}", "bibtex")

    written = formats.write(result.items, "bibtex")

    assert "CK-W429" in [one.code for one in result.findings]
    assert field not in written
    assert "own = " not in written


def test_an_item_of_others_cannot_smuggle_tex_in() -> None:
    """What an item says that it has kept is judged as any text is."""
    entry = {"type": "book", "of": [], "said": "", "fields": {
        "note": {"text": r"{\input{x}}"}, "a}, b": {"text": "{x}"}, "own": {"text": "{x}} @b{y,"},
        "url": {"text": "{x}, doi = {y}"}, "isbn": {"text": "jan # own"}, "month": {"text": "jan"},
    }}  # fmt: skip
    item = {"id": "k", "type": "book", "title": "A", "custom": {"citekit": {"entry": entry}}}

    assert formats.write([item], "bibtex") == "@book{k,\n  title = {A},\n  month = jan\n}\n"


def test_notes_of_other_programs_stay_notes() -> None:
    """Only our own words for archived copies and access dates are taken out of a note."""
    item = read_one("@misc{a, note = {In Turkish}, annote = {Mine}, addendum = {Archived at home}}")

    assert item["note"] == "Mine\n\nIn Turkish\n\nArchived at home"


def test_capitals_protected_by_hand_stay_protected() -> None:
    """A nocase span is one brace, braces of our own accord are two: each is read as what it was."""
    writer = LatexWriter("biblatex")
    title = 'About <span class="nocase">pH</span> in NATO'

    assert writer.title(title) == "About {pH} in {{NATO}}"
    assert read_latex(writer.title(title), title=True) == title


def test_folding_keeps_spaces_that_mean_something() -> None:
    """Line ends become one space; no-break spaces stay; control characters and surrogates go."""
    assert fold(" a\r\n\tb\u00a0c\0\x1b\ud800 ") == "a b\u00a0c?"
