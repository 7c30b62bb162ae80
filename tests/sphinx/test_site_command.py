"""Building, starting and serving a site as the command line does it."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from typing import TYPE_CHECKING

import pytest

from citekit.app import site
from citekit.app.changing.edit import remove
from citekit.app.sealing.seal import Keys, seal
from citekit.app.site_cache import is_ours
from citekit.app.site_output import publish
from citekit.app.verifying.verify import verify
from citekit.cli.run import run
from citekit.errors import (
    CitekitError,
    IntegrityFailed,
    InvalidData,
    NotFound,
    StoreConflict,
    UsageError,
)
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import Source, build_archive
from citekit.testing.sites import contents

if TYPE_CHECKING:
    from pathlib import Path


def test_an_archive_alone_has_a_site(tmp_path: Path) -> None:
    """Without a line of configuration the whole archive is built, below .citekit."""
    build_archive(tmp_path / "archive")

    built = site.build(ArchiveStore.open(tmp_path / "archive"))

    assert built == tmp_path / "archive" / ".citekit" / "site"
    assert "Harbour closed" in (built / "items/harbour2024.html").read_text("utf-8")
    assert not list(built.rglob("*.doctree"))


def test_the_first_page_shows_the_archive(tmp_path: Path) -> None:
    """A plain site opens with the archive's title, its newest sources and its claims."""
    build_archive(tmp_path / "archive")

    page = (site.build(ArchiveStore.open(tmp_path / "archive")) / "index.html").read_text("utf-8")

    assert "<h1>The Lanternfish harbour<" in page
    assert page.count('class="ck-card ') + page.count('class="ck-card"') == 3
    assert 'href="claims/passengers.html"' in page


def test_any_title_of_an_archive_is_words(tmp_path: Path) -> None:
    """Mark-up in the title of an archive is shown, not obeyed, and an empty archive has a site."""
    title = "*A* {{b}} `c` {raw}`d` <e> [f](g) $h$ %20 “i” \\ $$title"
    ArchiveStore.create(tmp_path / "archive", title=title)

    page = (site.build(ArchiveStore.open(tmp_path / "archive")) / "index.html").read_text("utf-8")

    shown = re.search(r"<h1>(.*?)<a ", page)
    assert shown is not None
    assert html.unescape(shown[1]) == title
    assert "No item is in the archive yet." in page


def test_restricted_text_goes_into_a_folder_of_its_own(tmp_path: Path) -> None:
    """The private build is another folder, which says what it is."""
    build_archive(tmp_path / "archive")

    built = site.build(ArchiveStore.open(tmp_path / "archive"), with_restricted=True)

    assert built.name == "site-restricted"
    assert (built / "RESTRICTED-DO-NOT-PUBLISH.txt").is_file()


def test_a_project_of_ones_own_is_built(tmp_path: Path) -> None:
    """What site new writes is what site build uses from then on."""
    build_archive(tmp_path / "archive")
    folder = site.new_project(ArchiveStore.open(tmp_path / "archive"), tmp_path / "site")
    (folder / "index.md").write_text("# Mine\n\n{ck:item}`harbour2024`\n", encoding="utf-8")

    built = site.build(ArchiveStore.open(tmp_path / "archive"), tmp_path / "out")

    assert "Harbour closed" in (built / "index.html").read_text("utf-8")


def test_a_project_is_beside_the_archive(tmp_path: Path) -> None:
    """The default folder is where site build looks, from wherever the command is called."""
    build_archive(tmp_path / "archive")

    folder = site.new_project(ArchiveStore.open(tmp_path / "archive"))

    assert folder == tmp_path / "site"
    assert site.is_built(tmp_path / "archive", folder)


def test_no_site_is_written_into_the_archive(tmp_path: Path) -> None:
    """Neither a project nor a built site may make files that verify calls extra."""
    store = build_archive(tmp_path / "archive")

    with pytest.raises(UsageError, match="inside the archive"):
        site.new_project(store, store.root / "site")
    with pytest.raises(UsageError, match="inside the archive"):
        site.build(store, store.root / "public")

    assert not [f for f in verify(store).findings if f.kind == "extra"]


@pytest.mark.parametrize("name", ["", "site", "site-builds", "site-source"])
def test_no_link_of_an_archive_leads_a_site_elsewhere(tmp_path: Path, name: str) -> None:
    """The caches of an archive that a stranger gave are not written into other folders."""
    store = build_archive(tmp_path / "archive")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    local = store.layout.local
    if name:
        local.mkdir(exist_ok=True)
    elif local.exists():
        shutil.rmtree(local)
    (local / name if name else local).symlink_to(elsewhere)

    with pytest.raises(InvalidData, match="symbolic link"):
        site.build(ArchiveStore.open(store.root))

    assert list(elsewhere.iterdir()) == []


