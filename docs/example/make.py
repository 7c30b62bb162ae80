"""Make the example archive again from the data beside this script.

    python docs/example/make.py [--article FILE] [--output FOLDER] [--signing-key FILE]

Nothing here depends on the clock or on chance: the instant of every event is fixed and annotation
ids are made from names, so that the same data and the same citekit give the same bytes. The archive
is made in a temporary folder and takes the old one's place only when all of it is there; a README
in the output folder stays.

The archive is sealed, with a key if one is named, else unsigned. Where the output folder has a log
of the same events, that log stays, and with it the signature of a key that is no longer there.
Other events are another history: the old log goes. An archive in use never does that: its log
grows, and whoever kept a checkpoint would see the break.

The article is not part of the repository. Its record names it by its digest, and the script refuses
any other file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import tomllib
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from citekit import Archive
from citekit.app.sealing.seal import Keys, seal
from citekit.app.sealing.signing_keys import read_signing_key
from citekit.errors import CitekitError, IntegrityFailed, StoreConflict
from citekit.model.claim import ClaimEvidence
from citekit.model.date import Date
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.integrity.sign import SignerKey

HERE = Path(__file__).resolve().parent
SETTINGS = HERE / "archive.toml"
AUTHOR = "citekit contributors"
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
# What this script makes; everything else in the output folder is left alone.
PARTS = (
    "archive.toml",
    ".gitignore",
    ".gitattributes",
    "items",
    "entities",
    "claims",
    "objects",
    "restricted",
    ".citekit",
)
LOG_PARTS = ("log", "trust")
# origin of a title -> (rule, how sure)
TITLE_RULES = {
    "notes": ("written down from the page, not captured", 0.8),
    "url": ("words of the address; not verified on the page", 0.4),
    "description": ("description in our own words; the notes have no title", 0.1),
}


def make_archive(folder: Path, article: Path, key: SignerKey | None = None) -> Archive:
    """Make the example archive in a new folder, and seal it."""
    Archive.create(folder)
    shutil.copyfile(SETTINGS, folder / SETTINGS.name)
    archive = Archive.open(folder)
    sources = read_data("sources")
    add_article(archive, sources["article"], article)
    add_chronology(archive, sources["chronology"])
    add_sources(archive, sources["source"])
    for entity in read_data("entities")["entity"]:
        archive.add_entity(entity.pop("name"), entity_id=entity.pop("id"), **entity)
    annotations = read_data("annotations")
    for part in ("article", "chronology"):
        annotate(archive, sources[part]["key"], annotations[part])
    for claim in read_data("claims")["claim"]:
        add_claim(archive, claim)
    seal(archive.store, keys=Keys(signing=key), now=NOW)
    return archive


def read_data(name: str) -> dict[str, Any]:
    """One of the data files beside this script."""
    data: dict[str, Any] = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    return data


def add_article(archive: Archive, source: dict[str, Any], file: Path) -> None:
    """The restricted item: the file as received, under the name of its record, and our digest."""
    data = file.read_bytes()
    if hashlib.sha256(data).hexdigest() != source["sha256"]:
        raise IntegrityFailed(
            "is not the article of the example archive",
            place=str(file),
            hint=f"its SHA-256 is {source['sha256']}",
        )
    added = archive.add(data, name=source["file"], url=source["url"], now=NOW)
    if added.key != source["key"]:
        raise StoreConflict(f"the article's key came out as {added.key}, not {source['key']}")
    write_note(archive, source["key"], link_annotations(read_text(source["note"])))


def add_chronology(archive: Archive, source: dict[str, Any]) -> None:
    """The public item, with its text."""
    fields = {
        "type": source["type"],
        "title": source["title"],
        "author": [{"literal": source["author"]}],
        "issued": Date.from_edtf(source["issued"]).to_json(),
        "language": source["language"],
        "license": source["license"],
    }
    file = HERE / source["file"]
    archive.add(file, key=source["key"], fields=fields, access="public", now=NOW)
    write_note(archive, source["key"], read_text(source["note"]))


def add_sources(archive: Archive, sources: Sequence[dict[str, Any]]) -> None:
    """The records without a capture, and what our notes say that they report."""
    items = [source_item(source) for source in sources]
    imported = archive.import_text(json.dumps(items), format="csl-json")
    for finding in imported.findings:
        raise CitekitError(str(finding))
    for source in sources:
        write_note(archive, source["key"], source["note"])


def source_item(source: dict[str, Any]) -> dict[str, Any]:
    """A source as a CSL-JSON item, each field with its evidence."""
    date = source["issued"]
    title_rule = TITLE_RULES[source["title_from"]]
    fields: dict[str, tuple[Any, str, str, float]] = {
        "title": (source["title"], source["title_from"], *title_rule),
        "container-title": (source["publisher"], "notes", "the site of the address", 0.9),
        "publisher-place": (source.get("place"), "notes", "where the publisher is", 0.7),
        "issued": (
            Date.from_edtf(date).to_json(),
            "notes",
            "the day is not verified" if "?" in date else "written down from the page",
            0.4 if "?" in date else 0.8,
        ),
        "source": (source.get("agency"), "notes", "agency named with the report", 0.8),
        "URL": (source["url"], "notes", "the address that was read", 1.0),
        "language": ("en", "notes", "the report is in English", 0.9),
    }
    known = {name: field for name, field in fields.items() if field[0] is not None}
    candidates = {name: [evidence(*field)] for name, field in known.items()}
    if source["title_from"] == "url":
        candidates["title"][0]["place"] = {"path": urlsplit(source["url"]).path}
    facts = {"access": "restricted", "evidence": candidates}
    return {
        "id": source["key"],
        "type": "article-newspaper",
        **{name: field[0] for name, field in known.items()},
        "custom": {"citekit": facts},
    }


def evidence(value: object, origin: str, rule: str, confidence: float) -> dict[str, Any]:
    """One candidate of a field; nothing here was seen by citekit itself."""
    return {
        "value": value,
        "origin": origin,
        "fact": "declared",
        "rule": rule,
        "place": {},
        "confidence": confidence,
        "chosen": True,
    }


def annotate(archive: Archive, key: str, entries: Sequence[dict[str, Any]]) -> None:
    """The annotations of one item; a range counts from the start of its paragraph."""
    capture = archive.store.capture(key)
    text_map = capture.payloads["text"].map if capture else None
    paragraphs = text_map.paragraphs if text_map else ()
    for entry in entries:
        number, ends = entry.get("paragraph"), entry.get("range")
        start = paragraphs[number - 1][0] if number else 0
        archive.annotate(
            f"{key}#p{number}" if number else key,
            quote=entry.get("quote"),
            span=(start + ends[0], start + ends[1]) if ends else None,
            note=" ".join(entry.get("note", "").split()),
            tags=entry.get("tags", ()),
            entities=entry.get("entities", ()),
            creator=AUTHOR,
            now=NOW,
            annotation_id=annotation_id(entry["name"]),
        )


def annotation_id(name: str) -> str:
    """The id of the annotation with that name in annotations.toml: the same in every run."""
    return f"urn:uuid:{short_id(name)}"


def short_id(name: str) -> str:
    """The same without ``urn:uuid:``, as claims and addresses on the site have it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:citekit:example:{name}"))


