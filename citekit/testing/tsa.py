"""An honest timestamp authority on this machine: ``openssl ts`` behind loopback HTTP.

It issues real RFC 3161 tokens under a root of its own, made afresh in the given folder, so tests
and demonstrations need no network. Nobody else trusts that root.
"""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.errors import CitekitError, NotFound
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_QUERY_BYTES = 4096
_OPENSSL_TIMEOUT_S = 30

_CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = unused
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = authority
[authority]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
ess_cert_id_alg = sha256
default_policy = 1.3.6.1.4.1.32473.1
digests = sha256, sha384, sha512
accuracy = secs:1
"""
_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")


class TimestampAuthority(Value):
    """An authority whose keys and certificates are in ``folder``."""

    folder: Path

    @property
    def root_pem(self) -> bytes:
        """The certificate to trust, PEM."""
        return (self.folder / "root.pem").read_bytes()

    def issue(self, query: bytes) -> bytes:
        """Answer a DER query with a DER response; a bad query gets a response that refuses it."""
        return self._openssl("ts", "-reply", "-queryfile", "/dev/stdin", "-out", "-", query=query)

    def _openssl(self, *arguments: str, query: bytes = b"") -> bytes:
        command = ["openssl", arguments[0], "-config", "authority.cnf", *arguments[1:]]
        try:
            done = subprocess.run(  # noqa: S603  # a fixed program with arguments of our own
                command,
                cwd=self.folder,
                input=query,
                capture_output=True,
                check=False,
                timeout=_OPENSSL_TIMEOUT_S,
            )
        except FileNotFoundError as error:
            raise NotFound("openssl is not installed", hint="apt install openssl") from error
        if done.returncode:
            raise CitekitError(f"openssl {arguments[0]}: {done.stderr.decode(errors='replace')}")
        return done.stdout


def make_authority(folder: Path, *, name: str = "citekit test authority") -> TimestampAuthority:
    """Make an authority with a fresh root and signing certificate in an empty folder.

    Raises NotFound where openssl is not installed.
    """
    (folder / "authority.cnf").write_text(_CONFIG, encoding="ascii")
    (folder / "serial").write_text("01\n", encoding="ascii")
    authority = TimestampAuthority(folder=folder)
    make = authority._openssl  # noqa: SLF001  # the class and its maker are one thing
    make("req", "-x509", *_NEW_KEY, "-subj", f"/CN={name} root", "-days", "3650",
         "-extensions", "root", "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
    make("req", "-x509", *_NEW_KEY, "-subj", f"/CN={name}", "-days", "3650",
         "-extensions", "signer", "-CA", "root.pem", "-CAkey", "root.key",
         "-keyout", "signer.key", "-out", "signer.pem")  # fmt: skip
    return authority


@contextmanager
def serve_authority(authority: TimestampAuthority) -> Iterator[str]:
    """Serve an authority on a free loopback port; gives its URL. Source: RFC 3161 §3.4."""
    one_at_a_time = threading.Lock()  # openssl counts serial numbers in a file

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = self.headers.get("Content-Type") == "application/timestamp-query"
            if not asked or not 0 < length <= _MAX_QUERY_BYTES:
                self.send_error(400)
                return
            with one_at_a_time:
                response = authority.issue(self.rfile.read(length))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(response)))
            self.end_headers()
            self.wfile.write(response)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