PICKLE = """
import pathlib, pickle, sys
class Evil:
    def __reduce__(self):
        return (pathlib.Path.touch, (pathlib.Path(sys.argv[1]),))
sys.stdout.buffer.write(pickle.dumps(Evil()))
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the user, new for this test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "citekit"


@pytest.mark.skipif(sys.platform != "linux", reason="names the cache folder as Linux does")
def test_no_pickle_of_a_stranger_is_loaded(tmp_path: Path, cache: Path) -> None:
    """What a build left is gone on from only where it is as this user's build left it."""
    store = build_archive(tmp_path / "archive")
    site.build(store)
    assert (cache / "site-builds.key").stat().st_mode & 0o77 == 0

    command = [sys.executable, "-c", PICKLE, str(tmp_path / "pwned")]
    evil = subprocess.run(command, capture_output=True, check=True).stdout
    environment = _environment(store.layout.local)
    before = environment.stat()
    environment.write_bytes(evil)
    os.utime(environment, ns=(before.st_atime_ns, before.st_mtime_ns))

    site.build(store)
    assert not (tmp_path / "pwned").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names the cache folder as Linux does")
def test_a_build_of_ones_own_is_gone_on_from(tmp_path: Path, cache: Path) -> None:
    """The second build keeps the folder of the first; without the secret it begins anew."""
    store = build_archive(tmp_path / "archive")
    site.build(store)
    work = _environment(store.layout.local).parent.parent
    assert is_ours(work)
    (work / "kept").touch()  # as somebody who may write there
    assert not is_ours(work)
    site.build(store)
    assert not (work / "kept").exists()
    assert is_ours(work)
    (cache / "site-builds.key").unlink()
    assert not is_ours(work)


def _environment(local: Path) -> Path:
    """Sphinx's pickle of the only build."""
    (found,) = local.rglob("environment.pickle")
    return found


def test_a_note_of_a_stranger_removes_nothing(tmp_path: Path) -> None:
    """Of what was published before, only what lies in the output goes; no link leads out of it."""
    built, output, known = tmp_path / "built", tmp_path / "output", tmp_path / "known"
    for folder in (built / "items", output / "items", tmp_path / "mine"):
        folder.mkdir(parents=True)
    (built / "items" / "a.html").write_text("a", "utf-8")
    (tmp_path / "mine" / "b.html").write_text("b", "utf-8")
    (output / "old.html").write_text("old", "utf-8")
    known.write_text(f"../mine/b.html\n{tmp_path}/mine/b.html\nold.html\n\n", "utf-8")

    publish(built, output, known=known)
    assert (tmp_path / "mine" / "b.html").read_text("utf-8") == "b"
    assert not (output / "old.html").exists()

    shutil.rmtree(output / "items")
    (output / "items").symlink_to(tmp_path / "mine")
    with pytest.raises(InvalidData, match="leads out of the site"):
        publish(built, output, known=known)
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["b.html"]


def test_what_sphinx_finds_wrong_is_told(tmp_path: Path) -> None:
    """A warning stops the build, and the message has Sphinx's words with file and line."""
    build_archive(tmp_path / "archive")
    folder = site.new_project(ArchiveStore.open(tmp_path / "archive"), tmp_path / "site")
    (folder / "index.md").write_text("# Mine\n\n{ck:item}`nothing`\n", encoding="utf-8")

    with pytest.raises(CitekitError) as told:
        site.build(ArchiveStore.open(tmp_path / "archive"), tmp_path / "out")

    assert "index.md:3: WARNING: no item in the archive: nothing" in told.value.message


def test_a_public_build_refuses_a_private_folder_in_plain_words(tmp_path: Path) -> None:
    """The reason is told, not Sphinx's report of versions around it."""
    build_archive(tmp_path / "archive")
    private = site.build(
        ArchiveStore.open(tmp_path / "archive"), tmp_path / "out", with_restricted=True
    )

    with pytest.raises(StoreConflict) as told:
        site.build(ArchiveStore.open(tmp_path / "archive"), private)

    assert "held restricted text" in told.value.message
    assert "Versions" not in told.value.message


def test_what_is_wrong_in_the_archive_is_told_with_its_place(tmp_path: Path) -> None:
    """A broken record stops the build with file, line and column, and what to do."""
    store = build_archive(tmp_path / "archive")
    store.layout.item_file("harbour2024").write_text('{"id": "harbour2024",\n "type": }')

    with pytest.raises(InvalidData) as told:
        site.build(ArchiveStore.open(tmp_path / "archive"))

    assert "[invalid-data]" not in told.value.message
    assert "harbour2024/item.json:2:" in told.value.message.replace("\\", "/")
    assert "Versions" not in told.value.message


def test_a_project_is_not_written_over(tmp_path: Path) -> None:
    """A folder with something in it is refused."""
    build_archive(tmp_path / "archive")

    with pytest.raises(StoreConflict):
        site.new_project(ArchiveStore.open(tmp_path / "archive"), tmp_path)


