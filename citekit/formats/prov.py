"""Events of an archive as PROV: activities, the versions they made, and who was behind them.

The form is PROV-JSONLD, which is JSON-LD that any reader of PROV-O takes. Sources: W3C PROV-DM;
https://openprovenance.org/prov-jsonld/ (W3C member submission).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

CONTEXT: Final = "https://openprovenance.org/prov-jsonld/context.jsonld"
NAMESPACE: Final = "urn:citekit:"
_KINDS: Final = {"person": "prov:Person", "organization": "prov:Organization"}

Node = dict[str, Any]


@dataclass(slots=True)
class _Graph:
    """What was said so far; a thing with an id is said once."""

    nodes: dict[str, Node] = field(default_factory=dict)
    relations: list[Node] = field(default_factory=list)
    latest: dict[str, str] = field(default_factory=dict)
    """Path -> id of its last version."""

    def declare(self, kind: str, identifier: str, **facts: Any) -> str:  # noqa: ANN401  # any JSON
        told = {name.replace("_", ":"): value for name, value in facts.items() if value is not None}
        self.nodes.setdefault(identifier, {"@type": kind, "@id": identifier, **told})
        return identifier

    def relate(self, kind: str, **ends: str) -> None:
        self.relations.append({"@type": kind, **ends})


def write_prov(events: Iterable[tuple[str, Mapping[str, Any]]]) -> Node:
    """The document of these events (id, event as in the log), in the order of the log.

    An event without an action or subject is passed over: ``verify`` tells of it.
    """
    graph = _Graph()
    for identifier, event in events:
        if isinstance(event.get("action"), str) and isinstance(event.get("subject"), str):
            _take(graph, f"ck:event/{identifier}", event)
    context = [{"ck": NAMESPACE}, CONTEXT]
    return {"@context": context, "@graph": [*graph.nodes.values(), *graph.relations]}


def _take(graph: _Graph, activity: str, event: Mapping[str, Any]) -> None:
    at = str(event.get("at", ""))
    graph.declare(
        "Activity",
        activity,
        startTime=at,
        endTime=at,
        label=_text(f"{event['action']} {event['subject']}"),
        ck_action=_text(event["action"]),
        ck_source=_text(event.get("source")),
        ck_access=_text(event.get("access")),
        ck_reason=_text(event.get("reason")),
        ck_to=_text(event.get("to")),
        ck_options=_options(event.get("tool")),
    )
    _associate(graph, activity, event)
    subject = event["subject"]
    match event["action"]:
        case "purge":
            for payload in _payloads(event):
                entity = _payload(graph, payload)
                graph.relate("Invalidation", entity=entity, activity=activity, time=at)
        case "remove":
            for path in [p for p in graph.latest if p == subject or p.startswith(f"{subject}/")]:
                entity = graph.latest.pop(path)
                graph.relate("Invalidation", entity=entity, activity=activity, time=at)
        case "rename":
            _rename(graph, activity, subject, str(event.get("to", "")))
        case _:
            _generate(graph, activity, event, at)


def _generate(graph: _Graph, activity: str, event: Mapping[str, Any], at: str) -> None:
    """A new version of a file, after the one before; and the payloads that a capture gave."""
    subject, digest = event["subject"], str(event.get("digest", ""))
    version = f"ck:{_local(subject)}/{digest.partition(':')[2][:16]}"
    graph.declare("Entity", version, label=_text(subject), ck_path=_text(subject),
                  ck_digest=_text(digest))  # fmt: skip
    graph.relate("Generation", entity=version, activity=activity, time=at)
    before = graph.latest.get(subject)
    if before not in (None, version):
        graph.relations.append(
            {"@type": "Derivation", "generatedEntity": version, "usedEntity": before,
             "activity": activity, "type": ["prov:Revision"]}
        )  # fmt: skip
    graph.latest[subject] = version
    for payload in _payloads(event):
        graph.relate("Generation", entity=_payload(graph, payload), activity=activity, time=at)


def _rename(graph: _Graph, activity: str, old: str, new: str) -> None:
    for path in [p for p in graph.latest if p.startswith(f"{old}/")]:
        version = graph.latest.pop(path)
        graph.latest[new + path.removeprefix(old)] = version
        graph.relate("Usage", activity=activity, entity=version)


def _associate(graph: _Graph, activity: str, event: Mapping[str, Any]) -> None:
    """Who was behind it, and the program that acted for them."""
    agent, tool = event.get("agent"), event.get("tool")
    responsible = program = None
    if isinstance(agent, Mapping):
        name, kind = str(agent.get("name")), str(agent.get("kind"))
        responsible = f"ck:agent/{_local(kind)}/{_local(name)}"
        graph.declare("Agent", responsible, type=[_KINDS.get(kind, "prov:SoftwareAgent")],
                      label=_text(name))  # fmt: skip
        graph.relate("Association", activity=activity, agent=responsible)
    if isinstance(tool, Mapping):
        name, version = str(tool.get("name")), str(tool.get("version"))
        program = f"ck:tool/{_local(name)}/{_local(version)}"
        graph.declare("Agent", program, type=["prov:SoftwareAgent"],
                      label=_text(f"{name} {version}"), ck_version=_text(version))  # fmt: skip
        graph.relate("Association", activity=activity, agent=program)
    if responsible and program:
        graph.relate("Delegation", delegate=program, responsible=responsible, activity=activity)


def _payloads(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The payloads that an event names; an entry of a log may say anything."""
    payloads = event.get("payloads")
    if isinstance(payloads, list | tuple):
        yield from (payload for payload in payloads if isinstance(payload, Mapping))


def _payload(graph: _Graph, payload: Mapping[str, Any]) -> str:
    digest = str(payload.get("digest"))
    return graph.declare(
        "Entity",
        f"ck:payload/{digest.partition(':')[2]}",
        label=_text(f"payload {payload.get('role')}"),
        ck_digest=_text(digest),
        ck_role=_text(payload.get("role")),
    )


def _options(tool: object) -> list[Node] | None:
    """The options that the tool was given, one ``name=value`` each; None for none."""
    options = tool.get("options") if isinstance(tool, Mapping) else None
    if not isinstance(options, Mapping):
        return None
    return [{"@value": f"{name}={_plain(options[name])}"} for name in sorted(options)] or None


def _plain(value: object) -> str:
    """A value as in JSON, text without its quotes, a list with commas."""
    if isinstance(value, list | tuple):
        return ",".join(map(_plain, value))
    return value if isinstance(value, str) else json.dumps(value)


def _local(text: str) -> str:
    """The text as a part of an IRI."""
    return quote(re.sub(r"\s+", "-", text), safe="/-._~")


def _text(value: object) -> list[Node] | None:
    return None if value is None else [{"@value": str(value)}]
