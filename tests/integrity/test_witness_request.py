"""Requests to witnesses: C2SP tlog-witness, the body of add-checkpoint."""

from __future__ import annotations

import re
from base64 import b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.checkpoint import Checkpoint, write_checkpoint
from citekit.integrity.merkle import leaf_hash, prove_consistency, root_of
from citekit.integrity.tree import TiledTree
from citekit.integrity.witness.request import (
    MAX_REQUEST_BYTES,
    WitnessRequest,
    parse_request,
    write_request,
)

LEAVES = [leaf_hash(bytes([number])) for number in range(20)]
TREE = TiledTree(20, lambda _level, _index, width: b"".join(LEAVES[:width]))


def _checkpoint(size: int) -> bytes:
    root = root_of(LEAVES[:size])
    return write_checkpoint(Checkpoint(origin="coast.example/log", size=size, root=root))


def _request(old: int, size: int) -> WitnessRequest:
    hashes = prove_consistency(old, size, TREE.node) if 0 < old < size else ()
    return WitnessRequest(old=old, hashes=tuple(hashes), checkpoint=_checkpoint(size))


@pytest.mark.parametrize("old", range(21))
def test_a_request_comes_back_and_leads_from_one_root_alone(old: int) -> None:
    """From each size, the same one included; nothing leads from another root of that size."""
    request = _request(old, 20)
    assert parse_request(write_request(request)) == request
    assert request.grew_from(root_of(LEAVES[:old]))
    assert request.grew_from(bytes(32)) == (old == 0)


def test_a_request_is_written_as_the_specification_says() -> None:
    """Old size, hashes in base64, an empty line, then the checkpoint as it is."""
    lines = write_request(_request(3, 20)).decode().split("\n")
    assert lines[0] == "old 3"
    assert all(len(line) == 44 for line in lines[1 : lines.index("")])
    assert lines[lines.index("") + 1 :][:2] == ["coast.example/log", "20"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"old 3\n",
        b"old 03\n\n" + _checkpoint(20),
        b"old -1\n\n" + _checkpoint(20),
        b"old 3 \n\n" + _checkpoint(20),
        b"new 3\n\n" + _checkpoint(20),
        b"old 21\n\n" + _checkpoint(20),
        b"old 3\nAAAA\n\n" + _checkpoint(20),
        b"old 3\nx\n\n" + _checkpoint(20),
        b"old 0\n" + b"A" * 43 + b"=\n\n" + _checkpoint(20),
        b"old 20\n" + b"A" * 43 + b"=\n\n" + _checkpoint(20),
        b"old 3\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + _checkpoint(20),
        b"old 3\n\n" + b"not a checkpoint\n\n",
        b"old 3\n\n" + b"x" * (1 << 20),
    ],
)
def test_what_is_no_request_is_refused(data: bytes) -> None:
    """Sizes that no log can have, hashes that prove nothing, and everything else."""
    with pytest.raises(InvalidData):
        parse_request(data)


@pytest.mark.parametrize(
    ("request_of", "message"),
    [
        ({"old": 21}, "a log of 20 entries did not have 21 before"),
        ({"old": -1}, "a log of 20 entries did not have -1 before"),
        ({"old": 3, "hashes": (b"x" * 31,)}, "at most 63 hashes of 32 bytes lead there"),
        ({"old": 3, "hashes": (b"x" * 32,) * 64}, "at most 63 hashes of 32 bytes lead there"),
        ({"old": 0, "hashes": (b"x" * 32,)}, "there is nothing to prove, and hashes that would"),
        ({"old": 20, "hashes": (b"x" * 32,)}, "there is nothing to prove, and hashes that would"),
    ],
)
def test_what_cannot_be_asked_is_told(request_of: dict[str, Any], message: str) -> None:
    """Before anything is written."""
    with pytest.raises(InvalidData, match=f"^{re.escape(message)}$"):
        WitnessRequest(**{"hashes": (), "checkpoint": _checkpoint(20), **request_of})


def test_sixty_three_hashes_are_read_and_no_more() -> None:
    """So many lead through the longest log; of what is too long nothing is read."""
    lines = [b64encode(bytes([number]) * 32).decode() for number in range(64)]
    bodies = ["\n".join(["old 3", *lines[:count], "", ""]).encode() for count in (63, 64)]
    assert len(parse_request(bodies[0] + _checkpoint(20)).hashes) == 63
    with pytest.raises(InvalidData, match=r"^at most 63 hashes"):
        parse_request(bodies[1] + _checkpoint(20))
    with pytest.raises(InvalidData, match=r"^a request has at most"):
        parse_request(bodies[0] + b"x" * (MAX_REQUEST_BYTES - len(bodies[0]) + 1))


@pytest.mark.parametrize("data", [b"\xff\n\n", b"new 3\n\n", b"old 3\n"])
def test_who_asks_in_another_form_is_told_how(data: bytes) -> None:
    """What the first line has to be; of bytes that are no text there is no more to say."""
    with pytest.raises(InvalidData, match=r"^not a request to a witness$") as raised:
        parse_request(data)
    assert raised.value.hint == ("its first line is: old SIZE" if data.isascii() else None)


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda rest: b"old 1\n\n" + rest))
def test_any_bytes_are_a_request_or_refused(data: bytes) -> None:
    """No bytes make reading fail in another way."""
    with suppress(InvalidData):
        assert write_request(parse_request(data)) == data
