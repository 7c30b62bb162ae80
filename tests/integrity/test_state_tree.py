"""The state tree: one root for the same keys and values, and proofs that nobody can bend.

``_by_definition`` is the tree as its specification defines it, in a few lines and without a thought
of speed; the vectors of tests/cases/state-tree were made with it.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.state.group_state import (
    FileState,
    GroupState,
    group_name,
    read_group,
    write_group,
)
from citekit.integrity.state.state_tree import (
    EMPTY_STATE,
    MissingNode,
    StatePath,
    StateTree,
    read_bits,
    root_by,
    state_key,
    state_value,
    write_bits,
)

if TYPE_CHECKING:
    from random import Random

VECTORS = Path(__file__).parents[1] / "cases" / "state-tree" / "vectors.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["trees"]

Pairs = dict[bytes, bytes]

# Keys that differ late, too: hashes would meet only near the root.
keys = st.one_of(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 40).map(lambda n: n.to_bytes(32, "big")),
    st.integers(0, 255).map(lambda bit: (1 << bit).to_bytes(32, "big")),
)
pairs = st.dictionaries(keys, st.binary(min_size=32, max_size=32), max_size=40)


def _by_definition(values: Pairs) -> bytes:
    if not values:
        return sha256(b"\x22").digest()
    if len(values) == 1:
        ((key, value),) = values.items()
        return sha256(b"\x22" + key + value).digest()
    bit = next(b for b in range(256) if len({_bit(key, b) for key in values}) == 2)
    left = _by_definition({k: v for k, v in values.items() if not _bit(k, bit)})
    right = _by_definition({k: v for k, v in values.items() if _bit(k, bit)})
    return sha256(b"\x23" + bytes([bit]) + left + right).digest()


def _bit(key: bytes, bit: int) -> int:
    return int.from_bytes(key, "big") >> (255 - bit) & 1


def _filled(values: Pairs) -> StateTree:
    tree = StateTree()
    tree.fill(values.items())
    return tree


@given(values=pairs, order=st.randoms(use_true_random=False))
def test_the_order_in_which_keys_come_is_no_difference(values: Pairs, order: Random) -> None:
    """Put one after the other, or made at once: the same root and the same nodes."""
    tree, shuffled = StateTree(), list(values.items())
    order.shuffle(shuffled)
    for key, value in shuffled:
        tree.put(key, value)
    filled = _filled(values)
    assert tree.root == filled.root == _by_definition(values)
    assert tree.added == filled.added


@given(before=pairs, after=pairs)
def test_changing_a_tree_is_making_it_anew(before: Pairs, after: Pairs) -> None:
    """From any tree to any other, nodes that go and come are told right."""
    kept = _filled(before)
    tree = StateTree(kept.root, kept.added.get)
    for key in before.keys() - after.keys():
        tree.remove(key)
    for key, value in after.items():
        tree.put(key, value)
    wanted = _filled(after)
    nodes = {k: v for k, v in kept.added.items() if k not in tree.dropped} | tree.added
    assert tree.root == wanted.root
    assert nodes == wanted.added
    assert tree.dropped.isdisjoint(tree.added)
    tree.remove(_absent(after))
    assert tree.root == wanted.root
    assert {key: tree.get(key) for key in before | after} == {
        key: after.get(key) for key in before | after
    }


def _absent(values: Pairs) -> bytes:
    return next(key for n in range(1000) if (key := (7 * n).to_bytes(32, "big")) not in values)


@given(values=pairs, other=keys)
def test_every_member_has_a_proof_and_no_other(values: Pairs, other: bytes) -> None:
    """Each proof leads to the root, from its own key and value alone."""
    tree = _filled(values)
    for key, value in values.items():
        path = tree.prove(key)
        assert path is not None
        assert root_by(key, value, path) == tree.root
        assert read_bits(write_bits(path.bits)) == path.bits
        assert root_by(key, bytes(32) if any(value) else b"\1" * 32, path) != tree.root
        if other not in values:
            assert root_by(other, value, path) != tree.root
    if other not in values:
        assert tree.prove(other) is None


@given(values=pairs.filter(lambda p: len(p) > 1), data=st.data())
def test_a_changed_proof_leads_elsewhere(values: Pairs, data: st.DataObject) -> None:
    """Another bit, another hash, one less, one more: no way to the root."""
    tree = _filled(values)
    key = data.draw(st.sampled_from(sorted(values)))
    path = tree.prove(key)
    assert path is not None
    place = data.draw(st.integers(0, len(path.bits) - 1))
    bit = data.draw(st.integers(-1, 256).filter(lambda b: b != path.bits[place]))
    changed = bytes([path.hashes[place][0] ^ 1]) + path.hashes[place][1:]
    for wrong in (
        StatePath((*path.bits[:place], bit, *path.bits[place + 1 :]), path.hashes),
        StatePath(path.bits, (*path.hashes[:place], changed, *path.hashes[place + 1 :])),
        StatePath(path.bits[1:], path.hashes[1:]),
        StatePath(path.bits[1:], path.hashes),
        StatePath((255, *path.bits), (bytes(32), *path.hashes)),
    ):
        assert root_by(key, values[key], wrong) != tree.root


@given(values=pairs.filter(bool), data=st.data())
def test_a_wrong_cache_is_noticed(values: Pairs, data: st.DataObject) -> None:
    """A node that is another one or gone stops whoever needs it, and never gives another root."""
    kept = _filled(values)
    node = data.draw(st.sampled_from(sorted(kept.added)))
    other = data.draw(st.sampled_from([None, *sorted(kept.added.values()), b"", b"\x23" * 66]))
    damaged = {**kept.added, node: other}
    tree = StateTree(kept.root, damaged.get)
    for key, value in values.items():
        try:
            found = tree.get(key)
        except MissingNode:
            continue
        assert found == value


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_the_vectors_hold(case: dict[str, Any]) -> None:
    """Root and paths of each tree of the specification."""
    texts = {name: text.encode() for name, text in case["groups"].items()}
    values = {state_key(name): state_value(text) for name, text in texts.items()}
    tree = _filled(values)
    assert tree.root.hex() == case["root"] == _by_definition(values).hex()
    for name, proof in case["proofs"].items():
        path = StatePath(read_bits(proof["bits"]), tuple(map(bytes.fromhex, proof["hashes"])))
        assert tree.prove(state_key(name)) == path
        assert write_group(read_group(texts[name])) == texts[name]


def test_an_empty_tree_has_a_root_of_its_own() -> None:
    """No leaf and no branch has it."""
    assert StateTree().root == EMPTY_STATE == sha256(b"\x22").digest()


digests = st.binary(min_size=32, max_size=32).map(lambda data: f"sha256:{data.hex()}")
groups = st.builds(
    GroupState,
    files=st.dictionaries(
        st.sampled_from(["", "item.json", "note.md", "captures/20240302T093000Z.json"]),
        st.builds(
            FileState,
            st.one_of(st.none(), digests),
            st.integers(0, 2**53 - 1),
        ),
    ),
    access=st.sampled_from([None, "public", "restricted"]),
    purged=st.dictionaries(digests, st.integers(0, 2**53 - 1), max_size=3),
)


@given(state=groups)
def test_a_group_has_one_text(state: GroupState) -> None:
    """What is written is canonical JSON, and read as it was."""
    text = write_group(state)
    value = json.loads(text)
    assert json.dumps(value, sort_keys=True, separators=(",", ":")).encode() == text
    assert read_group(text) == state


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[]", b"{}", b'{"files":[]}', b'{"files":{}} ', b'{"files":{},"files":{}}',
        b'{"files":{"a":{"digest":null,"entry":-1}}}', b'{"files":{"a":{"digest":null}}}',
        b'{"files":{"a":{"digest":null,"entry":1.0}}}', b'{"files":{"a":{"digest":"x","entry":1}}}',
        b'{"files":{"a":{"digest":null,"entry":true}}}', b'{"files":{},"more":1}',
        b'{"files":{},"purged":{}}', b'{"access":"Public","files":{}}', b'{"files":{"\\u0061":{}}}',
        b'{"files":{"\x7f":{"digest":null,"entry":1}}}',
        b'{"files":{"\xc3\xa9":{"digest":null,"entry":1}}}', b'{"files":' + b"[" * 100_000,
        b'{"files":{"a":{"digest":null,"entry":' + b"1" * 5000 + b"}}}",
    ],
)  # fmt: skip
def test_other_spellings_are_refused(text: bytes) -> None:
    """A state has one spelling; a checker that took two could be told two things."""
    with pytest.raises(InvalidData):
        read_group(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "the state of a group is no JSON"),
        (b"[]", "the state of a group has no files"),
        (b'{"files":{},"purged":[]}', "the state of a group has no files"),
        (b'{"access":"Public","files":{}}', "the state of a group has an access that is no word"),
        (b'{"files":{"a":[]}}', "the state of a file is a JSON object"),
        (b'{"files":{"a":{"digest":null}}}', "the state of a file or payload has no entry"),
        (b'{"files":{}} ', "the state of a group is not spelled as it is written"),
    ],
)
def test_what_is_wrong_with_a_state_is_told(text: bytes, message: str) -> None:
    """Whoever makes such texts sees what it is."""
    with pytest.raises(InvalidData) as raised:
        read_group(text)
    assert raised.value.message == message


@pytest.mark.parametrize("entry", [0, 2**53 - 1])
def test_the_first_entry_and_the_last_that_can_be_counted_are_entries(entry: int) -> None:
    """Beyond them, readers would disagree."""
    text = b'{"files":{"a":{"digest":null,"entry":%d}}}' % entry
    assert read_group(text).files["a"].entry == entry
    with pytest.raises(InvalidData):
        read_group(text.replace(b"%d" % entry, b"%d" % (2**53)))


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 43, "A" * 44, "!" * 44])
def test_bits_have_one_spelling(text: str) -> None:
    """Only 32 bytes of base64, padded."""
    with pytest.raises(InvalidData):
        read_bits(text)


def test_files_outside_the_items_are_groups_by_themselves() -> None:
    """So that a change of one entity does not hash them all."""
    assert group_name("items/a/captures/20240302T093000Z.json") == "items/a"
    assert group_name("items/a") == "items/a"
    assert group_name("entities/ada.json") == "entities/ada.json"
