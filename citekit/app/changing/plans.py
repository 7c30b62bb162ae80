"""What a change would do, for ``--dry-run``: looked up, and nothing is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.changing.edit import refuse_sources
from citekit.app.changing.fields import with_fields
from citekit.app.changing.redaction import find_excess
from citekit.app.sealing.plan import is_sealed
from citekit.findings import Finding
from citekit.model.item import Access
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.store.archive import ArchiveStore


class SetPlan(Value):
    """What setting fields would change of an item: variables, and its access (None: as it is).

    ``findings`` tell what would be taken out of its records.
    """

    key: str
    variables: tuple[str, ...]
    access: Access | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether anything would be another."""
        return bool(self.variables or self.access)

    def told(self) -> str:
        """The same in a line."""
        parts = [*self.variables, *([f"access {self.access}"] if self.access else [])]
        return ", ".join(parts) or "as it is"

    def to_json(self) -> dict[str, Any]:
        """The part of the ``--json`` document about it."""
        return {"key": self.key, "variables": list(self.variables), "access": self.access}


class RemovePlan(Value):
    """What removing an item would take away, in numbers; one that is sealed is withdrawn."""

    key: str
    title: str
    captures: int
    annotations: int
    is_withdrawn: bool

    def told(self) -> str:
        """The same in a line."""
        if self.is_withdrawn:
            return f"{self.key} ({self.title}) is sealed: its files stay, and it is withdrawn"
        captures, annotations = (
            f"{number} {what}{'' if number == 1 else 's'}"
            for number, what in ((self.captures, "capture"), (self.annotations, "annotation"))
        )
        return f"{self.key} ({self.title}), with {captures} and {annotations}"

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        numbers = {"captures": self.captures, "annotations": self.annotations}
        return {"key": self.key, **numbers, "withdrawn": self.is_withdrawn}


def plan_set(
    store: ArchiveStore, key: str, fields: Mapping[str, Any], access: Access | None = None
) -> SetPlan:
    """What ``set_fields`` would change; raises NotFound or InvalidData."""
    item = store.item(store.resolve(key))
    new = with_fields(item, fields)
    changed = tuple(name for name in fields if new.data.get(name) != item.data.get(name))
    to = access if access != item.facts.access else None
    is_less = access == "restricted" and item.facts.access != "restricted"
    findings = find_excess(store, item.key) if is_less else ()
    return SetPlan(key=item.key, variables=changed, access=to, findings=findings)


def plan_remove(store: ArchiveStore, key: str) -> RemovePlan:
    """What ``remove`` would take away.

    Raises NotFound, or StoreConflict while claims rest on the item.
    """
    key = store.resolve(key)
    refuse_sources(store, key)
    return RemovePlan(
        key=key,
        title=store.item(key).title,
        captures=len(store.stamps(key)),
        annotations=len(store.annotations(key)),
        is_withdrawn=is_sealed(store, key),
    )
