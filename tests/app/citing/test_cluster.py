"""Citations as people type them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.annotating.passage_names import read_name
from citekit.app.citing.citation_syntax import is_narrative, read_cluster
from citekit.app.citing.cite import cite
from citekit.app.citing.locator_syntax import read_locator
from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit import Archive


@pytest.mark.parametrize(
    ("word", "cites"),
    [
        ("@a", [{"id": "a"}]),
        ("[@a; -@b]", [{"id": "a"}, {"id": "b", "suppress-author": True}]),
        (
            "[see @a, para. 3; @b]",
            [{"id": "a", "prefix": "see ", "label": "paragraph", "locator": "3"}, {"id": "b"}],
        ),
        (
            "[@a, pp. 33-35 and passim]",
            [{"id": "a", "label": "page", "locator": "33-35", "suffix": " and passim"}],
        ),
        ("[@a §4]", [{"id": "a", "label": "section", "locator": "4"}]),
        ("[@a, ch. iv]", [{"id": "a", "label": "chapter", "locator": "iv"}]),
        ("[@a, especially here]", [{"id": "a", "suffix": ", especially here"}]),
        ("[@a, {A, D–Z}]", [{"id": "a", "label": "page", "locator": "A, D–Z"}]),
        ("[@{a.b/c}, p. 3]", [{"id": "a.b/c", "label": "page", "locator": "3"}]),
        (
            "[@DBLP:conf/x/Y21, p. 3; @{a;b=c}]",
            [{"id": "DBLP:conf/x/Y21", "label": "page", "locator": "3"}, {"id": "a;b=c"}],
        ),
        ("[@a#p2]", [{"id": "a", "label": "paragraph", "locator": "2"}]),
        ("@a [p. 3]", [{"id": "a", "label": "page", "locator": "3"}]),
        ("@{a.b/c}[especially here]", [{"id": "a.b/c", "suffix": ", especially here"}]),
        (
            "@a [p. 3; see @b]",
            [{"id": "a", "label": "page", "locator": "3"}, {"id": "b", "prefix": "see "}],
        ),
        ("@a [@b]", [{"id": "a"}, {"id": "b"}]),
        ("[see-@a; --@b]", [{"id": "a", "prefix": "see- "}, {"id": "b", "prefix": "-- "}]),
        ("[@a--b]", [{"id": "a", "suffix": "--b"}]),
        (
            "[@a{ii, A, D-Z}, with a suffix]",
            [{"id": "a", "label": "page", "locator": "ii, A, D-Z", "suffix": ", with a suffix"}],
        ),
        (
            "[@a, {pp. iv, vi-xi, (xv)-(xvii)} with more]",
            [
                {
                    "id": "a",
                    "label": "page",
                    "locator": "iv, vi-xi, (xv)-(xvii)",
                    "suffix": " with more",
                }
            ],
        ),
        ("[@a{}, 99 years later]", [{"id": "a", "suffix": ", 99 years later"}]),
        (
            "[@a, 1(a), 2-4, C22 and]",
            [{"id": "a", "label": "page", "locator": "1(a), 2-4, C22", "suffix": " and"}],
        ),
        ("[@a, (1)(a) [17]]", [{"id": "a", "label": "page", "locator": "(1)(a) [17]"}]),
        ("[@a, vol. 3:12]", [{"id": "a", "label": "volume", "locator": "3:12"}]),
        ("[@a, s.v. 3ff.]", [{"id": "a", "label": "sub-verbo", "locator": "3ff", "suffix": "."}]),
        ("[@a, art. 5]", [{"id": "a", "label": "article-locator", "locator": "5"}]),
        ("[@a, iv]", [{"id": "a", "suffix": ", iv"}]),
        ("[@a, p. i.e. x]", [{"id": "a", "label": "page", "locator": "i.e", "suffix": ". x"}]),
    ],
)
def test_reads_clusters(word: str, cites: list[dict[str, object]]) -> None:
    """Pandoc's clusters become CSL cite items."""
    assert read_cluster(word) == cites


@pytest.mark.parametrize("word", ["[see there]", "[; see]", "@", "[@]"])
def test_a_cluster_without_a_key_is_refused(word: str) -> None:
    """A cluster that names nothing is wrong usage, not an empty citation."""
    with pytest.raises(UsageError, match="names no key"):
        read_cluster(word)


