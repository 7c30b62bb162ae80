"""How the names of one ``cs:names`` look, with everything resolved that a style says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.style.ir import PLAIN, Definition, Look

if TYPE_CHECKING:
    from citekit.csl.output.tree import Node
    from citekit.csl.values.persons import Person


class NameSpec(Definition):
    """The options of ``cs:name``, ``cs:et-al`` and ``cs:name-part``, inherited ones included."""

    form: str
    """``long``, ``short`` or ``count``."""
    delimiter: str
    and_term: str | None
    precedes_last: str
    precedes_institution: str
    precedes_et_al: str
    et_al_min: int
    et_al_first: int
    subsequent_min: int
    subsequent_first: int
    use_last: bool
    et_al: Node | None
    initialize: bool
    initialize_with: str | None
    hyphen: bool
    sort_order: str | None
    separator: str
    demote: str
    lang: str
    """The language of the locale, for the letter case of who has no language of their own."""
    particle_space: str
    initials_space: str
    """Between given and family name; where initials are kept together, so is the name."""
    memory: dict[tuple[Person, bool, int, str], Node]
    """The names that were written already."""
    sorting: bool = False
    """Whether these names are a sort key."""
    look: Look = PLAIN
    person: Look = PLAIN
    """How each person looks, and what stands around them."""
    institution: Look = PLAIN
    """How each institution looks: like a person, without affixes."""
    family: Look = PLAIN
    given: Look = PLAIN
    has_parts: bool = False
    has_case: bool = False
    """Whether a part of names is set in another letter case."""

    def counts(self, *, subsequent: bool) -> tuple[int, int]:
        """``et-al-min`` and ``et-al-use-first`` for a first or a later cite."""
        if subsequent:
            return self.subsequent_min, self.subsequent_first
        return self.et_al_min, self.et_al_first
