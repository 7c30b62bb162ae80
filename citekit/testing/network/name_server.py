"""A name server that speaks DNS over UDP, with records that change from one question to the next.

Source: RFC 1035 §4 (messages), RFC 3596 (AAAA).
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TYPES: Final = {"A": 1, "CNAME": 5, "AAAA": 28}
_NO_SUCH_NAME: Final = 3
_MOST_ALIASES: Final = 8


class NameServer:
    """Answers for some names on loopback, port 53; ``asked`` has each question in its order.

    A name has rounds of records, such as ``[["A 9.9.9.9"], ["A 127.0.0.1"]]``: the first time it
    is asked for a type it answers from the first round, then from the next; the last one stays.
    """

    def __init__(self, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._names = names
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            question, client = self._socket.recvfrom(4096)
            self._socket.sendto(self._answer(question), client)

    def _answer(self, message: bytes) -> bytes:
        name, kind, end = _read_question(message)
        records = list(self._records(name, kind))
        self.asked.append(f"{kind} {name}")
        code = 0 if name in self._names else _NO_SUCH_NAME
        head = message[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        return head + message[12:end] + b"".join(_write_record(*record) for record in records)

    def _records(self, name: str, kind: str) -> Iterator[tuple[str, str, str]]:
        """Owner, type and value of each record: what aliases lead to as well."""
        round_ = self.asked.count(f"{kind} {name}")
        for _ in range(_MOST_ALIASES):
            rounds = self._names.get(name, [[]])
            found = [record.split() for record in rounds[min(round_, len(rounds) - 1)]]
            yield from ((name, type_, value) for type_, value in found if type_ in (kind, "CNAME"))
            aliases = [value for type_, value in found if type_ == "CNAME"]
            if not aliases:
                return
            name = aliases[0]


def _read_question(message: bytes) -> tuple[str, str, int]:
    """Name and type of the one question, and where it ends."""
    labels, at = [], 12
    while size := message[at]:
        labels.append(message[at + 1 : at + 1 + size].decode("ascii"))
        at += 1 + size
    (kind,) = struct.unpack_from("!H", message, at + 1)
    known = {number: name for name, number in _TYPES.items()}
    return ".".join(labels).lower(), known.get(kind, str(kind)), at + 5


def _write_record(name: str, kind: str, value: str) -> bytes:
    """A record that nobody may keep: its time to live is 0."""
    data = _write_name(value) if kind == "CNAME" else ipaddress.ip_address(value).packed
    return _write_name(name) + struct.pack("!HHIH", _TYPES[kind], 1, 0, len(data)) + data


def _write_name(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
