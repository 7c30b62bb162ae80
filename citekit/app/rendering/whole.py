"""The outputs for which a paper is read as a whole; loaded where one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.app.rendering.documents import HtmlLook
from citekit.app.rendering.latex_body import LatexLook

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOKS: Final[Mapping[str, type[HtmlLook | LatexLook]]] = {"html": HtmlLook, "latex": LatexLook}
