"""Check a citekit proof file with the standard library alone.

    python check_proof.py PROOF.json --vkey NAME+ID+KEY      (needs the package cryptography)
    python check_proof.py PROOF.json --root BASE64 --size N  (a checkpoint that you kept)
    … --witness NAME+ID+KEY    this witness has to have seen the checkpoint
    … --revoked NAME+ID+KEY@2026-11-22  this key counts from then only where something covers it

Exit codes: 0 proven, 1 consistent but nobody vouches for it, 2 wrong usage, 4 no proof, 6 not what
was sealed.
This program shares no code with citekit. The format is described in the reference, page "The log".

What it does, in order:
 1. Every entry of the log is hashed into its leaf; the hashes of its proof lead to one root.
 2. Every file in the proof has the digest that the last entry about it says.
 3. The last entry of the log says the state of the whole archive; from it follows that this is all
    the log says of the item: no later edit, no other capture, nothing taken back.
 4. That root is the one of a checkpoint which a key that you know has signed, or that you kept. A
    key that was revoked counts only where a witness or what you kept covers it from before; it
    cannot check timestamps by itself, so it never counts them here.
 5. Each timestamp is of that checkpoint, or of an earlier one in whose log an entry was already.
"""

# ruff: noqa: T201, TRY004  # a program of its own: what it prints is its answer; one kind of error

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.util
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT, WITHOUT_STATE = "citekit-proof/2", "citekit-proof/1"
LIMIT = 8 << 20
MOST_HASHES = 64
NO_KEPT, UNSURE, GREW = "none", "cannot tell", "grew"
VOUCHED, OLDER = "vouched for", "vouched for as it was then"
MOST_PARTS = 1000
MOST_DIGITS = 4300
LOG, WITNESS = b"\x01", b"\x04"
AHEAD = timedelta(minutes=5)
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
    parser.add_argument("--witness", action="append", default=[], help="a witness' public key")
    parser.add_argument("--revoked", action="append", default=[], help="KEY@DATE, no more trusted")
    parser.add_argument("--tokens", help="a folder to write the timestamps into, for openssl")
    options = parser.parse_args(words)
    if (options.root is None) != (options.size is None):
        parser.error("--root and --size are those of one checkpoint: give both")
    try:
        trusted = {read_vkey(options.vkey)} if options.vkey else set()
        witnesses = {read_vkey(vkey, WITNESS) for vkey in options.witness}
        revoked = dict(map(read_revoked, options.revoked))
    except ValueError as error:
        parser.error(f"--vkey, --witness or --revoked: {error}")
    if revoked and not trusted:
        parser.error("--revoked says how far the key of --vkey counts: give both")
    if (trusted or witnesses) and importlib.util.find_spec("cryptography") is None:
        parser.error("keys need the package cryptography; else give --root and --size")
    try:
        options.root = None if options.root is None else decode(options.root, 32)
    except ValueError as error:
        parser.error(f"--root: {error}")
    try:
        proof = read_file(Path(options.proof))
    except (OSError, ValueError, OverflowError, RecursionError) as error:
        return answer(4, f"not a proof file: {error}")
    try:
        said = check_entries(proof)
        check_files(proof, said)
        if proof.state:
            check_last_word(proof, proof.state, said)
        kept = check_kept(proof, options)
        seen = check_witnesses(proof, witnesses)
        is_signed = check_signer(proof, trusted, revoked, evidence(proof, options, kept, seen))
        stamped = check_times(proof, said)
    except NotProven as error:
        return answer(6, f"tampered: {error}")
    for witness, at in seen.items():
        print("a witness saw this checkpoint:", ascii(witness[0]), at.isoformat())
    how = "unchanged since it was sealed" if proof.state else "sealed as it is here"
    for path, _ in proof.files:
        print(f"{how}:", ascii(path))
    for line in purges(proof):
        print("removed for good since:", ascii(line))
    tell_last_word(proof, is_vouched=is_signed or kept == VOUCHED)
    try:
        tell_times(stamped, options.tokens)
    except OSError as error:
        parser.error(f"--tokens: {error}")
    if kept == UNSURE:
        return answer(
            1,
            "consistent; cannot tell whether the log only grew: your checkpoint is of "
            "another size; ask for a proof made with citekit prove KEY --since CHECKPOINT",
        )
    if not (kept in (VOUCHED, OLDER) or is_signed):
        return answer(1, "consistent; signer not authenticated")
    return answer(0, "proven; not that the source ever served it, nor that nothing came later")


def answer(code: int, text: str) -> int:
    """Print the verdict."""
    print(text)
    return code


# ── 0. the whole file is read; one part that cannot be read makes it no proof file ───────────────
# From here on ValueError means: this is no proof file.


class Entry(NamedTuple):
    """An entry of the log, and the proof that leads from it to the root of a checkpoint."""

    leaf: bytes
    event: dict[str, Any]
    index: int
    hashes: list[bytes]
    checkpoint: Checkpoint


class Checkpoint(NamedTuple):
    """C2SP tlog-checkpoint: its text with the signatures, and what that says."""

    note: str
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes, bytes]]

    @property
    def digest(self) -> bytes:
        """What a timestamp is about."""
        return hashlib.sha256(self.note.encode()).digest()


class Stamp(NamedTuple):
    """An RFC 3161 response and the digest that it is said to have."""

    digest: str
    response: bytes


class Earlier(NamedTuple):
    """A smaller checkpoint of the log, index -> edge of the entries it had, and its timestamps."""

    checkpoint: Checkpoint
    edges: dict[int, bytes | None]
    stamps: list[Stamp]


