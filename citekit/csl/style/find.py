"""Find a CSL style by any name people have for it, and follow dependent styles to their parent.

- Nothing is read from the network, and no style with a DOCTYPE is accepted.
- A path is always taken as it stands.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.csl.style.head import StyleHead, read_style
from citekit.csl.style.installed import file_of_id, installed_file
from citekit.csl.style.search import id_of_title, id_of_url, nearest
from citekit.errors import InvalidData, NotFound
from citekit.model.machine.user_folders import own_styles_folder
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def __repr__(self) -> str:
        return f"<StyleSource {self.id}: {self.title}>"

    def fit(self, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """The item as the style asks for it; items are best handed over like this.

        Most styles were written before CSL 1.0.2 and name an event by ``event``, now a legacy
        variant of ``event-title`` (Appendix IV). The processor, like others, takes no name for
        another, since newer styles print both.
        """
        if "event-title" not in item or "event" in item or b"event-title" in self.xml:
            return item
        return {**item, "event": item["event-title"]}


def find_style(name: str) -> StyleSource:
    """Find a style by id, short name, title, URL id or path of a ``.csl`` file.

    An address is taken for an id and never fetched. Raises NotFound, with the nearest names as its
    hint, and InvalidData for a file that is no style, holds a DOCTYPE, or depends on a style that
    is not there.
    """
    return _read_source(find_file(name))


def find_file(name: str) -> Path:
    """The file of the style that goes by this name, be it a dependent one; raises NotFound."""
    name = name.strip()
    path = _named_file(name) or installed_file(name)
    if path is None:
        other_id = id_of_url(name) if _is_address(name) else id_of_title(name)
        path = file_of_id(other_id) if other_id else None
    if path is None:
        raise NotFound(f"no CSL style {_shown(name)}", hint=_hint(name))
    return path


def beside(name: str, folder: Path) -> str:
    """A name as it is meant in a file of this folder: the path of a style there, else as it is.

    So ``archive.toml`` and ``conf.py`` name a style or locale file from where they are themselves.
    """
    path = folder / name
    is_path = name.lower().endswith((".csl", ".xml")) and not _is_address(name)
    try:
        return str(path) if is_path and path.is_file() else name
    except (OSError, ValueError):  # too long for the system, or with a NUL
        return name


def _is_address(name: str) -> bool:
    return name.lower().startswith(("http:", "https:"))


def _named_file(name: str) -> Path | None:
    """The file of a path: anything that ends in ``.csl`` or has a folder in it, if it exists."""
    if "\0" in name or _is_address(name):
        return None
    path = Path(name)
    looks_like_path = name.lower().endswith(".csl") or len(path.parts) > 1
    try:
        return path if looks_like_path and path.is_file() else None
    except OSError:  # a name too long for the system is no file
        return None


def _read_source(path: Path) -> StyleSource:
    """Read a style, or the parent of a dependent one."""
    xml, head = read_style(path)
    if head.parent is None:
        return _source(path, xml, head, path.stem, head.title)
    parent_path = _parent_file(path, head.parent)
    parent_xml, parent = read_style(parent_path)
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
    """The parent of a dependent style: one that is installed, or a file beside the dependent one.

    Among the user's own styles nothing is beside: there the newer of two counts.
    """
    parent_id = url.rstrip("/").rpartition("/")[2]
    neighbour = path.with_name(f"{parent_id}.csl") if parent_id else path
    if neighbour != path and path.parent != own_styles_folder() and _named_file(str(neighbour)):
        return neighbour
    installed = installed_file(f"http://www.zotero.org/styles/{parent_id}")
    if installed is None:
        name = parent_id or "the parent"
        raise InvalidData(
            f"its parent style {_shown(url)} is not there",
            place=str(path),
            hint=f"put {name}.csl beside it, or take it in: citekit styles update FOLDER",
        )
    return installed


def _hint(name: str) -> str:
    close = nearest(name)
    return f"nearest: {', '.join(close)}; {_HINT}" if close else _HINT


def _shown(name: str) -> str:
    return repr(name if len(name) <= 80 else name[:77] + "…")
