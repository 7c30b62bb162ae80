"""Which CSL variables hold names, dates and numbers. Source: CSL 1.0.2, Appendix IV."""

from __future__ import annotations

NAME_VARIABLES = frozenset(
    """author chair collection-editor compiler composer container-author contributor curator
    director editor editor-translator editorial-director editortranslator executive-producer
    guest host illustrator interviewer narrator organizer original-author performer producer
    recipient reviewed-author script-writer series-creator translator""".split()  # noqa: SIM905
)

DATE_VARIABLES = frozenset(
    "accessed available-date event-date issued original-date submitted".split()  # noqa: SIM905
)

# All that a style can print or a program may expect, citekit's own short forms not included.
VARIABLES = (
    NAME_VARIABLES
    | DATE_VARIABLES
    | frozenset(
        """abstract annote archive archive-place archive_collection archive_location authority
        call-number categories chapter-number citation-key citation-label citation-number
        collection-number collection-title collection-title-short container-title
        container-title-short dimensions division DOI edition event event-place
        event-title first-reference-note-number genre ISBN ISSN issue journalAbbreviation
        jurisdiction keyword language license locator medium note number number-of-pages
        number-of-volumes original-publisher original-publisher-place original-title page
        page-first part-number part-title PMCID PMID printing-number publisher publisher-place
        references reviewed-genre reviewed-title rights scale section shortTitle source status
        supplement-number title title-short type URL version volume volume-title
        volume-title-short year-suffix""".split()  # noqa: SIM905
    )
)

ITEM_TYPES = frozenset(
    """article article-journal article-magazine article-newspaper bill book broadcast chapter
    classic collection dataset document entry entry-dictionary entry-encyclopedia event figure
    graphic hearing interview legal_case legislation manuscript map motion_picture
    musical_score pamphlet paper-conference patent performance periodical personal_communication
    post post-weblog regulation report review review-book software song speech standard thesis
    treaty webpage""".split()  # noqa: SIM905
)