class State(NamedTuple):
    """The last entry of the log, and what of it is about the item."""

    entry: Entry
    root: bytes
    group: str
    """The state of the item's folder: canonical JSON."""
    files: dict[str, dict[str, Any]]
    purged: dict[str, int]
    bits: list[int]
    hashes: list[bytes]


class Held(NamedTuple):
    """The last entry of an earlier seal, and an opened leaf of the tree under its private root."""

    entry: Entry
    root: bytes
    path: str
    digest: str
    salt: bytes
    index: int
    hashes: list[bytes]


class Proof(NamedTuple):
    """The file."""

    key: str
    files: list[tuple[str, str]]
    entries: list[Entry]
    rotations: list[Entry]
    stamps: list[Stamp]
    earlier: list[Earlier]
    since: list[tuple[int, list[bytes]]]
    """Sizes of earlier trees, and the hashes that lead from each to the checkpoint."""
    cosignatures: list[tuple[str, bytes, bytes]]
    """Of witnesses, below the checkpoint."""
    state: State | None
    """What shows the last word; None in files of the format before, which do not show it."""
    held: list[Held]


def read_file(path: Path) -> Proof:
    """Read the file to its last part; raises ValueError for what is no proof file."""
    document = read_json(path)
    if document.get("format") not in (FORMAT, WITHOUT_STATE):
        raise ValueError(f'its "format" is not {FORMAT} or {WITHOUT_STATE}')
    if ("state" in document) != (document["format"] == FORMAT):
        raise ValueError("its format has a state and it has none, or the other way round")
    read_about(document)
    proof = Proof(
        key=text(document, "key"),
        files=[(text(file, "path"), text(file, "text")) for file in parts(document, "files")],
        entries=[read_entry(part) for part in parts(document, "entries")],
        rotations=[read_entry(part) for part in parts(document, "rotations", needed=False)],
        stamps=[read_stamp(part) for part in parts(document, "timestamps", needed=False)],
        earlier=[read_earlier(part) for part in parts(document, "earlier", needed=False)],
        since=[read_since(part) for part in parts(document, "since", needed=False)],
        cosignatures=[read_signature(line) for line in texts(document, "cosignatures")],
        state=read_state(document["state"]) if "state" in document else None,
        held=[read_held(part) for part in parts(document, "held", needed=False)],
    )
    if not proof.files or not proof.entries:
        raise ValueError("it has no files or no entries")
    if sum(len(e.stamps) + len(e.edges) for e in proof.earlier) > 10 * MOST_PARTS:
        raise ValueError("it has too many earlier entries")
    return proof


def read_json(path: Path) -> dict[str, Any]:
    """Read JSON that has one meaning, and no more of it than a proof has."""
    with path.open("rb") as file:
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ValueError("too large")
    document = json.loads(
        data.decode("utf-8").removeprefix("\ufeff"),
        object_pairs_hook=without_duplicates,
        parse_constant=refuse,
        parse_float=finite,
        parse_int=short,
    )
    check_depth(document, 0)
    if not isinstance(document, dict):
        raise ValueError("not a JSON object")
    return document


def read_about(document: dict[str, Any]) -> None:
    """What nobody has signed: when the file was made, and with what."""
    tool = document.get("tool")
    made_at = datetime.fromisoformat(re.sub("Z$", "+00:00", text(document, "made_at")))
    if made_at.tzinfo is None:
        raise ValueError('"made_at" has no zone')
    made_at.astimezone(timezone.utc)  # noqa: UP017  # so it runs on Python 3.10, too
    if not isinstance(tool, dict):
        raise ValueError('"tool" is missing')
    for name in ("name", "version"):
        text(tool, name)
    libraries = tool.get("libraries", {})
    if not isinstance(tool.get("options", {}), dict) or not isinstance(libraries, dict):
        raise ValueError('"tool" has options or libraries that are none')
    for name in libraries:
        text(libraries, name)


def text(part: dict[str, Any], name: str) -> str:
    """Give a text that has to be there."""
    value = part.get(name)
    if not isinstance(value, str):
        raise ValueError(f'"{name}" is missing or no text')
    return value


def parts(document: dict[str, Any], name: str, *, needed: bool = True) -> list[dict[str, Any]]:
    """Give a list of objects."""
    value = document.get(name) if needed or name in document else []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise ValueError(f'"{name}" is no list of objects')
    if len(value) > MOST_PARTS:
        raise ValueError(f'"{name}" is too long')
    return value


def texts(document: dict[str, Any], name: str) -> list[str]:
    """Give a list of texts, which need not be there."""
    value = document.get(name, [])
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ValueError(f'"{name}" is no list of texts')
    if len(value) > MOST_PARTS:
        raise ValueError(f'"{name}" is too long')
    return value


