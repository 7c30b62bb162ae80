"""A project as it is written for sphinxcontrib-bibtex; the extension alone is another one."""

import os

project = "Tides"
extensions = [os.environ.get("BIBLIOGRAPHY_EXTENSION", "sphinxcontrib.bibtex")]
bibtex_bibfiles = ["tides.bib", "more/quays.bib"]
bibtex_default_style = "unsrt"
bibtex_bibliography_header = ".. rubric:: Works"
bibtex_footbibliography_header = ".. rubric:: Footnotes"
html_theme = "basic"
copyright = "2026, the authors"  # noqa: A001  # Sphinx calls it so
version = "1"
