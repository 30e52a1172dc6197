"""What of an image was never used, and what may be said of its vulnerabilities."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.correlate.slimming import NOT_EXECUTED, WINDOW, Seen, purls_of, seen, slim, statements
from periderm.engines.runtime.scene import DIGEST
from periderm.engines.vulnerability.vex import TAKES_AWAY, Statements
from periderm.model.baseline import Baseline, Entry
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ExecutableFile, ImageInventory, Package
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.usage import FilesInUse
from periderm.model.vulnerability import VexStatement, VexStatus, Vulnerability
from tests.hardened import SEEN, inventory

WORD = Text("w", "w")
START = 1_790_000_000 * 10**9


def package(name: str, *files: str, needs: tuple[str, ...] = ()) -> Package:
    """Of a distribution."""
    return Package(name=name, version="1", type="deb", purl=f"pkg:deb/debian/{name}@1", files=files, dependencies=needs)


NGINX = package("nginx", "usr/sbin/nginx", needs=("libc6", "nginx-common"))
LIBC = package("libc6", "usr/lib/libc.so.6")
COMMON = package("nginx-common", "usr/lib/nginx-helper.so")
PERL = package("perl", "usr/bin/perl", "usr/lib/libperl.so.5", needs=("libperl",))
LIBPERL = package("libperl", "usr/lib/libperl2.so")
DATA = package("tzdata", "usr/share/zoneinfo/UTC")
EXECUTABLES = tuple(
    ExecutableFile(path, 10, 0o755, "", name, "")
    for path, name in (("usr/bin/perl", "perl"), ("usr/lib/libc.so.6", "libc6"), ("usr/bin/stray", ""))
)
IMAGE: ImageInventory = msgspec.structs.replace(
    inventory(*EXECUTABLES), packages=(NGINX, LIBC, COMMON, PERL, LIBPERL, DATA), reference="localhost/shop:1"
)


def finding(identity: str, *about: Package) -> Finding:
    """A vulnerability of packages."""
    told = Vulnerability(
        id=identity, purl=about[0].purl, name=about[0].name, version="1", packages=tuple(p.purl for p in about), priority=50.0
    )
    return Finding(
        id=f"fnd-{identity}", detector="VUL-001", kind=FindingKind.VULNERABILITY, severity=Severity.HIGH, asset_id="img",
        title=WORD, message=WORD, remediation=Text("Upgrade.", "升级。"), vulnerability=told,
    )  # fmt: skip


FINDINGS = (finding("CVE-1", PERL), finding("CVE-2", NGINX), finding("CVE-3", PERL, LIBC), finding("CVE-4", DATA))


def use(*paths: str, hours: float = 30) -> FilesInUse:
    """Seen for so long."""
    return FilesInUse(image_digest=DIGEST, node_id="n", paths=paths, since=START, time=START + int(hours * 3600 * 10**9))


def known(*paths: str, hours: float = 30) -> Seen:
    """What is known of it."""
    found = seen(IMAGE, use(*paths, hours=hours), ())
    assert found is not None
    return found


USED = ("usr/sbin/nginx", "usr/lib/libc.so.6")


def test_what_was_never_used_is_told_and_what_others_need_is_kept() -> None:
    """A dependency of what runs stays; one of an unused package goes with it; what leaves no trace is not judged."""
    found = slim(IMAGE, known(*USED), FINDINGS, 2)
    assert [(p.name, p.needed_by) for p in found.packages] == [
        ("perl", ()),
        ("libperl", ()),
        ("nginx-common", ("nginx",)),
    ]
    assert found.unjudged == 1
    assert [program.path for program in found.programs] == ["usr/bin/perl", "usr/bin/stray"]
    assert (found.used_programs, found.unused_programs, found.size) == (2, 2, 20)


def test_only_findings_of_packages_that_all_go_end() -> None:
    """One that is also about a library in use stays; what was loaded comes first."""
    found = slim(IMAGE, known(*USED), FINDINGS)
    assert found.removed == ("fnd-CVE-1",)
    assert found.kept == ("fnd-CVE-2", "fnd-CVE-3", "fnd-CVE-4")
    assert found.packages[0].vulnerabilities == ("CVE-1", "CVE-3")


def said(at: Seen, now: int = START) -> dict[str, VexStatement]:
    """The statements, by vulnerability."""
    return {s.vulnerability: s for s in statements(IMAGE, at, FINDINGS, now, 2)}


def test_what_is_out_of_use_is_stated_with_the_window_as_evidence() -> None:
    """What is in use is affected, and of what leaves no trace nothing is said."""
    found = said(known(*USED))
    assert (found["CVE-1"].status, found["CVE-1"].justification) == (VexStatus.NOT_AFFECTED, NOT_EXECUTED)
    assert "30 hours, 2 containers" in found["CVE-1"].statement
    assert found["CVE-2"].status is VexStatus.AFFECTED
    assert found["CVE-3"].status is VexStatus.AFFECTED
    assert "CVE-4" not in found


def test_a_short_look_takes_nothing_away() -> None:
    """Less than a day says nothing of what runs once a day."""
    assert WINDOW == 24 * 3600 * 10**9
    assert said(known(*USED, hours=23))["CVE-1"].status is VexStatus.UNDER_INVESTIGATION


def test_a_statement_is_withdrawn_when_the_file_is_loaded() -> None:
    """Whoever reads both documents, in any order, takes the newer: the finding is back."""
    before = said(known(*USED), START + 1)["CVE-1"]
    after = said(known(*USED, "usr/bin/perl", hours=40), START + 2)["CVE-1"]
    assert after.status is VexStatus.AFFECTED
    assert "usr/bin/perl was seen in use" in after.statement
    for order in ((before, after), (after, before)):
        newest = Statements(order, IMAGE).newest(FINDINGS[0])
        assert newest is after
        assert newest.status not in TAKES_AWAY
    alone = Statements((before,), IMAGE).newest(FINDINGS[0])
    assert alone is not None
    assert alone.status in TAKES_AWAY


def test_baselines_count_as_use() -> None:
    """Programs, libraries and files that a workload's baseline knows, patterns too; what was only promised does not."""
    entries = (
        Entry(Behaviour(Aspect.PROGRAM, "/usr/bin/perl /srv/x.pl"), SEEN),
        Entry(Behaviour(Aspect.EXECUTE, "/usr/sbin/nginx", "/usr/lib/libperl*.so"), SEEN),
        Entry(Behaviour(Aspect.READ, "/usr/bin/stray", "/etc/x"), msgspec.structs.replace(SEEN, sources=())),
    )
    told = Baseline(workload_id="w", entries=entries, observed={"n": 90_000}, since=START // 10**9)
    found = seen(IMAGE, None, (told,))
    assert found is not None
    used = found.around.loaded or frozenset()
    assert {"usr/bin/perl", "srv/x.pl", "usr/sbin/nginx", "usr/lib/libperl2.so"} <= used
    assert "usr/bin/stray" not in used
    assert found.until - found.since == 90_000 * 10**9
    assert seen(IMAGE, None, (Baseline(workload_id="w"),)) is None


@given(st.sets(st.sampled_from(sorted({f for p in IMAGE.packages for f in p.files}))), st.sampled_from(IMAGE.packages))
def test_more_use_never_removes_more(paths: set[str], more: Package) -> None:
    """Seeing another file in use only takes packages and findings out of what could be left out."""
    less = slim(IMAGE, known(*paths), FINDINGS)
    later = slim(IMAGE, known(*paths, *more.files), FINDINGS)
    assert {p.purl for p in later.removable} <= {p.purl for p in less.removable}
    assert set(later.removed) <= set(less.removed)
    assert more.purl not in {p.purl for p in later.packages}
    assert all(purls_of(f) for f in FINDINGS)
