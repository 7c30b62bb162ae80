"""The table of what ``verify`` can find, and findings made from it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from citekit.errors import Place
from citekit.findings import Finding, FindingClass, Severity
from citekit.model.value import Value


class Rule(Value):
    """One kind of finding: what it is called, where its rule stands, what to do."""

    kind: FindingClass
    severity: Severity
    rule: str
    hint: str


@cache
def rules() -> dict[str, Rule]:
    """All rules by code (rules.toml)."""
    text = (files("citekit.app.verifying") / "rules.toml").read_text(encoding="utf-8")
    return {
        code: Rule(
            kind=FindingClass(entry["class"]),
            severity=Severity(entry.get("severity", "error")),
            rule=entry["rule"],
            hint=entry.get("hint", ""),
        )
        for code, entry in tomllib.loads(text).items()
    }


def found(code: str, place: Place | str, message: str) -> Finding:
    """The finding with this code at a place."""
    rule = rules()[code]
    return Finding(
        code=code,
        message=message,
        severity=rule.severity,
        kind=rule.kind,
        place=Place(path=place) if isinstance(place, str) else place,
        rule=rule.rule,
        hint=rule.hint,
    )
