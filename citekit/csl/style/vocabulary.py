"""What CSL 1.0.2 has, and what happens to all else that a style or a locale brings.

Styles for Jurism are written in CSL-M, some newer ones in a draft of CSL 1.1, and anybody may
mistype. Each thing that citekit does not know is told with its line, once for each kind:

- An element that would print something is refused: what is cited would lack it.
- A test is never met, as if the item lacked what is asked for.
- Anything else (an attribute, a value, an element that refines another) is left out.

Source: the schema of CSL 1.0.2. ``strangers.toml`` says whose the others are, and what follows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.csl.style.ir import StyleRemark
from citekit.errors import InvalidData, Place
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.csl.style.xml import Element

    _Attributes = dict[str, frozenset[str] | None]
    """What each attribute may be; None: anything."""

MOST_REMARKS: Final = 20
"""So many kinds of things are told of one file."""


def sift(root: Element, path: str) -> tuple[StyleRemark, ...]:
    """Take out of a style or locale what CSL 1.0.2 does not have, and tell of it.

    Raises InvalidData, with the line, for an element that can neither be printed nor left out.
    """
    sieve = _Sieve(root, path)
    version = root.attrs.get("version", "1.0")
    if not version.startswith("1.0"):
        dialect = _dialect(version)
        sieve.tell(root.line, f"is written for {dialect}; citekit formats by CSL 1.0.2")
    sieve.attributes(root)
    sieve.children(root)
    return sieve.remarks()


class _Sieve:
    """Walks through a tree of XML once; knows of each kind of stranger where the first one is."""

    def __init__(self, root: Element, path: str) -> None:
        self._root = root
        self._path = path
        self._told: dict[str, tuple[int, int]] = {}
        self._nameless: list[Element] = []  # parts of names or dates that lost their name just now

    def tell(self, line: int, message: str) -> None:
        """Note something; again only that there is one more."""
        first, times = self._told.get(message, (line, 0))
        if times or len(self._told) < MOST_REMARKS:
            self._told[message] = first, times + 1

    def remarks(self) -> tuple[StyleRemark, ...]:
        """What was noted, in the order of the file."""
        return tuple(
            StyleRemark(
                path=self._path,
                line=line,
                message=message if times == 1 else f"{message} ({times} times)",
            )
            for message, (line, times) in sorted(self._told.items(), key=lambda told: told[1][0])
        )

    def children(self, element: Element) -> None:
        """Sift what stands in an element, however deep; the reader of XML bounds that."""
        known = _CHILDREN[element.tag]
        strange = [child for child in element.children if child.tag not in known]
        if strange:
            for child in strange:
                self._stranger(element, child)
            element.children = [child for child in element.children if child.tag in known]
        for child in element.children:
            if child.tag not in _UNREAD:
                self.attributes(child)
                if child.children:
                    self.children(child)
        if self._nameless:
            element.children = [c for c in element.children if c not in self._nameless]
            self._nameless.clear()
        if element.tag in _AREAS:
            self._layouts(element)

    def _stranger(self, parent: Element, element: Element) -> None:
        """Refuse an element that does not belong here, or note that it is left out."""
        told = strangers().elements.get(element.tag)
        if parent.tag in _PRINTING or (told and told.get("refused")):
            raise self._refused(parent, element, told)
        name = f"<{element.tag[:40]}>"
        if told:
            self.tell(element.line, f"{name} is of {told['of']}: {told['so']}")
        elif element.tag in _CHILDREN:
            self.tell(element.line, f"{name} cannot stand in <{parent.tag}>: it is left out")
        else:
            self.tell(element.line, f"{name} is not in CSL 1.0.2: it is left out")

    def _refused(
        self, parent: Element, element: Element, told: Mapping[str, Any] | None
    ) -> InvalidData:
        message, hint = f"<{element.tag[:40]}> cannot stand in <{parent.tag}>", None
        if told:
            message = f"<{element.tag}> is of {told['of']}: {told['so']}"
            hint = told.get("hint", "look for a version of the style in CSL 1.0")
        return InvalidData(message, place=Place(path=self._path, line=element.line), hint=hint)

    def attributes(self, element: Element) -> None:
        """Take out the attributes of an element, or their values, that nobody knows."""
        known = _ATTRIBUTES[element.tag]
        odd = [
            name
            for name, value in element.attrs.items()
            if (allowed := known.get(name, _NOTHING)) is not None and value not in allowed
        ]
        for name in odd:
            if element.tag == "layout" and name == "locale":
                continue  # see _layouts
            value = element.attrs.pop(name)
            if name in known:
                shown, whose = f'{name}="{value[:40]}"', strangers().values.get(f"{name}={value}")
            else:
                shown, whose = name[:40], strangers().attributes.get(name)
            source = f"is of {whose}" if whose else "is not in CSL 1.0.2"
            if element.tag in _PARTS and name == "name":
                self._nameless.append(element)
            if element.tag in _TESTING:
                self._never_met(element, name)
                self.tell(element.line, f"the test {shown} {source}: it is never met")
            else:
                self.tell(element.line, f"{shown} on <{element.tag}> {source}: it is left out")

    @staticmethod
    def _never_met(element: Element, name: str) -> None:
        """Have a test of a branch that nothing meets, under every way of matching.

        No cite has a position of such a name, while an item may have any type and any variable.
        """
        if name == "match":
            element.attrs["match"] = "all"
        element.attrs["position"] = f"{element.attrs.get('position', '')} <{name}>"

    def _layouts(self, area: Element) -> None:
        """Have the one layout that is for all languages; in CSL-M it comes after others."""
        layouts = list(area.all("layout"))
        special = [layout for layout in layouts if layout.attrs.pop("locale", None) is not None]
        if special:
            general = next((layout for layout in layouts if layout not in special), special[0])
            area.children = [c for c in area.children if c.tag != "layout" or c is general]
            message = "a <layout> for a language is of CSL-M: that for all languages is used"
            self.tell(special[0].line, message)


def _dialect(version: str) -> str:
    if version.endswith("mlz1"):
        return f"CSL-M (version {version[:20]})"
    return f"CSL {version[:20]}"


class Strangers(Value):
    """Whose the things are that CSL 1.0.2 lacks; of an element also what follows."""

    elements: Mapping[str, Mapping[str, Any]]
    attributes: Mapping[str, str]
    values: Mapping[str, str]


@cache
def strangers() -> Strangers:
    """The table ``strangers.toml``, which few styles need."""
    text = Path(__file__).with_name("strangers.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Strangers(
        elements=table["elements"],
        attributes={n: whose for whose, said in table["attributes"].items() for n in said.split()},
        values={n: whose for whose, said in table["values"].items() for n in said.split()},
    )


# ── the schema ─────────────────────────────────────────────────────────────────────────────────


def _any(names: str) -> _Attributes:
    return dict.fromkeys(names.split())


def _of(**values: str) -> _Attributes:
    return {name.replace("_", "-"): frozenset(said.split()) for name, said in values.items()}


_NOTHING: Final[frozenset[str]] = frozenset()
_AREAS: Final = frozenset(["citation", "bibliography"])
_PARTS: Final = frozenset(["name-part", "date-part"])
_TESTING: Final = frozenset(["if", "else-if"])
_PRINTING: Final = frozenset(
    ["macro", "layout", "group", "choose", "if", "else-if", "else", "substitute"]
)
"""Where each child prints something or decides about it: none can be left out."""
_UNREAD: Final = frozenset(["info"])
"""Nothing that is printed stands there."""

_BOOLEAN = "true false"
_AFFIXES = _any("prefix suffix")
_FONT = _of(
    font_style="normal italic oblique",
    font_variant="normal small-caps",
    font_weight="normal bold light",
    text_decoration="none underline",
    vertical_align="baseline sup sub",
)
_CASE = _of(text_case="lowercase uppercase capitalize-first capitalize-all sentence title")
_DISPLAY = _of(display="block left-margin right-inline indent")
_PERIODS = _of(strip_periods=_BOOLEAN)
_DELIMITER = _any("delimiter")
_TERM_FORM = "long short verb verb-short symbol"
_LABEL = _of(form=_TERM_FORM, plural="always never contextual")

_NAME: _Attributes = {
    **_of(
        and_="text symbol",
        delimiter_precedes_et_al="contextual always never after-inverted-name",
        delimiter_precedes_last="contextual always never after-inverted-name",
        et_al_use_last=_BOOLEAN,
        initialize=_BOOLEAN,
        name_as_sort_order="first all",
    ),
    **_any(
        "et-al-min et-al-use-first et-al-subsequent-min et-al-subsequent-use-first "
        "initialize-with sort-separator"
    ),
}
_NAME["and"] = _NAME.pop("and-")
_INHERITABLE: _Attributes = {
    **_NAME,
    **_any("names-delimiter name-delimiter"),
    **_of(name_form="long short count"),
}
_STYLE_OPTIONS: _Attributes = {
    **_INHERITABLE,
    **_of(
        demote_non_dropping_particle="never sort-only display-and-sort",
        initialize_with_hyphen=_BOOLEAN,
        page_range_format="chicago chicago-15 chicago-16 expanded minimal minimal-two",
    ),
}
_TESTS: _Attributes = {
    **_any("is-numeric is-uncertain-date locator position type variable"),
    **_of(disambiguate=_BOOLEAN, match="all any none"),
}

_ATTRIBUTES: Final[dict[str, _Attributes]] = {
    "style": {
        **_STYLE_OPTIONS,
        **_any("version default-locale lang"),
        **_of(**{"class": "in-text note"}),
    },
    "citation": {
        **_INHERITABLE,
        **_any("cite-group-delimiter year-suffix-delimiter after-collapse-delimiter"),
        **_any("near-note-distance"),
        **_of(
            collapse="citation-number year year-suffix year-suffix-ranged",
            disambiguate_add_names=_BOOLEAN,
            disambiguate_add_givenname=_BOOLEAN,
            disambiguate_add_year_suffix=_BOOLEAN,
            givenname_disambiguation_rule=(
                "all-names all-names-with-initials primary-name primary-name-with-initials by-cite"
            ),
        ),
    },
    "bibliography": {
        **_INHERITABLE,
        **_any("entry-spacing line-spacing subsequent-author-substitute"),
        **_of(
            hanging_indent=_BOOLEAN,
            second_field_align="flush margin",
            subsequent_author_substitute_rule=(
                "complete-all complete-each partial-each partial-first"
            ),
        ),
    },
    "macro": _any("name"),
    "layout": {**_AFFIXES, **_DELIMITER, **_FONT},
    "sort": {},
    "key": {
        **_any("macro variable names-min names-use-first"),
        **_of(names_use_last=_BOOLEAN, sort="ascending descending"),
    },
    "text": {
        **_any("macro term value variable"),
        **_of(form=_TERM_FORM, plural=_BOOLEAN, quotes=_BOOLEAN),
        **_AFFIXES, **_DISPLAY, **_FONT, **_PERIODS, **_CASE,
    },
    "number": {
        **_any("variable"),
        **_of(form="numeric ordinal long-ordinal roman"),
        **_AFFIXES, **_DISPLAY, **_FONT, **_CASE,
    },
    "label": {**_any("variable"), **_LABEL, **_AFFIXES, **_FONT, **_PERIODS, **_CASE},
    "group": {**_AFFIXES, **_DELIMITER, **_DISPLAY, **_FONT},
    "choose": {},
    "if": _TESTS,
    "else-if": _TESTS,
    "else": {},
    "names": {**_any("variable"), **_AFFIXES, **_DELIMITER, **_DISPLAY, **_FONT},
    "name": {
        **_NAME,
        **_of(form="long short count"),
        **_AFFIXES, **_DELIMITER, **_FONT,
    },
    "name-part": {**_of(name="family given"), **_AFFIXES, **_FONT, **_CASE},
    "et-al": {**_any("term"), **_FONT},
    "substitute": {},
    "date": {
        **_any("variable"),
        **_of(form="text numeric", date_parts="year-month-day year-month year"),
        **_AFFIXES, **_DELIMITER, **_DISPLAY, **_FONT, **_CASE,
    },
    "date-part": {
        **_any("range-delimiter"),
        **_of(name="day month year", form="numeric numeric-leading-zeros ordinal long short"),
        **_AFFIXES, **_FONT, **_PERIODS, **_CASE,
    },
    "locale": _any("lang version"),
    "style-options": _of(limit_day_ordinals_to_day_1=_BOOLEAN, punctuation_in_quote=_BOOLEAN),
    "terms": {},
    "term": {
        **_any("name"),
        **_of(
            form=_TERM_FORM,
            gender="masculine feminine neuter",
            gender_form="masculine feminine neuter",
            match="last-digit last-two-digits whole-number",
        ),
    },
    "single": {},
    "multiple": {},
}  # fmt: skip

_RENDERING = frozenset(["text", "number", "label", "date", "names", "group", "choose"])
_CHILDREN: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(_ATTRIBUTES, _NOTHING),
    **dict.fromkeys(_PRINTING, _RENDERING),
    "style": frozenset(["info", "locale", "macro", "citation", "bibliography"]),
    "citation": frozenset(["sort", "layout"]),
    "bibliography": frozenset(["sort", "layout"]),
    "sort": frozenset(["key"]),
    "choose": frozenset(["if", "else-if", "else"]),
    "names": frozenset(["name", "et-al", "label", "substitute"]),
    "name": frozenset(["name-part"]),
    "date": frozenset(["date-part"]),
    "locale": frozenset(["info", "style-options", "date", "terms"]),
    "terms": frozenset(["term"]),
    "term": frozenset(["single", "multiple"]),
}
