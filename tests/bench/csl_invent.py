"""Items and citations invented at random from ``csl_values.yaml``: the same ones for the same seed.

Every CSL 1.0.2 type comes twice, once with most of its variables filled and once with few, so that
each variable is met present and absent beside every other. The citations hold every item alone,
then clusters with locators of every label, affixes, suppressed authors and repeats.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml

VALUES = Path(__file__).with_name("csl_values.yaml")
_NOT_VARIABLES = frozenset(
    """types people recurring name_variables dates date_variables labels locators prefixes
    suffixes""".split()  # noqa: SIM905  # a list of words reads better
)
_USUAL = ("title", "author", "issued", "container-title", "publisher", "page", "volume", "URL")
_RICH, _POOR = 0.8, 0.2
_CLUSTERS = 45

Item = dict[str, Any]
Cite = dict[str, Any]


class Inventor:
    """Chooses values; all that it does depends on the seed alone."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  # no secret
        self._values: dict[str, Any] = yaml.safe_load(VALUES.read_text(encoding="utf-8"))
        self._texts = [key for key in self._values if key not in _NOT_VARIABLES]

    def items(self) -> list[Item]:
        """A rich and a poor item of every type."""
        types: list[str] = self._values["types"]
        return [
            self._item(f"{kind}-{name}", kind, share)
            for kind in types
            for name, share in (("rich", _RICH), ("poor", _POOR))
        ]

    def clusters(self, ids: list[str]) -> list[list[Cite]]:
        """Every item alone, then clusters of what was cited already."""
        out: list[list[Cite]] = [[{"id": item_id}] for item_id in ids]
        recent = list(ids)
        for _ in range(_CLUSTERS):
            size = self._random.choice((1, 1, 1, 2, 3, 4))
            pool = recent[-6:] if self._random.random() < 0.4 else ids
            chosen = self._random.sample(pool, size)
            out.append([self._cite(item_id) for item_id in chosen])
            recent += chosen
            if size == 1 and self._random.random() < 0.4:
                out.append([self._cite(chosen[0])])
        return out

    # ---- one item

    def _item(self, item_id: str, kind: str, share: float) -> Item:
        item: Item = {"id": item_id, "type": kind}
        for variable in self._texts:
            if self._fills(variable, share):
                item[variable] = self._one_of(variable)
        for variable in self._values["date_variables"]:
            if self._fills(variable, share):
                item[variable] = self._one_of("dates")
        for variable in self._values["name_variables"]:
            if self._fills(variable, share):
                item[variable] = self._people(variable)
        return item

    def _fills(self, variable: str, share: float) -> bool:
        usual = variable in _USUAL
        rare = variable in ("year-suffix", "language", "jurisdiction")
        return self._random.random() < (share / 4 if rare else (share + 1) / 2 if usual else share)

    def _people(self, variable: str) -> list[Item]:
        if variable == "author" and self._random.random() < 0.4:
            return list(self._one_of("recurring"))
        count = self._random.choice((1, 1, 1, 2, 2, 3, 4, 5, 8, 12))
        return self._random.sample(self._values["people"], count)

    def _one_of(self, name: str) -> Any:  # whatever the file holds
        return self._random.choice(self._values[name])

    # ---- one cite

    def _cite(self, item_id: str) -> Cite:
        cite: Cite = {"id": item_id}
        if self._random.random() < 0.5:
            cite |= {"locator": self._one_of("locators"), "label": self._one_of("labels")}
        if self._random.random() < 0.15:
            cite["prefix"] = self._one_of("prefixes")
        if self._random.random() < 0.15:
            cite["suffix"] = self._one_of("suffixes")
        if self._random.random() < 0.08:
            cite["suppress-author"] = True
        return cite
