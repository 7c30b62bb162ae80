"""The bundle for a stranger: one zip, made the same each time, and checked on a bare Python."""

from __future__ import annotations

import hashlib
import html
import io
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit.app.proving.bundle import MAX_PARTS, is_bundle, read_bundle, write_bundle
from citekit.app.proving.prove import prove
from citekit.app.sealing.seal import Keys, seal
from citekit.cli.run import run
from citekit.errors import InvalidData, UsageError
from citekit.integrity.sign import new_signer_key
from citekit.testing.builders import HARBOUR_TEXT, Source, build_archive
from citekit.testing.sites import Tags
from citekit.testing.tsa import TimestampAuthority, serve_authority

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.archive import ArchiveStore

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PARTS = ["READ-ME.html", "proof.json", "check_proof.py", "keys.txt", "timestamps/timestamp-0.tsr"]


@pytest.fixture(scope="module")
def store(authority: TimestampAuthority, tmp_path_factory: pytest.TempPathFactory) -> ArchiveStore:
    """A sealed archive with a timestamp."""
    store = build_archive(tmp_path_factory.mktemp("bundle") / "archive")
    with serve_authority(authority) as url:
        seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)
    return store


@pytest.fixture(scope="module")
def bundle(store: ArchiveStore) -> bytes:
    """The bundle of one item."""
    return write_bundle(store, prove(store, "harbour2024", now=NOON))


def parts_of(bundle: bytes) -> dict[str, bytes]:
    """The parts of a zip file by name."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def commands_of(page: str) -> list[str]:
    """The commands that the page tells its reader to run."""
    (block,) = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)
    return html.unescape(block).splitlines()


def run_page(folder: Path, page: str, bundle: str) -> list[tuple[int, str]]:
    """Run the commands of the page in a folder, with this Python, isolated: code and answer."""
    answers = []
    for command in commands_of(page):
        words = shlex.split(command.replace("BUNDLE.zip", shlex.quote(bundle)))
        assert words[:2] == ["python", "-I"]
        done = subprocess.run(
            [sys.executable, "-I", "-S", *words[2:]],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        answers.append((done.returncode, done.stdout + done.stderr))
    return answers


def test_a_stranger_checks_it_with_a_bare_python(bundle: bytes, tmp_path: Path) -> None:
    """The three commands of the page unpack it, find it consistent, and prove it."""
    (tmp_path / "the proof.zip").write_bytes(bundle)

    answers = run_page(tmp_path, parts_of(bundle)["READ-ME.html"].decode(), "the proof.zip")

    assert [code for code, _ in answers] == [0, 1, 0], answers
    assert "consistent" in answers[1][1]
    assert "proven" in answers[2][1]


def test_a_changed_proof_fails_the_commands(bundle: bytes, tmp_path: Path) -> None:
    """Where one letter of the record is another, both checks end with 6."""
    parts = parts_of(bundle)
    parts["proof.json"] = parts["proof.json"].replace(b"Harbour closed", b"Harbour opened")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)

    answers = run_page(tmp_path, parts["READ-ME.html"].decode(), "b.zip")

    assert [code for code, _ in answers] == [0, 6, 6]


def test_unzip_takes_it(bundle: bytes, tmp_path: Path) -> None:
    """Another program than Python's finds the same parts, whole."""
    unzip = shutil.which("unzip")
    if unzip is None:
        pytest.skip("no unzip on this machine")
    (tmp_path / "b.zip").write_bytes(bundle)

    subprocess.run([unzip, "-q", "b.zip", "-d", "out"], cwd=tmp_path, check=True)

    for name, data in parts_of(bundle).items():
        assert (tmp_path / "out" / name).read_bytes() == data


def test_the_same_proof_gives_the_same_bytes(store: ArchiveStore, bundle: bytes) -> None:
    """Nothing of today, of this machine or of its zlib is in a bundle."""
    assert write_bundle(store, prove(store, "harbour2024", now=NOON)) == bundle
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos] == PARTS
    assert {(i.date_time, i.create_system, i.compress_type) for i in infos} == {
        ((1980, 1, 1, 0, 0, 0), 3, zipfile.ZIP_STORED)
    }


def test_the_page_names_the_article_and_what_is_not_shown(bundle: bytes) -> None:
    """It says what it is about, what is shown and what not, and runs nothing."""
    page = parts_of(bundle)["READ-ME.html"].decode()

    assert "Harbour closed" in html.unescape(page)
    assert "https://" in page
    assert "Not shown is that the article is true" in page
    assert "that the source ever served this" in page
    assert {tag for tag, _ in Tags(page).tags} & {"script", "img", "link", "a"} == set()
    assert "unsafe-inline" not in page


def test_keys_are_named_with_their_fingerprints(bundle: bytes) -> None:
    """The public key stands with its digest, and with the words that it shows nothing by itself."""
    text = parts_of(bundle)["keys.txt"].decode()

    assert str(KEY.verifier) in text
    assert hashlib.sha256(str(KEY.verifier).encode()).hexdigest() in text
    assert "shows\nnothing" in text


def test_no_word_of_a_restricted_text_is_in_it(bundle: bytes) -> None:
    """Neither the whole text nor any five words of it in a row stand in any part."""
    everything = b"\n".join(parts_of(bundle).values()).decode("utf-8", "replace")
    words = HARBOUR_TEXT.split()

    runs = {" ".join(words[i : i + 5]) for i in range(len(words) - 4)}
    title = "Harbour closed"

    assert [run for run in runs if run in everything and title not in run] == []


