"""What every page's head gets: our style sheet and script, and the page's own metadata."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import escape
from sphinx.util.osutil import relative_uri

from citekit.model.value import replace
from citekit.pages.element import Element, is_web_address
from citekit.pages.html import start_tag, write_element
from citekit.sphinx.books import is_book
from citekit.sphinx.config import read_config
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.staging import SUFFIX

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

ASSETS: Final = Path(__file__).parent / "assets"
_PRIVATE: Final = "This build holds restricted text. It is for you alone: do not publish it."


def add_assets(app: Sphinx) -> None:
    """Serve our style sheet and script with the site."""
    if app.builder.format != "html":
        return
    app.config.html_static_path.append(str(ASSETS))
    app.add_css_file("citekit.css")
    app.add_js_file("citekit.js", loading_method="defer")


def fill_head(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add the page's metadata; on a private build also the banner and ``noindex``."""
    del templatename
    config = read_config(app)
    if not config.has_pages:
        return  # a page of the author's own stays as it is
    _name_in_words(context)
    lines = [*_own_lines(app, pagename, context, doctree), *_icon(context)]
    if config.with_restricted:
        lines.append('<meta name="robots" content="noindex, nofollow, noarchive">')
        banner = f'<p class="ck-banner" role="alert">{_PRIVATE}</p>'
        # pages without a body of their own (search, index) have a place that Furo offers
        place = "body" if "body" in context else "theme_announcement"
        context[place] = banner + str(context.get(place) or "")
    if not is_book(app):  # no machine visits a book, and its pages are XML
        context["metatags"] = "\n".join([str(context.get("metatags") or ""), *lines])
    if str(context.get("page_source_suffix", "")) == SUFFIX:
        context["sourcename"] = ""  # a staged page is no source that a reader could use


def _own_lines(
    app: Sphinx, pagename: str, context: dict[str, Any], doctree: nodes.document | None
) -> list[str]:
    """What the page's maker put into its head, and where it will stand."""
    staged: list[Any] = doctree.get("citekit_head", []) if doctree is not None else []
    here = app.builder.get_target_uri(pagename)
    lines = [write_element(_from_here(Element.from_json(data), pagename, here)) for data in staged]
    base = ArchiveDomain.of(app.env).library.address
    if base and lines:
        address = f"{base}{here}"
        lines.append(start_tag("meta", {"property": "og:url", "content": address}))
        if not context.get("pageurl"):
            lines.append(start_tag("link", {"rel": "canonical", "href": address}))
    return lines


def _from_here(element: Element, pagename: str, here: str) -> Element:
    """A link to a file beside the page, as seen from where a builder puts the page."""
    href = element.attributes.get("href", "")
    if element.tag != "link" or not href or is_web_address(href):
        return element
    target = posixpath.normpath(posixpath.join(posixpath.dirname(pagename), href))
    return replace(element, attributes={**element.attributes, "href": relative_uri(here, target)})


def _icon(context: dict[str, Any]) -> list[str]:
    """Ours where the site has none: else every browser asks the server for one that is absent."""
    if context.get("favicon_url"):
        return []
    icon = context["pathto"]("_static/citekit.svg", resource=True)
    return [start_tag("link", {"rel": "icon", "type": "image/svg+xml", "href": icon})]


def _name_in_words(context: dict[str, Any]) -> None:
    """Let no theme read the project's name as HTML: it may be the title of a stranger's archive.

    Sphinx calls a project's name text and a site's title HTML. Where the title is made of the name,
    as it is by default, it is words, too. Any other title is its author's own HTML.
    """
    name = str(context.get("project") or "")
    is_plain = escape(name) == name
    is_one_page = context.get("docstitle") is None  # singlehtml: the site's title is the page's
    for place in ("project", "title" if is_one_page else "docstitle", "shorttitle"):
        value = context.get(place)
        if not is_plain and isinstance(value, str) and name in value:
            context[place] = escape(value)  # marked, so that a template which escapes leaves it
