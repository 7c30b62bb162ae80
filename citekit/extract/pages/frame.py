"""The parts of a page that are not its article: menus, lists of links, comments, footers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_OUTSIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|recommend\w*|sidebar|teasers?|(?<!post-)(?<!entry-)(?<!article-)footer|nav|navigation|menu|promo|most-?read|popular|newsletter|more-?(?:stories|articles|news)"
    r"|trending|read-?(?:more|next)|disqus|cookie|modal|latest|carousel|(?<!elementor-)widget|banner|breadcrumbs?|aside|outbrain|taboola|mehr|weitere|see-also)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|__")


def class_words(names: str) -> str:
    """Names of classes with a hyphen between words that capitals or ``__`` part."""
    return _CAMEL.sub("-", names)


def is_outside(element: HtmlElement) -> bool:
    """Whether an element lies in a part of the page that is not the article."""
    for position, node in enumerate([element, *element.iterancestors()]):
        if position > 40 or node.tag in {"body", "html"}:
            return False
        if node.tag in {"nav", "aside"} or (
            node.tag == "footer"
            and position
            and node.getparent() is not None
            and node.getparent().tag == "body"
        ):
            return True
        label = f"{(node.get('class') or '')[:200]} {(node.get('id') or '')[:200]}"[:200]
        if (
            position < 12
            and _OUTSIDE.search(class_words(label))
            and node.tag not in {"article", "main"}
        ):
            return True
    return False
