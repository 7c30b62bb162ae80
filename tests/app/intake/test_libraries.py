"""The libraries that read a document are part of its capture: what is seen depends on them."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from prov.model import ProvAgent, ProvDocument

from citekit import Archive
from citekit.app.packages.export import export
from citekit.app.proving.prove import prove
from citekit.app.sealing.seal import Keys, seal
from citekit.cli.run import run
from citekit.model.capture import Capture
from citekit.model.records.codec import decode, to_json
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (
    b"<!doctype html><html><head><title>Ferry fares rise</title></head><body><article>"
    b"<h1>Ferry fares rise</h1><p>By Ada Quill</p><p>"
    + b"The fare rises on Monday. " * 20
    + b"</p></article></body></html>"
)
USED = {
    "lxml": version("lxml"),
    "trafilatura": version("trafilatura"),
    "babel": version("babel"),
}


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with one page."""
    store = ArchiveStore.create(tmp_path / "archive")
    Archive(store).add(PAGE, key="ferry2024", name="ferry.html")
    return store


def _capture(store: ArchiveStore, key: str) -> Capture:
    capture = store.capture(key)
    assert capture
    return capture


def test_a_page_is_recorded_with_the_libraries_that_read_it(store: ArchiveStore) -> None:
    """Their versions are those that are installed."""
    assert USED.items() <= dict(_capture(store, "ferry2024").tool.libraries).items()


def test_a_text_is_read_by_citekit_alone(store: ArchiveStore) -> None:
    """Where no library read anything, the record names none, and looks as it always did."""
    Archive(store).add(b"A headline\n\n1 March 2024\n\nIts words.\n", key="own2024", name="o.txt")
    assert set(to_json(_capture(store, "own2024").tool)) == {"name", "version"}


def test_a_record_from_before_is_read_and_written_as_it_is() -> None:
    """A record without libraries, or with a key of a later citekit, keeps its form."""
    record = {
        "captured_at": "2026-11-22T15:00:00Z",
        "source": {"fact": "declared"},
        "tool": {"name": "citekit", "version": "0.1.0", "compiler": "new"},
        "payloads": {},
    }
    assert to_json(decode(Capture, record)) == record


def test_people_and_programs_are_told(
    store: ArchiveStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are in ``show``, on the page of a proof, and agents in PROV, after a renaming too."""
    Archive(store).rename("ferry2024", "fares2024")
    seal(store, keys=Keys())
    name = f"trafilatura {USED['trafilatura']}"
    run(["--archive", str(store.root), "show", "fares2024"])
    assert name in capsys.readouterr().out
    assert name in prove(store, "fares2024").page
    export(store, tmp_path / "events.jsonld", format="prov")
    text = (tmp_path / "events.jsonld").read_text("utf-8")
    document = ProvDocument.deserialize(content=text, format="jsonld")
    labels = {
        str(label)
        for a in document.get_records(ProvAgent)
        for label in a.get_attribute("prov:label")
    }
    assert name in labels
