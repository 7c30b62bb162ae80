"""Fetching: real servers on loopback, those that answer and those that attack."""

from __future__ import annotations

import gzip
import http.server
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from citekit.capture.exchange import Exchange, Limits
from citekit.capture.fetch import fetch
from citekit.errors import CaptureFailed
from citekit.integrity.digest import digest_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGE = b"<html><title>The harbour</title><p>It closed at dusk.</p></html>"
BOMB = gzip.compress(bytes(30_000_000))


class _Handler(http.server.BaseHTTPRequestHandler):
    """A small site: pages, redirects, and every bad habit by its path."""

    def do_GET(self) -> None:
        """Answer by the path's first word."""
        name = self.path.strip("/").partition("?")[0].partition("/")[0].replace("-", "_")
        getattr(self, f"_{name}", self._missing)()

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for header, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _page(self) -> None:
        self._send(200, PAGE, Content_Type="text/html; charset=utf-8",
                   Set_Cookie="session=secret", X_Csrf_Token="secret")  # noqa: S106  # fmt: skip

    def _missing(self) -> None:
        self._send(404, b"nothing here")

    def _moved(self) -> None:
        self._send(301, Location="/step?to=page")

    def _step(self) -> None:
        self._send(302, Location="page#top")

    def _circle(self) -> None:
        self._send(302, Location="/circle")

    def _far(self) -> None:
        number = int(self.path.rpartition("/")[2])
        self._send(302, Location=f"/far/{number + 1}")

    def _file(self) -> None:
        self._send(302, Location="file:///etc/passwd")

    def _inside(self) -> None:
        self._send(302, Location="http://169.254.169.254/latest/meta-data")

    def _gzip(self) -> None:
        self._send(200, gzip.compress(PAGE), Content_Encoding="gzip")

    def _bomb(self) -> None:
        self._send(200, BOMB, Content_Encoding="gzip")

    def _compress(self) -> None:
        self._send(200, b"??", Content_Encoding="compress")

    def _large(self) -> None:
        self._send(200, bytes(2_000_000))

    def _short(self) -> None:
        self._send(200, PAGE, Content_Length=str(len(PAGE) + 100))

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 10_000)

    def _dribble(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(600):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def _slow_head(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(600):
            self.wfile.write(b"X-%d: y\r\n" % number)
            self.wfile.flush()
            time.sleep(0.05)

    def _hang(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        time.sleep(8)

    def _garbage(self) -> None:
        self.wfile.write(b"\x00\xff" * 100 + b"\r\n")

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:  # noqa: ANN401
        """A client that hangs up is what some tests want."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the small site."""
    with _serving(_Handler) as address:
        yield address


@contextmanager
def _serving(handler: Callable[..., Any]) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _get(url: str, **limits: Any) -> Exchange:  # noqa: ANN401
    return fetch(url, allow_private=True, limits=Limits(**{"total_s": 10.0, **limits}))


def test_a_page_with_its_facts(site: str) -> None:
    """Bytes, status, address and headers, and no secret of the server among them."""
    exchange = _get(f"{site}/page")
    assert (exchange.status, exchange.body, exchange.address) == (200, PAGE, "127.0.0.1")
    assert exchange.media_type == "text/html"
    assert exchange.scrubbed == ("set-cookie", "x-csrf-token")
    assert "secret" not in repr(exchange.headers)
    assert _get(f"{site}/none").status == 404


def test_redirects_are_followed_and_told(site: str) -> None:
    """Relative ones too; the final address has no fragment."""
    exchange = _get(f"{site}/moved")
    assert exchange.body == PAGE
    assert exchange.redirects == (f"{site}/step?to=page", f"{site}/page")
    assert exchange.final_url == f"{site}/page"


def test_an_encoding_that_was_not_asked_for_is_undone(site: str) -> None:
    """The body is that of the page, not of its packing."""
    assert _get(f"{site}/gzip").body == PAGE


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("circle", "circles"),
        ("far/0", "too often"),
        ("file", "leads to not a web address"),
        ("bomb", "larger"),
        ("large", "larger"),
        ("endless", "larger"),
        ("short", "cut off"),
        ("compress", "not asked for"),
        ("garbage", "no answer"),
    ],
)
def test_bad_answers_are_refused(site: str, path: str, message: str) -> None:
    """Loops, other schemes, bombs, endless, short and broken answers end within the limits."""
    with pytest.raises(CaptureFailed, match=message):
        _get(f"{site}/{path}", size_bytes=1_000_000)


@pytest.mark.parametrize("path", ["dribble", "slow-head", "hang"])
def test_slow_answers_are_cut(site: str, path: str) -> None:
    """A server that sends one byte at a time gets no more than the time that was given."""
    begin = time.monotonic()
    with pytest.raises(CaptureFailed):
        _get(f"{site}/{path}", total_s=0.7)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]"],
)  # fmt: skip
def test_private_hosts_are_refused_in_every_spelling(site: str, host: str) -> None:
    """However loopback is written, nothing is asked there without leave."""
    port = site.rpartition(":")[2]
    with pytest.raises(CaptureFailed, match=r"private address|no such host"):
        fetch(f"http://{host}:{port}/page")


def test_a_redirect_to_a_private_address_is_refused(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each hop is judged anew: a public host that sends us inside gets no further."""
    port = int(site.rpartition(":")[2])
    names = {"public.example": "203.0.114.7"}
    asked: list[str] = []
    connect = socket.create_connection

    def look_up(host: str, *_: Any, **__: Any) -> list[Any]:  # noqa: ANN401
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names.get(host, host), port))]

    def to_loopback(address: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:  # noqa: ANN401
        asked.append(address[0])
        return connect(("127.0.0.1", port), *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", to_loopback)
    with pytest.raises(CaptureFailed, match=r"169\.254\.169\.254"):
        fetch(f"http://public.example:{port}/inside")
    assert asked == ["203.0.114.7"]


def test_a_name_that_turns_private_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once; the connection goes to the address that was judged."""
    answers = iter(["203.0.114.7", "127.0.0.1", "127.0.0.1"])
    asked: list[str] = []

    def look_up(*_: Any, **__: Any) -> list[Any]:  # noqa: ANN401
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 80))]

    def refuse(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:  # noqa: ANN401
        asked.append(address[0])
        raise ConnectionRefusedError("not today")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(CaptureFailed):
        fetch("http://rebinding.example/")
    assert asked == ["203.0.114.7"]


def test_tls_wants_a_certificate_that_leads_somewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A self-signed certificate is refused; one that is trusted is told by its digest."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out",
         str(certificate)], check=True, capture_output=True,
    )  # fmt: skip
    server = _Server(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        url = f"https://localhost:{server.server_port}/page"
        with pytest.raises(CaptureFailed, match="certificate"):
            _get(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        exchange = _get(url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text("ascii"))
    assert exchange.certificate == digest_bytes(der)
    assert exchange.body == PAGE
