"""Letters beyond ASCII as LaTeX commands, for BibTeX files that must be ASCII.

Accents come from Unicode's own decomposition; letters without one have a table. What LaTeX has no
command for (Cyrillic, CJK …) stays as it is: no letter is ever replaced by a look-alike.
"""

from __future__ import annotations

import unicodedata
from typing import Final

ACCENTS: Final = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d",
    "\u0327": "c", "\u0328": "k", "\u0331": "b",
}  # fmt: skip
LETTERS: Final = {
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "å": "aa", "Å": "AA",
    "ł": "l", "Ł": "L", "ı": "i", "ȷ": "j", "đ": "dj", "Đ": "DJ", "ð": "dh", "Ð": "DH", "þ": "th",
    "Þ": "TH", "ŋ": "ng", "Ŋ": "NG", "–": "textendash", "—": "textemdash", "‘": "textquoteleft",
    "’": "textquoteright", "“": "textquotedblleft", "”": "textquotedblright",
    "‚": "quotesinglbase", "„": "quotedblbase", "«": "guillemotleft", "»": "guillemotright",
    "‹": "guilsinglleft", "›": "guilsinglright", "…": "textellipsis", "€": "texteuro",
    "£": "textsterling", "¥": "textyen", "§": "S", "¶": "P", "©": "textcopyright",
    "®": "textregistered", "™": "texttrademark", "°": "textdegree", "•": "textbullet",
    "¡": "textexclamdown", "¿": "textquestiondown", "×": "texttimes", "·": "textperiodcentered",
    "†": "dag", "‡": "ddag", "ª": "textordfeminine", "º": "textordmasculine", "±": "textpm",
}  # fmt: skip


def to_ascii(text: str) -> str:
    r"""The text with what LaTeX can name in braces.

    >>> to_ascii("Çelik, Özgür")
    '{\\c{C}}elik, {\\"{O}}zg{\\"{u}}r'
    """
    characters = unicodedata.normalize("NFC", text)
    return "".join(char if char.isascii() else _command(char) for char in characters)


def _command(char: str) -> str:
    if char in LETTERS:
        return f"{{\\{LETTERS[char]}}}"
    decomposed = unicodedata.normalize("NFD", char)
    base, marks = decomposed[0], decomposed[1:]
    if not marks or not (base.isascii() or base in LETTERS):
        return char
    if any(mark not in ACCENTS for mark in marks):
        return char
    text = f"\\{LETTERS[base]}" if base in LETTERS else {"i": "\\i", "j": "\\j"}.get(base, base)
    for mark in marks:
        text = f"\\{ACCENTS[mark]}{{{text}}}"
    return f"{{{text}}}"
