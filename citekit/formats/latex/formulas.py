r"""Simple formulas as text: Greek and signs as Unicode, sub- and superscripts as CSL mark-up.

What cannot be shown so (a fraction of sums, a matrix, a command that nobody knows) is left to the
reader of LaTeX, which keeps it as it is written. The names of signs are pylatexenc's.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(r"\\([A-Za-z]+)\s*|\\(.)|\s+|(.)", re.DOTALL)
_FONTS: Final = frozenset(
    [
        "mathrm",
        "mathit",
        "mathsf",
        "mathtt",
        "mathbf",
        "mathnormal",
        "boldsymbol",
        "bm",
        "operatorname",
        "text",
        "textrm",
        "textit",
        "textbf",
        "textsf",
        "mbox",
        "hbox",
        "rm",
        "it",
        "bf",
        "mathop",
        "mathord",
    ]
)
_BLANKS: Final = {**dict.fromkeys(",;: ", " "), "!": "", "/": ""}
_WORDS: Final = {
    "quad": " ",
    "qquad": " ",
    "prime": "′",
    "circ": "°",
    "colon": ":",
    "left": "",
    "right": "",
    "big": "",
    "Big": "",
    "limits": "",
    "displaystyle": "",
    "textstyle": "",
    "lbrace": "{",
    "rbrace": "}",
    "ldots": "…",
    "dots": "…",
    "cdots": "⋯",
    "pounds": "£",
    "degree": "°",
}
_DOUBLE: Final = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
_SPACED: Final = frozenset("=<>≤≥≠≈∼≃≅≡→←↔⇒⇐⇔×±∈∉⊂⊆∪∩∝≪≫↦")
_SIGNS: Final = {"-": "−", "'": "′", "*": "∗", "~": " "}
_CHEMICAL: Final = re.compile(r"[A-Za-z0-9()\[\]+.,=\-]{1,80}")
MOST_SIGNS: Final = 400
"""A formula that is longer is no simple one."""
_MAX_DEPTH: Final = 12


def read_formula(tex: str) -> str | None:
    r"""What a formula (without its ``$``) shows as text; None where it takes more than a line.

    >>> read_formula(r"T_c = 3\%"), read_formula(r"\alpha^{2}"), read_formula(r"\frac{a+b}{c}")
    ('T<sub>c</sub> = 3%', 'α<sup>2</sup>', None)
    """
    if len(tex) > MOST_SIGNS:
        return None
    try:
        shown = "".join(_Formula(tex).pieces())
    except _TooHard:
        return None
    return re.sub(r" {2,}", " ", shown).strip()


def read_chemical(tex: str) -> str | None:
    r"""What ``\ce{…}`` shows, where it is a plain formula; else None.

    >>> read_chemical("H2O"), read_chemical("Ca(OH)2"), read_chemical("A ->[x] B")
    ('H<sub>2</sub>O', 'Ca(OH)<sub>2</sub>', None)
    """
    if not _CHEMICAL.fullmatch(tex) or "->" in tex:
        return None
    return re.sub(r"(?<=[A-Za-z)\]])(\d+)", r"<sub>\1</sub>", tex)


class _TooHard(Exception):
    """The formula is no line of text."""


class _Formula:
    """One pass over a formula."""

    def __init__(self, tex: str, *, is_script: bool = False, depth: int = 0) -> None:
        if depth > _MAX_DEPTH:
            self._give_up()
        self._tokens = list(_TOKEN.finditer(tex))
        self._at = 0
        self._depth = depth
        self._is_script = is_script

    def pieces(self) -> Iterator[str]:
        """The text of each part, in order; raises _TooHard."""
        while self._at < len(self._tokens):
            yield self._piece()

    def _piece(self) -> str:
        token = self._tokens[self._at]
        self._at += 1
        if token[1]:
            return self._command(token[1])
        if token[2]:
            return _BLANKS.get(token[2], token[2] if token[2] in "%$&#_{}" else self._give_up())
        match token[3]:
            case None:
                return ""
            case "{":
                return self._inside(self._group())
            case "}" | "&" | "#" | "$":
                return self._give_up()
            case "_" | "^" as sign:
                return self._script("sub" if sign == "_" else "sup")
            case sign:
                shown = _SIGNS.get(sign, sign)
                return self._spaced(shown)

    def _command(self, name: str) -> str:
        if name in _FONTS:
            return self._inside(self._argument()) if self._next() == "{" else ""
        if name == "mathbb":
            return _DOUBLE.get(self._argument(), "") or self._give_up()
        if name in ("frac", "tfrac", "dfrac"):
            return f"{self._short()}/{self._short()}"
        if name == "sqrt":
            return f"√{self._short()}"
        shown = _WORDS.get(name)
        if shown is None:
            shown = sign_named(name)
        return self._give_up() if shown is None else self._spaced(shown)

    def _script(self, tag: str) -> str:
        inner = self._argument()
        if inner.strip() in (r"\circ", r"\prime"):
            return _WORDS[inner.strip()[1:]]
        if self._is_script:
            return self._give_up()
        shown = "".join(_Formula(inner, is_script=True, depth=self._depth + 1).pieces()).strip()
        return f"<{tag}>{shown}</{tag}>"

    def _spaced(self, sign: str) -> str:
        return f" {sign} " if sign in _SPACED and not self._is_script else sign

    def _short(self) -> str:
        inner = self._argument().strip()
        return inner if re.fullmatch(r"\d{1,4}|[A-Za-z]", inner) else self._give_up()

    def _inside(self, tex: str) -> str:
        inside = _Formula(tex, is_script=self._is_script, depth=self._depth + 1)
        return "".join(inside.pieces())

    def _next(self) -> str:
        self._skip_blanks()
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _skip_blanks(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at][0].isspace():
            self._at += 1

    def _argument(self) -> str:
        """The group or the one token that stands next, as it is written."""
        part = self._next()
        if not part:
            return self._give_up()
        self._at += 1
        return self._group() if part == "{" else part

    def _group(self) -> str:
        """The rest of a group that has been opened."""
        start, depth = self._at, 1
        while self._at < len(self._tokens):
            sign = self._tokens[self._at][3]
            depth += {"{": 1, "}": -1}.get(sign or "", 0)
            self._at += 1
            if depth == 0:
                return "".join(token[0] for token in self._tokens[start : self._at - 1])
        return self._give_up()

    def _give_up(self) -> str:
        raise _TooHard


@cache
def sign_named(command: str) -> str | None:
    r"""The text of a command without an argument (``alpha``); None where nobody knows it."""
    from pylatexenc.latex2text import get_default_latex_context_db

    spec = get_default_latex_context_db().get_macro_spec(command)
    shown = getattr(spec, "simplify_repl", None)
    is_sign = isinstance(shown, str) and bool(shown) and not re.search(r"[%\s]", shown)
    return str(shown) if is_sign else None
