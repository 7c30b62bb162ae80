"""Timestamps: real tokens of a local authority verify, changed and foreign ones never do."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit.errors import CitekitError, IntegrityFailed, InvalidData, MissingExtra
from citekit.integrity.digest import digest_bytes
from citekit.integrity.timestamp import (
    MAX_NONCE,
    MAX_RESPONSE_BYTES,
    MAX_ROOTS_BYTES,
    QUERY_TYPE,
    REPLY_TYPE,
    build_query,
    parse_roots,
    read_timestamp,
    verify_timestamp,
)
from citekit.testing.tsa import TimestampAuthority, make_authority, serve_authority

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.x509 import Certificate

DIGEST = digest_bytes(b"a checkpoint")
NONCE = 0x8123456789ABCDEF >> 1

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is absent")
pytestmark = needs_openssl


@pytest.fixture(scope="module")
def roots(authority: TimestampAuthority) -> tuple[Certificate, ...]:
    """The root of the authority."""
    return parse_roots(authority.root_pem)


@pytest.fixture
def another(tmp_path: Path) -> TimestampAuthority:
    """An authority that a test may configure in its own way."""
    return make_authority(tmp_path)


@pytest.fixture(scope="module")
def response(authority: TimestampAuthority) -> bytes:
    """A granted response for DIGEST."""
    return authority.issue(build_query(DIGEST, nonce=NONCE))


def test_a_token_verifies(response: bytes, roots: tuple[Certificate, ...]) -> None:
    """A token tells when, what and who, in aware UTC."""
    stamp = verify_timestamp(response, DIGEST, roots, nonce=NONCE)
    assert stamp.digest == DIGEST
    assert stamp.nonce == NONCE
    assert stamp.at.tzinfo is UTC
    assert abs(datetime.now(UTC) - stamp.at) < timedelta(minutes=5)
    assert stamp.accuracy_s == 1.0
    assert stamp.authority == "CN=citekit test authority"
    assert stamp.policy == "1.3.6.1.4.1.32473.1"
    assert stamp == read_timestamp(response)


def test_openssl_accepts_the_same_token(
    response: bytes, authority: TimestampAuthority, tmp_path: Path
) -> None:
    """The kept response is what an independent program verifies too."""
    (tmp_path / "response.tsr").write_bytes(response)
    hexdigits = DIGEST.removeprefix("sha256:")
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-in", "response.tsr", "-digest", hexdigits,
         "-CAfile", authority.folder / "root.pem"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Verification: OK" in done.stdout + done.stderr


def test_a_token_comes_over_http(
    authority: TimestampAuthority, roots: tuple[Certificate, ...]
) -> None:
    """The authority speaks the HTTP of RFC 3161, and refuses what is no query."""
    with serve_authority(authority) as url:
        query = urllib.request.Request(  # noqa: S310  # a loopback address of our own
            url, data=build_query(DIGEST, nonce=7), headers={"Content-Type": QUERY_TYPE}
        )
        with urllib.request.urlopen(query) as reply:  # noqa: S310
            assert reply.headers["Content-Type"] == REPLY_TYPE
            stamp = verify_timestamp(reply.read(), DIGEST, roots, nonce=7)
        assert stamp.nonce == 7
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url, data=b"hello")  # noqa: S310
        refused.value.close()


@given(st.integers(1, MAX_NONCE))
def test_queries_are_der(nonce: int) -> None:
    """A query is read by an independent parser as what was asked."""
    from rfc3161_client._rust import parse_timestamp_request

    query = parse_timestamp_request(build_query(DIGEST, nonce=nonce))
    assert query.nonce == nonce
    assert query.cert_req
    assert query.message_imprint.message.hex() == DIGEST.removeprefix("sha256:")
    assert query.as_bytes() == build_query(DIGEST, nonce=nonce)


def test_every_changed_bit_is_refused_or_says_the_same(
    response: bytes, roots: tuple[Certificate, ...]
) -> None:
    """No single changed bit makes a token say something else.

    The bits that may change are in the name of the signature's algorithm, which CMS does not sign.
    """
    original = read_timestamp(response)
    survivors = []
    for bit in range(len(response) * 8):
        changed = flip(response, bit)
        with contextlib.suppress(InvalidData, IntegrityFailed):
            assert verify_timestamp(changed, DIGEST, roots) == original
            survivors.append(bit // 8)
    assert len(set(survivors)) <= 8


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000) | st.just(b"0"))
def test_any_bytes_are_refused(data: bytes) -> None:
    """Bytes that are no response are invalid data, never another error."""
    with pytest.raises(InvalidData, match=r"^not a response of a timestamp authority"):
        read_timestamp(data)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged_tokens_are_refused(
    response: bytes, roots: tuple[Certificate, ...], data: st.DataObject
) -> None:
    """Tokens with a piece replaced are refused with a documented error, or say the same."""
    start = data.draw(st.integers(0, len(response)))
    end = data.draw(st.integers(start, len(response)))
    changed = response[:start] + data.draw(st.binary(max_size=40)) + response[end:]
    with contextlib.suppress(InvalidData, IntegrityFailed):
        assert verify_timestamp(changed, DIGEST, roots) == read_timestamp(response)


def test_a_token_is_for_one_digest(response: bytes, roots: tuple[Certificate, ...]) -> None:
    """A token does not vouch for other bytes, nor answer another query."""
    with pytest.raises(IntegrityFailed, match="the timestamp is for"):
        verify_timestamp(response, digest_bytes(b"another checkpoint"), roots)
    with pytest.raises(IntegrityFailed, match="nonce"):
        verify_timestamp(response, DIGEST, roots, nonce=NONCE + 1)


def test_another_authority_is_not_trusted(response: bytes, tmp_path: Path) -> None:
    """An authority of the same name with keys of its own convinces nobody, nor does having none."""
    forger = make_authority(tmp_path)
    with pytest.raises(IntegrityFailed, match="does not verify"):
        verify_timestamp(response, DIGEST, parse_roots(forger.root_pem))
    with pytest.raises(IntegrityFailed, match="does not verify") as refused:
        verify_timestamp(response, DIGEST, ())
    assert refused.value.hint


def test_a_refusal_is_told_with_its_reason(authority: TimestampAuthority) -> None:
    """An authority that refuses is quoted."""
    with pytest.raises(InvalidData, match=r"gave no timestamp .*Bad request"):
        read_timestamp(authority.issue(b"not a query"))


def test_other_hashes_are_refused(authority: TimestampAuthority) -> None:
    """A token over another hash than SHA-256 says nothing about our digests."""
    from rfc3161_client import TimestampRequestBuilder

    query = TimestampRequestBuilder().data(b"a checkpoint").build().as_bytes()
    with pytest.raises(InvalidData, match="unknown kind"):
        read_timestamp(authority.issue(query))


def test_an_oversize_response_is_refused() -> None:
    """A response is bounded before it is parsed; the bound itself is allowed."""
    with pytest.raises(InvalidData, match="a timestamp has at most 65536 bytes"):
        read_timestamp(bytes(MAX_RESPONSE_BYTES + 1))
    largest = refusal("x" * (MAX_RESPONSE_BYTES - 19))
    assert len(largest) == MAX_RESPONSE_BYTES
    with pytest.raises(InvalidData, match="gave no timestamp"):
        read_timestamp(largest)


def test_reasons_of_a_refusal_are_told_in_short() -> None:
    """All that the authority says, with 200 characters at most."""
    with pytest.raises(InvalidData) as refused:
        read_timestamp(refusal("too busy", "try tomorrow"))
    told = "the authority gave no timestamp (status 2): 'too busy; try tomorrow'"
    assert refused.value.message == told
    with pytest.raises(InvalidData, match=f": '{'x' * 200}'$"):
        read_timestamp(refusal("x" * 201))


def test_granted_without_a_token_is_none() -> None:
    """A status alone says nothing about a digest."""
    with pytest.raises(InvalidData, match=r"^not a timestamp token \(RFC 3161\)$"):
        read_timestamp(refusal(status=0))


@pytest.mark.parametrize(
    ("accuracy", "seconds"),
    [
        ("secs:2, millisecs:250, microsecs:500", 2.2505),
        ("millisecs:3", 0.003),
        ("microsecs:7", 0.000007),
        ("secs:3", 3.0),
        ("", None),
    ],
)
def test_the_accuracy_is_in_seconds(
    another: TimestampAuthority, accuracy: str, seconds: float | None
) -> None:
    """Whatever of seconds, thousandths and millionths the authority gives."""
    configure(another, "accuracy = secs:1", f"accuracy = {accuracy}" if accuracy else "")
    stamp = read_timestamp(another.issue(build_query(DIGEST, nonce=1)))
    assert stamp.accuracy_s == seconds


def test_the_authority_is_who_signed(another: TimestampAuthority) -> None:
    """Other certificates may stand before its own."""
    configure(another, "signer_key", "certs = root.pem\nsigner_key")
    first = another.issue(build_query(DIGEST, nonce=1))
    root, signer = (
        b64decode("".join((another.folder / name).read_text().splitlines()[1:-1]))
        for name in ("root.pem", "signer.pem")
    )
    assert root < signer
    first = first.replace(signer + root, root + signer)  # DER sorts what openssl leaves as it is
    assert first.index(root) < first.index(signer)
    stamp = verify_timestamp(first, DIGEST, parse_roots(another.root_pem))
    assert stamp.authority == "CN=citekit test authority"


def test_each_token_has_a_number_of_its_own(another: TimestampAuthority) -> None:
    """As the authority counts them."""
    tokens = [another.issue(build_query(DIGEST, nonce=1)) for _ in range(2)]
    assert [read_timestamp(token).serial for token in tokens] == [2, 3]


def test_a_token_without_the_certificate_is_refused(authority: TimestampAuthority) -> None:
    """Nobody else could check it: a query asks for the certificate."""
    wants = build_query(DIGEST, nonce=1)
    shorter = wants.removesuffix(bytes.fromhex("0101ff"))
    query = bytes([wants[0], wants[1] - 3]) + shorter[2:]
    with pytest.raises(InvalidData, match="does not bring the certificate that signed it"):
        read_timestamp(authority.issue(query))


def test_a_token_of_another_version_is_refused(response: bytes) -> None:
    """Versions of CMS are fixed for timestamps, the signed data's and the signer's."""
    oid = bytes.fromhex("06092a864886f70d010702")  # id-signedData
    signed_data = response.index(oid) + len(oid)
    signed_data = response.index(bytes.fromhex("020103"), signed_data)
    signer = response.rindex(bytes.fromhex("020101"), 0, response.rindex(b"citekit"))
    for position in (signed_data, signer):
        changed = bytearray(response)
        changed[position + 2] = 4
        with pytest.raises(InvalidData, match="a timestamp of an unknown kind") as refused:
            read_timestamp(bytes(changed))
        assert refused.value.hint == "citekit reads those over SHA-256"


@pytest.mark.parametrize("nonce", [0, -1, MAX_NONCE + 1])
def test_impossible_nonces_are_refused(nonce: int) -> None:
    """A nonce that cannot be sent is invalid data."""
    with pytest.raises(InvalidData, match="nonce"):
        build_query(DIGEST, nonce=nonce)


@given(st.binary() | st.binary().map(lambda b: b"-----BEGIN CERTIFICATE-----\n" + b))
def test_any_bytes_are_roots_or_refused(pem: bytes) -> None:
    """A file of roots that is none is invalid data."""
    with pytest.raises(InvalidData, match=r"^not a file of PEM certificates$"):
        parse_roots(pem)


def test_too_many_roots_are_refused(authority: TimestampAuthority) -> None:
    """A file of roots is bounded; the bound itself is allowed."""
    largest = authority.root_pem.ljust(MAX_ROOTS_BYTES, b"\n")
    assert len(parse_roots(largest)) == 1
    with pytest.raises(InvalidData, match="a file of certificates has at most 1048576 bytes"):
        parse_roots(largest + b"\n")


def test_several_roots_are_read(
    authority: TimestampAuthority, another: TimestampAuthority, response: bytes
) -> None:
    """One after another; a token that leads to any of them is trusted."""
    both = parse_roots(another.root_pem + authority.root_pem)
    assert len(both) == 2
    assert verify_timestamp(response, DIGEST, both).digest == DIGEST


@pytest.mark.parametrize("package", ["rfc3161_client", "cryptography"])
def test_without_the_packages_the_hint_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """Where an optional package is absent, the message says how to get it."""
    monkeypatch.setitem(sys.modules, package, None)
    calls = {"rfc3161_client": read_timestamp, "cryptography": parse_roots}
    with pytest.raises(MissingExtra) as missing:
        calls[package](b"")
    named = package.replace("_", "-")
    told = f"timestamps needs the package {named}, which is not installed"
    assert missing.value.message == told
    assert missing.value.hint == "pip install 'citekit[seal]'"


def test_a_broken_authority_says_what_openssl_said(tmp_path: Path) -> None:
    """An authority whose key is gone fails with openssl's own words."""
    broken = make_authority(tmp_path)
    (tmp_path / "signer.key").unlink()
    with pytest.raises(CitekitError, match="openssl ts"):
        broken.issue(build_query(DIGEST, nonce=1))


def flip(data: bytes, bit: int) -> bytes:
    """Change one bit."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def configure(authority: TimestampAuthority, line: str, becomes: str) -> None:
    """Change a line of how an authority issues tokens."""
    settings = authority.folder / "authority.cnf"
    text = settings.read_text("ascii")
    assert text.count(f"\n{line}") == 1
    settings.write_text(text.replace(f"\n{line}", f"\n{becomes}"), encoding="ascii")


def refusal(*reasons: str, status: int = 2) -> bytes:
    """A response without a token, DER by hand. Source: RFC 3161 §2.4.2."""
    texts = element(0x30, *(element(0x0C, reason.encode()) for reason in reasons))
    return element(0x30, element(0x30, element(0x02, bytes([status])), texts))


def element(tag: int, *parts: bytes) -> bytes:
    """One DER element of any length."""
    content = b"".join(parts)
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    head = bytes([len(content)]) if len(content) < 128 else bytes([0x80 | len(size)]) + size
    return bytes([tag]) + head + content
