"""``citekit seal`` and ``keygen``."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.sealing.revoking import read_day
from citekit.app.sealing.revoking import revoke as make_statement
from citekit.app.sealing.seal import read_keys
from citekit.app.sealing.seal import seal as seal_archive
from citekit.app.sealing.signing_keys import keygen as make_key
from citekit.app.sealing.signing_keys import log_origin, read_signing_key, signing_key_file
from citekit.app.sealing.unconfirmed import Unconfirmed
from citekit.app.witnessing.take_in import take_in
from citekit.app.witnessing.witness import make_witness_key
from citekit.app.witnessing.witness import witness as look_and_cosign
from citekit.cli import output
from citekit.errors import UsageError
from citekit.integrity.note import MAX_NOTE_BYTES
from citekit.model.records.codec import write_instant
from citekit.store import files
from citekit.store.outputs import check_file, write_file, write_output

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.app.sealing.seal import Keys, Sealed
    from citekit.cli.context import Context


def seal(
    context: Context,
    *,
    signing_key: str | None,
    old_key: str | None,
    lost_key: bool,
    tsa: list[str],
    no_tsa: bool,
    yes: bool,
    allow_private: bool,
    revoke: list[str],
    witness: str | None,
) -> int:
    """Seal everything and print the checkpoint; 5 when an authority gave no timestamp."""
    if witness is not None:
        return _take_in(context, witness)
    store = context.store()
    keys = _keys(context, signing_key, old_key, revoke, lost_key=lost_key)
    if tsa and no_tsa:
        raise UsageError("--no-tsa asks no authority, --tsa one", hint="leave one of them out")
    asked = tsa if tsa or no_tsa else None

    def seal_them(confirmed: list[bytes]) -> Sealed:
        return seal_archive(
            store,
            keys=keys,
            tsa=asked,
            allow_private=allow_private,
            confirmed=confirmed,
            tell=lambda kinds: output.note(f"signs {_listed(kinds)}", quiet=context.quiet),
        )

    confirmed: list[bytes] = []
    while True:
        try:
            sealed = seal_them(confirmed)
            break
        except Unconfirmed as unconfirmed:
            more = _confirmed(context, unconfirmed, yes=yes)
            if not more:
                raise
            confirmed += more
    if context.json:
        output.answer_json(sealed.to_json())
    else:
        output.answer(_told(sealed))
        output.tell_findings(sealed.findings, quiet=context.quiet)
    return 5 if any(finding.code == "CK-W601" for finding in sealed.findings) else 0


def _confirmed(context: Context, unconfirmed: Unconfirmed, *, yes: bool) -> list[bytes]:
    """The changes that whoever seals has said yes to; each one is named."""
    confirmed = []
    for change in unconfirmed.changes:
        if yes:
            output.note(f"signs the {change.told}", quiet=context.quiet)
        if yes or output.confirm(f"sign the {change.told}?"):
            confirmed.append(change.leaf)
    return confirmed


def _listed(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{action} × {count}" for action, count in sorted(kinds.items()))


def _keys(
    context: Context,
    signing_key: str | None,
    old_key: str | None,
    revoke: list[str],
    *,
    lost_key: bool,
) -> Keys | None:
    """The keys that the options name; None for the log's own."""
    if not signing_key and not old_key and not revoke and not lost_key:
        return None
    return read_keys(
        context.store(), signing_key, old_key=old_key, lost_key=lost_key, revoke=revoke
    )


def _take_in(context: Context, file: str) -> int:
    data = files.read_bytes(Path(file), limit=MAX_NOTE_BYTES)
    taken = take_in(context.store(), data)
    if context.json:
        output.answer_json(taken.to_json())
        return 0
    output.answer(f"{taken.path}: {taken.size} entries, cosigned by {', '.join(taken.witnesses)}")
    told = "citekit verify --witness with the public key of the witness shows whether it is theirs"
    output.note(told, quiet=context.quiet)
    return 0


