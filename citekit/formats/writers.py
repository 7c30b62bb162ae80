"""The writers of the formats but BibTeX's, which alone is imported at every start of ``cite``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citekit.formats.csl_json import write_csl_json
from citekit.formats.csl_yaml import write_csl_yaml
from citekit.formats.hayagriva.write import write_hayagriva
from citekit.formats.ris.write import write_ris
from citekit.formats.wikipedia import write_wikipedia

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

WRITERS: Final[Mapping[str, Callable[[Iterable[Mapping[str, Any]]], str]]] = {
    "csl-json": write_csl_json,
    "csl-yaml": write_csl_yaml,
    "hayagriva": write_hayagriva,
    "ris": write_ris,
    "wikipedia": write_wikipedia,
}
