"""HTML tags as text: the one place where an attribute's value is quoted.

White space in a value is written as character references. As it is, docutils would turn it into
blanks, and so would every reader of XML: values that are joined with a tab could not be told apart.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_WHITE_SPACE: Final = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def start_tag(name: str, attributes: Mapping[str, str]) -> str:
    r"""The start tag of an element, in the order of its attributes.

    >>> start_tag("p", {"title": 'a "b"\tc'})
    '<p title="a &quot;b&quot;&#9;c">'
    """
    written = "".join(f' {key}="{quote_attribute(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"


def quote_attribute(value: str) -> str:
    """The value as it stands between double quotes."""
    return html.escape(value, quote=True).translate(_WHITE_SPACE)
