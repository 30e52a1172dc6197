"""What to change, as stored or from the findings."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.planning import plan_for
from periderm.model.finding import Finding
from periderm.model.text import Text
from periderm.model.vulnerability import ChangeKind, PlannedChange
from tests.scanned import findings, inventory

NOW = 1_795_600_000 * 10**9


def test_a_stored_plan_is_kept_for_what_counts() -> None:
    """Findings that an exception took away leave their step, and with them its risk; an empty step goes."""
    known = findings(NOW)
    ids = tuple(f.id for f in known)
    steps = [
        PlannedChange(kind=ChangeKind.UPGRADE, what=Text("a", "a"), removes=(ids[0], "gone"), risk=80.0),
        PlannedChange(kind=ChangeKind.UPGRADE, what=Text("b", "b"), removes=("gone",), risk=90.0),
        PlannedChange(kind=ChangeKind.REBUILD, what=Text("c", "c"), removes=(ids[1], ids[2]), risk=50.0),
    ]
    found = plan_for(steps, known, inventory())
    assert [(s.what.en, s.removes, s.risk) for s in found] == [("c", (ids[1], ids[2]), 50.0), ("a", (ids[0],), 40.0)]


def test_without_a_stored_plan_the_fixes_are_grouped() -> None:
    """One step a package; what the base brought is one rebuild; what has no fix is in none."""
    found = plan_for((), findings(NOW), inventory())
    assert [(s.kind, s.to_version) for s in found if s.kind is ChangeKind.REBUILD] == [(ChangeKind.REBUILD, "")]
    upgrades = {s.packages[0]: s.to_version for s in found if s.kind is ChangeKind.UPGRADE}
    assert upgrades["pkg:pypi/django@4.2.1"] == "4.2.9"
    assert all(s.command for s in found)
    assert sum(len(s.removes) for s in found) == 6


@pytest.mark.parametrize(("other", "expected"), [("4.2.11", "4.2.11"), ("4.2.2", "4.2.9")])
def test_a_step_ends_all_of_its_findings(other: str, expected: str) -> None:
    """The greatest of the fixes, by the ecosystem's own order and not by the alphabet's."""
    django = next(f for f in findings(NOW) if f.package == "django")
    found = plan_for((), [django, _again(django, other)], inventory())
    assert [s.to_version for s in found] == [expected]


def test_go_itself_is_built_with() -> None:
    """The standard library is part of each program: there is nothing to get, but programs to build anew."""
    django = next(f for f in findings(NOW) if f.package == "django")
    assert django.vulnerability is not None
    known = msgspec.structs.replace(
        django.vulnerability,
        purl="pkg:golang/stdlib@1.21.4",
        name="stdlib",
        version="go1.21.4",
        fixed_in="1.21.5",
        path="bin/m",
    )
    (step,) = plan_for((), [msgspec.structs.replace(django, package="stdlib", vulnerability=known)], inventory())
    assert (step.kind, step.to_version, step.command) == (ChangeKind.REBUILD, "1.21.5", "")
    assert step.what.en == "Build with Go 1.21.5 or later: bin/m."


def _again(finding: Finding, fixed: str) -> Finding:
    return msgspec.structs.replace(
        finding, id="fnd-2", vulnerability=msgspec.structs.replace(finding.vulnerability, fixed_in=fixed, id="CVE-2099-2")
    )
