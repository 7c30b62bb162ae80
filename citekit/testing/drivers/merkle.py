"""The ``merkle`` driver: whether a proof of RFC 6962 holds.

Hashes come as padded base64; an absent hash is an empty one, which no proof accepts.
"""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from citekit.errors import InvalidData
from citekit.integrity.merkle import verify_consistency, verify_inclusion


def answer(request: dict[str, Any]) -> dict[str, bool]:
    """Judge one proof; ``{"ok": true}`` when it holds."""
    proof = tuple(_hash(text) for text in request["proof"] or ())
    match request["kind"]:
        case "inclusion":
            leaf, root = _hash(request["leafHash"]), _hash(request["root"])
            index, size = request["leafIdx"], request["treeSize"]
            return {"ok": verify_inclusion(leaf, index, size, proof, root)}
        case "consistency":
            old_root, new_root = _hash(request["root1"]), _hash(request["root2"])
            old, new = request["size1"], request["size2"]
            return {"ok": verify_consistency(old, new, proof, old_root, new_root)}
        case other:
            raise InvalidData(f"no such kind of proof: {other!r}")


def _hash(text: str | None) -> bytes:
    return b64decode(text or "", validate=True)
