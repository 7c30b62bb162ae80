"""Citations as people type them: ``[see @key, para. 3; -@other]``.

Source: the citation syntax of Pandoc's User's Guide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.app.annotating.passage_names import read_name
from citekit.app.citing.locator_syntax import LABELS, read_rest
from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.app.annotating.passage_names import IsKnown

Cite = dict[str, Any]

_HINT: Final = "a cluster looks like [see @key, para. 3]"

KEY: Final = (
    r"@(?:\{(?P<braced>(?:[^\s{}]|\{[^\s{}]*\})+)\}"
    r"|(?P<plain>\w(?:\w|[:.#$%&+?<>~/-](?=\w)|[:/](?=/))*))"
)
"""A key as Pandoc reads it: signs within words, and whatever stands in braces."""
# Patterns are compiled (and kept) by re when they are first used: most citations use none.
_CITE = rf"(?s)(?P<prefix>.*?)(?P<minus>(?<![^\W_])(?<!-)-)?(?<![^\W_]){KEY}(?P<rest>.*)"
_KEY_IN = rf"(?<![^\W_]){KEY}"
_NARRATIVE = rf"(?s)(?P<cite>{KEY})(?:\s*\[(?P<inner>[^\[\]]*)\])?"
_APART = r";(?![^{}]*\})"  # a key in braces may have one


def read_cluster(word: str, *known: IsKnown) -> list[Cite]:
    """CSL cite items from a cluster in Pandoc's form, with or without its brackets.

    ``known`` tell a key with a ``#`` from a passage (see ``keys``). Raises UsageError for a cluster
    that names no key.

    >>> read_cluster("[see @a, p. 4; -@b]")[1]
    {'id': 'b', 'suppress-author': True}
    >>> read_cluster("@a [p. 4]")
    [{'id': 'a', 'label': 'page', 'locator': '4'}]
    """
    narrative = re.fullmatch(_NARRATIVE, word.strip())
    if narrative:
        return _read_narrative(narrative["cite"], narrative["inner"] or "", known)
    inner = word[1:-1] if word.startswith("[") and word.endswith("]") else word
    cites = [_read_cite(part, known) for part in re.split(_APART, inner) if part.strip()]
    if not cites:
        raise UsageError(f"names no key: {word!r}", hint=_HINT)
    return cites


def is_narrative(word: str) -> bool:
    """Whether the author is part of the sentence: Pandoc's ``@key``, or ``@key [p. 3]``.

    With other keys in its brackets it is a cluster like those in brackets.
    """
    match = re.fullmatch(_NARRATIVE, word.strip())
    return match is not None and not re.search(_KEY_IN, match["inner"] or "")


def _read_narrative(cite: str, inner: str, known: tuple[IsKnown, ...]) -> list[Cite]:
    """What stands in the brackets belongs to the cite before them; other keys come after it."""
    first, *others = re.split(_APART, inner)
    if re.search(_KEY_IN, first):
        first, others = "", [first, *others]
    place = f", {first.strip()}" if first.strip() else ""
    parts = [f"{cite}{place}", *others]
    return [_read_cite(part, known) for part in parts if part.strip()]


def _read_cite(part: str, known: tuple[IsKnown, ...]) -> Cite:
    match = re.match(_CITE, part.strip())
    if match is None:
        raise UsageError(f"names no key: {part.strip()!r}", hint=_HINT)
    return make_cite(
        match["braced"] or match["plain"],
        *known,
        prefix=match["prefix"],
        rest=match["rest"],
        suppresses_author=bool(match["minus"]),
    )


def make_cite(
    key: str,
    *known: IsKnown,
    prefix: str = "",
    rest: str = "",
    suppresses_author: bool = False,
    labels: Mapping[str, str] = LABELS,
) -> Cite:
    """A CSL cite item of a key, and of what stands before and after it in a cluster.

    ``labels`` are the words for kinds of locators. Raises UsageError for a passage that is none.

    >>> make_cite("a", prefix="see", rest=", p. 3 above")["suffix"]
    ' above'
    """
    cite: Cite = read_name(key, *known)
    if suppresses_author:
        cite["suppress-author"] = True
    if prefix.strip():
        cite["prefix"] = prefix.strip() + " "
    located, suffix = read_rest(rest, labels)
    cite |= located
    if suffix.strip():
        cite["suffix"] = suffix.rstrip()
    return cite
