"""Whoever asks sites for pages, politely: one request a host at a time, with pauses, as it is told.

A visitor says who it is, reads ``robots.txt`` once a site and leaves alone what that asks for, and
waits between two requests to one host.
"""

from __future__ import annotations

import time
from typing import Final
from urllib.parse import urlsplit

from citekit.capture.exchange import Exchange, Limits
from citekit.capture.fetch import fetch
from citekit.capture.robots import MOST_BYTES, NOBODY, NOTHING_ASKED, Robots, parse_robots
from citekit.capture.safety import split_url
from citekit.errors import CaptureFailed

PAUSE_S: Final = 1.0
_ROBOTS_LIMITS: Final = Limits(total_s=15.0, silence_s=10.0, size_bytes=MOST_BYTES, redirects=5)


class Visitor:
    """Visits pages one after the other; remembers hosts, and nothing that they said of it."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        ignore_robots: bool = False,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._allow_private = allow_private
        self._ignore_robots = ignore_robots
        self._pause_s = pause_s
        self._robots: dict[str, Robots] = {}
        self._free_at: dict[str, float] = {}

    def visit(self, url: str, *, size_bytes: int = Limits().size_bytes) -> Exchange:
        """The answer to a request for a page, of at most so many bytes; any status is an answer.

        Raises UsageError for what is no web address, CaptureFailed for no answer, one beyond the
        limits, a private address on the way, or a page that the site asks robots to leave alone.
        """
        limits = Limits(size_bytes=size_bytes)
        return fetch(url, limits=limits, allow_private=self._allow_private, before=self._ready)

    def _ready(self, url: str) -> None:
        """Wait until the host may be asked; raises CaptureFailed where it asks us not to."""
        target = split_url(url)
        robots = NOTHING_ASKED if self._ignore_robots else self._robots_of(url)
        if not robots.allows(target.path):
            raise CaptureFailed(
                f"{target.host} asks robots to leave {target.path[:200]} alone (robots.txt)",
                hint="save the page in a browser; or, where you may: --ignore-robots",
            )
        time.sleep(max(0.0, self._free_at.get(target.host, 0.0) - time.monotonic()))
        self._free_at[target.host] = time.monotonic() + max(self._pause_s, robots.delay_s)

    def _robots_of(self, url: str) -> Robots:
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc.lower()}"
        if site not in self._robots:
            self._robots[site] = self._read_robots(f"{site}/robots.txt")
        return self._robots[site]

    def _read_robots(self, url: str) -> Robots:
        """The rules of a site: none where it has no such file, all is forbidden where it fails.

        No answer at all is left to the request itself, which will have none either. Source: RFC
        9309 section 2.3.1.
        """
        try:
            exchange = fetch(url, limits=_ROBOTS_LIMITS, allow_private=self._allow_private)
        except CaptureFailed:
            return NOTHING_ASKED
        if exchange.status == 200:
            return parse_robots(exchange.body.decode("utf-8", "replace"))
        return NOBODY if exchange.status >= 500 else NOTHING_ASKED
