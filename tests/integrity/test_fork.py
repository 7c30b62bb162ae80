"""Forks: two checkpoints that cannot be of one log are told with both of their roots."""

from __future__ import annotations

from base64 import b64encode

import pytest

from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.witness.fork import fork_told, forks_among

ROOTS = {b64encode(root).decode(): root for root in (bytes([n]) * 32 for n in range(3))}
A, B, C = ROOTS


def _checkpoint(size: int, root: str, origin: str = "coast.example/log") -> Checkpoint:
    return Checkpoint(origin=origin, size=size, root=ROOTS[root])


def test_a_fork_at_the_size_of_this_log_has_two_roots() -> None:
    """There is no third one to tell."""
    assert fork_told(_checkpoint(7, A), "kept.txt", _checkpoint(7, B), ROOTS[B]) == (
        f"fork: kept.txt has 7 entries with root {A}, this log 7 entries with root {B}"
    )


def test_a_fork_further_back_has_three() -> None:
    """What was kept, what this log is now, and what it was then."""
    assert fork_told(_checkpoint(7, A), "kept.txt", _checkpoint(9, B), ROOTS[C]) == (
        f"fork: kept.txt has 7 entries with root {A}, this log 9 entries with root {B}, "
        f"and at 7 entries had root {C}"
    )


def test_each_other_root_of_one_size_is_told_against_the_first() -> None:
    """By where the two were found."""
    found = [(name, _checkpoint(7, root)) for name, root in (("1", A), ("2", B), ("3", C))]
    told = f"fork: 'coast.example/log' with 7 entries has root {A} in 1, and root"
    assert list(forks_among(found)) == [f"{told} {B} in 2", f"{told} {C} in 3"]


@pytest.mark.parametrize(
    "other",
    [_checkpoint(7, A), _checkpoint(8, B), _checkpoint(7, B, origin="cliff.example/log")],
    ids=["the same", "another size", "another log"],
)
def test_what_may_be_of_one_log_or_is_of_two_is_no_fork(other: Checkpoint) -> None:
    """Only one log, at one size, cannot have two roots."""
    assert list(forks_among([("1", _checkpoint(7, A)), ("2", other)])) == []
