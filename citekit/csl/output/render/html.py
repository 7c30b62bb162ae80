"""HTML: ``<i> <b> <sup> <sub>``, spans with a style, ``csl-…`` blocks, links to http(s) only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.csl.output.render.nested import nest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.csl.output.tokens import Open, Token

_TAGS = {
    ("font-style", "italic"): "i",
    ("font-weight", "bold"): "b",
    ("vertical-align", "sup"): "sup",
    ("vertical-align", "sub"): "sub",
}
_ESCAPES = str.maketrans({"&": "&#38;", "<": "&#60;", ">": "&#62;"})


def render(tokens: Iterable[Token]) -> str:
    """HTML of one cite or entry, without the ``csl-entry`` block around it."""
    return nest(tokens, _shown, _tag)


def escape(text: str) -> str:
    """Text for use between tags."""
    return text.translate(_ESCAPES)


def _shown(text: str) -> str:
    """Text between tags in which every second blank in a row shows, too."""
    text = escape(text)
    if "  " in text or "\u00a0" in text:
        return re.sub("[ \u00a0]{2}", "\u00a0 ", text)
    return text


def _tag(token: Open, _follows: bool) -> tuple[str, str]:
    kind, value = token.kind, token.value
    if kind == "display":
        return f'<div class="csl-{value}">', "</div>"
    if kind == "link":
        return f'<a href="{escape(value).replace(chr(34), "&#34;")}">', "</a>"
    if value == "baseline":  # that of the raised text around it: the reader sees no difference
        return "", ""
    tag = _TAGS.get((kind, value))
    if tag is not None:
        return f"<{tag}>", f"</{tag}>"
    return f'<span style="{kind}:{value};">', "</span>"
