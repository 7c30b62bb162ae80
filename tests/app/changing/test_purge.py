"""``purge`` and ``set --access``: what is withdrawn is gone, logged, and named where it stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from citekit.app.annotating.annotate import annotate
from citekit.app.changing.access import set_access
from citekit.app.changing.edit import rename
from citekit.app.changing.purge import plan_purge, purge
from citekit.app.looking.search import search
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove
from citekit.app.sealing.seal import seal
from citekit.app.verifying.verify import verify
from citekit.errors import NotFound, UsageError
from citekit.findings import FindingClass
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.faults import killed_at
from citekit.testing.store_builders import add_item, build_capture, build_item

SCRIPT = Path(__file__).parents[3] / "docs" / "check_proof.py"
TEXT = "The harbour closed at dusk.\n\nThree ferries waited for the navy's dredger until Friday."
HELD = build_capture(text=TEXT, original=b"shared bytes of an agency")
OTHER = build_capture(text="Another text.", original=b"shared bytes of an agency", minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A public and a restricted item that share their original."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        add_item(writer, build_item("held2026"), HELD)
        add_item(writer, build_item("open2026", access="public"), OTHER)
    return store


def _digest(key: str, role: str, store: ArchiveStore) -> str:
    capture = store.capture(key)
    assert capture is not None
    return capture.payloads[role].digest


def _kinds(store: ArchiveStore) -> set[FindingClass]:
    return {finding.kind for finding in verify(store).findings}


def _files_with(root: Path, words: bytes) -> list[str]:
    return [p.relative_to(root).as_posix() for p in root.rglob("*")
            if p.is_file() and ".git/" not in p.as_posix() and words in p.read_bytes()]  # fmt: skip


@pytest.mark.parametrize("is_sealed", [False, True], ids=["unsealed", "sealed"])
def test_purged_bytes_are_nowhere_and_verify_is_content(
    store: ArchiveStore, *, is_sealed: bool
) -> None:
    """Objects, caches and the index lose the words; the digest stays, and verify says *purged*."""
    if is_sealed:
        seal(store)
    assert search(store, "dredger")
    assert _files_with(store.root, b"dredger")
    built = store.layout.local / "site" / "page.html"
    built.parent.mkdir(parents=True)
    built.write_text("a page about the dredger")
    purged = purge(store, "held2026", reason="the publisher asked")
    assert [payload.role for payload in purged.payloads] == ["text"]
    assert _files_with(store.root, b"dredger") == []
    assert not search(store, "dredger")
    report = verify(store)
    assert report.ok
    assert FindingClass.MISSING not in _kinds(store)
    assert seal(store).actions["purge"] == 1
    assert FindingClass.PURGED in _kinds(store)


def test_what_another_item_has_stays(store: ArchiveStore) -> None:
    """The original is also the public item's: it stays, is named, and is not logged as purged."""
    shared = _digest("open2026", "original", store)
    purged = purge(store, "held2026")
    assert purged.kept == {shared: ("open2026",)}
    assert store.payload(shared) == b"shared bytes of an agency"
    assert [finding.code for finding in purged.findings] == ["CK-W703"]
    assert verify(store).ok


def test_an_old_proof_outlives_the_purge(store: ArchiveStore) -> None:
    """A proof made before says after the purge exactly what it said: it never held the bytes."""
    seal(store)
    proof = prove(store, "held2026").data
    before = check_proof(proof)
    purge(store, "held2026")
    seal(store)
    assert check_proof(proof) == before
    assert check_proof(prove(store, "held2026").data).findings == before.findings


def test_a_new_proof_tells_of_the_purge(store: ArchiveStore, tmp_path: Path) -> None:
    """The entry that says what went, when and why is in the proof; checkers and page tell it."""
    seal(store)
    purge(store, "held2026", reason="asked by <the> publisher")
    seal(store)
    proof = prove(store, "held2026")
    (purged,) = check_proof(proof.data).purged
    assert (purged.role, purged.digest) == ("text", _digest("held2026", "text", store))
    assert purged.reason == "asked by <the> publisher"
    assert str(purged) in proof.verdict.proven
    assert "<strong>Purged: text.</strong>" in proof.page
    assert "asked by &lt;the&gt; publisher" in proof.page
    assert f"removed for good since: 'text {purged.digest}" in _script_says(tmp_path, proof.data)
    assert check_proof(prove(store, "open2026").data).purged == []


