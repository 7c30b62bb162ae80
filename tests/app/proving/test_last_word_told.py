"""Where a proof's state does not fit the rest of it, that is told word by word.

The log is of our own making: it is signed by nobody and says what each case wants it to say.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.proving.check_proof import check_proof
from citekit.integrity.checkpoint import Checkpoint, write_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import leaf_hash, prove_inclusion, root_of
from citekit.integrity.proof import LogProof, write_proof
from citekit.integrity.state.group_state import FileState, GroupState, write_group
from citekit.integrity.state.state_leaf import StateLeaf, write_state_leaf
from citekit.integrity.state.state_tree import StateTree, state_key, state_value, write_bits
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.app.proving.proof_verdict import ProofVerdict
    from citekit.findings import Finding

FOLDER = "items/quay2024"
ITEM, CAPTURE = f"{FOLDER}/item.json", f"{FOLDER}/captures/20240302T093000Z.json"
NOTE, LATER = f"{FOLDER}/note.md", f"{FOLDER}/captures/20240303T093000Z.json"
TEXTS = {ITEM: '{"id":"quay2024"}', CAPTURE: "{}"}
DIGESTS = {path: digest_bytes(text.encode()) for path, text in TEXTS.items()}
GONE, OTHER = digest_bytes(b"what was removed"), digest_bytes(b"something else")

Event = dict[str, Any]
CAPTURED: Event = {
    "action": "capture", "subject": CAPTURE, "digest": DIGESTS[CAPTURE],
    "payloads": [{"digest": GONE, "role": "text"}],
}  # fmt: skip
EVENTS: tuple[Event, ...] = (
    {"action": "item", "subject": ITEM, "digest": DIGESTS[ITEM]},
    CAPTURED,
    {"action": "purge", "subject": FOLDER, "payloads": [{"digest": GONE, "role": "text"}]},
)
HONEST = GroupState(
    files={
        "item.json": FileState(DIGESTS[ITEM], 0),
        "captures/20240302T093000Z.json": FileState(DIGESTS[CAPTURE], 1),
        "note.md": FileState(OTHER, 1),
    },
    purged={GONE: 2},
)


def _check(
    group: GroupState = HONEST,
    *,
    events: tuple[Event, ...] = EVENTS,
    files: dict[str, str] = TEXTS,
    folder: str = FOLDER,
    says: int | None = None,
    after: tuple[Event, ...] = (),
) -> ProofVerdict:
    """What a checker says of a proof: of these files, whose log ends with this state.

    The state is of ``folder``, says that it is of so many entries, and is followed by ``after``.
    """
    tree, text = StateTree(), write_group(group)
    tree.put(state_key(folder), state_value(text))
    tree.put(state_key("entities/ada-quill.json"), state_value(b"{}"))
    path = tree.prove(state_key(folder))
    assert path
    size = len(events) if says is None else says
    state = write_state_leaf(StateLeaf(root=tree.root, private=bytes(32), size=size))
    entries = [*map(encode_leaf, events), state, *map(encode_leaf, after)]
    leaves = [leaf_hash(entry) for entry in entries]
    note = write_checkpoint(
        Checkpoint(origin="coast.example/log", size=len(leaves), root=root_of(leaves))
    )

    def proven(index: int) -> dict[str, str]:
        def node(level: int, number: int) -> bytes:
            return root_of(leaves[number << level : (number + 1) << level])

        hashes = prove_inclusion(index, len(leaves), node)
        proof = LogProof(index=index, hashes=hashes, checkpoint=note)
        return {"entry": entries[index].decode(), "proof": write_proof(proof).decode()}

    document = {
        "format": "citekit-proof/2", "key": "quay2024", "made_at": "2026-11-22T12:00:00Z",
        "tool": {"name": "citekit", "version": "test"},
        "files": [{"path": path, "text": text} for path, text in files.items()],
        "entries": [proven(index) for index in range(len(events))],
        "state": {
            **proven(len(events)), "group": text.decode(), "bits": write_bits(path.bits),
            "hashes": [b64encode(value).decode() for value in path.hashes],
        },
    }  # fmt: skip
    return check_proof(json.dumps(document).encode())


def _told(finding: Finding) -> tuple[str, str | None, str]:
    return finding.code, finding.place and finding.place.json_path, finding.message


def test_a_state_that_fits_is_the_last_word() -> None:
    """All that the log says of the folder, and which of it is shown."""
    verdict = _check()
    assert verdict.findings == []
    word = verdict.last_word
    assert word
    assert (word.entry, word.folder, word.state) == (3, FOLDER, HONEST)
    assert word.shown == ("item.json", "captures/20240302T093000Z.json")
    assert (word.others, word.gone) == (("note.md",), ())


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"says": 2}, "entry 3 is the state of 2 entries, not the last of 4"),
        ({"says": 4}, "entry 3 is the state of 4 entries, not the last of 4"),
        ({"after": EVENTS[:1]}, "entry 3 is the state of 3 entries, not the last of 5"),
        ({"after": EVENTS[:1], "says": 4}, "entry 3 is the state of 4 entries, not the last of 5"),
    ],
)
def test_the_state_is_the_last_entry_and_of_all_before_it(how: Any, message: str) -> None:  # noqa: ANN401
    """Any other is another seal's."""
    verdict = _check(**how)
    assert list(map(_told, verdict.findings)) == [("CK-E642", "state", message)]
    assert verdict.last_word is None


