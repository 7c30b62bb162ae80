"""Output formats of one's own, and bibliographies as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.csl import (
    Citation,
    Document,
    OutputFormat,
    Spacing,
    compile_style,
    process,
    process_formats,
    register_format,
)
from citekit.csl.output.render import output_format
from citekit.errors import UsageError
from citekit.testing import csl_samples as csl

if TYPE_CHECKING:
    from collections.abc import Sequence

TIDES = {"id": "tides", "type": "book", "title": "Tides * <b>now</b>", "DOI": "10.1000/t"}
TITLE = '<text variable="title" font-style="italic"/>'


class AsciiDoc(OutputFormat):
    """A format that citekit does not have."""

    def escape(self, text: str) -> str:
        """Text without marks."""
        return text.replace("*", "{asterisk}")

    def marks(self, kind: str, value: str, *, follows: bool) -> tuple[str, str]:
        """Marks for the two fonts that there are, and links."""
        del follows
        if kind == "link":
            return f"link:{value}[", "]"
        mark = {"italic": "__", "bold": "**"}.get(value, "")
        return mark, mark

    def bibliography(self, entries: Sequence[tuple[str, str]], spacing: Spacing) -> str:
        """A list with an anchor for each entry."""
        del spacing
        return "\n".join(f"* [[{key}]]{text}" for key, text in entries)


class Plain(OutputFormat):
    """A format that only says what its name is."""


def test_a_format_of_ones_own_is_handed_over() -> None:
    """It renders citations, entries and the whole, each text escaped once."""
    result = process(csl.style(TITLE), [TIDES], [[{"id": "tides"}]], output=AsciiDoc())

    entry = "link:https://doi.org/10.1000/t[__Tides {asterisk} **now**__]"
    assert result.citations == ("Tides {asterisk} **now**",)
    assert result.bibliography == (("tides", entry),)
    assert result.body == f"* [[tides]]{entry}"


def test_a_registered_format_goes_by_its_name() -> None:
    """Once registered its name is enough, for documents too; registered anew it is exchanged."""
    register_format("asciidoc", Plain())
    register_format("asciidoc", AsciiDoc())
    document = Document(compile_style(csl.style(TITLE), links=False), [TIDES])
    document.insert(Citation(id="1", cites=({"id": "tides"},)))
    document.changes()

    assert document.citation("1", "asciidoc") == "Tides {asterisk} **now**"
    assert document.references("asciidoc").body == "* [[tides]]__Tides {asterisk} **now**__"


def test_a_format_of_ours_cannot_be_exchanged() -> None:
    """Whoever asks for HTML gets what is escaped as HTML."""
    with pytest.raises(UsageError, match="'html' is citekit's own"):
        register_format("html", Plain())


def test_a_mistyped_format_is_told_with_the_nearest() -> None:
    """An unknown name is refused before anything is made, with what may have been meant."""
    with pytest.raises(UsageError, match="'htm'") as caught:
        process(csl.style(TITLE), [TIDES], output="htm")
    assert caught.value.hint == "did you mean html?"


def test_by_itself_the_base_writes_text() -> None:
    """A format that overrides nothing leaves marks out, and text as it is."""
    result = process(csl.style(TITLE), [TIDES, {**TIDES, "id": "b"}], output=Plain())

    assert result.body == "Tides * now\n\nTides * now"


def test_html_of_a_bibliography_is_wrapped_as_elsewhere() -> None:
    """``csl-bib-body`` and ``csl-entry``; what the style says of the page is there as data."""
    apa = process("apa", [TIDES], output="html", links=False)
    numbers = process("nature", [TIDES], output="html", links=False)

    assert apa.body == (
        '<div class="csl-bib-body hanging-indent" data-entry-spacing="0" data-line-spacing="2">\n'
        '  <div class="csl-entry"><i>Tides * <b>now</b></i>. (n.d.). '
        "https://doi.org/10.1000/t</div>\n</div>"
    )
    assert numbers.body.startswith(
        '<div class="csl-bib-body" data-entry-spacing="0" data-line-spacing="2" '
        'data-second-field-align="flush">\n  <div class="csl-entry">'
        '<div class="csl-left-margin">1.</div><div class="csl-right-inline">'
    )


def test_what_a_style_says_of_the_page_cannot_leave_its_attribute() -> None:
    """A hostile option cannot write markup, whoever lets it pass."""
    body = output_format("html").bibliography([], Spacing(second_field_align='"><script>'))

    assert body == (
        '<div class="csl-bib-body" data-entry-spacing="1" data-line-spacing="1" '
        'data-second-field-align="&#34;&#62;&#60;script&#62;">\n</div>'
    )


def test_the_widest_label_is_measured_over_the_entries() -> None:
    """The margin has to hold the longest label, here "10."."""
    items = [{"id": str(i), "title": f"T{i}"} for i in range(10)]
    style = csl.style(
        f'<text variable="citation-number" suffix="."/>{TITLE}',
        bibliography_options='second-field-align="flush"',
    )

    few, all_ = (process(style, items[:count]).spacing for count in (9, 10))

    assert (few.widest_label, all_.widest_label) == (2, 3)
    assert process(csl.style(TITLE), items).spacing.widest_label == 0


def test_rtf_of_a_bibliography_is_a_document() -> None:
    """Its paragraphs are set as the style asks for; braces are balanced."""
    body = process("apa", [TIDES, {**TIDES, "id": "b"}], output="rtf").body

    assert body.startswith(r"{\rtf1\ansi\uc1")
    assert body.count(r"\li720\fi-720\sa0\sl480\slmult1 ") == body.count("\\par\n") == 2
    assert body.count("{") == body.count("}")


def test_several_formats_are_made_of_one_run() -> None:
    """A format by name and one of one's own, each under what it was asked by."""
    ours = AsciiDoc()

    found = process_formats(csl.style(TITLE), [TIDES], outputs=("text", ours), links=False)

    assert found["text"].bibliography == (("tides", "Tides * now"),)
    assert found[ours].bibliography == (("tides", "__Tides {asterisk} **now**__"),)
