"""Check a citekit proof file with the standard library alone.

    python check_proof.py PROOF.json --vkey NAME+ID+KEY      (needs the package cryptography)
    python check_proof.py PROOF.json --root BASE64 --size N  (a checkpoint that you kept)

Exit codes: 0 proven, 1 consistent but nobody vouches for it, 2 wrong usage, 4 no proof, 6 not what
was sealed.
This program shares no code with citekit. The format is described in the reference, page "The log".

What it does, in order:
 1. Every entry of the log is hashed into its leaf; the hashes of its proof lead to one root.
 2. Every file in the proof has the digest that the last entry about it says.
 3. That root is the one of a checkpoint which a key that you know has signed, or that you kept.
"""

# ruff: noqa: T201  # a program of its own, whose answer is what it prints

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 8 << 20
Key = tuple[str, bytes, bytes]
"""Name, key id, and the 32 bytes of an Ed25519 public key."""


class NotProven(Exception):
    """The file is not what was sealed."""


def main(words: list[str] | None = None) -> int:
    """Check the file that the arguments name and say what it proves."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("proof")
    parser.add_argument("--vkey", help="the signer's public key, from its owner")
    parser.add_argument("--root", help="the root of a checkpoint that you kept, base64")
    parser.add_argument("--size", type=int, help="how many entries that checkpoint covers")
    options = parser.parse_args(words)
    if (options.root is None) != (options.size is None):
        parser.error("--root and --size are those of one checkpoint: give both")
    try:
        trusted = {read_vkey(options.vkey)} if options.vkey else set()
    except ValueError as error:
        parser.error(f"--vkey: {error}")
    if trusted and importlib.util.find_spec("cryptography") is None:
        parser.error("--vkey needs the package cryptography; else give --root and --size")
    try:
        document = read(Path(options.proof))
    except (OSError, ValueError, RecursionError) as error:
        return answer(4, f"not a proof file: {error}")
    try:
        checkpoint, events = check_entries(document)
        check_files(document, replay(events))
        is_kept = check_kept(checkpoint, options)
        is_signed = check_signer(document, checkpoint, trusted)
        purged = list(purges(events))
    except NotProven as error:
        return answer(6, f"tampered: {error}")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        return answer(4, f"not a proof file: {error!r}")
    for file in document["files"]:
        print("unchanged since it was sealed:", ascii(file["path"]))
    for line in purged:
        print("removed for good since:", ascii(line))
    tell_timestamps(document, checkpoint)
    if not (is_kept or is_signed):
        return answer(1, "consistent; signer not authenticated")
    return answer(0, "proven; not that the source ever served it, nor that nothing came later")


def answer(code: int, text: str) -> int:
    """Print the verdict."""
    print(text)
    return code


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def read(path: Path) -> dict[str, Any]:
    """Read the document; raises ValueError for anything else."""
    data = path.read_bytes()[: LIMIT + 1]
    if len(data) > LIMIT:
        raise ValueError("too large")
    document = json.loads(
        data.decode("utf-8"), object_pairs_hook=without_duplicates, parse_constant=refuse
    )
    if not isinstance(document, dict) or document.get("format") != "citekit-proof/1":
        raise ValueError('its "format" is not citekit-proof/1')
    return document


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse two values for one key."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def refuse(name: str) -> None:
    """Refuse NaN and infinities."""
    raise ValueError(f"{name} is not a JSON number")


def decode(text: str) -> bytes:
    """Decode base64 that is spelled in the one right way."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not base64")
    return data


# ── 1. entries lead to one root ──────────────────────────────────────────────────────────────────


def check_entries(document: dict[str, Any]) -> tuple[str, list[tuple[int, dict[str, Any]]]]:
    """Give the one checkpoint (its text), and the events that the entries say, in their order."""
    checkpoints, events = set(), []
    for part in document["entries"]:
        entry = part["entry"].encode()
        event = read_event(entry)
        index, hashes, checkpoint = read_proof(part["proof"])
        _, size, root = read_checkpoint(checkpoint)
        leaf = hashlib.sha256(b"\x00" + entry).digest()
        if root_by(leaf, index, size, hashes) != root:
            raise NotProven(f"entry {index} is not in the log of its checkpoint")
        checkpoints.add(checkpoint)
        events.append((index, event))
    if not checkpoints:
        raise ValueError("it has no entries")
    if len(checkpoints) != 1:
        raise NotProven(f"the proof has {len(checkpoints)} checkpoints, not one")
    return checkpoints.pop(), sorted(events, key=lambda pair: pair[0])


def read_event(entry: bytes) -> dict[str, Any]:
    """Read an entry that is spelled as RFC 8785 says."""
    event = json.loads(entry, object_pairs_hook=without_duplicates, parse_constant=refuse)
    again = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if not isinstance(event, dict) or again.encode() != entry:
        raise ValueError("an entry is not canonical JSON")
    return event


def read_proof(text: str) -> tuple[int, list[bytes], str]:
    """C2SP tlog-proof: the index, the hashes, the checkpoint."""
    head, _, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1":
        raise ValueError("an entry has no proof")
    if lines and lines[0].startswith("extra "):
        del lines[0]
    word, number = lines.pop(0).split(" ")
    if word != "index" or not number.isdecimal() or str(int(number)) != number:
        raise ValueError("a proof has no index")
    hashes = [decode(line) for line in lines]
    if len(hashes) > 63 or any(len(value) != 32 for value in hashes):
        raise ValueError("a proof has hashes that are none")
    return int(number), hashes, checkpoint


