"""Both checkers on very many changed proofs: ``python tests/bench/checkers_agree.py [CHANGES]``.

The default is 10,000. First each field of a proof with every part is changed in every way, then two
of them at once, or any byte, by chance from a seed that is printed. Each is judged for whoever
trusts nothing, the old key, the new key, a checkpoint that they kept, a witness. Prints how often
each verdict came, and every change on which citekit and the standalone script differ; then ends 1.
"""

from __future__ import annotations

import importlib.util
import json
import os
import random
import sys
import tempfile
from base64 import b64encode
from collections import Counter
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.witnessing.take_in import take_in
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.note import parse_note, write_signature
from citekit.integrity.sign import WITNESS, new_signer_key
from citekit.integrity.witness.cosignature import cosign
from citekit.testing.builders import Source, add_source, build_archive
from citekit.testing.json_changes import changes
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NEW_KEY = new_signer_key(ORIGIN, b"n" * 32)
WITNESS_KEY = new_signer_key("witness.example/w", b"w" * 32, algorithm=WITNESS)
TEXT = "Nobody knew of the cove.\n\nThe boats did.\n"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCRIPT = Path(__file__).parents[2] / "docs" / "check_proof.py"
SEED = 20261122


def main(count: int) -> int:
    """Make a proof, change it, compare, print."""
    with tempfile.TemporaryDirectory() as folder:
        data, kept = whole_proof(Path(folder))
        path, script = Path(folder) / "proof.json", load_script()
        verdicts: Counter[tuple[int, ...]] = Counter()
        differing = 0
        print(f"seed {SEED}, a proof of {len(data)} bytes")
        for what, changed in islice(changed_proofs(data), count):
            path.write_bytes(changed)
            ours, theirs = by_citekit(changed, kept), by_script(script, path, kept)
            verdicts[ours] += 1
            if ours != theirs:
                differing += 1
                print(f"differ: citekit {ours}, the script {theirs}: {what}")
    for verdict, times in verdicts.most_common():
        print(f"{times:6} × {verdict}")
    print(f"{sum(verdicts.values())} changes, {differing} differ")
    return int(differing > 0)


def whole_proof(folder: Path) -> tuple[bytes, Checkpoint]:
    """A proof with all that one can have, and a checkpoint that was kept before.

    Its item was private at first; a key was changed, and a witness has cosigned the last seal.
    """
    (folder / "tsa").mkdir()
    os.environ |= {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA")}
    store = build_archive(folder / "archive")
    with store.writing() as writer:
        cove = Source(key="cove2024", data={"title": "A cove"}, text=TEXT, access="private")
        add_source(writer, cove)
    with serve_authority(make_authority(folder / "tsa")) as url:
        seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)
        Archive(store).set_access("cove2024", "restricted")
        Archive(store).rename("cove2024", "quay2024")
        seal(store, keys=Keys(signing=NEW_KEY, old=KEY), tsa=[url], allow_private=True, now=NOON)
        purge(store, "quay2024", reason="asked to")
        seal(store, keys=Keys(signing=NEW_KEY), now=NOON)
        kept, _ = parse_checkpoint(store.layout.checkpoint_file.read_bytes())
        with store.writing() as writer:
            writer.write_note("tide2023", "Sealed after that.\n")
        seal(store, keys=Keys(signing=NEW_KEY), tsa=[url], allow_private=True, now=NOON)
    note = parse_note(store.layout.checkpoint_file.read_bytes())
    take_in(store, write_signature(cosign(note.text, WITNESS_KEY, NOON)).encode())
    proof = prove(store, "quay2024", now=NOON, since=[kept])
    document = json.loads(proof.data)
    assert {"state", "held", "since", "earlier"} <= document.keys()
    assert WITNESS_KEY.verifier.name in proof.data.decode()
    return proof.data, kept


def changed_proofs(data: bytes) -> Iterator[tuple[str, bytes]]:
    """One change each, then more by chance, without end."""
    document = json.loads(data)
    single = [(what, json.dumps(changed).encode()) for what, changed in changes(document)]
    return chain(single, by_chance(data, single))


def by_chance(data: bytes, single: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """A second change of what has been changed once, or another byte."""
    chance = random.Random(SEED)  # noqa: S311  # to be had again, not to be secret
    while True:
        what, changed = chance.choice(single)
        if chance.random() < 0.25:
            later = islice(changes(json.loads(changed)), chance.randrange(len(single)), None)
            more, document = next(later, ("nothing more", json.loads(changed)))
            yield f"{what}; {more}", json.dumps(document).encode()
        else:
            position = chance.randrange(len(data))
            byte = bytes([chance.randrange(256)])
            yield f"byte {position} is {byte!r}", data[:position] + byte + data[position + 1 :]


def by_citekit(data: bytes, kept: Checkpoint) -> tuple[int, ...]:
    """Six verdicts of citekit."""
    keys = (Outside(keys=(key.verifier,)) for key in (KEY, NEW_KEY))
    witnessed = Outside(witnesses=(WITNESS_KEY.verifier,))
    both = Outside(keys=(NEW_KEY.verifier,), witnesses=(WITNESS_KEY.verifier,))
    trusts = (Outside(), *keys, Outside(checkpoints=(("kept", kept),)), witnessed, both)
    return tuple(check_proof(data, trust).exit_code for trust in trusts)


def by_script(script: object, path: Path, kept: Checkpoint) -> tuple[int, ...]:
    """Six verdicts of the script."""
    known = ["--root", b64encode(kept.root).decode(), "--size", str(kept.size)]
    keys = [["--vkey", str(key.verifier)] for key in (KEY, NEW_KEY)]
    witnessed = ["--witness", str(WITNESS_KEY.verifier)]
    words = ([], *keys, known, witnessed, [*keys[1], *witnessed])
    with redirect_stdout(StringIO()):
        return tuple(script.main([str(path), *more]) for more in words)  # type: ignore[attr-defined]  # a program


def load_script() -> object:
    """The standalone program, in this process."""
    spec = importlib.util.spec_from_file_location("check_proof_script", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
