"""One zip for a stranger: the proof, the program that checks it, and a page that says how.

The same proof gives the same bytes: nothing is compressed, and no time of today is in it. Nothing
is ever unpacked here: reading gives the bytes of the proof, and refuses what nobody should unpack.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from base64 import b64encode
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from citekit.app.proving.proof_file import (
    MAX_PROOF_BYTES,
    item_path,
    parse_proof_file,
    read_response,
)
from citekit.app.proving.proof_page import render_page, words
from citekit.app.proving.proof_script import SCRIPT, proof_script
from citekit.app.sealing.log_reading import sealed_keys
from citekit.errors import InvalidData, UsageError
from citekit.model.item import Item
from citekit.model.quotation import record_holds_text
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.app.proving.proof_file import ProofDocument
    from citekit.app.proving.prove import Proof
    from citekit.store.reading import ArchiveReader

SUFFIX: Final = ".citekit-proof.zip"
PROOF: Final = "proof.json"
PAGE: Final = "READ-ME.html"
KEYS: Final = "keys.txt"
MAX_BUNDLE_BYTES: Final = 2 * MAX_PROOF_BYTES
MAX_PARTS: Final = 2000
_MAX_RATIO: Final = 100
_OLDEST_IN_ZIP: Final = (1980, 1, 1, 0, 0, 0)
_PLAIN_NAME: Final = re.compile(r"(?:[A-Za-z0-9][\w.-]{0,99}/)?[A-Za-z0-9][\w.-]{0,99}", re.ASCII)
_ENCRYPTED: Final = 0x1


def write_bundle(store: ArchiveReader, proof: Proof) -> bytes:
    """The zip for a proof of this archive.

    Raises UsageError for a restricted item whose record has words of its text: a bundle is handed
    on, and holds the whole record.
    """
    item = store.item(proof.key)
    if item.facts.access == "restricted" and record_holds_text(item):
        raise UsageError(
            f"the record of {proof.key} holds words of its restricted text, a bundle the record",
            hint="take the abstract out, seal and prove again; or prove without --bundle",
        )
    document = parse_proof_file(proof.data)
    parts = {
        PAGE: render_page(proof.verdict, document, how=_how(proof, document)).encode(),
        PROOF: proof.data,
        SCRIPT: proof_script().encode(),
        KEYS: _keys(store, proof).encode(),
        **dict(_timestamps(document)),
    }
    return _zip(parts)


def is_bundle(data: bytes) -> bool:
    """Whether these bytes begin as a zip file does; no proof file does."""
    return data.startswith(b"PK")


def read_bundle(data: bytes) -> bytes:
    """The proof in a bundle; raises InvalidData for what is none, or what nobody should unpack.

    That is: too large, too many parts or too tightly packed ones, names that lead out of a folder,
    two parts of one name, anything encrypted. The other parts are for people and are not judged.
    """
    if len(data) > MAX_BUNDLE_BYTES:
        raise InvalidData(f"a bundle has at most {MAX_BUNDLE_BYTES} bytes")
    if data.count(b"PK\1\2") > MAX_PARTS:
        raise InvalidData(f"a bundle has at most {MAX_PARTS} parts")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            with archive.open(PROOF) as inside:
                return inside.read(MAX_PROOF_BYTES + 1)
    except KeyError as error:
        raise InvalidData(f"the bundle has no {PROOF}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError,
            RuntimeError) as error:  # fmt: skip
        raise InvalidData(f"is no bundle: {error}") from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.orig_filename for part in parts]
    if len(set(map(str.casefold, names))) != len(names):
        raise InvalidData("two parts of the bundle have one name")
    for part in parts:
        if not _PLAIN_NAME.fullmatch(part.orig_filename):
            raise InvalidData(
                f"a part of the bundle has a name that is none: {part.orig_filename!r}"
            )
        if part.flag_bits & _ENCRYPTED:
            raise InvalidData(f"a part of the bundle is encrypted: {part.filename}")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InvalidData(f"a part of the bundle is packed in an unknown way: {part.filename}")
        is_tight = part.file_size > _MAX_RATIO * part.compress_size + 1024
        if is_tight or part.file_size > MAX_PROOF_BYTES:
            raise InvalidData(f"a part of the bundle is too large unpacked: {part.filename}")


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """A zip whose bytes depend on its parts alone: other versions of zlib pack differently."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, _OLDEST_IN_ZIP)
            entry.create_system = 3  # Unix, whatever this machine is
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return out.getvalue()


def _timestamps(document: ProofDocument) -> Iterator[tuple[str, bytes]]:
    """The responses of authorities, under the names that the program gives them."""
    stamps = [*document.timestamps, *(s for e in document.earlier for s in e.timestamps)]
    for number, stamp in enumerate(stamps):
        yield f"timestamps/timestamp-{number}.tsr", read_response(stamp)


def _keys(store: ArchiveReader, proof: Proof) -> str:
    """Who has signed, and the fingerprint of each key, to be compared with what the owner says."""
    checkpoint = proof.verdict.checkpoint
    known = sealed_keys(LogFolder(store.layout), checkpoint.size if checkpoint else 0)
    lines = [
        "Keys that have signed the checkpoint of this proof. A key that came with the proof shows",
        "nothing: ask its owner, or look where the owner has published it, and compare.",
    ]
    for signer in proof.verdict.signers:
        key = known.get(signer)
        lines += ["", f"signed as    {signer}"]
        if key is not None:
            fingerprint = hashlib.sha256(key.encode()).hexdigest()
            lines += [f"public key   {key}", f"fingerprint  SHA-256 {fingerprint} (of that line)"]
    if not proof.verdict.signers:
        lines += ["", "None: the checkpoint is unsigned."]
    return "\n".join(lines) + "\n"


def _how(proof: Proof, document: ProofDocument) -> str:
    """The part of the page for who never heard of citekit: what is here, and three commands."""
    checkpoint = proof.verdict.checkpoint
    path = item_path(document)
    item = Item.from_json(proof.verdict.documents[path]) if path else None
    page = files("citekit.app.proving") / "bundle_how.html"
    return Template(page.read_text(encoding="utf-8")).substitute(
        article=words(_article(item) if item else proof.key),
        key=words(proof.key),
        size=checkpoint.size if checkpoint else 0,
        root=words(b64encode(checkpoint.root).decode() if checkpoint else ""),
        origin=words(checkpoint.origin if checkpoint else ""),
        script_digest=hashlib.sha256(proof_script().encode()).hexdigest(),
        entries=words(", ".join(str(entry.index) for entry in proof.verdict.entries)),
    )


def _article(item: Item) -> str:
    """The article as a person names it: who, what, where, when, and its address."""
    issued = item.date("issued")
    parts = (
        "; ".join(map(str, item.names("author"))),
        f"“{item.title}”" if item.title else "",
        item.text("container-title") or item.text("publisher") or "",
        issued.to_edtf() if issued else "",
        item.text("URL") or "",
    )
    return ", ".join(part for part in parts if part)
