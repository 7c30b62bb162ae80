"""Who was behind a step: the person or organisation, and the program that acted for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citekit.formats.prov.graph import Graph, local, text

_KINDS: Final = {"person": "prov:Person", "organization": "prov:Organization"}


def associate(graph: Graph, activity: str, event: Mapping[str, Any]) -> str | None:
    """Say who was behind an activity, by its event; gives the id of who is responsible."""
    agent, tool = event.get("agent"), event.get("tool")
    responsible = _responsible(graph, activity, agent) if isinstance(agent, Mapping) else None
    if isinstance(tool, Mapping):
        _program(graph, activity, tool, responsible)
    return responsible


def _responsible(graph: Graph, activity: str, agent: Mapping[str, Any]) -> str:
    name, kind = str(agent.get("name")), str(agent.get("kind"))
    identifier = f"ck:agent/{local(kind)}/{local(name)}"
    graph.declare(
        "Agent", identifier, type=[_KINDS.get(kind, "prov:SoftwareAgent")], label=text(name)
    )
    graph.relate("Association", activity=activity, agent=identifier)
    return identifier


def _program(graph: Graph, activity: str, tool: Mapping[str, Any], responsible: str | None) -> None:
    """The program, acting for who is responsible, and the libraries that acted for it."""
    program = _software(graph, str(tool.get("name")), str(tool.get("version")))
    graph.relate("Association", activity=activity, agent=program)
    if responsible:
        graph.relate("Delegation", delegate=program, responsible=responsible, activity=activity)
    libraries = tool.get("libraries")
    for name, version in libraries.items() if isinstance(libraries, Mapping) else ():
        library = _software(graph, str(name), str(version))
        graph.relate("Association", activity=activity, agent=library)
        graph.relate("Delegation", delegate=library, responsible=program, activity=activity)


def _software(graph: Graph, name: str, version: str) -> str:
    return graph.declare(
        "Agent",
        f"ck:tool/{local(name)}/{local(version)}",
        type=["prov:SoftwareAgent"],
        label=text(f"{name} {version}"),
        ck_version=text(version),
    )
