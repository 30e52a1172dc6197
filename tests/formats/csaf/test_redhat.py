"""Red Hat's words: which release, which rpm, and what will become of it."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions.order import compare
from periderm.formats.csaf import redhat
from periderm.model.advisory import Advisory, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError
from periderm.model.severity import Severity
from periderm.model.version_range import VersionRange
from tests.formats.csaf.build import Vex, by_name


def vex() -> Vex:
    """A document with Red Hat's platforms."""
    made = Vex("Red Hat Product Security", "https://www.redhat.com")
    made.platform("AppStream-9.4.0.Z.MAIN.EUS", "cpe:/a:redhat:enterprise_linux:9::appstream")
    made.platform("BaseOS-9.2.0.Z.EUS", "cpe:/o:redhat:rhel_eus:9.2::baseos")
    made.platform("red_hat_enterprise_linux_8", "cpe:/o:redhat:enterprise_linux:8")
    made.platform("8Base-RHOSE-4.14", "cpe:/a:redhat:openshift:4.14::el8")
    return made


def one(made: Vex) -> Advisory:
    """The advisory of a document."""
    (found,) = redhat.parse(made.bytes(), compare, where="cve.json")
    assert isinstance(found, Advisory), found
    return found


def test_fixes_by_release() -> None:
    """The main stream is the release; a paid stream keeps a name of its own; other products are left out."""
    made = vex()
    purl = "pkg:rpm/redhat/openssl-libs@3.0.7-{}?arch=x86_64&epoch=1"
    made.say("fixed", "AppStream-9.4.0.Z.MAIN.EUS", "openssl-libs-1:3.0.7-27.el9.x86_64", purl.format("27.el9"))
    made.say("fixed", "BaseOS-9.2.0.Z.EUS", "openssl-libs-1:3.0.7-16.el9_2.x86_64", purl.format("16.el9_2"))
    made.say("fixed", "8Base-RHOSE-4.14", "openssl-libs-1:1.1.1-1.el8.x86_64", purl.format("1.el8"))
    found = one(made)
    assert found.id == "REDHAT-CVE-2024-0001"
    assert found.upstream == ("CVE-2024-0001",)
    told = by_name(found.affected)
    assert set(told) == {"Red Hat:9/openssl-libs", "Red Hat:rhel_eus:9.2::baseos/openssl-libs"}
    assert told["Red Hat:9/openssl-libs"].ranges == (VersionRange(fixed="1:3.0.7-27.el9"),)


@pytest.mark.parametrize(
    ("category", "details", "verdict"),
    [
        ("no_fix_planned", "Will not fix", Verdict.WILL_NOT_FIX),
        ("no_fix_planned", "Out of support scope", Verdict.END_OF_LIFE),
        ("none_available", "Fix deferred", Verdict.FIX_DEFERRED),
        ("none_available", "Affected", Verdict.AFFECTED),
        ("no_fix_planned", "", Verdict.WILL_NOT_FIX),
        ("workaround", "Turn it off", Verdict.AFFECTED),
    ],
)
def test_without_a_fix(category: str, details: str, verdict: Verdict) -> None:
    """What Red Hat will do, in its own words."""
    made = vex()
    product = made.say("known_affected", "red_hat_enterprise_linux_8", "tar", "pkg:rpm/redhat/tar")
    made.remediations = [{"category": category, "details": details, "product_ids": [product]}]
    made.threats = [{"category": "impact", "details": "Moderate", "product_ids": [product]}]
    (entry,) = one(made).affected
    assert entry.verdict is verdict
    assert entry.severity is Severity.MEDIUM
    assert entry.ranges == (VersionRange(),)


def test_other_states() -> None:
    """Not affected, and not yet looked at."""
    made = vex()
    made.say("known_not_affected", "red_hat_enterprise_linux_8", "gzip", "pkg:rpm/redhat/gzip")
    made.say("under_investigation", "red_hat_enterprise_linux_8", "bzip2", "pkg:rpm/redhat/bzip2")
    told = by_name(one(made).affected)
    assert told["Red Hat:8/gzip"].verdict is Verdict.NOT_AFFECTED
    assert told["Red Hat:8/bzip2"].verdict is Verdict.UNDER_INVESTIGATION


def test_modules() -> None:
    """A stream is told as a module, from the package URL or from the product id."""
    made = vex()
    made.say(
        "fixed",
        "AppStream-9.4.0.Z.MAIN.EUS",
        "nodejs-1:18.20.4-1.module+el9.x86_64::nodejs:18",
        "pkg:rpm/redhat/nodejs@18.20.4-1.module%2Bel9?arch=x86_64&epoch=1&rpmmod=nodejs:18:9040:rhel9",
    )
    made.say("known_affected", "AppStream-9.4.0.Z.MAIN.EUS", "nodejs::nodejs:16", "pkg:rpm/redhat/nodejs")
    assert set(by_name(one(made).affected)) == {"Red Hat:9/nodejs::nodejs:18", "Red Hat:9/nodejs::nodejs:16"}


def test_nothing_for_images() -> None:
    """A document about other products is refused with its reason."""
    made = vex()
    made.say("fixed", "8Base-RHOSE-4.14", "shop-1.x86_64", "pkg:rpm/redhat/shop@1?arch=x86_64")
    (found,) = redhat.parse(made.bytes(), compare, where="cve.json")
    assert isinstance(found, Refused)
    assert "no rpm" in found.why


def test_damage() -> None:
    """What is no document is a FormatError; one without vulnerabilities is refused."""
    with pytest.raises(FormatError):
        list(redhat.parse(b"{", compare))
    (found,) = redhat.parse(b'{"document": {}}', compare)
    assert isinstance(found, Refused)
