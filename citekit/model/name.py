"""One name of a CSL item: a person in parts, or an institution as a literal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from citekit.model.records.json_text import Json

_KEYS = {
    "family": "family",
    "given": "given",
    "suffix": "suffix",
    "literal": "literal",
    "dropping_particle": "dropping-particle",
    "non_dropping_particle": "non-dropping-particle",
}


class Name(Value):
    """A person (family, given …) or an institution (literal). Source: CSL-JSON schema, names."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""
    dropping_particle: str = ""
    non_dropping_particle: str = ""
    extra: Mapping[str, Any] = NOTHING

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Read one name; raises ValueError when the value is no name."""
        if not isinstance(data, Mapping):
            raise ValueError(f"is not a name: {data!r}")  # noqa: TRY004  # one kind for the caller
        texts: dict[str, str] = {}
        for attribute, key in _KEYS.items():
            value = data.get(key, "")
            if not isinstance(value, str | int | float):
                raise ValueError(f'"{key}" of a name is not text: {value!r}')  # noqa: TRY004
            texts[attribute] = str(value)
        extra = {key: value for key, value in data.items() if key not in _KEYS.values()}
        return cls(**texts, extra=extra)

    def to_json(self) -> dict[str, Any]:
        """The CSL-JSON object; empty parts are left out, unknown keys come last."""
        known = {key: getattr(self, attribute) for attribute, key in _KEYS.items()}
        return {**{key: value for key, value in known.items() if value}, **self.extra}

    @property
    def is_institution(self) -> bool:
        """Whether the name is to be printed as it stands."""
        return bool(self.literal)

    def __str__(self) -> str:
        """The name in reading order: ``Jens Stoltenberg``."""
        parts = (
            self.given,
            self.dropping_particle,
            self.non_dropping_particle,
            self.family,
            self.suffix,
        )
        return self.literal or " ".join(part for part in parts if part)
