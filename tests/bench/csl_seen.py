"""What a reader sees of a formatted reference, as one line of text that can be compared.

Mark-up counts and so do no-break spaces; what nobody can see does not: tags inside their like, tags
around nothing, small capitals on signs without case, any format on a blank, runs of plain blanks.
Each run of signs in one look stands as ``{ib:words}``, plain ones by themselves.
"""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAGS = {"i": "i", "em": "i", "b": "b", "strong": "b", "sup": "^", "sub": "_"}
_STYLES = {
    "font-variant:small-caps": "s",
    "font-variant:normal": "-s",
    "font-style:italic": "i",
    "font-style:oblique": "i",
    "font-style:normal": "-i",
    "font-weight:bold": "b",
    "font-weight:normal": "-b",
    "text-decoration:underline": "u",
    "text-decoration:none": "-u",
}
_CHANGES = frozenset("s")


def seen(markup: str) -> str:
    """The text of some HTML with its visible looks; a block is shown by its class."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return "".join(_runs(reader.signs)).strip()


class _Reader(HTMLParser):
    """Collects each sign with the looks that hold where it stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.signs: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        look = _TAGS.get(tag, "")
        if tag == "span":
            look = _STYLES.get(given.get("style", "").replace(" ", "").rstrip(";"), "")
        if tag == "div":
            self.signs.append((f"<{given.get('class', '')}>", "block"))
        self._open.append((tag, look))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at][0] == tag:
                del self._open[at]
                break
        if tag == "div":
            self.signs.append(("</>", "block"))

    def handle_data(self, data: str) -> None:
        looks: set[str] = set()
        for _, look in self._open:
            if look.startswith("-"):
                looks.discard(look[1:])
            elif look:
                looks.add(look)
        for sign in data:
            shown = looks - _CHANGES if sign.upper() == sign.lower() else looks
            if not sign.isspace():
                self.signs.append((sign, "".join(sorted(shown))))
            elif sign in "\u00a0\u202f":
                self.signs.append((sign, ""))
            elif not (self.signs and self.signs[-1][0] == " "):
                self.signs.append((" ", ""))


def _runs(signs: list[tuple[str, str]]) -> Iterator[str]:
    for look, run in groupby(_without_idle_blanks(signs), key=lambda sign: sign[1]):
        text = "".join(sign for sign, _ in run)
        yield text if look in ("", "block") else f"{{{look}:{text}}}"


def _without_idle_blanks(signs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A blank beside the bound of a block shows nothing."""
    kept: list[tuple[str, str]] = []
    for i, sign in enumerate(signs):
        beside = signs[max(i - 1, 0) : i] + signs[i + 1 : i + 2]
        if sign[0] == " " and any(look == "block" for _, look in beside):
            continue
        kept.append(sign)
    return kept
