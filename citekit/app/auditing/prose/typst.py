"""The prose of Typst."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.auditing.prose.text import Cite, Mask, Prose, cites_at, closing, paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.auditing.prose.text import Range, Spot

_HIDDEN: Final = re.compile(
    r"(?<!:)//[^\n]*|/\*.*?\*/|```.*?```|`[^`\n]*`|<[\w:.-]+>|https?://[^\s\]]*", re.DOTALL
)
_STATEMENT: Final = re.compile(r"^[ \t]*#(?:set|show|import|include|let)\b[^\n]*", re.MULTILINE)
_CALL: Final = re.compile(r"#[\w.-]+(?=[(\[])")
_CITE: Final = re.compile(r"#?\bcite\(")
_SUPPLEMENT: Final = re.compile(r"supplement:\s*(?:\[([^\[\]]*)\]|\"([^\"]*)\")")
_QUOTE: Final = re.compile(r"#quote(?=[(\[])")
_ESCAPE: Final = re.compile(r"\\(\S)")
_MARKS: Final = re.compile(r"\*+|(?<!\w)_+|_+(?!\w)|^=+ ", re.MULTILINE)


def prose_of_typst(text: str, spots: Sequence[Spot]) -> Prose:
    """The prose of a Typst text that cites at these spots."""
    cites = [*_references(text, spots), *_calls(text, spots)]
    quotes = list(_quotes(text))
    mask = Mask(text)
    bound = []
    for start, arguments, body in quotes:
        inside = [cite for cite in cites if arguments[0] <= cite.at < arguments[1]]
        inside = inside or list(cites_at(spots, *arguments))
        if inside:
            bound.append((body[0], tuple(inside)))
        mask.drop(start, body[0])
        mask.drop(body[1], body[1] + 1)
    for cite in cites:
        mask.drop(cite.start, cite.end)
    _unmark(mask)
    done = str(mask)
    return Prose(
        text=done,
        content=done,
        blocks=tuple(paragraphs(done)),
        displayed=tuple(b for s, (a, e), b in quotes if re.search(r"block:\s*true", text[a:e])),
        marked=tuple(b for s, (a, e), b in quotes if not re.search(r"block:\s*true", text[a:e])),
        bound=tuple(bound),
        cites=tuple(sorted(cites, key=lambda cite: cite.start)),
    )


def _unmark(mask: Mask) -> None:
    for match in _HIDDEN.finditer(str(mask)):
        mask.blank(*match.span())
    mask.drop_all(_STATEMENT)
    for call in _CALL.finditer(text := str(mask)):
        at = call.end()
        if text[at] == "(":
            at = closing(text, at, "()")
        mask.drop(call.start(), at)
        if text[at : at + 1] == "[":
            end = closing(text, at, "[]")
            mask.drop(at, at + 1)
            mask.drop(end - 1, end)
    mask.drop_all(_ESCAPE, 1)
    mask.drop_all(_MARKS)
    for match in re.finditer("~", str(mask)):
        mask.put(match.start(), " ")


def _references(text: str, spots: Sequence[Spot]) -> Iterator[Cite]:
    """``@key[p. 3]``; the author is in the sentence where nothing stands before it."""
    for key, at in spots:
        if text[at : at + 1] != "@":
            continue
        end = at + 1 + len(key)
        rest = ""
        if text[end : end + 1] == "[":
            behind = closing(text, end, "[]")
            rest = f", {text[end + 1 : behind - 1]}"
            end = behind
        yield Cite(key=key, at=at, start=at, end=end, rest=rest)


def _calls(text: str, spots: Sequence[Spot]) -> Iterator[Cite]:
    """``#cite(<key>, supplement: [p. 3], form: "prose")``."""
    for call in _CITE.finditer(text):
        end = closing(text, call.end() - 1, "()")
        said = text[call.start() : end]
        supplement = _SUPPLEMENT.search(said)
        rest = f", {supplement[1] or supplement[2]}" if supplement else ""
        is_narrative = re.search(r'form:\s*"(?:prose|author)"', said) is not None
        yield from cites_at(spots, call.start(), end, rest=rest, is_narrative=is_narrative)


def _quotes(text: str) -> Iterator[tuple[int, Range, Range]]:
    """Each ``#quote(…)[…]``: where it starts, its arguments, its body."""
    for quote in _QUOTE.finditer(text):
        at = quote.end()
        arguments = (at, at)
        if text[at] == "(":
            arguments = (at, closing(text, at, "()"))
        if text[arguments[1] : arguments[1] + 1] == "[":
            end = closing(text, arguments[1], "[]")
            yield quote.start(), arguments, (arguments[1] + 1, end - 1)