@pytest.mark.parametrize(
    ("text", "label", "locator"),
    [
        ("page 4", "page", "4"), ("para. 3–5", "paragraph", "3–5"), ("12", "page", "12"),
        ("§ 5", "section", "5"), ("¶3", "paragraph", "3"), ("p.4", "page", "4"),
        ("chapter ix", "chapter", "ix"), ("timestamp 00:03:15", "timestamp", "00:03:15"),
    ],
)  # fmt: skip
def test_reads_locators(text: str, label: str, locator: str) -> None:
    """A label in any of its spellings and a value; a bare number is a page."""
    assert read_locator(text) == {"label": label, "locator": locator}


def test_a_locator_without_a_number_is_refused() -> None:
    """Words alone are no place in an item."""
    with pytest.raises(UsageError, match="is no locator"):
        read_locator("somewhere")


@pytest.mark.parametrize(
    ("name", "cite"),
    [
        ("a", {"id": "a"}),
        ("a#p3", {"id": "a", "label": "paragraph", "locator": "3"}),
        ("a#title", {"id": "a"}),
        ("a#", {"id": "a"}),
        ("a#caption1", {"id": "a"}),
    ],
)
def test_reads_names_of_passages(name: str, cite: dict[str, object]) -> None:
    """A named paragraph is a locator; other passages cite the item."""
    assert read_name(name) == cite


@pytest.mark.parametrize("name", ["a#3", "a#p", "a#foo", "a#p3x"])
def test_what_names_no_passage_is_refused(name: str) -> None:
    """A typing error is told, not left out of the citation in silence."""
    with pytest.raises(UsageError, match="names no passage"):
        read_name(name)


@given(st.text(max_size=60))
def test_any_word_is_read_or_refused(word: str) -> None:
    """Whatever is typed, each cite has an id, or the call is refused as wrong usage."""
    try:
        cites = read_cluster(word)
    except UsageError:
        return
    assert all(isinstance(cite["id"], str) for cite in cites)


@pytest.mark.parametrize(
    ("word", "narrative"),
    [
        ("@a", True), ("@a [p. 3]", True), ("@a[p. 3]", True), ("@{a}", True), (" @a ", True),
        ("[@a]", False), ("a", False), ("see @a", False), ("@a, p. 3", False), ("-@a", False),
        ("@a [p. 3; @b]", False), ("@a [see @b]", False), ("@a; @b", False),
    ],
)  # fmt: skip
def test_what_has_its_author_in_the_sentence(word: str, narrative: bool) -> None:
    """A key outside brackets, alone."""
    assert is_narrative(word) == narrative


LIBRARY = """[
{"id": "a", "type": "book", "title": "Nets", "author": [{"family": "Lund", "given": "Henrik"}],
 "issued": {"date-parts": [[2001]]}},
{"id": "b", "type": "book", "title": "Ropes", "author": [{"family": "Alder", "given": "Bo"}],
 "issued": {"date-parts": [[2002]]}}]"""


@pytest.mark.parametrize(
    ("style", "words", "text"),
    [
        ("apa", ["@a [p. 3]"], "Lund (2001, p. 3)"),
        ("apa", ["@a"], "Lund (2001)"),
        ("apa", ["a"], "(Lund, 2001)"),
        ("apa", ["[@a, p. 3]"], "(Lund, 2001, p. 3)"),
        ("apa", ["@a, p. 3"], "(Lund, 2001, p. 3)"),
        ("apa", ["@a [p. 3; see @b]"], "(see Alder, 2002; Lund, 2001, p. 3)"),
        ("apa", ["@a [p. 3]", "b"], "(Alder, 2002; Lund, 2001, p. 3)"),
        ("modern-language-association", ["@a [p. 3]"], "Lund (3)"),
        ("modern-language-association", ["@a"], "Lund"),
        ("apa", ["[@a, art. 5]"], "(Lund, 2001, Article 5)"),
        ("chicago-notes-bibliography", ["@a [p. 3]"], "Henrik Lund, Nets (2001), 3."),
        ("ieee", ["@a [p. 3]"], "[1, p. 3]"),
    ],
)
def test_citations_in_the_text(archive: Archive, style: str, words: list[str], text: str) -> None:
    """The author stands in the sentence as in Pandoc; a note or a number has none there."""
    archive.import_text(LIBRARY)
    cited = cite(archive.store, words, style=style, in_text=True, explain=True)
    assert cited.text == text
    assert "".join(piece[0] for piece in cited.explained[0].pieces) == text
    assert "[p. 3" not in cite(archive.store, words, style=style).text