def _told(sealed: Sealed) -> str:
    root = b64encode(sealed.root).decode()
    what = _listed(sealed.actions)
    lines = [
        f"{sealed.origin}: {sealed.size} entries, root {root}",
        f"{sealed.added} new: {what}" if sealed.added else "nothing was new",
    ]
    if sealed.added:
        signed = ", ".join(sealed.signers)
        lines.append(f"signed by {signed}" if signed else "unsigned: citekit keygen makes a key")
    lines += [f"timestamp {t.at:%Y-%m-%dT%H:%M:%SZ} by {t.authority}" for t in sealed.timestamps]
    return "\n".join(lines)


def keygen(context: Context, *, name: str | None, output_: str | None, witness: bool) -> int:
    """Make a signing key, keep it in a file of its owner's alone, and print the public key."""
    path = Path(output_) if output_ else None
    if witness:
        return _witness_key(context, name, path)
    origin = name or log_origin(context.store())
    key = make_key(origin, path)
    if context.json:
        output.answer_json({"key": str(key.verifier), "path": str(key.path)})
        return 0
    output.answer(str(key.verifier))
    output.note(f"the private key is in {key.path}: keep a copy of it safe", quiet=context.quiet)
    output.note("publish the line above, away from the archive", quiet=context.quiet)
    if not name and origin.startswith("citekit.invalid/") and not _is_sealed(context):
        told = (
            f"the log is named {origin} from its first seal on; for another name set [log] origin "
            "in archive.toml before, and make a key then"
        )
        output.note(told, quiet=context.quiet)
    return 0


def _is_sealed(context: Context) -> bool:
    return context.store().layout.checkpoint_file.exists()


def _witness_key(context: Context, name: str | None, path: Path | None) -> int:
    if name is None:
        raise UsageError(
            "a witness has a name of its own", hint="--name with something like example.org/witness"
        )
    key = make_witness_key(name, path)
    if context.json:
        output.answer_json({"key": str(key.verifier), "path": str(key.path)})
        return 0
    output.answer(str(key.verifier))
    output.note(f"the private key is in {key.path}: keep a copy of it safe", quiet=context.quiet)
    output.note("give the line above to those who are to trust this witness", quiet=context.quiet)
    return 0


def revoke(context: Context, *, date: str, signing_key: str | None, output_: str | None) -> int:
    """Print the statement of a key that it is revoked, or write it into a file."""
    begins_at = read_day(date)
    path = Path(signing_key) if signing_key else signing_key_file(log_origin(context.store()))
    key = read_signing_key(path)
    statement = make_statement(key, begins_at)
    if output_ is not None:
        write_output(Path(output_), statement)
    elif context.json:
        answer = {"key": str(key.verifier), "from": write_instant(begins_at)}
        output.answer_json({**answer, "statement": statement.decode()})
    else:
        output.answer_as_it_is(statement.decode())
    told = (
        "nothing is revoked yet: who verifies with --revoked and this file trusts the key no more"
    )
    output.note(told, quiet=context.quiet)
    return 0


def witness(
    context: Context,
    *,
    folder: str,
    request: str | None,
    trust: list[str],
    signing_key: str | None,
    start_over: bool,
    output_: str | None,
) -> int:
    """Cosign the checkpoint of a log that only grew, and print the line."""
    target = check_file(Path(output_)) if output_ else None
    cosigned = look_and_cosign(
        folder, request=request, signing_key=signing_key, trust=trust, start_over=start_over
    )
    if target:
        write_file(target, cosigned.note)
    if context.json:
        output.answer_json(cosigned.to_json())
        return 0
    output.answer(cosigned.line.rstrip("\n"))
    grew = (
        "seen for the first time"
        if cosigned.since is None
        else f"it only grew from the {cosigned.since} entries seen last"
    )
    output.note(f"{cosigned.origin}: {cosigned.size} entries, {grew}", quiet=context.quiet)
    return 0
