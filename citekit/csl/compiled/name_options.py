"""The options of names of an element, its area and the style → one ``NameSpec``.

Source: CSL 1.0.2 §Inheritable Name Options, §Sorting (the options of names in a sort key).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from citekit.csl.output.scripts import stands_apart
from citekit.csl.output.tree import Node
from citekit.csl.style.ir import PLAIN, Look
from citekit.csl.values.name_spec import NameSpec
from citekit.csl.values.numbers import whole_number
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.csl.compiled.element import Setting
    from citekit.csl.style import ir

T = TypeVar("T", str, None)


def name_spec(setting: Setting, element: ir.Names) -> NameSpec:
    """How the names of an element are written."""
    options = _Options(setting, element.name)
    et_al_min, et_al_first = options.number("et-al-min"), options.number("et-al-use-first")
    if options.get("et-al-use-first") is None:
        et_al_min = 0
    space = "\u00a0" if setting.locale.primary in _KEEPS_PARTICLES else " "
    spec = NameSpec(
        form=options.get("form", "name-form") or "long",
        delimiter=_spaced_once(options.get("delimiter", "name-delimiter"), ", "),
        and_term=_and_term(setting, options.get("and")),
        precedes_last=options.get("delimiter-precedes-last") or "contextual",
        precedes_institution=_precedes_institution(setting),
        precedes_et_al=options.get("delimiter-precedes-et-al") or "contextual",
        et_al_min=et_al_min,
        et_al_first=et_al_first,
        subsequent_min=options.number("et-al-subsequent-min") or et_al_min,
        subsequent_first=options.number("et-al-subsequent-use-first") or et_al_first,
        use_last=options.get("et-al-use-last") == "true",
        et_al=_et_al(setting, element.et_al),
        # what is switched off for the area or style stays off: so the reference processor
        initialize="false" not in (options.get("initialize"), setting.option("initialize")),
        initialize_with=_spaced_once(options.get("initialize-with"), None),
        hyphen=setting.style.options.get("initialize-with-hyphen") != "false",
        sort_order=options.get("name-as-sort-order"),
        separator=_spaced_once(options.get("sort-separator"), ", "),
        demote=setting.style.options.get("demote-non-dropping-particle", "display-and-sort"),
        lang=setting.locale.lang.lower(),
        particle_space=space,
        initials_space=space if "\u00a0" in (options.get("initialize-with") or "") else " ",
        memory={},
    )
    return _for_sorting(spec) if setting.sorting is not None else _with_looks(spec, element)


_KEEPS_PARTICLES = ("cs", "fr", "ru")
"""Languages in which no line ends between a particle and the family name."""


class _Options:
    """An option as the sort key, the element, the area or the style says it, in this order."""

    def __init__(self, setting: Setting, name: ir.Name | None) -> None:
        self._setting = setting
        self._sorting: Mapping[str, str] = setting.sorting or {}
        self._own: Mapping[str, str] = {} if name is None else name.options

    def get(self, key: str, handed_down: str = "") -> str | None:
        """The option; areas and styles call some by another name, ``handed_down``."""
        value = self._sorting.get(key) or self._own.get(key)
        return value if value is not None else self._setting.option(handed_down or key)

    def number(self, key: str) -> int:
        """The option as a number, 0 where it is none."""
        return whole_number(self.get(key))


def _with_looks(spec: NameSpec, element: ir.Names) -> NameSpec:
    name = element.name
    look = name.look if name is not None else replace(PLAIN, line=element.look.line)
    parts = {part.name: part.look for part in name.parts} if name is not None else {}
    return replace(
        spec,
        look=replace(look, prefix="", suffix="", font=None, variable=element.look.variable),
        person=Look(prefix=look.prefix, suffix=look.suffix, font=look.font),
        institution=Look(font=look.font) if look.font else PLAIN,
        family=parts.get("family", PLAIN),
        given=parts.get("given", PLAIN),
        has_parts=bool(parts),
        has_case=any(part.text_case for part in parts.values()),
    )


def _for_sorting(spec: NameSpec) -> NameSpec:
    return replace(
        spec,
        sorting=True,
        sort_order="all",
        separator=" ",
        delimiter=" ",
        and_term=None,
        et_al=None,
        demote=spec.demote if spec.demote == "never" else "display-and-sort",
    )


def _spaced_once(value: str | None, default: T) -> str | T:
    """What stands between names or their parts, where blanks in a row are one."""
    if value is None:
        return default
    return re.sub(" {2,}", " ", value) if "  " in value else value


def _precedes_institution(setting: Setting) -> str:
    said = setting.option("delimiter-precedes-last")
    return said if said in ("always", "never") else "contextual"


def _and_term(setting: Setting, value: str | None) -> str | None:
    if value == "text":
        word = setting.locale.text("and")
    elif value == "symbol":
        word = setting.locale.text("and", "symbol")
    else:
        return None
    return f" {word} " if stands_apart(word) and not word[-1:].isspace() else word


def _et_al(setting: Setting, element: ir.EtAl | None) -> Node | None:
    term = setting.locale.text(element.term if element is not None else "et-al")
    if not term:
        return None
    return Node(element.look if element is not None else PLAIN, [term])