def test_a_state_of_another_folder_is_not_this_items() -> None:
    """Though it is in the log, and names the same files."""
    verdict = _check(folder="items/pier2024")
    message = "is not what the state of the log says of 'items/quay2024'"
    assert list(map(_told, verdict.findings)) == [("CK-E643", "state", message)]
    assert verdict.last_word is None


def _saying(**files: FileState | None) -> GroupState:
    """What a log that says something else of some files (None: nothing) says of the folder."""
    names = {"item": "item.json", "note": "note.md", "capture": "captures/20240302T093000Z.json",
             "later": "captures/20240303T093000Z.json"}  # fmt: skip
    changed = {**HONEST.files, **{names[name]: state for name, state in files.items()}}
    return replace(HONEST, files={name: state for name, state in changed.items() if state})


LEFT_OUT = f"{LATER} is left out, which entry 1 of the log has"


@pytest.mark.parametrize(
    ("group", "messages"),
    [
        (_saying(capture=None), [f"the last word of the log knows no {CAPTURE}"]),
        (
            _saying(capture=FileState(OTHER, 1)),
            [f"{CAPTURE} is not as entry 1 says, which is the last about it"],
        ),
        (
            _saying(item=FileState(None, 2)),
            [f"{ITEM} is not as entry 2 says, which is the last about it"],
        ),
        (_saying(item=FileState(DIGESTS[ITEM], 2)), [f"{ITEM} is shown by entry 0, the last is 2"]),
        (_saying(later=FileState(OTHER, 1)), [LEFT_OUT]),
        (_saying(later=FileState(None, 1)), []),
        (_saying(note=FileState(None, 1)), []),
        (_saying(note=None), []),
        (
            _saying(item=FileState(DIGESTS[ITEM], 2), later=FileState(OTHER, 1)),
            [f"{ITEM} is shown by entry 0, the last is 2", LEFT_OUT],
        ),
    ],
)
def test_the_files_are_those_of_the_state(group: GroupState, messages: list[str]) -> None:
    """Each is as the last entry about it says; no record of a capture that is there is left out."""
    verdict = _check(group)
    assert list(map(_told, verdict.findings)) == [("CK-E644", "state", m) for m in messages]
    assert (verdict.last_word is None) == bool(messages)


def test_a_file_of_another_folder_is_none_of_the_state() -> None:
    """Whatever the state calls its own files."""
    path, digest = "claims/x.json", digest_bytes(b"{}")
    verdict = _check(
        replace(HONEST, files={**HONEST.files, path: FileState(digest, 3)}),
        events=(*EVENTS, {"action": "claim", "subject": path, "digest": digest}),
        files={**TEXTS, path: "{}"},
    )
    message = f"the last word of the log knows no {path}"
    assert list(map(_told, verdict.findings)) == [("CK-E644", "state", message)]


def _removal(payloads: object, action: str = "purge") -> tuple[Event, ...]:
    return *EVENTS[:2], {"action": action, "subject": FOLDER, "payloads": payloads}


LEAVES_OUT = f"the purge of {GONE} is left out, which entry"
NOT_TOLD = f"{LEAVES_OUT} 2 of the log says"


@pytest.mark.parametrize(
    ("events", "purged", "messages"),
    [
        (EVENTS, {}, []),
        (EVENTS, {GONE: 1}, [f"{LEAVES_OUT} 1 of the log says",
                             f"entry 2 is not the one that says the purge of {GONE}"]),
        (EVENTS, {GONE: 2, OTHER: 2},
         [f"the purge of {OTHER} is left out, which entry 2 of the log says"]),
        (EVENTS[:2], {GONE: 1}, [f"{LEAVES_OUT} 1 of the log says"]),
        (_removal([{"digest": GONE}], "erase"), {GONE: 2}, []),
        (_removal([{"digest": GONE}], "note"), {GONE: 2}, [NOT_TOLD]),
        (_removal([7, None, {}, {"digest": GONE}]), {GONE: 2}, []),
        (_removal([[]]), {GONE: 2}, [NOT_TOLD]),
        (_removal({"digest": GONE}), {GONE: 2}, [NOT_TOLD]),
        (_removal(GONE), {GONE: 2}, [NOT_TOLD]),
        (_removal(None), {GONE: 2}, [NOT_TOLD]),
    ],
)  # fmt: skip
def test_the_purges_are_those_of_the_state(
    events: tuple[Event, ...], purged: dict[str, int], messages: list[str]
) -> None:
    """What the state says was removed is told by the entry that it names, a purge or an erasing.

    A payload that another item had as well may be removed under that one's name.
    """
    verdict = _check(replace(HONEST, purged=purged), events=events)
    assert list(map(_told, verdict.findings)) == [("CK-E644", "state", m) for m in messages]


def test_what_is_wrong_by_itself_is_told_alone() -> None:
    """A file that no entry is about, or another item: no word is lost on the state then."""
    verdict = _check(_saying(capture=None), files={**TEXTS, NOTE: "Mine."})
    assert [finding.code for finding in verdict.findings] == ["CK-E631"]
    assert verdict.last_word is None
