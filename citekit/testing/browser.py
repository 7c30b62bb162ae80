"""The browser of this machine: citekit brings none, and downloads none."""

from __future__ import annotations

import os
import shutil
from typing import Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PATHS: Final = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)


def find_browser() -> str | None:
    """The path of a Chromium or Chrome, or None; ``CITEKIT_BROWSER`` names another one."""
    named = os.environ.get("CITEKIT_BROWSER")
    installed = (path for path in map(shutil.which, _NAMES) if path)
    return named or next(installed, None) or next(filter(os.path.exists, _PATHS), None)
