"""Markdown as Pandoc reads it: where a paper cites, and what its metadata say of citations."""

from __future__ import annotations

from citekit.app.papers.markdown.paper import Cluster, KeyInText, MarkdownPaper, read_markdown

__all__ = ["Cluster", "KeyInText", "MarkdownPaper", "read_markdown"]
