"""All that a style says of itself, and where it comes from: ``citekit styles show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from citekit.csl.style.find import find_file, find_style
from citekit.csl.style.head import read_style
from citekit.csl.style.installed import packaged_file, short_names, styles_folder
from citekit.csl.style.ir import StyleRemark
from citekit.csl.style.own import own_file
from citekit.csl.style.parse import parse_style
from citekit.model.machine.user_folders import own_styles_folder
from citekit.model.value import Value

if TYPE_CHECKING:
    from pathlib import Path


class StyleDescription(Value):
    """One style, as ``citekit styles show`` tells it.

    ``source`` is where it comes from: the ``package``, one's ``own`` styles, or a ``file`` that was
    named. ``parent`` is the id of the style that a dependent one stands for, ``rules`` the file
    that formats. ``hidden`` is the file of the same id that does not count, being older.
    ``remarks`` tell what CSL 1.0.2 does not have.
    """

    id: str
    title: str
    title_short: str
    source: Literal["package", "own", "file"]
    path: str
    parent: str
    rules: str
    kind: Literal["in-text", "note"]
    citation_format: str
    fields: tuple[str, ...]
    edition: str
    short_names: tuple[str, ...]
    version: str
    updated: str
    default_locale: str
    rights: str
    license: str
    url: str
    hidden: str
    remarks: tuple[StyleRemark, ...]

    def to_json(self) -> dict[str, Any]:
        """The object that ``styles show --json`` prints."""
        empty_is_null = (
            "title_short", "parent", "edition", "version", "updated", "default_locale", "rights",
            "license", "url", "hidden",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in self.FIELDS},
            **{name: getattr(self, name) or None for name in empty_is_null},
            "fields": list(self.fields),
            "short_names": list(self.short_names),
            "remarks": [
                {"path": r.path, "line": r.line, "message": r.message} for r in self.remarks
            ],
        }


def describe_style(name: str) -> StyleDescription:
    """What there is to know of the style of this name; raises what ``find_style`` raises."""
    path = find_file(name)
    _, head = read_style(path)
    rules = find_style(name)
    parsed = parse_style(rules.xml, rules.path)
    return StyleDescription(
        id=rules.id,
        title=rules.title,
        title_short=head.title_short,
        source=_source(path),
        path=str(path),
        parent=(head.parent or "").rstrip("/").rpartition("/")[2],
        rules=rules.path,
        kind="note" if parsed.style_class == "note" else "in-text",
        citation_format=head.citation_format,
        fields=head.fields,
        edition=head.edition,
        short_names=tuple(n for n, style_id in short_names().items() if style_id == rules.id),
        version=head.version,
        updated=head.updated,
        default_locale=rules.default_locale or "",
        rights=head.rights,
        license=head.license,
        url=head.id,
        hidden=_hidden(path),
        remarks=parsed.remarks,
    )


def _source(path: Path) -> Literal["package", "own", "file"]:
    if path.parent == own_styles_folder():
        return "own"
    return "package" if path.is_relative_to(styles_folder()) else "file"


def _hidden(path: Path) -> str:
    """The other file of the same id; a file that was named hides none."""
    if _source(path) == "file":
        return ""
    others = (own_file(path.name), packaged_file(path.stem))
    return next((str(other) for other in others if other and other != path), "")
