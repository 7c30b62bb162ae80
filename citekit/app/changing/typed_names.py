"""Names as people type them after ``author=``: as in BibTeX, and as citekit took them before.

What could be read in two ways is refused: nobody looks at a name again once it is stored.
"""

from __future__ import annotations

import re
from typing import Any, Final

from citekit.errors import InvalidData
from citekit.formats.bibtex.read_names import read_names, top_level
from citekit.formats.latex.read import is_one_group

_JOIN: Final = "join several by 'and': author='Lund, Henrik and Díaz, Rosa'"
_KEEP: Final = "put an organisation in braces: author='{Quill and Sons}'"
_AND: Final = r"\s+(?i:and)\s+"
# ``Family, Jr, Given``; in braces anything may stand there
_SUFFIX: Final = re.compile(r"(?:jr|sr|[ivx]+|\d+\w*|esq|ph\.?d|m\.?d)\.?|_+", re.IGNORECASE)


def read_typed_names(variable: str, text: str) -> list[dict[str, Any]]:
    """The names in a text as CSL-JSON objects; raises InvalidData for what can mean two things.

    ``and`` or ``;`` stand between names; a name is ``Family, Given``, ``Family, Jr, Given`` or
    ``Given von Family``; what is in braces, ends in a comma or is one word alone stays whole.

    >>> read_typed_names("author", "Lund, Henrik and {Harbour Office}")
    [{'family': 'Lund', 'given': 'Henrik'}, {'literal': 'Harbour Office'}]
    """
    masked = _masked(text)
    if masked is None:
        raise _refused(variable, text, "has a brace without its other half", _KEEP)
    names = [name for part in top_level(text, ";") for name in _read_part(variable, part.strip())]
    if not names or not all("".join(map(str, name.values())).strip() for name in names):
        raise _refused(variable, text, "names nobody", _JOIN)
    return names


def _read_part(variable: str, part: str) -> list[dict[str, Any]]:
    """The names between two semicolons; one that ends in a comma is an organisation."""
    if not part.endswith(","):
        return [_read_one(variable, text.strip()) for text in top_level(part, _AND)]
    whole = part.rstrip(", ")
    if "," in (_masked(whole) or "") or not whole:
        raise _refused(variable, part, "ends in a comma, and has others", _KEEP)
    return read_names(whole if is_one_group(whole) else f"{{{whole}}}")


def _read_one(variable: str, text: str) -> dict[str, Any]:
    """One name; what is left of an ``and``, or stands between too many commas, is none."""
    words = top_level(text, r"\s+")
    if "and" in (words[0].casefold(), words[-1].casefold()):
        raise _refused(variable, text, "has an 'and' with nobody beside it", _JOIN)
    if text.casefold().rstrip(".") in ("others", "et al"):
        raise _refused(variable, text, "names nobody: the style shortens long lists", _JOIN)
    if "&" in words:
        raise _refused(variable, text, "may be two people or an organisation", f"{_JOIN}; {_KEEP}")
    parts = [part.strip() for part in (_masked(text) or "").split(",")]
    if not all(parts):
        raise _refused(variable, text, "has a comma with nothing beside it", _JOIN)
    if len(parts) > 3 or (len(parts) == 3 and not _SUFFIX.fullmatch(parts[1])):
        raise _refused(variable, text, "has too many commas for one name", _JOIN)
    name = next(iter(read_names(text)), {})
    is_one_word = name.keys() == {"family"} and len(words) == 1
    return {"literal": name["family"]} if is_one_word else name


def _masked(text: str) -> str | None:
    """The text with ``_`` for all that is in braces; None where a brace lacks its other half.

    >>> _masked("{Quill, Ada} and Roe")
    '____________ and Roe'
    """
    depth, shown = 0, []
    for sign in re.findall(r"\\.|.", text, re.DOTALL):
        depth += sign == "{"
        shown.append("_" * len(sign) if depth else sign)
        depth -= sign == "}"
        if depth < 0:
            return None
    return None if depth else "".join(shown)


def _refused(variable: str, text: str, why: str, hint: str) -> InvalidData:
    shown = text if len(text) <= 80 else text[:79] + "…"
    return InvalidData(f"{variable} {shown!r} {why}", hint=hint)