def check_depth(value: object, depth: int, most: int = 64) -> None:
    """Refuse what is nested too deeply, and text that is none."""
    if depth > most:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        value.encode()  # half of a surrogate pair cannot be
    for child in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        check_depth(child, depth + 1, most)


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse two values for one key."""
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def refuse(number: str) -> float:
    """Refuse NaN and infinities, and in an entry of the log all numbers that are not whole."""
    raise ValueError(f"{number} is not a number here")


def finite(digits: str) -> float:
    """Refuse a number that is too large."""
    if abs(float(digits)) == float("inf"):
        raise ValueError("too large a number")
    return float(digits)


def short(digits: str) -> int:
    """Refuse a number of thousands of digits: reading one takes the square of their number."""
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise ValueError("a number of too many digits")
    return int(digits)


def whole(digits: str) -> int:
    """Refuse an integer that other readers would round (RFC 7493)."""
    if abs(short(digits)) > 2**53 - 1:
        raise ValueError("an integer beyond 2**53 - 1")
    return int(digits)


def decode(encoded: str, length: int | None = None) -> bytes:
    """Decode base64 that is spelled in the one right way."""
    data = base64.b64decode(encoded, validate=True)
    if base64.b64encode(data).decode() != encoded or length not in (None, len(data)):
        raise ValueError("not base64, or of another length")
    return data


def read_number(digits: str) -> int:
    """Read a number of the log that is spelled in the one right way."""
    if not digits.isascii() or not digits.isdecimal() or str(short(digits)) != digits:
        raise ValueError("not a number")
    if int(digits) > 2**63 - 1:
        raise ValueError("larger than a log can be")
    return int(digits)


def read_entry(part: dict[str, Any]) -> Entry:
    """Read an entry and its C2SP tlog-proof."""
    entry = text(part, "entry").encode()
    head, separator, note = text(part, "proof").partition("\n\n")
    first, *lines = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not separator:
        raise ValueError("an entry has no proof")
    if lines and lines[0].startswith("extra ") and not 0 < len(decode(lines.pop(0)[6:])) <= 1 << 16:
        raise ValueError("a proof has extra data that are none")
    if not lines or not lines[0].startswith("index "):
        raise ValueError("a proof has no index")
    index = read_number(lines.pop(0)[6:])
    hashes = [decode(line, 32) for line in lines]
    if len(hashes) > 63 or index == 2**63 - 1:
        raise ValueError("a proof that no log can have")
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    return Entry(leaf, read_event(entry), index, hashes, read_checkpoint(note))


def read_event(entry: bytes) -> dict[str, Any]:
    """Read an entry that is spelled as RFC 8785 says, and as an entry of the log may be."""
    event = json.loads(
        entry,
        object_pairs_hook=without_duplicates,
        parse_constant=refuse,
        parse_float=refuse,
        parse_int=whole,
    )
    again = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if not isinstance(event, dict) or again.encode() != entry or len(entry) > 65535:
        raise ValueError("an entry is not canonical JSON")
    check_depth(event, 1, 32)
    check_names(event)
    return event


def check_names(value: object) -> None:
    """Refuse names in an entry that are not ASCII: others would sort them differently."""
    if isinstance(value, dict):
        if not all(map(str.isascii, value)):
            raise ValueError("an entry has a name that is not ASCII")
        value = list(value.values())
    for child in value if isinstance(value, list) else ():
        check_names(child)


def read_checkpoint(note: str) -> Checkpoint:
    """C2SP tlog-checkpoint in a signed-note: origin, size, root, signatures."""
    signed, separator, rest = note.rpartition("\n\n")
    *lines, last = rest.split("\n")
    origin, size, root, *more = signed.split("\n")
    if not separator or last or len(lines) > 64 or len(note.encode()) > 1 << 18:
        raise ValueError("not a signed note")
    if not origin or not all(more) or any(c < " " and c != "\n" for c in signed):
        raise ValueError("not a checkpoint")
    number = read_number(size)
    if number == 0 and decode(root) != hashlib.sha256().digest():
        raise ValueError("a log without entries has another root")
    signatures = [read_signature(line) for line in lines]
    return Checkpoint(note, origin, number, decode(root, 32), signatures)


def read_signature(line: str) -> tuple[str, bytes, bytes]:
    """Read a signature line: name, key id, signature."""
    name, _, encoded = line.removeprefix("\u2014 ").partition(" ")
    data = decode(encoded)
    if not line.startswith("\u2014 ") or not is_name(name) or len(data) < 5:
        raise ValueError("not a signature line")
    return name, data[:4], data[4:]


def is_name(name: str) -> bool:
    """Tell whether it can be the name of a key."""
    return bool(name) and "+" not in name and not any(c.isspace() or c < " " for c in name)


def read_stamp(part: dict[str, Any]) -> Stamp:
    """Read a timestamp; what is in it, ``openssl ts`` knows."""
    digest = text(part, "digest")
    if not re.fullmatch("sha256:[0-9a-f]{64}", digest):
        raise ValueError("not a digest")
    return Stamp(digest, decode(text(part, "response")))


def read_earlier(part: dict[str, Any]) -> Earlier:
    """Read an earlier checkpoint."""
    edges = {}
    for entry in parts(part, "entries"):
        index, edge = entry.get("index"), entry.get("edge")
        if type(index) is not int:
            raise ValueError("an earlier entry has no index")
        edges[index] = None if edge is None else decode(text(entry, "edge"), 32)
    stamps = [read_stamp(stamp) for stamp in parts(part, "timestamps")]
    return Earlier(read_checkpoint(text(part, "checkpoint")), edges, stamps)


def read_since(part: dict[str, Any]) -> tuple[int, list[bytes]]:
    """Read a consistency proof."""
    size, hashes = part.get("size"), part.get("hashes")
    if type(size) is not int or not 0 < size < 2**63:
        raise ValueError("not the size of an earlier log")
    if not isinstance(hashes, list) or len(hashes) > MOST_HASHES:
        raise ValueError("not the hashes of a consistency proof")
    if not all(isinstance(value, str) for value in hashes):
        raise ValueError("a hash is no text")
    return size, [decode(value, 32) for value in hashes]


def read_state(part: Any) -> State:  # noqa: ANN401  # JSON
    """Read the last entry of the log, and the item's part of it with the way to its root."""
    if not isinstance(part, dict):
        raise ValueError("its state is no object")
    entry, group, hashes = read_entry(part), text(part, "group"), part.get("hashes")
    root, _ = read_roots(entry.event)
    if not isinstance(hashes, list) or not all(isinstance(value, str) for value in hashes):
        raise ValueError("its state has no hashes")
    if len(hashes) > 256:
        raise ValueError("its state has too many hashes")
    files, purged = read_group(group)
    return State(
        entry=entry,
        root=root,
        group=group,
        files=files,
        purged=purged,
        bits=read_bits(text(part, "bits")),
        hashes=[decode(value, 32) for value in hashes],
    )


