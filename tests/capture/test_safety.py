"""What may be asked for over the network: addresses, names and spellings."""

from __future__ import annotations

import socket

import pytest

from citekit.capture.safety import is_public, resolve, split_url
from citekit.errors import CaptureFailed, UsageError


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8",
     "0.0.0.0",  # noqa: S104  # no server binds to it
     "224.0.0.1", "239.1.2.3", "255.255.255.255", "240.0.0.1", "198.18.0.1", "::", "::1",
     "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "fec0::1", "64:ff9b::7f00:1",
     "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::ffff:10.0.0.1", "::7f00:1",
     "2001:db8::1", "3fff::1", "5f00::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    """Private, local, shared, special, and IPv4 in the dress of IPv6."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "192.0.1.1", "2620:fe::fe", "::ffff:9.9.9.9"])
def test_addresses_that_are_public(address: str) -> None:
    """What belongs to hosts of the Internet stays reachable."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "http://", "http://user:pw@example.org/",
     "http://example.org:99999/", "http://exa mple.org\r\nX: y/", "javascript:alert(1)", "",
     "http://[::1", "gopher://example.org"],
)  # fmt: skip
def test_what_is_no_web_address(url: str) -> None:
    """Other schemes, credentials, line ends and broken hosts are wrong usage."""
    with pytest.raises(UsageError):
        split_url(url)


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
