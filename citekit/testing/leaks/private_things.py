"""Private things for tests, beside the sources of ``builders``: full of one marker.

They are laid into an archive file by file, so that two archives can be the same but for them.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.model.records.codec import to_json
from citekit.model.records.json_text import dump_json, dump_json_line
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import SOURCES, Mark, Source, build_archive, make_annotation

if TYPE_CHECKING:
    from citekit.model.value import Value

MARKS: Final = {"what is private": b"qzxpriv"}
"""What stands in every private thing, for ``markers``."""

_NOTES: Final = (
    Mark(quote="dredger", note="Qzxprivnote.", tags=("qzxprivtag",), entities=("lanternfish",)),
    Mark(note="Qzxprivother.", entities=("qzxpriventity",)),
)
_ENTITY: Final = Entity(id="qzxpriventity", kind="person", name="Qzxprivname", private=True)
_CLAIM: Final = Claim(
    id="qzxprivclaim",
    statement="Qzxprivstatement.",
    entities=("lanternfish",),
    evidence=(
        ClaimEvidence(item="qzxprivkey00", stance="supports", says="qzxprivsays"),
        ClaimEvidence(item="lantern2024", stance="disputes", says="qzxprivno"),
    ),
    private=True,
)


def add_private_things(root: Path, *, items: int) -> None:
    """Lay private items into an archive of ``build_archive``, with notes, an entity and a claim.

    ``lantern2024`` gets two private notes; one names a place that public notes name too.
    """
    with TemporaryDirectory() as folder:
        made = build_archive(Path(folder), [_source(number) for number in range(items)])
        for key in made.keys():  # noqa: SIM118  # no dict
            item = made.item(key)
            hidden = item.with_facts(replace(item.facts, access="private"))
            made.layout.item_file(key).write_text(dump_json(hidden.data), encoding="utf-8")
        private = ArchiveStore.open(root).layout.private
        shutil.copytree(made.layout.items, private / "items")
        shutil.copytree(made.layout.restricted, private / "objects")
    _add_notes(ArchiveStore.open(root))
    _write(private / "entities" / f"{_ENTITY.id}.json", _ENTITY)
    _write(private / "claims" / f"{_CLAIM.id}.json", _CLAIM)


def _source(number: int) -> Source:
    return Source(
        key=f"qzxprivkey{number:02}",
        data={
            "title": f"Qzxprivtitle {number}",
            "author": [{"family": "Qzxprivfamily", "given": "Qzxprivgiven"}],
            "container-title": "Qzxprivpaper",
            "issued": {"date-parts": [[2024, 3, 1 + number % 28]]},
            "URL": f"https://qzxprivhost.example/qzxprivpath/{number}",
            "keyword": "qzxprivtag",
        },
        text=f"Qzxprivtext number {number} of many.\n\nQzxprivend.\n",
        marks=(Mark(quote="of many", note="Qzxprivmark.", entities=(_ENTITY.id,)),),
        note="Qzxprivwords about {cite:t}`lantern2024`.\n",
        aliases=(f"qzxprivold{number:02}",),
    )


def _add_notes(store: ArchiveStore) -> None:
    """Private annotations of the public item."""
    source = next(source for source in SOURCES if source.key == "lantern2024")
    notes = [{**make_annotation(source, mark).data, "private": True} for mark in _NOTES]
    path = store.layout.private_notes_file(source.key)
    path.parent.mkdir(parents=True)
    path.write_text("".join(map(dump_json_line, notes)), encoding="utf-8")


def _write(path: Path, record: Value) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(dump_json(to_json(record)), encoding="utf-8")