def read_roots(event: dict[str, Any]) -> tuple[bytes, bytes]:
    """Read the roots of an entry that says a state: of all files, and of what is private."""
    if event.get("action") != "state" or event.get("v") != 2 or type(event["v"]) is not int:
        raise ValueError("its state is another entry")
    if type(event.get("size")) is not int or event["size"] < 0:
        raise ValueError("its state does not say of how many entries")
    roots = [re.fullmatch("sha256:([0-9a-f]{64})", str(event.get(n))) for n in ("root", "private")]
    if not roots[0] or not roots[1]:
        raise ValueError("its state has no roots")
    return bytes.fromhex(roots[0][1]), bytes.fromhex(roots[1][1])


def read_held(part: dict[str, Any]) -> Held:
    """Read what was private at an earlier seal."""
    entry, leaf = read_entry(part), part.get("leaf")
    if not isinstance(leaf, dict) or set(leaf) != {"path", "digest", "salt", "index", "hashes"}:
        raise ValueError("an opened leaf has other parts")
    hashes, index = leaf["hashes"], leaf["index"]
    if not isinstance(hashes, list) or len(hashes) > 40 or type(index) is not int:
        raise ValueError("an opened leaf has no place in its tree")
    values = [leaf["salt"], *hashes]
    if not all(isinstance(v, str) and re.fullmatch("[0-9a-f]{64}", v) for v in values):
        raise ValueError("an opened leaf has hashes that are none")
    check_digest(leaf["digest"])
    return Held(
        entry=entry,
        root=read_roots(entry.event)[1],
        path=text(leaf, "path"),
        digest=leaf["digest"],
        salt=bytes.fromhex(leaf["salt"]),
        index=index,
        hashes=[bytes.fromhex(value) for value in hashes],
    )


def read_bits(encoded: str) -> list[int]:
    """Read at which bits of its key the way to the root branches, the deepest first."""
    number = int.from_bytes(decode(encoded, 32), "big")
    return [bit for bit in range(255, -1, -1) if number >> (255 - bit) & 1]


def read_group(content: str) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
    """Read what a log says of a folder, in its one spelling: files by their names, and purges."""
    group = json.loads(
        content, object_pairs_hook=without_duplicates, parse_float=refuse, parse_int=whole
    )
    again = json.dumps(group, sort_keys=True, separators=(",", ":"))
    if not isinstance(group, dict) or again != content or not content.isascii():
        raise ValueError("the state of a folder is not canonical JSON")
    files, purged = group.get("files"), group.get("purged", {})
    if not isinstance(files, dict) or not isinstance(purged, dict) or group.get("purged") == {}:
        raise ValueError("the state of a folder has no files")
    if not group.keys() <= {"access", "files", "purged"} or "\\" in content:
        raise ValueError("the state of a folder has parts of a newer citekit")
    if "access" in group and not re.fullmatch("[a-z]{1,20}", str(group["access"])):
        raise ValueError("the state of a folder has an access that is no word")
    for file in files.values():
        if not isinstance(file, dict) or file.keys() != {"digest", "entry"}:
            raise ValueError("the state of a file is another")
        if file["digest"] is not None:
            check_digest(file["digest"])
    for digest in purged:
        check_digest(digest)
    entries = [*(file["entry"] for file in files.values()), *purged.values()]
    if not all(type(entry) is int and entry >= 0 for entry in entries):
        raise ValueError("the state of a file has no entry")
    return files, purged


def check_digest(digest: object) -> None:
    """Refuse what is no digest."""
    if not isinstance(digest, str) or not re.fullmatch("sha256:[0-9a-f]{64}", digest):
        raise ValueError("not a digest")


# ── 1. entries lead to one root ──────────────────────────────────────────────────────────────────


def check_entries(proof: Proof) -> dict[str, Entry]:
    """Give for each path the last entry about it, after renamings; raises NotProven."""
    for entry in proof.entries:
        check_leads(entry)
    if proof.state:
        check_leads(proof.state.entry)
    for held in proof.held:
        check_leads(held.entry)
    all_entries = [*proof.entries, *([proof.state.entry] if proof.state else [])]
    all_entries += [held.entry for held in proof.held]
    if len({entry.checkpoint.note for entry in all_entries}) != 1:
        raise NotProven("the entries have several checkpoints, not one")
    said: dict[str, Entry] = {}
    for entry in sorted(proof.entries, key=lambda entry: entry.index):
        subject, to = str(entry.event.get("subject")), str(entry.event.get("to"))
        if entry.event.get("action") == "rename":
            for path in [path for path in said if path.startswith(subject + "/")]:
                said[to + path[len(subject) :]] = said.pop(path)
        elif entry.event.get("action") != "purge":
            said[subject] = entry
    return said


