"""The processor as a whole: what styles, items and citations give, and how bad input is told."""

from __future__ import annotations

from typing import Any

import pytest

from citekit.csl import explain, parse_style, process, process_formats
from citekit.errors import InvalidData, UsageError
from citekit.testing import csl_samples as csl

TITLE = '<text variable="title"/>'
DOE = {"type": "book", "author": [csl.person("Doe", "Jane")], "title": "Tides", "issued": "2020"}


ENDLESS = "1" * 5_000


# ---- bad styles


def test_a_doctype_is_refused_before_anything_is_expanded() -> None:
    """A DOCTYPE stops the reader with the line it stands in."""
    bomb = '<!DOCTYPE style [<!ENTITY a "aaaa">]>\n' + csl.style(TITLE)
    with pytest.raises(InvalidData, match="DOCTYPE") as caught:
        parse_style(bomb, "bomb.csl")
    assert str(caught.value.place) == "bomb.csl:1"


def test_malformed_xml_is_told_with_line_and_column() -> None:
    """Broken XML becomes our error, with its place."""
    with pytest.raises(InvalidData, match="well-formed") as caught:
        parse_style("<style>\n<citation", "broken.csl")
    assert caught.value.place is not None
    assert caught.value.place.line == 2


def test_macros_in_a_circle_are_named() -> None:
    """A macro that reaches itself is found before formatting, with the way round."""
    macros = '<macro name="a"><text macro="b"/></macro><macro name="b"><text macro="a"/></macro>'
    with pytest.raises(InvalidData, match="circle: a → b → a"):
        parse_style(csl.style(TITLE, before=macros))


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (csl.style('<text macro="gone"/>'), "no macro 'gone'"),
        (csl.style("<picture/>"), "cannot stand in <layout>"),
        (csl.style("<text/>"), "needs a variable, macro, term or value"),
        (f'<style xmlns="{csl.NAMESPACE}"/>', "no <citation>"),
        ("<html/>", "expected <style>"),
    ],
)
def test_impossible_styles_are_told(xml: str, message: str) -> None:
    """What no style can be is an error that says what is wrong."""
    with pytest.raises(InvalidData, match=message):
        parse_style(xml)


def test_an_absent_locale_falls_back_with_a_warning() -> None:
    """A language without data is formatted in English, and said so."""
    result = process(csl.style('<text term="and"/>'), [{"id": "x"}], locale="tlh-KX")
    assert result.bibliography == (("x", "And"),)
    assert result.warnings == ("no locale 'tlh-KX': its terms are taken from en-US",)


def test_an_unknown_format_is_a_usage_error() -> None:
    """A format nobody wrote is refused."""
    with pytest.raises(UsageError, match="docx"):
        process(csl.style(TITLE), [DOE], output="docx")


# ---- bad items


@pytest.mark.parametrize(
    "wrong",
    [
        {"author": 7},
        {"author": [3, None, {"family": 4}]},
        {"issued": [1, 2]},
        {"issued": {"date-parts": "soon"}},
        {"issued": {"date-parts": [["x", {}, []]]}},
        {"page": {"from": 1}},
        {"volume": [1]},
        {"type": 5},
        {"note": 9, "language": 3},
    ],
)
def test_a_wrong_type_leaves_the_rest_standing(wrong: dict[str, Any]) -> None:
    """A field of a wrong type is left out; the title still prints."""
    layout = (
        '<group delimiter=", "><names variable="author"/><text variable="title"/>'
        '<date variable="issued" form="text"/><text variable="page"/><number variable="volume"/>'
        "</group>"
    )
    assert "Tides" in csl.entry(layout, {"title": "Tides", **wrong})


def test_a_wrong_type_is_a_warning_with_the_item() -> None:
    """The warning names item and field."""
    result = process(csl.style('<names variable="author"/>'), [{"id": "k", "author": 7}])
    assert result.warnings == ("item 'k': author should be a list of names, not int",)


@pytest.mark.parametrize("style", ["apa", "modern-language-association", "nature", "oscola"])
def test_endless_digits_are_formatted_as_they_are(style: str) -> None:
    """Pages, locators, dates and volumes of thousands of digits are words, and no ValueError."""
    numbers = dict.fromkeys(("page", "volume", "issue", "edition"), f"{ENDLESS}-{ENDLESS[1:]}2")
    dates = [ENDLESS, {"raw": ENDLESS}, {"date-parts": [[ENDLESS]]}, {"season": ENDLESS}]
    items = [{**DOE, **numbers, "id": str(i), "issued": date} for i, date in enumerate(dates)]
    cites = [[{"id": "0", "locator": f"{ENDLESS}-{ENDLESS[1:]}2"}]]

    assert process(style, items, cites).citations[0]
    assert len(process(style, items).bibliography) == len(items)


