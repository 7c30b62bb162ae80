"""Citations as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.cluster import read_cluster, read_locator
from citekit.app.keys import read_name
from citekit.errors import UsageError


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
