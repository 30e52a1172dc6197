"""Packages: one row for each distinct one, and none that is nowhere."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.store_sql.packages import TEXT_LIMIT
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.query import Query
from tests.ports.plugs import CountingClock
from tests.ports.test_store_scans import all_of, package, scan


def test_a_package_of_many_images_is_one_row(tmp_path: Path) -> None:
    """And it goes with the last image that holds it."""
    path = tmp_path / "periderm.sqlite"
    store = SqlStore(str(path), CountingClock())
    for number in range(5):
        store.put_scan_result(scan(number, (package("openssl"), package(f"own-{number}"))))
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT name, places FROM packages WHERE places > 1").fetchall() == [("openssl", 5)]
    for number in range(5):
        store.put_scan_result(scan(number, ()))
    assert raw.execute("SELECT count(*) FROM packages").fetchone() == (0,)
    assert raw.execute("SELECT count(*) FROM package_places").fetchone() == (0,)
    raw.close()
    store.close()


def test_counts_say_what_is_there(tmp_path: Path) -> None:
    """`places` of each package is the number of its rows, after images came, changed and went."""
    path = tmp_path / "periderm.sqlite"
    store = SqlStore(str(path), CountingClock())
    for number, content in enumerate([("a", "b"), ("a",), ("b", "c"), ("a", "c")]):
        store.put_scan_result(scan(number % 3, tuple(package(name, path=at) for name in content for at in ("x", "y"))))
    raw = sqlite3.connect(path)
    wrong = "SELECT id FROM packages WHERE places != (SELECT count(*) FROM package_places WHERE package = packages.id)"
    assert raw.execute(wrong).fetchall() == []
    raw.close()
    store.close()


def test_very_long_names_are_found_by_their_beginning(store: SqlStore) -> None:
    """A hostile name cannot make pages slow, or the next page impossible to ask for."""
    long = "n" * 100_000
    store.put_scan_result(scan(1, tuple(package(f"{number}{long}", path=long) for number in range(3))))
    found = all_of(store.packages, Query(limit=1))
    assert [len(item.name) for item in found] == [TEXT_LIMIT] * 3
    assert len(store.packages(Query(limit=1)).next_cursor) < 200


def test_one_package_in_many_places_is_paged(store: SqlStore) -> None:
    """Also within one image: a vendored copy in each of many folders."""
    store.put_scan_result(scan(1, tuple(package("lodash", path=f"n/{number:03}") for number in range(25))))
    store.put_scan_result(scan(2, (package("lodash", path="n/000"),)))
    found = all_of(store.packages, Query(limit=4))
    assert [(item.image_digest, item.path) for item in found] == [
        *(("sha256:1", f"n/{number:03}") for number in range(25)),
        ("sha256:2", "n/000"),
    ]


@pytest.mark.parametrize("query", [Query(), Query(image_digest="sha256:1"), Query(text="o"), Query(within=())])
def test_a_list_is_entered_at_any_depth(store: SqlStore, query: Query) -> None:
    """The rows from there on are those that pages lead to, also within the places of one package; behind the last are none."""
    store.put_scan_result(scan(1, tuple(package("lodash", path=f"n/{number:03}") for number in range(7))))
    for number in range(2, 6):
        store.put_scan_result(scan(number, (package("openssl"), package(f"own-{number}"), package("lodash", path="n/000"))))
    rows = all_of(store.packages, query)
    for skip in range(len(rows) + 3):
        found = store.packages(msgspec.structs.replace(query, limit=3, skip=skip))
        assert list(found.items) == rows[skip : skip + 3]
        if found.next_cursor:
            more = store.packages(msgspec.structs.replace(query, limit=1, cursor=found.next_cursor))
            assert list(more.items) == rows[skip + 3 : skip + 4]
