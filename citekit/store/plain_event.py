"""Entries of the log about one file, as citekit spells them: recognised by one pattern.

Reading a long log by the rules (``parse_leaf``, then ``History.take``) takes a verifier longer than
hashing the files that it accounts for. Nearly every entry has the same few names in the same order,
and what this pattern matches is such an entry in canonical JSON: whole, nothing twice, no escapes.
What it does not match may be good all the same, and is read by the rules.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_TEXT: Final = r'"[^"\\\x00-\x1f]*"'
_DIGEST: Final = r"sha256:[0-9a-f]{64}"
_PAYLOAD: Final = (
    rf'\{{"digest":"{_DIGEST}","role":{_TEXT},"size_bytes":(?:0|[1-9][0-9]{{0,14}})\}}'
)
_EVENT: Final = re.compile(
    r'\{(?:"access":"(?:public|restricted)",)?'
    r'"action":"(item|capture|note|annotation|entity|claim|access|settings)",'
    rf'"agent":\{{"kind":"[a-z]+","name":{_TEXT}(?:,"version":{_TEXT})?\}},'
    rf'"at":{_TEXT},'
    rf'"digest":"({_DIGEST})",'
    rf'(?:"payloads":\[({_PAYLOAD}(?:,{_PAYLOAD})*)\],)?'
    r'"source":"(?:done|found)",'
    r'"subject":"([^"\\\x00-\x1f]{1,1024})",'
    rf'"tool":\{{"name":{_TEXT},"version":{_TEXT}\}},'
    r'"v":1\}'
)


class PlainEvent(NamedTuple):
    """What an entry says of one file, and the digests of the payloads that it names."""

    action: str
    subject: str
    digest: str
    payloads: tuple[str, ...]


def read_plain_event(entry: bytes) -> PlainEvent | None:
    """The event, if the entry is one that the pattern knows; None says nothing about it."""
    try:
        match = _EVENT.fullmatch(entry.decode())
    except UnicodeDecodeError:
        return None
    if match is None:
        return None
    action, digest, payloads, subject = match.groups()
    # Between its quotes a payload has "digest", the digest, "role", the role, "size_bytes".
    digests = tuple(payloads.split('"')[3::10]) if payloads else ()
    return PlainEvent(action, subject, digest, digests)
