"""Hayagriva: the YAML in which Typst keeps bibliographies.

Source: "The Hayagriva YAML File Format" (typst/hayagriva, docs/file-format.md), version 0.10, and
how Typst 0.15 reads such files where that page leaves it open. An entry has fields, and parents:
what it stands in. Here it is taken apart into *places* (``places.py``), each variable of CSL has a
path in one of them (``tables.toml``), and what has none stands in the entry under ``csl``, which
Typst passes over.
"""
