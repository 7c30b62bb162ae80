"""The table of CSL variables: each has one kind, and all of the program goes by it."""

from __future__ import annotations

from itertools import combinations

import pytest

from citekit.app.changing.fields import read_fields
from citekit.csl import process
from citekit.errors import InvalidData
from citekit.model.item import Item
from citekit.model.variables import (
    DATE_VARIABLES,
    NAME_VARIABLES,
    NUMBER_VARIABLES,
    VARIABLES,
)

NAMES = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
<citation><layout><text variable="title"/></layout></citation>
<bibliography><layout><names variable="{variable}"/></layout></bibliography></style>"""


def test_no_variable_has_two_kinds() -> None:
    """What holds names holds no date, and neither is a number."""
    kinds = (NAME_VARIABLES, DATE_VARIABLES, NUMBER_VARIABLES)
    assert [one & other for one, other in combinations(kinds, 2)] == [frozenset()] * 3
    assert frozenset().union(*kinds) < VARIABLES


@pytest.mark.parametrize("variable", sorted(NAME_VARIABLES))
def test_a_name_that_is_set_is_cited(variable: str) -> None:
    """Whoever is named in an assignment is a person to the item and to every style."""
    names = read_fields([f"{variable}=Doe, Jane"])
    item = Item.from_json({"id": "letters", "type": "book", "title": "Letters", **names})
    listed = process(NAMES.format(variable=variable), [item.csl()]).bibliography
    assert listed == (("letters", "Jane Doe"),)


def test_a_name_variable_holds_no_text() -> None:
    """An item whose ``editor-translator`` is a text is refused, as with every name variable."""
    with pytest.raises(InvalidData, match="editor-translator"):
        Item.from_json(
            {"id": "letters", "type": "book", "title": "Letters", "editor-translator": "Doe"}
        )
