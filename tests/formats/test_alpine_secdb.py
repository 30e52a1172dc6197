"""Alpine's fixes: which version of which package, in which release, for which vulnerability."""

from __future__ import annotations

import json
from typing import Any

import pytest

from periderm.formats import alpine_secdb
from periderm.model.advisory import Advisory, PackageName, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError
from periderm.model.version_range import Scheme, VersionRange


def secdb(secfixes: Any, **more: Any) -> bytes:
    """A database with one package."""
    made = {"distroversion": "v3.19", "reponame": "main", "packages": [{"pkg": {"name": "shop", "secfixes": secfixes}}]}
    return json.dumps({**made, **more}).encode()


def test_fixes() -> None:
    """One advisory for each id; further names on the same line are the same vulnerability; '0' was never affected."""
    found = list(
        alpine_secdb.parse(secdb({"1.2-r3": ["CVE-2024-0001", "CVE-2018-7540 XSA-252"], "0": ["CVE-2024-0002"], "9-r0": {}}))
    )
    assert all(isinstance(f, Advisory) for f in found)
    told = {f.id: f for f in found if isinstance(f, Advisory)}
    assert set(told) == {"ALPINE-CVE-2024-0001", "ALPINE-CVE-2018-7540", "ALPINE-CVE-2024-0002"}
    first = told["ALPINE-CVE-2024-0001"].affected[0]
    assert first.package == PackageName("Alpine:v3.19", "shop")
    assert first.scheme is Scheme.APK
    assert first.ranges == (VersionRange(fixed="1.2-r3"),)
    assert told["ALPINE-CVE-2018-7540"].upstream == ("CVE-2018-7540", "XSA-252")
    assert told["ALPINE-CVE-2024-0002"].affected[0].verdict is Verdict.NOT_AFFECTED


def test_families_without_releases() -> None:
    """Wolfi publishes the same form and has no releases."""
    (found,) = alpine_secdb.parse(secdb({"1-r0": ["CVE-2024-0001"]}, distroversion=""), family="Wolfi")
    assert isinstance(found, Advisory)
    assert found.affected[0].package == PackageName("Wolfi", "shop")


def test_what_is_wrong_is_refused_alone() -> None:
    """A wrong line, a package without a name, one that is no object."""
    data = json.loads(secdb({"1-r0": ["CVE-2024-0001", 5, ""], "2-r0": "CVE-2024-0002"}))
    data["packages"] += [{"pkg": {"secfixes": {}}}, 7]
    found = list(alpine_secdb.parse(json.dumps(data).encode(), where="a.json"))
    assert sum(isinstance(f, Advisory) for f in found) == 1
    assert [f.where for f in found if isinstance(f, Refused)] == [
        "a.json#shop/1-r0", "a.json#shop/1-r0", "a.json#shop/2-r0", "a.json#1", "a.json#2",
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"packages": []}', b'{"packages":' * 5000])
def test_no_database(data: bytes) -> None:
    """Without packages and a release it is none."""
    with pytest.raises(FormatError):
        list(alpine_secdb.parse(data))
