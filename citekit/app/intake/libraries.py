"""Which libraries have read a document: what citekit sees in a page depends on their versions.

Only those are named that this process has loaded, for this document or one before, and asked for
their ``__version__``: package metadata would have to be searched on the disk.
"""

from __future__ import annotations

import sys
from typing import Final

# By the kind of a document, those that decide what its title, names, dates and text are. The
# encoding is not among it: the record has it.
_READERS: Final = {
    "html": ("lxml", "trafilatura", "justext", "babel"),
    "mhtml": ("lxml", "trafilatura", "justext", "babel"),
    "markdown": ("yaml", "markdown_it"),
    "pdf": ("pypdf",),
}


def libraries_of(kind: str) -> dict[str, str]:
    """The libraries that read a document of this kind here, by name, with their versions."""
    versions = {name: _version(name) for name in _READERS.get(kind, ())}
    return {name: version for name, version in versions.items() if version}


def _version(name: str) -> str | None:
    version = getattr(sys.modules.get(name), "__version__", None)
    return version if isinstance(version, str) else None
