"""Package URLs of rpms, and how statements about builds add up to one word on a package."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions.order import compare
from periderm.formats.csaf.rpms import Rpm, Said, rpm_of
from periderm.model.advisory import PackageName, Verdict
from periderm.model.severity import Severity
from periderm.model.version_range import VersionRange

NAME = PackageName("Red Hat:9", "shop")


@pytest.mark.parametrize(
    ("purl", "rpm"),
    [
        ("pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=x86_64&epoch=1", Rpm("openssl", "1:3.0.7-27.el9")),
        ("pkg:rpm/redhat/shop@1.0-1.el9?arch=src&epoch=0", Rpm("shop", "1.0-1.el9")),
        ("pkg:rpm/redhat/tar", Rpm("tar")),
        (
            "pkg:rpm/redhat/httpd@2.4.37-51.module%2Bel8.7.0%2B18026?arch=x86_64&rpmmod=httpd:2.4:8070020230131172653:bd1311ed",
            Rpm("httpd", "2.4.37-51.module+el8.7.0+18026", "httpd:2.4"),
        ),
        (
            "pkg:rpm/suse/liblzma5@5.8.1-160000.2.2?upstream=xz-5.8.1-160000.2.2.src.rpm",
            Rpm("liblzma5", "5.8.1-160000.2.2", "", "xz"),
        ),
        ("pkg:rpm/suse/libfoo@?upstream=libfoo.src.rpm", Rpm("libfoo", "", "", "libfoo")),
        ("pkg:rpm/redhat/openshift4/ose-cli@1", None),
        ("pkg:oci/shop@sha256:0", None),
        ("", None),
    ],
)
def test_package_urls(purl: str, rpm: Rpm | None) -> None:
    """As the two vendors write them, with what is percent-encoded decoded."""
    assert rpm_of(purl) == rpm


def test_the_lowest_fix_is_the_boundary() -> None:
    """All of them have the fix; whoever has the first is not vulnerable."""
    said = Said(compare)
    for version in ("1.0-9.el9", "1.0-10.el9", "1.0-2.el9"):
        said.fixed(NAME, "", version, Severity.HIGH)
    (entry,) = said.affected()
    assert entry.ranges == (VersionRange(fixed="1.0-2.el9"),)
    assert entry.severity is Severity.HIGH


def test_a_fix_beats_every_other_word() -> None:
    """Also one that is told before or after."""
    said = Said(compare)
    said.unfixed(NAME, "", Verdict.WILL_NOT_FIX, "Will not fix", Severity.LOW)
    said.fixed(NAME, "", "1.0-2.el9", Severity.LOW)
    (entry,) = said.affected()
    assert entry.verdict is Verdict.AFFECTED
    assert entry.note == ""


def test_affected_beats_not_affected() -> None:
    """Two statements at one scope: the careful one counts."""
    said = Said(compare)
    said.unfixed(NAME, "", Verdict.AFFECTED, "", Severity.LOW)
    said.unfixed(NAME, "", Verdict.NOT_AFFECTED, "", Severity.LOW)
    (entry,) = said.affected()
    assert entry.verdict is Verdict.AFFECTED
    assert entry.ranges == (VersionRange(),)


def test_streams_are_apart() -> None:
    """Two streams of a module are two things; a newer one is not in the older one's range, nor the other way round."""
    said = Said(compare)
    said.fixed(NAME, "nodejs:18", "1:18.20.4-1.module+el9", Severity.LOW)
    said.fixed(NAME, "nodejs:20", "1:20.16.0-1.module+el9", Severity.LOW)
    told = {entry.module: entry.ranges for entry in said.affected()}
    assert told == {
        "nodejs:18": (VersionRange(introduced="1:18", fixed="1:18.20.4-1.module+el9"),),
        "nodejs:20": (VersionRange(introduced="1:20", fixed="1:20.16.0-1.module+el9"),),
    }