def test_the_entry_of_a_purge_cannot_be_changed(store: ArchiveStore, tmp_path: Path) -> None:
    """Another reason, or another digest, is no longer in the log of the checkpoint."""
    seal(store)
    purge(store, "held2026", reason="the publisher asked")
    seal(store)
    forged = prove(store, "held2026").data.replace(b"publisher asked", b"editors wanted")
    assert check_proof(forged).exit_code == 6
    assert "tampered" in _script_says(tmp_path, forged)


def test_a_purge_is_sealed_before_it_is_proven(store: ArchiveStore) -> None:
    """While the purge waits for a seal there is no proof: it would keep silent about it."""
    seal(store)
    purge(store, "held2026")
    with pytest.raises(UsageError, match="not sealed yet"):
        prove(store, "held2026")


def test_a_purge_under_an_old_key_is_told_after_a_renaming(store: ArchiveStore) -> None:
    """The purge is found by its digests, whatever the item is called now."""
    seal(store)
    purge(store, "held2026")
    rename(store, "held2026", "kept2026")
    seal(store)
    assert [p.role for p in check_proof(prove(store, "kept2026").data).purged] == ["text"]


def _script_says(folder: Path, proof: bytes) -> str:
    (folder / "proof.json").write_bytes(proof)
    command = [sys.executable, str(SCRIPT), str(folder / "proof.json")]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert not done.stderr
    return done.stdout


def test_the_reason_is_in_the_log_and_short(store: ArchiveStore) -> None:
    """The event names who, why and which digests; a reason that is too long changes nothing."""
    with pytest.raises(UsageError):
        purge(store, "held2026", reason="x" * 501)
    assert store.text("held2026")
    purge(store, "held2026", reason="the publisher asked")
    event = json.loads(LogFolder(store.layout).pending().entries[-1])
    assert (event["action"], event["subject"]) == ("purge", "items/held2026")
    assert event["reason"] == "the publisher asked"
    assert [payload["role"] for payload in event["payloads"]] == ["text"]


def test_an_item_without_payloads_of_its_own_is_not_purged(store: ArchiveStore) -> None:
    """Nothing to purge is said, not passed over."""
    with store.writing() as writer:
        writer.add_item(build_item("bare2026"))
    with pytest.raises(NotFound, match="nothing to purge"):
        plan_purge(store, "bare2026")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
def test_a_purge_killed_at_any_call_is_finished_by_the_next(
    tmp_path: Path, store: ArchiveStore
) -> None:
    """Bytes never go before the log says so; purging again ends in the same place, logged once."""
    digest = _digest("held2026", "text", store)
    ends = set()
    for n in range(1, 200):
        root = tmp_path / f"killed-{n}"
        subprocess.run(["cp", "-a", str(store.root), str(root)], check=True)
        was_killed = killed_at(n, lambda: purge(ArchiveStore.open(root), "held2026"))  # noqa: B023  # called at once
        left = ArchiveStore.open(root)
        is_logged = any(b'"purge"' in entry for entry in LogFolder(left.layout).pending().entries)
        has_bytes = left.payload_path(digest) is not None
        assert has_bytes or is_logged, f"bytes went unlogged at call {n}"
        if has_bytes and is_logged:
            assert FindingClass.INTERRUPTED in _kinds(left)
        purge(left, "held2026")
        entries = LogFolder(left.layout).pending().entries
        assert sum(b'"purge"' in entry for entry in entries) == 1
        assert left.payload_path(digest) is None
        assert verify(left).ok
        ends.add((is_logged, has_bytes))
        if not was_killed:
            break
    assert not was_killed
    assert ends == {(False, True), (True, True), (True, False)}


# ── git ────────────────────────────────────────────────────────────────────────────────────────


