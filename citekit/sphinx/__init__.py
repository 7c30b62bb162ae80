"""The Sphinx extension: ``extensions = ["myst_parser", "citekit.sphinx"]``.

``setup`` is the table of contents: options, pages, the two domains, nodes, and the moments at which
the extension works.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from citekit.sphinx import books, build, cite, config, head, nodes, policy, resolve, site_files
from citekit.sphinx.citation_domain import CitationDomain
from citekit.sphinx.directives import DIRECTIVES
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.parser import PageParser
from citekit.sphinx.roles import ArchiveRole
from citekit.sphinx.staging import SUFFIX
from citekit.version import __version__

_OTHER = "sphinxcontrib.bibtex"

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Tell Sphinx what this extension adds; ends Sphinx beside sphinxcontrib-bibtex.

    Of every other way to stop Sphinx says that it should be reported to its developers.
    """
    if _OTHER in app.extensions or _OTHER in app.config.extensions:
        sys.exit(f"citekit.sphinx and {_OTHER} have the same roles: name one of them in extensions")
    app.setup_extension("myst_parser")
    config.add_options(app)
    nodes.add_nodes(app)

    app.add_source_suffix(SUFFIX, "citekit")
    app.add_source_parser(PageParser)
    _add_archive(app)
    _add_citations(app)
    app.add_post_transform(resolve.ResolvePending)

    app.connect("builder-inited", build.open_archive)
    app.connect("env-get-outdated", build.find_outdated)
    app.connect("doctree-read", books.add_chapters, priority=books.BEFORE_COLLECTORS)
    app.connect("env-updated", build.finish_reading)
    app.connect("builder-inited", head.add_assets)
    app.connect("builder-inited", policy.guard_pages)
    app.connect("doctree-resolved", site_files.link_files)
    app.connect("html-page-context", head.fill_head)
    app.connect("html-collect-pages", site_files.forget_words)
    app.connect("build-finished", site_files.write_downloads)
    app.connect("build-finished", policy.write_headers)
    return {
        "version": __version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _add_archive(app: Sphinx) -> None:
    """The domain ``ck`` with its roles and directives."""
    app.add_domain(ArchiveDomain)
    for name in ArchiveDomain.object_types:
        app.add_role_to_domain("ck", name, ArchiveRole())
    for name, directive in DIRECTIVES.items():
        app.add_directive_to_domain("ck", name, directive)


def _add_citations(app: Sphinx) -> None:
    """The domain ``cite``, and the names that sphinxcontrib-bibtex has beside it."""
    app.add_domain(CitationDomain)
    for name, kind in cite.ROLES.items():
        app.add_role_to_domain("cite", name, cite.CiteRole(kind))
    app.add_role("cite", cite.CiteRole())
    app.add_domain(cite.FootCitationDomain)
    app.add_role("footcite", cite.FootCiteRole())
    for name, kind in cite.FOOT_ROLES.items():
        app.add_role_to_domain("footcite", name, cite.FootCiteRole(kind))
    app.add_directive("bibliography", cite.CitedDirective)
    app.add_directive("footbibliography", cite.FootBibliographyDirective)
