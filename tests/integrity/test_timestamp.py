"""Timestamps: real tokens of a local authority verify, changed and foreign ones never do."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
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
    with pytest.raises(InvalidData):
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
    with pytest.raises(IntegrityFailed, match="does not verify"):
        verify_timestamp(response, DIGEST, ())


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
    """A response is bounded before it is parsed."""
    with pytest.raises(InvalidData, match="at most"):
        read_timestamp(bytes(MAX_RESPONSE_BYTES + 1))


@pytest.mark.parametrize("nonce", [0, -1, MAX_NONCE + 1])
def test_impossible_nonces_are_refused(nonce: int) -> None:
    """A nonce that cannot be sent is invalid data."""
    with pytest.raises(InvalidData, match="nonce"):
        build_query(DIGEST, nonce=nonce)


@given(st.binary() | st.binary().map(lambda b: b"-----BEGIN CERTIFICATE-----\n" + b))
def test_any_bytes_are_roots_or_refused(pem: bytes) -> None:
    """A file of roots that is none is invalid data."""
    with pytest.raises(InvalidData):
        parse_roots(pem)


def test_too_many_roots_are_refused() -> None:
    """A file of roots is bounded."""
    with pytest.raises(InvalidData, match="at most"):
        parse_roots(bytes(1 << 21))


@pytest.mark.parametrize("package", ["rfc3161_client", "cryptography"])
def test_without_the_packages_the_hint_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """Where an optional package is absent, the message says how to get it."""
    monkeypatch.setitem(sys.modules, package, None)
    calls = {"rfc3161_client": read_timestamp, "cryptography": parse_roots}
    with pytest.raises(MissingExtra) as missing:
        calls[package](b"")
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
