"""Markdown of the archive, made into nodes with everything dangerous left out.

Notes are the owner's, but annotations may come from anybody, so one rule holds for both: no HTML,
no file of this machine, no request to another host. What is not on the lists below stays as it was
written, visible and inert, with a warning ``citekit.note`` that names file and line.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from docutils import nodes
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.mdit import create_md_parser
from sphinx.util import logging

from citekit.pages.element import is_web_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
"""A longer note is shown as it was written: the worst of that many signs takes five seconds."""
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
    if len(text) > _MOST_SIGNS:
        _warn(f"more than {_MOST_SIGNS:,} signs", f"{source}:{line}")
        return [nodes.literal_block(text, text, language="none")]
    config = MdParserConfig(enable_extensions=set(_EXTENSIONS), heading_anchors=0)
    parser = create_md_parser(config, _SafeRenderer)
    # no counting: what it defines would clash between the notes of one page
    parser.disable("wordcount", ignoreInvalid=True)
    if is_short:
        parser.disable(["heading", "lheading", "html_block"], ignoreInvalid=True)
        parser.options["citekit_line"] = line
    holder = nodes.section("")
    parser.options["document"] = document
    parser.options["current_node"] = holder
    with _standing_in(document, source):
        parser.render(text)
    return list(holder.children)


class _SafeRenderer(SphinxRenderer):
    """A MyST renderer that knows what a note may do."""

    _depth = 0  # directives that the one being rendered stands in

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
