"""Several that tell of one id become one that tells all, and every vector gets its score."""

from __future__ import annotations

import msgspec

from periderm.flow.advisory_merge import merge, rated
from periderm.model.advisory import PackageName, Score
from periderm.model.severity import Severity
from tests.ports.advisory_plugs import DJANGO, OPENSSL, advisory, affected

V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"


def test_scores() -> None:
    """Version 3 rates where both are told; a wrong vector keeps no score; a source's own word stays."""
    told = advisory(1, severity=Severity.UNKNOWN, scores=(Score("a", V4, -1.0), Score("b", V31, -1.0), Score("c", "x", -1.0)))
    found = rated(told)
    assert [s.value for s in found.scores] == [6.9, 9.8, -1.0]
    assert found.severity is Severity.CRITICAL
    assert rated(msgspec.structs.replace(told, severity=Severity.LOW)).severity is Severity.LOW
    assert rated(advisory(1, scores=(Score("c", "x", -1.0),), severity=Severity.UNKNOWN)).severity is Severity.UNKNOWN


def test_one_alone() -> None:
    """It stays as it is."""
    only = advisory(1)
    assert merge([only]) is only


def test_what_is_told_elsewhere() -> None:
    """Names, references and scores of all; texts and packages of the first that has them."""
    first = advisory(1, summary="", published=20, modified=30, affected=(affected(fixed="1"),), references=("a",))
    second = advisory(
        1, summary="told", aliases=("CVE-2024-0007",), published=10, modified=25, references=("b", "a"),
        scores=(Score("x", V4, 6.9),), affected=(affected(fixed="2"), affected(OPENSSL, "3")),
    )  # fmt: skip
    found = merge([first, second])
    assert found.summary == "told"
    assert found.aliases == ("CVE-2024-0001", "CVE-2024-0007")
    assert (found.published, found.modified) == (10, 30)
    assert found.references == ("a", "b")
    assert {s.vector for s in found.scores} == {V31, V4}
    assert [(a.package, a.ranges[0].fixed) for a in found.affected] == [(DJANGO, "1"), (OPENSSL, "3")]


def test_records_side_by_side() -> None:
    """A feed that tells of one id package by package loses none, nor the streams of a module."""
    parts = [advisory(1, affected=(affected(PackageName("Debian:12", name)),)) for name in ("a", "b")]
    assert [a.package.name for a in merge(parts).affected] == ["a", "b"]
    streams = [advisory(1, affected=(affected(module=module),)) for module in ("m:1", "m:2", "m:1")]
    assert [a.module for a in merge(streams).affected] == ["m:1", "m:2"]
