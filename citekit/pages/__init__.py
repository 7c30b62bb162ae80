"""The archive as pages: plain trees of elements, made without Sphinx, docutils or a network.

``library`` reads the archive into values. ``site`` makes every page from it: with ``item``,
``entity``, ``claim`` and ``lists``, which use ``text`` for annotated texts and ``provenance`` for
evidence, captures and seals. ``downloads`` makes the files beside the pages, ``addresses`` says
where each thing stands. A page is made of ``element``; ``wording`` puts values into words.
"""
