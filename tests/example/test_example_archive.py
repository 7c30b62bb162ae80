"""The example archive keeps its promises: only our words published, made again the same."""

from __future__ import annotations

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove
from citekit.app.sealing.signing_keys import keygen
from citekit.app.verifying.log_checks.trust_anchors import Outside, read_outside
from citekit.app.verifying.verify import verify
from citekit.model.quotation import count_words
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
ARCHIVE = ROOT / "archive"
DATA = ROOT / "docs" / "example"
ARTICLE_KEY = "mem2023turkiye"
CHRONOLOGY_KEY = "citekit2026chronology"
ORIGIN = "citekit.example/northern-kosovo-2023"
RUN_OF_WORDS = 13
MADE = ("archive.toml", ".gitattributes", ".gitignore", "items", "entities", "claims", "objects")


@pytest.fixture(scope="module")
def store() -> ArchiveStore:
    """The archive as a clone has it."""
    return ArchiveStore.open(ARCHIVE)


@pytest.fixture(scope="session")
def article(shared: Path) -> Path:
    """The article, which is never in the repository."""
    return shared / "articles" / "middleeastmonitor-20230604.txt"


@pytest.fixture(scope="module")
def made(article: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive made again, in another folder."""
    folder = tmp_path_factory.mktemp("made") / "archive"
    make(article, folder)
    return folder


def make(article: Path, folder: Path, *options: str) -> None:
    """Run the script as its README shows it."""
    command = [sys.executable, str(DATA / "make.py"), "--article", str(article), *options]
    done = subprocess.run(
        [*command, "--output", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr


def files(folder: Path) -> dict[str, bytes]:
    """The files that git would hold, by their path.

    A capture record names the citekit that made it; a new release is no difference.
    """
    version = re.compile(rb'(?<="version": ")[^"]+(?=")')
    return {
        path.relative_to(folder).as_posix(): version.sub(b"any", path.read_bytes())
        if path.parent.name == "captures"
        else path.read_bytes()
        for name in MADE
        for path in [folder / name, *(folder / name).rglob("*")]
        if path.is_file()
    }


def events(folder: Path) -> list[str]:
    """The entries of a log, without those about its key, and without its states.

    Each names the citekit that made it, and so the record of a capture does: neither counts here.
    """
    log = LogFolder(ArchiveStore.open(folder).layout)
    standing = log.standing()
    assert standing is not None
    entries = [json.loads(entry) for entry in log.entries(standing.size)]
    for entry in entries:
        del entry["tool"]
        if entry["action"] == "capture":
            del entry["digest"]
    return [json.dumps(entry) for entry in entries if entry["action"] not in ("key", "state")]


def clone(folder: Path) -> Path:
    """The archive as a clone has it, in a folder of its own."""
    ignored = shutil.ignore_patterns("restricted", ".citekit")
    return Path(shutil.copytree(ARCHIVE, folder / "archive", ignore=ignored))


def published_key() -> str:
    """The public key that the README of the archive publishes."""
    readme = (ARCHIVE / "README.md").read_text(encoding="utf-8")
    (key,) = set(re.findall(rf"{re.escape(ORIGIN)}\+[0-9a-f]{{8}}\+[\w+/=]+", readme))
    return str(key)


def git(*arguments: str) -> str:
    """What git says about this checkout; the test skips where this is none."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode()


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Every file of the repository that is, or is about to be, tracked, as text."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in listed.split("\0"):
        path = ROOT / name
        if name and path.is_file():
            yield name, path.read_bytes().decode("utf-8", "ignore")


def words(text: str) -> list[str]:
    """The words of a text without case and punctuation."""
    return re.findall(r"\w+", text.casefold())


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of thirteen words in a text."""
    found = words(text)
    return {tuple(found[i : i + RUN_OF_WORDS]) for i in range(len(found) - RUN_OF_WORDS + 1)}


def data_file(name: str) -> dict[str, Any]:
    """One of the data files that the archive is made from."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def quoted_words(store: ArchiveStore, key: str) -> list[int]:
    """How many words each annotation of an item shows."""
    passages = [annotation.passage for annotation in store.annotations(key)]
    return [count_words(passage.quoted) for passage in passages if passage is not None]


def text_words(store: ArchiveStore, key: str) -> int:
    """How many words an item's text has, from the shape in its record."""
    capture = store.capture(key)
    assert capture is not None
    text_map = capture.payloads["text"].map
    assert text_map is not None
    return text_map.words


def test_a_clone_verifies(tmp_path: Path) -> None:
    """A clone, which never held the article, verifies: nothing missing, extra or unsealed."""
    report = Archive.open(clone(tmp_path)).verify()

    assert report.exit_code(strict=True) == 0
    assert report.items == 10
    assert report.sealed > 100
    assert [finding for finding in report.findings if finding.severity.value != "note"] == []


def test_a_clone_verifies_with_the_published_key(tmp_path: Path) -> None:
    """The key in the README signed the log, and no other: then the signer is authenticated."""
    store = ArchiveStore.open(clone(tmp_path))
    stranger = keygen(ORIGIN, tmp_path / "stranger.key").verifier

    trusted = verify(store, outside=read_outside([published_key()]))

    assert trusted.exit_code(strict=True) == 0
    assert not any("not authenticated" in finding.message for finding in trusted.findings)
    assert verify(store, outside=Outside(keys=(stranger,))).exit_code() == 6


@pytest.mark.parametrize("key", [ARTICLE_KEY, CHRONOLOGY_KEY])
def test_its_items_can_be_proven(tmp_path: Path, key: str) -> None:
    """A proof from a clone convinces who has the published key, and holds nothing restricted."""
    proof = prove(ArchiveStore.open(clone(tmp_path)), key)

    assert check_proof(proof.data, read_outside([published_key()])).exit_code == 0
    assert check_proof(proof.data).exit_code == 1


def test_git_has_the_log_and_the_public_key() -> None:
    """The log and trust/ belong to the repository, and no private key does."""
    tracked = git("ls-files", "--cached", "--others", "--exclude-standard", "archive").splitlines()

    assert "archive/log/checkpoint" in tracked
    assert "archive/log/pending.jsonl" in tracked
    assert any(name.startswith("archive/log/tile/entries/") for name in tracked)
    assert any(name.startswith("archive/trust/keys/") for name in tracked)
    assert [name for name, _ in tracked_texts() if name.endswith(".key")] == []


def test_it_has_what_it_announces(store: ArchiveStore) -> None:
    """The archive has its ten items, the dossier's entities and the seven claims."""
    assert len(store.keys()) == 10
    assert len(store.claims()) == 7
    assert len(store.entities()) >= 28
    assert len(store.annotations(ARTICLE_KEY)) >= 25
    assert len(store.annotations(CHRONOLOGY_KEY)) >= 15


def test_quotes_stay_within_the_limits(store: ArchiveStore) -> None:
    """No annotation on the article shows more than 12 words, all together at most 15 %."""
    counts = quoted_words(store, ARTICLE_KEY)
    assert max(counts) <= 12
    assert sum(counts) <= 0.15 * text_words(store, ARTICLE_KEY)


def test_the_data_quote_no_more_than_the_archive(store: ArchiveStore) -> None:
    """The data file holds the same few words of the article, not more."""
    entries = data_file("annotations")["article"]
    counts = [count_words(entry["quote"]) for entry in entries if "quote" in entry]
    assert max(counts) <= 12
    assert sum(counts) == sum(quoted_words(store, ARTICLE_KEY))


def test_no_sentence_of_the_article_is_in_the_repository(article: Path) -> None:
    """No tracked file holds thirteen words of the article in a row, but for its title."""
    text = article.read_text(encoding="utf-8")
    title = text.splitlines()[2]
    forbidden = runs(text.replace(title, " "))
    found = [name for name, content in tracked_texts() if forbidden & runs(content)]
    assert found == []


def test_restricted_bytes_are_not_in_git(store: ArchiveStore) -> None:
    """Git tracks nothing under restricted/, and would not add it by accident."""
    capture = store.capture(ARTICLE_KEY)
    assert capture is not None
    paths = [store.layout.restricted_file(p.digest) for p in capture.payloads.values()]
    ignored = git("check-ignore", *(str(path) for path in paths)).splitlines()
    assert git("ls-files", "archive/restricted", "archive/.citekit") == ""
    assert len(ignored) == len(paths)
    assert not any(store.layout.object_file(p.digest).exists() for p in capture.payloads.values())


def test_the_record_names_the_file_without_folders(store: ArchiveStore) -> None:
    """The capture record names the article's file, not where it lay."""
    capture = store.capture(ARTICLE_KEY)
    assert capture is not None
    assert capture.source.file == "middleeastmonitor-20230604.txt"
    assert capture.source.fact == "declared"
    assert capture.payloads["original"].digest == (
        f"sha256:{data_file('sources')['article']['sha256']}"
    )


def test_the_article_is_described_by_evidence(store: ArchiveStore) -> None:
    """Title, date and publisher of the article are read from it; nobody is named as author."""
    item = store.item(ARTICLE_KEY)
    date = item.date()
    assert item.title == "Turkiye to deploy commando battalion to northern Kosovo to help NATO"
    assert date is not None
    assert date.to_edtf() == "2023-06-04"
    assert item.text("container-title") == "Middle East Monitor"
    assert item.names("author") == ()
    assert {"title", "issued", "container-title"} <= set(item.facts.evidence)


def test_captions_stay_offsets(store: ArchiveStore) -> None:
    """The picture's caption is on record by its place alone."""
    captions = store.item(ARTICLE_KEY).facts.evidence["caption"]
    assert [caption["value"] for caption in captions] == [None]
    assert captions[0]["place"]["end"] > captions[0]["place"]["start"]


@pytest.mark.parametrize("source", data_file("sources")["source"], ids=lambda s: str(s["key"]))
def test_titles_say_where_they_come_from(store: ArchiveStore, source: dict[str, Any]) -> None:
    """A title read off an address or supplied by us is no verified title, and says so."""
    (title,) = store.item(source["key"]).facts.evidence["title"]
    least_sure = {"notes": 0.8, "url": 0.4, "description": 0.1}
    assert title["origin"] == source["title_from"]
    assert title["fact"] == "declared"
    assert title["confidence"] == least_sure[source["title_from"]]
    assert source["title"].startswith("[") == (source["title_from"] == "description")


def test_the_chronology_is_public(store: ArchiveStore) -> None:
    """A fresh clone has the chronology's text, licensed and signed by the contributors."""
    item = store.item(CHRONOLOGY_KEY)
    text = store.text(CHRONOLOGY_KEY)
    assert item.facts.access == "public"
    assert [name.literal for name in item.names("author")] == ["citekit contributors"]
    assert "CC BY 4.0" in item.text("license")
    assert text is not None
    assert 550 <= count_words(text) <= 680


def test_annotations_of_the_chronology_overlap(store: ArchiveStore) -> None:
    """The site has overlapping highlights to show."""
    passages = [a.passage for a in store.annotations(CHRONOLOGY_KEY)]
    ranges = sorted((p.start, p.end) for p in passages if p is not None)
    assert any(after[0] < before[1] for before, after in itertools.pairwise(ranges))


def test_each_claim_lets_sources_speak(store: ArchiveStore) -> None:
    """Every claim asks a question and has several sources, one of them with a passage."""
    claims = store.claims()
    assert all(claim.question and claim.note for claim in claims)
    assert all(len(claim.evidence) >= 3 for claim in claims)
    assert all(any(part.annotation for part in claim.evidence) for claim in claims)
    assert all(part.says for claim in claims for part in claim.evidence)


def test_entities_are_all_in_use(store: ArchiveStore) -> None:
    """No entity stands apart from every annotation."""
    named = {e for key in store.keys() for a in store.annotations(key) for e in a.entities}  # noqa: SIM118  # no mapping
    assert {entity.id for entity in store.entities()} <= named


def test_made_again_it_is_the_same(made: Path) -> None:
    """The script gives the committed archive byte for byte."""
    assert files(made) == files(ARCHIVE)


def test_its_log_is_that_of_its_data(made: Path) -> None:
    """Sealed again without the key, the log has the same entries in the same order."""
    assert events(made) == events(ARCHIVE)
    assert (made / "log" / "checkpoint").read_bytes().endswith(b"=\n\n")


def test_made_again_it_keeps_its_signature(article: Path, tmp_path: Path) -> None:
    """Without the key the log of the same events stays, signature included."""
    key = keygen(ORIGIN, tmp_path / "signing.key")
    make(article, tmp_path / "archive", "--signing-key", str(key.path))
    checkpoint = (tmp_path / "archive" / "log" / "checkpoint").read_bytes()
    make(article, tmp_path / "archive")

    outside = Outside(keys=(key.verifier,))
    report = verify(ArchiveStore.open(tmp_path / "archive"), outside=outside)

    assert (tmp_path / "archive" / "log" / "checkpoint").read_bytes() == checkpoint
    assert report.exit_code(strict=True) == 0


def test_making_twice_changes_nothing(article: Path, made: Path) -> None:
    """Run again on its own result, the script leaves the same bytes and the owner's files."""
    (made / "README.md").write_text("mine\n", encoding="utf-8")
    before = files(made)
    make(article, made)
    assert files(made) == before
    assert Archive.open(made).verify().exit_code(strict=True) == 0
    assert (made / "README.md").read_text(encoding="utf-8") == "mine\n"


def test_with_the_payload_in_place_it_verifies(made: Path) -> None:
    """Where the article's bytes are, the archive verifies too, and its quotes are where it says."""
    archive = Archive.open(made)
    text = archive.store.text(ARTICLE_KEY)
    passages = [a.passage for a in archive.annotations(ARTICLE_KEY)]
    quoted = [p for p in passages if p is not None and p.exact is not None]
    assert archive.verify().ok
    assert text is not None
    assert quoted
    assert all(text[p.start : p.end] == p.exact for p in quoted)


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A file that is not the article is refused by its digest, and nothing is written."""
    other = tmp_path / "other.txt"
    other.write_text("Something else\n", encoding="utf-8")
    command = [sys.executable, str(DATA / "make.py"), "--article", str(other)]
    done = subprocess.run(
        [*command, "--output", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 6
    assert "SHA-256" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_another_archive_is_not_replaced(tmp_path: Path) -> None:
    """The script never writes over an archive that is not the example."""
    Archive.create(tmp_path / "mine", title="Mine")
    command = [sys.executable, str(DATA / "make.py"), "--output", str(tmp_path / "mine")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 7
    assert Archive.open(tmp_path / "mine").store.settings.title == "Mine"


@pytest.mark.slow
def test_annotations_conform_to_the_w3c_model(shared: Path) -> None:
    """Every annotation passes every MUST assertion of the W3C test suite."""
    pytest.importorskip("jsonschema", reason="the W3C assertions need the package jsonschema")
    runner = shared / "conformance" / "web-annotation" / "run.py"
    lines = [str(path) for path in sorted(ARCHIVE.glob("items/*/annotations.jsonl"))]
    done = subprocess.run(
        [sys.executable, str(runner), *lines],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_another_program_reads_the_annotations() -> None:
    """Each line of annotations.jsonl is JSON on its own, with an id of its own."""
    path = ARCHIVE / "items" / ARTICLE_KEY / "annotations.jsonl"
    ids = [json.loads(line)["id"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(set(ids)) == len(ids) >= 25
