"""What pages say of the seal: entries of the log, the proof to download, what is not sealed."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.integrity.sign import new_signer_key
from citekit.pages.library import Library
from citekit.pages.provenance.seals import PROOF_SUFFIX, Seals
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import HARBOUR_TEXT, build_archive
from citekit.testing.sites import Site, build_site, contents, write_source
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WITHOUT_EXTRA = """\
import importlib.abc, sys
class Refuse(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("cryptography", "rfc3161_client"):
            raise ModuleNotFoundError(name=name)
sys.meta_path.insert(0, Refuse())
from sphinx.cmd.build import main
raise SystemExit(main(sys.argv[1:]))
"""


def sealed_archive(root: Path, *, keys: Keys | None = None) -> ArchiveStore:
    """The invented archive, sealed at noon; signed unless other keys are given."""
    store = build_archive(root)
    seal(store, keys=keys or Keys(signing=KEY), now=NOON)
    return store


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of a sealed archive, warnings as errors."""
    root = tmp_path_factory.mktemp("sealed")
    sealed_archive(root / "archive")
    write_source(root)
    built = build_site(root, "-W")
    assert built.code == 0, built.said
    return built


def panel(site: Site, key: str) -> str:
    """The part of an item's page about where it comes from."""
    page = site.read(f"items/{key}.html")
    return page[page.index('id="provenance"') : page.index("</article>")]


def read_seals(store: ArchiveStore) -> Seals:
    """What the pages are made from."""
    return Library.read(store.root).seals


def archive_of(site: Site) -> ArchiveStore:
    """The archive that a site was built from."""
    return ArchiveStore.open(site.root / "archive")


def test_a_sealed_item_names_its_entries_and_the_checkpoint(sealed: Site) -> None:
    """The panel has the entry of each file, log, size and root, and the key that nobody checked."""
    seals = read_seals(archive_of(sealed))
    shown = panel(sealed, "harbour2024")

    entries = [file.entry for file in seals.items["harbour2024"].files]
    assert len(entries) >= 3
    assert [entry for entry in entries if f"entry {entry}" not in shown] == []
    assert seals.changed == ()
    assert ORIGIN in shown
    assert KEY.verifier.key_id.hex() in shown
    assert "signer not authenticated by this site" in shown
    assert "Not sealed" not in shown


def test_the_proof_convinces_who_trusts_the_key(sealed: Site) -> None:
    """The file is the item's proof as of the log's last entry; citekit and the script accept it."""
    proof = sealed.output / "items" / f"harbour2024{PROOF_SUFFIX}"
    script = [sys.executable, str(sealed.output / "check_proof.py"), str(proof)]

    done = subprocess.run(
        [*script, "--vkey", str(KEY.verifier)], capture_output=True, text=True, check=False
    )

    assert proof.read_bytes() == prove(archive_of(sealed), "harbour2024", now=NOON).data
    assert check_proof(proof.read_bytes(), Outside(keys=(KEY.verifier,))).exit_code == 0
    assert check_proof(proof.read_bytes()).exit_code == 1
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_proof_and_the_commands_are_linked(sealed: Site) -> None:
    """The panel leads to the proof, the script and the page of limits, and shows both commands."""
    shown = panel(sealed, "harbour2024")

    assert f'href="harbour2024{PROOF_SUFFIX}"' in shown
    assert 'href="../check_proof.py"' in shown
    assert 'href="../provenance.html"' in shown
    assert f"citekit check-proof harbour2024{PROOF_SUFFIX} --trust VKEY" in shown
    assert f"python check_proof.py harbour2024{PROOF_SUFFIX} --vkey VKEY" in shown


def test_a_proof_holds_no_restricted_text(sealed: Site) -> None:
    """No sentence of a restricted text is in any file of a sealed archive's site."""
    sentences = [part.strip().encode() for part in HARBOUR_TEXT.split(",")]

    found = [n for n, c in contents(sealed.output).items() for s in sentences if s in c]

    assert found == []


def test_a_purge_is_told(tmp_path: Path) -> None:
    """The page says what was removed for good, when, by whom and why; others say nothing of it."""
    store = sealed_archive(tmp_path / "archive")
    purge(store, "harbour2024", reason="asked by <the> publisher")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    write_source(tmp_path)
    built = build_site(tmp_path, "-W")
    assert built.code == 0, built.said
    shown = panel(built, "harbour2024")

    assert "<strong>Purged. </strong>" in shown
    assert "payload text (sha256:" in shown
    assert "asked by &lt;the&gt; publisher" in shown
    assert "Purged" not in panel(built, "lantern2024")


def test_an_archive_without_a_log_says_so(site: Site) -> None:
    """Without a log: nothing proven yet, no proof, no script, no command."""
    shown = panel(site, "harbour2024")

    assert "Not sealed: nothing proven yet." in shown
    assert "check-proof" not in shown
    assert not (site.output / "check_proof.py").exists()
    assert list((site.output / "items").glob(f"*{PROOF_SUFFIX}")) == []


def test_the_page_of_limits_is_in_every_site(site: Site, sealed: Site) -> None:
    """Sealed or not, a page says that a rollback shows only against a checkpoint kept elsewhere."""
    pages = [site.read("provenance.html"), sealed.read("provenance.html")]

    assert all("rollback shows only against a later checkpoint" in page for page in pages)
    assert all("That a website ever served an article" in page for page in pages)
    assert "nothing proven yet" in pages[0]
    assert str(KEY.verifier) in pages[1]


def test_an_unsigned_seal_says_that_nobody_vouches(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Without a signature a reader is sent for a checkpoint kept elsewhere, not for a key."""
    sealed_archive(tmp_path / "archive", keys=Keys())

    shown = panel(make_site("-W"), "harbour2024")

    assert "nobody: the checkpoint is unsigned" in shown
    assert "--checkpoint FILE" in shown
    assert "VKEY" not in shown


def test_a_second_build_follows_the_log(tmp_path: Path, make_site: Callable[..., Site]) -> None:
    """Sealed after a first build, changed, sealed again: each build says how it is."""
    store = build_archive(tmp_path / "archive")
    make_site("-W")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    first = panel(make_site("-W"), "tide2023")
    with store.writing() as writer:
        writer.write_note("tide2023", "Another note.\n")
        writer.replace_item(store.item("tide2023").with_data(title="Another title"))
    changed = make_site("-W")
    second = panel(changed, "tide2023")
    is_there = (changed.output / "items" / f"tide2023{PROOF_SUFFIX}").exists()
    seal(store, keys=Keys(signing=KEY), now=NOON)
    third = panel(make_site("-W"), "tide2023")

    assert "<strong>Sealed. </strong>" in first
    assert "<strong>Changed since it was sealed. </strong>" in second
    assert "Record of the source" in second
    assert "the change is not sealed yet" in second
    assert not is_there
    assert "<strong>Sealed. </strong>" in third


def test_what_did_not_change_stays_with_a_log(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """A second build of a sealed archive writes neither page nor proof again."""
    sealed_archive(tmp_path / "archive")
    output = make_site("-W").output
    before = {p: p.stat().st_mtime_ns for p in (output / "items").iterdir()}

    make_site("-W")

    assert {p: p.stat().st_mtime_ns for p in (output / "items").iterdir()} == before


def test_two_builds_of_a_sealed_archive_are_equal(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """Proofs and pages do not know what time it is, nor whether a restricted payload is here."""
    store = sealed_archive(tmp_path / "archive")
    present = contents(make_site("-W", output="present").output)
    for path in (store.root / "restricted").rglob("*"):
        path.unlink() if path.is_file() else None

    absent = contents(make_site("-W", output="absent").output)

    assert present.keys() == absent.keys()
    assert [name for name in present if present[name] != absent[name]] == []


def test_a_record_that_was_tampered_with_is_told(
    tmp_path: Path, make_site: Callable[..., Site]
) -> None:
    """A capture record that is not what was sealed gives a warning, and a page that says so."""
    store = sealed_archive(tmp_path / "archive")
    (stamp,) = store.stamps("harbour2024")
    path = store.layout.capture_file("harbour2024", stamp)
    path.write_text(path.read_text("utf-8").replace("courier.example", "tabloid.example"), "utf-8")

    built = make_site()

    assert "not what was sealed: items/harbour2024/captures/" in built.said
    assert "[citekit.seal]" in built.said
    assert "Not what was sealed" in panel(built, "harbour2024")
    assert not (built.output / "items" / f"harbour2024{PROOF_SUFFIX}").exists()
    assert "<strong>Sealed. </strong>" in panel(built, "tide2023")


def test_a_damaged_log_proves_nothing(tmp_path: Path, make_site: Callable[..., Site]) -> None:
    """A checkpoint that is none is a warning; no page shows anything of the log as if it held."""
    store = sealed_archive(tmp_path / "archive")
    store.layout.checkpoint_file.write_bytes(b"no checkpoint\n")

    built = make_site()

    assert built.code == 0
    assert "the log of the archive is damaged" in built.said
    assert "nothing is proven here" in panel(built, "harbour2024")
    assert list((built.output / "items").glob(f"*{PROOF_SUFFIX}")) == []


def test_without_the_extra_the_site_still_builds(tmp_path: Path) -> None:
    """No cryptography at hand: a signed archive's site is whole, a stamped one says what is not."""
    store = sealed_archive(tmp_path / "archive")
    write_source(tmp_path)
    signed = build_without_extra(tmp_path, "signed")
    (tmp_path / "tsa").mkdir()
    with serve_authority(make_authority(tmp_path / "tsa")) as url:
        seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)

    stamped = build_without_extra(tmp_path, "stamped")

    assert signed.code == stamped.code == 0, signed.said + stamped.said
    assert (signed.output / "items" / f"harbour2024{PROOF_SUFFIX}").exists()
    assert "built without citekit's extra seal" in panel(stamped, "harbour2024")
    assert "entry " in panel(stamped, "harbour2024")


def test_timestamps_are_shown_with_who_says_so(tmp_path: Path) -> None:
    """A stamped checkpoint: when, by whom, and that the site has not checked the authority."""
    store = build_archive(tmp_path / "archive")
    (tmp_path / "tsa").mkdir()
    with serve_authority(make_authority(tmp_path / "tsa")) as url:
        seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)
    write_source(tmp_path)

    shown = panel(build_site(tmp_path, "-W"), "harbour2024")

    assert "existed by" in shown
    assert "authority not authenticated by this site" in shown


def test_an_edited_source_shows_the_age_of_its_capture(tmp_path: Path) -> None:
    """The record is younger than the stamp: the page says what the stamp is of."""
    store = build_archive(tmp_path / "archive")
    (tmp_path / "tsa").mkdir()
    with serve_authority(make_authority(tmp_path / "tsa")) as url:
        seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)
    Archive(store).set_fields("harbour2024", {"title": "Another"})
    seal(store, keys=Keys(signing=KEY), now=NOON)
    write_source(tmp_path)

    shown = panel(build_site(tmp_path, "-W"), "harbour2024")

    assert "Capture 20240302T093000Z existed by" in shown


def build_without_extra(root: Path, output: str) -> Site:
    """Build where cryptography and rfc3161_client cannot be imported."""
    command = ["-q", "-W", "-b", "html", "-d", str(root / f"{output}-dt")]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRA, *command, str(root / "docs"), str(root / output)],
        capture_output=True,
        text=True,
        check=False,
    )
    return Site(root=root, output=root / output, said=done.stderr, code=done.returncode)
