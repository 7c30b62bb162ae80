"""citekit archives web articles as evidence, cites them, annotates them and builds their site.

Importing any submodule runs this file first, so it imports hardly anything: names are found when
asked.
"""

from __future__ import annotations

from citekit.version import __version__

TYPE_CHECKING = False  # the typing module alone would double the time of "citekit --version"
if TYPE_CHECKING:
    from citekit.app.archive import Archive
    from citekit.errors import CitekitError

__all__ = ["Archive", "CitekitError", "__version__"]

_WHERE = {"Archive": "citekit.app.archive", "CitekitError": "citekit.errors"}


def __getattr__(name: str) -> object:
    """Find a public name where it lives."""
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'citekit' has no attribute {name!r}")