def test_a_site_can_be_served(tmp_path: Path) -> None:
    """The server answers on this machine with the site's pages."""
    (tmp_path / "index.html").write_text("hello", encoding="utf-8")

    with site.make_server(tmp_path, ("127.0.0.1", 0)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with urllib.request.urlopen(
            f"http://127.0.0.1:{server.server_port}/"
        ) as answer:  # our own server
            body = answer.read()
        server.shutdown()

    assert body == b"hello"


def test_serving_nothing_is_told(tmp_path: Path) -> None:
    """Without a built site there is a message with what to do."""
    with pytest.raises(NotFound):
        site.make_server(tmp_path, ("127.0.0.1", 0))


def test_serve_says_where_before_it_serves(tmp_path: Path) -> None:
    """The command builds, prints the address it really has, and answers there."""
    build_archive(tmp_path / "archive")
    command = [sys.executable, "-m", "citekit", "--archive", str(tmp_path / "archive")]
    with subprocess.Popen(
        [*command, "site", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        port = address.removeprefix("http://127.0.0.1:").rstrip("/")
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{port}/items/harbour2024.html"
            ) as answer:  # our own server
                page = answer.read().decode()
        finally:
            server.terminate()

    assert "Harbour closed" in page


def test_what_was_tampered_with_is_a_matter_of_integrity(tmp_path: Path) -> None:
    """A capture record that is not what was sealed stops the build with exit code 6."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys())
    (record,) = store.layout.captures("harbour2024").iterdir()
    record.write_bytes(record.read_bytes() + b"\n")

    with pytest.raises(IntegrityFailed, match="not what was sealed"):
        site.build(ArchiveStore.open(tmp_path / "archive"))


def test_the_command_says_by_its_exit_code_what_was_wrong(tmp_path: Path) -> None:
    """Data that is none is 4, a page that says what is not there 1: checked and found wanting."""
    store = build_archive(tmp_path / "archive")
    folder = site.new_project(ArchiveStore.open(tmp_path / "archive"), tmp_path / "site")
    (folder / "index.md").write_text("# Mine\n\n{ck:item}`nothing`\n", encoding="utf-8")
    assert run(["--archive", str(store.root), "site", "build"]) == 1
    store.layout.item_file("harbour2024").write_text("[]")
    assert run(["--archive", str(store.root), "site", "build"]) == 4


def _site_of(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in contents(folder).items() if not name.startswith(".")}


def test_a_build_that_fails_leaves_no_half_site(tmp_path: Path) -> None:
    """What no note may hold stops the build, again and again, and nothing is written."""
    bad = "Words.\n\n```{include} ../../../secret.txt\n```\n"
    build_archive(tmp_path / "archive", [Source(key="bad", data={"title": "Bad"}, note=bad)])
    output = tmp_path / "public"

    for _ in range(2):
        with pytest.raises(CitekitError, match="the site was not built"):
            site.build(ArchiveStore.open(tmp_path / "archive"), output)

        assert _site_of(output) == {}


def test_a_build_that_fails_leaves_the_site_as_it_was(tmp_path: Path) -> None:
    """The good site of before stays, byte for byte; mended, the archive gives the new one."""
    store = build_archive(tmp_path / "archive")
    output = site.build(ArchiveStore.open(store.root), tmp_path / "public")
    before = _site_of(output)
    note = store.layout.item_file("harbour2024").parent / "note.md"
    note.write_text("```{raw} html\n<b>x</b>\n```\n", "utf-8")

    with pytest.raises(CitekitError, match="the site was not built"):
        site.build(ArchiveStore.open(store.root), output)
    after = _site_of(output)
    note.write_text("A note that is one.\n", "utf-8")
    site.build(ArchiveStore.open(store.root), output)

    assert after == before
    assert b"A note that is one." in (output / "items/harbour2024.html").read_bytes()


def test_what_is_gone_leaves_the_site_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    """Pages of a removed item go, also when the caches were deleted; a CNAME stays."""
    store = build_archive(
        tmp_path / "archive",
        [Source(key=key, data={"title": key}) for key in ("stays", "goes", "too")],
    )
    output = site.build(ArchiveStore.open(store.root), tmp_path / "public")
    (output / "CNAME").write_text("example.org\n")
    assert (output / "items/goes.html").is_file()

    remove(ArchiveStore.open(store.root), "goes")
    site.build(ArchiveStore.open(store.root), output)
    first = sorted(path.name for path in (output / "items").glob("*.*"))
    shutil.rmtree(store.layout.local)
    remove(ArchiveStore.open(store.root), "too")
    site.build(ArchiveStore.open(store.root), output)
    second = sorted(path.name for path in (output / "items").glob("*.*"))

    assert "goes" not in " ".join(first)
    assert "too.html" in first
    assert second == ["index.html", "stays.bib", "stays.html", "stays.json", "stays.ris"]
    assert (output / "CNAME").read_text() == "example.org\n"
