"""An inventory judged whole: look-ups in bulk, statements and exceptions, the plan for what counts."""

from __future__ import annotations

from collections.abc import Iterable

from periderm.flow.vulnerabilities import judge_inventory
from periderm.model.advisory import Advisory, PackageName
from periderm.model.exception import Exemption, Scope
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import OsRelease
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import VexStatement, VexStatus
from tests.engines.vulnerability.given import DAY, NOW, Memory, advisory, affected, deb, inventory, package

CVE = "CVE-2099-0001"
KNOWN = (
    advisory(CVE, affected("PyPI", "demo", "..2"), published=NOW - DAY),
    advisory("CVE-2099-0002", affected("PyPI", "demo", "..3")),
)
IMAGE = inventory(package("pypi", "demo", "1.0"))
SECRET = Finding(
    id="fnd-secret",
    detector="IMG-001",
    kind=FindingKind.SECRET,
    severity=Severity.HIGH,
    asset_id="img-1",
    title=Text("s", "s"),
    message=Text("s", "s"),
    remediation=Text("s", "s"),
    location="etc/key",
)


def exemption(**scope: tuple[str, ...]) -> Exemption:
    """An exception that runs."""
    return Exemption(id="e", reason="r", owner="o", expires=NOW + DAY, scope=Scope(**scope))


class Counting(Memory):
    """Counts the questions."""

    asked = 0

    def affecting(self, names: Iterable[PackageName]) -> dict[PackageName, list[object]]:
        """One question."""
        self.asked += 1
        return super().affecting(names)

    def advisories(self, ids: Iterable[str]) -> dict[str, Advisory]:
        """One question."""
        self.asked += 1
        return super().advisories(ids)


def test_everything_together() -> None:
    """Others first, then packages; the plan takes both faults away in one step; the advisories are named."""
    judged = judge_inventory(IMAGE, Memory(*KNOWN, digest="d"), now=NOW, others=(SECRET,))
    assert [f.detector for f in judged.findings] == ["IMG-001", "VUL-001", "VUL-001"]
    assert [(s.to_version, len(s.removes)) for s in judged.plan] == [("3", 2)]
    assert judged.advisories.digest == "d"


def test_the_store_is_asked_in_bulk() -> None:
    """Two questions for a hundred packages, and their rows one for each name."""
    source = Counting(*KNOWN)
    judge_inventory(inventory(*(package("pypi", "demo", "1.0", path=str(i)) for i in range(100))), source, now=NOW)
    assert source.asked == 2


def test_statements_and_exceptions_take_away_whole_findings() -> None:
    """Each is kept beside, with what took it away; the plan is for the rest."""
    said = VexStatement(
        vulnerability=CVE, products=("pkg:pypi/demo",), status=VexStatus.NOT_AFFECTED, justification="component_not_present"
    )
    judged = judge_inventory(
        IMAGE,
        Memory(*KNOWN),
        now=NOW,
        others=(SECRET,),
        vex=(said,),
        exemptions=(exemption(findings=("IMG-001", "CVE-2099-0002")),),
    )
    assert judged.findings == judged.plan == ()
    (away,) = judged.not_affected
    assert away.vulnerability is not None
    assert (away.vulnerability.id, away.vulnerability.vex) == (CVE, said)
    assert {f.detector for f in judged.excepted} == {"IMG-001", "VUL-001"}
    assert [len(e.hides) for e in judged.exceptions] == [2]


def test_an_exception_that_is_over_hides_nothing() -> None:
    """And says that it is."""
    over = Exemption(id="e", reason="r", owner="o", expires=NOW - DAY, scope=Scope(findings=(CVE,)))
    judged = judge_inventory(IMAGE, Memory(*KNOWN), now=NOW, exemptions=(over,))
    assert len(judged.findings) == 2
    assert judged.exceptions[0].expired


def test_without_advisories_only_what_needs_none() -> None:
    """A release past its end is told all the same; nobody says that packages were judged, or not."""
    old = inventory(deb("a", "1"), os=OsRelease("debian", "10", "Debian 10"))
    assert [f.detector for f in judge_inventory(old, None, now=NOW).findings] == ["VUL-002"]


def test_the_same_twice() -> None:
    """The same inventory and advisories give the same judgement."""
    assert judge_inventory(IMAGE, Memory(*KNOWN), now=NOW) == judge_inventory(IMAGE, Memory(*KNOWN), now=NOW)


def test_an_exploited_one_comes_first_in_the_plan() -> None:
    """Steps are by risk."""
    image = inventory(package("pypi", "demo", "1.0"), package("pypi", "other", "1.0"))
    mild = advisory("CVE-2099-0003", affected("PyPI", "other", "..2"), severity=Severity.LOW)
    judged = judge_inventory(image, Memory(*KNOWN, mild), now=NOW)
    assert [s.packages for s in judged.plan] == [("pkg:pypi/demo@1.0",), ("pkg:pypi/other@1.0",)]
