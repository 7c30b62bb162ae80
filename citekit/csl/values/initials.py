"""Given names shortened to initials (CSL 1.0.2 §Name, ``initialize``, ``initialize-with``)."""

from __future__ import annotations

import re

_PIECES = re.compile(r"(<[^>]*>)|([^\s.\-<]+)(\.?)|(\s+)|(-)|\.")


def initials(given: str, mark: str, *, shorten: bool, hyphen: bool) -> str:
    """The given name with initials.

    With ``shorten`` off only what is an initial already gets the mark, which then also stands for a
    hyphen; so the reference processor.

    >>> initials("Jean-Luc Marie", ". ", shorten=True, hyphen=True)
    'J.-L. M.'
    """
    out: list[str] = []
    ended = False  # whether the last piece is an initial, whose mark stands for the space
    for tag, word, dot, space, dash in _PIECES.findall(given):
        if tag:
            if ended and tag.startswith("</"):
                _touch(out)
                ended = False
                out.append(tag)
                out.append(mark[len(mark.rstrip()) :])
            else:
                out.append(tag)
        elif word:
            text, is_initial = _initial(
                word, dot, mark, shorten=shorten, after=out[-1] if out else "", behind_initial=ended
            )
            if ended and not is_initial and not shorten and not out[-1].endswith(" "):
                out.append(" ")
            ended = is_initial
            out.append(text)
        elif dash and out and hyphen and (shorten or not ended):
            _touch(out)
            out.append(dash)
        elif (space or dash) and out and not ended and not out[-1].endswith(" "):
            out.append(" ")
    return "".join(out).strip().removesuffix("-")


def _touch(out: list[str]) -> None:
    """Nothing between an initial and what follows it: a hyphen or a closing tag."""
    if out:
        out[-1] = out[-1].rstrip()


def _initial(
    word: str, dot: str, mark: str, *, shorten: bool, after: str, behind_initial: bool
) -> tuple[str, bool]:
    """One word of a given name as the style wants it, and whether that is an initial."""
    if word[0].islower() and not dot and len(word) > 1:
        if shorten and after == "-" and behind_initial:
            return "", True
        space = "" if not after or after.endswith((" ", "-")) else " "
        return space + word, False  # a particle inside the given name
    if not shorten:
        is_initial = bool(dot) or (len(word) == 1 and word.isupper())
        return (word + mark, True) if is_initial else (word, False)
    if not word[0].isalpha():
        return word + dot, False
    if dot and len(word) > 1:
        return word + mark, True  # an abbreviation such as "Ph."
    capitals = re.match(r"[A-ZÀ-ÖØ-Þ]{2,}(?=[a-zß-öø-ÿ])", word)
    head = capitals[0].capitalize() if capitals else word[0].upper()
    return head + mark, True
