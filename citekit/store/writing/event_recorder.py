"""Events of changes that citekit itself makes: written down right after each change.

The order matters: first the change is committed, then its event is appended. A stop between the
two loses who and when, never the change: the next seal finds the file and logs it as *found*.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import CitekitError, NotFound
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.model.capture import ROLES, Capture, Tool
from citekit.model.event import SINCE, Agent, Event, LoggedPayload
from citekit.model.item import Item
from citekit.model.records.codec import decode_text, to_json
from citekit.store import files
from citekit.store.clock import now
from citekit.store.log.folder import LogFolder
from citekit.store.log.own_events import OwnEvents
from citekit.store.log.record_kinds import action_of
from citekit.store.private.ledger import note_purged
from citekit.store.private.recording import note_changed, note_removed
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from citekit.model.item import ItemFacts
    from citekit.store.layout import Layout
    from citekit.store.reading import ArchiveReader
    from citekit.store.settings import Settings
    from citekit.store.writing.arrivals import Arriving

_log = logging.getLogger(__name__)


ABOUT_ITEMS: Final = frozenset(["item", "access", "withdraw", "readmit"])
"""Actions whose file is the record of an item."""


class Recorder:
    """Notes changes in ``log/pending.jsonl``; ``has_recorded`` tells whether there were any.

    What is private is noted in the ledger instead, where nobody else reads it.
    """

    def __init__(
        self,
        store: ArchiveReader,
        noted: set[bytes],
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._store = store
        self._noted = noted
        self._options = options
        self._layout = store.layout
        self.has_recorded = False

    def changed(self, *paths: Path, action: str | None = None) -> None:
        """Note the state that these files have now; one that is gone was removed.

        ``action`` says what was done to an item's record, where it is more than an edit.
        """
        private = [path for path in paths if self._layout.lies_in_private(path)]
        if private:
            note_changed(self._layout, private)
        if len(private) < len(paths):
            others = (path for path in paths if path not in private)
            self._note(*(self._file_event(path, action) for path in others))

    def came_in(self, arrived: Iterable[Arriving]) -> None:
        """Note items that have just come in, with all their files, in one step."""
        private: list[Path] = []
        events: list[Event | None] = []
        for one in arrived:
            options = self._options if one.arrival.options is None else one.arrival.options
            for path, data in one.files().items():
                if self._layout.lies_in_private(path):
                    private.append(path)
                else:
                    events.append(self._state_event(path, data, options=options))
        if private:
            note_changed(self._layout, private)
        if events:
            self._note(*events)

    def renamed(self, old: Path, new: Path) -> None:
        """Note that an item's folder has another name, and its item.json another id."""
        if self._layout.lies_in_private(new):
            note_changed(self._layout, [old, new])
            return
        event = self._event("rename", self._layout.name(old), to=self._layout.name(new))
        self._note(event, self._file_event(new / "item.json", None))

    def removed(self, path: Path) -> None:
        """Note that a file, or an item's folder, is about to be removed.

        Raises where it cannot be noted: what is sealed and goes unsaid would be missing.
        """
        if self._layout.lies_in_private(path):
            note_removed(self._layout, path)
            return
        self._append([encode_event(self._event("remove", self._layout.name(path)))])
        self.has_recorded = True

    def purged(self, folder: Path, payloads: tuple[LoggedPayload, ...], reason: str | None) -> None:
        """Note that payloads of an item are about to be removed for good.

        Raises where it cannot be noted: bytes go only after the log says so.
        """
        self._note_first("purge", folder, payloads, reason)

    def erased(self, folder: Path, payloads: tuple[LoggedPayload, ...], reason: str | None) -> None:
        """Note that an item is about to be erased, records and all; raises as ``purged`` does."""
        self._note_first("erase", folder, payloads, reason)

    def _note_first(
        self, action: str, folder: Path, payloads: tuple[LoggedPayload, ...], reason: str | None
    ) -> None:
        if self._layout.lies_in_private(folder):
            note_purged(self._layout, [payload.digest for payload in payloads])
            if action == "erase":
                note_removed(self._layout, folder)
            return
        event = self._event(action, self._layout.name(folder), payloads=payloads, reason=reason)
        self._append([encode_event(event)])
        self.has_recorded = True

    def _note(self, *events: Event | None) -> None:
        self.has_recorded = True
        # The change is done, and telling that it failed would be wrong: the next seal finds it.
        entries = []
        for event in filter(None, events):
            with _found_later():
                entries.append(encode_event(event))
        with _found_later():
            self._append(entries)

    def _append(self, entries: list[bytes]) -> None:
        note_events(self._layout, self._noted, entries)

    def _file_event(self, path: Path, action: str | None) -> Event | None:
        name = self._layout.name(path)
        if action is None and action_of(name) is None:
            return None
        try:
            data = files.read_bytes(path)
        except NotFound:
            return self._event("remove", name)
        return self._state_event(path, data, action)

    def _state_event(
        self,
        path: Path,
        data: bytes,
        action: str | None = None,
        *,
        options: Mapping[str, Any] | None = None,
    ) -> Event | None:
        """That a file has these bytes now; None for one that the log does not account for."""
        name = self._layout.name(path)
        action = action or action_of(name)
        if action is None:
            return None
        return self._event(action, name, options=options, **about_file(action, data))

    def _event(
        self,
        action: str,
        subject: str,
        *,
        options: Mapping[str, Any] | None = None,
        **more: Any,  # noqa: ANN401  # fields of Event
    ) -> Event:
        agent = agent_of(self._store.settings)
        tool = this_tool(self._options if options is None else options)
        return make_event(action, subject, agent=agent, at=now(), tool=tool, **more)


