"""What the YAML of a paper says: of its citations, its language, its bibliography files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from citekit.errors import InvalidData, Place
from citekit.findings import Finding, Severity
from citekit.formats.strict_yaml import load_yaml
from citekit.model.records.json_text import Json
from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

_TRUE: Final = ("true", "yes", "on")


class Metadata(Value):
    """The fields of a paper; of one that stands twice, the last.

    ``findings`` tell which blocks could not be read.
    """

    fields: Mapping[str, Json] = NOTHING
    findings: tuple[Finding, ...] = ()

    def text(self, *names: str) -> str:
        """The first of these fields that is a text; else an empty one."""
        for name in names:
            value = self.fields.get(name)
            if isinstance(value, (str, int, float)) and not isinstance(value, bool):
                return str(value).strip()
        return ""

    def texts(self, *names: str) -> tuple[str, ...]:
        """The texts of these fields, each one or a list."""
        found: list[str] = []
        for name in names:
            value = self.fields.get(name)
            found += [str(one) for one in (value if isinstance(value, list) else [value]) if one]
        return tuple(found)

    def is_set(self, name: str) -> bool | None:
        """Whether a field is true; None where the paper does not say."""
        value = self.fields.get(name)
        if value is None or isinstance(value, (dict, list)):
            return None
        return value is True or str(value).casefold() in _TRUE


def read_metadata(blocks: Iterable[tuple[str, int]]) -> Metadata:
    """The fields of blocks of YAML, each with the number of its first line."""
    fields: dict[str, Json] = {}
    findings = []
    for text, line in blocks:
        if not text.strip():
            continue
        try:
            value = load_yaml(text).once()
        except InvalidData as error:
            findings.append(_unread(error, line))
            continue
        if isinstance(value, dict):
            fields |= value
    return Metadata(fields=fields, findings=tuple(findings))


def _unread(error: InvalidData, line: int) -> Finding:
    within = error.place.line if error.place and error.place.line else 1
    return Finding(
        code="CK-W741",
        severity=Severity.WARNING,
        message=f"metadata were not read: {error.message}",
        place=Place(line=line + within - 1),
        rule="paper-metadata",
        hint="write key: value lines between two lines of ---",
    )
