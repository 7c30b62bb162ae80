"""The one door to modules of ``bulk`` that need a package of the extra ``bulk``."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def load(module: str) -> Any:  # noqa: ANN401  # a module
    """The module, or None where a package that it needs is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] == "citekit":
            raise
        return None
