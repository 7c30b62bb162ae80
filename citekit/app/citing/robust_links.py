"""Robust Links: a reference in HTML tells where a public copy of what it leads to is.

Whoever reads it when the page is gone, and programs that look after links, find the copy and its
day. Source: Robust Links, https://robustlinks.mementoweb.org/spec/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.render.html import quoted

if TYPE_CHECKING:
    from citekit.model.item import ArchivedCopy


def robust_link(text: str, url: str, copy: ArchivedCopy) -> str:
    """A reference in HTML, its link to ``url`` with the copy; the same where it has none."""
    opening = f'<a href="{quoted(url)}"'
    if not url or not copy.url.startswith(("http://", "https://")):
        return text
    told = f' data-originalurl="{quoted(url)}" data-versionurl="{quoted(copy.url)}"'
    if copy.at is not None:
        told += f' data-versiondate="{copy.at:%Y-%m-%d}"'
    return text.replace(f"{opening}>", f"{opening}{told}>")
