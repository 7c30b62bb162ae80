"""What a PROV document says of the steps of an archive, of who took them and of their seals."""

from __future__ import annotations

from typing import Any

from citekit.formats.prov.events import CONTEXT, write_prov
from citekit.formats.prov.seals import DECLARED, PROVEN, Seal, Signer, Stamp

ADA = {"name": "Ada Quill", "kind": "person"}
TOOL = {
    "name": "citekit",
    "version": "1.0",
    "libraries": {"lxml": "5.0"},
    "options": {"limit": 3, "tags": ["crane", "quay"], "url": "https://quay.example"},
}
AT = "2023-06-04T10:00:00Z"


def event(action: str, subject: str, digest: str = "", **more: object) -> dict[str, Any]:
    """An event as the log has it."""
    shown = {"digest": f"sha256:{digest * 64}"} if digest else {}
    return {"action": action, "subject": subject, "at": AT, "agent": ADA, **shown, **more}


ORIGINAL = {"digest": "sha256:" + "b" * 64, "role": "original"}
CAPTURE = event(
    "capture",
    "items/k/captures/1",
    "a",
    tool=TOOL,
    source="https://quay.example",
    payloads=[ORIGINAL, "no payload"],
)


def of_kind(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The nodes of a type."""
    return [node for node in document["@graph"] if node["@type"] == kind]


def ids(document: dict[str, Any], kind: str) -> list[str]:
    """The ids of the nodes of a type."""
    return [node["@id"] for node in of_kind(document, kind)]


def test_a_capture_makes_a_version_and_its_payloads() -> None:
    """An activity with its time; the record and each payload come from it."""
    document = write_prov([("0", CAPTURE)])

    assert document["@context"] == [{"ck": "urn:citekit:"}, CONTEXT]
    assert ids(document, "Entity") == [
        "ck:items/k/captures/1/" + "a" * 16,
        "ck:payload/" + "b" * 64,
    ]
    assert {node["activity"] for node in of_kind(document, "Generation")} == {"ck:event/0"}
    activity = of_kind(document, "Activity")[0]
    assert (activity["startTime"], activity["endTime"]) == (AT, AT)
    assert activity["ck:source"] == [{"@value": "https://quay.example"}]
    assert activity["ck:options"] == [
        {"@value": "limit=3"},
        {"@value": "tags=crane,quay"},
        {"@value": "url=https://quay.example"},
    ]


def test_the_program_acts_for_the_person_and_libraries_for_it() -> None:
    """Responsibility goes from the library to the program to whoever ran it."""
    document = write_prov([("0", CAPTURE)])

    assert ids(document, "Agent") == [
        "ck:agent/person/Ada-Quill",
        "ck:tool/citekit/1.0",
        "ck:tool/lxml/5.0",
    ]
    pairs = [(node["delegate"], node["responsible"]) for node in of_kind(document, "Delegation")]
    assert pairs == [
        ("ck:tool/citekit/1.0", "ck:agent/person/Ada-Quill"),
        ("ck:tool/lxml/5.0", "ck:tool/citekit/1.0"),
    ]


def test_a_change_is_a_revision_of_the_version_before() -> None:
    """A file that is written again derives from what it was."""
    change = event("set", "items/k/item.json", "c", tool={"name": "t", "options": 7})
    events = [("0", event("add", "items/k/item.json", "a")), ("1", change)]
    (derived,) = of_kind(write_prov(events), "Derivation")

    assert derived["generatedEntity"] == "ck:items/k/item.json/" + "c" * 16
    assert derived["usedEntity"] == "ck:items/k/item.json/" + "a" * 16


def test_renaming_removing_and_purging_end_or_move_versions() -> None:
    """What is renamed is used, what is removed or purged is invalid from then on."""
    events = [
        ("0", event("add", "items/k/item.json", "a")),
        ("1", event("rename", "items/k", to="items/n")),
        ("2", event("remove", "items/n")),
        ("3", event("purge", "items/n", payloads=[{"digest": "sha256:" + "b" * 64}])),
        ("4", {"action": "purge", "subject": "items/n", "payloads": "lost"}),
        ("5", {"action": 7}),
    ]
    document = write_prov(events)

    version = "ck:items/k/item.json/" + "a" * 16
    assert [node["entity"] for node in of_kind(document, "Usage")] == [version]
    ended = [(node["entity"], node["activity"]) for node in of_kind(document, "Invalidation")]
    assert ended == [(version, "ck:event/2"), ("ck:payload/" + "b" * 64, "ck:event/3")]
    assert "ck:event/5" not in ids(document, "Activity")


def seal(first: int, size: int, digest: str, **more: Any) -> Seal:  # noqa: ANN401  # any field
    """A seal of a log."""
    checkpoint = "sha256:" + digest * 64
    return Seal(
        origin="quay.example", first=first, size=size, root="cm9vdA==", digest=checkpoint, **more
    )


def test_a_seal_makes_a_checkpoint_out_of_versions() -> None:
    """It derives from each version it sealed, continues the seal before, and was told by others."""
    events = [("0", event("add", "items/k/item.json", "a")), ("1", event("remove", "items/k"))]
    seals = [
        seal(0, 1, "1", event={"at": AT, "agent": ADA}, signers=(Signer(name="quay+1", vkey="k"),)),
        seal(1, 2, "2", signers=(Signer(name="quay+1"),)),
        seal(2, 3, "3"),
    ]
    document = write_prov(events, seals)

    one, two = "ck:checkpoint/1/" + "1" * 16, "ck:checkpoint/2/" + "2" * 16
    assert [entity for entity in ids(document, "Entity") if "checkpoint" in entity] == [one, two]
    pairs = [(n["generatedEntity"], n["usedEntity"]) for n in of_kind(document, "Derivation")]
    assert pairs == [(one, "ck:items/k/item.json/" + "a" * 16), (two, one)]
    told = of_kind(document, "Communication")
    assert [(n["informed"], n["informant"]) for n in told] == [("ck:seal/2", "ck:event/1")]
    facts = {n["@id"]: n.get("ck:timeFact") for n in of_kind(document, "Activity")}
    assert (facts["ck:seal/1"], facts["ck:seal/2"]) == ([{"@value": DECLARED}], None)
    delegates = [n["delegate"] for n in of_kind(document, "Delegation")]
    assert delegates == ["ck:key/quay%2B1"]


def test_a_timestamp_proves_its_time_or_says_nothing() -> None:
    """A token that could be read is an act of its authority; one that could not is a token."""
    known = Stamp(digest="sha256:" + "4" * 64, at=AT, authority="Quay Time")
    unread = Stamp(digest="sha256:" + "5" * 64)
    events = [("0", event("add", "items/k/item.json", "a"))]
    document = write_prov(events, [seal(0, 1, "1", stamps=(known, unread))])

    stampings = [n for n in of_kind(document, "Activity") if "stamping" in n["@id"]]
    assert [(n["startTime"], n["ck:timeFact"]) for n in stampings] == [(AT, [{"@value": PROVEN}])]
    tokens = {
        n["@id"]: n.get("ck:existedBy") for n in of_kind(document, "Entity") if "token" in n["@id"]
    }
    assert tokens == {"ck:token/" + "4" * 16: [{"@value": AT}], "ck:token/" + "5" * 16: None}
