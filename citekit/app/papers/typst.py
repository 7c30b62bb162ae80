"""Typst: ``@key``, ``@key[p. 3]`` and ``#cite(<key>)``; and which labels the paper has itself.

A label of a figure or section is written as a key is; Typst wants no name to be both, so what the
paper has a label for is no citation. Source: Typst's reference, "Syntax", "cite", "bibliography".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.papers.found import Found, Spots

if TYPE_CHECKING:
    from citekit.app.papers.found import Spot

_LABEL: Final = r"[\w:.\-]*[\w\-]"
_TOKEN: Final = re.compile(
    r"(?P<skip>\\.|https?://[^\s\]]*|//[^\r\n]*|`{3,}|``|`)"
    r"|(?P<comment>/\*)"
    rf"|(?P<key>@{_LABEL})"
    rf"|(?P<attributed>\battribution:\s*<(?P<source>{_LABEL})>)"
    rf"|(?P<label><{_LABEL}>)"
    r"|(?P<call>(?:#|(?<![\w.-]))(?P<function>cite|bibliography)\(\s*)"
    r"|(?P<file>(?:#|^[ \t]*)(?:include|import)\s*\"(?P<name>[^\"\r\n]*)\")"
    r"|(?P<hash>#(?:(?P<word>[^\W\d][\w-]*)(?:\.[^\W\d][\w-]*)*)?)"
    r"|(?P<sign>[\"()\[\]{}\r\n;])",
    re.DOTALL | re.MULTILINE,
)
_COMMENT: Final = re.compile(r"/\*|\*/")
_ELSE: Final = re.compile(r"\s*else\b")
_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"?', re.DOTALL)
_CITED: Final = re.compile(rf'(?:<({_LABEL})>|label\(\s*"([^"\r\n]*)"|"([^"\r\n]*)")')
_SOURCES: Final = re.compile(r'\(?\s*((?:"[^"\r\n]*"\s*,?\s*)*)')
_STATEMENTS: Final = frozenset(
    "let set show import include if else for while return context".split()  # noqa: SIM905  # words
)
_CLOSES: Final = {"(": ")", "[": "]", "{": "}"}
_MARKUP, _LINE = "]", "\n"


def find_in_typst(text: str) -> Found:
    """What a Typst file cites and reads.

    >>> found = find_in_typst('As @quill[p. 3] says. #cite(<lund>) // @no')
    >>> [cited.key for cited in found.keys]
    ['quill', 'lund']
    """
    reader = _Reader(text)
    reader.run()
    spots = Spots(text)
    return Found(
        keys=spots.keys(reader.keys),
        included=spots.files(reader.files),
        bibliographies=tuple(reader.bibliographies),
        labels=frozenset(reader.labels),
    )


class _Reader:
    """One text from left to right; ``_open`` has the signs that end what is open.

    Markup ends with ``]``, code with ``)``, ``}`` or, of a statement, the line.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: list[Spot] = []
        self.files: list[Spot] = []
        self.bibliographies: list[str] = []
        self.labels: set[str] = set()
        self._open: list[str] = []
        self._after_call = -1

    def run(self) -> None:
        """Read all of it."""
        at = 0
        while (token := _TOKEN.search(self.text, at)) is not None:
            at = self._take(token)

    @property
    def _is_code(self) -> bool:
        return bool(self._open) and self._open[-1] != _MARKUP

    def _take(self, token: re.Match[str]) -> int:
        """Take in a token; where to go on."""
        end = token.end()
        if token["skip"]:
            return self._behind_raw(token) if token["skip"][0] == "`" else end
        if token["comment"]:
            return self._behind_comment(end)
        if token["key"] and not self._is_code:
            self.keys.append((token["key"][1:], token.start()))
        elif token["attributed"] and self._is_code:
            self.keys.append((token["source"], token.start("source") - 1))
        elif token["label"] and not self._is_code:
            self.labels.add(token["label"][1:-1])
        elif token["call"] and self._runs(token["call"]):
            self._open.append(")")
            return self._argument(token["function"], end)
        elif token["file"] and self._runs(token["file"]):
            if not token["name"].startswith("@"):  # a package
                self.files.append((token["name"], token.start("name")))
        elif token["hash"]:
            if token["word"] in _STATEMENTS and not self._is_code:
                self._open.append(_LINE)
            self._after_call = end
        elif token["sign"]:
            return self._sign(token["sign"], token.start())
        return end

    def _runs(self, token: str) -> bool:
        """Whether a word is code: with a ``#`` before it, or where all is code."""
        return token.startswith("#") or self._is_code

    def _sign(self, sign: str, at: int) -> int:
        if sign == '"':
            string = _STRING.match(self.text, at) if self._is_code else None
            return string.end() if string else at + 1
        if sign in _CLOSES:
            if sign == "[" or self._is_code or self._after_call == at:
                self._open.append(_CLOSES[sign])
        elif sign in "\r\n;":
            if self._open and self._open[-1] == _LINE:
                self._open.pop()
        else:
            self._close(sign, at + 1)
        return at + 1

    def _close(self, sign: str, at: int) -> None:
        """A bracket ends what it closes, and a statement in it or before it."""
        if self._open[-1:] == [_LINE] and self._open[-2:-1] == [sign]:
            self._open.pop()
        if self._open[-1:] == [sign]:
            self._open.pop()
        if sign != ")" and self._open[-1:] == [_LINE] and not _ELSE.match(self.text, at):
            self._open.pop()
        self._after_call = at

    def _argument(self, call: str, at: int) -> int:
        """The key of ``cite(``, or the files of ``bibliography(``."""
        if call == "cite":
            cited = _CITED.match(self.text, at)
            if cited:
                self.keys.append((cited[1] or cited[2] or cited[3] or "", at))
            return at
        sources = _SOURCES.match(self.text, at)
        self.bibliographies += re.findall(r'"([^"]*)"', sources[1]) if sources else []
        return at

    def _behind_raw(self, token: re.Match[str]) -> int:
        marks = token["skip"]
        if marks == "``":
            return token.end()
        end = self.text.find(marks, token.end())
        return end + len(marks) if end >= 0 else len(self.text)

    def _behind_comment(self, at: int) -> int:
        depth = 1
        for sign in _COMMENT.finditer(self.text, at):
            depth += 1 if sign[0] == "/*" else -1
            if depth == 0:
                return sign.end()
        return len(self.text)
