"""Where the user's folders are: what platformdirs answers, which costs 10 ms to ask.

None of them has to exist. Source: the XDG Base Directory Specification; Apple's File System
Programming Guide; ``LOCALAPPDATA`` of Windows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """Citekit's folder in the user's cache, which may be deleted at any time."""
    if sys.platform == "win32":
        return _local() / "Cache"
    if sys.platform == "darwin":
        return Path(_home(), "Library", "Caches", "citekit")
    return Path(os.environ.get("XDG_CACHE_HOME", "").strip() or f"{_home()}/.cache", "citekit")


def data_folder() -> Path:
    """Citekit's folder in the user's data, which is to be kept."""
    if sys.platform == "win32":
        return _local() / "citekit"
    if sys.platform == "darwin":
        return Path(_home(), "Library", "Application Support", "citekit")
    return Path(os.environ.get("XDG_DATA_HOME", "").strip() or f"{_home()}/.local/share", "citekit")


def own_styles_folder() -> Path:
    """Where the CSL styles are that the user has brought."""
    return data_folder() / "styles"


def own_locales_folder() -> Path:
    """Where the languages are that the user has brought: few, and listed by whoever cites."""
    return data_folder() / "locales"


def _local() -> Path:
    return Path(os.environ.get("LOCALAPPDATA") or f"{_home()}/AppData/Local", "citekit")


def _home() -> str:
    return os.path.expanduser("~")  # noqa: PTH111  # Path.home fails where there is none
