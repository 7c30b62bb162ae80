"""The options of the extension, read once from ``conf.py`` into one value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.csl.style.find import beside
from citekit.model.value import Value

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class SiteConfig(Value):
    """What ``conf.py`` says about the site.

    ``archive`` is the archive's folder, None where the project has none; ``has_pages`` says whether
    the site has the archive's own pages. ``only`` the keys and tags of the items that the site has
    (none: all of them); ``with_restricted`` builds the text of restricted items
    too, for the owner alone. ``provenance_page`` names the page that tells readers what a seal
    proves. ``style`` and ``locale`` are those of the archive where conf.py has none; a file is
    meant as seen from the folder of conf.py.
    """

    archive: Path | None
    has_pages: bool
    only: tuple[str, ...]
    with_restricted: bool
    provenance_page: str
    style: str | None
    locale: str | None


# name in conf.py: (default, what must be built again when it changes, types)
_OPTIONS: dict[str, tuple[object, str, tuple[type, ...]]] = {
    "citekit_archive": (None, "env", (str, Path, type(None))),
    "citekit_pages": (None, "env", (bool, int, str, type(None))),
    "citekit_bibliographies": ([], "env", (list, tuple)),
    # of sphinxcontrib-bibtex
    "bibtex_bibfiles": (None, "env", (list, tuple, type(None))),
    "bibtex_default_style": (None, "env", (str, type(None))),
    "bibtex_reference_style": (None, "env", (str, type(None))),
    "bibtex_bibliography_header": ("", "env", (str,)),
    "bibtex_footbibliography_header": ("", "env", (str,)),
    "citekit_only": ([], "env", (list, tuple)),
    "citekit_with_restricted": (False, "env", (bool, str, int)),
    "citekit_provenance_page": ("provenance", "env", (str,)),
    "citekit_style": (None, "env", (str, type(None))),
    "citekit_locale": (None, "env", (str, type(None))),
    "citekit_allowed_hosts": ((), "html", (list, tuple)),
}


def add_options(app: Sphinx) -> None:
    """Announce the options to Sphinx."""
    for name, (default, rebuild, types) in _OPTIONS.items():
        app.add_config_value(name, default, rebuild, types)  # type: ignore[arg-type]  # a Literal there


def read_config(app: Sphinx) -> SiteConfig:
    """The options; a relative archive folder counts from the folder of ``conf.py``."""
    config = app.config
    archive = _archive(app)
    pages = config.citekit_pages
    return SiteConfig(
        archive=archive,
        has_pages=archive is not None and (pages is None or is_on(pages)),
        only=tuple(filter(None, map(str, config.citekit_only))),
        with_restricted=is_on(config.citekit_with_restricted),
        provenance_page=str(config.citekit_provenance_page).strip("/"),
        style=_file_or_name(config.citekit_style, app),
        locale=_file_or_name(config.citekit_locale, app),
    )


def is_on(value: object) -> bool:
    """Whether an option is set: ``-D citekit_with_restricted=1`` arrives as text."""
    return str(value).lower() in ("1", "true", "yes")


def _archive(app: Sphinx) -> Path | None:
    """The folder that is named; without a name the one beside ``conf.py``, if there is one."""
    named = app.config.citekit_archive
    folder = (Path(app.confdir) / str(named or "archive")).resolve()
    return folder if named or (folder / "archive.toml").is_file() else None


def _file_or_name(named: str | None, app: Sphinx) -> str | None:
    return beside(named, Path(app.confdir)) if named else None
