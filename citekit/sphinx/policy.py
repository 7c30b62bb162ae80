"""What a page may run and load, said in the page itself: a Content-Security-Policy.

Scripts and styles come from the site's own files. What a theme writes into its pages is allowed by
its hash, found anew for each page, so that no version of a theme has to be known. Only what the
theme writes when it has nothing of ours to show is the theme's own: a script that came with a title
or a text is not among it, gets no hash, and does not run.

A style attribute that only gives sizes is allowed, too: docutils writes one for a picture or a
column of a table. ``_headers`` in the site's folder has one policy for all its pages.

Source: Content Security Policy Level 3, W3C.
"""

from __future__ import annotations

import html
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sphinx.application import TemplateBridge

from citekit.model.value import Value
from citekit.pages.html import start_tag
from citekit.sphinx.books import is_site
from citekit.sphinx.config import read_config

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sphinx.application import Sphinx

HEADERS: Final = "_headers"
# A page opened from disk has no host that 'self' could name in every browser; a page from a server
# can load no file.
_OWN: Final = "'self' file:"
# What themes show that is not their own. Empty, the page is what the theme itself writes.
_CONTENT: Final = (
    *("body", "toc", "title", "docstitle", "shorttitle", "project", "metatags", "copyright"),
    *("furo_navigation_tree", "theme_announcement", "meta", "display_toc", "version", "release"),
)
_LISTS: Final = ("parents", "rellinks", "genindexentries", "content", "toctree_entries")
_PART: Final = re.compile(
    r"<(script|style)((?:\s[^<>]*)?)>(.*?)(?:</\1\s*>|\Z)|\sstyle\s*=\s*(?:\"([^\"]*)\"|'([^']*)')",
    re.DOTALL | re.IGNORECASE,
)
_DATA: Final = re.compile(r"\ssrc\s*=|\stype\s*=\s*[\"']?application/(?:ld\+)?json", re.IGNORECASE)
_SIZES: Final = re.compile(
    r"\s*(?:(?:max-)?(?:width|height)\s*:\s*[\d.]+(?:%|px|em|rem|ex)?\s*;?\s*)+"
)
_CHARSET: Final = re.compile(r"<meta charset=[^>]*>", re.IGNORECASE)
_META: Final = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_HEAD_BYTES: Final = 1 << 14


class Inline(Value):
    """The hashes of what stands in a page: scripts, style sheets, style attributes."""

    scripts: frozenset[str] = frozenset()
    styles: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()

    def and_also(self, other: Inline) -> Inline:
        """What is in either of them."""
        return Inline(
            scripts=self.scripts | other.scripts,
            styles=self.styles | other.styles,
            attributes=self.attributes | other.attributes,
            sizes=self.sizes | other.sizes,
        )

    def is_within(self, other: Inline) -> bool:
        """Whether the other one has all that is here, sizes apart."""
        return (
            self.scripts <= other.scripts
            and self.styles <= other.styles
            and self.attributes <= other.attributes
        )


def inline_of(page: str) -> Inline:
    """What stands in the HTML of a page and needs a hash; data for machines needs none."""
    found: dict[str, set[str]] = {"script": set(), "style": set(), "": set(), "size": set()}
    for part in _PART.finditer(page):
        if part[1] is None:
            text = html.unescape(part[4] if part[4] is not None else part[5])
            found["size" if _SIZES.fullmatch(text) else ""].add(_hash(text))
        elif not _DATA.search(part[2]):
            found[part[1].lower()].add(_hash(part[3]))
    scripts, styles, attributes, sizes = map(frozenset, found.values())
    return Inline(scripts=scripts, styles=styles, attributes=attributes, sizes=sizes)


def _hash(text: str) -> str:
    # a browser reads every line end as a line feed before it counts the bytes
    data = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    return f"'sha256-{b64encode(sha256(data).digest()).decode()}'"


def write_policy(allowed: Inline, hosts: Iterable[str] = (), *, own: str = _OWN) -> str:
    """The policy: our own files, these inline parts, and what is asked of these hosts."""
    attributes = allowed.attributes | allowed.sizes
    extra = " ".join(hosts)
    parts = {
        "default-src": ("'none'",),
        "script-src": (own, *sorted(allowed.scripts), extra),
        "style-src": (
            *(own, *sorted(allowed.styles | attributes), extra),
            "'unsafe-hashes'" if attributes else "",
        ),
        "img-src": (own, "data:", extra),
        "font-src": (own, "data:", extra),
        "connect-src": (own, extra),
        "media-src": (own, extra),
        "frame-src": (extra or "'none'",),
        "base-uri": ("'none'",),
        "form-action": (own,),
        "object-src": ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(filter(None, said))}" for name, said in parts.items())


