"""The parts of a page that are not its article: menus, lists of links, comments, footers."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_OUTSIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|recommend\w*|sidebar|teasers?|(?<!post-)(?<!entry-)(?<!article-)footer|nav|navigation|menu|promo|most-?read|popular|newsletter|more-?(?:stories|articles|news)"
    r"|trending|read-?(?:more|next)|disqus|cookie|modal|latest|carousel|(?<!elementor-)widget|banner|breadcrumbs?|aside|outbrain|taboola|mehr|weitere|see-also)(?:$|[\s_-])",
    re.IGNORECASE,
)
_APART = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|related|recommend\w*|teasers?|footer|popular|trending|latest"
    r"|read-?(?:more|next)|more-?(?:stories|articles|news)|outbrain|taboola)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MAIN: Final = "data-citekit-main"
_MOST_PARAGRAPHS, _MOST_HEADLINES, _FEW_HEADLINES, _DEEPEST = 3_000, 20, 3, 100
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|__")


def class_words(names: str) -> str:
    """Names of classes with a hyphen between words that capitals or ``__`` part."""
    return _CAMEL.sub("-", names)


def mark_main(root: HtmlElement) -> None:
    """Mark the elements around most paragraphs: "with-sidebar" is the class of no sidebar there.

    What is called comments, menu or the like is only marked where the headline is in it, too; so
    are the elements of an article, and those that hold a paragraph beside the only headline.
    """
    held: Counter[HtmlElement] = Counter()
    paragraphs = list(islice(root.iter("p"), _MOST_PARAGRAPHS))
    for paragraph in paragraphs:
        held.update(islice(paragraph.iterancestors(), _DEEPEST))
    headlines = list(islice(root.iter("h1"), _MOST_HEADLINES))
    around = [set(islice(one.iterancestors(), _DEEPEST)) for one in headlines]
    around = [one for one in around if not any(e.tag in {"nav", "aside"} for e in one)]
    for element, count in held.items():
        holds_headline = any(element in ancestors for ancestors in around)
        if 2 * count >= len(paragraphs) and (
            holds_headline or not _OUTSIDE.search(_label(element))
        ):
            element.set(_MAIN, "")
    for ancestors in around if len(around) <= _FEW_HEADLINES else ():
        for element in ancestors:
            if (len(around) == 1 and held[element]) or _is_in_article(element):
                element.set(_MAIN, "")


def _is_in_article(element: HtmlElement) -> bool:
    return any(node.tag in {"article", "main"} for node in [element, *element.iterancestors()])


def is_outside(element: HtmlElement) -> bool:
    """Whether an element lies in a part of the page that is not the article."""
    for position, node in enumerate([element, *element.iterancestors()]):
        if position > 40 or node.tag in {"body", "html"} or _MAIN in node.attrib:
            return False
        if node.tag in {"nav", "aside"} or (
            node.tag == "footer"
            and position
            and node.getparent() is not None
            and node.getparent().tag == "body"
        ):
            return True
        if position < 12 and _says_outside(_names(node)) and node.tag not in {"article", "main"}:
            return True
    return False


def is_frame(element: HtmlElement) -> bool:
    """Whether an element by itself is a menu, a form, a footer, or a box beside the article.

    Nothing that holds the page's headline or most of its paragraphs is.
    """
    if _MAIN in element.attrib or element.tag in {"html", "body", "main", "article"}:
        return False
    if element.tag in {"nav", "aside", "footer", "form"} or element.get("role") in _ROLES:
        return True
    is_head = element.tag == "header" and element.find(".//h1") is None
    return is_head or _says_outside(_names(element))


_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})


def is_apart(element: HtmlElement) -> bool:
    """Whether an element lies in the page's footer, among readers' comments or other articles."""
    nodes = islice([element, *element.iterancestors()], 40)
    return any(node.tag == "footer" or _APART.search(_label(node)) for node in nodes)


@lru_cache(maxsize=5_000)  # a page has few classes, and each is asked of by all that is inside
def _says_outside(names: str) -> bool:
    return bool(_OUTSIDE.search(class_words(names)))


def _label(element: HtmlElement) -> str:
    """The words of an element's class and id."""
    return class_words(_names(element))


def _names(element: HtmlElement) -> str:
    return f"{(element.get('class') or '')[:200]} {(element.get('id') or '')[:200]}"[:200]
