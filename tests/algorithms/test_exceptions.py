"""Promises of exceptions: each hides what its scope names, nothing else, and only until it ends."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms import exceptions
from periderm.model.exception import Exemption, Scope
from periderm.model.finding import Finding, FindingKind
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import Vulnerability
from tests import strategies

NOW = 1_790_000_000 * 10**9
IMAGE = "docker.io/library/nginx:1.25"
DIGEST = "sha256:" + "a" * 64
WORDS = Text("x", "x")


def a_finding(name: str = "one") -> Finding:
    """A vulnerability of openssl in an image."""
    known = Vulnerability(
        id="CVE-2026-1",
        aliases=("GHSA-aaaa-bbbb-cccc",),
        purl="pkg:deb/debian/openssl@3.0.11-1?arch=amd64&distro=debian-12",
        name="openssl",
        version="3.0.11-1",
        path="usr/lib/x86_64-linux-gnu/libssl.so.3",
    )
    return Finding(
        id=f"fnd-{name}",
        detector="VUL-001",
        kind=FindingKind.VULNERABILITY,
        severity=Severity.HIGH,
        asset_id="ast-1",
        title=WORDS,
        message=WORDS,
        remediation=WORDS,
        location="var/lib/dpkg/status",
        package="openssl",
        purl=known.purl,
        vulnerability=known,
    )


def an_exemption(expires: int = NOW + 1, **scope: tuple[str, ...]) -> Exemption:
    """One with this scope."""
    return Exemption(id="exc-1", reason="not reachable", owner="shop@example.org", expires=expires, scope=Scope(**scope))


HIDING = [
    {"findings": ("CVE-2026-1",)},
    {"findings": ("cve-2026-*",)},
    {"findings": ("GHSA-aaaa-bbbb-cccc",)},
    {"findings": ("VUL-001",)},
    {"findings": ("fnd-one",)},
    {"images": ("nginx",)},
    {"images": ("nginx:1.25",)},
    {"images": ("docker.io/library/nginx",)},
    {"images": ("*/nginx:*",)},
    {"digests": (DIGEST,)},
    {"packages": ("openssl",)},
    {"packages": ("open*",)},
    {"packages": ("pkg:deb/debian/openssl",)},
    {"packages": ("pkg:deb/debian/openssl@3.0.11-1",)},
    {"packages": ("pkg:deb/debian/openssl?arch=amd64",)},
    {"packages": ("pkg:deb/*/openssl",)},
    {"paths": ("/usr/lib/**",)},
    {"paths": ("usr/lib/*/libssl.so.?",)},
    {"paths": ("**/libssl.so.3",)},
    {"assets": ("ast-1",)},
    {"findings": ("CVE-1", "CVE-2026-1"), "images": ("nginx",), "packages": ("openssl",), "paths": ("/usr/**",)},
]
NOT_HIDING = [
    {},
    {"findings": ("CVE-2026-11",)},
    {"findings": ("CVE-2026",)},
    {"images": ("nginx:1.2",)},
    {"images": ("ginx",)},
    {"images": ("library/nginx",)},
    {"digests": ("sha256:" + "b" * 64,)},
    {"packages": ("openss",)},
    {"packages": ("pkg:deb/debian/openssl@3.0.11",)},
    {"packages": ("pkg:deb/ubuntu/openssl",)},
    {"packages": ("pkg:deb/debian/openssl?arch=arm64",)},
    {"packages": ("pkg:nonsense",)},
    {"paths": ("/usr/*",)},
    {"paths": ("/usr/lib",)},
    {"assets": ("ast-2",)},
    {"findings": ("CVE-2026-1",), "images": ("redis",)},
]


@pytest.mark.parametrize("scope", HIDING, ids=str)
def test_a_scope_covers_what_it_names(scope: dict[str, tuple[str, ...]]) -> None:
    """Every field, every way to write it, and all of them together."""
    applied = exceptions.apply([an_exemption(**scope)], [a_finding()], NOW, [IMAGE], [DIGEST])
    assert applied.kept == ()
    assert [f.id for f in applied.excepted] == ["fnd-one"]
    assert applied.by[0].hides == ("fnd-one",)


@pytest.mark.parametrize("scope", NOT_HIDING, ids=str)
def test_a_scope_covers_nothing_else(scope: dict[str, tuple[str, ...]]) -> None:
    """A piece of a name, another version, another image, and a scope for everything."""
    applied = exceptions.apply([an_exemption(**scope)], [a_finding()], NOW, [IMAGE], [DIGEST])
    assert applied.excepted == ()
    assert applied.by[0].hides == ()


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("openssl", True),
        ("libssl3", True),
        ("libssl*", True),
        ("debian/libssl3", True),
        ("pkg:deb/debian/libssl3", True),
        ("pkg:deb/debian/libcrypto3@3.0.11-1", True),
        ("pkg:deb/debian/libssl3?arch=amd64", True),
        ("pkg:deb/*/libcrypto*", True),
        ("pkg:deb/debian/openssl", False),
        ("pkg:deb/debian/libssl3@2", False),
        ("libtls", False),
    ],
)
def test_all_packages_of_a_finding_count(pattern: str, covered: bool) -> None:
    """One finding for a source package: its name and each package that was built from it name the finding."""
    first, second = (f"pkg:deb/debian/{n}@3.0.11-1?arch=amd64" for n in ("libssl3", "libcrypto3"))
    whole = a_finding()
    assert whole.vulnerability is not None
    known = msgspec.structs.replace(whole.vulnerability, purl=first, name="libssl3", source="openssl", packages=(first, second))
    finding = msgspec.structs.replace(whole, package="libssl3", purl=first, vulnerability=known)
    assert exceptions.covers(Scope(packages=(pattern,)), exceptions.subject_of(finding)) is covered


def test_an_exception_ends() -> None:
    """At its end, to the nanosecond, it hides nothing, and says that it is over."""
    subject = exceptions.subject_of(a_finding())
    ending = an_exemption(expires=NOW, findings=("*",))
    assert exceptions.hides(ending, subject, NOW - 1)
    assert not exceptions.hides(ending, subject, NOW)
    applied = exceptions.apply([ending], [a_finding()], NOW)
    assert (applied.by[0].expired, applied.by[0].hides, len(applied.kept)) == (True, (), 1)


def test_each_exception_says_what_it_hides() -> None:
    """A finding that two hide is told of both, and is excepted once."""
    both = [an_exemption(findings=("fnd-one",)), an_exemption(packages=("openssl",)), an_exemption(images=("other",))]
    applied = exceptions.apply(both, [a_finding(), a_finding("two")], NOW, [IMAGE])
    assert [e.hides for e in applied.by] == [("fnd-one",), ("fnd-one", "fnd-two"), ()]
    assert [f.id for f in applied.excepted] == ["fnd-one", "fnd-two"]


@settings(max_examples=40)
@given(st.lists(strategies.values(Exemption), max_size=4), st.lists(strategies.values(Finding), max_size=4))
def test_nothing_is_lost(exemptions: list[Exemption], findings: list[Finding]) -> None:
    """Whatever the exceptions say, every finding is either kept or excepted, whole."""
    applied = exceptions.apply(exemptions, findings, NOW, ["a:1"], ["sha256:1"])
    assert sorted(map(id, [*applied.kept, *applied.excepted])) == sorted(map(id, findings))
    assert len(applied.by) == len(exemptions)
    hidden = {i for each in applied.by for i in each.hides}
    assert hidden == {f.id for f in applied.excepted}


def test_image_names_have_their_forms() -> None:
    """With a port, a tag and a digest."""
    forms = exceptions.image_forms("registry.example:5000/shop/web:1.2@sha256:00")
    assert forms == (
        "registry.example:5000/shop/web:1.2@sha256:00",
        "registry.example:5000/shop/web:1.2",
        "registry.example:5000/shop/web",
    )
    assert exceptions.image_forms("localhost:5000/x") == ("localhost:5000/x",)


def test_an_exception_for_an_image_silences_no_behaviour() -> None:
    """Only one that names a detector, and not by a pattern for everything, takes an alert away."""
    subject = exceptions.Subject(ids=("alt-1", "RUN-002"), images=(IMAGE,), digests=(DIGEST,), asset="ctr-1", assets=("wrk-1",))

    def hidden(**scope: tuple[str, ...]) -> bool:
        made = Exemption(id="e", reason="r", owner="o", expires=NOW + 1, scope=Scope(**scope))
        return exceptions.hides_alert(made, subject, NOW)

    assert hidden(findings=("run-002",))
    assert hidden(findings=("RUN-00?",), images=("nginx",), assets=("wrk-1",))
    assert not hidden(images=("nginx",))
    assert not hidden(findings=("*",))
    assert not hidden(findings=("*", "CVE-1"))
    assert not hidden(findings=("RUN-002",), assets=("wrk-2",))