def check_leads(entry: Entry) -> None:
    """Raise NotProven unless the entry is in the log of its checkpoint."""
    checkpoint = entry.checkpoint
    if root_by(entry.leaf, entry.index, checkpoint.size, entry.hashes) != checkpoint.root:
        raise NotProven(f"entry {entry.index} is not in the log of its checkpoint")


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


# ── 2. files have the digests that the entries say ───────────────────────────────────────────────


def check_files(proof: Proof, said: dict[str, Entry]) -> None:
    """Raise NotProven for a file with another digest."""
    if not any(is_item(path, content, proof.key) for path, content in proof.files):
        raise NotProven("the proof has no item.json of its key")
    for path, content in proof.files:
        digest = "sha256:" + hashlib.sha256(content.encode()).hexdigest()
        if path not in said or said[path].event.get("digest") != digest:
            raise NotProven(f"{path!r} is not what was sealed")
    check_held(proof)


def check_held(proof: Proof) -> None:
    """Raise NotProven unless each opened leaf is of a capture record here, and of that seal."""
    digests = {
        "sha256:" + hashlib.sha256(content.encode()).hexdigest() for _, content in proof.files
    }
    for held in proof.held:
        line = b"citekit private file v1\n" + held.salt + held.digest.encode() + b"\n"
        leaf = hashlib.sha256(b"\x00" + line + held.path.encode()).digest()
        is_record = re.fullmatch(
            r"items/[^/]+/captures/\d{8}T\d{6}Z(?:-[1-9]\d*)?\.json", held.path, re.ASCII
        )
        root = root_by(leaf, held.index, 1 << len(held.hashes), held.hashes)
        is_whole = len(held.hashes) >= 8 and root == held.root
        if not (is_record and is_whole and held.digest in digests):
            raise NotProven("what was private does not lead to the private root of its seal")


def is_item(path: str, content: str, key: str) -> bool:
    """Whether this is the item with that key, in a folder that is named after the key."""
    folder = re.fullmatch(r"items/([^/]+)/item\.json", path)
    if not folder or not is_named_after(folder[1], key):
        return False
    try:
        item = json.loads(content, parse_int=short)
    except (ValueError, RecursionError):
        return False
    return isinstance(item, dict) and item.get("id") == key


def is_named_after(folder: str, key: str) -> bool:
    """Whether the name is the key, its other signs as bytes (``~3a``), or ends with its digest."""
    mark = "~" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    plain = re.sub(
        rb"~([0-9a-f]{2})",
        lambda match: bytes.fromhex(match[1].decode()),
        folder.encode("utf-8", "surrogatepass"),
    )
    return plain == key.encode("utf-8", "surrogatepass") or folder.endswith(mark)


def purges(proof: Proof) -> Iterator[str]:
    """Tell which payloads were removed for good; their digests are proven all the same."""
    for entry in sorted(proof.entries, key=lambda entry: entry.index):
        payloads = entry.event.get("payloads")
        if entry.event.get("action") == "purge" and isinstance(payloads, list):
            for payload in (payload for payload in payloads if isinstance(payload, dict)):
                what = f"{payload.get('role')} {payload.get('digest')}"
                yield f"{what}, entry {entry.index}, {entry.event.get('at')}"


# ── 3. this is all that the log says of the item ─────────────────────────────────────────────────


def check_last_word(proof: Proof, state: State, said: dict[str, Entry]) -> None:
    """Raise NotProven unless the proof has the last word on the item, and leaves nothing out."""
    size = state.entry.checkpoint.size
    if not state.entry.index == size - 1 == state.entry.event["size"]:
        raise NotProven("its state is not the last entry of the log: it is another seal's")
    item = next(path for path, content in proof.files if is_item(path, content, proof.key))
    folder = item.removesuffix("item.json")
    if state_root(folder[:-1], state) != state.root:
        raise NotProven("its state is not what the log says of the item's folder")
    for path, content in proof.files:
        known = state.files.get(path.removeprefix(folder)) if path.startswith(folder) else None
        digest = "sha256:" + hashlib.sha256(content.encode()).hexdigest()
        if known != {"digest": digest, "entry": said[path].index}:
            raise NotProven(f"{path!r} is not the last word of the log on it")
    shown = {path.removeprefix(folder) for path, _ in proof.files}
    for name, known in state.files.items():
        is_needed = name == "item.json" or name.startswith("captures/")
        if is_needed and known["digest"] is not None and name not in shown:
            raise NotProven(f"it leaves out {folder + name!r}, which the log has")
    told = set(purges_told(proof))
    captured = {
        str(payload.get("digest"))
        for entry in proof.entries
        if entry.event.get("action") == "capture"
        for payload in payloads_of(entry)
    }
    if not told >= set(state.purged.items()):
        raise NotProven("it leaves out that a payload was removed for good")
    for digest, index in told:
        if digest in captured and state.purged.get(digest, index) != index:
            raise NotProven("it tells of a removal that the log does not say so")


def state_root(folder: str, state: State) -> bytes | None:
    """Hash the folder's state upwards, by the bits of its key, to the root of the whole state."""
    key = hashlib.sha256(b"\x20" + folder.encode()).digest()
    value = hashlib.sha256(b"\x21" + state.group.encode()).digest()
    node = hashlib.sha256(b"\x22" + key + value).digest()
    if len(state.bits) != len(state.hashes):
        return None
    number = int.from_bytes(key, "big")
    for bit, other in zip(state.bits, state.hashes):  # noqa: B905  # so it runs on Python 3.9, too
        sides = other + node if number >> (255 - bit) & 1 else node + other
        node = hashlib.sha256(b"\x23" + bytes([bit]) + sides).digest()
    return node


