"""Markdown of the archive, made into nodes with everything dangerous left out.

Notes are the owner's, but annotations may come from anybody, so one rule holds for both: no HTML,
no file of this machine, no request to another host. What is not on the lists below stays as it was
written, visible and inert, with a warning ``citekit.note`` that names file and line. So does a note
that costs too much to be read (``_Bounds``): Markdown is parsed and laid out by others, at up to
50 µs a sign.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from markdown_it.rules_core.block import block
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from sphinx.util import logging

from citekit.pages.element import is_web_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.tree import SyntaxTreeNode

logger = logging.getLogger(__name__)

_DOMAINS: Final = ("ck:", "cite:", "footcite:")
_ROLES: Final = frozenset(
    ["cite", "footcite", "abbr", "sub", "sup", "subscript", "superscript", "doc", "ref", "term"]
)
_DIRECTIVES: Final = frozenset(
    [
        "note",
        "tip",
        "hint",
        "important",
        "warning",
        "caution",
        "admonition",
        "seealso",
        "epigraph",
        "list-table",
        "footbibliography",
        "ck:item",
        "ck:timeline",
        "ck:claims",
    ]
)
_MOST_SIGNS: Final = 100_000
_MARKS: Final = "\n!#$%&*+-:<=>@[\\]^_`{|}~"
"""Each may begin something, and is tried for all that it could begin; in prose one in fifty."""
_MARKS_OF_A_PAGE: Final = 8_000
_SIGNS_OF_A_MARK: Final = 12
"""The notes of a page have so many marks, and one for each dozen signs. A mark costs 75 µs."""
_PARTS_OF_A_MARK: Final = 3
"""Blocks, cells, links and words: a table has two for each of its bars."""
_SIGNS_OF_A_PART: Final = 100
"""An address that many links share is written for each; so much of it counts as one more part."""
_MOST_LISTS: Final = 20
"""So many cards, timelines and lists may the notes of a page ask for; one can hold all items."""
_LISTS: Final = frozenset({"footbibliography", "ck:item", "ck:timeline", "ck:claims"})
_MOST_NESTED: Final = 20
"""So deep may directives stand in each other; each one takes a dozen calls of the stack."""
_EXTENSIONS: Final = frozenset(
    {"colon_fence", "deflist"}
)  # no maths: its script is on another host


def render_markdown(
    text: str, document: nodes.document, *, source: Path, line: int = 1, is_short: bool = False
) -> list[nodes.Node]:
    """The nodes of a Markdown text that stands in ``source`` at ``line``.

    Short texts (notes on a passage, one line of a file) have no headings.
    """
    config = MdParserConfig(enable_extensions=set(_EXTENSIONS), heading_anchors=0)
    parser = create_md_parser(config, _SafeRenderer)
    # no counting: what it defines would clash between the notes of one page
    parser.disable("wordcount", ignoreInvalid=True)
    _Bounds.of(document).guard(parser, text)
    if is_short:
        parser.disable(["heading", "lheading", "html_block"], ignoreInvalid=True)
        parser.options["citekit_line"] = line
    holder = nodes.section("")
    parser.options["document"] = document
    parser.options["current_node"] = holder
    with _standing_in(document, source):
        parser.render(text)
    return list(holder.children)


class _Bounds:
    """What is left of the work that the notes of one page may cause; what takes more stays text.

    The contents of a directive are a text of their own, and take from the same.
    """

    def __init__(self) -> None:
        self._signs, self._lists = 0, _MOST_LISTS
        self._marks, self._parts = _MARKS_OF_A_PAGE, _MARKS_OF_A_PAGE * _PARTS_OF_A_MARK

    @classmethod
    def of(cls, document: nodes.document) -> _Bounds:
        """Those of the page that is being read."""
        known: dict[str, Any] = document.settings.env.temp_data
        bounds: _Bounds = known.setdefault("citekit_bounds", cls())
        return bounds

    def guard(self, parser: MarkdownIt, text: str) -> None:
        """Have the parser of one note keep to the bounds, which the note's length widens."""
        self._signs = _MOST_SIGNS
        self._marks += len(text) // _SIGNS_OF_A_MARK
        self._parts += len(text) // _SIGNS_OF_A_MARK * _PARTS_OF_A_MARK
        parser.core.ruler.at("block", self._read_blocks)
        parser.core.ruler.after("inline", "citekit_weigh", self._weigh)

    def take_list(self) -> bool:
        """Whether one more list may be shown; counts it."""
        self._lists -= 1
        return self._lists >= 0

    def take_parts(self, count: int) -> None:
        """Count what was found; raises _TooMuch."""
        if count > self._parts:
            raise _TooMuch("more parts than its length allows")
        self._parts -= count

    def _read_blocks(self, state: StateCore) -> None:
        if state.inlineMode:
            block(state)
            return
        found: list[Token] = _Counted(self)
        try:
            self._take_text(state.src)
            state.md.block.parse(state.src, state.md, state.env, found)
        except _TooMuch as error:
            found = _kept(state.src, str(error))
        state.tokens.extend(found)

    def _take_text(self, text: str) -> None:
        """Count a text that is about to be read; raises _TooMuch."""
        if len(text) > self._signs:
            raise _TooMuch(f"more than {_MOST_SIGNS:,} signs")
        marks = sum(map(text.count, _MARKS))
        if marks > self._marks:
            raise _TooMuch("more signs of Markdown than its length allows")
        self._signs -= len(text)
        self._marks -= marks

    def _weigh(self, state: StateCore) -> None:
        """Count what stands in the blocks."""
        try:
            self.take_parts(sum(map(_weight, _within(state.tokens))))
        except _TooMuch as error:
            state.tokens[:] = _kept(state.src, str(error))


