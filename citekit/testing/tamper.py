"""Ways to tamper with one file, for tests and for comparing tools: a path in, nothing out.

``tamper(path, how, **arguments)`` does what ``how`` names, and answers whether anything is other
than before. ``forge(root, path, how)`` is somebody who knows the format and lacks the key: what is
done to the file, an event that waits explains. ``sign_falsely(root, how, key)`` is the same person,
or one who has a key that the log has replaced, at the checkpoint and its signatures.
``exchange_log(root, how, other)`` puts another signed log in the place of this one.
``sealed_archive`` makes the archive for all of them.
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any, Final

from citekit.app.sealing.seal import Keys, seal
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf, parse_leaf
from citekit.integrity.note import Note, parse_note, write_note
from citekit.integrity.sign import SignerKey, new_signer_key, sign_note
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.log.log_state import History
from citekit.store.log.record_kinds import action_of, group_of
from citekit.store.log.whole_state import WholeState
from citekit.store.staging import Journal, begin
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


def sealed_archive(
    root: Path, key: SignerKey, *, tsa: tuple[str, ...] = (), entities: int = 300
) -> ArchiveStore:
    """An archive whose log has a full tile of every kind, sealed twice, stamped in between."""
    store = build_archive(root)
    text = (root / "entities" / "ada-quill.json").read_text("utf-8")
    for number in range(entities):
        name = f"person-{number}"
        file = root / "entities" / f"{name}.json"
        file.write_text(text.replace("ada-quill", name), "utf-8")
    seal(store, keys=Keys(signing=key), tsa=tsa, allow_private=True)
    with store.writing() as writer:
        writer.write_note("tide2023", "Sealed later.\n")
    seal(store, keys=Keys(signing=key))
    return store


def tamper(path: Path, how: str, **arguments: Any) -> bool:  # noqa: ANN401  # from a data file
    """Do it; False when the bytes stay as they were."""
    if how in _BYTES:
        old = path.read_bytes()
        new = _BYTES[how](old, **arguments)
        if new != old:
            path.write_bytes(new)
        return new != old
    return _PATHS[how](path, **arguments)


def forge(root: Path, path: Path, how: str) -> bool:
    """Do it, and have an event wait that says so; False where that cannot be done to the file.

    *rewrite* gives the file other bytes; of a payload, and of a capture record, it exchanges the
    payload and the record that names it. *contradict* leaves the file and gives it another digest.
    *remove* and *purge* delete it, *erase* the whole item. *access* deletes a payload and has its
    item restricted; *withdraw* and *rename* are done to the item that the file belongs to.
    """
    return _FORGERIES[how](root, path)


def wait_for_seal(root: Path, event: dict[str, Any]) -> None:
    """Write an event into ``log/pending.jsonl`` as citekit would."""
    with (root / "log" / "pending.jsonl").open("ab") as file:
        file.write(encode_leaf({**UNSIGNED, **event}) + b"\n")


def _flip_bit(data: bytes, *, at: float) -> bytes:
    if not data:
        return data
    position = min(len(data) - 1, int(len(data) * at))
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def _insert(data: bytes, *, hex: str) -> bytes:  # noqa: A002  # the word of the data file
    middle = len(data) // 2
    return data[:middle] + bytes.fromhex(hex) + data[middle:]


def _drop_line(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(lines[: len(lines) // 2] + lines[len(lines) // 2 + 1 :])


def _repeat_line(data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(lines + lines[-1:])


def _json_object(data: bytes) -> bool:
    return data.lstrip()[:1] == b"{"


def _duplicate_key(data: bytes) -> bytes:
    return data.replace(b"{", b'{"id": 1, "id": 2, ', 1) if _json_object(data) else data


def _unknown_key(data: bytes) -> bytes:
    return data.replace(b"{", b'{"unheard-of": 1, ', 1) if _json_object(data) else data


def _add_value(data: bytes, *, value: str) -> bytes:
    new = b'{"unheard-of": ' + value.encode() + b", "
    return data.replace(b"{", new, 1) if _json_object(data) else data


def _deep(data: bytes, *, depth: int) -> bytes:
    new = b'{"unheard-of": ' + b"[" * depth + b"]" * depth + b", "
    return data.replace(b"{", new, 1) if _json_object(data) else data


PLACES: Final = ("objects", "restricted")

UNSIGNED: Final[dict[str, Any]] = {
    "agent": {"kind": "person", "name": "Ada Quill"},
    "at": "2026-11-22T12:00:00Z",
    "source": "done",
    "tool": {"name": "citekit", "version": "0.1.0"},
    "v": 1,
}
"""What every event has, whoever writes it."""

_BYTES: Final[dict[str, Callable[..., bytes]]] = {
    "flip_bit": _flip_bit,
    "append": lambda data, hex: data + bytes.fromhex(hex),  # noqa: A006
    "append_many": lambda data, count: data + b" " * count,
    "prepend": lambda data, hex: bytes.fromhex(hex) + data,  # noqa: A006
    "keep_part": lambda data, part: data[: int(len(data) * part)],
    "cut_last": lambda data: data[:-1],
    "cut_first": lambda data: data[1:],
    "zero": lambda data: bytes(len(data)),
    "reverse": lambda data: data[::-1],
    "double": lambda data: data + data,
    "swap_halves": lambda data: data[len(data) // 2 :] + data[: len(data) // 2],
    "insert": _insert,
    "replace_bytes": lambda data, old, new: data.replace(bytes.fromhex(old), bytes.fromhex(new)),
    "upper": bytes.upper,
    "drop_line": _drop_line,
    "repeat_line": _repeat_line,
    "reverse_lines": lambda data: b"".join(reversed(data.splitlines(keepends=True))),
    "reindent": lambda data: data.replace(b"\n  ", b"\n    "),
    "duplicate_key": _duplicate_key,
    "unknown_key": _unknown_key,
    "add_value": _add_value,
    "deep": _deep,
    "write": lambda _data, hex: bytes.fromhex(hex),  # noqa: A006
}


def _take_sibling(path: Path) -> bool:
    others = [p for p in sorted(path.parent.iterdir()) if p.is_file() and p != path]
    if not others or others[0].read_bytes() == path.read_bytes():
        return False
    path.write_bytes(others[0].read_bytes())
    return True


def _grow_to(path: Path, *, size_bytes: int) -> bool:
    os.truncate(path, size_bytes)  # nothing is written: where it was shorter there are zeros
    return True


def _delete(path: Path) -> bool:
    path.unlink()
    return True


def _rename_to(path: Path, *, suffix: str) -> bool:
    path.rename(path.with_name(path.name + suffix))
    return True


def _rename_case(path: Path) -> bool:
    if path.name.swapcase() == path.name:
        return False
    path.rename(path.with_name(path.name.swapcase()))
    return True


def _link_to_copy(path: Path) -> bool:
    copy = path.parent / ".linked-copy"
    path.rename(copy)
    path.symlink_to(copy.name)
    return True


def _link_to_nothing(path: Path) -> bool:
    path.unlink()
    path.symlink_to("nowhere")
    return True


def _folder_instead(path: Path) -> bool:
    path.unlink()
    path.mkdir()
    return True


def _pipe_instead(path: Path) -> bool:
    if not hasattr(os, "mkfifo"):
        return False
    path.unlink()
    os.mkfifo(path)
    return True


def _remove_folder(path: Path) -> bool:
    if (path.parent / "archive.toml").exists():
        return False
    shutil.rmtree(path.parent)
    return True


def _copy_to(path: Path, *, suffix: str) -> bool:
    shutil.copy(path, path.with_name(path.name + suffix))
    return True


def _copy_hidden(path: Path) -> bool:
    shutil.copy(path, path.with_name(f".{path.name}.swp"))
    return True


def _folder_beside(path: Path) -> bool:
    folder = path.with_name("folder-of-mine")
    folder.mkdir()
    (folder / "notes.txt").write_text("mine\n", "utf-8")
    return True


def _link_beside(path: Path) -> bool:
    path.with_name(f"{path.name}-link").symlink_to(path.name)
    return True


_PATHS: Final[dict[str, Callable[..., bool]]] = {
    "take_sibling": _take_sibling,
    "grow_to": _grow_to,
    "delete": _delete,
    "rename_to": _rename_to,
    "rename_case": _rename_case,
    "link_to_copy": _link_to_copy,
    "link_to_nothing": _link_to_nothing,
    "folder_instead": _folder_instead,
    "pipe_instead": _pipe_instead,
    "remove_folder": _remove_folder,
    "copy_to": _copy_to,
    "copy_hidden": _copy_hidden,
    "folder_beside": _folder_beside,
    "link_beside": _link_beside,
}


# ── signatures that are not the log's ──────────────────────────────────────────────────────────


def sign_falsely(root: Path, how: str, key: SignerKey, *, keeps: bool = False) -> None:
    """Do to the signatures of ``log/checkpoint`` what ``how`` names, with a key that is another.

    *hand_over* makes the log longer by an entry that says that another key replaces this one, and
    has both sign. With ``keeps`` it is done to a copy below ``trust/checkpoints``, which an
    authority may then be asked to stamp.
    """
    store = ArchiveStore.open(root)
    if how == "hand_over":
        _hand_over(store, key)
        return
    path = root / "log" / "checkpoint"
    note = write_note(_SIGNATURES[how](parse_note(path.read_bytes()), key))
    standing = LogFolder(store.layout).standing()
    if keeps and standing is not None:
        path = store.layout.kept_checkpoint(standing.size)
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(note)


def _break_signature(note: Note, _: SignerKey) -> Note:
    *others, last = note.signatures
    broken = bytes([last.signature[0] ^ 1]) + last.signature[1:]
    return replace(note, signatures=(*others, replace(last, signature=broken)))


def _hand_over(store: ArchiveStore, old: SignerKey) -> None:
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing is not None  # noqa: S101  # it was sealed
    new = new_signer_key(old.verifier.name, b"successor".ljust(32))
    public = f"{new.verifier}\n".encode()
    file = store.layout.key_file(new.verifier.key_id.hex())
    event = {
        **UNSIGNED,
        "action": "key",
        "subject": store.layout.name(file),
        "digest": digest_bytes(public),
        "vkey": str(new.verifier),
        "replaces": old.verifier.key_id.hex(),
    }
    log.write(file, public)
    size = grow_signed(store, [encode_leaf(event)], new, old)
    log.write(store.layout.kept_checkpoint(size), store.layout.checkpoint_file.read_bytes())


def grow_signed(store: ArchiveStore, entries: Iterable[bytes], *keys: SignerKey) -> int:
    """Make the log longer by these entries, whatever they say, and sign it; gives its new size.

    So can whoever has the key: what such a log says is for others to judge.
    """
    log = LogFolder(store.layout)
    standing = log.standing()
    tree = log.grow(standing, entries, staging=begin(store.layout, Journal()))
    origin = standing.checkpoint.origin if standing else keys[0].verifier.name
    note = Note(text=Checkpoint(origin=origin, size=tree.size, root=tree.root()).text)
    for key in keys:
        note = sign_note(note, key)
    log.commit(write_note(note))
    log.await_only((), size=tree.size)
    log.tidy(tree.size)
    return tree.size


def _other_origin(note: Note, _: SignerKey) -> Note:
    return replace(note, text=note.text.replace("\n", "-of-others\n", 1))


_SIGNATURES: Final[dict[str, Callable[[Note, SignerKey], Note]]] = {
    "strip": lambda note, _: replace(note, signatures=()),
    "break": _break_signature,
    "take_over": lambda note, key: sign_note(replace(note, signatures=()), key),
    "sign_as_well": sign_note,
    "other_origin": _other_origin,
}


# ── states that are signed and false ───────────────────────────────────────────────────────────


def state_falsely(store: ArchiveStore, how: str, *keys: SignerKey) -> int:
    """Make a log that ends with a state longer, in the way that ``how`` names, and sign it.

    *other_root*: the state after an event has a root of its own. *replay*: it is an older state, as
    it was. *replay_with_size*: the same, with the right size. *event_after*: an event comes after
    it. *none*: there is none. *second*: there are two. Gives the new size.
    """
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing is not None  # noqa: S101  # it was sealed
    history = History()
    for entry in log.entries(standing.size):
        history.take(parse_leaf(entry))
    older = parse_leaf(log.whole_entry(history.states[0]))
    event = encode_leaf(
        {**UNSIGNED, "action": "note", "subject": "items/tide2023/note.md", "digest": _NOTE}
    )
    history.take(parse_leaf(event))
    root = f"sha256:{WholeState(history).tree().root.hex()}"
    right = {**older, "size": standing.size + 1, "root": root}
    entries: dict[str, list[bytes]] = {
        "right": [event, encode_leaf(right)],
        "other_root": [event, encode_leaf({**right, "root": _NOTE})],
        "replay": [event, encode_leaf(older)],
        "replay_with_size": [event, encode_leaf({**older, "size": standing.size + 1})],
        "event_after": [event, encode_leaf(right), event.replace(b"12:00", b"13:00")],
        "none": [event],
        "second": [event, encode_leaf(right), encode_leaf({**right, "size": standing.size + 2})],
    }
    return grow_signed(store, entries[how], *keys)


_NOTE: Final = digest_bytes(b"Sealed by whoever has the key.\n")


# ── logs that were signed, but are not this one ────────────────────────────────────────────────


def exchange_log(root: Path, how: str, other: Path) -> None:
    """Do to a whole log what ``how`` names, who lacks the key; ``other`` is another archive of it.

    *other_archive* has that one instead of all there is, *other_log* its ``log`` and ``trust``.
    *back* takes the log back to a checkpoint that the archive keeps, which the key has signed.
    *uncosigned* deletes what witnesses have signed, *cut_cosigned* their last line, and *old_lines*
    has their lines below a checkpoint of before.
    """
    _LOGS[how](root, other)


def _other_archive(root: Path, other: Path) -> None:
    shutil.rmtree(root)
    shutil.copytree(other, root)


def _other_log(root: Path, other: Path) -> None:
    for name in ("log", "trust"):
        shutil.rmtree(root / name)
        shutil.copytree(other / name, root / name)


def _back(root: Path, _: Path) -> None:
    store = ArchiveStore.open(root)
    log = LogFolder(store.layout)
    path = min((root / "trust" / "checkpoints").iterdir(), key=lambda path: int(path.name))
    standing = log.standing()
    entries = list(log.entries(standing.size if standing else 0))[: int(path.name)]
    kept = path.read_bytes()
    shutil.rmtree(root / "log")
    tree = log.grow(None, entries, staging=begin(store.layout, Journal()))
    log.commit(kept)
    log.await_only((), size=tree.size)
    (root / "items" / "tide2023" / "note.md").unlink(missing_ok=True)  # it was sealed later


def _uncosigned(root: Path, _: Path) -> None:
    shutil.rmtree(root / "log" / "cosigned")


def _cut_cosigned(root: Path, _: Path) -> None:
    for path in (root / "log" / "cosigned").iterdir():
        *lines, _last = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines))


def _old_lines(root: Path, _: Path) -> None:
    (cosigned,) = (root / "log" / "cosigned").iterdir()
    kept = min((root / "trust" / "checkpoints").iterdir(), key=lambda path: int(path.name))
    note = parse_note(kept.read_bytes())
    lines = parse_note(cosigned.read_bytes()).signatures
    cosigned.with_name(kept.name).write_bytes(write_note(replace(note, signatures=lines)))
    cosigned.unlink()


_LOGS: Final[dict[str, Callable[[Path, Path], None]]] = {
    "other_archive": _other_archive,
    "other_log": _other_log,
    "back": _back,
    "uncosigned": _uncosigned,
    "cut_cosigned": _cut_cosigned,
    "old_lines": _old_lines,
}


# ── events that nobody signed ──────────────────────────────────────────────────────────────────


def _rewrite(root: Path, path: Path) -> bool:
    record = record_of(root, path)
    if record is not None:
        _exchange_payloads(root, record)
        return True
    path.write_bytes(path.read_bytes() + b"\n")
    return _log_file(root, path, path.read_bytes())


def _contradict(root: Path, path: Path) -> bool:
    record = record_of(root, path) or path
    return _log_file(root, record, record.read_bytes() + b"\n")


def _remove(root: Path, path: Path) -> bool:
    record = record_of(root, path)
    subject = path.relative_to(root).as_posix()
    if record not in (None, path):
        subject = group_of(record.relative_to(root).as_posix())
    path.unlink()
    wait_for_seal(root, {"action": "remove", "subject": subject})
    return True


def _purge(root: Path, path: Path) -> bool:
    record = record_of(root, path)
    if record is None:
        return False
    payloads = _payloads(json.loads(record.read_bytes()))
    subject = group_of(record.relative_to(root).as_posix())
    path.unlink()
    wait_for_seal(root, {"action": "purge", "subject": subject, "payloads": payloads})
    return True


def _erase(root: Path, path: Path) -> bool:
    record, folder = record_of(root, path), _item_of(root, path)
    if folder is None:
        return False
    payloads = _payloads(json.loads(record.read_bytes())) if record else []
    for payload in payloads:
        _stored(root, payload["digest"]).unlink()
    subject = folder.relative_to(root).as_posix()
    shutil.rmtree(folder)
    wait_for_seal(root, {"action": "erase", "subject": subject, "payloads": payloads, "v": 2})
    return True


def _restrict(root: Path, path: Path) -> bool:
    folder = _item_of(root, path)
    if folder is None or path.name not in ("item.json", path.stem):  # the record, or a payload
        return False
    facts = {"access": "restricted"}
    if path.parent.parent.parent.name == "restricted" or not _edit(folder, facts):
        return False
    if path.name != "item.json":
        path.unlink()
    data = (folder / "item.json").read_bytes()
    return _log_file(root, folder / "item.json", data, action="access", access="restricted")


def _withdraw(root: Path, path: Path) -> bool:
    if path.name != "item.json":
        return False
    _edit(path.parent, {"withdrawn": UNSIGNED["at"]})
    return _log_file(root, path, path.read_bytes(), action="withdraw", v=2)


def _rename_item(root: Path, path: Path) -> bool:
    folder = _item_of(root, path)
    if folder is None or path.parent.parent.parent.name in PLACES:
        return False
    new = folder.with_name(f"{folder.name}x")
    subject = folder.relative_to(root).as_posix()
    _edit(folder, {"aliases": [folder.name]}, id=new.name)
    folder.rename(new)
    wait_for_seal(root, {"action": "rename", "subject": subject, "to": f"items/{new.name}"})
    return _log_file(root, new / "item.json", (new / "item.json").read_bytes())


def _edit(folder: Path, facts: dict[str, Any], **fields: Any) -> bool:  # noqa: ANN401  # CSL-JSON
    """Change an item's record; False where it says that already."""
    path = folder / "item.json"
    item = json.loads(path.read_bytes())
    known = item.setdefault("custom", {}).setdefault("citekit", {})
    if not fields and all(known.get(name) == value for name, value in facts.items()):
        return False
    known.update(facts)
    item.update(fields)
    path.write_text(json.dumps(item, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return True


def _item_of(root: Path, path: Path) -> Path | None:
    """The folder of the item that a file or a payload belongs to."""
    found = record_of(root, path) or path
    parts = found.relative_to(root).parts
    return root / parts[0] / parts[1] if parts[0] == "items" else None


_FORGERIES: Final[dict[str, Callable[[Path, Path], bool]]] = {
    "rewrite": _rewrite,
    "contradict": _contradict,
    "remove": _remove,
    "purge": _purge,
    "erase": _erase,
    "access": _restrict,
    "withdraw": _withdraw,
    "rename": _rename_item,
}


def record_of(root: Path, path: Path) -> Path | None:
    """The capture record itself, or the one that names this payload; None for other files."""
    if path.parent.name == "captures":
        return path
    digest = f"sha256:{path.parent.name}{path.name}"
    records = sorted(root.glob("items/*/captures/*.json"))
    return next((r for r in records if digest.encode() in r.read_bytes()), None)


def _exchange_payloads(root: Path, record: Path) -> None:
    capture = json.loads(record.read_bytes())
    for payload in capture["payloads"].values():
        old = _stored(root, payload["digest"])
        data = old.read_bytes().replace(b"e", b"o", 1)
        payload["digest"] = digest_bytes(data)
        new = old.parent.parent / payload["digest"][7:9] / payload["digest"][9:]
        new.parent.mkdir(exist_ok=True)
        old.unlink()
        new.write_bytes(data)
    record.write_text(json.dumps(capture, indent=2, ensure_ascii=False) + "\n", "utf-8")
    _log_file(root, record, record.read_bytes(), payloads=_payloads(capture))


def _stored(root: Path, digest: str) -> Path:
    places = [root / place / "sha256" / digest[7:9] / digest[9:] for place in PLACES]
    return next(path for path in places if path.is_file())


def _payloads(capture: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"digest": p["digest"], "role": role, "size_bytes": p["size_bytes"]}
        for role, p in capture["payloads"].items()
    ]


def _log_file(root: Path, path: Path, data: bytes, **more: Any) -> bool:  # noqa: ANN401  # fields of an event
    subject = path.relative_to(root).as_posix()
    event = {"action": action_of(subject), "subject": subject, "digest": digest_bytes(data)}
    wait_for_seal(root, {**event, **more})
    return True