def payloads_of(entry: Entry) -> list[dict[str, Any]]:
    """Give the payloads that an entry names."""
    payloads = entry.event.get("payloads")
    found = payloads if isinstance(payloads, list) else []
    return [payload for payload in found if isinstance(payload, dict)]


def purges_told(proof: Proof) -> Iterator[tuple[str, int]]:
    """Give each digest that an entry says was removed, and the number of that entry."""
    for entry in proof.entries:
        if entry.event.get("action") in ("purge", "erase"):
            for payload in payloads_of(entry):
                yield str(payload.get("digest")), entry.index


def tell_last_word(proof: Proof, *, is_vouched: bool) -> None:
    """Say what the folder held, or that this proof does not show it."""
    for held in proof.held:
        print(f"held privately at the seal that wrote entry {held.entry.index}:", ascii(held.path))
    if proof.state is None:
        print("not shown: that this was the last word (a proof of this format cannot show that)")
        return
    shown = {path.partition("/")[2].partition("/")[2] for path, _ in proof.files}
    others = [
        name
        for name, file in sorted(proof.state.files.items())
        if file["digest"] is not None and name not in shown
    ]
    print(f"the last word at this checkpoint (entry {proof.state.entry.index}): the folder held")
    print("  these files" + "".join(f", {name!a}" for name in others) + ", and nothing else")
    print("  (the owner's signed word, checked by whoever replays or witnesses the log)")
    if not is_vouched:
        print("  not shown: that the owner says so; nobody you know vouches for this checkpoint")


# ── 4. somebody you know vouches for the checkpoint ──────────────────────────────────────────────


def check_kept(proof: Proof, options: argparse.Namespace) -> str:
    """Tell what the checkpoint that was kept vouches for; raises NotProven when it is another."""
    if options.root is None:
        return NO_KEPT
    ours = proof.entries[0].checkpoint
    if options.size == ours.size:
        if options.root != ours.root:
            then, now = (base64.b64encode(root).decode() for root in (options.root, ours.root))
            raise NotProven(
                f"fork: {ours.origin!r} with {ours.size} entries has root {now}, and what you kept "
                f"has root {then}"
            )
        return VOUCHED
    ways = [hashes for size, hashes in proof.since if size == options.size]
    if not ways or options.size > ours.size:
        return UNSURE
    if not all(only_grew(options.size, options.root, ours, hashes) for hashes in ways):
        raise NotProven(f"its log does not begin with the {options.size} entries that you know of")
    print("the log only grew since the checkpoint that you kept")
    covers_all = all(entry.index < options.size for entry in proof.entries)
    return OLDER if covers_all else GREW


def only_grew(size: int, root: bytes, ours: Checkpoint, hashes: list[bytes]) -> bool:
    """RFC 9162 §2.1.4.2: whether the smaller tree is the beginning of the larger one."""
    path = [root, *hashes] if size & (size - 1) == 0 else hashes
    if not hashes:
        return False
    place, last = size - 1, ours.size - 1
    while place % 2:
        place, last = place // 2, last // 2
    then = now = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            then = hashlib.sha256(b"\x01" + other + then).digest()
            now = hashlib.sha256(b"\x01" + other + now).digest()
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            now = hashlib.sha256(b"\x01" + now + other).digest()
        place, last = place // 2, last // 2
    return last == 0 and (then, now) == (root, ours.root)


class Known(NamedTuple):
    """A checkpoint known from outside, whether it has all entries here, and since when it is."""

    size: int
    root: bytes
    has_all: bool
    at: datetime | None

    def covers(self, checkpoint: Checkpoint, ours: Checkpoint, before: datetime) -> bool:
        """Whether it shows that this checkpoint was signed before an instant."""
        is_same = (self.size, self.root) == (checkpoint.size, checkpoint.root)
        is_ours = self.has_all and (ours.size, ours.root) == (checkpoint.size, checkpoint.root)
        return (is_same or is_ours) and (self.at is None or self.at < before)


def evidence(
    proof: Proof, options: argparse.Namespace, kept: str, seen: dict[Key, datetime]
) -> list[Known]:
    """Give what vouches for a key that was revoked: what was kept, what witnesses saw."""
    ours = proof.entries[0].checkpoint
    known = [Known(ours.size, ours.root, has_all=True, at=at) for at in seen.values()]
    if kept not in (UNSURE, NO_KEPT):
        known.append(Known(options.size, options.root, has_all=kept in (VOUCHED, OLDER), at=None))
    return known


def check_signer(
    proof: Proof, trusted: set[Key], revoked: dict[Key, datetime], known: list[Known]
) -> bool:
    """Tell whether a key that is known has signed; raises NotProven when only others have."""
    if not trusted:
        return False
    ours = proof.entries[0].checkpoint
    chain = follow(proof.rotations, ours, trusted, {}, known)
    said = hear(proof, chain, revoked, known)
    if said:
        chain = follow(proof.rotations, ours, trusted, said, known)
    found = signers(ours, chain.keys)
    if not found:
        raise NotProven("the key that you trust has not signed its checkpoint")
    in_time = [key for key in found if chain.counts(key, ours.size)]
    if not in_time:
        raise NotProven("a key has signed its checkpoint that the log had replaced before")
    if not any(is_sound(key, ours, ours, said, known) for key in in_time):
        raise NotProven("the key that has signed its checkpoint is revoked, and nothing covers it")
    exact = [part._replace(has_all=False) for part in known]  # what was older is kept's to tell
    return any(is_sound(key, ours, ours, said, exact) for key in in_time)


