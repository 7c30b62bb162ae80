"""The moments of a build: the archive is opened and staged; after reading, all is tied up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from sphinx.errors import ExtensionError
from sphinx.util import logging

from citekit.app.site_output import PRIVATE_MARK, guard_output
from citekit.csl.style.find import beside
from citekit.errors import CitekitError, StorageFailed
from citekit.pages.citations import Style
from citekit.pages.element import is_web_address
from citekit.pages.library import Library
from citekit.pages.object_state import make_states
from citekit.pages.site import make_pages
from citekit.sphinx.bibliography.files import read_files, style_of_pybtex
from citekit.sphinx.books import is_stale
from citekit.sphinx.citation_domain import CitationDomain
from citekit.sphinx.config import read_config
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.site_files import remove_stale
from citekit.sphinx.staging import StagedProject, stage

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from citekit.sphinx.config import SiteConfig
    from citekit.store.settings import Settings

logger = logging.getLogger(__name__)


def open_archive(app: Sphinx) -> None:
    """Read the archive and stage its pages; raises ExtensionError with message and hint."""
    config = read_config(app)
    try:
        guard_output(Path(app.outdir), with_restricted=config.with_restricted)
        if config.with_restricted:
            _mark_private(Path(app.outdir))
        library = _read_library(app, config)
        style = _find_style(app, config, library.settings)
        pages = make_pages(library, style) if config.has_pages else ()
        folder = Path(app.doctreedir) / "citekit"
        staged = stage(pages, folder)
    except CitekitError as error:
        raise _told(error) from error
    except OSError as error:
        raise _told(StorageFailed(f"the pages cannot be staged: {error}")) from error
    _warn_of_seals(library)
    _warn_of_settings(library.settings)
    for remark in style.parsed.remarks:
        logger.warning("%s", remark, type="citekit", subtype="style")
    domain = ArchiveDomain.of(app.env)
    domain.library, domain.states = library, make_states(library)
    domain.has_pages = config.has_pages
    CitationDomain.of(app.env).style = style
    project = StagedProject(app.project, staged, folder)
    app.project = app.env.project = project


def _read_library(app: Sphinx, config: SiteConfig) -> Library:
    references = read_files(app)
    if config.archive is None:
        return Library.without_archive(Path(app.doctreedir) / "no-archive", references)
    return Library.read(
        config.archive,
        only=config.only,
        with_restricted=config.with_restricted,
        provenance_page=config.provenance_page,
        references=references,
    )


def _find_style(app: Sphinx, config: SiteConfig, settings: Settings) -> Style:
    """That of ``conf.py``, else the archive's, else what comes nearest to a style of pybtex."""
    archives = settings.style and beside(settings.style, config.archive or Path(app.confdir))
    return Style.find(
        config.style or archives or style_of_pybtex(app),
        config.locale or settings.locale,
        settings.abbreviations,
    )


def _told(error: CitekitError) -> ExtensionError:
    """The error for Sphinx; its code in brackets lets ``citekit site build`` tell it by its own."""
    hint = f"\nhint: {error.hint}" if error.hint else ""
    return ExtensionError(f"{error} [{error.code}]{hint}", modname="citekit.sphinx")


def _warn_of_seals(library: Library) -> None:
    """Tell of a log that is damaged, and of files that are not what was sealed."""
    if library.seals.trouble:
        logger.warning(
            "the log of the archive is damaged: %s; citekit verify shows where",
            library.seals.trouble,
            type="citekit",
            subtype="seal",
        )
    for key, seal in library.seals.items.items():
        for file in seal.in_state("tampered"):
            logger.warning(
                "not what was sealed: items/%s/%s; citekit verify shows more",
                library.pages[key],
                file.name,
                type="citekit",
                subtype="seal",
            )


def _warn_of_settings(settings: Settings) -> None:
    """Tell of an address of the site that no page can name."""
    if settings.base_url and not is_web_address(settings.base_url):
        logger.warning(
            "base_url in archive.toml is no address of a website: %s",
            settings.base_url,
            type="citekit",
            subtype="settings",
        )


def _mark_private(output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    text = "Restricted text: do not publish this folder.\n"
    (output / PRIVATE_MARK).write_text(text, encoding="utf-8")


def find_outdated(
    app: Sphinx,
    env: BuildEnvironment,
    added: AbstractSet[str],
    changed: AbstractSet[str],
    removed: AbstractSet[str],
) -> list[str]:
    """Pages that show something of the archive which has changed."""
    del changed
    outdated = set(ArchiveDomain.of(env).outdated())
    if is_stale(app, env, added | removed):
        outdated.add(env.config.root_doc)
    return sorted(outdated)


def finish_reading(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Clear up, format citations, tie backlinks; returns pages that must be written again."""
    domain = ArchiveDomain.of(env)
    if domain.has_pages:
        remove_stale(app, env)
    changed = CitationDomain.of(env).format_all(domain.library) | domain.update_backlinks()
    if domain.update_address():  # which stands in the head of each page of the archive
        changed |= cast("StagedProject", app.project).staged.keys()
    return sorted(changed & env.all_docs.keys())
