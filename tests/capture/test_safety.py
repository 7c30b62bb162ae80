"""What may be asked for over the network: addresses, names and spellings."""

from __future__ import annotations

import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
import tomllib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit.capture.safety import connect, is_public, resolve, split_url
from citekit.errors import CaptureFailed, UsageError
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = Path(__file__).parents[1] / "cases" / "addresses"
SPECIAL: dict[str, dict[str, Any]] = tomllib.loads((CASES / "special.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8",
     "0.0.0.0",  # noqa: S104  # no server binds to it
     "224.0.0.1", "239.1.2.3", "255.255.255.255", "240.0.0.1", "198.18.0.1", "::", "::1",
     "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "fec0::1", "64:ff9b::7f00:1",
     "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::ffff:10.0.0.1", "::7f00:1",
     "2001:db8::1", "3fff::1", "5f00::1", "::ffff:9.9.9.9", "::ffff:0:127.0.0.1",
     "::ffff:0:9.9.9.9", "64:ff9b::9.9.9.9"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    """Private, local, shared, special, and IPv4 in the dress of IPv6."""
    assert not is_public(address)


@pytest.mark.parametrize("name", SPECIAL)
def test_ranges_that_are_set_apart_are_refused_whole(name: str) -> None:
    """From the first address to the last, and no address more."""
    network = ipaddress.ip_network(SPECIAL[name]["range"])
    middle = network[network.num_addresses // 2]
    assert not any(is_public(str(address)) for address in (network[0], middle, network[-1]))
    assert all(map(is_public, SPECIAL[name].get("neighbours", ())))


@pytest.mark.parametrize("address", ["9.9.9.9", "192.0.1.1", "2620:fe::fe", "2620:fe::fe%eth0"])
def test_addresses_that_are_public(address: str) -> None:
    """What belongs to hosts of the Internet stays reachable."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "http://", "http://user:pw@example.org/",
     "http://example.org:99999/", "http://exa mple.org\r\nX: y/", "javascript:alert(1)", "",
     "http://[::1", "gopher://example.org", "http://example.org/a\x7f", "http://a..example/",
     "http://example.org/" + 8174 * "a"],
)  # fmt: skip
def test_what_is_no_web_address(url: str) -> None:
    """Other schemes, credentials, line ends, broken hosts and endless addresses are wrong usage."""
    with pytest.raises(UsageError, match="not a web address"):
        split_url(url)


def test_who_names_no_web_address_is_shown_one() -> None:
    """Somebody who forgot the scheme sees where it goes."""
    with pytest.raises(UsageError) as refused:
        split_url("example.org/news")
    assert refused.value.hint is not None
    assert "https://" in refused.value.hint


@pytest.mark.parametrize(
    ("url", "scheme", "host", "port", "path", "header"),
    [
        ("http://example.org", "http", "example.org", 80, "/", "example.org"),
        ("https://example.org/?", "https", "example.org", 443, "/", "example.org"),
        ("https://EXAMPLE.org:443/a", "https", "example.org", 443, "/a", "example.org"),
        ("http://example.org/a b?c d", "http", "example.org", 80, "/a%20b?c%20d", "example.org"),
        ("http://example.org:443/a?b", "http", "example.org", 443, "/a?b", "example.org:443"),
        ("https://[2620:fe::fe]:8443/", "https", "2620:fe::fe", 8443, "/", "[2620:fe::fe]:8443"),
    ],
)
def test_where_an_address_leads(
    url: str, scheme: str, host: str, port: int, path: str, header: str
) -> None:
    """Each scheme has its port, which a Host header leaves out; an empty path is the root."""
    target = split_url(url)
    assert (target.scheme, target.host, target.port, target.path) == (scheme, host, port, path)
    assert target.host_header == header


def test_the_longest_address_is_a_web_address() -> None:
    """The bound itself is allowed: 8192 characters."""
    assert len(split_url("http://example.org/" + 8173 * "a").path) == 8174


def test_names_and_paths_are_encoded() -> None:
    """An international host becomes its ASCII form, a path keeps what is encoded already."""
    target = split_url("https://münchen.example/straße%20a?q=ü#x")
    assert target.host == "xn--mnchen-3ya.example"
    assert target.path == "/stra%C3%9Fe%20a?q=%C3%BC"


PUBLIC, PRIVATE = "9.9.9.9", "10.0.0.7"


@pytest.mark.parametrize(
    "addresses", [(PUBLIC, PRIVATE), (PRIVATE, PUBLIC), (PUBLIC, "::1")], ids=" ".join
)
def test_one_private_address_of_a_host_is_enough_to_refuse_it(
    addresses: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of its addresses a host answers from is chance, so all of them have to be public."""
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    target = split_url("http://two-faced.example/")
    with pytest.raises(CaptureFailed, match="private address"):
        resolve(target)
    assert resolve(target, allow_private=True) == addresses
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers[:1])
    if addresses[0] == PUBLIC:
        assert resolve(target) == (PUBLIC,)


def test_an_address_of_numbers_is_looked_up_as_itself() -> None:
    """The system is asked for the host of the address, and each answer counts once."""
    assert resolve(split_url("http://127.0.0.2/"), allow_private=True) == ("127.0.0.2",)


def test_who_asks_for_a_private_host_is_told_how() -> None:
    """The address that was found is named, and the option that allows it."""
    with pytest.raises(CaptureFailed, match=r"is at a private address: 127\.0\.0\.2") as refused:
        resolve(split_url("http://127.0.0.2/"))
    assert "--allow-private" in (refused.value.hint or "")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 63 + "." + "b" * 200])
