"""Tiles and bundles: one path for each, strict bytes, and just the files that a size needs."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.tiles import (
    MAX_ENTRY_BYTES,
    Bundle,
    Tile,
    bundles_between,
    bundles_of,
    encode_bundle,
    encode_tile,
    parse_bundle,
    parse_path,
    parse_tile,
    partial_tiles,
    tile_width,
    tiles_between,
    tiles_of,
)
from citekit.model.value import replace

SIZES = st.integers(0, 200_000)


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Tile(level=0, index=0), "tile/0/000"),
        (Tile(level=0, index=0, width=1), "tile/0/000.p/1"),
        (Tile(level=0, index=999), "tile/0/999"),
        (Tile(level=0, index=1000), "tile/0/x001/000"),
        (Tile(level=1, index=67, width=255), "tile/1/067.p/255"),
        (Tile(level=0, index=1_234_067), "tile/0/x001/x234/067"),
        (Tile(level=7, index=0, width=127), "tile/7/000.p/127"),
        (Bundle(index=1_234_067, width=8), "tile/entries/x001/x234/067.p/8"),
    ],
)
def test_paths_are_those_of_the_specification(place: Tile | Bundle, path: str) -> None:
    """Numbers go in groups of three digits, and reading a path gives back the place."""
    assert place.path == path
    assert parse_path(path) == place


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",  # superfluous zeros
        "tile/0/001/000",
        "tile/0/x001",
        "tile/00/000",
        "tile/8/000",  # a tree of that height has more leaves than can be counted
        "tile/63/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile//000",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/0/000\n",
        "tile/7/128",
        "tile/0/" + "x999/" * 50 + "999",
        "tile/0/" + "x999/" * 2000 + "999",  # more digits than Python reads as a number
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    """What no writer would write is invalid data, so every tile has just one file."""
    with pytest.raises(InvalidData, match="not the path of a tile"):
        parse_path(path)


@given(st.text() | st.from_regex(r"\Atile/[0-9]{1,2}/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?\Z"))
def test_any_path_is_printed_back_or_refused(path: str) -> None:
    """Reading a path and printing it are inverses, for any text that is one."""
    with contextlib.suppress(InvalidData):
        assert parse_path(path).path == path


@given(st.binary(max_size=300), st.integers(0, 10))
def test_any_tile_is_written_back_or_refused(data: bytes, width: int) -> None:
    """A tile has exactly 32 bytes for each hash."""
    with contextlib.suppress(InvalidData):
        assert encode_tile(parse_tile(data, width)) == data
        assert len(data) == 32 * width


@given(st.binary(max_size=300), st.integers(0, 10))
@example(b"\x00", 1)
@example(b"\x00\x05abc", 1)
@example(b"\x00\x00", 2)
def test_any_bundle_is_written_back_or_refused(data: bytes, width: int) -> None:
    """A bundle is read only if it would be written the same: not cut, not padded."""
    with contextlib.suppress(InvalidData):
        entries = parse_bundle(data, width)
        assert encode_bundle(entries) == data
        assert len(entries) == width


@given(st.lists(st.binary(max_size=100), max_size=20))
def test_bundles_are_read_back(entries: list[bytes]) -> None:
    """Entries come back as they went in, empty ones too."""
    assert list(parse_bundle(encode_bundle(entries), len(entries))) == entries


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=20), st.data())
def test_truncated_bundles_are_refused(entries: list[bytes], data: st.DataObject) -> None:
    """A bundle cut anywhere, or with a byte more, is invalid data."""
    whole = encode_bundle(entries)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(InvalidData, match="a bundle of"):
        parse_bundle(whole[:cut], len(entries))
    with pytest.raises(InvalidData, match="a bundle of"):
        parse_bundle(whole + b"\x00", len(entries))


def test_an_entry_has_a_largest_size() -> None:
    """The length of an entry is two bytes; a longer one is refused, not cut."""
    largest = bytes(MAX_ENTRY_BYTES)
    assert parse_bundle(encode_bundle([largest]), 1) == (largest,)
    with pytest.raises(InvalidData, match="does not fit") as refused:
        encode_bundle([largest + b"\x00"])
    assert refused.value.hint == "an entry has at most 65535 bytes"


def test_the_example_of_the_specification() -> None:
    """A log of 70,000 leaves has the tiles that the specification counts."""
    tiles = list(tiles_of(70_000))
    assert [tile.path for tile in partial_tiles(70_000)] == [
        "tile/0/273.p/112",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert [sum(t.level == level and t.width == 256 for t in tiles) for level in range(3)] == [
        273,
        1,
        0,
    ]
    assert [tile.path for tile in tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert list(tiles_of(0)) == []


@given(SIZES, SIZES)
def test_growth_writes_what_is_new(first: int, second: int) -> None:
    """The tiles of the old size and those to be written are together the tiles of the new one."""
    old, new = sorted((first, second))
    partial = set(partial_tiles(old)) if old < new else set()
    widened = {t for t in partial if tile_width(t.level, t.index, new) != t.width}
    expected = (set(tiles_of(old)) - widened) | set(tiles_between(old, new))
    assert expected == set(tiles_of(new))
    assert len(set(tiles_of(new))) == len(list(tiles_of(new)))


@given(SIZES)
def test_every_tile_has_the_width_of_its_size(size: int) -> None:
    """Tiles of a size are listed with their widths, and all their paths are accepted."""
    tiles = list(tiles_of(size))
    assert all(tile_width(tile.level, tile.index, size) == tile.width for tile in tiles)
    assert all(parse_path(place.path) == place for place in tiles[-300:])
    assert sum(bundle.width for bundle in bundles_of(size)) == size
    assert tile_width(0, size // 256 + 1, size) == 0


@given(SIZES, SIZES)
def test_bundles_follow_the_level_of_the_leaves(first: int, second: int) -> None:
    """A bundle is written whenever the tile of its leaves is."""
    old, new = sorted((first, second))
    leaves = [(t.index, t.width) for t in tiles_between(old, new) if t.level == 0]
    assert [(b.index, b.width) for b in bundles_between(old, new)] == leaves


@pytest.mark.parametrize(
    "place",
    [
        Tile(level=7, index=0, width=127),
        Tile(level=6, index=126),
        Tile(level=0, index=2**55 - 1, width=255),
        Bundle(index=2**55 - 1, width=255),
    ],
)
def test_the_last_tiles_that_a_log_can_have(place: Tile | Bundle) -> None:
    """A log of 2**63 - 1 leaves has them; those beyond are none."""
    assert parse_path(place.path) == place
    beyond = (
        replace(place, width=place.width + 1) if place.width < 256 else Tile(level=6, index=127)
    )
    with pytest.raises(InvalidData, match="not the path of a tile"):
        parse_path(beyond.path)


def test_a_tile_says_how_long_it_should_be() -> None:
    """Both lengths are told, so that a cut file is known for one."""
    with pytest.raises(InvalidData, match="a tile of 3 hashes has 96 bytes, this one 95"):
        parse_tile(bytes(95), 3)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=20))
def test_tiles_are_read_back(hashes: list[bytes]) -> None:
    """Hashes come back in their order, each once."""
    assert list(parse_tile(encode_tile(hashes), len(hashes))) == hashes


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        (0, 0, []),
        (0, 1, ["000.p/1"]),
        (5, 5, []),
        (5, 6, ["000.p/6"]),
        (768, 769, ["003.p/1"]),
        (700, 769, ["002", "003.p/1"]),
    ],
)
def test_what_stands_is_not_written_again(old: int, new: int, paths: list[str]) -> None:
    """Only tiles and bundles that are new or wider are written, from the first leaf on."""
    leaves = [tile.path for tile in tiles_between(old, new) if tile.level == 0]
    assert leaves == [f"tile/0/{path}" for path in paths]
    assert [b.path for b in bundles_between(old, new)] == [f"tile/entries/{p}" for p in paths]
    if old == 0:
        assert (list(tiles_of(new)), list(bundles_of(new))) == (
            list(tiles_between(0, new)),
            list(bundles_between(0, new)),
        )


def test_partial_tiles_are_those_with_room() -> None:
    """A full tile is none, however many levels a log has."""
    assert [tile.path for tile in partial_tiles(256)] == ["tile/1/000.p/1"]
    assert [tile.level for tile in partial_tiles(2**63 - 1)] == [0, 1, 2, 3, 4, 5, 6, 7]
    assert [tile.width for tile in partial_tiles(2**63 - 1)] == [255] * 7 + [127]
