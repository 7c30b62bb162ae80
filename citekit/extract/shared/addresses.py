"""What the address of a page tells: whether two are one page, whether one names an article at all.

These are guesses about pages, looser than `citekit.model.address`, which compares addresses of
captures.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_LONGEST = 2_000
_OWN_NAMES = re.compile(
    r"(?:^|\.)(?:localhost|localdomain|local|lan|home|internal|intranet|corp|private|invalid"
    r"|home\.arpa)$"
)
_DEFAULT_PAGE = re.compile(r"^(?:index|default|home|start)\.[a-z]{2,5}$", re.IGNORECASE)
_LANGUAGE = re.compile(r"^[a-z]{2}(?:[-_][a-z]{2,4})?$", re.IGNORECASE)


def names_page(url: str) -> bool:
    """Whether an address can be cited as that of one page.

    It has to be public and more than the entrance of a site.

    >>> names_page("https://news.example/2024/crane")
    True
    >>> names_page("https://news.example/en/"), names_page("http://localhost:3000/crane")
    (False, False)
    """
    parts = split_address(url)
    if parts is None or not is_public(url):
        return False
    steps = [step for step in parts.path.split("/") if step]
    if steps and _DEFAULT_PAGE.match(steps[-1]):
        steps.pop()
    if steps and _LANGUAGE.match(steps[0]):
        steps.pop(0)
    return bool(steps or parts.query or parts.fragment.startswith(("!", "/")))


def same_page(one: str, other: str) -> bool:
    """Whether two addresses name one page, as far as sites usually have several for it."""
    return _bare(one) == _bare(other)


def split_address(url: str) -> SplitResult | None:
    """The parts of a web address, or None for anything else."""
    try:
        parts = urlsplit(url[:_LONGEST].strip())
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and parts.hostname else None


def is_public(url: str) -> bool:
    """Whether an address is one that others can reach: no private host, no private number."""
    parts = split_address(url)
    host = (parts.hostname or "") if parts else ""
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        return "." in host.strip(".") and not _OWN_NAMES.search(host.strip("."))


def _bare(link: str) -> str:
    path, *rest = re.split(r"[?#]", link, maxsplit=1)
    return re.sub(r"^https?://(?:www\.|m\.)?", "", path if rest else path.rstrip("/"))
