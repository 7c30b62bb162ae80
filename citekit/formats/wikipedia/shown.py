"""What a reader sees of wikitext: links without their targets, templates by what they show.

Parsed by mwparserfromhell (MIT), an optional package.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import MissingExtra
from citekit.formats.wikipedia.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN: Final = {"i": "i", "em": "i", "b": "b", "strong": "b", "sup": "sup", "sub": "sub"}
_HIDDEN: Final = frozenset({"ref", "references", "gallery"})


def parameters_of(template: str) -> list[tuple[str, str]]:
    """Names, in lower case, and what their values show, in order; raises MissingExtra.

    Titles have CSL's mark-up for italics, bold type, super- and subscripts.
    """
    nodes = _parser()(template).nodes
    first = next((node for node in nodes if type(node).__name__ == "Template"), None)
    if first is None:
        return []
    return [(str(one.name).strip().casefold(), _shown(one.value).strip()) for one in first.params]


@cache
def _parser() -> Callable[[str], Any]:
    try:
        import mwparserfromhell
    except ImportError as error:
        raise MissingExtra(
            "mwparserfromhell", extra="wikipedia", purpose="reading citation templates"
        ) from error
    parse: Callable[[str], Any] = mwparserfromhell.parse
    return parse


def _shown(code: Any) -> str:  # noqa: ANN401  # the parser's
    return "".join(map(_node, code.nodes)) if code is not None else ""


def _node(node: Any) -> str:  # noqa: ANN401  # as above
    match type(node).__name__:
        case "Text":
            return str(node.value)
        case "HTMLEntity":
            return str(node.normalize())
        case "Wikilink":
            return _shown(node.text if node.text is not None else node.title)
        case "ExternalLink":
            return _shown(node.title if node.title is not None else node.url)
        case "Tag":
            return _tag(node)
        case "Template":
            return _template(node)
        case "Heading":
            return _shown(node.title)
        case "Argument":
            return _shown(node.default)
        case _:  # comments
            return ""


def _tag(node: Any) -> str:  # noqa: ANN401  # as above
    name = str(node.tag).strip().casefold()
    if name in _HIDDEN:
        return ""
    if name == "br":
        return " "
    inner = str(node.contents or "") if name == "nowiki" else _shown(node.contents)
    style = _SHOWN.get(name)
    return f"<{style}>{inner}</{style}>" if style and inner else inner


def _template(node: Any) -> str:  # noqa: ANN401  # as above
    """What a template in a value shows, as far as it is known."""
    name = re.sub(r"[\s_]+", " ", str(node.name)).strip().casefold()
    values = [_shown(one.value).strip() for one in node.params if not one.showkey]
    shows = table()["inside"].get(name)
    if shows in _SHOWN.values():
        return f"<{shows}>{values[0]}</{shows}>" if values else ""
    if shows == "dates":
        return "-".join(values[:3])
    if shows == "1":
        return values[0] if values else ""
    return shows if shows is not None else (values[-1] if values else "")
