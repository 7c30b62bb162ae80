"""``cs:names``: which names, how many of them, in what form, with which particles.

Everything a style says about names is resolved at compile time into a ``NameSpec``; rendering one
person is a pure function of person and spec and is remembered.
Source: CSL 1.0.2 §Names, §Name, §Et-al, §Substitute, §Name-part Order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.scripts import stands_apart
from citekit.csl.output.tree import NamesNode, Node, map_text
from citekit.csl.style.ir import Look
from citekit.csl.values.initials import initials
from citekit.csl.values.markup import parse_markup
from citekit.csl.values.textcase import apply_case
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.values.name_spec import NameSpec
    from citekit.csl.values.persons import Person

    Children = list[Node | str]

_MEMORY = 50_000
_BARE_ENDS = ("’", "'", "ʼ", "-")


# ------------------------------------------------------------------------------- the list of names


def shown_count(total: int, spec: NameSpec, *, subsequent: bool, wanted: int) -> int:
    """How many names are written before et al.; ``wanted`` is what disambiguation asks for."""
    minimum, first = spec.counts(subsequent=subsequent)
    if minimum == 0 or total < minimum:
        return total
    count = max(first, wanted)
    return min(total, count)


def render_people(
    people: tuple[Person, ...],
    spec: NameSpec,
    count: int,
    levels: Sequence[int],
    *,
    language: str = "",
    has_more: bool = False,
) -> NamesNode:
    """The names with delimiters, "and" and et al.; levels say how much of a given name shows.

    ``language`` is that of the item, for capitals: a Turkish i has its dot in Turkish works alone.
    With ``has_more`` there are others whom nobody names.
    """

    def shown_node(place: int, level: int) -> Node:
        inverted = _is_inverted(spec, place)
        return person_node(people[place], spec, inverted=inverted, level=level, language=language)

    nodes = [shown_node(i, levels[i] if levels else 0) for i in range(min(count, len(people)))]
    truncated = has_more or count < len(people)
    if spec.use_last and len(people) - count >= 2 and count and not has_more:
        last = shown_node(len(people) - 1, 0)
        # beside a single name the ellipsis needs no delimiter: so the reference processor
        gap = f"{spec.delimiter}… " if count > 1 or _parts_ellipsis(spec, people) else " … "
        shown = (*people[:count], people[-1])
        return NamesNode(spec.look, [*_listed(nodes, spec), gap, last], [*nodes, last], shown)
    shown = people[:count]
    if truncated:
        children = _listed(nodes, spec)
        if spec.et_al is not None and nodes:
            children += [_before_et_al(spec, len(nodes), shown[-1]), spec.et_al]
        return NamesNode(spec.look, children, nodes, shown)
    if spec.and_term is not None and len(nodes) > 1:
        children = [*_listed(nodes[:-1], spec), _before_last(spec, people), nodes[-1]]
        return NamesNode(spec.look, children, nodes, shown)
    return NamesNode(spec.look, _listed(nodes, spec), nodes, shown)


def _parts_ellipsis(spec: NameSpec, people: Sequence[Person]) -> bool:
    after_inverted = spec.precedes_last == "after-inverted-name"
    return after_inverted and _is_inverted(spec, 0) and not people[0].literal


def _is_inverted(spec: NameSpec, place: int) -> bool:
    return spec.sort_order == "all" or (spec.sort_order == "first" and place == 0)


def _listed(nodes: Sequence[Node], spec: NameSpec) -> Children:
    out: Children = []
    for node in nodes:
        if out:
            out.append(spec.delimiter)
        out.append(node)
    return out


def _before_last(spec: NameSpec, people: Sequence[Person]) -> str:
    """What stands before the last name: the "and", with or without the delimiter.

    An institution in last place does not heed the ``delimiter-precedes-last`` of ``cs:name``, only
    that of the area or style: so does the reference processor, and the specification is silent.
    """
    word = spec.and_term or ""
    if word[:1] != " " and not stands_apart(word):  # 李和王: never delimited but by "always"
        said = spec.precedes_institution if people[-1].literal else spec.precedes_last
        always = said == "always" and len(people) == 2
        return spec.delimiter + word if always else word
    after_inverted = _is_inverted(spec, len(people) - 2) and not people[-2].literal
    precedes = spec.precedes_last
    if people[-1].literal and not (precedes == "after-inverted-name" and after_inverted):
        precedes = spec.precedes_institution
    match precedes:
        case "always":
            delimited = True
        case "never":
            delimited = False
        case "after-inverted-name":
            delimited = after_inverted
        case _:
            delimited = len(people) > 2
    if not delimited:
        return word
    return spec.delimiter.rstrip() + word if word[:1] == " " else spec.delimiter + word


def _before_et_al(spec: NameSpec, shown: int, before: Person) -> str:
    match spec.precedes_et_al:
        case "always":
            delimited = True
        case "never":
            delimited = False
        case "after-inverted-name":
            delimited = _is_inverted(spec, shown - 1) and not before.literal
        case _:
            delimited = shown > 1
    if delimited:
        return spec.delimiter
    touches = spec.et_al is not None and not stands_apart(str(spec.et_al.children[0]))
    return "" if touches else " "


# ------------------------------------------------------------------------------------- one person


def person_node(
    person: Person, spec: NameSpec, *, inverted: bool, level: int, language: str = ""
) -> Node:
    """One name. Level 0 is what the style asks for, 1 adds initials, 2 the whole given name."""
    key = (person, inverted, level, language)
    found = spec.memory.get(key)
    if found is None:
        if len(spec.memory) > _MEMORY:
            spec.memory.clear()
        written = spec if language in ("", spec.lang) else replace(spec, lang=language)
        children = _person_children(person, written, inverted=inverted, level=level)
        found = Node(spec.institution if person.literal else spec.person, children)
        spec.memory[key] = found
    return found


def _person_children(person: Person, spec: NameSpec, *, inverted: bool, level: int) -> Children:
    if person.literal:
        return _part(person.literal, spec.family, spec) if spec.has_parts else _rich(person.literal)
    if person.is_foreign:
        return _foreign(person, spec, level)
    if not person.family:
        return _part(person.given, spec.given, spec)
    if person.static:
        return _static(person, spec, level)
    if spec.form == "short" and level == 0:
        return _short(person, spec, inverted=inverted)
    given = given_text(person, spec, level)
    if inverted:
        return _inverted(person, spec, given)
    return _displayed(person, spec, given, " " if level == 2 else spec.initials_space)


def given_text(person: Person, spec: NameSpec, level: int) -> str:
    """The given name, shortened to initials where the style or the level says so."""
    mark = spec.initialize_with
    if mark is None and spec.form == "short" and level == 1:
        mark = ""
    if mark is None or level == 2:
        return person.given
    return initials(person.given, mark, shorten=spec.initialize, hyphen=spec.hyphen)


def _foreign(person: Person, spec: NameSpec, level: int) -> Children:
    """Names in scripts that put the family name first and no space between."""
    family = _part(person.family, spec.family, spec)
    if spec.form == "short" and level == 0:
        return family
    return [*family, *_part(person.given, spec.given, spec)]


def _static(person: Person, spec: NameSpec, level: int) -> Children:
    """Particle Family Given, always in this order and with spaces, as in Japanese."""
    short = spec.form == "short" and level == 0
    given = "" if short else given_text(person, spec, level)
    family = _part(person.family, spec.family, spec)
    if person.particle:
        family = [*_part(person.particle, spec.family, spec), spec.particle_space, *family]
    return _spaced([family, _part(given, spec.given, spec)])


def _short(person: Person, spec: NameSpec, *, inverted: bool) -> Children:
    """The family name alone; a demoted particle follows it where the order is inverted."""
    demoted = inverted and spec.demote == "display-and-sort"
    family = _wrapped(_family(person, spec, demoted=demoted), spec.family)
    if demoted and person.particle:
        return [*family, spec.separator, *_part(person.particle, spec.family, spec)]
    return family


def _displayed(person: Person, spec: NameSpec, given: str, space: str) -> Children:
    """Given dropping non-dropping Family Suffix, with this space before the family name."""
    family = _glued(
        _part(person.dropping, spec.given, spec),
        person.dropping,
        _family(person, spec, demoted=False),
        spec.particle_space,
    )
    if person.suffix:
        joint = ", " if person.comma_suffix else " "
        family = [*family, joint, *_suffix(person, spec)]
    family = _wrapped(family, spec.family)
    shown = _wrapped(_part(given, spec.given, spec), spec.given)
    if spec.given.suffix.endswith("\u00a0"):  # it is the space between them
        return [*shown, *family]
    return [*shown, space, *family] if shown else family


def _inverted(person: Person, spec: NameSpec, given: str) -> Children:
    """Family, Given dropping [non-dropping], Suffix."""
    demoted = spec.demote == "display-and-sort"
    family = _wrapped(_family(person, spec, demoted=demoted), spec.family)
    after = [_part(given, spec.given, spec), _part(person.dropping, spec.given, spec)]
    if demoted:
        after.append(_part(person.particle, spec.family, spec))
    tail = _wrapped(_spaced(after), spec.given)
    out = list(family)
    if tail:
        out += [spec.separator, *tail]
    if person.suffix:
        out += [spec.separator, *_suffix(person, spec)]
    return out


def _suffix(person: Person, spec: NameSpec) -> Children:
    """``Jr.``: like the initials it loses its full stop where they have none."""
    if spec.initialize_with is None:
        return _rich(person.suffix)
    return _rich(initials(person.suffix, spec.initialize_with, shorten=False, hyphen=True))


def _family(person: Person, spec: NameSpec, *, demoted: bool) -> Children:
    family = _part(person.family, spec.family, spec)
    if demoted or not person.particle:
        return family
    particle = _part(person.particle, spec.family, spec)
    if spec.sorting:  # where no line ends between them, they are sorted as one word
        return [*particle, *([] if spec.particle_space == "\u00a0" else [" "]), *family]
    return _glued(particle, person.particle, family, spec.particle_space)


def _glued(particle: Children, text: str, family: Children, space: str) -> Children:
    """A particle before a family name: ``d’`` and ``al-`` touch it, words keep a space."""
    if not particle:
        return family
    return [*particle, *family] if text.endswith(_BARE_ENDS) else [*particle, space, *family]


def _spaced(parts: Sequence[Children]) -> Children:
    out: Children = []
    for part in parts:
        if part:
            if out:
                out.append(" ")
            out += part
    return out


def _wrapped(children: Children, look: Look) -> Children:
    """The affixes of a name part around everything that belongs to it."""
    if not children or not (look.prefix or look.suffix):
        return children
    return [Node(Look(prefix=look.prefix, suffix=look.suffix), children)]


def _part(text: str, look: Look, spec: NameSpec) -> Children:
    """One name part in its letter case and font."""
    if not text:
        return []
    children = _rich(text)
    if not spec.has_parts:
        return children
    if look.text_case:
        children = list(apply_case(children, look.text_case, spec.lang))
    return [Node(Look(font=look.font), children)] if look.font else children


def _rich(text: str) -> Children:
    children = list(parse_markup(text))
    if "'" in text or '"' in text:  # what did not pair in a name is an apostrophe
        children = [
            c.replace("'", "’")
            if isinstance(c, str)
            else map_text(c, lambda t: t.replace("'", "’"))
            for c in children
        ]
    return children