@contextmanager
def _found_later() -> Iterator[None]:
    """Let an event go that cannot be noted: its change is done."""
    try:
        yield
    except CitekitError as error:
        _log.warning("an event was not noted, the next seal will find it: %s", error)


def note_events(layout: Layout, noted: set[bytes], entries: list[bytes]) -> None:
    """Have events wait that this process has made, known to it and marked as this computer's own.

    The marks come first: a mark without its event is nothing, an event without its mark nobody's.
    """
    if not entries:
        return
    log = LogFolder(layout)
    noted.update(map(leaf_hash, entries))
    OwnEvents(layout).mark(entries, origin=log.origin())
    log.append(entries)


def make_event(
    action: str,
    subject: str,
    *,
    agent: Agent,
    at: datetime,
    tool: Tool | None = None,
    **more: Any,  # noqa: ANN401  # fields of Event
) -> Event:
    """An event of this citekit; ``action`` is one of ``citekit.model.event.Action``."""
    tool = tool or this_tool()
    more = {"v": SINCE.get(action, 1), **more}
    return Event(action=action, subject=subject, at=at, agent=agent, tool=tool, **more)  # type: ignore[arg-type]  # action_of gives an Action


def about_file(action: str, data: bytes) -> dict[str, Any]:
    """The digest of a file's bytes; of an item its access, of a capture record its payloads.

    Raises InvalidData for a capture record that is none.
    """
    about: dict[str, Any] = {"digest": digest_bytes(data)}
    if action in ABOUT_ITEMS:
        facts = facts_in(data)
        about["access"] = facts.access if facts else None
    if action == "capture":
        capture = decode_text(Capture, data.decode("utf-8", "surrogateescape"))
        about["payloads"] = logged_payloads(capture)
    return about


def facts_in(data: bytes) -> ItemFacts | None:
    """What an item's record says of itself; None where it is no record of an item."""
    with suppress(CitekitError):
        return Item.from_text(data.decode("utf-8", "surrogateescape")).facts
    return None


def logged_payloads(capture: Capture) -> tuple[LoggedPayload, ...]:
    """What the log says of a capture's payloads, in the order of their roles."""
    order = {role: number for number, role in enumerate(ROLES)}
    roles = sorted(capture.payloads, key=lambda role: (order.get(role, len(order)), role))  # type: ignore[call-overload]  # foreign roles come last
    return tuple(
        LoggedPayload(
            role=role,
            digest=capture.payloads[role].digest,
            size_bytes=capture.payloads[role].size_bytes,
        )
        for role in roles
    )


def encode_event(event: Event) -> bytes:
    """The entry of the log that says this event; raises InvalidData when it does not fit."""
    return encode_leaf(to_json(event))


def this_tool(
    options: Mapping[str, Any] | None = None, libraries: Mapping[str, str] | None = None
) -> Tool:
    """This citekit, and which options of the step were given (those that are None were not)."""
    given = {name: value for name, value in (options or {}).items() if value is not None}
    return Tool(name="citekit", version=__version__, options=given, libraries=libraries or {})


def agent_of(settings: Settings) -> Agent:
    """Who makes changes: ``CITEKIT_AGENT``, else ``[log] agent`` of the archive, else citekit."""
    name = os.environ.get("CITEKIT_AGENT") or settings.agent
    return Agent(name=name) if name else Agent(name="citekit", kind="software")