def test_a_record_with_restricted_words_makes_no_bundle(tmp_path: Path) -> None:
    """An abstract of a restricted item is its text: a bundle would hand it on."""
    data = {"title": "T", "abstract": "Secret words."}
    store = build_archive(tmp_path / "archive", [Source(key="secret", data=data)])
    seal(store, keys=Keys(signing=KEY), now=NOON)

    with pytest.raises(UsageError, match="restricted text"):
        write_bundle(store, prove(store, "secret", now=NOON))


def test_hostile_titles_stay_words_on_the_page(tmp_path: Path) -> None:
    """Mark-up, controls and marks of direction in a record are text, or are not there."""
    title = "</code><script>alert(1)</script>\x1b[2J\u202egpj $key ${root}"
    store = build_archive(tmp_path / "archive", [Source(key="evil", data={"title": title})])
    seal(store, keys=Keys(signing=KEY), now=NOON)

    page = parts_of(write_bundle(store, prove(store, "evil", now=NOON)))["READ-ME.html"].decode()

    assert "<script" not in page
    assert not set(page) & {"\x1b", "\u202e"}
    assert "$key ${root}" in html.unescape(page)


# ── citekit reads one ──────────────────────────────────────────────────────────────────────────


def test_the_command_writes_one_and_checks_it(
    store: ArchiveStore,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``prove --bundle`` prints where it is; ``check-proof`` judges the proof in it."""
    monkeypatch.chdir(tmp_path)
    at = ["--archive", str(store.root)]

    assert run([*at, "prove", "harbour2024", "--bundle"]) == 0
    path = capsys.readouterr().out.strip()
    assert path == "harbour2024.citekit-proof.zip"
    assert run(["check-proof", path]) == 1
    assert run(["check-proof", path, "--trust", str(KEY.verifier)]) == 0
    assert run([*at, "prove", "harbour2024", "--bundle", "--output", str(tmp_path / "x.zip")]) == 0
    assert run(["check-proof", "x.zip", "--trust", str(KEY.verifier)]) == 0


def with_part(bundle: bytes, name: str, data: bytes, packed: int = zipfile.ZIP_STORED) -> bytes:
    """The bundle with one part more."""
    out = io.BytesIO(bundle)
    with zipfile.ZipFile(out, "a", packed) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def without_proof(bundle: bytes) -> bytes:
    """The bundle without what it is for."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts_of(bundle).items():
            if name != "proof.json":
                archive.writestr(name, data)
    return out.getvalue()


def test_a_bundle_gives_its_proof(store: ArchiveStore, bundle: bytes) -> None:
    """What is read is, byte for byte, what was written."""
    assert is_bundle(bundle)
    assert read_bundle(bundle) == prove(store, "harbour2024", now=NOON).data


@pytest.mark.parametrize(
    "name",
    [
        "../escaped",
        "/etc/passwd",
        "a/../../b",
        "a\\..\\b",
        "C:evil",
        ".hidden",
        "a/b/c",
        "PROOF.json",
        "x\u202ey",
    ],
)
def test_names_that_lead_astray_are_refused(bundle: bytes, name: str) -> None:
    """Nobody is told that a zip is fine which would write beside the folder it is unpacked into."""
    with pytest.raises(InvalidData):
        read_bundle(with_part(bundle, name, b"x"))


def test_a_name_that_ends_early_is_refused(bundle: bytes) -> None:
    """What some programs take for ``proof.json`` is a name with more behind its end."""
    data = with_part(without_proof(bundle), "proof.json.x", b"{}")

    with pytest.raises(InvalidData, match="a name that is none"):
        read_bundle(data.replace(b"proof.json.x", b"proof.json\0x"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_nobody_should_unpack_is_refused(bundle: bytes) -> None:
    """Two parts of one name, a bomb, too many parts, no proof, half a file, and no zip at all."""
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(MAX_PARTS + 1):
            archive.writestr(f"p{number}", b"")

    for data in (
        with_part(bundle, "proof.json", b"{}"),
        with_part(bundle, "bomb", bytes(5 << 20), zipfile.ZIP_DEFLATED),
        with_part(bundle, "packed", b"x" * 99, zipfile.ZIP_LZMA),
        many.getvalue(),
        without_proof(bundle),
        bundle[: len(bundle) // 2],
        b"PK\3\4" + bytes(100),
        b"PK",
    ):
        with pytest.raises(InvalidData):
            read_bundle(data)


def test_a_bundle_that_is_none_is_told(
    bundle: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says so with exit code 4, and no traceback."""
    (tmp_path / "b.zip").write_bytes(bundle[:400])

    assert run(["check-proof", str(tmp_path / "b.zip")]) == 4
    told = capsys.readouterr().err
    assert "is no bundle" in told
    assert "a bug" not in told


def test_no_changed_byte_passes_as_another_record(bundle: bytes) -> None:
    """A byte changed anywhere: what is read is the same proof, or it is refused."""
    proof = read_bundle(bundle)
    for place in range(0, len(bundle), 97):
        changed = bytearray(bundle)
        changed[place] ^= 0x55
        try:
            assert read_bundle(bytes(changed)) == proof
        except InvalidData:
            continue
