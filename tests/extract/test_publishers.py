"""The user's own table of publishers: what may stand in a row, and what is said of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from citekit.errors import InvalidData
from citekit.extract import known_publishers, read_publishers


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, "a publisher has no name"),
        ({"name": " "}, "a publisher has no name"),
        ("Quay Courier", "a publisher has no name"),
        ({"name": "Quay", "colour": "green"}, "publisher Quay: unknown key colour"),
        ({"name": "Quay", "place": 7}, "publisher Quay: place must be a text"),
        ({"name": "Quay", "domains": "quay.example"}, "publisher Quay: domains must be a list"),
        ({"name": "Quay", "aliases": [7]}, "publisher Quay: aliases must be a list"),
    ],
)
def test_a_row_that_cannot_be_is_refused(row: Any, message: str) -> None:  # noqa: ANN401  # any TOML
    """The message names the publisher and the key."""
    with pytest.raises(InvalidData) as refused:
        read_publishers([row])

    assert refused.value.message.startswith(message)


def test_known_publishers_are_whole() -> None:
    """Every known publisher has a domain by which it is found."""
    assert all(publisher.domains for publisher in known_publishers())