def read_checkpoint(checkpoint: str) -> tuple[str, int, bytes]:
    """C2SP tlog-checkpoint: origin, size, root."""
    text, separator, _ = checkpoint.rpartition("\n\n")
    origin, size, root, *_ = text.split("\n")
    if not separator or not size.isdecimal() or str(int(size)) != size or len(decode(root)) != 32:
        raise ValueError("not a checkpoint")
    return origin, int(size), decode(root)


def root_by(leaf: bytes, index: int, size: int, hashes: list[bytes]) -> bytes | None:
    """RFC 9162 §2.1.3.2: the root that the hashes lead to; None when they cannot."""
    if not 0 <= index < size:
        return None
    position, last, value = index, size - 1, leaf
    for other in hashes:
        if last == 0:
            return None
        if position % 2 or position == last:
            value = hashlib.sha256(b"\x01" + other + value).digest()
            while position and not position % 2:
                position, last = position // 2, last // 2
        else:
            value = hashlib.sha256(b"\x01" + value + other).digest()
        position, last = position // 2, last // 2
    return value if last == 0 else None


def replay(events: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    """Path -> digest, after renamings."""
    said: dict[str, Any] = {}
    for _, event in events:
        subject = str(event.get("subject"))
        if event.get("action") == "rename":
            for path in [path for path in said if path.startswith(subject + "/")]:
                said[str(event.get("to")) + path[len(subject) :]] = said.pop(path)
        elif event.get("action") != "purge":
            said[subject] = event.get("digest")
    return said


# ── 2. files have the digests that the entries say ───────────────────────────────────────────────


def check_files(document: dict[str, Any], said: dict[str, Any]) -> None:
    """Raise NotProven for a file with another digest."""
    paths = [file["path"] for file in document["files"]]
    if f"items/{document['key']}/item.json" not in paths:
        raise NotProven("the proof has no item.json of its key")
    for file in document["files"]:
        digest = "sha256:" + hashlib.sha256(file["text"].encode()).hexdigest()
        if said.get(file["path"]) != digest:
            raise NotProven(f"{file['path']!r} is not what was sealed")


# ── 3. somebody you know vouches for the checkpoint ──────────────────────────────────────────────


def check_kept(checkpoint: str, options: argparse.Namespace) -> bool:
    """Tell whether this is the checkpoint that was kept; raises NotProven when it is another."""
    if options.root is None:
        return False
    origin, size, root = read_checkpoint(checkpoint)
    if (options.size, options.root) != (size, base64.b64encode(root).decode()):
        raise NotProven(f"its checkpoint is another: {origin!r}, {size} entries")
    return True


def check_signer(document: dict[str, Any], checkpoint: str, trusted: set[Key]) -> bool:
    """Tell whether a key that is known has signed; raises NotProven when only others have."""
    if not trusted:
        return False
    origin, _, _ = read_checkpoint(checkpoint)
    keys = set(trusted)
    for part in document.get("rotations", ()):  # who trusts the old key may come to trust a new one
        keys |= follow(part, origin, keys)
    if not any(has_signed(checkpoint, key) for key in keys):
        raise NotProven("the key that you trust has not signed its checkpoint")
    return True


def follow(part: dict[str, str], origin: str, keys: set[Key]) -> set[Key]:
    """Give the key that a trusted one has handed over to, if old and new have both signed."""
    entry = part["entry"].encode()
    event, (index, hashes, checkpoint) = read_event(entry), read_proof(part["proof"])
    name, size, root = read_checkpoint(checkpoint)
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    if event.get("action") != "key" or name != origin or root_by(leaf, index, size, hashes) != root:
        return set()
    new = read_vkey(event["vkey"])
    old = {key for key in keys if key[1].hex() == event.get("replaces")}
    signed = has_signed(checkpoint, new) and any(has_signed(checkpoint, key) for key in old)
    return {new} if signed else set()


def read_vkey(text: str) -> Key:
    """C2SP signed-note: name+key id+base64(type, key) -> name, key id, 32 bytes."""
    name, _, rest = text.strip().partition("+")
    identifier, _, encoded = rest.partition("+")
    key = decode(encoded)
    expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if key[:1] != b"\x01" or len(key) != 33 or expected.hex() != identifier:
        raise ValueError("not an Ed25519 public key")
    return name, expected, key[1:]


def has_signed(checkpoint: str, key: Key) -> bool:
    """Tell whether the key has signed the checkpoint; raises NotProven for a wrong signature."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text, _, signatures = checkpoint.rpartition("\n\n")
    name, identifier, public = key
    for line in signatures.splitlines():
        dash, signer, encoded = line.split(" ")
        data = decode(encoded)
        if (dash, signer, data[:4]) == ("\u2014", name, identifier):
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(data[4:], (text + "\n").encode())
            except InvalidSignature:
                raise NotProven("a signature is wrong") from None
            return True
    return False


def purges(events: list[tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """Tell which payloads were removed for good; their digests are proven all the same."""
    for index, event in events:
        if event.get("action") == "purge":
            for payload in event["payloads"]:
                yield f"{payload['role']} {payload['digest']}, entry {index}, {event['at']}"


def tell_timestamps(document: dict[str, Any], checkpoint: str) -> None:
    """RFC 3161 needs a program that knows certificates: say how to ask openssl."""
    digest = hashlib.sha256(checkpoint.encode()).hexdigest()
    for number in range(len(document.get("timestamps", ()))):
        print(f"timestamp {number}: decode its response into token.tsr, then check it with")
        print(f"  openssl ts -verify -digest {digest} -in token.tsr -CAfile ROOT.pem")


if __name__ == "__main__":
    sys.exit(main())
