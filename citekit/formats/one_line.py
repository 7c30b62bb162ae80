"""Text for formats in which a value is one line."""

from __future__ import annotations

import re

from citekit.model.records.control_characters import REPLACED

_SPACE = r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+"  # not the no-break and thin spaces
CONTROL = dict.fromkeys(number for number in REPLACED if not chr(number).isspace())
"""What ``str.translate`` takes away: control characters that are no white space."""


def fold(text: str) -> str:
    """The text on one line: white space folded, control characters and lone surrogates gone."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = re.sub(_SPACE, " ", text.translate(CONTROL)).strip()
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
