r"""Text to LaTeX: specials escaped, markup as commands, capitals protected.

Whatever the text holds, the result has balanced braces, no line break and no comment sign, so it
cannot leave its field. ``\{`` is never written: BibTeX counts it as a brace.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.formats.latex.letters import to_ascii
from citekit.formats.one_line import fold
from citekit.model.title_markup import Part, read_markup

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPECIALS: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        **{char: "\\" + char for char in "#$%&_"},
        "\u00a0": "~",
        "\u00ad": r"\-",
    }
)
# ``^^5c`` is a backslash to TeX wherever it reads the address as part of an argument
_IN_URL: Final = str.maketrans(
    {char: f"%{ord(char):02X}" for char in [*map(chr, range(33)), "\\", "{", "}", "^", "\x7f"]}
)
_LIGATURES: Final = (
    *(("--", "-{}-"), ("``", "`{}`"), ("''", "'{}'")),
    *(('"`', '"{}`'), ("\"'", "\"{}'")),
)
_WORD: Final = re.compile(r"[^\W_](?:[^\s_()\[\]:;,!?\"“”«»]*[^\W_])?")
_PARAGRAPH: Final = r"\n[ \t]*\n\s*"

COMMANDS: Final[Mapping[str, Mapping[str, str]]] = {
    "biblatex": {"i": "\\mkbibemph", "b": "\\mkbibbold"},
    "bibtex": {"i": "\\emph", "b": "\\textbf"},
}
_SHARED_COMMANDS: Final = {
    "sc": "\\textsc",
    "sup": "\\textsuperscript",
    "sub": "\\textsubscript",
    "nocase": "",
    "nodecor": "\\textnormal",
}


def escape(text: str, *, ascii: bool = False) -> str:  # noqa: A002  # the word users know
    r"""One line of LaTeX for plain text; with ``ascii`` accents become commands.

    >>> escape("50 % of R&D {draft}")
    '50 \\% of R\\&D \\textbraceleft{}draft\\textbraceright{}'
    """
    return _latex(fold(text), ascii=ascii)


def escape_url(url: str) -> str:
    """A URL or DOI for a verbatim field; what could leave the field is percent-encoded.

    >>> escape_url("https://x.org/a_b%20c{d}")
    'https://x.org/a_b%20c%7Bd%7D'
    """
    return fold(url).translate(_IN_URL)


def url_command(url: str, *, in_argument: bool) -> str:
    r"""``\url{…}``; in biblatex a macro's argument, where ``%`` and ``#`` need a backslash."""
    text = escape_url(url)
    if in_argument:
        text = text.replace("%", "\\%").replace("#", "\\#")
    return f"\\url{{{text}}}"


class LatexWriter:
    """Writes the text of fields in one dialect (``biblatex`` or ``bibtex``)."""

    def __init__(self, dialect: str, *, ascii: bool = False) -> None:  # noqa: A002  # as in escape
        self._commands = {**COMMANDS[dialect], **_SHARED_COMMANDS}
        self._ascii = ascii

    def text(self, text: str) -> str:
        """Rich text of a field that keeps its capitals."""
        return self._render(read_markup(fold(text)), protect=False)

    def title(self, text: str) -> str:
        r"""Rich text of a field whose capitals a style may lower: names and acronyms in braces.

        >>> LatexWriter("biblatex").title("Commando battalion to help NATO in <i>Kosovo</i>")
        'Commando battalion to help {{NATO}} in \\mkbibemph{Kosovo}'
        """
        return self._render(read_markup(fold(text)), protect=True)

    def paragraphs(self, text: str) -> str:
        r"""Rich text in which a blank line becomes ``\par``."""
        parts = [part for part in map(self.text, re.split(_PARAGRAPH, text)) if part]
        return " \\par ".join(parts)

    def plain(self, text: str) -> str:
        """Text that is written as it is: markup has no meaning in it."""
        return escape(text, ascii=self._ascii)

    def _render(self, parts: tuple[Part, ...], *, protect: bool) -> str:
        out: list[str] = []
        for part in parts:
            if isinstance(part, str):
                first = not out
                out.append(self._protected(part, first=first) if protect else self._latex(part))
            else:
                inner = self._render(part.parts, protect=protect and not part.style)
                out.append(f"{self._commands[part.style]}{{{inner}}}" if part.style else inner)
        return "".join(out)

    def _protected(self, text: str, *, first: bool) -> str:
        out, done = [], 0
        for start, end in _capital_runs(text, first=first):
            out += [self._latex(text[done:start]), "{{", self._latex(text[start:end]), "}}"]
            done = end
        return "".join([*out, self._latex(text[done:])])

    def _latex(self, text: str) -> str:
        return _latex(text, ascii=self._ascii)


def _latex(text: str, *, ascii: bool) -> str:  # noqa: A002  # as in escape
    text = text.translate(_SPECIALS)
    for plain, split in _LIGATURES:
        while plain in text:
            text = text.replace(plain, split)
    if ascii and not text.isascii():
        text = to_ascii(text)
    return text


def _capital_runs(text: str, *, first: bool) -> list[tuple[int, int]]:
    """Where words with capitals stand; neighbours are one run.

    Every style keeps the case of a title's first letter, so the first word counts only for
    capitals inside it.
    """
    runs: list[tuple[int, int]] = []
    for number, word in enumerate(_WORD.finditer(text)):
        letters = word[0][1:] if first and number == 0 else word[0]
        if not any(char.isupper() for char in letters):
            continue
        if runs and text[runs[-1][1] : word.start()] == " ":
            runs[-1] = (runs[-1][0], word.end())
        else:
            runs.append(word.span())
    return runs
