"""What each part of a bundle says, and where exactly reading one stops."""

from __future__ import annotations

import hashlib
import html
import io
import re
import struct
import zipfile
from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.proving.bundle import (
    MAX_BUNDLE_BYTES,
    MAX_PARTS,
    is_bundle,
    read_bundle,
    write_bundle,
)
from citekit.app.proving.proof_file import MAX_PROOF_BYTES, parse_proof_file, read_response
from citekit.app.proving.proof_script import proof_script
from citekit.app.proving.prove import Proof, prove
from citekit.app.sealing.seal import Keys, seal
from citekit.errors import InvalidData, UsageError
from citekit.integrity.note import parse_note, write_note
from citekit.integrity.sign import new_signer_key, sign_note
from citekit.testing.builders import Source, build_archive
from citekit.testing.tsa import TimestampAuthority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from citekit.store.archive import ArchiveStore

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY, STRANGER = (new_signer_key(ORIGIN, letter * 32) for letter in (b"k", b"s"))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
GULLS = "https://courier.example/gulls"
AUTHORS = [{"family": "Quill", "given": "Ada"}, {"literal": "The Pilots"}]
TITLED: dict[str, Any] = {"title": "Gulls <& co>", "issued": {"date-parts": [[2024, 3, 2]]}}
SOURCES = [
    Source(key="whole2024", access="public", text="A public text.", data={
        **TITLED, "author": AUTHORS, "container-title": "The Courier", "publisher": "Quay Press",
        "URL": GULLS, "abstract": "Words of it."}),
    Source(key="press2024", data={"title": "Terns", "publisher": "Quay Press"}),
    Source(key="bare2024", data={}),
    Source(key="secret2024", data={"title": "Auks", "abstract": "Words of it."}),
]  # fmt: skip


@pytest.fixture(scope="module")
def store(authority: TimestampAuthority, tmp_path_factory: pytest.TempPathFactory) -> ArchiveStore:
    """An archive that was sealed and stamped twice."""
    store = build_archive(tmp_path_factory.mktemp("bundles") / "archive", SOURCES)
    with serve_authority(authority) as url:
        for text in ("One.\n", "Two.\n"):
            with store.writing() as writer:
                writer.write_note("bare2024", text)
            seal(store, keys=Keys(signing=KEY), tsa=[url, url], allow_private=True, now=NOON)
    return store


