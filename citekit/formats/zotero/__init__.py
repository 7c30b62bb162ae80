"""What Zotero hands out: Better BibTeX JSON and Zotero RDF, with notes, files and highlights."""
