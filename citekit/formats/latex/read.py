r"""LaTeX to text: accents and letters as Unicode, styles as CSL-JSON markup.

What is no text (unknown commands, formulas that take more than a line) stays as it is written, so
that nothing is lost. Braces around words of a title mean "keep the capitals": ``{NATO}`` is read as
nocase, ``{{NATO}}`` (what our writer puts around capitals of its own accord) as plain text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from citekit.formats.latex.formulas import read_chemical, read_formula, sign_named
from citekit.formats.latex.letters import letter_table

_STYLES: Final = {
    **dict.fromkeys(("emph", "textit", "mkbibemph", "mkbibitalic", "textsl"), ("<i>", "</i>")),
    **dict.fromkeys(("textbf", "mkbibbold"), ("<b>", "</b>")),
    **dict.fromkeys(("textsuperscript", "mkbibsuperscript"), ("<sup>", "</sup>")),
    **dict.fromkeys(("textsubscript", "mkbibsubscript"), ("<sub>", "</sub>")),
    "textsc": ('<span style="font-variant:small-caps;">', "</span>"),
}
_SWITCHES: Final = {
    **dict.fromkeys(("it", "em", "sl", "itshape", "slshape"), ("<i>", "</i>")),
    **dict.fromkeys(("bf", "bfseries"), ("<b>", "</b>")),
    **dict.fromkeys(("sc", "scshape"), _STYLES["textsc"]),
    **dict.fromkeys(
        [
            "rm",
            "sf",
            "tt",
            "upshape",
            "normalfont",
            "rmfamily",
            "sffamily",
            "ttfamily",
            "mdseries",
            "tiny",
            "small",
            "large",
            "footnotesize",
            "normalsize",
            "boldmath",
            "unboldmath",
            "sloppy",
            "protect",
            "leavevmode",
        ],
        ("", ""),
    ),
}
_SHOWN: Final = {
    **dict.fromkeys(
        [
            "text",
            "textrm",
            "textsf",
            "texttt",
            "textmd",
            "textup",
            "textnormal",
            "textlf",
            "mbox",
            "hbox",
            "mathrm",
            "underline",
            "uline",
            "nolinkurl",
            "nocase",
            "bibstring",
        ],
        ("", ""),
    ),
    **dict.fromkeys(("enquote", "mkbibquote"), ("“", "”")),
    **dict.fromkeys(("enquote*", "mkbibparens"), ("(", ")")),
}
_UNSEEN: Final = frozenset(
    [
        "noopsort",
        "noop",
        "sortnoop",
        "SortNoop",
        "NoOp",
        "printfirst",
        "hspace",
        "vspace",
        "label",
        "color",
    ]
)
_NOCASE: Final = ('<span class="nocase">', "</span>")
_CHARACTERS: Final = {
    **{c: c for c in "#$%&_{}@"},
    "-": "\u00ad",
    " ": " ",
    "\\": " ",
    ",": "\u2009",
    "/": "",
    ";": "\u2009",
    ":": "\u2009",
    "!": "",
}
_LIGATURES: Final = (
    *(("---", "—"), ("--", "–"), ("``", "“"), ("''", "”")),
    *(('"`', "„"), ("\"'", "“")),  # babel's, in German and its neighbours
)
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)[ \t]*|\\(.)", re.DOTALL)
_PLAIN: Final = re.compile(r"[^\\{}$~`'\"\-]+")
_BRACE: Final = re.compile(r"[{}]")
_MAX_DEPTH: Final = 40
_MOST_FORMULA: Final = 4_000
"""Signs of a formula: a dollar that is not closed within so many is a dollar."""


def read_latex(text: str, *, title: bool = False) -> str:
    r"""The text on one line (``\par`` is a blank line); with ``title`` braces protect capitals.

    >>> read_latex("{\\\"O}zg{\\\"u}r \\& \\emph{Salmonella}")
    'Özgür & <i>Salmonella</i>'
    """
    text = re.sub(r"[ \t\r\n]+", " ", text).strip(" ")
    if not any(sign in text for sign in "\\{}$~`'\"-"):
        return text
    text = text_branches(text)
    read = _Reader(text, title=title).run()
    paragraphs = re.sub(r" {2,}", " ", read.strip(" \n")).split("\n\n")
    if len(paragraphs) == 1:
        return paragraphs[0]
    return "\n\n".join(filter(None, (paragraph.strip() for paragraph in paragraphs)))


def text_branches(text: str) -> str:
    r"""The text without its ``\ifmmode``: nothing that is read here stands in a formula.

    >>> text_branches(r"\ifmmode \check{C}\else \v{C}\fi{}apek")
    '\\v{C}apek'
    """
    out, at = [], 0
    while (start := text.find("\\ifmmode", at)) >= 0:
        end = text.find("\\fi", start + len("\\ifmmode"))
        if end < 0:
            break
        other = text.find("\\else", start, end)
        branch = text[other + len("\\else") : end].lstrip() if other >= 0 else ""
        out += [text[at:start], branch]
        at = end + len("\\fi")
        at += 2 if text.startswith("{}", at) else 0
    return "".join([*out, text[at:]])


class _Reader:
    """One pass over the text; groups by recursion of bounded depth."""

    def __init__(self, text: str, *, title: bool) -> None:
        self.text, self.title, self.at, self.depth = text, title, 0, 0

    def run(self) -> str:
        out = []
        while self.at < len(self.text):
            out.append(self.until_brace())
            self.at += 1  # a closing brace too many is dropped
        return "".join(out)

    def until_brace(self) -> str:
        """What stands here up to the brace that closes this group, or the end."""
        out: list[str] = []
        while self.at < len(self.text) and self.text[self.at] != "}":
            out.append(self.one())
        return "".join(out)

    def one(self) -> str:
        """The next run of letters, character, command, group or formula."""
        plain = _PLAIN.match(self.text, self.at)
        if plain:
            self.at = plain.end()
            return plain[0]
        char = self.text[self.at]
        if char == "\\":
            return self.command()
        if char == "{":
            return self.group()
        if char == "$":
            return self.formula()
        for source, shown in _LIGATURES:
            if self.text.startswith(source, self.at):
                self.at += len(source)
                return shown
        self.at += 1
        return "\u00a0" if char == "~" else char

    def group(self) -> str:
        start = self.at
        content = self.braced()
        inner = self.text[start + 1 : self.at - 1]
        if not self.title or not content or self.depth or _protects_nothing(inner):
            return content
        return f"{_NOCASE[0]}{content}{_NOCASE[1]}"

    def braced(self) -> str:
        """The content of the group that opens here; the group is passed."""
        self.at += 1
        self.depth += 1
        content = self.until_brace() if self.depth <= _MAX_DEPTH else self.raw_until_brace()
        self.depth -= 1
        self.at += 1
        return content

    def raw_until_brace(self) -> str:
        end = self.text.find("}", self.at)
        end = len(self.text) if end < 0 else end
        raw, self.at = self.text[self.at : end].replace("{", ""), end
        return raw

    def formula(self, opening: str = "$", closing: str = "$") -> str:
        """What the formula that begins here shows; where that is no text, as it is written."""
        if opening == "$" and self.text.startswith("$$", self.at):
            opening = closing = "$$"
        start = self.at + len(opening)
        end = _end_of_formula(self.text, start, closing)
        if end < 0:
            self.at = start
            return opening
        tex, raw = self.text[start:end], self.text[self.at : end + len(closing)]
        self.at = end + len(closing)
        shown = read_formula(tex) if tex.strip() else None
        return raw if shown is None else shown

    def command(self) -> str:
        match = _COMMAND.match(self.text, self.at)
        if match is None:
            self.at += 1
            return "\\"
        name = match[1] or match[2]
        if name == "(":
            return self.formula("\\(", "\\)")
        self.at = match.end()
        if name in _accents():
            return self.accented(_accents()[name], match[0])
        if match[1] is None:
            return _CHARACTERS.get(name, match[0])
        if self.text[self.at : self.at + 1] == "{" and name != "par":
            shown = self.with_argument(name)
        else:
            shown = self.switched(name)
        if shown is not None:
            return shown
        shown = letter_table("symbols").get(name, _letters().get(name))
        if shown is None and not re.match(r"\{[^}]", self.text[self.at : self.at + 2]):
            shown = sign_named(name)
        if shown is None:
            return self.unknown(match[0])
        if self.text.startswith("{}", self.at):
            self.at += 2
        return shown

    def with_argument(self, name: str) -> str | None:
        """What a command shows of the group behind it; None for one that takes none."""
        if name in _STYLES or name in _SHOWN:
            before, after = _STYLES.get(name) or _SHOWN[name]
            content = self.braced()
            return f"{before}{content}{after}" if content else ""
        if name in _UNSEEN:
            self.braced()
            return ""
        if name == "url":
            return self.address()
        if name in ("href", "textcolor"):
            self.address()
            return self.braced() if self.text[self.at : self.at + 1] == "{" else ""
        if name in ("ce", "ensuremath"):
            return self.group_read_by(name)
        return None

    def group_read_by(self, name: str) -> str | None:
        r"""A formula in a group (``\ce``, ``\ensuremath``); None, and stay, where it is no text."""
        text = self.text[self.at : self.at + _MOST_FORMULA]
        end = closing_brace(text, 0)
        tex, end = text[1:end], self.at + end
        shown = read_chemical(tex) if name == "ce" else read_formula(tex)
        if shown is not None:
            self.at = end + 1
        return shown

    def switched(self, name: str) -> str | None:
        """The rest of the group in the font that a command switches to; None for any other."""
        if name not in _SWITCHES:
            return None
        self.at += self.text.startswith("{}", self.at) and 2
        before, after = _SWITCHES[name]
        if not before:
            return ""
        self.depth += 1
        inside = self.until_brace() if self.depth <= _MAX_DEPTH else self.raw_until_brace()
        self.depth -= 1
        return f"{before}{inside}{after}" if inside.strip() else inside

    def accented(self, mark: str, raw: str) -> str:
        if self.at >= len(self.text) or self.text[self.at] == "}" or self.depth > _MAX_DEPTH:
            return raw
        self.depth += 1
        base = self.one() if self.text[self.at] != "{" else self.braced()
        self.depth -= 1
        base = {"ı": "i", "ȷ": "j"}.get(base, base)
        letter = unicodedata.normalize("NFC", base[:1] + mark)
        return letter + base[1:] if base else raw

    def address(self) -> str:
        end = self.text.find("}", self.at)
        end = len(self.text) if end < 0 else end
        raw, self.at = self.text[self.at + 1 : end], end + 1
        return re.sub(r"\\([%#&_~$])", r"\1", raw)

    def unknown(self, raw: str) -> str:
        """A command nobody knows, with its first argument, as it is written."""
        if self.text[self.at : self.at + 1] != "{":
            return raw
        return f"{raw.rstrip()}{{{self.braced()}}}"


def _protects_nothing(inner: str) -> bool:
    """Whether a group is ``{{…}}``, a special character or a formula."""
    command = _COMMAND.match(inner)
    name = (command[1] or command[2]) if command else ""
    special = any(
        name in known for known in (_accents(), _letters(), _SWITCHES, letter_table("symbols"))
    )
    return special or is_one_group(inner) or (inner.startswith("$") and inner.endswith("$"))


def _end_of_formula(text: str, start: int, closing: str) -> int:
    """Where a formula ends; -1 where nothing ends it near enough to be one."""
    end = text.find(closing, start, start + _MOST_FORMULA)
    while end > start and closing[0] == "$" and text[end - 1] == "\\":  # a dollar as text
        end = text.find(closing, end + 1, start + _MOST_FORMULA)
    return end


def is_one_group(text: str) -> bool:
    """Whether the text is one group in braces.

    >>> is_one_group("{NATO}"), is_one_group("{A} {B}")
    (True, False)
    """
    return text.startswith("{") and closing_brace(text, 0) == len(text) - 1


def closing_brace(text: str, opening: int) -> int:
    """Where the group that opens at ``opening`` closes; the end where it does not."""
    depth = 0
    for brace in _BRACE.finditer(text, opening):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return len(text)


@cache
def _accents() -> dict[str, str]:
    return {sign: mark for mark, sign in letter_table("accents").items()}


@cache
def _letters() -> dict[str, str]:
    return {name: letter for letter, name in letter_table("letters").items()}