def _git(root: Path, *words: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@coast.example"]
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _commit(root: Path, subject: str) -> str:
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--allow-empty", "-m", subject)
    return _git(root, "rev-parse", "HEAD")


def test_the_commits_that_hold_the_bytes_are_named(store: ArchiveStore) -> None:
    """Every commit whose tree has them, on any branch and under any name; not those without."""
    root = store.root
    _git(root, "init", "--quiet", "--initial-branch", "main")
    before = _commit(root, "before")
    path = store.payload_path(_digest("open2026", "text", store))
    assert path is not None
    assert "restricted" not in _git(root, "ls-files")
    (root / "README.md").write_bytes(path.read_bytes())  # a copy under another name
    copied = _commit(root, "a copy")
    (root / "README.md").unlink()
    again = _commit(root, "the copy is gone")
    _git(root, "tag", "published")
    purged = purge(store, "open2026")
    gone = _commit(root, "purged")
    assert purged.traces is not None
    assert {commit.id for commit in purged.traces.commits} == {before, copied, again}
    assert gone not in str(purged.findings)
    assert purged.traces.refs == ("refs/heads/main", "refs/tags/published")
    warning = next(f for f in purged.findings if f.code == "CK-W701")
    assert before[:12] in warning.message
    assert "--path README.md" in warning.hint
    later = purge(store, "open2026")
    assert later.traces is not None
    assert {c.id for c in later.traces.commits} == {before, copied, again}


def test_a_restricted_payload_that_git_never_had_is_not_blamed(store: ArchiveStore) -> None:
    """Git ignores restricted/, so there is nothing to tell."""
    _git(store.root, "init", "--quiet")
    _commit(store.root, "all that may be published")
    assert [f.code for f in purge(store, "held2026").findings] == ["CK-W703"]


def test_staged_bytes_and_a_stash_are_found(store: ArchiveStore) -> None:
    """The index is looked at too, and a stash is a commit like any other."""
    root = store.root
    _git(root, "init", "--quiet")
    _commit(root, "first")
    text = root / "notes.txt"
    text.write_bytes(TEXT.encode())
    _git(root, "add", "notes.txt")
    _git(root, "stash")
    _git(root, "stash", "apply", "--index")
    traces = purge(store, "held2026").traces
    assert traces is not None
    assert traces.is_staged
    assert traces.refs == ("refs/stash",)


def test_a_repository_git_cannot_read_is_said(store: ArchiveStore) -> None:
    """The purge is done all the same; that the history is unknown is a finding."""
    (store.root / ".git").mkdir()
    purged = purge(store, "held2026")
    assert store.text("held2026") is None
    assert "CK-W702" in [finding.code for finding in purged.findings]


def test_without_git_it_is_said(
    store: ArchiveStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git is not installed and there is a repository, the purge says what it cannot know."""
    _git(store.root, "init", "--quiet")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = [finding for finding in purge(store, "held2026").findings if finding.code == "CK-W702"]
    assert "git is not installed" in found[0].message


# ── set --access ───────────────────────────────────────────────────────────────────────────────


def test_going_restricted_is_logged_trimmed_and_the_commits_named(store: ArchiveStore) -> None:
    """The event is noted, quotes shrink to the limits, offsets stay, git's copies are named."""
    wide = build_capture(text=(TEXT + "\n\n") * 20 + "The end of it.", minutes=2)
    with store.writing() as writer:
        add_item(writer, build_item("wide2026", access="public"), wide)
    annotate(store, "wide2026", quote="closed at dusk", occurrence=1, note="short")
    annotate(store, "wide2026", quote=TEXT, occurrence=1, note="long")
    _git(store.root, "init", "--quiet")
    first = _commit(store.root, "published")
    changed = set_access(store, "wide2026", "restricted")
    short, offsets = store.annotations("wide2026")
    assert short.passage is not None
    assert short.passage.exact == "closed at dusk"
    assert offsets.passage is not None
    assert offsets.passage.exact is None
    assert offsets.passage.end > offsets.passage.start
    codes = [finding.code for finding in changed.findings]
    assert codes == ["CK-I711", "CK-I711", "CK-W701"]
    assert first[:12] in changed.findings[-1].message
    assert not {FindingClass.EXCESS} & _kinds(store)
    events = [json.loads(entry) for entry in LogFolder(store.layout).pending().entries]
    access = [event for event in events if event["action"] == "access"]
    assert [(e["subject"], e["access"]) for e in access] == [
        ("items/wide2026/item.json", "restricted")
    ]


def test_going_public_tells_nothing(store: ArchiveStore) -> None:
    """What may be published needs no warning; the event is noted."""
    changed = set_access(store, "held2026", "public")
    assert changed.findings == ()
    assert b'"access":"public"' in LogFolder(store.layout).pending().entries[-1]
    assert verify(store).ok


def test_the_share_is_of_the_longest_text_not_of_all(store: ArchiveStore) -> None:
    """Two captures of one article are not twice as much to quote from: 6 of 40 words, not 12."""
    words = " ".join(f"word{number}" for number in range(40))
    captures = [build_capture(text=f"{words} {n}.", minutes=n) for n in (3, 4)]
    with store.writing() as writer:
        add_item(writer, build_item("twice2026", access="public"), *captures)
    quote = "word1 word2 word3 word4 word5 word6 word7 word8"
    annotate(store, "twice2026", quote=quote, occurrence=1, note="eight words")
    set_access(store, "twice2026", "restricted")
    (annotation,) = store.annotations("twice2026")
    assert annotation.passage is not None
    assert annotation.passage.exact is None
    assert FindingClass.EXCESS not in _kinds(store)
