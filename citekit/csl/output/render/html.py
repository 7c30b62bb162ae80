"""HTML: ``<i> <b> <sup> <sub>``, spans with a style, ``csl-…`` blocks, links to http(s) only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.csl.output.render.base import OutputFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.output.spacing import Spacing

_TAGS = {
    ("font-style", "italic"): "i",
    ("font-weight", "bold"): "b",
    ("vertical-align", "sup"): "sup",
    ("vertical-align", "sub"): "sub",
}
_ESCAPES = str.maketrans({"&": "&#38;", "<": "&#60;", ">": "&#62;"})


class Html(OutputFormat):
    """HTML, with the class names of other processors of CSL."""

    def escape(self, text: str) -> str:
        """Text for use between tags, in which every second blank in a row shows, too."""
        text = text.translate(_ESCAPES)
        if "  " in text or "\u00a0" in text:
            return re.sub("[ \u00a0]{2}", "\u00a0 ", text)
        return text

    def marks(self, kind: str, value: str, *, follows: bool) -> tuple[str, str]:
        """An element."""
        del follows
        if kind == "display":
            return f'<div class="csl-{value}">', "</div>"
        if kind == "link":
            return f'<a href="{quoted(value)}">', "</a>"
        if value == "baseline":  # that of the raised text around it: the reader sees no difference
            return "", ""
        tag = _TAGS.get((kind, value))
        if tag is not None:
            return f"<{tag}>", f"</{tag}>"
        return f'<span style="{kind}:{value};">', "</span>"

    def bibliography(self, entries: Sequence[tuple[str, str]], spacing: Spacing) -> str:
        """The block ``csl-bib-body`` with a ``csl-entry`` for each, as other processors make it.

        What the style says of the page stands there as data and as a class (``hanging-indent``),
        for a style sheet to heed.
        """
        hints = f'data-entry-spacing="{spacing.entry_spacing}"'
        hints += f' data-line-spacing="{spacing.line_spacing}"'
        if spacing.second_field_align is not None:
            hints += f' data-second-field-align="{quoted(spacing.second_field_align)}"'
        hanging = " hanging-indent" if spacing.hanging_indent else ""
        inner = "".join(f'  <div class="csl-entry">{text}</div>\n' for _, text in entries)
        return f'<div class="csl-bib-body{hanging}" {hints}>\n{inner}</div>'


def quoted(value: str) -> str:
    """Text for an attribute in double quotes."""
    return value.translate(_ESCAPES).replace('"', "&#34;")
