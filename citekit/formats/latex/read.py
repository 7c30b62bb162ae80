r"""LaTeX to text: accents and letters as Unicode, styles as CSL-JSON markup.

What has no meaning here (unknown commands, mathematics) stays as it is written, so that nothing
is lost. Braces around words of a title mean "keep the capitals": ``{NATO}`` is read as nocase,
``{{NATO}}`` (what our writer puts around capitals of its own accord) as plain text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from citekit.formats.latex.letters import letter_table

_STYLES: Final = {
    **dict.fromkeys(("emph", "textit", "mkbibemph", "mkbibitalic", "textsl"), ("<i>", "</i>")),
    **dict.fromkeys(("textbf", "mkbibbold"), ("<b>", "</b>")),
    **dict.fromkeys(("textsuperscript", "mkbibsuperscript"), ("<sup>", "</sup>")),
    **dict.fromkeys(("textsubscript", "mkbibsubscript"), ("<sub>", "</sub>")),
    "textsc": ('<span style="font-variant:small-caps;">', "</span>"),
}
_NOCASE: Final = ('<span class="nocase">', "</span>")
_CHARACTERS: Final = {
    **{c: c for c in "#$%&_{}"},
    "-": "\u00ad",
    " ": " ",
    "\\": " ",
    ",": "\u2009",
    "/": "",
}
_LIGATURES: Final = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"))
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)[ \t]*|\\(.)", re.DOTALL)
_PLAIN: Final = re.compile(r"[^\\{}$~`'\-]+")
_BRACE: Final = re.compile(r"[{}]")
_MAX_DEPTH: Final = 40


def read_latex(text: str, *, title: bool = False) -> str:
    r"""The text on one line (``\par`` is a blank line); with ``title`` braces protect capitals.

    >>> read_latex("{\\\"O}zg{\\\"u}r \\& \\emph{Salmonella}")
    'Özgür & <i>Salmonella</i>'
    """
    text = re.sub(r"[ \t\r\n]+", " ", text).strip(" ")
    if not any(sign in text for sign in "\\{}$~`'-"):
        return text
    read = _Reader(text, title=title).run()
    paragraphs = re.sub(r" {2,}", " ", read.strip(" \n")).split("\n\n")
    if len(paragraphs) == 1:
        return paragraphs[0]
    return "\n\n".join(filter(None, (paragraph.strip() for paragraph in paragraphs)))


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

    def formula(self) -> str:
        end = self.text.find("$", self.at + 1)
        end = self.at + 1 if end < 0 else end + 1
        raw, self.at = self.text[self.at : end], end
        return raw

    def command(self) -> str:
        match = _COMMAND.match(self.text, self.at)
        if match is None:
            self.at += 1
            return "\\"
        self.at = match.end()
        name = match[1] or match[2]
        if name in _accents():
            return self.accented(_accents()[name], match[0])
        if match[1] is None:
            return _CHARACTERS.get(name, match[0])
        if name in _STYLES and self.text[self.at : self.at + 1] == "{":
            before, after = _STYLES[name]
            return f"{before}{self.braced()}{after}"
        if name in ("url", "nolinkurl") and self.text[self.at : self.at + 1] == "{":
            return self.address()
        shown = letter_table("symbols").get(name, _letters().get(name))
        if shown is None:
            return self.unknown(match[0])
        if self.text.startswith("{}", self.at):
            self.at += 2
        return shown

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
    special = name in _accents() or name in _letters()
    return special or is_one_group(inner) or (inner.startswith("$") and inner.endswith("$"))


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
