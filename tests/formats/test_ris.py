"""RIS records, written and read."""

from __future__ import annotations

import pytest

from citekit import formats
from citekit.model.variables import ITEM_TYPES

NEWS = {
    "id": "doe2023",
    "type": "article-newspaper",
    "title": "Ministers meet",
    "container-title": "The Daily Example",
    "author": [{"family": "Doe", "given": "Jane", "suffix": "Jr."}, {"literal": "An Agency"}],
    "issued": {"date-parts": [[2023, 6, 4]]},
    "accessed": {"date-parts": [[2025, 11, 22]]},
    "URL": "https://example.org/a_b%20c#x",
    "page": "3-5",
    "keyword": "one, two",
    "language": "en-GB",
    "ISSN": "1234-5679",
    "note": "First.\n\nSecond.",
    "dimensions": "00:12:10",
}


def test_a_record_has_the_tags_others_read() -> None:
    """The record is what reference managers expect, line by line."""
    assert formats.write([NEWS], "ris").splitlines() == [
        "TY  - NEWS",
        "ID  - doe2023",
        "TI  - Ministers meet",
        "T2  - The Daily Example",
        "AU  - Doe, Jane, Jr.",
        "AU  - An Agency",
        "PY  - 2023",
        "DA  - 2023/06/04/",
        "Y2  - 2025/11/22/",
        "UR  - https://example.org/a_b%20c#x",
        "SP  - 3",
        "EP  - 5",
        "KW  - one",
        "KW  - two",
        "LA  - en-GB",
        "SN  - 1234-5679",
        "N1  - First.",
        "N1  - Second.",
        "N1  - {:dimensions: 00:12:10}",
        "ER  - ",
    ]


def test_a_record_comes_back() -> None:
    """What RIS has no tag for is kept in a note line, so nothing is lost."""
    assert formats.read(formats.write([NEWS], "ris")).items == (NEWS,)


@pytest.mark.parametrize("csl_type", sorted(ITEM_TYPES))
def test_every_type_comes_back(csl_type: str) -> None:
    """Each CSL type survives, though RIS knows fewer."""
    item = {"id": "k", "type": csl_type, "title": "T", "author": [{"family": "Doe"}]}

    assert formats.read(formats.write([item], "ris")).items == (item,)


@pytest.mark.parametrize(
    "issued",
    [
        {"date-parts": [[2023]]},
        {"date-parts": [[2023, 5]]},
        {"date-parts": [[2023, 5, 1], [2023, 6]]},
        {"date-parts": [[1950]], "circa": True},
        {"date-parts": [[2021]], "season": 3},
        {"date-parts": [[-44]]},
        {"literal": "around 1950"},
    ],
)
def test_dates_come_back(issued: dict[str, object]) -> None:
    """Dates that YYYY/MM/DD cannot say are kept beside it."""
    item = {"id": "k", "type": "book", "issued": issued}

    assert formats.read(formats.write([item], "ris")).items == (item,)


def test_a_value_cannot_begin_a_line() -> None:
    """Line breaks inside a value do not forge a record."""
    item = {"id": "k", "type": "book", "title": "a\nER  - \nTY  - BOOK\u2028ID  - forged"}

    result = formats.read(formats.write([item], "ris"))

    assert [item["id"] for item in result.items] == ["k"]


FOREIGN = """TY  - CONF\r
ID  - a
T1  - A long title
 that goes on
A1  - Doe, Jane
Y1  - 2020/05/
ER  -
AU  - Nobody
ER  -
TY  - BOOK
TI  - Without an id
ER  -
TY  - BOOK
ID  - a
ER  -
TY  - ZZZZ
ID  - last
"""


def test_records_of_other_programs_are_read() -> None:
    """Other programs' tags are known, and bad records are findings with their line."""
    result = formats.read(FOREIGN, "ris")

    assert result.items == (
        {
            "id": "a",
            "type": "collection",
            "title": "A long title that goes on",
            "author": [{"family": "Doe", "given": "Jane"}],
            "issued": {"date-parts": [[2020, 5]]},
        },
        {"type": "book", "title": "Without an id"},
        {"id": "last", "type": "document"},
    )
    assert [(f.code, f.place.line if f.place else 0) for f in result.findings] == [
        ("CK-E431", 8),
        ("CK-E432", 13),
        ("CK-W433", 16),
    ]