class End(NamedTuple):
    """The entry that replaced a key, and the size of the one checkpoint that both keys signed."""

    entry: int
    hand_over: int | None = None

    def counts(self, size: int) -> bool:
        """Whether the replaced key's signature of a checkpoint of that size is worth anything."""
        return size <= self.entry or size == self.hand_over


class Chain(NamedTuple):
    """Keys that are trusted or led to, where those ended that were replaced, and what followed."""

    keys: set[Key]
    ends: dict[Key, End]
    following: dict[Key, Key]

    def counts(self, key: Key, size: int) -> bool:
        """Whether the key had not been replaced when the log had that size."""
        return key not in self.ends or self.ends[key].counts(size)

    def after(self, key: Key) -> list[Key]:
        """Give the keys that it has handed over to, directly or through others."""
        found: list[Key] = []
        while key in self.following and self.following[key] not in found:
            key = self.following[key]
            found.append(key)
        return found


def follow(
    rotations: list[Entry],
    ours: Checkpoint,
    trusted: set[Key],
    revoked: dict[Key, datetime],
    known: list[Known],
) -> Chain:
    """Give the keys that trusted ones have handed over to as well, and those that were replaced.

    Who trusts the old key comes to trust the new one, if both have signed one checkpoint that has
    the entry about it; the old one is replaced once and for all.
    """
    keys, ends, following = set(trusted), dict[Key, End](), dict[Key, Key]()
    for entry in sorted(rotations, key=lambda entry: (entry.index, entry.checkpoint.size)):
        new, then = new_key(entry, ours.origin), entry.checkpoint
        for old in [key for key in keys if new and key[1].hex() == entry.event.get("replaces")]:
            end = ends.setdefault(old, End(entry.index))
            is_agreed = new and end == End(entry.index) and have_signed(then, new, old)
            if new and is_agreed and is_sound(old, then, ours, revoked, known):
                ends[old] = End(entry.index, then.size)
                following[old] = new
                keys.add(new)
    return Chain(keys, ends, following)


def is_sound(
    key: Key,
    checkpoint: Checkpoint,
    ours: Checkpoint,
    revoked: dict[Key, datetime],
    known: list[Known],
) -> bool:
    """Tell whether the key was not revoked, or something covers what it signed from before."""
    before = revoked.get(key)
    return before is None or any(part.covers(checkpoint, ours, before) for part in known)


def hear(
    proof: Proof, chain: Chain, by_reader: dict[Key, datetime], known: list[Known]
) -> dict[Key, datetime]:
    """Give the keys that are revoked, and from when: as the reader says, or those after them."""
    revoked = {key: at for key, at in by_reader.items() if key in chain.keys}
    ours = proof.entries[0].checkpoint
    for entry in sorted(proof.rotations, key=lambda entry: -entry.index):
        author, begins_at = new_key(entry, ours.origin), read_instant(entry.event)
        if author is None or begins_at is None or not chain.counts(author, entry.index + 1):
            continue
        then = entry.checkpoint
        is_ours = (then.size, then.root) == (ours.size, ours.root)
        if not (is_ours or have_signed(then, author)):
            continue
        if not is_sound(author, then, ours, revoked, known):
            continue
        for key in chain.keys - set(by_reader):
            if key[1].hex() == entry.event.get("replaces") and author in chain.after(key):
                revoked[key] = min(begins_at, revoked.get(key, begins_at))
    return revoked


def read_instant(event: dict[str, Any]) -> datetime | None:
    """Give the instant from which an entry says that a key is revoked; None: it does not."""
    try:
        instant = datetime.fromisoformat(re.sub("Z$", "+00:00", text(event, "revoked_from")))
        return instant.astimezone(timezone.utc) if instant.tzinfo else None  # noqa: UP017
    except (ValueError, OverflowError):
        return None


def read_revoked(word: str) -> tuple[Key, datetime]:
    """Read KEY@DATE: a day in UTC, or an instant."""
    vkey, _, date = word.rpartition("@")
    instant = datetime.fromisoformat(re.sub("Z$", "+00:00", date))
    if instant.tzinfo is None and len(date) == len("2026-11-22"):
        instant = instant.replace(tzinfo=timezone.utc)  # noqa: UP017
    if instant.tzinfo is None:
        raise ValueError(f"no zone: {date}")
    return read_vkey(vkey), instant


def check_witnesses(proof: Proof, witnesses: set[Key]) -> dict[Key, datetime]:
    """C2SP tlog-cosignature: when each saw the checkpoint; raises NotProven if one has not."""
    if not witnesses:
        return {}
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    ours = proof.entries[0].checkpoint
    signed = ours.note.rpartition("\n\n")[0] + "\n"
    latest = datetime.now(timezone.utc) + AHEAD  # noqa: UP017
    seen: dict[Key, datetime] = {}
    for name, identifier, signature in (*ours.signatures, *proof.cosignatures):
        for key in (key for key in witnesses if key[:2] == (name, identifier)):
            seconds = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {seconds}\n{signed}".encode()
            try:
                Ed25519PublicKey.from_public_bytes(key[2]).verify(signature[8:], message)
                at = datetime.fromtimestamp(seconds, timezone.utc)  # noqa: UP017
            except (InvalidSignature, ValueError, OverflowError, OSError):
                raise NotProven("the cosignature of a witness is wrong") from None
            if at > latest:
                raise NotProven("the cosignature of a witness is from the future")
            seen[key] = min(at, seen.get(key, at))
    if len(seen) < len(witnesses):
        raise NotProven("a witness that you name has not cosigned its checkpoint")
    return seen


