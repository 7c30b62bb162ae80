"""Elements as HTML text: the one place of the site where text is quoted for HTML.

White space in a value is written as character references. As it is, docutils would turn it into
blanks, and so would every reader of XML: values that are joined with a tab could not be told apart.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from citekit.model.records.control_characters import REPLACED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.pages.element import Element

_WHITE_SPACE: Final = {**REPLACED, 9: "&#9;", 10: "&#10;", 13: "&#13;"}


def write_element(element: Element) -> str:
    """A ``meta``, ``link`` or ``script`` element; the text of a script is safe already."""
    tag = start_tag(element.tag, element.attributes)
    return f"{tag}{element.text()}</script>" if element.tag == "script" else tag


def start_tag(name: str, attributes: Mapping[str, str]) -> str:
    r"""The start tag of an element, in the order of its attributes.

    >>> start_tag("p", {"title": 'a "b"\tc'})
    '<p title="a &quot;b&quot;&#9;c">'
    """
    written = "".join(f' {key}="{quote(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"


def quote(text: str) -> str:
    """The text as it stands between tags, or between the quotation marks of an attribute."""
    return html.escape(text, quote=True).translate(_WHITE_SPACE)
