"""What a site asks of robots: which addresses they leave alone, and how long they wait.

Patterns come from strangers, so they are matched in linear steps and never as regular expressions.
Source: RFC 9309; Crawl-delay is a widespread addition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

AGENT: Final = "citekit"
MOST_BYTES: Final = 512 << 10
"""RFC 9309 section 2.5: at least 500 kibibytes are read; what comes after counts for nothing."""
_MOST_RULES: Final = 5000
_LONGEST_DELAY_S: Final = 30.0
_AS_IT_IS: Final = "/%:@!$&'()*+,;=~-._?[]"


class Robots(Value):
    """The rules of the group that is about us: allowed or not, and the pattern."""

    rules: tuple[tuple[bool, str], ...] = ()
    delay_s: float = 0.0

    def allows(self, path: str) -> bool:
        r"""Whether a path with its query may be asked for: the longest pattern decides.

        >>> parse_robots("User-agent: *\nDisallow: /a\nAllow: /a/*.html$").allows("/a/b.html")
        True
        """
        fitting = [(len(pattern), yes) for yes, pattern in self.rules if fits(pattern, path)]
        return max(fitting)[1] if fitting else True


NOTHING_ASKED: Final = Robots()
NOBODY: Final = Robots(rules=((False, "/"),))


def parse_robots(text: str, agent: str = AGENT) -> Robots:
    """The groups for an agent by its name, else those for all; what is no rule is passed over."""
    named: list[tuple[str, str]] = []
    general: list[tuple[str, str]] = []
    is_named = False
    for agents, rules in _groups(text):
        if agent in agents:
            is_named = True
            named += rules
        elif "*" in agents:
            general += rules
    chosen = named if is_named else general
    patterns = [
        (name == "allow", quote(value, safe=_AS_IT_IS))
        for name, value in chosen
        if name != "crawl-delay" and value
    ]
    delays = [_seconds(value) for name, value in chosen if name == "crawl-delay"]
    return Robots(rules=tuple(patterns[:_MOST_RULES]), delay_s=max(delays, default=0.0))


def fits(pattern: str, path: str) -> bool:
    """Whether a path begins as the pattern says; ``*`` is anything, a last ``$`` the end.

    >>> fits("/news/*/print$", "/news/2024/print"), fits("/news", "/newsletter"), fits("/a$", "/ab")
    (True, True, False)
    """
    is_whole = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not parts:
        return not is_whole or path == first
    place = len(first)
    *between, last = parts
    for part in between:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    if is_whole:
        return len(path) - len(last) >= place and path.endswith(last)
    return path.find(last, place) >= 0


def _groups(text: str) -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
    """Each group: its agents, and its rules in their order."""
    agents: list[str] = []
    rules: list[tuple[str, str]] = []
    for line in text.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            if rules:
                yield agents, rules
                agents, rules = [], []
            agents.append(value.partition("/")[0].strip().lower())
        elif name in ("allow", "disallow", "crawl-delay") and agents:
            rules.append((name, value))
    if agents:
        yield agents, rules


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return min(seconds, _LONGEST_DELAY_S) if seconds > 0 else 0.0  # nan is not