def new_key(entry: Entry, origin: str) -> Key | None:
    """Give the key that a proven entry of this log names; None for any other entry."""
    if entry.event.get("action") != "key" or entry.checkpoint.origin != origin:
        return None
    try:
        check_leads(entry)
        return read_vkey(str(entry.event.get("vkey")))
    except (NotProven, ValueError):
        return None


def have_signed(checkpoint: Checkpoint, *keys: Key) -> bool:
    """Tell whether each of these keys has signed."""
    try:
        return all(signers(checkpoint, {key}) for key in keys)
    except NotProven:
        return False


def read_vkey(text: str, kind: bytes = LOG) -> Key:
    """C2SP signed-note: name+key id+base64(type, key) -> name, key id, 32 bytes."""
    name, _, rest = text.strip().partition("+")
    identifier, _, encoded = rest.partition("+")
    key = decode(encoded, 33)
    expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if key[:1] != kind or expected.hex() != identifier or not is_name(name):
        owner = "witness" if kind == WITNESS else "log"
        raise ValueError(f"not the Ed25519 public key of a {owner}")
    return name, expected, key[1:]


def signers(checkpoint: Checkpoint, keys: set[Key]) -> set[Key]:
    """Give the keys that have signed; raises NotProven for a wrong signature of one of them."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signed = checkpoint.note.rpartition("\n\n")[0] + "\n"
    found = set()
    for name, identifier, signature in checkpoint.signatures:
        for key in (key for key in keys if key[:2] == (name, identifier)):
            try:
                Ed25519PublicKey.from_public_bytes(key[2]).verify(signature, signed.encode())
            except (InvalidSignature, ValueError):
                raise NotProven("a signature is wrong") from None
            found.add(key)
    return found


# ── 5. since when it exists ──────────────────────────────────────────────────────────────────────


def check_times(proof: Proof, said: dict[str, Entry]) -> list[tuple[str, Stamp, Checkpoint]]:
    """Give what each timestamp is about; raises NotProven for one that is of something else."""
    ours = proof.entries[0].checkpoint
    stamped = [("everything here", stamp, ours) for stamp in proof.stamps]
    entries = [*proof.entries, *(held.entry for held in proof.held)]
    by_index = {entry.index: entry for entry in entries}
    for earlier in proof.earlier:
        for index, edge in earlier.edges.items():
            check_was_in(earlier.checkpoint, by_index.get(index), edge, ours)
        names = [ascii(path) for path, _ in proof.files if said[path].index in earlier.edges]
        held = (held for held in proof.held if held.entry.index in earlier.edges)
        names += [f"{part.path!a}, held privately" for part in held]
        about = ", ".join(names) or "other entries"
        stamped += [(about, stamp, earlier.checkpoint) for stamp in earlier.stamps]
    for _, stamp, checkpoint in stamped:
        if stamp.digest != "sha256:" + hashlib.sha256(stamp.response).hexdigest():
            raise NotProven("a timestamp was changed")
        if checkpoint.digest not in stamp.response:  # a token has it in it, as it is
            raise NotProven("a timestamp is of something else")
    return stamped


def tell_times(stamped: list[tuple[str, Stamp, Checkpoint]], folder: str | None) -> None:
    """Say how to check each timestamp: RFC 3161 needs a program that knows certificates."""
    for number, (about, stamp, checkpoint) in enumerate(stamped):
        name = f"timestamp-{number}.tsr"
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / name).write_bytes(stamp.response)
        where = f"in {name} there" if folder else "written by --tokens FOLDER"
        print(f"timestamp {number}, {where}, shows since when this exists: {about}")
        digest = checkpoint.digest.hex()
        print(f"  openssl ts -verify -digest {digest} -in {name} -CAfile ROOT.pem")


def check_was_in(
    then: Checkpoint, entry: Entry | None, edge: bytes | None, ours: Checkpoint
) -> None:
    """Raise NotProven unless the entry was in the log when it had this earlier checkpoint.

    The hashes of its proof are those that it has now, but where the smaller tree ended: there, in
    at most one place, stands the edge.
    """
    if entry is None or then.origin != ours.origin or not entry.index < then.size <= ours.size:
        raise NotProven("an earlier checkpoint is about something else")
    levels = sibling_levels(entry.index, ours.size)
    now = {level: entry.hashes[place] for place, level in enumerate(levels)}
    hashes = []
    for level in sibling_levels(entry.index, then.size):
        is_whole = (((entry.index >> level) ^ 1) + 1) << level <= then.size
        sibling = now[level] if is_whole else edge
        if sibling is None:
            raise NotProven("an earlier checkpoint lacks its edge")
        hashes.append(sibling)
    if root_by(entry.leaf, entry.index, then.size, hashes) != then.root:
        raise NotProven(f"entry {entry.index} was not in the log of an earlier checkpoint")


def sibling_levels(index: int, size: int) -> list[int]:
    """Give the levels, from the leaves up, at which the path of a leaf has a sibling."""
    levels = range((size - 1).bit_length())
    return [level for level in levels if ((index >> level) ^ 1) << level < size]


if __name__ == "__main__":
    sys.exit(main())
