"""Names that stand in one passage: the ring, its lines, and the table that says the same."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from citekit.model.entity import Entity
from citekit.pages.element import Element
from citekit.pages.library import Library
from citekit.pages.pictures.network import named_together, network
from citekit.testing.builders import Mark, Source, add_source, build_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def inside(element: Element, tag: str) -> Iterator[Element]:
    """All elements of a tag, in order."""
    for child in element.children:
        if isinstance(child, Element):
            yield from [child] if child.tag == tag else []
            yield from inside(child, tag)


def library_of(root: Path, *notes: tuple[str, ...], names: int = 3) -> Library:
    """An archive with so many entities, ``n00`` and on, and a note that names each group."""
    store = build_archive(root, [])
    marks = [Mark(note=f"Note {n}.", entities=named) for n, named in enumerate(notes)]
    with store.writing() as writer:
        for number in range(names):
            writer.write_entity(Entity(id=f"n{number:02}", kind="person", name=f"N{number:02}"))
        add_source(writer, Source(key="gull2024", data={"title": "Gull"}, marks=marks))
    return Library.read(root)


def test_names_of_one_note_are_tied(tmp_path: Path) -> None:
    """Each pair counts once a note; the picture and the table tell the same."""
    library = library_of(tmp_path / "a", ("n01", "n00"), ("n00", "n01", "n02"), ("n02",))

    picture, table = network(library)

    expected = {("n00", "n01"): 2, ("n00", "n02"): 1, ("n01", "n02"): 1}
    assert dict(named_together(library)) == expected
    rows = [
        [c.text() for c in row.children if isinstance(c, Element)] for row in inside(table, "tr")
    ]
    assert rows[1:] == [["N00", "N01", "2"], ["N00", "N02", "1"], ["N01", "N02", "1"]]
    ties = [line.attributes["class"] for line in inside(picture, "line")]
    assert ties == ["ck-tie ck-tie-2", "ck-tie ck-tie-1", "ck-tie ck-tie-1"]
    pages = [a.attributes["page"] for a in inside(picture, "a")]
    assert pages == ["entities/n00", "entities/n01", "entities/n02"]


def test_of_many_names_those_with_most_ties_are_drawn(tmp_path: Path) -> None:
    """Forty stand on the ring; a picture is the same each time it is made."""
    pairs = [("n00", f"n{n:02}") for n in range(1, 50)]
    library = library_of(tmp_path / "a", *pairs, names=50)

    made = network(library)

    nodes = [a.attributes["page"] for a in inside(made[0], "a")]
    assert len(nodes) == 40
    assert "entities/n00" in nodes
    assert made == network(Library.read(tmp_path / "a"))
    labels = [text.attributes for text in inside(made[0], "text")]
    for side in ("start", "end"):
        heights = sorted(float(a["y"]) for a in labels if a["text-anchor"] == side)
        assert min(b - a for a, b in pairwise(heights)) > 10


def test_names_that_never_meet_make_no_picture(tmp_path: Path) -> None:
    """There is nothing to draw."""
    assert network(library_of(tmp_path / "a", ("n00",), ("n01",))) == []