class GuardedTemplates(TemplateBridge):
    """A theme's templates; each page comes out with its policy at the head."""

    def __init__(self, inner: Any, hosts: tuple[str, ...]) -> None:  # noqa: ANN401  # any bridge
        self._inner = inner
        self._hosts = hosts
        self._known: dict[str, Inline] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever a theme asks of its bridge
        return getattr(self._inner, name)

    def init(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        """Done already: the bridge inside was made by Sphinx."""
        self._inner.init(*given, **named)

    def newest_template_mtime(self) -> float:
        """When a template has changed last, in seconds since 1970."""
        return float(self._inner.newest_template_mtime())

    def render(self, template: str, context: dict[str, Any]) -> str:  # type: ignore[override]  # None there
        """The page of a template with its policy; other files as they are."""
        page = str(self._inner.render(template, context))
        if not template.endswith(".html") or not _CHARSET.search(page):
            return page
        stands = inline_of(page)
        own = self._known.get(template, Inline())
        if not stands.is_within(own):
            own = own.and_also(inline_of(self._inner.render(template, _without_content(context))))
            self._known[template] = own
        allowed = Inline(
            scripts=stands.scripts & own.scripts,
            styles=stands.styles & own.styles,
            attributes=stands.attributes & own.attributes,
            sizes=stands.sizes,
        )
        return with_policy(_with_levels(page), write_policy(allowed, self._hosts))

    def render_string(self, template: str, context: dict[str, Any]) -> str:
        """Text from a template that is given as text."""
        return str(self._inner.render_string(template, context))


def _with_levels(page: str) -> str:
    """The page with a level for Sphinx's captions of contents, which are headings by role alone.

    Source: WAI-ARIA 1.2, role heading: an aria-level is required.
    """
    return page.replace(' role="heading">', ' role="heading" aria-level="2">')


def _without_content(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context of a page that shows nothing: no text, no title, no neighbours."""
    blank: dict[str, Any] = {name: "" for name in _CONTENT if name in context}
    blank |= {name: [] for name in _LISTS if name in context}
    blank |= {name: None for name in ("prev", "next") if name in context}
    if "toctree" in context:
        blank["toctree"] = lambda **_named: ""
    return {**context, **blank}


def with_policy(page: str, policy: str) -> str:
    """The page with its policy before anything that it is about."""
    meta = start_tag("meta", {"http-equiv": "Content-Security-Policy", "content": policy})
    return _CHARSET.sub(lambda charset: f"{charset[0]}\n    {meta}", page, count=1)


def guard_pages(app: Sphinx) -> None:
    """Let the pages of a site come out with their policy."""
    if is_site(app.builder) and read_config(app).has_pages:
        builder: Any = app.builder
        builder.templates = GuardedTemplates(builder.templates, _hosts(app))


def write_headers(app: Sphinx, error: Exception | None) -> None:
    """Write the policy of all pages together, for hosts that read ``_headers``."""
    if error is not None or not is_site(app.builder) or not read_config(app).has_pages:
        return
    output = Path(app.outdir)
    said = [_policy_of(path) for path in sorted(output.rglob("*.html"))]
    policy = _together(policy for policy in said if policy)
    lines = ["/*", f"  Content-Security-Policy: {policy}; frame-ancestors 'none'"]
    lines += ["  X-Content-Type-Options: nosniff", "  Referrer-Policy: no-referrer"]
    text = "\n".join(lines) + "\n"
    path = output / HEADERS
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8", newline="\n")


def _hosts(app: Sphinx) -> tuple[str, ...]:
    return tuple(str(host) for host in app.config.citekit_allowed_hosts)


def _policy_of(path: Path) -> str | None:
    with path.open("rb") as file:
        found = _META.search(file.read(_HEAD_BYTES).decode("utf-8", "replace"))
    return html.unescape(found[1]) if found else None


def _together(policies: Iterable[str]) -> str:
    """One policy that allows what any of them does; a server needs no ``file:``."""
    parts: dict[str, dict[str, None]] = {}
    for policy in policies:
        for part in policy.split("; "):
            name, *said = part.split(" ")
            parts.setdefault(name, {}).update(dict.fromkeys(said))
    return "; ".join(
        " ".join([name, *(word for word in said if word != "file:")])
        for name, said in parts.items()
    )