class _TooMuch(Exception):
    """The message says of what."""


class _Counted(list[Token]):
    """Blocks that are counted while they are found.

    The shortest table makes thousands of cells: short rows are filled up.
    """

    def __init__(self, bounds: _Bounds) -> None:
        super().__init__()
        self._bounds = bounds

    def append(self, token: Token) -> None:
        """Raises _TooMuch."""
        self._bounds.take_parts(1)
        super().append(token)


def _within(tokens: Iterable[Token]) -> Iterator[Token]:
    return (child for token in tokens for child in token.children or ())


def _weight(token: Token) -> int:
    return 1 + sum(len(str(value)) for value in token.attrs.values()) // _SIGNS_OF_A_PART


def _kept(text: str, why: str) -> list[Token]:
    """A text as the one block it then is."""
    return [Token("citekit_kept", "", 0, content=text, info=why, map=[0, text.count("\n")])]


class _SafeRenderer(SphinxRenderer):
    """A MyST renderer that knows what a note may do."""

    _depth = 0  # directives that the one being rendered stands in

    def render_citekit_kept(self, token: SyntaxTreeNode) -> None:
        self._keep_as_text(token.content.rstrip("\n"), token.info, token)

    def render_html_block(self, token: SyntaxTreeNode) -> None:
        self._keep_as_text(token.content.rstrip("\n"), "HTML", token)

    def render_html_inline(self, token: SyntaxTreeNode) -> None:
        self.current_node += nodes.Text(token.content)
        self._warn("HTML", token.content, token)

    def render_front_matter(self, token: SyntaxTreeNode) -> None:
        self._warn("front matter", token.content, token)

    def render_restructuredtext(self, token: SyntaxTreeNode) -> None:
        self._keep_as_text(token.content, "reStructuredText", token)

    def render_directive(
        self,
        token: SyntaxTreeNode,
        name: str,
        arguments: str,
        *,
        additional_options: dict[str, str] | None = None,
    ) -> None:
        if name not in _DIRECTIVES:
            self._keep_as_text(token.content, f"the directive {name}", token)
            return
        if self._depth == _MOST_NESTED:
            self._keep_as_text(token.content, f"directives {_MOST_NESTED} deep", token)
            return
        if name in _LISTS and not _Bounds.of(self.document).take_list():
            self._keep_as_text(token.content, f"more than {_MOST_LISTS} lists on a page", token)
            return
        self._depth += 1
        super().render_directive(token, name, arguments, additional_options=additional_options)
        self._depth -= 1

    def render_myst_role(self, token: SyntaxTreeNode) -> None:
        name = token.meta["name"]
        if name in _ROLES or name.startswith(_DOMAINS):
            super().render_myst_role(token)
        else:
            self.current_node += nodes.literal("", token.content)
            self._warn("the role", name, token)

    def render_link(self, token: SyntaxTreeNode) -> None:
        address = str(token.attrGet("href") or "")
        if is_web_address(address) or address.startswith(("mailto:", "#")):
            node = nodes.reference("", "", refuri=address)
            self.add_line_and_source_path(node, token)
            with self.current_node_context(node, append=True):
                self.render_children(token)
        else:
            self.render_children(token)
            self._warn("a link to", address, token)

    def render_image(self, token: SyntaxTreeNode) -> None:
        self.current_node += nodes.Text(f"[image: {token.content}]")
        self._warn("an image", token.content, token)

    def _keep_as_text(self, content: str, what: str, token: SyntaxTreeNode) -> None:
        self.current_node += nodes.literal_block(content, content, language="none")
        self._warn(what, "", token)

    def _warn(self, what: str, content: str, token: SyntaxTreeNode) -> None:
        here = token.map[0] if token.map else self.document.current_line or 1
        line = self.md_options.get("citekit_line", here)
        said = f"{what} {content[:60]!r}" if content else what
        _warn(said, f"{self.document['source']}:{line}")


def _warn(what: str, location: str) -> None:
    logger.warning(
        "a note may not hold %s: it is shown as text",
        what,
        type="citekit",
        subtype="note",
        location=location,
    )


@contextmanager
def _standing_in(document: nodes.document, source: Path) -> Iterator[None]:
    """Let messages name the file the text stands in, and forbid docutils what it can forbid."""
    settings: Any = document.settings
    before = document.get("source"), settings.raw_enabled, settings.file_insertion_enabled
    prefix = settings.id_prefix
    document["source"] = str(source)
    settings.raw_enabled = settings.file_insertion_enabled = False
    settings.id_prefix = "in-note-"  # a heading "Note" or "P3" must not take a page's own anchor
    try:
        yield
    finally:
        document["source"], settings.raw_enabled, settings.file_insertion_enabled = before
        settings.id_prefix = prefix
