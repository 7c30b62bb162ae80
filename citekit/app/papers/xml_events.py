"""XML of strangers, element by element: nothing is expanded, built or kept.

A DOCTYPE is refused, and so entities are; depth is bounded; memory is what the caller keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from citekit.errors import InvalidData, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_DEPTH: Final = 1_000


class XmlEvents:
    """To be told of each element; ``line`` is where the parser is, from 1."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(None, " ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.said
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._depth = 0

    @property
    def line(self) -> int:
        """The line that is being read."""
        return self._parser.CurrentLineNumber

    def read(self, data: bytes) -> None:
        """Read all of it; raises InvalidData for what is not well-formed, or has a DOCTYPE."""
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            place = Place(line=error.lineno, column=error.offset + 1)
            message = f"not well-formed XML: {expat.ErrorString(error.code)}"
            raise InvalidData(message, place=place) from error
        except (LookupError, ValueError) as error:  # an encoding nobody knows
            raise InvalidData(f"not readable as XML: {error}") from error

    def began(self, kind: str, attributes: Mapping[str, str]) -> None:
        """An element begins; its name, and those of the attributes, are without namespaces."""

    def ended(self, kind: str) -> None:
        """An element ends."""

    def said(self, text: str) -> None:
        """Text inside an element."""

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise InvalidData("nested too deeply", place=Place(line=self.line))
        self.began(_local(name), {_local(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.ended(_local(name))

    def _refuse(self, *_: object) -> None:
        raise InvalidData("a DOCTYPE is not allowed here", place=Place(line=self.line))


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
