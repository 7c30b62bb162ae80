"""Events of an archive as PROV: activities, the versions they made, and who was behind them.

The form is PROV-JSONLD, which is JSON-LD that any reader of PROV-O takes. Sources: W3C PROV-DM;
https://openprovenance.org/prov-jsonld/ (W3C member submission).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from citekit.formats.prov.agents import associate
from citekit.formats.prov.graph import NAMESPACE, Graph, Node, local, text
from citekit.formats.prov.seals import Seal, take_seals

CONTEXT: Final = "https://openprovenance.org/prov-jsonld/context.jsonld"


def write_prov(events: Iterable[tuple[str, Mapping[str, Any]]], seals: Iterable[Seal] = ()) -> Node:
    """The document of these events (id, event as in the log), in the order of the log.

    The id of a sealed event is its number. ``seals`` come oldest first; one that sealed none of
    the events is left out. An event without an action or subject is passed over: ``verify`` tells
    of it.
    """
    graph = Graph()
    for identifier, event in events:
        if isinstance(event.get("action"), str) and isinstance(event.get("subject"), str):
            graph.made[identifier] = None
            _take(graph, identifier, event)
    take_seals(graph, seals)
    context = [{"ck": NAMESPACE}, CONTEXT]
    return {"@context": context, "@graph": [*graph.nodes.values(), *graph.relations]}


def _take(graph: Graph, identifier: str, event: Mapping[str, Any]) -> None:
    activity = f"ck:event/{identifier}"
    at = str(event.get("at", ""))
    graph.declare(
        "Activity",
        activity,
        startTime=at,
        endTime=at,
        label=text(f"{event['action']} {event['subject']}"),
        ck_action=text(event["action"]),
        ck_source=text(event.get("source")),
        ck_access=text(event.get("access")),
        ck_reason=text(event.get("reason")),
        ck_to=text(event.get("to")),
        ck_options=_options(event.get("tool")),
    )
    associate(graph, activity, event)
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
            graph.made[identifier] = _generate(graph, activity, event, at)


def _generate(graph: Graph, activity: str, event: Mapping[str, Any], at: str) -> str:
    """A new version of a file, after the one before; and the payloads that a capture gave."""
    subject, digest = event["subject"], str(event.get("digest", ""))
    version = f"ck:{local(subject)}/{digest.partition(':')[2][:16]}"
    graph.declare("Entity", version, label=text(subject), ck_path=text(subject),
                  ck_digest=text(digest))  # fmt: skip
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
    return version


def _rename(graph: Graph, activity: str, old: str, new: str) -> None:
    for path in [p for p in graph.latest if p.startswith(f"{old}/")]:
        version = graph.latest.pop(path)
        graph.latest[new + path.removeprefix(old)] = version
        graph.relate("Usage", activity=activity, entity=version)


def _payloads(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The payloads that an event names; an entry of a log may say anything."""
    payloads = event.get("payloads")
    if isinstance(payloads, list | tuple):
        yield from (payload for payload in payloads if isinstance(payload, Mapping))


def _payload(graph: Graph, payload: Mapping[str, Any]) -> str:
    digest = str(payload.get("digest"))
    return graph.declare(
        "Entity",
        f"ck:payload/{digest.partition(':')[2]}",
        label=text(f"payload {payload.get('role')}"),
        ck_digest=text(digest),
        ck_role=text(payload.get("role")),
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
