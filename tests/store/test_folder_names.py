"""Where items lie: distinct folders for any keys, on every system, and back again."""

from __future__ import annotations

import unicodedata
from contextlib import nullcontext
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.model.citekey import check_citekey, is_citekey
from citekit.store.folder_names import (
    alias_names,
    check_name,
    folded,
    is_cut,
    is_name_of,
    key_of,
    names_of,
)
from tests.store.file_systems import MACOS, WINDOWS, FileSystem

_ODD = st.sampled_from("aAbBſıİKÅÅßẞéE\u0301:;/\\<>\"|?*'~.+-_#%&=@!()1239¹²ｃ가ᄀ신")
_DEVICES = st.sampled_from(["con", "NUL.x", "Com1", "lpt¹", "index", "Index", "aux.", "prn:"])
KEYS = st.one_of(
    _DEVICES,
    st.text(_ODD, min_size=1, max_size=8),
    st.text(min_size=1, max_size=12),
    st.text(_ODD, min_size=90, max_size=260),
    st.builds("{}~{}".format, st.text("ab:", max_size=3), st.text("0123abc", min_size=2)),
).filter(is_citekey)
OLD_KEYS = st.from_regex(r"[^\W_](?:[\w.+-]{0,30}\w)?", fullmatch=True)


@given(st.sets(KEYS, max_size=12))
@pytest.mark.parametrize("system", [WINDOWS, MACOS])
def test_any_keys_have_folders_of_their_own(system: FileSystem, keys: set[str]) -> None:
    """On Windows and macOS, whatever keys an archive has, each item is found under its own."""
    disk = system.empty()
    for key in keys:
        disk.add(key)
    assert {key: disk.look_up(key) for key in keys} == {key: key for key in keys}
    assert len(disk.names()) == len(keys)


@given(KEYS)
def test_a_name_leads_back_to_its_key(key: str) -> None:
    """The name alone says the key, or that only the record can say it; never another key."""
    for name in filter(None, names_of(key)):
        assert is_name_of(name, key)
        assert key_of(name) == key or (key_of(name) is None and is_cut(name))
        assert check_name(name) == name


@given(KEYS, KEYS)
def test_no_two_keys_have_a_name_in_common(one: str, other: str) -> None:
    """Not even one key's plain name and another's marked one."""
    assume(one != other)
    assert not set(filter(None, names_of(one))) & set(filter(None, names_of(other)))


@given(KEYS)
def test_every_system_takes_the_names(key: str) -> None:
    """No sign that Windows refuses, no device, no hidden file, room for what stands beside it."""
    for name in filter(None, names_of(key)):
        assert not set(name) & set('<>:"/\\|?*% ,{}')
        assert name[0].isalnum() or name[0] == "~"
        assert name[-1] not in ". "
        assert name.split(".")[0].casefold() not in {"con", "nul", "com1", "lpt¹", "aux", "prn"}
        assert name.casefold() != "index"
        assert unicodedata.is_normalized("NFC", name)
        assert len(f"{name}.citekit-proof.json".encode()) <= 255


@given(OLD_KEYS.filter(lambda key: unicodedata.is_normalized("NFC", key)))
def test_keys_that_could_always_be_folders_are_their_own(key: str) -> None:
    """What earlier versions took as a key has the folder that they gave it."""
    assume(
        key.split(".", maxsplit=1)[0].casefold() not in WINDOWS.devices
        and key.casefold() != "index"
    )
    assert names_of(key)[0] == key
    assert key_of(key) == key


@given(st.text(max_size=40))
def test_strange_names_are_no_folders(name: str) -> None:
    """Any text is judged, and what passes is the name of a key."""
    key = key_of(name)
    assert key is None or name in names_of(key)
    with nullcontext() if key is not None or is_cut(name) else pytest.raises(InvalidData):
        check_name(name)


@pytest.mark.parametrize(
    ("key", "plain"),
    [
        ("smith:2001", "smith~3a2001"),
        ("DBLP:conf/kite/Reed02", "DBLP~3aconf~2fkite~2fReed02"),
        ("Müller2020", "Müller2020"),
        ("Mu\u0308ller2020", "Mu~cc~88ller2020"),
        ("a+b=c", "a+b~3dc"),
        (".hidden", "~2ehidden"),
        ("-x", "~2dx"),
        ("end.", "end~2e"),
        ("../out", "~2e.~2fout"),
        ("50%", "50~25"),
        ("a~b", "a~7eb"),
        ("CON", None),
        ("con.2020", None),
        ("Index", None),
        ("a" * 121, None),
    ],
)
def test_plain_names(key: str, plain: str | None) -> None:
    """The names that the reference gives."""
    digits = sha256(key.encode()).hexdigest()[:6]
    assert names_of(key)[0] == plain
    assert names_of(key)[1].endswith(f"~{digits}")


def test_a_name_that_could_be_marked_is_given_to_one_key_alone() -> None:
    """A plain name that is another key's marked one is not taken."""
    keys = (f"k{number}" for number in range(100_000))
    key = next(k for k in keys if names_of(k)[1].startswith(f"{k}~3a"))
    marked = names_of(key)[1]
    rival = f"{key}:{marked[-4:]}"
    assert marked == f"{key}~3a{rival[-4:]}"
    assert names_of(rival)[0] is None
    assert key_of(marked) == key


def test_old_keys_lead_on_from_pages_of_their_own() -> None:
    """No page of an old key hides an item's, and twins have two."""
    names = alias_names(["Foo", "bar"], ["foo", "Baz", "baz"])
    assert names["foo"] == names_of("foo")[1]
    assert len(set(map(folded, [*names.values(), "Foo", "bar"]))) == 5


@pytest.mark.parametrize("key", ["", "a b", "a,b", "{x}", "a\u2028b"])
def test_what_is_no_key_has_no_folder(key: str) -> None:
    """Texts that are no citekeys are refused, and not escaped."""
    with pytest.raises(InvalidData):
        names_of(key)
    with pytest.raises(InvalidData):
        check_citekey(key)
