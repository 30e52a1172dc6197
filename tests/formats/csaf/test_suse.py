"""SUSE's words: which of its many products is a server image's release, and which statements are stale."""

from __future__ import annotations

import pytest

from periderm.algorithms.versions.order import compare
from periderm.formats.csaf import suse
from periderm.model.advisory import Advisory, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError
from periderm.model.severity import Severity
from periderm.model.version_range import VersionRange
from tests.formats.csaf.build import Vex, by_name

SP6 = "SUSE Linux Enterprise Server 15 SP6"
MODULE = "SUSE Linux Enterprise Module for Basesystem 15 SP6"
LTSS = "SUSE Linux Enterprise Server 12 SP5-LTSS"
SAP = "SUSE Linux Enterprise Server for SAP Applications 15 SP6"


def vex() -> Vex:
    """A document with SUSE's platforms."""
    made = Vex("SUSE Product Security Team", "https://www.suse.com/")
    for name in (SP6, MODULE, LTSS, SAP, "openSUSE Leap 15.6", "openSUSE Tumbleweed", "SUSE Linux Enterprise Server 16.0"):
        made.platform(name)
    return made


def fix(made: Vex, platform: str, name: str, version: str, source: str = "xz", word: str = "recommended") -> None:
    """A build with the fix."""
    made.say(word, platform, f"{name}-{version}", f"pkg:rpm/suse/{name}@{version}?upstream={source}-{version}.src.rpm")


def one(made: Vex) -> Advisory:
    """The advisory of a document."""
    (found,) = suse.parse(made.bytes(), compare, where="cve.json")
    assert isinstance(found, Advisory), found
    return found


def test_releases() -> None:
    """Modules belong to their service pack, LTSS to its release; SAP is another product."""
    made = vex()
    fix(made, MODULE, "liblzma5", "5.4.1-150600.3.3.1")
    fix(made, LTSS, "liblzma5", "5.0.5-6.7.1")
    fix(made, SAP, "liblzma5", "5.4.1-150600.3.9.1")
    fix(made, "openSUSE Leap 15.6", "liblzma5", "5.4.1-150600.3.3.1")
    fix(made, "openSUSE Tumbleweed", "liblzma5", "5.6.2-1.1")
    fix(made, "SUSE Linux Enterprise Server 16.0", "liblzma5", "5.8.1-160000.2.2")
    told = by_name(one(made).affected)
    assert set(told) == {
        f"{e}/liblzma5" for e in ("SUSE:15.6", "SUSE:12.5", "openSUSE:15.6", "openSUSE:Tumbleweed", "SUSE:16.0")
    }
    assert told["SUSE:15.6/liblzma5"].ranges == (VersionRange(fixed="5.4.1-150600.3.3.1"),)


def test_the_lower_of_two_fixes() -> None:
    """What is recommended is the earlier build wherever both are told."""
    made = vex()
    fix(made, SP6, "liblzma5", "5.4.1-150600.3.9.1", word="first_fixed")
    fix(made, SP6, "liblzma5", "5.4.1-150600.3.3.1")
    assert by_name(one(made).affected)["SUSE:15.6/liblzma5"].ranges == (VersionRange(fixed="5.4.1-150600.3.3.1"),)


def test_a_source_package_that_stays_listed() -> None:
    """Its binaries are fixed, so the old word on the source is stale; a declared 'will not fix' is none."""
    made = vex()
    fix(made, SP6, "liblzma5", "5.4.1-1")
    stale = made.say("known_affected", SP6, "xz", "pkg:rpm/suse/xz@?upstream=xz.src.rpm")
    assert set(by_name(one(made).affected)) == {"SUSE:15.6/liblzma5"}
    made.remediations = [{"category": "no_fix_planned", "product_ids": [stale]}]
    assert by_name(one(made).affected)["SUSE:15.6/xz"].verdict is Verdict.WILL_NOT_FIX


def test_names_that_look_like_versions() -> None:
    """'libjavascriptcoregtk-4_0-18' is a name: SUSE's package URL takes its end for a version."""
    made = vex()
    made.say("known_affected", SP6, "libjavascriptcoregtk-4_0-18", "pkg:rpm/suse/libjavascriptcoregtk@4_0-18")
    made.threats = [{"category": "impact", "details": "important"}]
    told = by_name(one(made).affected)["SUSE:15.6/libjavascriptcoregtk-4_0-18"]
    assert told.ranges == (VersionRange(),)
    assert told.severity is Severity.HIGH


def test_rejected_ones_are_withdrawn() -> None:
    """SUSE goes on listing packages for CVEs that were rejected."""
    made = vex()
    fix(made, SP6, "liblzma5", "5.4.1-1")
    made.description = "** REJECT ** DO NOT USE THIS CANDIDATE NUMBER."
    assert one(made).withdrawn > 0


def test_nothing_for_images() -> None:
    """A document about other products is refused with its reason; damage is a FormatError."""
    made = vex()
    fix(made, SAP, "liblzma5", "5.4.1-1")
    (found,) = suse.parse(made.bytes(), compare, where="cve.json")
    assert isinstance(found, Refused)
    with pytest.raises(FormatError):
        list(suse.parse(b"[]", compare))
