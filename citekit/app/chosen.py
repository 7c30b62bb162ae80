"""A part of an archive for others: items that are chosen by key or tag, and what they carry.

A site or a package of a part shows these items, the claims that rest on them alone, and what their
annotations and these claims name, with the places that lies in. A claim that rests on another item
too stays out as a whole: half of its evidence would be another claim. What is private is in no
part: whoever names it is told so.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.errors import NotFound, UsageError
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.nearest import did_you_mean
from citekit.model.value import Value
from citekit.store.folder_names import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from citekit.model.item import Item
    from citekit.store.reading import ArchiveReader


class Part(Value):
    """Some items by their keys, and the claims and entities that go with them, all in order."""

    keys: tuple[str, ...]
    claims: tuple[Claim, ...]
    entities: tuple[Entity, ...]


def choose(store: ArchiveReader, words: Sequence[str]) -> tuple[str, ...]:
    """The keys of the items that keys, old keys and tags name, sorted.

    A word that is a key, of now or of before, names that item alone; letter case does not count in
    tags. Raises NotFound, with the nearest keys and tags, for a word that names nothing, and
    UsageError for a private item's key.
    """
    keys, tags = _sorted_out(store, words)
    if tags:
        items = tuple(store.for_others().items())
        keys |= {item.key for item in items if not tags.keys().isdisjoint(_folded_tags(item))}
        _refuse_unknown(tags, items)
    return tuple(sorted(keys))


def open_key(store: ArchiveReader, word: str) -> str:
    """The key of an item that others may see, by its key or an old one.

    Raises UsageError for a private or withdrawn item, which goes to nobody, and NotFound for no
    item.
    """
    try:
        return store.for_others().resolve(word)
    except NotFound:
        key = store.resolve(word)
    if store.item(key).facts.withdrawn:
        raise UsageError(
            f"{key} is withdrawn: nothing that is made for others has it",
            hint=f"citekit remove {key} --undo takes that back",
        )
    raise UsageError(
        f"{key} is private: it is in nothing that is made for others",
        hint=f"citekit set {key} --access restricted opens it",
    )


def private_paths(store: ArchiveReader) -> frozenset[str]:
    """Paths under which the log may know what is private now: of folders of items, and of files."""
    shown = store.for_others()
    keys = set(store.keys()) - set(shown.keys())
    names = {name for key in keys for name in (key, *store.item(key).facts.aliases)}
    folders = (f"items/{name}" for known in names for name in names_of(known) if name)
    entities = set(store.entity_ids()) - set(shown.entity_ids())
    claims = set(store.claim_ids()) - set(shown.claim_ids())
    files = (
        f"{top}/{name}.json"
        for top, ids in (("entities", entities), ("claims", claims))
        for name in ids
    )
    return frozenset((*folders, *files))


def take_all(store: ArchiveReader) -> Part:
    """All that this reader sees; raises InvalidData for a record that cannot be read."""
    return Part(keys=store.keys(), claims=store.claims(), entities=store.entities())


def take_part(store: ArchiveReader, keys: Iterable[str]) -> Part:
    """These items with what they carry; raises NotFound for an item that is missing."""
    chosen = tuple(sorted(set(keys)))
    known = set(chosen)
    old = {alias: key for key in chosen for alias in store.item(key).facts.aliases}
    claims = tuple(c for c in store.claims() if _rests_on(store, c, known, old.keys()))
    named = {e for key in chosen for note in store.annotations(key) for e in note.entities}
    named.update(e for claim in claims for e in claim.entities)
    entities = {entity.id: entity for entity in _with_places(store, named)}
    return Part(
        keys=chosen, claims=claims, entities=tuple(entities[name] for name in sorted(entities))
    )


def _sorted_out(store: ArchiveReader, words: Iterable[str]) -> tuple[set[str], dict[str, str]]:
    """The keys that the words name, and the other words: folded, each as it was given."""
    keys, others = set(), {}
    for word in words:
        try:
            keys.add(open_key(store, word))
        except NotFound:
            others[_folded(word)] = word
    return keys, others


def _refuse_unknown(tags: dict[str, str], items: tuple[Item, ...]) -> None:
    """Raise NotFound for the first tag that no item has."""
    known = {folded for item in items for folded in _folded_tags(item)}
    for folded, word in tags.items():
        if folded not in known:
            names = (name for item in items for name in (item.key, *item.tags))
            hint = did_you_mean(word, names) or "citekit list shows the keys"
            raise NotFound(f"no item has the key or tag {word!r}", hint=hint)


def _folded_tags(item: Item) -> set[str]:
    return {_folded(tag) for tag in item.tags}


def _folded(tag: str) -> str:
    return " ".join(tag.split()).casefold()


def _rests_on(
    store: ArchiveReader, claim: Claim, keys: Iterable[str], aliases: Iterable[str]
) -> bool:
    """Whether all evidence of a claim is in these items; one without evidence is nobody's."""
    return bool(claim.evidence) and all(
        part.item in keys or (part.item in aliases and not store.has(part.item))
        for part in claim.evidence
    )


def _with_places(store: ArchiveReader, names: Iterable[str]) -> Iterator[Entity]:
    """These entities, and the places that they lie in."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        identifier = waiting.pop()
        if identifier in found:
            continue
        found.add(identifier)
        with suppress(NotFound):  # verify tells of a name that leads nowhere
            entity = store.entity(identifier)
            yield entity
            waiting.extend([entity.place] if entity.place else [])
