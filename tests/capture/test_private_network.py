"""Fetching in a network of its own, with a name server and certificates that lie.

Nothing is replaced in these tests: the system's resolver asks our server on loopback, and the
connections are real. The name is looked up once, and TLS is about the name, not the address.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from citekit.testing.network.private_network import can_be_apart, fetch_apart

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

CASES = Path(__file__).parents[1] / "cases" / "addresses" / "resolver.toml"
WORLDS: dict[str, dict[str, Any]] = tomllib.loads(CASES.read_text("utf-8"))
ADDRESSES = ["203.0.114.7", "203.0.114.8", "2620:fe::7"]
TODAY = datetime.now(UTC)

pytestmark = pytest.mark.skipif(
    not can_be_apart(), reason="this system gives no process a network of its own"
)


@pytest.mark.parametrize("name", WORLDS)
def test_each_hop_goes_to_an_address_that_was_judged(name: str) -> None:
    """Names that change, chains of names, and several addresses lead nowhere private."""
    world = WORLDS[name]
    told = fetch_apart({"url": "http://start.example/", "addresses": ADDRESSES, **world})

    assert told.get("body") == world.get("body")
    assert world.get("error", "") in told.get("error", "")
    if "reached" in world:
        assert told["reached"] == world["reached"]
    if "reached-first-of" in world:
        assert told["reached"][0] in world["reached-first-of"]
    if "asked-once" in world:
        assert told["asked"].count(world["asked-once"]) == 1


# ── TLS ────────────────────────────────────────────────────────────────────────────────────────


def make_certificate(
    folder: Path, *hosts: str, ends: datetime = TODAY + timedelta(days=2), signed: bool = True
) -> dict[str, str]:
    """A certificate for hosts with its key, by an authority that is trusted; or by itself."""
    key, authority = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("Harbour Authority", authority, "Harbour Authority", authority)
    leaf = (
        _certificate(hosts[0], key, "Harbour Authority", authority, hosts=hosts, ends=ends)
        if signed
        else _certificate(hosts[0], key, hosts[0], key, hosts=hosts, ends=ends)
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + leaf.public_bytes(pem))
    (folder / "trusted.pem").write_bytes(root.public_bytes(pem))
    return {name: str(folder / f"{name}.pem") for name in ("server", "trusted")}


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: EllipticCurvePrivateKey,
    *,
    hosts: tuple[str, ...] = (),
    ends: datetime = TODAY + timedelta(days=2),
) -> x509.Certificate:
    """A certificate; one without hosts is an authority."""
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in (name, issuer)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(TODAY - timedelta(days=9))
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if hosts:
        general = [x509.DNSName(host) for host in hosts]
        builder = builder.add_extension(x509.SubjectAlternativeName(general), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def fetch_securely(
    certificate: dict[str, str], monkeypatch: pytest.MonkeyPatch, page: tuple[int, str]
) -> dict[str, Any]:
    """A fetch of https://quay.example/, which is at a public address, from a server of ours."""
    monkeypatch.setenv("SSL_CERT_FILE", certificate["trusted"])
    world = {
        "url": "https://quay.example/",
        "addresses": ADDRESSES,
        "names": {"quay.example": [["A 203.0.114.7"], ["A 127.0.0.1"]]},
        "pages": {"quay.example/": page},
        "certificate": certificate["server"],
    }
    return fetch_apart(world)


def test_tls_at_the_judged_address_is_for_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes to the address; the certificate that counts is that of the name."""
    certificate = make_certificate(tmp_path, "quay.example")

    told = fetch_securely(certificate, monkeypatch, (200, "hello"))

    assert (told.get("body"), told.get("address")) == ("hello", "203.0.114.7"), told
    assert told["tls_names"] == ["quay.example"]
    assert told["reached"] == ["203.0.114.7"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("another host", "not valid for 'quay.example'"),
        ("the address", "not valid for 'quay.example'"),
        ("expired", "certificate has expired"),
        ("self-signed", "self-signed certificate"),
    ],
)
def test_a_certificate_that_is_wrong_is_refused(
    kind: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the host and says what is wrong; nothing is asked of that server."""
    certificate = {
        "another host": lambda: make_certificate(tmp_path, "other.example"),
        "the address": lambda: make_certificate(tmp_path, "203.0.114.7"),
        "expired": lambda: make_certificate(
            tmp_path, "quay.example", ends=TODAY - timedelta(days=1)
        ),
        "self-signed": lambda: make_certificate(tmp_path, "quay.example", signed=False),
    }[kind]()

    told = fetch_securely(certificate, monkeypatch, (200, "hello"))

    assert "body" not in told
    assert "the certificate of quay.example is refused" in told["error"]
    assert reason in told["error"].replace("self signed", "self-signed")
    assert "browser" in told["hint"]


def test_a_secure_page_may_not_lead_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name that was public is private at the next hop."""
    told = fetch_securely(
        make_certificate(tmp_path, "quay.example"),
        monkeypatch,
        (302, "https://quay.example/inside"),
    )

    assert "quay.example is at a private address: 127.0.0.1" in told["error"]
    assert told["reached"] == ["203.0.114.7"]
