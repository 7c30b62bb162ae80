"""Entries of the log about one file, as citekit spells them: recognised by one pattern.

Reading a long log by the rules (``parse_leaf``, then ``History.take``) takes a verifier longer than
hashing the files that it accounts for. Nearly every entry has the same few names in the same order,
and what this pattern matches is such an entry in canonical JSON: whole, nothing twice, no escapes.
What it does not match may be good all the same, and is read by the rules.
"""

from __future__ import annotations

import re
from typing import Final

# With "+" after it a repetition gives nothing back once it has matched: here it never has to. (Of
# groups, Python before 3.11.5 is not sure to get that right.)
_TEXT: Final = r'"[^"\\\x00-\x1f]*+"'
_DIGEST: Final = r"sha256:[0-9a-f]{64}+"
_PAYLOAD: Final = (
    rf'\{{"digest":"{_DIGEST}","role":{_TEXT},"size_bytes":(?:0|[1-9][0-9]{{0,14}}+)\}}'
)
# Of two options the pattern could not tell the order, so an entry with two is read by the rules.
_OPTION: Final = rf'"[a-z_]++":(?:{_TEXT}|true|false|\[(?:{_TEXT}(?:,{_TEXT})*)?\])'
_EVENT: Final = re.compile(
    r'\{(?:"access":"(public|restricted)",)?'
    r'"action":"(item|capture|note|annotation|entity|claim|access|settings)",'
    rf'"agent":\{{"kind":"[a-z]++","name":{_TEXT}(?:,"version":{_TEXT})?\}},'
    rf'"at":{_TEXT},'
    rf'"digest":"({_DIGEST})",'
    rf'(?:"payloads":\[({_PAYLOAD}(?:,{_PAYLOAD})*)\],)?'
    r'"source":"(?:done|found)",'
    r'"subject":"([^"\\\x00-\x1f]{1,1024}+)",'
    rf'"tool":\{{"name":{_TEXT},(?:"options":\{{{_OPTION}\}},)?"version":{_TEXT}\}},'
    r'"v":1\}'
)
_BEFORE_DIGEST: Final = '{"digest":"'  # no text can have it inside: there are quotes in it
_DIGEST_LENGTH: Final = len("sha256:") + 64


PlainEvent = tuple[str, str, str, list[str], str | None]
"""Action, subject and digest, the digests of the payloads that it names, and the access."""


def is_plain_event(entry: bytes) -> bool:
    """Whether the entry is one that the pattern knows: then it is canonical JSON, and no other."""
    return read_plain_event(entry) is not None


def read_plain_event(entry: bytes) -> PlainEvent | None:
    """The event, if the entry is one that the pattern knows; None says nothing about it."""
    try:
        match = _EVENT.fullmatch(entry.decode())
    except UnicodeDecodeError:
        return None
    if match is None:
        return None
    access, action, digest, payloads, subject = match.groups()
    named = payloads.split(_BEFORE_DIGEST)[1:] if payloads else ()
    return action, subject, digest, [payload[:_DIGEST_LENGTH] for payload in named], access
