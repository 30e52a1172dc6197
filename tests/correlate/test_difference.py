"""Two reports compared."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.correlate.difference import compare
from periderm.flow.vulnerabilities import judge_inventory
from periderm.model.image import ImageInventory, Package
from periderm.model.report import Report, TargetKind
from tests.engines.vulnerability.given import NOW, Memory, advisory, affected, inventory, package

KNOWN = Memory(
    advisory("CVE-2099-0001", affected("PyPI", "demo", "..3")), advisory("CVE-2099-0002", affected("PyPI", "demo", "2..3"))
)


def report(*packages: Package, digest: str = "a") -> Report:
    """A scan of these."""
    image: ImageInventory = msgspec.structs.replace(inventory(*packages), digest=f"sha256:{digest}")
    found = judge_inventory(image, KNOWN, now=NOW).findings
    return Report(kind=TargetKind.IMAGE, target=digest, time=NOW, seconds=1.0, version="1", inventory=image, findings=found)


def test_packages_and_findings() -> None:
    """What came, what went, what changed its version; a finding of another image about the same thing is kept."""
    before = report(package("pypi", "demo", "1.0"), package("npm", "gone", "1.0.0"), digest="a")
    after = report(package("pypi", "demo", "2.0"), package("npm", "new", "1.0.0"), digest="b")
    difference = compare(before, after)
    assert ([p.name for p in difference.added], [p.name for p in difference.removed]) == (["new"], ["gone"])
    (change,) = difference.changed
    assert (change.name, change.before, change.after, change.downgrade) == ("demo", ("1.0",), ("2.0",), False)
    names = [
        [f.vulnerability.id for f in some if f.vulnerability] for some in (difference.new, difference.gone, difference.kept)
    ]
    assert names == [["CVE-2099-0002"], [], ["CVE-2099-0001"]]
    assert not difference.same
    assert compare(after, before).changed[0].downgrade


def test_what_a_package_owns_is_not_told_twice() -> None:
    """It changes with its owner."""
    assert compare(report(), report(package("pypi", "x", "1", owner="deb:python3-x"))).added == ()


packages = st.lists(
    st.sampled_from([package("pypi", n, v) for n in ("demo", "b") for v in ("1.0", "2.0", "3.0")]), max_size=4, unique=True
)


@settings(max_examples=40)
@given(packages, packages)
def test_laws(first: list[Package], second: list[Package]) -> None:
    """The same is the same; turned round, what came is what went; nothing is lost."""
    one, two = report(*first), report(*second, digest="b")
    assert compare(one, msgspec.structs.replace(one, target="again")).same
    there, back = compare(one, two), compare(two, one)
    assert {p.purl for p in there.added} == {p.purl for p in back.removed}
    assert len(there.new) == len(back.gone)
    assert len(there.kept) == len(back.kept)
    assert len(there.new) + len(there.kept) == len(two.findings)
    assert len(there.gone) + len(there.kept) == len(one.findings)
