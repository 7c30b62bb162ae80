"""Asking a timestamp authority over HTTP (RFC 3161 §3.4), and nobody else.

Whose addresses may be asked, ``citekit.capture.safety`` says. Redirects are not followed.
"""

from __future__ import annotations

import http.client
from typing import Final

from citekit.capture.safety import connect, resolve, split_url
from citekit.errors import CaptureFailed
from citekit.integrity.timestamp import MAX_RESPONSE_BYTES, QUERY_TYPE, REPLY_TYPE

TIMEOUT_S: Final = 20.0


def ask_authority(
    url: str, query: bytes, *, allow_private: bool = False, timeout_s: float = TIMEOUT_S
) -> bytes:
    """The DER answer of the authority at ``url`` to a DER query; not judged here.

    Raises UsageError for what is no http(s) address, CaptureFailed when there is no answer, or the
    host is at a private address and ``allow_private`` does not say that this is meant.
    """
    target = split_url(url)
    address = resolve(target, allow_private=allow_private)[0]
    headers = {"Host": target.host_header, "Content-Type": QUERY_TYPE, "Accept": REPLY_TYPE}
    connection = http.client.HTTPConnection(target.host, target.port, timeout=timeout_s)
    try:
        connection.sock = connect(target, address, timeout_s=timeout_s)
        connection.request("POST", target.path, query, headers)
        answer = connection.getresponse()
        body = answer.read(MAX_RESPONSE_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise CaptureFailed(f"no answer from {url}: {error}", hint="try again later") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise CaptureFailed(f"{url} answers {answer.status} {answer.reason[:80]}")
    if len(body) > MAX_RESPONSE_BYTES:
        raise CaptureFailed(f"the answer of {url} is larger than {MAX_RESPONSE_BYTES} bytes")
    return body
