"""Whether a proof shows the last word: all that the log says of an item's folder, and nothing else.

The seal's last entry has the root of the whole state. The proof has the text of one group of it,
the item's folder, with the hashes that lead to this root. So a later edit, another capture, a
purge that the proof leaves out shows: the text names it. That the root itself follows from all
entries of the log is the owner's signed word, which whoever has the entries can check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citekit.app.proving.proof_file import item_path
from citekit.app.proving.proof_verdict import LastWord
from citekit.app.verifying.rules import found
from citekit.errors import Place
from citekit.integrity.digest import digest_bytes
from citekit.integrity.state.state_tree import root_by, state_key, state_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from citekit.app.proving.proof_reading import ReadProof, ReadState
    from citekit.app.proving.proof_verdict import ProofVerdict, ProvenEntry

_ITEM: Final = "item.json"
_CAPTURES: Final = "captures/"
_REMOVAL: Final = ("purge", "erase")


def check_last_word(
    verdict: ProofVerdict, read: ReadProof, said: Mapping[str, ProvenEntry]
) -> None:
    """Judge the state in a proof; ``said`` is path -> the last entry of the proof about it.

    Where files or entries are wrong by themselves, that has been told and is enough.
    """
    state = read.state
    if state is None or verdict.findings:
        return
    size = state.entry.checkpoint.size
    if not state.entry.proof.index == size - 1 == state.leaf.size:
        message = f"entry {state.entry.proof.index} is the state of {state.leaf.size} entries"
        _wrong(verdict, "CK-E642", f"{message}, not the last of {size}")
        return
    path = item_path(read.document)
    folder = path.removesuffix(f"/{_ITEM}") if path else ""
    if root_by(state_key(folder), state_value(state.text), state.path) != state.leaf.root:
        _wrong(verdict, "CK-E643", f"is not what the state of the log says of {folder!r}")
        return
    faults = [*_other_files(read, folder, state, said), *_other_purges(verdict, state)]
    for fault in faults:
        _wrong(verdict, "CK-E644", fault)
    if not faults:
        verdict.last_word = LastWord(
            entry=state.leaf.size,
            folder=folder,
            state=state.group,
            shown=tuple(file.path.removeprefix(f"{folder}/") for file in read.document.files),
        )


def _other_files(
    read: ReadProof, folder: str, state: ReadState, said: Mapping[str, ProvenEntry]
) -> Iterator[str]:
    """What the state says of the files otherwise than the proof does, and what is left out."""
    shown = set()
    for file in read.document.files:
        name = file.path.removeprefix(f"{folder}/")
        known, entry = state.group.files.get(name), said.get(file.path)
        shown.add(name)
        if known is None or not file.path.startswith(f"{folder}/"):
            yield f"the last word of the log knows no {file.path}"
        elif entry is None or known.digest != digest_bytes(file.text.encode()):
            yield f"{file.path} is not as entry {known.entry} says, which is the last about it"
        elif known.entry != entry.index:
            yield f"{file.path} is shown by entry {entry.index}, the last is {known.entry}"
    for name, known in sorted(state.group.files.items()):
        is_needed = name == _ITEM or name.startswith(_CAPTURES)
        if is_needed and known.digest is not None and name not in shown:
            yield f"{folder}/{name} is left out, which entry {known.entry} of the log has"


def _other_purges(verdict: ProofVerdict, state: ReadState) -> Iterator[str]:
    """Purges that the state knows and the proof does not tell, or tells by another entry.

    A payload that another item had as well may have been removed under that one's name.
    """
    told = {(digest, e.index) for e in verdict.entries for digest in _purged_by(e.event)}
    for digest, entry in sorted(state.group.purged.items()):
        if (digest, entry) not in told:
            yield f"the purge of {digest} is left out, which entry {entry} of the log says"
    for purge in verdict.purged:
        if state.group.purged.get(purge.digest, purge.index) != purge.index:
            yield f"entry {purge.index} is not the one that says the purge of {purge.digest}"


def _purged_by(event: Mapping[str, Any]) -> Iterable[str]:
    payloads = event.get("payloads") if event.get("action") in _REMOVAL else ()
    for payload in payloads if isinstance(payloads, list) else ():
        if isinstance(payload, dict):
            yield str(payload.get("digest"))


def _wrong(verdict: ProofVerdict, code: str, message: str) -> None:
    verdict.findings.append(found(code, Place(json_path="state"), message))