def test_a_host_that_is_not_there(host: str) -> None:
    """The name is repeated, because a slip in it is the likeliest reason."""
    target = replace(split_url("http://example.org/"), host=host)
    with pytest.raises(CaptureFailed, match=f"no such host: {host}") as refused:
        resolve(target)
    assert refused.value.hint == "look at the address"


def test_a_host_without_addresses_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that answers with nothing allows nothing."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    with pytest.raises(CaptureFailed, match=r"no such host: void\.example"):
        resolve(split_url("http://void.example/"), allow_private=True)


@contextmanager
def _listening(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that takes one connection and sends ``hello``."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            plain, _ = server.accept()
            with plain:
                try:
                    stream = context.wrap_socket(plain, server_side=True) if context else plain
                    stream.sendall(b"hello")
                    stream.close()
                except OSError:
                    return  # the client did not like the certificate

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def test_a_connection_goes_to_the_address_that_was_judged() -> None:
    """Not to what the name leads to by now, and no longer than it was given."""
    with _listening() as port:
        target = split_url(f"http://elsewhere.invalid:{port}/")
        with connect(target, "127.0.0.1", timeout_s=7.5) as stream:
            assert stream.getpeername() == ("127.0.0.1", port)
            assert stream.gettimeout() == 7.5
            assert stream.recv(5) == b"hello"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate of its own for quay.example."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here")
    both = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=quay.example", "-addext",
         "subjectAltName=DNS:quay.example", "-keyout", str(both), "-out", f"{both}.certificate"],
        check=True, capture_output=True,
    )  # fmt: skip
    with both.open("ab") as file:
        file.write(both.with_name("both.pem.certificate").read_bytes())
    return both


@pytest.mark.parametrize("host", ["quay.example", "other.example"])
def test_the_certificate_is_for_the_name_that_was_asked_for(
    host: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the same address, with the same certificate, another name is refused."""
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _listening(context) as port:
        target = split_url(f"https://{host}:{port}/")
        if host == "quay.example":
            with connect(target, "127.0.0.1", timeout_s=7.5) as stream:
                assert stream.recv(5) == b"hello"
        else:
            with pytest.raises(ssl.SSLCertVerificationError, match="other"):
                connect(target, "127.0.0.1", timeout_s=7.5)