def _parts(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _proof(store: ArchiveStore, key: str) -> Proof:
    return prove(store, key, now=NOON)


def _page(store: ArchiveStore, key: str) -> str:
    return html.unescape(_parts(write_bundle(store, _proof(store, key)))["READ-ME.html"].decode())


def test_a_restricted_record_with_words_is_refused(store: ArchiveStore) -> None:
    """Its key is named, with two ways out; the same words of a public item may be handed on."""
    with pytest.raises(UsageError) as refused:
        write_bundle(store, _proof(store, "secret2024"))
    assert refused.value.message == (
        "the record of secret2024 holds words of its restricted text, a bundle the record"
    )
    assert refused.value.hint
    assert is_bundle(write_bundle(store, _proof(store, "whole2024")))
    assert is_bundle(write_bundle(store, _proof(store, "press2024")))


def test_parts_are_what_they_should_be(store: ArchiveStore) -> None:
    """The proof, the program, and each timestamp as the authority sent it, old ones last."""
    proof = _proof(store, "press2024")
    bundle = write_bundle(store, proof)
    parts, document = _parts(bundle), parse_proof_file(proof.data)
    assert parts["proof.json"] == proof.data
    assert parts["check_proof.py"].decode() == proof_script()
    (earlier,) = document.earlier
    stamps = [read_response(stamp) for stamp in (*document.timestamps, *earlier.timestamps)]
    assert len(stamps) > 1
    assert [parts[f"timestamps/timestamp-{n}.tsr"] for n in range(len(stamps))] == stamps
    assert len(parts) == 4 + len(stamps)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        systems = {(info.create_system, info.external_attr) for info in archive.infolist()}
    assert systems == {(3, 0o100644 << 16)}  # Unix: a plain file that others may read


def test_keys_are_told_of_each_signer(tmp_path: Path) -> None:
    """With the fingerprint where the log names the key; of a stranger the name alone."""
    store = build_archive(tmp_path / "signed", SOURCES)
    seal(store, keys=Keys(signing=KEY), now=NOON)
    path = store.layout.checkpoint_file
    path.write_bytes(write_note(sign_note(parse_note(path.read_bytes()), STRANGER)))
    text = _parts(write_bundle(store, _proof(store, "press2024")))["keys.txt"].decode()
    known = str(KEY.verifier)
    print_of = hashlib.sha256(known.encode()).hexdigest()
    about, _, rest = text.partition("\n\n")
    assert about.startswith("Keys that have signed the checkpoint of this proof.")
    assert rest == (
        f"signed as    {ORIGIN}+{KEY.verifier.key_id.hex()}\npublic key   {known}\n"
        f"fingerprint  SHA-256 {print_of} (of that line)\n\n"
        f"signed as    {ORIGIN}+{STRANGER.verifier.key_id.hex()}\n"
    )
    unsigned = build_archive(tmp_path / "unsigned", SOURCES)
    seal(unsigned, keys=Keys(), now=NOON)
    text = _parts(write_bundle(unsigned, _proof(unsigned, "press2024")))["keys.txt"].decode()
    assert text == f"{about}\n\nNone: the checkpoint is unsigned.\n"


def test_the_page_has_the_words_to_compare(store: ArchiveStore) -> None:
    """Size and root of the checkpoint, the log's name, the entries, the program's digest."""
    page, proof = _page(store, "press2024"), _proof(store, "press2024")
    checkpoint = proof.verdict.checkpoint
    assert checkpoint
    root = b64encode(checkpoint.root).decode()
    assert f"bundle/proof.json --size {checkpoint.size} --root {root}</pre>" in page
    entries = ", ".join(str(entry.index) for entry in proof.verdict.entries)
    assert f"(entry {entries} of <code>{ORIGIN}</code>)" in page
    assert hashlib.sha256(proof_script().encode()).hexdigest() in page
    assert "The archive calls it <code>press2024</code>." in page
    assert len(_proof(store, "whole2024").verdict.entries) > 1
    assert re.search(r"\(entry \d+, \d+ of", _page(store, "whole2024"))


@pytest.mark.parametrize(
    ("key", "article"),
    [
        ("whole2024", f"Ada Quill; The Pilots, “Gulls <& co>”, The Courier, 2024-03-02, {GULLS}"),
        ("press2024", "“Terns”, Quay Press"),
        ("bare2024", ""),
    ],
)  # fmt: skip
def test_the_article_is_named_as_a_person_would(
    key: str, article: str, store: ArchiveStore
) -> None:
    """Who, what, where, when, and its address; nothing for what is not known."""
    assert f"<p>{article}. The archive calls it <code>{key}</code>.</p>" in _page(store, key)


# ── reading ────────────────────────────────────────────────────────────────────────────────────


def _zip(parts: Mapping[str, bytes], packed: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _claiming(name: str, *, flags: int = 0, packed: int = 10, unpacked: int = 10) -> bytes:
    """A bundle whose list of contents says something else of one part, which comes last."""
    data = bytearray(_zip({"proof.json": b"{}", name: bytes(10)}))
    at = data.rindex(b"PK\1\2")
    struct.pack_into("<H", data, at + 8, flags)
    struct.pack_into("<II", data, at + 20, packed, unpacked)
    return bytes(data)


def _refused(data: bytes) -> str:
    with pytest.raises(InvalidData) as refused:
        read_bundle(data)
    return refused.value.message


def test_a_bundle_may_be_packed_by_others() -> None:
    """Stored or deflated, with bytes before it, and parts that nobody asks for."""
    parts = {"proof.json": b"{}", "more/part.txt": b"x" * 50}
    for packed in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        assert read_bundle(_zip(parts, packed)) == b"{}"
    assert is_bundle(b"PK")
    assert not is_bundle(b"{}")


def test_a_bundle_may_have_so_many_bytes() -> None:
    """The bound itself is allowed."""
    small = _zip({"proof.json": b"{}"})
    assert read_bundle(bytes(MAX_BUNDLE_BYTES - len(small)) + small) == b"{}"
    message = f"a bundle has at most {MAX_BUNDLE_BYTES} bytes"
    assert _refused(bytes(MAX_BUNDLE_BYTES + 1 - len(small)) + small) == message


def test_a_bundle_may_have_so_many_parts() -> None:
    """The bound itself is allowed."""
    parts = {"proof.json": b"{}", **{f"p{number}": b"" for number in range(MAX_PARTS)}}
    assert _refused(_zip(parts)) == f"a bundle has at most {MAX_PARTS} parts"
    del parts["p0"]
    assert read_bundle(_zip(parts)) == b"{}"


def test_a_proof_may_have_so_many_bytes() -> None:
    """The bound itself is allowed, and all of it is read."""
    whole = bytes(MAX_PROOF_BYTES)
    assert read_bundle(_zip({"proof.json": whole})) == whole
    message = "a part of the bundle is too large unpacked: proof.json"
    assert _refused(_zip({"proof.json": whole + b"x"})) == message


def test_a_bundle_without_a_proof_is_told() -> None:
    """By the name of what is missing; what is no zip by what zipfile says."""
    assert _refused(_zip({"other.json": b"{}"})) == "the bundle has no proof.json"
    assert _refused(b"PK") == "is no bundle: File is not a zip file"


def test_names_are_judged_before_anything_is_unpacked() -> None:
    """Two that are one on some systems, and one that leads out."""
    same = "two parts of the bundle have one name"
    assert _refused(_zip({"proof.json": b"{}", "Proof.JSON": b"{}"})) == same
    message = "a part of the bundle has a name that is none: '../x'"
    assert _refused(_zip({"proof.json": b"{}", "../x": b""})) == message
    assert read_bundle(_zip({"proof.json": b"{}", f"{'a' * 100}/{'b' * 100}": b""})) == b"{}"
    for name in (f"{'a' * 101}/b", f"a/{'b' * 101}", "a/b/c", "é"):
        assert "a name that is none" in _refused(_zip({"proof.json": b"{}", name: b""}))


def test_what_is_encrypted_or_packed_in_odd_ways_is_told() -> None:
    """By the name of the part; other flags are of no interest."""
    assert read_bundle(_claiming("x.txt", flags=0x800)) == b"{}"
    for flags in (0x1, 0x801):
        message = "a part of the bundle is encrypted: x.txt"
        assert _refused(_claiming("x.txt", flags=flags)) == message
    message = "a part of the bundle is packed in an unknown way: proof.json"
    assert _refused(_zip({"proof.json": b"{}"}, zipfile.ZIP_BZIP2)) == message


@pytest.mark.parametrize(
    ("packed", "most"),
    [(10, 100 * 10 + 1024), (0, 1024), (MAX_PROOF_BYTES, MAX_PROOF_BYTES)],
)
def test_a_part_may_unpack_to_so_many_bytes(packed: int, most: int) -> None:
    """A hundred times what is packed and a little more, and never more than a proof may have."""
    assert read_bundle(_claiming("x.txt", packed=packed, unpacked=most)) == b"{}"
    message = "a part of the bundle is too large unpacked: x.txt"
    assert _refused(_claiming("x.txt", packed=packed, unpacked=most + 1)) == message
