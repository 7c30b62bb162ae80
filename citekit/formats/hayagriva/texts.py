r"""Texts with parts whose case is kept: ``{NATO}``, formulas in ``$``, signs behind a backslash.

Of CSL's mark-up Hayagriva has protected case, and sub- and superscripts as formulas; it has no
italics and the like.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from citekit.model.title_markup import Part, read_markup

_TOKEN: Final = re.compile(r"\\([\\{}$])|([{}$])|([^\\{}$]+|\\)")
_SCRIPT: Final = re.compile(
    r'(?:"")?([_^])(?:"([^"\\$]{1,40})"|([A-Za-z0-9])|\(([A-Za-z0-9]{1,9})\))'
)
_WORD: Final = re.compile(r'"([^"\\$]{0,200})"|([A-Za-z]{2,10})|([A-Za-z0-9])|\s+')
_SIMPLE: Final = re.compile(r'[^"\\${}<>]{1,40}')
_TAGS: Final = {"_": "sub", "^": "sup"}
_SIGNS: Final = {"sub": "_", "sup": "^"}


def read_text(text: str) -> str:
    r"""A text with CSL's mark-up; a formula that is no more than scripts becomes them.

    >>> read_text(r'{NATO} and H$""_"2"$O for \$5')
    '<span class="nocase">NATO</span> and H<sub>2</sub>O for $5'
    """
    if not any(sign in text for sign in "\\{}$"):
        return text
    out: list[str] = []
    depth = 0
    formula: list[str] | None = None
    for escaped, sign, plain in _TOKEN.findall(text):
        if formula is not None:
            if sign == "$":
                out.append(_read_formula("".join(formula)))
                formula = None
            else:
                formula.append((f"\\{escaped}" if escaped else "") or sign or plain)
        elif sign == "$":
            formula = []
        elif sign:
            depth += 1 if sign == "{" else -1
            if (sign, depth) == ("{", 1):
                out.append('<span class="nocase">')
            elif (sign, depth) == ("}", 0):
                out.append("</span>")
            depth = max(depth, 0)
        else:
            out.append(escaped or plain)
    if formula is not None:
        out.append("$" + "".join(formula))
    return "".join(out)


def _read_formula(formula: str) -> str:
    """What it shows where it is letters, words and scripts; else as it is written."""
    out, at = [], 0
    while at < len(formula):
        script, word = _SCRIPT.match(formula, at), _WORD.match(formula, at)
        if script:
            tag = _TAGS[script[1]]
            out.append(f"<{tag}>{script[2] or script[3] or script[4]}</{tag}>")
        elif word and not (word[2] and not _greek(word[2])):
            out.append(word[1] or _greek(word[2] or "") or word[3] or "")
        else:
            return f"${formula}$"
        at = (script or word).end()  # type: ignore[union-attr]  # one of them is there
    return "".join(out)


def _greek(name: str) -> str:
    """The letter of a name (``alpha``, ``Omega``); empty for another word."""
    size = "CAPITAL" if name[:1].isupper() else "SMALL"
    full = name.upper().replace("LAMBDA", "LAMDA")
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {full}") if name else ""
    except KeyError:
        return ""


def write_text(text: str) -> str:
    r"""A text of CSL as Hayagriva has it, no sign of it acting.

    >>> write_text('<span class="nocase">NATO</span> and H<sub>2</sub>O for $5')
    '{NATO} and H$""_"2"$O for \\$5'
    """
    return "".join(map(_write_part, read_markup(text)))


def _write_part(part: Part) -> str:
    if isinstance(part, str):
        return re.sub(r"[\\{}$]", r"\\\g<0>", part)
    inner = "".join(map(_write_part, part.parts))
    if part.style == "nocase":
        return f"{{{inner}}}"
    if part.style in _SIGNS and _SIMPLE.fullmatch(inner):
        return f'$""{_SIGNS[part.style]}"{inner}"$'
    return inner
