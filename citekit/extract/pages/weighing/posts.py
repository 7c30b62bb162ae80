"""Posts: who wrote one, and its words in place of a headline.

Pages of posts give name, handle and words in one line, each host in its own: "Ada Quill (@ada) on
X", "Ada Quill: “The crane is gone.”", or the name alone with the words as the description.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.kinds import kind_of_host
from citekit.extract.shared.addresses import split_address
from citekit.extract.shared.evidence import Evidence
from citekit.extract.shared.parties import Party
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS_OF_POST = "words-of-post"  # the rule of a title that is the text of the post
_STATUS = re.compile(r"^/@[\w.@-]{1,100}/\d{6,25}/?$")  # Mastodon and its kin, at any host
_WITH_HANDLE = re.compile(r"^(?P<name>[^()@]{1,80}?)\s*\(@[\w.@-]{1,100}\)")
_SAYS = re.compile(
    r"^(?P<name>[^:\"“„«]{1,80}):\s{0,3}[\"“„«「](?P<words>.{2,4000}?)[\"”“»」]\s*(?:[/|–-][^\"”»]{0,60})?$",
    re.DOTALL,
)
_AT = re.compile(r"\s+\w{1,6}\s+(?:X|Twitter|Threads|Instagram|Facebook|LinkedIn|Bluesky)$")
_SIGNS = re.compile(r"[^\w\s.,'’&-]")
_LINK = re.compile(r"\s*https?://\S+")
_SHARED = frozenset({"og:title", "twitter:title", "title-element", "h1"})
_LONGEST_TITLE, _MOST_WORDS_OF_NAME = 280, 6


def is_untitled_post(url: str | None) -> bool:
    """Whether an address is that of a post without a headline."""
    kind = kind_of_host(url)
    parts = split_address(url or "")
    return bool(kind and kind.is_untitled) or bool(parts and _STATUS.match(parts.path))


def read_post(raw: list[Evidence]) -> list[Evidence]:
    """Evidence of an untitled post: that it is one, who wrote it, and its words as title."""
    names = [name for e in _titles(raw) if (name := _name_in(e.value))]
    words = next(_words(raw), None)
    plain = next((e for e in _titles(raw) if e.rule == "og:title"), None)
    if not names and plain and len(plain.value.split()) <= _MOST_WORDS_OF_NAME:
        names = [plain.value]
    found = [
        Evidence(field="type", value="post", origin="url", rule="status-address", confidence=0.85)
    ]
    if name := " ".join(_SIGNS.sub(" ", names[0]).split()) if names else "":
        party = Party(text=name, is_one=True)
        found.append(_of_meta("author", [party], "poster", 0.9))
    if words:
        found.append(_of_meta("title", _shortened(words), WORDS_OF_POST, 0.92))
    return found


def without_names(raw: list[Evidence]) -> list[Evidence]:
    """The evidence; the titles of a post that only say whose it is are doubted."""
    return [
        replace(e, confidence=0.2) if e.field == "title" and e.rule in _SHARED else e for e in raw
    ]


def _titles(raw: list[Evidence]) -> Iterator[Evidence]:
    return (e for e in raw if e.field == "title" and e.rule in _SHARED)


def _name_in(title: str) -> str | None:
    if said := _SAYS.match(title):
        title = said["name"]
    elif not _WITH_HANDLE.match(title):
        return None
    match = _WITH_HANDLE.match(title)
    return _AT.sub("", match["name"] if match else title).strip() or None


def _words(raw: list[Evidence]) -> Iterator[str]:
    """The words of the post: its description, else what its title quotes."""
    for one in raw:
        if one.field == "description" and one.value.strip():
            yield one.value.strip()
    for one in _titles(raw):
        if said := _SAYS.match(one.value):
            yield said["words"]


def _shortened(words: str) -> str:
    words = " ".join(_LINK.sub("", words).split()).strip('"“”„«» ') or words
    if len(words) <= _LONGEST_TITLE:
        return words
    return words[:_LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


def _of_meta(field: str, value: object, rule: str, confidence: float) -> Evidence:
    return Evidence(field=field, value=value, origin="meta", rule=rule, confidence=confidence)