def link_annotations(text: str) -> str:
    """The note with ``(annotation:NAME)`` turned into an address on the item's page."""
    return re.sub(r"\(annotation:([\w-]+)\)", lambda m: f"(#a-{short_id(m[1])})", text)


def add_claim(archive: Archive, claim: dict[str, Any]) -> None:
    """One claim, its evidence pointing at annotations by id."""
    parts = [
        ClaimEvidence(**{**part, "annotation": short_id(part["annotation"])})
        if "annotation" in part
        else ClaimEvidence(**part)
        for part in claim["evidence"]
    ]
    archive.add_claim(
        claim["statement"],
        claim_id=claim["id"],
        question=claim["question"],
        note=" ".join(claim["note"].split()),
        entities=claim["entities"],
        evidence=parts,
    )


def write_note(archive: Archive, key: str, text: str) -> None:
    """An item's note.md."""
    with archive.store.writing() as writer:
        writer.write_note(key, text.strip() + "\n")


def read_text(name: str) -> str:
    """A text beside this script."""
    return (HERE / name).read_text(encoding="utf-8")


def replace_archive(made: Path, output: Path, *, with_log: bool) -> None:
    """Put the new parts in the place of the old ones; everything else in the folder stays."""
    for name in PARTS + LOG_PARTS if with_log else PARTS:
        old, new = output / name, made / name
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink(missing_ok=True)
        if new.exists():
            shutil.move(new, old)


def has_same_log(output: Path, made: Archive) -> bool:
    """Whether the log of the output folder has the events of the new one, apart from its key."""
    with suppress(CitekitError):  # one that cannot be read is not the same
        return log_events(Archive.open(output)) == log_events(made)
    return False


def log_events(archive: Archive) -> list[bytes]:
    """The events of an archive's log, without those that say who signs, and without its states."""
    log = LogFolder(archive.store.layout)
    standing = log.standing()
    entries = log.entries(standing.size) if standing else ()
    return [entry for entry in entries if json.loads(entry)["action"] not in ("key", "state")]


def fix_the_surroundings() -> None:
    """Make events come out the same whoever runs the script, and whenever."""
    os.environ["SOURCE_DATE_EPOCH"] = str(int(NOW.timestamp()))
    os.environ.pop("CITEKIT_AGENT", None)


def check_output(output: Path) -> None:
    """Refuse a folder that holds another archive; raises StoreConflict."""
    ours = read_data("archive")["title"]
    if (output / SETTINGS.name).exists() and Archive.open(output).store.settings.title != ours:
        raise StoreConflict(
            "holds another archive", place=str(output), hint="choose another --output"
        )
    output.mkdir(parents=True, exist_ok=True)


def default_article() -> Path:
    """Where the article is looked for: in the folder of shared data."""
    named = os.environ.get("CITEKIT_SHARED")
    shared = Path(named) if named else HERE.parents[2] / "shared"
    return shared / "articles" / str(read_data("sources")["article"]["file"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the archive; returns the exit code."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--article", type=Path, default=default_article(), help="the file as received"
    )
    parser.add_argument(
        "--output", type=Path, default=HERE.parents[1] / "archive", help="its folder"
    )
    parser.add_argument("--signing-key", type=Path, help="a key of citekit keygen, to sign with")
    options = parser.parse_args(arguments)
    fix_the_surroundings()
    try:
        check_output(options.output)
        key = read_signing_key(options.signing_key) if options.signing_key else None
        with tempfile.TemporaryDirectory() as folder:
            archive = make_archive(Path(folder) / "archive", options.article, key)
            counts = (len(archive.store.keys()), len(archive.store.entities()))
            with_log = key is not None or not has_same_log(options.output, archive)
            replace_archive(archive.store.root, options.output, with_log=with_log)
    except FileNotFoundError as error:
        sys.stderr.write(f"make: no such file: {error.filename}\nhint: name it with --article\n")
        return 3
    except CitekitError as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        sys.stderr.write(f"make: {error}{hint}\n")
        return error.exit_code
    sys.stdout.write(f"{options.output}: {counts[0]} items, {counts[1]} entities\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
