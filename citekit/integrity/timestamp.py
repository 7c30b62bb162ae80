"""RFC 3161 timestamps: an authority's signed word that a digest existed at an instant.

A response is kept whole and as received, so that others can check it too (``openssl ts -verify``).
What verifies is the digest, the instant, and the chain from the signing certificate to a root that
the reader brings, at that instant. Bytes that no signature covers (names of algorithms, surplus
certificates) can be changed without changing that: keep a response under its own digest.
Sending the query is done elsewhere. Source: RFC 3161 §2.4; RFC 5816.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from citekit.errors import IntegrityFailed, InvalidData, MissingExtra
from citekit.integrity.digest import Digest, parse_digest
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from cryptography.x509 import Certificate
    from rfc3161_client import Accuracy, TimeStampResponse

MAX_RESPONSE_BYTES = 1 << 16
MAX_ROOTS_BYTES = 1 << 20
MAX_NONCE = 2**63 - 1

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"

_SHA256 = "2.16.840.1.101.3.4.2.1"
_SHA256_DER = bytes.fromhex("300d06096086480165030402010500")  # AlgorithmIdentifier, NULL
_CMS_VERSIONS = {(3, 1)}  # of SignedData and SignerInfo, RFC 5652 §5.1 and §5.3


class Timestamp(Value):
    """What a token says: that ``digest`` existed at ``at`` (aware UTC), give or take."""

    at: datetime
    accuracy_s: float | None
    digest: str
    serial: int
    policy: str
    nonce: int | None
    authority: str
    """The subject of the signing certificate, as in RFC 4514."""


def build_query(digest: str, *, nonce: int) -> bytes:
    """Build the DER of a query for a digest; the nonce is a random number from 1 to 2**63 - 1.

    The answer has to repeat the nonce, and to bring the authority's certificate.
    Source: RFC 3161 §2.4.1.
    """
    if not 1 <= nonce <= MAX_NONCE:
        raise InvalidData(f"not a nonce for a timestamp: {nonce}")
    imprint = _SHA256_DER + _der(0x04, parse_digest(digest).raw)
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")  # a leading zero keeps it positive
    version, wants_certificate = _der(0x02, b"\x01"), _der(0x01, b"\xff")
    return _der(0x30, version + _der(0x30, imprint) + _der(0x02, number) + wants_certificate)


def read_timestamp(response: bytes) -> Timestamp:
    """Read what a response claims, **unverified**.

    Raises InvalidData when it is no granted RFC 3161 response over SHA-256 (an authority that
    refuses says so in one), MissingExtra without rfc3161-client.
    """
    return _read(_decode(response))


def verify_timestamp(
    response: bytes, digest: str, roots: Sequence[Certificate], *, nonce: int | None = None
) -> Timestamp:
    """Check a response for a digest against trusted roots, and tell what it says.

    The certificates have to be valid at the instant of the stamp, not now. Raises InvalidData for
    what is no response, IntegrityFailed for one that is about something else, was changed, or
    leads to none of the roots, MissingExtra without rfc3161-client.
    """
    decoded = _decode(response)
    claimed = _read(decoded)
    if claimed.digest != digest:
        raise IntegrityFailed(f"the timestamp is for {claimed.digest}, not for {digest}")
    if nonce is not None and claimed.nonce != nonce:
        raise IntegrityFailed("the timestamp answers another query: its nonce is another")
    client = _client()
    verifier = client.VerifierBuilder(roots=list(roots))
    try:
        verifier.build().verify(decoded, parse_digest(digest).raw)
    except Exception as error:  # a foreign parser of hostile bytes; it promises no one error
        raise IntegrityFailed(
            f"the timestamp does not verify: {error}",
            hint="trust the root certificate of the authority, or ask for a new timestamp",
        ) from error
    return claimed


def parse_roots(pem: bytes) -> tuple[Certificate, ...]:
    """Read trusted certificates, PEM, one after another.

    Raises InvalidData when there is none or one is damaged, MissingExtra without cryptography.
    """
    x509 = _x509()
    if len(pem) > MAX_ROOTS_BYTES:
        raise InvalidData(f"a file of certificates has at most {MAX_ROOTS_BYTES} bytes")
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except Exception as error:  # see above
        raise InvalidData("not a file of PEM certificates") from error


def _decode(response: bytes) -> TimeStampResponse:
    if len(response) > MAX_RESPONSE_BYTES:
        raise InvalidData(f"a timestamp has at most {MAX_RESPONSE_BYTES} bytes")
    client = _client()
    try:
        decoded: TimeStampResponse = client.decode_timestamp_response(response)
        status, reasons = decoded.status, "; ".join(decoded.status_string)
    except Exception as error:  # see above
        raise InvalidData("not a response of a timestamp authority (RFC 3161)") from error
    if status != client.PKIStatus.GRANTED:
        raise InvalidData(f"the authority gave no timestamp (status {status}): {reasons[:200]!r}")
    return decoded


def _read(decoded: TimeStampResponse) -> Timestamp:
    try:
        info = decoded.tst_info
        versions = {
            (decoded.signed_data.version, s.version) for s in decoded.signed_data.signer_infos
        }
        algorithm = info.message_imprint.hash_algorithm.dotted_string
        timestamp = Timestamp(
            at=info.gen_time,
            accuracy_s=_accuracy_s(info.accuracy),
            digest=str(Digest(hex=info.message_imprint.message.hex())),
            serial=info.serial_number,
            policy=info.policy.dotted_string,
            nonce=info.nonce,
            authority=_authority(decoded),
        )
    except InvalidData:  # told already
        raise
    except Exception as error:  # see above
        raise InvalidData("not a timestamp token (RFC 3161)") from error
    if algorithm != _SHA256 or versions != _CMS_VERSIONS:
        raise InvalidData("a timestamp of an unknown kind", hint="citekit reads those over SHA-256")
    return timestamp


def _authority(decoded: TimeStampResponse) -> str:
    (signer,) = decoded.signed_data.signer_infos
    for der in decoded.signed_data.certificates:
        certificate: Certificate = _x509().load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            return certificate.subject.rfc4514_string()
    raise InvalidData("the timestamp does not bring the certificate that signed it")


def _accuracy_s(accuracy: Accuracy | None) -> float | None:
    if accuracy is None:
        return None
    millis, micros = accuracy.millis or 0, accuracy.micros or 0
    return (accuracy.seconds or 0) + millis / 1000 + micros / 1_000_000


def _der(tag: int, content: bytes) -> bytes:
    """Write one DER element of fewer than 128 bytes."""
    return bytes([tag, len(content)]) + content


def _x509() -> ModuleType:
    try:
        from cryptography import x509
    except ImportError as error:
        raise MissingExtra("cryptography", extra="seal", purpose="timestamps") from error
    return x509


def _client() -> ModuleType:
    try:
        import rfc3161_client
    except ImportError as error:
        raise MissingExtra("rfc3161-client", extra="seal", purpose="timestamps") from error
    return rfc3161_client