@pytest.mark.parametrize("number", [ENDLESS, "²", "-1", ""])
def test_numbers_of_a_style_that_are_none_count_as_unsaid(number: str) -> None:
    """Digits without end, and signs that are digits in name alone, are no numbers."""
    names = '<names variable="author"/>'
    xml = csl.style(
        names,
        names,
        options=f'near-note-distance="{number}"',
        bibliography_options=f'entry-spacing="{number}" et-al-min="{number}"',
    )

    result = process(xml, [{**DOE, "id": "x"}], [[{"id": "x"}]])

    assert result.bibliography == (("x", "Jane Doe"),)
    assert result.spacing.entry_spacing == 1


def test_half_of_a_surrogate_pair_is_no_affix() -> None:
    """A reference that was escaped twice is read where it is a sign, and else left as it is."""
    assert csl.entry('<text variable="title" prefix="&amp;#55296;"/>', DOE) == "&#55296;Tides"
    assert csl.entry('<text variable="title" prefix="&amp;#8220;"/>', DOE) == "“Tides"


def test_an_unknown_item_is_left_out_with_a_warning() -> None:
    """A citation of an unknown key does not stop the others."""
    result = csl.cited(TITLE, [{"id": "a", "title": "A"}], [{"id": "a"}, {"id": "zz"}])
    assert result.citations == ("A",)
    assert result.warnings == ("no item 'zz': it is left out",)


@pytest.mark.parametrize("output", ["html", "markdown", "latex", "rtf", "text"])
def test_a_field_cannot_bring_markup(output: Any) -> None:  # noqa: ANN401  # one of the formats
    """Whatever a title says, no renderer passes it on as code."""
    title = (
        '</div><script>x</script> \\input{/etc/passwd} [a](javascript:b) {\\rtf} <b onclick="x">'
    )
    shown = csl.entry(TITLE, {"title": title}, output)
    forbidden = {
        "html": "<script",
        "markdown": "[a](",
        "latex": "\\input",
        "rtf": "{\\rtf",
        "text": "\0",
    }
    assert forbidden[output] not in shown


def test_a_link_with_another_scheme_stays_text() -> None:
    """Only web addresses become links."""
    shown = csl.entry('<text variable="URL"/>', {"URL": "javascript:alert(1)"}, "html")
    assert shown == "javascript:alert(1)"


# ---- what comes out


def test_one_run_gives_several_formats() -> None:
    """The same tree renders as text and HTML."""
    layout = '<text variable="title" font-style="italic"/>'
    found = process_formats(
        csl.style(layout), [{"id": "x", "title": "A & B"}], outputs=("text", "html")
    )
    assert found["text"].bibliography == (("x", "A & B"),)
    assert found["html"].bibliography == (("x", "<i>A &#38; B</i>"),)


def test_explain_says_which_line_wrote_what() -> None:
    """Each piece of the output names the variable, macro and line it came from."""
    macro = '\n<macro name="t">\n<text variable="title" suffix="."/></macro>'
    found = explain(csl.style('<text macro="t"/>', before=macro), [{"id": "x", "title": "A"}])
    ((key, pieces),) = found[-1:]
    assert key == "x"
    assert [(p.text, p.variable, p.macro, p.line) for p in pieces] == [
        ("A.", "title", "t", 3),
    ]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("", "(Doe 2020)"),
        ("suppress-author", "(2020)"),
        ("author-only", "Doe"),
        ("composite", "Doe (2020)"),
    ],
)
def test_author_modes(mode: str, expected: str) -> None:
    """A citation can leave out its author, be only the author, or both in running text."""
    from citekit.csl import Citation

    xml = csl.style("", csl.SHORT, layout='prefix="(" suffix=")"')
    result = process(xml, [{"id": "d", **DOE}], [Citation(id="1", cites=({"id": "d"},), mode=mode)])
    assert result.citations == (expected,)


def test_a_suppressed_author_is_not_replaced_by_a_substitute() -> None:
    """Leaving out the author does not bring up the title that stands in for missing authors."""
    names = (
        '<names variable="composer"><name form="short"/><substitute><names variable="author"/>'
        '<text variable="title"/></substitute></names>'
    )
    result = csl.cited(
        f'<group delimiter=" ">{names}{csl.YEAR}</group>',
        [{"id": "d", **DOE}],
        [{"id": "d", "suppress-author": True}],
    )
    assert result.citations == ("2020",)
