r"""The prose of LaTeX, with ``\enquote``, csquotes' quotations and quoting environments.

Source: csquotes manual, §3 and §5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.auditing.prose.text import Cite, Mask, Prose, closing, paragraphs, within
from citekit.app.papers.latex import CiteCommand, cite_commands, without_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.auditing.prose.text import Range, Spot

_BEGIN: Final = re.compile(r"\\begin\s*\{document\}")
_MARKS: Final = (
    (re.compile(r"``|\\textquotedblleft(?:\{\})?"), "“"),
    (re.compile(r"''|\\textquotedblright(?:\{\})?"), "”"),
    (re.compile(r"\\(?:glqq|quotedblbase)(?![A-Za-z])(?:\{\})?|\"`"), "„"),
    (re.compile(r"\\grqq(?![A-Za-z])(?:\{\})?|\"'"), "“"),
    (re.compile(r"\\(?:flqq|og|guillemotleft)(?![A-Za-z])(?:\{\})?|\"<|<<"), "«"),
    (re.compile(r"\\(?:frqq|fg|guillemotright)(?![A-Za-z])(?:\{\})?|\">|>>"), "»"),
    (re.compile(r"(?<!`)`(?!`)"), "‘"),
)
_ENQUOTE: Final = re.compile(r"\\(?:enquote|foreignquote\{[^{}]*\})(\*?)\s*(?=\{)")
_QUOTE: Final = re.compile(r"\\(?:text|block)quote\*?\s*((?:\[[^\[\]]*\]\s*)*)(?=\{)")
_ENVIRONMENT: Final = re.compile(
    r"\\begin\s*\{(quote|quotation|displayquote|displaycquote)\}(.*?)\\end\s*\{\1\}", re.DOTALL
)
_ARGUMENTS: Final = re.compile(r"(?:\[[^\[\]]*\])*\{[^{}]*\}(?:\[[^\[\]]*\])?")
_ACCENT: Final = re.compile(r"\\[\"'`^~=.]|\\[%&$#_{}]")
_NO_TEXT: Final = re.compile(
    r"\\(?:label|ref|eqref|[cC]ref|autoref|pageref|url|includegraphics|input|include|index|vspace"
    r"|hspace|bibliography|bibliographystyle|begin|end|gls|printbibliography)\*?"
    r"(?:\[[^\[\]]*\])?(?:\{[^{}]*\})?"
)
_NARRATIVE: Final = re.compile(r"(?i)textcite|citet|citeauthor|citealt|volcitet|shortcite")


def prose_of_latex(text: str, spots: Sequence[Spot]) -> Prose:
    """The prose of a LaTeX text that cites at these spots."""
    shown = without_hidden(text).ljust(len(text))
    commands = list(cite_commands(shown))
    marked, bound = _quoted_by_commands(shown, commands, spots)
    cites = list(_cites(shown, commands, spots))
    content = Mask(shown)
    begin = _BEGIN.search(shown)
    if begin:
        content.blank(0, begin.end())
    for command in commands:
        content.drop(command.start, command.end)
    displayed = []
    for found in _ENVIRONMENT.finditer(shown):
        start = found.start(2)
        if found[1] == "displaycquote" and (arguments := _ARGUMENTS.match(shown, start)):
            inside = cites_of(shown, start, arguments.end(), spots)
            bound.append((arguments.end(), inside))
            content.drop(start, arguments.end())
            start = arguments.end()
        displayed.append((start, found.end(2)))
    content.drop_all(_NO_TEXT)
    mask = Mask(str(content))
    _set_marks(mask)
    done = str(mask)
    return Prose(
        text=done,
        content=str(content),
        blocks=tuple(paragraphs(done)),
        displayed=tuple(displayed),
        marked=tuple(marked),
        bound=tuple(bound),
        cites=tuple(sorted(cites, key=lambda cite: cite.start)),
        is_latex=True,
    )


def command_cites(text: str, spots: Sequence[Spot]) -> Iterator[Cite]:
    """What commands of LaTeX cite in a text that is no LaTeX else."""
    if "\\" in text:
        yield from _cites(text, list(cite_commands(text)), spots)


def cites_of(
    text: str, start: int, end: int, spots: Sequence[Spot]
) -> tuple[Cite, ...]:  # fmt: skip
    """The keys in a range as one citation, with the last option as what stands behind them."""
    options = re.findall(r"\[([^\[\]]*)\]", text[start:end])
    rest = f", {options[-1]}" if options and options[-1] else ""
    return tuple(
        Cite(key=key, at=at, start=start, end=end, rest=rest.replace("~", " ").replace(r"\,", " "))
        for key, at in within(spots, start, end)
    )


def _cites(
    text: str, commands: Sequence[CiteCommand], spots: Sequence[Spot]
) -> Iterator[Cite]:  # fmt: skip
    for command in commands:
        is_narrative = _NARRATIVE.search(command.name) is not None
        for cite in cites_of(text, command.start, command.end, spots):
            yield Cite(**{**cite.__dict__, "is_narrative": is_narrative})


def _quoted_by_commands(
    text: str, commands: Sequence[CiteCommand], spots: Sequence[Spot]
) -> tuple[list[Range], list[tuple[int, tuple[Cite, ...]]]]:
    r"""What ``\textquote``, ``\textcquote`` and their kin quote, and what that is cited from."""
    marked: list[Range] = []
    bound: list[tuple[int, tuple[Cite, ...]]] = []
    for command in commands:
        if command.name.lower().endswith("cquote"):
            brace = re.compile(r"\s*(?:\[[^\[\]]*\]\s*)*\{").match(text, command.end)
            if brace:
                marked.append((brace.end(), closing(text, brace.end() - 1, "{}") - 1))
                bound.append((brace.end(), cites_of(text, command.start, command.end, spots)))
    for quote in _QUOTE.finditer(text):
        body = (quote.end() + 1, closing(text, quote.end(), "{}") - 1)
        marked.append(body)
        if inside := cites_of(text, *quote.span(1), spots):
            bound.append((body[0], inside))
    return marked, bound


def _set_marks(mask: Mask) -> None:
    """Put the marks that a reader sees in the place of commands."""
    text = str(mask)
    for quote in _ENQUOTE.finditer(text):
        end = closing(text, quote.end(), "{}")
        mask.put(quote.start(), "‘" if quote[1] else "“", quote.end() + 1 - quote.start())
        mask.put(end - 1, "’" if quote[1] else "”")
    mask.drop_all(_ACCENT)
    for pattern, sign in _MARKS:
        for match in pattern.finditer(str(mask)):
            mask.put(match.start(), sign, match.end() - match.start())
