"""Inline Markdown in CSL-YAML, as pandoc reads it: emphasis, super- and subscript, small capitals.

Source: pandoc's User's Guide, "Specifying bibliographic data" and "Inline formatting".
"""

from __future__ import annotations

import re
from typing import Final

from citekit.model.title_markup import Part, read_markup

_ESCAPED: Final = r"\\([\\*_^~`\[\]<>])"
_INLINE: Final = (
    (r"\*\*(?=\S)([^*]{1,2000}?\S|\S)\*\*", r"<b>\1</b>"),
    (r"\*(?=\S)([^*]{1,2000}?\S|\S)\*", r"<i>\1</i>"),
    (r"(?<!\w)_(?=\S)([^_]{1,2000}?\S|\S)_(?!\w)", r"<i>\1</i>"),
    (r"\^([^\s^]{1,200})\^", r"<sup>\1</sup>"),
    (r"~([^\s~]{1,200})~", r"<sub>\1</sub>"),
    (
        r"\[([^\[\]]{1,2000})\]\{\.(?:smallcaps|sc)\}",
        r'<span style="font-variant:small-caps;">\1</span>',
    ),
    (r"\[([^\[\]]{1,2000})\]\{\.nocase\}", r'<span class="nocase">\1</span>'),
)
_MARKS: Final = {
    "i": ("*", "*"),
    "b": ("**", "**"),
    "sup": ("^", "^"),
    "sub": ("~", "~"),
    "sc": ("[", "]{.smallcaps}"),
    "nocase": ("[", "]{.nocase}"),
    "nodecor": ("", ""),
    "": ("", ""),
}


def read_markdown(text: str) -> str:
    r"""CSL's mark-up of a text in Markdown.

    >>> read_markdown(r"Ink and *Rain*, H~2~O and 2 \* 3")
    'Ink and <i>Rain</i>, H<sub>2</sub>O and 2 * 3'
    """
    if not any(sign in text for sign in "*_^~[\\"):
        return text
    escaped: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        escaped.append(match[1])
        return f"\ue000{len(escaped) - 1}\ue001"

    shown = re.sub(_ESCAPED, set_aside, text.replace("\ue000", "").replace("\ue001", ""))
    for pattern, markup in _INLINE:
        shown = re.sub(pattern, markup, shown)
    return re.sub("\ue000(\\d+)\ue001", lambda match: escaped[int(match[1])], shown)


def write_markdown(text: str) -> str:
    r"""A text with CSL's mark-up in Markdown.

    >>> write_markdown("<i>Rain</i> and 2 * 3")
    '*Rain* and 2 \\* 3'
    """
    if not any(sign in text for sign in "<*_^~[`\\"):
        return text
    return _write(read_markup(text))


def _write(parts: tuple[Part, ...]) -> str:
    out = []
    for part in parts:
        if isinstance(part, str):
            out.append(re.sub(r"([\\*_^~`\[\]<>])", r"\\\1", part))
        else:
            before, after = _MARKS[part.style]
            out.append(f"{before}{_write(part.parts)}{after}")
    return "".join(out)
