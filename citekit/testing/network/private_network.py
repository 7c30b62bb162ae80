"""Fetching where the whole Internet is on this machine: a network and name server of our own.

A process in a namespace of Linux has a loopback with whatever addresses a test needs, public ones
too, and a ``/etc/resolv.conf`` that names our server: what is tried there is citekit, the system's
resolver and real sockets. ``python -m citekit.testing.network.private_network`` is that process.
"""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.capture.exchange import Limits
from citekit.capture.fetch import fetch
from citekit.errors import CitekitError
from citekit.testing.network.name_server import NameServer

if TYPE_CHECKING:
    from collections.abc import Mapping

_APART: Final = ("--map-root-user", "--net", "--mount")
_SYSTEM_FILES: Final = {
    "/etc/resolv.conf": "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n",
    "/etc/nsswitch.conf": "hosts: files dns\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
}


@cache
def can_be_apart() -> bool:
    """Whether this system lets a process have a network of its own."""
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None:
        return False
    command = [unshare, *_APART, "ip", "link", "set", "lo", "up"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603  # fixed words


def fetch_apart(world: Mapping[str, Any]) -> dict[str, Any]:
    """What a fetch in a network of its own gave, and what was asked and reached on the way.

    ``world`` has ``url``; ``names`` for the name server; ``addresses`` that loopback has;
    ``pages``, address without its scheme to ``[status, location or text]``; and for TLS the paths
    of the server's ``certificate`` with its key, and of the one that is ``trusted``.
    """
    command = ["unshare", *_APART, sys.executable, "-m", __name__]
    done = subprocess.run(  # noqa: S603  # our own interpreter
        command, input=json.dumps(world), capture_output=True, check=True, text=True
    )
    return dict(json.loads(done.stdout))


class _Hosts(http.server.ThreadingHTTPServer):
    """Every host of this small Internet; ``reached`` has the addresses that were connected to."""

    address_family = socket.AF_INET6
    daemon_threads = True
    reached: list[str]
    pages: Mapping[str, Any]

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, client = super().get_request()
        self.reached.append(connection.getsockname()[0].removeprefix("::ffff:"))
        return connection, client

    def handle_error(self, *_: Any) -> None:  # noqa: ANN401
        """A client that does not like the certificate hangs up."""


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers from the pages of its server."""

    server: _Hosts

    def do_GET(self) -> None:
        """A page, or where it has moved to."""
        status, told = self.server.pages.get(f"{self.headers['Host']}{self.path}", [404, ""])
        self.send_response(status)
        if status in (301, 302):
            self.send_header("Location", told)
        self.end_headers()
        self.wfile.write(told.encode())

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Say nothing."""


def _serve(port: int, world: Mapping[str, Any], reached: list[str]) -> _Hosts:
    hosts = _Hosts(("::", port), _Handler)
    hosts.reached, hosts.pages = reached, world.get("pages", {})
    threading.Thread(target=hosts.serve_forever, daemon=True).start()
    return hosts


def _add_tls(hosts: _Hosts, certificate: str) -> list[str]:
    """Have hosts speak TLS; the names that clients ask for are kept in the list."""
    asked: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: asked.append(str(name))
    # the handshake is made by the thread of the connection, not by the one that accepts
    hosts.socket = context.wrap_socket(
        hosts.socket, server_side=True, do_handshake_on_connect=False
    )
    return asked


def _settle(addresses: list[str]) -> None:
    """Give this process's own network its addresses, and the system's resolver our server."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)  # noqa: S607  # the system's own
    for address in addresses:
        length = 128 if ":" in address else 32
        extra = ["nodad"] if ":" in address else []
        command = ["ip", "address", "add", f"{address}/{length}", "dev", "lo", *extra]
        subprocess.run(command, check=True)  # noqa: S603  # addresses of a test
    folder = Path(tempfile.mkdtemp())
    for path, text in _SYSTEM_FILES.items():
        ours = folder / Path(path).name
        ours.write_text(text, "utf-8")
        subprocess.run(["mount", "--bind", str(ours), path], check=True)  # noqa: S603, S607
    shutil.rmtree(folder)  # what is mounted stays


def main() -> int:
    """Make the world that stdin describes, fetch in it, and print what happened."""
    world = json.load(sys.stdin)
    _settle(world.get("addresses", []))
    server = NameServer(world.get("names", {}))
    reached: list[str] = []
    _serve(80, world, reached)
    secure = _serve(443, world, reached)
    tls_names = _add_tls(secure, world["certificate"]) if "certificate" in world else []
    told: dict[str, Any] = {}
    try:
        exchange = fetch(world["url"], limits=Limits(total_s=10.0))
        told = {"body": exchange.body.decode(), "address": exchange.address}
    except CitekitError as error:
        told = {"error": error.message, "hint": error.hint}
    seen = {"asked": server.asked, "reached": reached, "tls_names": tls_names}
    sys.stdout.write(json.dumps({**told, **seen}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
