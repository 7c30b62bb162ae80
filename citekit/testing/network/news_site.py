"""A small news site on loopback, answering as it is told, and what was asked of it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<title>Old pier closed after the storm - The Quay Paper</title>
<meta property="og:site_name" content="The Quay Paper">
<meta property="article:published_time" content="2024-03-02T09:30:00+00:00">
</head><body><article><h1>Old pier closed after the storm</h1>
<p class="byline">By Rosa Lindqvist</p>
<p>The harbour council closed the old pier on Saturday, after the storm of the night had broken
three of its pillars and torn the lamps from their posts, the council said in the morning.</p>
<p>Repairs will begin in {month}. Until then the ferry will use the north quay, where the water is
deep enough, a spokesman told the paper, and nobody will have to walk further than before.</p>
</article></body></html>
"""


def article(month: str = "May") -> bytes:
    """A page of the site; another month makes another page of it."""
    return ARTICLE.format(month=month).encode()


class Answer(Value):
    """What a path answers: a page by default."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = NOTHING


class NewsSite:
    """Its address, what it answers by path (which may change), and the paths that were asked."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []
        self.url = ""


@contextmanager
def serve_news_site(answers: Mapping[str, Answer]) -> Iterator[NewsSite]:
    """The site while it is up, at a free port of 127.0.0.1."""
    site = NewsSite(answers)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer by the path."""
            site.asked.append(self.path)
            answer = site.answers.get(self.path, Answer(body=b"not here", status=404))
            self.send_response(answer.status)
            headers = {"Content-Type": "text/html; charset=utf-8", **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401  # as the base class has it
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
