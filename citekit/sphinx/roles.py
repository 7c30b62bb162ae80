"""The roles of the domain ``ck``: links to what the archive holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.roles import XRefRole

from citekit.sphinx.domain import ArchiveDomain

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


class ArchiveRole(XRefRole):
    """Links such as ``{ck:item}`KEY```, ``{ck:passage}`KEY#p3```, ``{ck:entity}`text <ID>```.

    The link's words are the object's title unless others are given.
    """

    def __init__(self) -> None:
        super().__init__(innernodeclass=nodes.inline)

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: nodes.Element,
        has_explicit_title: bool,
        title: str,
        target: str,
    ) -> tuple[str, str]:
        """Remember that this page names the object."""
        domain = ArchiveDomain.of(env)
        kind = "item" if refnode["reftype"] == "passage" else refnode["reftype"]
        identifier = target
        if kind == "item":
            asked, _ = domain.library.split_name(target)
            identifier = domain.library.resolve(asked) or asked
        domain.note_use(env.docname, f"{kind}:{identifier}")
        return super().process_link(env, refnode, has_explicit_title, title, target)
