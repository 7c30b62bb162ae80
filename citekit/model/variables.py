"""The one table of CSL variables, by kind, and the types of items.

Source: CSL 1.0.2, Appendices III (types) and IV (variables). To these come, among the texts, what
CSL-JSON has in addition (``journalAbbreviation``, ``shortTitle``, ``categories``), the short forms
of titles, and three older names that programs still write (``event``,
``rights``, ``editortranslator``).
"""

from __future__ import annotations

NAME_VARIABLES = frozenset(
    """author chair collection-editor compiler composer container-author contributor curator
    director editor editor-translator editorial-director editortranslator executive-producer
    guest host illustrator interviewer narrator organizer original-author performer producer
    recipient reviewed-author script-writer series-creator translator""".split()  # noqa: SIM905
)
"""A list of people or institutions."""

DATE_VARIABLES = frozenset(
    "accessed available-date event-date issued original-date submitted".split()  # noqa: SIM905
)

NUMBER_VARIABLES = frozenset(
    """chapter-number citation-number collection-number edition first-reference-note-number issue
    locator number number-of-pages number-of-volumes page page-first part-number printing-number
    section supplement-number version volume""".split()  # noqa: SIM905
)
"""Text that may be a number, a range of them or a word: ``cs:number`` and ``cs:label`` take it."""

_TEXT_VARIABLES = frozenset(
    """abstract annote archive archive-place archive_collection archive_location authority
    call-number categories citation-key citation-label collection-title collection-title-short
    container-title container-title-short dimensions division DOI event event-place event-title
    genre ISBN ISSN journalAbbreviation jurisdiction keyword language license medium note
    original-publisher original-publisher-place original-title part-title PMCID PMID publisher
    publisher-place references reviewed-genre reviewed-title rights scale shortTitle source
    status title title-short URL volume-title volume-title-short year-suffix""".split()  # noqa: SIM905
)

VARIABLES = NAME_VARIABLES | DATE_VARIABLES | NUMBER_VARIABLES | _TEXT_VARIABLES | {"type"}
"""All that a style can print or ask for, or a program may expect."""

ITEM_TYPES = frozenset(
    """article article-journal article-magazine article-newspaper bill book broadcast chapter
    classic collection dataset document entry entry-dictionary entry-encyclopedia event figure
    graphic hearing interview legal_case legislation manuscript map motion_picture
    musical_score pamphlet paper-conference patent performance periodical personal_communication
    post post-weblog regulation report review review-book software song speech standard thesis
    treaty webpage""".split()  # noqa: SIM905
)

_SPOKEN = {
    "url": "URL",
    "doi": "DOI",
    "isbn": "ISBN",
    "issn": "ISSN",
    "date": "issued",
    "newspaper": "container-title",
    "journal": "container-title",
    "tags": "keyword",
}
"""Names that people type for variables."""


def variable_meant(name: str) -> str:
    """The CSL variable that is meant: case does not count, and a few have short names.

    >>> variable_meant("Date"), variable_meant("journal"), variable_meant("colour")
    ('issued', 'container-title', 'colour')
    """
    lowered = name.lower()
    if name in VARIABLES or lowered in _SPOKEN:
        return _SPOKEN.get(lowered, name)
    return next((variable for variable in VARIABLES if variable.lower() == lowered), name)
