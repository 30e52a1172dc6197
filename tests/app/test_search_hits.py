"""What each kind of thing looks like in an answer."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.app.search import MOST_HITS, search
from periderm.app.search_hits import LISTS, detector_names, detectors_of, technique_names
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.search import Family, Group, Match


def group(app: Application, text: str) -> Group:
    """Of the one kind that is asked for."""
    (found,) = search(app, LOCAL_ADMIN, text, MOST_HITS).groups
    return found


def test_every_kind_has_a_way_to_be_found() -> None:
    """A new one says how."""
    assert {*LISTS, Family.DETECTOR, Family.PACKAGE, Family.EVENT} == set(Family)


def test_packages_need_a_name(scanned: Application) -> None:
    """Else all would have to be looked at."""
    assert group(scanned, "in:packages licence:MIT").left_out.en
    hits = group(scanned, "in:packages lodash").hits
    assert hits
    assert all("lodash" in hit.title.en for hit in hits)
    version = hits[0].title.en.split()[1]
    assert {h.title.en for h in group(scanned, f"in:packages package:lodash version:{version}").hits} == {f"lodash {version}"}
    assert group(scanned, "in:packages package:lod*").hits == group(scanned, "in:packages package:lodash").hits


def test_vulnerabilities_and_images_by_each_other(scanned: Application) -> None:
    """Where one is, and what is in one."""
    (hit,) = group(scanned, "in:vulnerabilities cve:cve-2099-1001").hits
    assert hit.id == "CVE-2099-1001"
    assert group(scanned, "in:images cve:CVE-2099-1001").hits
    assert group(scanned, "in:findings cve:CVE-2099-*").hits
    assert not group(scanned, "in:images cve:CVE-1999-1").hits


def test_a_technique_stands_for_what_is_below_it() -> None:
    """Named as in ATT&CK."""
    below = next(name for name in technique_names() if "." in name)
    above = below.partition(".")[0]
    assert set(detectors_of(Match("technique", (below,)))) <= set(detectors_of(Match("technique", (above.lower(),))))
    assert set(detectors_of(Match("technique", ("T*",)))) <= set(detector_names())
