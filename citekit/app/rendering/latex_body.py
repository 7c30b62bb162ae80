r"""Papers in LaTeX: the body of a document, without a preamble, to be taken in by ``\input``.

Written are headings, paragraphs, emphasis, code, quotes, lists, definitions, links, pictures,
tables, rules, footnotes and formulas; TeX elsewhere in the paper is text. A formula is TeX already
and passes as it is. Needed are the packages hyperref, and graphicx for pictures.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.rendering.documents import Signs, parser, spare_quotes
from citekit.csl.output.render import output_format, renderer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token as Block

    from citekit.app.papers.markdown.metadata import Metadata
    from citekit.app.rendering.affixes import Aside
    from citekit.app.rendering.made import MadePaper
    from citekit.app.rendering.wishes import Wishes
    from citekit.csl.output.tokens import Token

_TEXT: Final = renderer("latex")
_LEVELS: Final = ("section", "subsection", "subsubsection", "paragraph", "subparagraph")
_MARKS: Final = {
    "paragraph_close": "\n\n",
    "heading_close": "}\n\n",
    "blockquote_open": "\\begin{quote}\n",
    "blockquote_close": "\\end{quote}\n\n",
    "bullet_list_open": "\\begin{itemize}\n",
    "bullet_list_close": "\\end{itemize}\n\n",
    "ordered_list_close": "\\end{enumerate}\n\n",
    "list_item_open": "\\item ",
    "dl_open": "\\begin{description}\n",
    "dl_close": "\\end{description}\n\n",
    "dt_open": "\\item[{",
    "dt_close": "}] ",
    "table_close": "\\end{tabular}\n\n",
    "tr_close": " \\\\\n",
    "thead_close": "\\hline\n",
    "em_open": "\\emph{",
    "em_close": "}",
    "strong_open": "\\textbf{",
    "strong_close": "}",
    "link_close": "}",
    "softbreak": "\n",
    "hardbreak": "\\\\\n",
    "hr": "\\begin{center}\\rule{0.5\\linewidth}{0.5pt}\\end{center}\n\n",
}
_PICTURE: Final = re.compile(r"[\w./ +=,@-]+")
_ALIGNED: Final = {"text-align:right": "r", "text-align:center": "c"}


class LatexLook(Signs):
    """Citations and entries in LaTeX, and the body that they stand in."""

    def __init__(self, aside: Aside[str], wishes: Wishes) -> None:
        self._markdown = parser()
        self._aside = aside
        self._has_targets = wishes.links_citations
        super().__init__(self._shown)

    def bibliography(self, made: MadePaper) -> str:
        """The sign of all entries, a paragraph of its own."""
        hanging = "\\hangindent=2em\\hangafter=1 " if made.spacing.hanging_indent else ""
        entries = [self._entry(key, tokens) for key, tokens in made.entries]
        paragraphs = "\n\n".join(f"\\noindent {hanging}{entry}" for entry in entries)
        return self.keep(paragraphs)

    def whole(self, text: str, metadata: Metadata, lang: str) -> str:
        """The body of a paper in which signs stand for its citations."""
        del metadata, lang
        spare_quotes(self._markdown, text)
        tokens = self._markdown.parse(text)
        return self.restore(_Writer(tokens).text()).rstrip("\n") + "\n"

    def _entry(self, key: str, tokens: Sequence[Token]) -> str:
        target = _link(f"#ref-{key}").replace("\\href{\\#", "\\hypertarget{") + "}"
        return (target if self._has_targets else "") + self._shown(tokens).strip()

    def _shown(self, tokens: Sequence[Token]) -> str:
        text = _TEXT(tokens).replace("\\href{\\#", "\\hyperlink{")
        return self._aside.restore(text, self._inline)

    def _inline(self, text: str) -> str:
        return _Writer(self._markdown.parseInline(text)).text()


class _Writer:
    """Writes tokens of markdown-it, one after the other."""

    def __init__(self, tokens: Sequence[Block]) -> None:
        self.tokens = tokens
        self.notes: dict[int, str] = {}

    def text(self) -> str:
        """All of it; the footnotes, which come last, are read first."""
        body: list[Block] = []
        note: list[Block] | None = None
        for token in self.tokens:
            if token.type == "footnote_open":
                note = []
            elif token.type == "footnote_close" and note is not None:
                self.notes[token.meta.get("id", len(self.notes))] = self._written(note).strip()
                note = None
            else:
                (body if note is None else note).append(token)
        return self._written(body)

    def _written(self, tokens: Sequence[Block]) -> str:
        return "".join(self._each(tokens))

    def _each(self, tokens: Sequence[Block]) -> Iterator[str]:
        cells = 0
        for number, token in enumerate(tokens):
            if token.type == "tr_open":
                cells = 0
            elif token.type in ("td_open", "th_open"):
                yield " & " if cells else ""
                cells += 1
            elif token.type == "table_open":
                yield f"\\begin{{tabular}}{{{_columns(tokens[number:])}}}\n"
            else:
                yield self._one(token)

    def _one(self, token: Block) -> str:
        """A token that stands for itself."""
        if token.hidden:  # the paragraph of a tight list
            return "\n" if token.nesting < 0 else ""
        match token.type:
            case "inline":
                return self._written(token.children or [])
            case "text" | "code_inline" | "html_inline" | "html_block":
                shown = _TEXT([token.content])
                return f"\\texttt{{{shown}}}" if token.type == "code_inline" else shown
            case "heading_open":
                return f"\\{_LEVELS[min(int(token.tag[1]), len(_LEVELS)) - 1]}{{"
            case "ordered_list_open":
                start = int(token.attrs.get("start", 1))
                counter = f"\\setcounter{{enumi}}{{{start - 1}}}\n" if start != 1 else ""
                return f"\\begin{{enumerate}}\n{counter}"
            case "fence" | "code_block":
                return _verbatim(token.content)
            case "link_open":
                return _link(str(token.attrs.get("href", "")))
            case "image":
                return _picture(str(token.attrs.get("src", "")), token.content)
            case "footnote_ref":
                return f"\\footnote{{{self.notes.get(token.meta.get('id', -1), '')}}}"
            case "math_inline" | "math_inline_double" | "math_block" | "math_block_label":
                is_inline = token.type == "math_inline"
                return f"${token.content}$" if is_inline else f"\\[{token.content.strip()}\\]\n\n"
            case _:
                return _MARKS.get(token.type, "")


def _link(address: str) -> str:
    return output_format("latex").marks("link", address, follows=True)[0]


def _picture(source: str, text: str) -> str:
    """A picture of this computer; what is on another one is a link."""
    if _PICTURE.fullmatch(source):
        return f"\\includegraphics{{{source}}}"
    return f"{_link(source)}{_TEXT([text or source])}}}"


def _columns(tokens: Sequence[Block]) -> str:
    """The columns of a table by the cells of its head."""
    columns = ""
    for token in tokens:
        if token.type == "th_open":
            columns += _ALIGNED.get(str(token.attrs.get("style", "")), "l")
        elif token.type == "thead_close":
            break
    return columns


def _verbatim(text: str) -> str:
    """Code as it is; its own end of the environment would end ours."""
    inert = text.replace("\\end{verbatim}", "\\end {verbatim}")
    return f"\\begin{{verbatim}}\n{inert.rstrip()}\n\\end{{verbatim}}\n\n"
