"""Papers in Pandoc's own tree: citations made inside of Pandoc, for whatever it writes."""
