"""The tree of private files: it says nothing, and one leaf can be opened."""

from __future__ import annotations

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import CitekitError, NotFound
from citekit.integrity.digest import digest_bytes
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.private_tree import OpenedLeaf, PrivateTree
from citekit.model.value import replace

SECRET = bytes(range(32))
FILES = {
    "items/quay2024/item.json": digest_bytes(b"record"),
    "items/quay2024/captures/20240501T101500Z.json": digest_bytes(b"capture"),
}
PATH = "items/quay2024/captures/20240501T101500Z.json"


def test_the_tree_is_the_one_that_is_specified() -> None:
    """The vector of docs/reference/log.md: other programs get this root and this leaf."""
    tree = PrivateTree(SECRET, FILES)
    opened = tree.open(PATH)
    assert tree.root.hex() == "6c4ff63622cf82172e9dbc7c684c9fba507140dd4d1351de7414d7fc021d3d05"
    assert opened.salt.hex() == "35c90fd5c08953c84d939f72bb90f3ea4d49edfda29bcb5e8c8b33a7838d6dc4"
    assert opened.index == 242


def test_nothing_tells_how_much_is_private() -> None:
    """An opened leaf says the same of its tree, whether there are few files or 256."""
    many = {f"items/k{n}/item.json": digest_bytes(str(n).encode()) for n in range(254)}
    one = PrivateTree(SECRET, FILES).open(PATH)
    other = PrivateTree(SECRET, FILES | many).open(PATH)
    assert len(one.hashes) == len(other.hashes) == 8


def test_two_trees_of_the_same_files_have_nothing_in_common() -> None:
    """Neither roots nor the hashes that lead to them tell that nothing has changed."""
    one, other = (PrivateTree(secret, FILES) for secret in (SECRET, SECRET[::-1]))
    assert one.root != other.root
    assert set(one.open(PATH).hashes).isdisjoint(other.open(PATH).hashes)


def test_a_tree_opens_only_what_is_in_it() -> None:
    """A file that was not there has no leaf."""
    with pytest.raises(NotFound, match="no such file"):
        PrivateTree(SECRET, FILES).open("items/other/item.json")


@given(
    st.dictionaries(st.text(min_size=1), st.binary().map(digest_bytes), min_size=1, max_size=300),
    st.binary(min_size=32, max_size=32),
    st.data(),
)
def test_every_leaf_can_be_opened(
    files: dict[str, str], secret: bytes, data: st.DataObject
) -> None:
    """An opening that went through JSON leads to the root, and to no other."""
    files = {path: digest for path, digest in files.items() if _is_text(path)} or FILES
    tree = PrivateTree(secret, files)
    opened = tree.open(data.draw(st.sampled_from(sorted(files))))
    read = OpenedLeaf.from_json(json.loads(json.dumps(opened.to_json())))
    assert read == opened
    assert read.is_under(tree.root)
    assert not read.is_under(PrivateTree(SECRET[::-1], files).root)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "items/quay2024/captures/20240501T101501Z.json"},
        {"digest": digest_bytes(b"another")},
        {"salt": b"\0" * 32},
        {"index": 0},
        {"hashes": ()},
    ],
)
def test_a_changed_opening_leads_nowhere(change: dict[str, object]) -> None:
    """Whatever is changed in it, it shows nothing any more."""
    tree = PrivateTree(SECRET, FILES)
    assert not replace(tree.open(PATH), **change).is_under(tree.root)


def test_what_is_no_opening_is_refused() -> None:
    """A proof may be hostile: wrong types, lengths and surplus names are errors of the tree."""
    good = PrivateTree(SECRET, FILES).open(PATH).to_json()
    for name, bad in product(good, (None, True, -1, "zz", [], {}, "00" * 31, ["00"], [None])):
        if name in ("path", "index") and bad in ("zz", -1, "00" * 31):
            continue  # another path or place, which leads nowhere
        if (name, bad) == ("hashes", []):
            continue
        with pytest.raises(CitekitError, match=r"is no|not a digest"):
            OpenedLeaf.from_json({**good, name: bad})
    with pytest.raises(CitekitError, match="is no opened leaf"):
        OpenedLeaf.from_json({**good, "more": 1})


def test_an_opening_leads_through_forty_levels_at_most() -> None:
    """No archive has more files; a proof of endless hashes is none."""
    good = PrivateTree(SECRET, FILES).open(PATH).to_json()
    assert len(OpenedLeaf.from_json({**good, "hashes": ["00" * 32] * 40}).hashes) == 40
    with pytest.raises(CitekitError, match="is no opened leaf"):
        OpenedLeaf.from_json({**good, "hashes": ["00" * 32] * 41})


@pytest.mark.parametrize("files", [1, 2, 255, 256, 257, 511, 512, 513])
def test_a_tree_is_filled_up_to_a_power_of_two(files: int) -> None:
    """At least 256 leaves: how many hashes lead to the root tells no more than that."""
    other = {f"items/k{n}/item.json": digest_bytes(b"%d" % n) for n in range(files - 1)}
    levels = len(PrivateTree(SECRET, {PATH: FILES[PATH], **other}).open(PATH).hashes)
    assert levels == (8 if files <= 256 else 9 if files <= 512 else 10)


def test_a_tree_of_too_few_leaves_shows_nothing() -> None:
    """Of a lone leaf the root is its hash: that would tell how much is private."""
    alone = OpenedLeaf(path=PATH, digest=FILES[PATH], salt=SECRET, index=0, hashes=())
    text = b"citekit private file v1\n" + SECRET + f"{FILES[PATH]}\n{PATH}".encode()
    assert not alone.is_under(leaf_hash(text))


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
