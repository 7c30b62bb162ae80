"""XML → the frozen values of ``ir``; every complaint names file and line.

Hard rules: nothing is evaluated here, nothing is looked up on disk, and a macro that calls itself
or multiplies without end is found before anything is formatted (``extent``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.csl.style import ir
from citekit.csl.style.extent import check_extent
from citekit.csl.style.facts import names_in, texts_in
from citekit.csl.style.vocabulary import sift
from citekit.csl.style.xml import Element, read_xml
from citekit.errors import InvalidData, Place
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_CONDITIONS = (
    "disambiguate", "is-numeric", "is-uncertain-date", "locator", "position", "type", "variable",
)  # fmt: skip
_FONT_FIELDS = {
    "font-style": "style", "font-variant": "variant", "font-weight": "weight",
    "text-decoration": "decoration", "vertical-align": "align",
}  # fmt: skip
_LOOK_FIELDS = {
    "prefix": "prefix", "suffix": "suffix", "display": "display", "text-case": "text_case",
}  # fmt: skip


def parse_style(text: str | bytes, path: str = "<style>") -> ir.Style:
    """The style in this XML (CSL 1.0.2 §Root Element).

    What CSL 1.0.2 does not have is left out where that can be, and told in the ``remarks``.
    Raises InvalidData for malformed XML, a DOCTYPE, elements in impossible places, a dependent
    style (its parent has to be parsed instead), macros that are unknown or call themselves, and
    a style that asks for too much (``extent``).
    """
    root = read_xml(text, path)
    reader = _Reader(path)
    if root.tag != "style":
        raise reader.error(root, f"expected <style>, found <{root.tag}>")
    remarks = sift(root, path)
    macros = {m.name: m for m in map(reader.macro, root.all("macro"))}
    citation = root.find("citation")
    if citation is None:
        raise reader.error(root, "the style has no <citation>", _dependent_hint(root))
    listing = root.find("bibliography")
    areas = [reader.area(citation, "citation", macros)]
    if listing is not None:
        areas.append(reader.area(listing, "bibliography", macros))
    style = ir.Style(
        path=path,
        title=_title(root),
        style_class=root.attrs.get("class", "in-text"),
        default_locale=root.attrs.get("default-locale"),
        options=dict(root.attrs),
        macros=macros,
        citation=areas[0],
        bibliography=areas[1] if listing is not None else None,
        names=names_in(areas, macros.values()),
        locales=tuple(map(reader.locale, root.all("locale"))),
        remarks=remarks,
    )
    check_extent(style)
    return style


def parse_locale(text: str | bytes, path: str) -> ir.LocaleData:
    """The locale in this XML. Raises InvalidData with file and line."""
    root = read_xml(text, path)
    reader = _Reader(path)
    if root.tag != "locale":
        raise reader.error(root, f"expected <locale>, found <{root.tag}>")
    remarks = sift(root, path)
    return replace(reader.locale(root), remarks=remarks)


class _Reader:
    """Turns elements into values; it only remembers the path and the macro it is in."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._macro: str | None = None

    def error(self, element: Element, message: str, hint: str | None = None) -> InvalidData:
        return InvalidData(message, place=Place(path=self.path, line=element.line), hint=hint)

    # ---- top level

    def macro(self, element: Element) -> ir.Macro:
        name = self._need(element, "name")
        self._macro = name
        children = self.elements(element.children)
        self._macro = None
        return ir.Macro(name=name, children=children, line=element.line)

    def area(self, element: Element, kind: str, macros: Mapping[str, ir.Macro]) -> ir.Area:
        layout = element.find("layout")
        if layout is None:
            raise self.error(element, f"<{kind}> has no <layout>")
        sort = element.find("sort")
        keys = () if sort is None else tuple(self._sort_key(key) for key in sort.all("key"))
        children = self.elements(layout.children)
        return ir.Area(
            kind="citation" if kind == "citation" else "bibliography",
            options=dict(element.attrs),
            sort=keys,
            look=self._look(
                layout, delimiter=layout.attrs.get("delimiter", ""), affixes_inside=True
            ),
            children=children,
            texts=texts_in(children, macros),
        )

    def _sort_key(self, element: Element) -> ir.SortKey:
        variable, macro = element.attrs.get("variable"), element.attrs.get("macro")
        if (variable is None) == (macro is None):
            raise self.error(element, "a sort key needs either a variable or a macro")
        options = {
            key.replace("names-", "et-al-", 1): value
            for key, value in element.attrs.items()
            if key.startswith("names-")
        }
        descending = element.attrs.get("sort") == "descending"
        return ir.SortKey(
            variable=variable,
            macro=macro,
            descending=descending,
            options=options,
            line=element.line,
        )

    # ---- rendering elements

    def elements(self, children: Iterable[Element]) -> tuple[ir.Element, ...]:
        return tuple(self._element(child) for child in children)

    def _element(self, element: Element) -> ir.Element:
        match element.tag:
            case "text":
                return self._text(element)
            case "group":
                look = self._look(element, delimiter=element.attrs.get("delimiter", ""))
                return ir.Group(look=look, children=self.elements(element.children))
            case "choose":
                branches = tuple(map(self._branch, element.children))
                return ir.Choose(branches=branches, line=element.line)
            case "names":
                return self._names(element)
            case "date":
                return self._date(element, self._need(element, "variable"))
            case "number":
                variable = self._need(element, "variable")
                return ir.Number(
                    look=self._look(element, variable=variable),
                    variable=variable,
                    form=element.attrs.get("form", "numeric"),
                )
            case _:  # cs:label: nothing else is left (vocabulary)
                return self._label(element, self._need(element, "variable"))

    def _text(self, element: Element) -> ir.Text:
        for kind in ("variable", "macro", "term", "value"):
            if kind in element.attrs:
                what = element.attrs[kind]
                variable = what if kind == "variable" else None
                return ir.Text(
                    look=self._look(element, variable=variable),
                    kind=kind,
                    what=what,
                    form=element.attrs.get("form", "long"),
                    plural=element.attrs.get("plural") == "true",
                )
        raise self.error(element, "<text> needs a variable, macro, term or value")

    def _label(self, element: Element, variable: str) -> ir.Label:
        return ir.Label(
            look=self._look(element, variable=variable or None),
            variable=variable,
            form=element.attrs.get("form", "long"),
            plural=element.attrs.get("plural", "contextual"),
        )

    def _date(self, element: Element, variable: str) -> ir.Date:
        parts = tuple(map(self._date_part, element.all("date-part")))
        return ir.Date(
            look=self._look(
                element, variable=variable or None, delimiter=element.attrs.get("delimiter", "")
            ),
            variable=variable,
            form=element.attrs.get("form"),
            date_parts=element.attrs.get("date-parts", "year-month-day"),
            parts=parts,
        )

    def _date_part(self, element: Element) -> ir.DatePart:
        return ir.DatePart(
            look=self._look(element),
            name=self._need(element, "name"),
            form=element.attrs.get("form"),
            range_delimiter=element.attrs.get("range-delimiter"),
            said=tuple(element.attrs),
        )

    def _branch(self, element: Element) -> ir.Branch:
        tests = tuple(
            (condition, value)
            for condition in _CONDITIONS
            if condition in element.attrs
            for value in element.attrs[condition].split()
        )
        return ir.Branch(
            match=element.attrs.get("match", "all"),
            tests=tests if element.tag != "else" else (),
            children=self.elements(element.children),
            line=element.line,
        )

    # ---- names

    def _names(self, element: Element) -> ir.Names:
        name = element.find("name")
        et_al = element.find("et-al")
        label = element.find("label")
        substitute = element.find("substitute")
        order = [child.tag for child in element.children if child.tag in ("name", "label")]
        variables = tuple(element.attrs.get("variable", "").split())
        return ir.Names(
            look=self._look(element, variable=" ".join(variables)),
            variables=variables,
            delimiter=element.attrs.get("delimiter"),
            name=None if name is None else self._name(name),
            et_al=None
            if et_al is None
            else ir.EtAl(look=self._look(et_al), term=et_al.attrs.get("term", "et-al")),
            label=None if label is None else self._label(label, ""),
            label_first=order[:1] == ["label"] and "name" in order,
            substitute=() if substitute is None else self.elements(substitute.children),
        )

    def _name(self, element: Element) -> ir.Name:
        parts = tuple(
            ir.NamePart(look=self._look(part), name=self._need(part, "name"))
            for part in element.all("name-part")
        )
        return ir.Name(look=self._look(element), options=dict(element.attrs), parts=parts)

    # ---- locales

    def locale(self, element: Element) -> ir.LocaleData:
        terms: dict[tuple[str, str, str], ir.Term] = {}
        for group in element.all("terms"):
            for term in group.all("term"):
                terms.update(self._term(term))
        options: dict[str, str] = {}
        for said in element.all("style-options"):
            options.update(said.attrs)
        dates = {
            date.attrs.get("form", "text"): self._date(date, "") for date in element.all("date")
        }
        return ir.LocaleData(
            lang=element.attrs.get("lang"), terms=terms, dates=dates, options=options
        )

    def _term(self, element: Element) -> Iterator[tuple[tuple[str, str, str], ir.Term]]:
        single, multiple = element.find("single"), element.find("multiple")
        text = _unwrapped(element.text if single is None else single.text)
        attrs = element.attrs
        key = (
            self._need(element, "name"),
            attrs.get("form", "long"),
            attrs.get("gender-form", ""),
        )
        yield (
            key,
            ir.Term(
                single=text,
                multiple=text if multiple is None else _unwrapped(multiple.text),
                gender=attrs.get("gender"),
                match=attrs.get("match"),
            ),
        )

    # ---- attributes

    def _need(self, element: Element, name: str) -> str:
        value = element.attrs.get(name)
        if value is None:
            raise self.error(element, f"<{element.tag}> needs the attribute {name!r}")
        return value

    def _look(
        self,
        element: Element,
        *,
        variable: str | None = None,
        delimiter: str = "",
        affixes_inside: bool = False,
    ) -> ir.Look:
        look: dict[str, Any] = {}
        font: dict[str, str] = {}
        for name, value in element.attrs.items():  # few: asking for each that can be takes longer
            if name in _LOOK_FIELDS:
                look[_LOOK_FIELDS[name]] = value
            elif name in _FONT_FIELDS:
                font[_FONT_FIELDS[name]] = value
            elif name == "quotes":
                look["quotes"], look["unquoted"] = value == "true", value == "false"
            elif name == "strip-periods":
                look["strip_periods"] = value == "true"
        return ir.Look(
            **look,
            delimiter=delimiter,
            font=ir.Font(**font) if any(font.values()) else None,
            variable=variable,
            macro=self._macro,
            line=element.line,
            affixes_inside=affixes_inside,
        )


def _unwrapped(text: str) -> str:
    """A term without the line breaks and indents of its file; its own spaces are part of it."""
    return re.sub(r"\s*\n\s*", "", text) if "\n" in text else text


def _title(root: Element) -> str:
    info = root.find("info")
    title = None if info is None else info.find("title")
    return "" if title is None else title.text.strip()


def _dependent_hint(root: Element) -> str | None:
    info = root.find("info")
    links = () if info is None else info.all("link")
    parents = [link.attrs.get("href", "") for link in links if _is_parent(link)]
    return f"it is a dependent style: use {parents[0]}" if parents else None


def _is_parent(link: Element) -> bool:
    return link.attrs.get("rel") == "independent-parent"
