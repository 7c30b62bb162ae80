"""Write the text payload: the article's body paragraphs as canonical plain text.

NFC, LF, one blank line between paragraphs, no trailing white space, no soft hyphens
(docs/reference/archive-format.md, "Payloads"). Every position that citekit stores counts code
points of this text.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from citekit.extract.shared.evidence import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable

_BREAKS = re.compile(r"[\t\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
# A soft hyphen says where a word may be broken; kept, it would hide the word from a search.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f\u00ad\ufeff]|[\ud800-\udfff]")


def write_payload(
    paragraphs: Iterable[tuple[str, tuple[int, int] | None]],
) -> tuple[str | None, tuple[Passage, ...]]:
    r"""The payload and its passages from paragraphs and their ranges in the decoded original.

    >>> write_payload([("One. ", None), ("Two.", (10, 14))])[0]
    'One.\n\nTwo.'
    """
    texts: list[str] = []
    passages: list[Passage] = []
    position = 0
    for raw, original in paragraphs:
        text = canonical(raw)
        if not text:
            continue
        passages.append(
            Passage(
                number=len(texts) + 1,
                start=position,
                end=position + len(text),
                original=original,
            ),
        )
        texts.append(text)
        position += len(text) + 2
    return ("\n\n".join(texts) or None), tuple(passages)


def canonical(paragraph: str) -> str:
    """One paragraph in the payload's form: on one line, NFC, nothing at its ends.

    Joiners and other signs that are not seen stay: they are part of words in many languages.
    """
    clean = _FORBIDDEN.sub("", paragraph)
    return unicodedata.normalize("NFC", _BREAKS.sub(" ", clean)).strip()
