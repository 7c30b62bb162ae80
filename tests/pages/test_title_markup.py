"""The mark-up of CSL-JSON in titles: elements on pages, plain words everywhere else."""

from __future__ import annotations

import pytest

from citekit.pages.element import Element
from citekit.pages.title_markup import plain, rich

TITLE = "CO<sub>2</sub> and <i>Homo <b>sapiens</b></i> of 5 < 6 </b><u>lands</u>"
WORDS = "CO2 and Homo sapiens of 5 < 6 </b><u>lands</u>"


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("<i>a</i> <b>b</b> <sup>c</sup> <sub>d</sub>", ["em", "strong", "sup", "sub"]),
        ('<span style="font-variant: small-caps;">a</span>', ["span"]),
        ('<span class="nocase">a</span>', ["span"]),
        ("<sc>a</sc>", ["span"]),
        ("<script>a</script> <i onclick=x>b</i>", []),
        ("<i>a", []),
        ("a</i>", []),
        ("<i>a</b>", []),
        ("<i>" * 100 + "</i>" * 100, ["em"]),
    ],
)
def test_only_pairs_that_csl_knows_are_markup(text: str, tags: list[str]) -> None:
    """Whatever else stands in a title is words."""
    assert [part.tag for part in rich(text) if isinstance(part, Element)] == tags


def test_words_lose_only_the_markup() -> None:
    """A sign that opens nothing stays."""
    assert plain(TITLE) == WORDS
