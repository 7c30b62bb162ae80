"""Capture records as citekit writes them, recognised by one pattern.

Reading a record as JSON and checking every value takes a verifier longer than hashing a payload.
What this pattern matches is such a record, whole and with nothing twice, of a page that was added
from a file. What it does not match may be good all the same: ``read_plain``, then ``decode_text``
tell.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from citekit.model.records.codec import read_instant

# With "+" after it a repetition gives nothing back once it has matched: here it never has to.
_TEXT: Final = r'"[^"\\\x00-\x1f]*+"'
_FILE: Final = r'"[^"\\/\x00-\x1f]*+"'
_NUMBER: Final = r"(?:0|[1-9][0-9]{0,14}+)"
_MAP: Final = (
    rf'\{{\n        "characters": {_NUMBER},\n        "words": {_NUMBER}'
    r'(?:,\n        "paragraphs": \[[0-9\[\], \n]*+|\n      )\}'  # JSON tells if these are lists
)
_PAYLOAD: Final = (
    rf'    "([^"\\\x00-\x1f]*+)": \{{\n      "digest": "(sha256:[0-9a-f]{{64}}+)",\n'
    rf'      "size_bytes": ({_NUMBER}),\n      "media_type": {_TEXT}'
    rf'(?:,\n      "encoding": {_TEXT})?(?:,\n      "map": ({_MAP}))?\n    \}}'
)
_LIBRARY: Final = rf'\n      "([^"\\\x00-\x1f]*+)": {_TEXT}'
_LIBRARIES: Final = re.compile(_LIBRARY)
_PAYLOADS: Final = re.compile(_PAYLOAD)
_CAPTURE: Final = re.compile(
    r'\{\n  "captured_at": "(?P<at>[^"\\\x00-\x1f]*+)",\n'
    r'  "source": \{\n    "fact": "(?:observed|declared)"'
    rf'(?:,\n    "url": {_TEXT})?(?:,\n    "file": {_FILE})?(?:,\n    "declared_by": {_TEXT})?'
    r"\n  \},\n"
    rf'  "tool": \{{\n    "name": {_TEXT},\n    "version": {_TEXT}'
    rf'(?:,\n    "libraries": \{{(?P<libraries>{_LIBRARY}(?:,{_LIBRARY})*)\n    \}})?\n  \}},\n'
    rf'  "payloads": \{{\n(?P<payloads>{_PAYLOAD}(?:,\n{_PAYLOAD})*)\n  \}}\n\}}\n'
)

PlainCapture = tuple[str, Mapping[str, Any]]
"""When it was, and by role of each payload its digest, size_bytes and map, as JSON has them."""


def read_plain_capture(text: str) -> PlainCapture | None:
    """The capture, if the text is one that the pattern knows; None says nothing about it.

    ``text`` has been decoded from UTF-8, so it holds no half of a surrogate pair.
    """
    match = _CAPTURE.fullmatch(text)
    if match is None:
        return None
    captured_at, rows = match["at"], _PAYLOADS.findall(match["payloads"])
    libraries = _LIBRARIES.findall(match["libraries"] or "")
    payloads: dict[str, dict[str, Any]] = {}
    try:
        read_instant(captured_at)
        for role, digest, size_bytes, shape in rows:
            payloads[role] = {"digest": digest, "size_bytes": int(size_bytes)}
            if shape:
                payloads[role]["map"] = _read_map(shape)
    except (ValueError, RecursionError):
        return None
    is_once = len(payloads) == len(rows) and len(set(libraries)) == len(libraries)
    return (captured_at, payloads) if is_once else None


def _read_map(text: str) -> dict[str, Any]:
    """The shape of a text; raises ValueError unless its paragraphs are lists of numbers."""
    shape: dict[str, Any] = json.loads(text)
    paragraphs = shape.get("paragraphs", ())
    if any(type(paragraph) is not list for paragraph in paragraphs) or any(
        type(end) is not int for paragraph in paragraphs for end in paragraph
    ):
        raise ValueError(text)
    return shape
