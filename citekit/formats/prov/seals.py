"""Seals of a log as PROV: an activity each, which made a checkpoint out of what it sealed.

The document repeats what the log and its timestamps say; it verifies no signature. So it says of
each time how it is known: *declared* by a local clock, or *proven* by a token to whoever trusts
the authority.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from citekit.formats.prov.agents import associate
from citekit.formats.prov.graph import Graph, local, text
from citekit.model.value import Value

DECLARED: Final = "declared, by a local clock"
PROVEN: Final = "proven by the token, to whoever trusts the authority"


class Signer(Value):
    """A key that a checkpoint names as its signer: ``name+key id``, and all of it where known."""

    name: str
    vkey: str | None = None


class Stamp(Value):
    """A timestamp token by the digest of its response; without a time it could not be read."""

    digest: str
    at: str | None = None
    authority: str | None = None


class Seal(Value):
    """A checkpoint over ``size`` entries; those from ``first`` on were not in the one before.

    ``digest`` is of its bytes, ``root`` base64. ``event`` is one that the seal itself wrote: it
    has its time, agent and tool; None where the seal left no word on them.
    """

    origin: str
    first: int
    size: int
    root: str
    digest: str
    event: Mapping[str, Any] | None = None
    signers: tuple[Signer, ...] = ()
    stamps: tuple[Stamp, ...] = ()


def take_seals(graph: Graph, seals: Iterable[Seal]) -> None:
    """Add the seals to a document whose events are in it."""
    before = None
    for seal in seals:
        sealed = [
            number for number in map(str, range(seal.first, seal.size)) if number in graph.made
        ]
        if sealed:
            before = _take(graph, seal, sealed, before)


def _take(graph: Graph, seal: Seal, sealed: list[str], before: str | None) -> str:
    activity, event = f"ck:seal/{seal.size}", seal.event or {}
    at = event.get("at")
    graph.declare(
        "Activity",
        activity,
        startTime=at,
        endTime=at,
        label=text(f"seal of {seal.origin} at {seal.size} entries"),
        ck_action=text("seal"),
        ck_timeFact=text(DECLARED if at else None),
    )
    responsible = associate(graph, activity, event)
    for signer in seal.signers:
        _sign(graph, activity, signer, responsible)
    checkpoint = graph.declare(
        "Entity",
        f"ck:checkpoint/{seal.size}/{_short(seal.digest)}",
        label=text(f"checkpoint of {seal.origin} at {seal.size} entries"),
        ck_origin=text(seal.origin),
        ck_size=text(seal.size),
        ck_root=text(seal.root),
        ck_digest=text(seal.digest),
    )
    graph.relate("Generation", entity=checkpoint, activity=activity, time=at)
    _derive(graph, activity, checkpoint, sealed, before)
    for stamp in seal.stamps:
        _stamp(graph, checkpoint, stamp)
    return checkpoint


def _sign(graph: Graph, activity: str, signer: Signer, responsible: str | None) -> None:
    """The key acts for whoever sealed, where that is known."""
    key = graph.declare(
        "Agent",
        f"ck:key/{local(signer.name)}",
        type=["ck:SigningKey"],
        label=text(f"key {signer.name}"),
        ck_vkey=text(signer.vkey),
    )
    graph.relate("Association", activity=activity, agent=key)
    if responsible:
        graph.relate("Delegation", delegate=key, responsible=responsible, activity=activity)


def _derive(
    graph: Graph, activity: str, checkpoint: str, sealed: list[str], before: str | None
) -> None:
    """The checkpoint comes from each version that was sealed, and continues the one before.

    An event that made no version (a renaming, a removal, a purge) informed the seal.
    """
    if before is not None:
        graph.relate("Derivation", generatedEntity=checkpoint, usedEntity=before,
                     activity=activity, type=["prov:Revision"])  # fmt: skip
    for number in sealed:
        version = graph.made[number]
        if version is None:
            graph.relate("Communication", informed=activity, informant=f"ck:event/{number}")
        else:
            graph.relate(
                "Derivation", generatedEntity=checkpoint, usedEntity=version, activity=activity
            )


def _stamp(graph: Graph, checkpoint: str, stamp: Stamp) -> None:
    """The token, and the authority's act of giving it, whose time is the one that it proves."""
    activity = f"ck:stamping/{_short(stamp.digest)}" if stamp.at else None
    if activity:
        graph.declare(
            "Activity",
            activity,
            startTime=stamp.at,
            endTime=stamp.at,
            label=text(f"timestamp by {stamp.authority}"),
            ck_action=text("timestamp"),
            ck_timeFact=text(PROVEN),
        )
        authority = f"ck:authority/{local(str(stamp.authority))}"
        kinds = ["ck:TimestampAuthority"]
        graph.declare("Agent", authority, type=kinds, label=text(stamp.authority))
        graph.relate("Association", activity=activity, agent=authority)
        graph.relate("Usage", activity=activity, entity=checkpoint)
    token = graph.declare("Entity", f"ck:token/{_short(stamp.digest)}",
                          label=text("RFC 3161 timestamp"), ck_digest=text(stamp.digest),
                          ck_existedBy=text(stamp.at))  # fmt: skip
    if activity:
        graph.relate("Generation", entity=token, activity=activity, time=stamp.at)
    graph.relate("Derivation", generatedEntity=token, usedEntity=checkpoint, activity=activity)


def _short(digest: str) -> str:
    return digest.partition(":")[2][:16]
