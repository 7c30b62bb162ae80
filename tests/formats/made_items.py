"""Items of any shape, for laws of formats."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from citekit.model.variables import DATE_VARIABLES, ITEM_TYPES, NAME_VARIABLES

TEXT_VARIABLES = (
    *("title", "title-short", "container-title", "publisher", "publisher-place", "section"),
    *("genre", "volume", "issue", "number", "edition", "abstract", "note", "keyword", "medium"),
    *("status", "language", "archive", "archive_location", "DOI", "URL", "ISBN", "authority"),
)
# characters that mean something to TeX, BibTeX, RIS, YAML or HTML, and any others
nasty = st.text(
    st.sampled_from("\\{}%#&$_~^\"'`@=,;-–<>/|()[]\n\r\t\0\u2028 \u00a0\u00adaAzé北and")
    | st.characters(codec=None),
    max_size=30,
)
types = st.sampled_from(sorted(ITEM_TYPES)) | nasty
names = st.lists(
    st.dictionaries(
        st.sampled_from(
            ["family", "given", "suffix", "literal", "dropping-particle", "non-dropping-particle"]
        ),
        nasty,
    ),
    max_size=3,
)
years = st.integers(-9999, 99999)
dates = (
    st.builds(lambda y, m: {"date-parts": [[y, m]]}, years, st.integers(1, 12))
    | st.builds(lambda y: {"date-parts": [[y]], "circa": True}, years)
    | st.builds(lambda text: {"literal": text}, nasty)
    | st.builds(lambda text: {"raw": text}, nasty)
)


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    """An item with any type, any texts, names and dates."""
    item: dict[str, Any] = {"id": "key2023", "type": draw(types)}
    item |= draw(st.dictionaries(st.sampled_from(TEXT_VARIABLES), nasty, max_size=8))
    item |= draw(st.dictionaries(st.sampled_from(sorted(NAME_VARIABLES)), names, max_size=3))
    item |= draw(st.dictionaries(st.sampled_from(sorted(DATE_VARIABLES)), dates, max_size=2))
    return item
