"""What sites ask of robots: RFC 9309 by its own examples, and hostile files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.capture.robots import NOBODY, NOTHING_ASKED, Robots, fits, parse_robots

GROUPS = """\
User-agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/
Crawl-delay: 3

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

# a comment
User-agent: citekit
User-agent: other/1.0   # by product alone
Disallow: /drafts
disallow: /a*b*c$
Allow: /drafts/open
"""


@pytest.mark.parametrize(
    ("agent", "path", "is_allowed"),
    [
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/other.html", False),
        ("foobot", "/picture.gif", False),
        ("anybot", "/picture.gif", False),
        ("anybot", "/picture.gif?x", True),
        ("anybot", "/publications/x", True),
        ("anybot", "/example/x", False),
        ("citekit", "/example/x", True),
        ("citekit", "/drafts/1", False),
        ("citekit", "/drafts/open/1", True),
        ("citekit", "/axxbyyc", False),
        ("citekit", "/axxbyycz", True),
        ("other", "/drafts", False),
    ],
)
def test_the_longest_pattern_of_the_own_group_decides(
    agent: str, path: str, *, is_allowed: bool
) -> None:
    """RFC 9309 sections 2.2.1 to 2.2.3 and 5.1."""
    assert parse_robots(GROUPS, agent).allows(path) is is_allowed


def test_groups_of_one_agent_count_together() -> None:
    """RFC 9309 section 2.2.1; at the same length, what is allowed wins."""
    text = "user-agent: citekit\ndisallow: /a\n\nUser-agent: citekit\nDisallow: /b\nAllow: /b\n"
    robots = parse_robots(text)
    assert [robots.allows(path) for path in ("/a", "/b", "/c")] == [False, True, True]


@pytest.mark.parametrize(
    ("text", "delay_s"),
    [("Crawl-delay: 3", 3.0), ("Crawl-delay: 1e9", 30.0), ("Crawl-delay: -1", 0.0),
     ("Crawl-delay: soon", 0.0), ("Crawl-delay: nan", 0.0), ("Disallow: /", 0.0)],
)  # fmt: skip
def test_a_site_may_ask_for_pauses(text: str, delay_s: float) -> None:
    """Of half a minute at most."""
    assert parse_robots(f"User-agent: *\n{text}").delay_s == delay_s


@pytest.mark.parametrize("text", ["", "\ufeff", "Disallow: /", "<html>no such file</html>", ":::"])
def test_what_asks_for_nothing(text: str) -> None:
    """Rules without an agent, pages, nothing at all."""
    assert parse_robots(text) == NOTHING_ASKED == Robots()
    assert not NOBODY.allows("/")


def test_patterns_are_compared_as_addresses_are_written() -> None:
    """Letters that an address encodes may stand in the file as they are."""
    assert not parse_robots("User-agent: *\nDisallow: /köprü").allows("/k%C3%B6pr%C3%BC")


def test_stars_in_thousands_cost_no_more_than_letters() -> None:
    """They are no regular expression."""
    robots = parse_robots(f"User-agent: *\nDisallow: /{'*a' * 5000}b\n" * 100)
    assert robots.allows("/" + "a" * 8000)


@given(st.text(alphabet="ab/*$", max_size=12), st.text(alphabet="ab/", max_size=12))
def test_a_pattern_fits_as_a_slow_reader_says(pattern: str, path: str) -> None:
    """By trying every split of the path."""

    def slow(pattern: str, path: str, *, is_whole: bool) -> bool:
        if not pattern:
            return not is_whole or not path
        if pattern[0] == "*":
            return any(slow(pattern[1:], path[n:], is_whole=is_whole) for n in range(len(path) + 1))
        return path[:1] == pattern[0] and slow(pattern[1:], path[1:], is_whole=is_whole)

    is_whole = pattern.endswith("$")
    assert fits(pattern, path) is slow(pattern.removesuffix("$"), path, is_whole=is_whole)
