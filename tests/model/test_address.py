"""Addresses that name one page, and those that may not."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citekit.model.address import compared_address

BASE = "https://coast.example/2024/lighthouse?page=2"


@pytest.mark.parametrize(
    "other",
    [
        "https://coast.example/2024/lighthouse?page=2#comments",
        "https://coast.example/2024/lighthouse?page=2#",
        "https://COAST.example./2024/lighthouse?page=2",
        "https://coast.example:443/2024/lighthouse?page=2",
        "http://coast.example/2024/lighthouse?page=2",
        "http://coast.example:80/2024/lighthouse?page=2",
        "https://coast.example/2024/%6Cighthouse?p%61ge=2",
        " https://coast.example/2024/lighthouse?page=2 ",
    ],
)
def test_one_page(other: str) -> None:
    """Fragment, letter case of the host, default port, encoding and scheme do not count."""
    assert compared_address(other) == compared_address(BASE)


@pytest.mark.parametrize(
    "other",
    [
        "https://www.coast.example/2024/lighthouse?page=2",
        "https://coast.example/2024/Lighthouse?page=2",
        "https://coast.example/2024/lighthouse/?page=2",
        "https://coast.example/2024/lighthouse?page=3",
        "https://coast.example/2024/lighthouse",
        "https://coast.example/2024/lighthouse?page=2&utm_source=feed",
        "https://coast.example:8443/2024/lighthouse?page=2",
        "https://coast.example:80/2024/lighthouse?page=2",
        "https://coast.example/2024%2Flighthouse?page=2",
        "https://reader@coast.example/2024/lighthouse?page=2",
    ],
)
def test_another_page(other: str) -> None:
    """What may lead elsewhere counts."""
    assert compared_address(other) != compared_address(BASE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example", "https://a.example/?"),
        ("https://a.example/straße", "https://a.example/stra%c3%9fe"),
        ("https://a.example/?q=a%2fb", "https://a.example/?q=a%2Fb"),
        ("http://a.example:8080/x#y", "http://a.example:8080/x"),
    ],
)
def test_forms_of_one_address(one: str, other: str) -> None:
    """The same path, query or port, written in two ways."""
    assert compared_address(one) == compared_address(other) != ""


def test_pages_of_a_script_are_told_apart() -> None:
    """A fragment that names a page of a script is part of the address."""
    first, second = "https://a.example/#/news/1", "https://a.example/#/news/2"
    assert compared_address(first) != compared_address(second)
    assert compared_address("http://a.example:8080/x") != compared_address(
        "https://a.example:8080/x"
    )


@pytest.mark.parametrize(
    "text", ["", "nowhere", "ftp://a.example/x", "https://", "https://[", "http://a:b/"]
)
def test_what_is_no_address(text: str) -> None:
    """No web address is like no other, not even like itself."""
    assert compared_address(text) == ""


@given(path=st.text(max_size=30), query=st.text(max_size=30))
@example(path=" ", query="")
@example(path="a ", query="#b")
def test_any_path_and_query(path: str, query: str) -> None:
    """Nothing raises, and what is compared compares as itself."""
    once = compared_address(f"https://a.example/{path}?{query}")
    assert compared_address(f"https:{once}") == once if once else once == ""
