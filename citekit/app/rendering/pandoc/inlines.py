"""Pandoc's inlines: text with CSL's mark-up of them, and tokens of the processor as them.

Source: pandoc-types 1.23, ``Text.Pandoc.Definition``, as JSON.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.app.rendering.affixes import plain_blanks
from citekit.csl.output.tokens import Open

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from citekit.app.rendering.affixes import Aside
    from citekit.csl.output.tokens import Token

Inline = dict[str, Any]
Mark = tuple[str, str]
Run = tuple[tuple[Mark, ...], Inline]

SPACES: Final = frozenset({"Space", "SoftBreak"})
NO_ATTRIBUTES: Final[list[Any]] = ["", [], []]
_TAGS: Final = {
    "Emph": ("<i>", "</i>"),
    "Strong": ("<b>", "</b>"),
    "Superscript": ("<sup>", "</sup>"),
    "Subscript": ("<sub>", "</sub>"),
    "SmallCaps": ('<span style="font-variant:small-caps;">', "</span>"),
}
_QUOTES: Final = {"DoubleQuote": '"', "SingleQuote": "'"}
_ELEMENTS: Final = {
    ("font-style", "italic"): "Emph",
    ("font-style", "oblique"): "Emph",
    ("font-weight", "bold"): "Strong",
    ("font-variant", "small-caps"): "SmallCaps",
    ("text-decoration", "underline"): "Underline",
    ("vertical-align", "sup"): "Superscript",
    ("vertical-align", "sub"): "Subscript",
}
_TAG_LIKE: Final = re.compile(r"<(?=[/A-Za-z!?])")
_WORDS: Final = re.compile(r"[ \t\n]+|[^ \t\n]+")


def plain(inlines: Iterable[Inline]) -> str:
    """The text of inlines, without any marks."""
    return "".join(map(_plain, inlines))


def _plain(inline: Inline) -> str:
    kind, content = inline.get("t"), inline.get("c", [])
    if kind == "Str":
        return str(content)
    if kind in SPACES or kind == "LineBreak":
        return " "
    if kind in ("Code", "Math", "RawInline"):
        return str(content[1]) if kind != "RawInline" else ""
    if kind == "Quoted":
        mark = _QUOTES.get(content[0]["t"], '"')
        return f"{mark}{plain(content[1])}{mark}"
    if kind in ("Cite", "Span", "Link", "Image"):
        return plain(content[1])
    return plain(content) if kind in _TAGS or kind in ("Underline", "Strikeout") else ""


def marked_up(inlines: Iterable[Inline], aside: Aside[list[Inline]]) -> str:
    """The text of inlines with CSL's mark-up; what that cannot say is kept aside."""
    return plain_blanks("".join(_marked_up(inline, aside) for inline in inlines))


def _marked_up(inline: Inline, aside: Aside[list[Inline]]) -> str:
    kind, content = inline.get("t"), inline.get("c", [])
    if kind == "Str":
        less = {"t": "Str", "c": "<"}
        text = aside.without_signs(str(content))
        return _TAG_LIKE.sub(lambda _: aside.keep([less]), text)
    if kind in SPACES or kind == "LineBreak":
        return " "
    if kind in _TAGS:
        start, end = _TAGS[kind]
        return f"{start}{marked_up(content, aside)}{end}"
    if kind == "Quoted":
        mark = _QUOTES.get(content[0]["t"], '"')
        return f"{mark}{marked_up(content[1], aside)}{mark}"
    if kind == "Cite":  # a key that belongs to the words around it
        return marked_up(content[1], aside)
    return aside.keep([inline])


def from_tokens(tokens: Sequence[Token], aside: Aside[list[Inline]]) -> list[Inline]:
    """A citation or an entry as inlines."""
    return _nested(list(_runs(tokens, aside)))


def words(text: str) -> list[Inline]:
    """A plain text as inlines."""
    return [
        {"t": "Space"} if piece[0].isspace() else {"t": "Str", "c": piece[0]}
        for piece in _WORDS.finditer(text)
    ]


def _runs(tokens: Sequence[Token], aside: Aside[list[Inline]]) -> Iterator[Run]:
    """Inlines with the marks that they stand in, the outermost first; what is undone is gone."""
    opened: list[Mark] = []
    last = ""
    for token in tokens:
        if isinstance(token, str):
            last = token or last
            for piece in aside.split(token):
                made = words(piece) if isinstance(piece, str) else piece
                yield from ((_standing(opened), inline) for inline in made)
        elif isinstance(token, Open):
            opened.append((token.kind, token.value))
        else:
            if opened[-1] == ("display", "left-margin") and not last.endswith(" "):
                yield _standing(opened), {"t": "Space"}
            opened.pop()


def _standing(opened: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks that count: of each kind of font the innermost, unless it is the normal one."""
    fonts = {kind: value for kind, value in opened if kind not in ("link", "display")}
    return tuple(
        dict.fromkeys(
            mark
            for mark in opened
            if mark[0] in ("link", "display") or (mark in _ELEMENTS and fonts[mark[0]] == mark[1])
        )
    )


def _nested(runs: Sequence[Run], depth: int = 0) -> list[Inline]:
    """The runs, those side by side in one element that have a mark in common."""
    out: list[Inline] = []
    at = 0
    while at < len(runs):
        marks, inline = runs[at]
        if len(marks) <= depth:
            out.append(inline)
            at += 1
            continue
        end = at
        while end < len(runs) and runs[end][0][: depth + 1] == marks[: depth + 1]:
            end += 1
        out.append(_element(marks[depth], _nested(runs[at:end], depth + 1)))
        at = end
    return out


def _element(mark: Mark, inner: list[Inline]) -> Inline:
    kind, value = mark
    if kind == "link":
        return {"t": "Link", "c": [NO_ATTRIBUTES, inner, [value, ""]]}
    if kind == "display":
        return {"t": "Span", "c": [["", [f"csl-{value}"], []], inner]}
    return {"t": _ELEMENTS[mark], "c": inner}
