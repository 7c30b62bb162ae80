"""What a check says at its end: one line for people, a document for scripts, an exit code."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.rules import found
from citekit.app.verifying.verify import Report, verify
from citekit.integrity.sign import new_signer_key
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOT_AGAIN = "not hashed again, unchanged since the full check of 2026-11-22T12:00:00Z"
EXTRA, WITHHELD = found("CK-E101", "x.txt", "extra"), found("CK-I303", "y", "withheld")
UNSEALED, EXCESS = found("CK-I604", "z", "waits"), found("CK-E501", "a", "too long")
UNREAD, LIKE = found("CK-E201", "b", "no JSON"), found("CK-W404", "c", "says otherwise")


def _report(**fields: Any) -> Report:  # noqa: ANN401
    return Report(**{"items": 2, "sealed": 7, "findings": (), **fields})


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (_report(), "2 items: nothing wrong; 7 sealed"),
        (_report(items=1, sealed=0), "1 item: nothing wrong; 0 sealed: nothing proven yet"),
        (_report(items=0, is_partial=True),
         "0 items: only these were looked at, nothing wrong; 7 sealed"),
        (_report(findings=(WITHHELD, EXTRA, WITHHELD)),
         "2 items: 1 extra, 2 not on this computer (as intended); 7 sealed"),
        (_report(since=NOON, not_hashed=1),
         f"2 items: nothing wrong; 7 sealed; incremental: 1 payload {NOT_AGAIN}"),
        (_report(since=NOON, not_hashed=2),
         f"2 items: nothing wrong; 7 sealed; incremental: 2 payloads {NOT_AGAIN}"),
        (_report(remembers=True),
         "2 items: nothing wrong; 7 sealed; this was a full check, and is remembered"),
        (_report(remembers=False),
         "2 items: nothing wrong; 7 sealed; this was a full check, and cannot be remembered here"),
    ],
)  # fmt: skip
def test_people_are_told_in_one_line(report: Report, line: str) -> None:
    """How much was looked at, what was found, how much is sealed, what kind of check it was."""
    assert report.summary() == line


def test_scripts_are_told_in_a_document() -> None:
    """Every field has its name, whatever kind of check it was."""
    full = _report(findings=(EXTRA, LIKE))
    assert full.to_json() == {
        "ok": False, "sealed": 7, "items": 2, "findings": [EXTRA.to_json(), LIKE.to_json()],
        "incremental": False, "last_full_check": None, "not_hashed": 0,
    }  # fmt: skip
    assert _report(since=NOON, not_hashed=3).to_json() == {
        "ok": True, "sealed": 7, "items": 2, "findings": [], "incremental": True,
        "last_full_check": "2026-11-22T12:00:00Z", "not_hashed": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "code", "strict"),
    [
        ({}, 0, 0),
        ({"sealed": 0}, 0, 1),
        ({"sealed": 1}, 0, 0),
        ({"findings": (UNSEALED,)}, 0, 1),
        ({"findings": (WITHHELD, LIKE)}, 0, 0),
        ({"findings": (EXCESS,)}, 1, 1),
        ({"findings": (EXCESS, UNREAD)}, 4, 4),
        ({"findings": (EXCESS, UNREAD, EXTRA)}, 6, 6),
    ],
)
def test_the_worst_that_was_found_decides(fields: dict[str, Any], code: int, strict: int) -> None:
    """Tampered, missing or extra before unreadable before excess; strict asks for seals, too."""
    report = _report(**fields)
    assert (report.exit_code(), report.exit_code(strict=True)) == (code, strict)
    assert report.ok == (code == 0)


def test_a_check_says_what_it_was(tmp_path: Path) -> None:
    """Full or of some items, remembered or not; and it leaves Python's collector as it was."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        add_item(writer, build_item("one2026", access="public"), build_capture(text="One."))
        add_item(writer, build_item("two2026", access="public"), build_capture(text="Two."))
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    plain = verify(store)
    assert (plain.items, plain.sealed, plain.is_partial, plain.remembers) == (2, 0, False, None)
    some = verify(store, ["two2026", "two2026"])
    assert (some.items, some.is_partial, some.remembers, some.since) == (1, True, None, None)
    first = verify(store, only_changed=True, now=later)
    assert (first.remembers, first.since, first.not_hashed) == (True, None, 0)
    second = verify(store, only_changed=True, now=later)
    assert (second.remembers, second.since, second.not_hashed) == (None, later, 2)
    key = new_signer_key("citekit.invalid/report", b"k" * 32).verifier
    codes = {finding.code for finding in verify(store, outside=Outside(keys=(key,))).findings}
    assert "CK-E613" in codes, "who knows a key expects a seal"
    for enable in (gc.disable, gc.enable):
        enable()
        was_enabled = gc.isenabled()
        verify(store)
        assert gc.isenabled() == was_enabled
