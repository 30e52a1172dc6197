"""SUSE's CSAF VEX documents: what each CVE means for the rpms of SUSE Linux Enterprise Server and openSUSE. Other products
(SAP, HPC, Micro, Manager) are left out.

Source: ftp.suse.com/pub/projects/security/csaf-vex. The fixed builds are under `recommended` (rarely `first_fixed`,
hardly ever `fixed`), modules of a service pack belong to its release, and fixes after general support are published for
'-LTSS' only, of the same code. A rejected CVE says so in its description and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.formats.csaf import document
from periderm.formats.csaf.document import Parsed, Vulnerability
from periderm.formats.csaf.rpms import Compare, Key, Rpm, Said, rpm_of
from periderm.model.advisory import Advisory, PackageName, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.ecosystems import normalise
from periderm.model.severity import Severity

_SLE = re.compile(r"SUSE Linux Enterprise (?:Server|Module for .{1,60}?) \d{2}(?:\.\d| SP\d)?(?:[- ]LTSS)?")
_OPENSUSE = re.compile(r"openSUSE (?:Leap \d{2}\.\d|Tumbleweed)")
_REJECTED = ("do not use this candidate number", "has been rejected or withdrawn", "do not use this cve record", "** reject **")


def parse(data: bytes, compare: Compare, *, where: str = "") -> Iterator[Advisory | Refused]:
    """One advisory for each CVE ('SUSE-CVE-2024-1234'). Raises FormatError."""
    parsed = document.read(data, where=where)
    if not parsed.vulnerabilities:
        yield Refused(where, "it speaks of no vulnerability")
    for vulnerability in parsed.vulnerabilities:
        yield _advisory(vulnerability, parsed, compare, where)


def _advisory(vulnerability: Vulnerability, parsed: Parsed, compare: Compare, where: str) -> Advisory | Refused:
    affected = tuple(_said(vulnerability, parsed, compare).affected())
    details = document.description(vulnerability, parsed)
    rejected = any(words in f"{parsed.description}\n{details}".lower() for words in _REJECTED)
    if not vulnerability.cve or not (affected or rejected):
        return Refused(f"{where} ({vulnerability.cve})", "it speaks of no rpm of a SUSE or openSUSE release")
    return Advisory(
        id=f"SUSE-{vulnerability.cve}",
        source="suse",
        upstream=(vulnerability.cve,),
        summary=document.summary(vulnerability, parsed),
        details=details,
        severity=max(document.impacts(vulnerability).values(), default=Severity.UNKNOWN),
        scores=document.scores(vulnerability, "suse"),
        cwes=(vulnerability.cwe.id,) if vulnerability.cwe and vulnerability.cwe.id else (),
        references=parsed.references[:100],
        published=parsed.published,
        modified=parsed.modified,
        withdrawn=(parsed.modified or 1) if rejected else 0,
        affected=affected,
    )


def _said(vulnerability: Vulnerability, parsed: Parsed, compare: Compare) -> Said:
    said = Said(compare)
    impacts, remedies = document.impacts(vulnerability), document.remedies(vulnerability)
    overall = impacts.get("", Severity.UNKNOWN)
    status = vulnerability.product_status or {}
    rebuilt: set[PackageName] = set()
    for word in ("recommended", "first_fixed", "fixed"):
        for product_id in status.get(word, ()):
            ecosystem, rpm = _place(product_id, parsed)
            if rpm is not None and rpm.version:
                said.fixed(normalise(ecosystem, rpm.name), "", rpm.version, impacts.get(product_id, overall))
                if rpm.source:
                    rebuilt.add(normalise(ecosystem, rpm.source))
    for word in ("known_affected", "under_investigation", "known_not_affected"):
        for product_id in status.get(word, ()):
            ecosystem, rpm = _place(product_id, parsed)
            if rpm is not None:
                verdict = _verdict(word, remedies.get(product_id, ("", ""))[0])
                said.unfixed(normalise(ecosystem, rpm.name), "", verdict, "", impacts.get(product_id, overall))
    # A source package stays listed as affected after its binaries are fixed; a declared 'will not fix' is a position.
    stale: set[Key] = {key for key, verdict in said.unfixed_keys() if key[0] in rebuilt and verdict is Verdict.AFFECTED}
    said.drop_unfixed(stale)
    return said


def _verdict(word: str, category: str) -> Verdict:
    if word == "known_not_affected":
        return Verdict.NOT_AFFECTED
    if word == "under_investigation":
        return Verdict.UNDER_INVESTIGATION
    return Verdict.WILL_NOT_FIX if category == "no_fix_planned" else Verdict.AFFECTED


def _place(product_id: str, parsed: Parsed) -> tuple[str, Rpm | None]:
    """(ecosystem, rpm); None for products that are left out. A component without a version is named by its own id, since
    SUSE's package URLs take a part of such names for a version."""
    product = parsed.products.get(product_id)
    if product is None or not product.parent:
        return "", None
    platform, component = parsed.products.get(product.parent), parsed.products.get(product.component)
    if platform is None or component is None:
        return "", None
    if _SLE.fullmatch(product.parent):
        ecosystem = f"SUSE:{product.parent}"
    elif _OPENSUSE.fullmatch(product.parent):
        ecosystem = f"openSUSE:{product.parent.removeprefix('openSUSE ')}"
    else:
        return "", None
    rpm = rpm_of(component.purl)
    if rpm is None:
        return ecosystem, None
    if "." not in rpm.version:  # every real build has a dot in its version or its release
        rpm = Rpm(component.id, "", "", rpm.source)
    return ecosystem, rpm
