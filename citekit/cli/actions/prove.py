"""``citekit prove`` and ``citekit check-proof``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.proving.bundle import (
    MAX_BUNDLE_BYTES,
    SUFFIX,
    is_bundle,
    read_bundle,
    write_bundle,
)
from citekit.app.proving.check_proof import check_proof as check
from citekit.app.proving.proof_script import SCRIPT, proof_script
from citekit.app.proving.prove import prove as make_proof
from citekit.app.verifying.log_checks.trust_anchors import read_checkpoint, read_outside
from citekit.cli import output
from citekit.errors import Place, UsageError
from citekit.store import files
from citekit.store.outputs import check_file, write_file

if TYPE_CHECKING:
    from citekit.app.proving.proof_verdict import ProofVerdict
    from citekit.cli.context import Context
    from citekit.integrity.checkpoint import Checkpoint
    from citekit.store.archive import ArchiveStore

_SUFFIX = ".citekit-proof.json"


def prove(
    context: Context, *, key: str, since: list[str], output_: str | None, bundle: bool
) -> int:
    """Write the proof of an item and a page about it, or both in a bundle; print where they are."""
    store = context.store()
    if output_ and store.layout.would_hold(Path(output_)):
        message = f"is inside the archive, which holds records alone: {output_}"
        raise UsageError(message, hint="a proof is for others: choose a folder outside")
    suffix = SUFFIX if bundle else _SUFFIX
    name = f"{store.layout.folder_name(store.resolve(key))}{suffix}"
    path = Path(output_) if output_ else _beside(store, name)
    path = path / name if path.is_dir() else path
    seen = [read_checkpoint(kept) for kept in since]
    if bundle:
        return _write_bundle(context, store, key, seen, path)
    page = path.with_name(f"{path.name.removesuffix(_SUFFIX).removesuffix('.json')}.proof.html")
    for target in (path, page):
        check_file(target)
    proof = make_proof(store, key, since=seen)
    for target, data in ((path, proof.data), (page, proof.page.encode())):
        write_file(target, data)
    if context.json:
        document = {"key": proof.key, "proof": str(path), "page": str(page)}
        output.answer_json({**document, "size_bytes": len(proof.data)})
        return 0
    output.answer(f"{path}\n{page}")
    _tell_lists(context, proof.verdict)
    return 0


def _write_bundle(
    context: Context, store: ArchiveStore, key: str, seen: list[Checkpoint], path: Path
) -> int:
    """Write one zip for who never heard of citekit, and print where it is."""
    check_file(path)
    proof = make_proof(store, key, since=seen)
    data = write_bundle(store, proof)
    write_file(path, data)
    if context.json:
        output.answer_json({"key": proof.key, "bundle": str(path), "size_bytes": len(data)})
        return 0
    output.answer(str(path))
    _tell_lists(context, proof.verdict)
    return 0


def _beside(store: ArchiveStore, name: str) -> Path:
    """The file in the folder one is in, or beside the archive where one is inside it."""
    here = Path(name)
    return store.root.resolve().parent / name if store.layout.would_hold(here) else here


def check_proof(
    context: Context,
    *,
    file: str | None,
    trust: list[str],
    checkpoint: list[str],
    witness: list[str],
    revoked: list[str],
    payload: list[str],
    print_script: bool,
) -> int:
    """Check a proof offline; 0 only when a key or checkpoint from outside vouches for it."""
    if print_script:
        return _print_script(context, file)
    if file is None:
        raise UsageError("name the proof", hint="citekit check-proof FILE --trust KEY")

    outside = read_outside(trust, checkpoint, witnesses=witness, revoked=revoked)
    data = files.read_bytes(Path(file), limit=MAX_BUNDLE_BYTES)
    if is_bundle(data):
        data = read_bundle(data)
    verdict = check(
        data, outside, payloads={name: files.read_bytes(Path(name)) for name in payload}
    )
    if context.json:
        output.answer_json(verdict.to_json())
        return verdict.exit_code
    for finding in verdict.findings:
        place = (finding.place or Place())._replace(path=file)
        hint = f" ({finding.hint})" if finding.hint else ""
        line = f"{finding.kind}  {place}: {finding.message} [{finding.code}]{hint}"
        output.answer(line)
    output.answer(verdict.summary)
    if verdict.exit_code in (0, 1):
        _tell_lists(context, verdict)
    return verdict.exit_code


def _print_script(context: Context, file: str | None) -> int:

    if file is not None:
        hint = f"citekit check-proof --print-script > {SCRIPT}"
        raise UsageError("--print-script takes no proof: it checks none", hint=hint)
    script = proof_script()
    if context.json:
        output.answer_json({"name": SCRIPT, "text": script})
    else:
        output.answer_as_it_is(script)
    return 0


def _tell_lists(context: Context, verdict: ProofVerdict) -> None:
    # what a trusted authority has stamped existed then, whoever signed it
    sure = {str(time) for time in verdict.times if time.is_trusted}
    for line in verdict.proven:
        label = "proven" if verdict.is_authentic or line in sure else "consistent"
        output.note(f"{label}: {line}", quiet=context.quiet)
    for time in (time for time in verdict.times if not time.is_trusted):
        told = f"claimed: {time}; --trust the certificate of that authority shows whether it does"
        output.note(told, quiet=context.quiet)
    for line in verdict.not_proven:
        output.note(f"not proven: {line}", quiet=context.quiet)
