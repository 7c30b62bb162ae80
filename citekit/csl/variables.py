"""The variables of CSL 1.0.2 by their kind (specification, Appendix III)."""

from __future__ import annotations

_NAMES = """
    author chair collection-editor compiler composer container-author contributor curator director
    editor editor-translator editorial-director executive-producer guest host illustrator
    interviewer narrator organizer original-author performer producer recipient reviewed-author
    script-writer series-creator translator
"""
_DATES = "accessed available-date event-date issued original-date submitted"
_NUMBERS = """
    chapter-number citation-number collection-number edition first-reference-note-number issue
    locator number number-of-pages number-of-volumes page page-first part-number printing-number
    section supplement-number version volume
"""
_TEXTS = """
    archive archive-place archive_collection archive_location authority call-number
    collection-title collection-title-short container-title container-title-short dimensions
    division DOI event event-title event-place genre ISBN ISSN jurisdiction medium
    original-publisher original-publisher-place original-title part-title PMCID PMID publisher
    publisher-place references reviewed-genre reviewed-title scale source status title title-short
    type URL volume-title
"""
_OF_THE_CITE = "citation-number locator page-first first-reference-note-number"

NAME_VARIABLES = frozenset(_NAMES.split())
DATE_VARIABLES = frozenset(_DATES.split())
NUMBER_VARIABLES = frozenset(_NUMBERS.split())
NOTE_VARIABLES = (
    NAME_VARIABLES | DATE_VARIABLES | NUMBER_VARIABLES | frozenset(_TEXTS.split())
) - frozenset(_OF_THE_CITE.split())
"""What a ``note`` may fill in by lines such as ``genre: Peer commentary``."""
