"""Small styles for the CSL tests: whole style documents from a layout or two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.csl import Result, process

if TYPE_CHECKING:
    from citekit.csl.output.render import Format

NAMESPACE = "http://purl.org/net/xbiblio/csl"
YEAR = '<date variable="issued"><date-part name="year"/></date>'
SHORT = f'<group delimiter=" "><names variable="author"><name form="short"/></names>{YEAR}</group>'


def style(
    bibliography: str = "",
    citation: str = '<text variable="title"/>',
    *,
    attributes: str = 'class="in-text"',
    options: str = "",
    before: str = "",
    sort: str = "",
    layout: str = 'delimiter="; "',
    bibliography_options: str = "",
) -> str:
    """A style document; every part is XML."""
    end = (
        f"<bibliography {bibliography_options}>{sort}<layout>{bibliography}</layout></bibliography>"
    )
    return (
        f'<style xmlns="{NAMESPACE}" version="1.0" {attributes}>{before}'
        f"<citation {options}><layout {layout}>{citation}</layout></citation>"
        f"{end if bibliography else ''}</style>"
    )


def entry(bibliography: str, item: dict[str, Any], output: Format = "text", **parts: str) -> str:
    """The one bibliography entry of one item."""
    result = process(style(bibliography, **parts), [{"id": "x", **item}], output=output)
    return result.bibliography[0][1]


def cited(citation: str, items: list[dict[str, Any]], *clusters: list[Any], **parts: str) -> Result:
    """The result of some citations."""
    return process(style("", citation, **parts), items, clusters)


def person(family: str, given: str = "") -> dict[str, str]:
    """A CSL-JSON name."""
    return {"family": family, "given": given}
