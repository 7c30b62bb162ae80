"""Where made citations and their bibliography go in a paper, and what gives way to them.

Pandoc's rules, for every way that a paper takes: the blanks before a mark of a note go, the mark
comes behind the punctuation that follows it, and no full stop stands twice.
Source: Pandoc's User's Guide, "Citations" (``notes-after-punctuation``, "Placement of the
bibliography").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.csl.output.tokens import Close, Open, Token
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.app.rendering.made import MadeCitation
    from citekit.app.rendering.wishes import Wishes

PUNCTUATION: Final = re.compile(r"[.,;:!?…]+")
_TITLES: Final = frozenset({"references", "bibliography", "works cited", "literature cited"})


class Setting(Value):
    """How a citation is set among its neighbours.

    ``tokens`` are its own, perhaps without its last full stop; ``drops_blanks`` those before it.
    Of what follows, ``taken`` signs go: ``before_mark`` is written before the mark instead.
    """

    tokens: tuple[Token, ...]
    drops_blanks: bool = False
    taken: int = 0
    before_mark: str = ""


def setting(made: MadeCitation, following: str, wishes: Wishes, *, is_last: bool) -> Setting:
    """How a citation is set before the text that follows it, in its paragraph.

    ``is_last`` says that nothing follows in the paragraph at all.
    """
    is_mark = made.is_note or made.is_raised
    punctuation = PUNCTUATION.match(following)
    if is_mark and punctuation and wishes.moves(is_note=made.is_note):
        ends_alike = _last_sign(made.name) == punctuation[0][0] == "."
        return Setting(
            tokens=made.tokens,
            drops_blanks=not made.name,
            taken=punctuation.end(),
            before_mark=punctuation[0][1:] if ends_alike else punctuation[0],
        )
    tokens = made.tokens
    if not is_mark and _last_sign(tokens) == ".":
        if following.startswith(".") and not following.startswith(".."):
            return Setting(tokens=tokens, taken=1)
        if made.ends_note and not is_last:
            tokens = _without_last_sign(tokens)
    return Setting(tokens=tokens, drops_blanks=is_mark and not made.name)


def is_title(text: str, title: str) -> bool:
    """Whether a heading is that of the bibliography."""
    said = text.strip().casefold()
    return said in _TITLES or (bool(title) and said == title.strip().casefold())


def _last_sign(tokens: Sequence[Token]) -> str:
    text = next((t for t in reversed(tokens) if isinstance(t, str) and t), "")
    return text[-1:]


def _without_last_sign(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    at = max(i for i, token in enumerate(tokens) if isinstance(token, str) and token)
    text = tokens[at]
    assert not isinstance(text, (Open, Close))  # noqa: S101  # it is the one found above
    return (*tokens[:at], text[:-1], *tokens[at + 1 :])
