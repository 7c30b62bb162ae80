"""BibTeX and BibLaTeX: CSL items to entries and back, the crosswalk as tables."""
