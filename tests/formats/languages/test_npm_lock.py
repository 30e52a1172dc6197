"""npm's lock files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages.npm_lock import FORMAT
from periderm.model.errors import LimitError
from tests.formats.languages.samples import NPM_1, NPM_3, read

names = st.from_regex(r"(@[a-z]{1,5}/)?[a-z][a-z0-9-]{0,8}", fullmatch=True)


def test_version_1() -> None:
    """Nested and bundled packages, scopes, an alias by its real name; addresses and folders have no version."""
    assert read(FORMAT, NPM_1, "app/package-lock.json") == [
        "pkg:npm/a@1.0.0",
        "pkg:npm/b@1.5.0 development",
        "pkg:npm/%40s/c@3.0.0-rc.1 optional",
        "pkg:npm/lodash@4.17.15",
        "pkg:npm/b@2.0.0",
    ]


def test_version_3() -> None:
    """The same by places; links and workspaces are the project's own; what git gave says so."""
    assert read(FORMAT, NPM_3, "app/npm-shrinkwrap.json") == [
        "pkg:npm/a@1.0.0",
        "pkg:npm/b@2.0.0",
        "pkg:npm/b@1.5.0 development",
        "pkg:npm/%40s/c@3.0.0-rc.1 optional",
        "pkg:npm/d@1.0.0 optional",
        "pkg:npm/lodash@4.17.15",
        "pkg:npm/forked@1.0.0?vcs_url=git%2Bssh://git%40example.com/x.git%23abc",
    ]


def test_version_2_is_read_once() -> None:
    """It has both forms; the better one counts."""
    both = json.loads(NPM_3) | {"lockfileVersion": 2, "dependencies": json.loads(NPM_1)["dependencies"]}
    assert read(FORMAT, json.dumps(both), "package-lock.json") == read(FORMAT, NPM_3, "package-lock.json")


def test_lock_files_of_tests() -> None:
    """They are told apart."""
    path = "app/tests/fixtures/package-lock.json"
    assert {p.scope for p in FORMAT.read(NPM_3.encode(), path).packages} == {"test"}


@given(st.dictionaries(names, st.integers(0, 99), max_size=6), st.booleans())
def test_both_forms_agree(packages: dict[str, int], nested: bool) -> None:
    """The tree and the places of the same project give the same packages."""
    tree = {name: {"version": f"{v}.0.0"} for name, v in packages.items()}
    places = {f"node_modules/{name}": {"version": f"{v}.0.0"} for name, v in packages.items()}
    if nested:
        tree = {"outer": {"version": "1.0.0", "dependencies": tree}}
        places = {"node_modules/outer": {"version": "1.0.0"}} | {f"node_modules/outer/{p}": e for p, e in places.items()}
    one = read(FORMAT, json.dumps({"lockfileVersion": 1, "dependencies": tree}), "package-lock.json")
    three = read(FORMAT, json.dumps({"lockfileVersion": 3, "packages": {"": {}, **places}}), "package-lock.json")
    assert sorted(one) == sorted(three)


def test_depth_is_a_limit() -> None:
    """A hundred thousand levels end in an error, not in a crash."""
    with pytest.raises(LimitError):
        read(FORMAT, '{"dependencies":{"a":' * 100_000, "package-lock.json")
