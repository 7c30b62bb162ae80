"""Whole papers in HTML: Markdown by markdown-it, in which made citations are put at last.

CommonMark with tables, strikethrough, footnotes, definition lists, fenced divs, formulas, and
identifiers of headings. HTML in the paper is shown as it was typed, and never let through.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from citekit.app.rendering.affixes import Aside
from citekit.csl.output.render import output_format, renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token as Block

    from citekit.app.papers.markdown.metadata import Metadata
    from citekit.app.rendering.made import MadePaper
    from citekit.app.rendering.wishes import Wishes
    from citekit.csl.output.tokens import Token

_ATTRIBUTES: Final = re.compile(r"[ \t]*\{([^{}]*)\}[ \t]*\Z")
_ID: Final = re.compile(r"(?<!\S)#([^\s#={}]+)")
_QUOTE: Final = re.compile("[\"']")
_PARAGRAPH_END: Final = re.compile(r"\n[ \t]*\r?\n")
_MOST_QUOTES: Final = 2_000
_PAGE: Final = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ max-width: 42em; margin: 2em auto; padding: 0 1em; line-height: 1.5; }}
.hanging-indent .csl-entry {{ margin-left: 2em; text-indent: -2em; }}
.csl-left-margin {{ float: left; min-width: 2em; }}
.csl-right-inline {{ margin-left: 2.5em; }}
</style>
</head>
<body>
{heading}{body}</body>
</html>
"""


class Signs:
    """Made citations in a paper's Markdown: a sign stands for each until the paper is made."""

    def __init__(self, show: Callable[[Sequence[Token]], str]) -> None:
        self._show = show
        self._made: Aside[str] = Aside()

    def citation(self, tokens: Sequence[Token]) -> str:
        """The sign of a citation."""
        return self.keep(self._show(tokens))

    def keep(self, text: str) -> str:
        """The sign of a finished text."""
        return self._made.keep(text)

    def restore(self, text: str) -> str:
        """A text with all that signs stand for."""
        return self._made.restore(text, str)


class HtmlLook(Signs):
    """Citations and entries in HTML, and the page that they stand in."""

    def __init__(self, aside: Aside[str], wishes: Wishes) -> None:
        self._markdown = parser()
        self._aside = aside
        self._has_targets = wishes.links_citations
        self._render = renderer("html")
        super().__init__(self._shown)

    def bibliography(self, made: MadePaper) -> str:
        """The sign of all entries, a paragraph of its own."""
        entries = [(key, self._entry(key, tokens)) for key, tokens in made.entries]
        return self.keep(output_format("html").bibliography(entries, made.spacing))

    def whole(self, text: str, metadata: Metadata, lang: str) -> str:
        """The page of a paper in which signs stand for its citations."""
        spare_quotes(self._markdown, text)
        html = self._markdown.render(text)
        body = self.restore(html).replace('<p><div class="csl-bib-body', '<div class="csl-bib-body')
        title = escape(metadata.text("title"))
        heading = f'<h1 class="title">{title}</h1>\n' if title else ""
        return _PAGE.format(
            lang=escape(lang),
            title=title or "Paper",
            heading=heading,
            body=body.replace("</div></p>", "</div>"),
        )

    def _entry(self, key: str, tokens: Sequence[Token]) -> str:
        target = f'<span id="{escape(f"ref-{key}")}"></span>' if self._has_targets else ""
        return target + self._shown(tokens)

    def _shown(self, tokens: Sequence[Token]) -> str:
        return self._aside.restore(self._render(tokens), self._markdown.renderInline)


def parser() -> MarkdownIt:
    """What reads a paper's Markdown."""
    made = MarkdownIt("commonmark", {"html": False, "typographer": True})
    made.enable(["table", "strikethrough", "smartquotes"])
    made.use(footnote_plugin).use(deflist_plugin).use(front_matter_plugin)
    made.use(dollarmath_plugin, double_inline=True, renderer=_formula)
    made.use(container_plugin, "div", validate=lambda *_: True)
    made.core.ruler.push("citekit_identifiers", _identify)
    return made


def spare_quotes(markdown: MarkdownIt, text: str) -> None:
    """Leave quotes as they were typed where a paragraph has more of them than any writer's.

    markdown-it looks for the partner of each among all before it, and copies the text for each.
    """
    if any(len(_QUOTE.findall(part)) > _MOST_QUOTES for part in _PARAGRAPH_END.split(text)):
        markdown.disable("smartquotes")


def _formula(text: str, options: dict[str, bool]) -> str:
    """TeX between the marks that scripts for formulas look for."""
    marks = ("\\[", "\\]") if options.get("display_mode") else ("\\(", "\\)")
    return f"{marks[0]}{escape(text.strip())}{marks[1]}"


def _identify(state: object) -> None:
    """Give headings and divs the identifiers that stand in their braces."""
    tokens: list[Block] = state.tokens  # type: ignore[attr-defined]  # StateCore, for any version
    for token, following in pairwise(tokens):
        if token.type == "heading_open" and following.children:
            last = following.children[-1]
            attributes = _ATTRIBUTES.search(last.content) if last.type == "text" else None
            if attributes:
                last.content = last.content[: attributes.start()]
                _set_id(token, attributes[1])
        elif token.type == "container_div_open":
            _set_id(token, token.info.strip().strip("{}"))


def _set_id(token: Block, attributes: str) -> None:
    name = _ID.search(attributes)
    if name:
        token.attrSet("id", name[1])
