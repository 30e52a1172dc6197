"""CycloneDX documents with analyses of vulnerabilities (`vulnerabilities[].analysis`), as VEX statements. Read only; the
bill of materials itself is another format's affair.

Source: cyclonedx.org/docs/1.6/json. What is affected is told by `bom-ref` of the same document or by a BOM-Link of
another (`urn:cdx:SERIAL/VERSION#REF`, whose reference often is a package URL). The document's subject
(`metadata.component`) is the product in which the components lie.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import msgspec

from periderm.model.errors import FormatError, LimitError
from periderm.model.timestamps import unix_nanoseconds
from periderm.model.vulnerability import VexStatement, VexStatus

MOST_COMPONENTS = 500_000
_STATES = {
    "resolved": VexStatus.FIXED,
    "resolved_with_pedigree": VexStatus.FIXED,
    "exploitable": VexStatus.AFFECTED,
    "in_triage": VexStatus.UNDER_INVESTIGATION,
    "false_positive": VexStatus.NOT_AFFECTED,
    "not_affected": VexStatus.NOT_AFFECTED,
}
# CycloneDX's words are finer than OpenVEX's five: what needs a configuration, dependency or surroundings that are not
# there is not controlled by an attacker; what is protected is mitigated.
_JUSTIFICATIONS = {
    "code_not_present": "vulnerable_code_not_present",
    "code_not_reachable": "vulnerable_code_not_in_execute_path",
    "requires_configuration": "vulnerable_code_cannot_be_controlled_by_adversary",
    "requires_dependency": "component_not_present",
    "requires_environment": "vulnerable_code_cannot_be_controlled_by_adversary",
    "protected_by_compiler": "inline_mitigations_already_exist",
    "protected_at_runtime": "inline_mitigations_already_exist",
    "protected_at_perimeter": "inline_mitigations_already_exist",
    "protected_by_mitigating_control": "inline_mitigations_already_exist",
}


class _Hash(msgspec.Struct, frozen=True):
    alg: str = ""
    content: str = ""


class _Component(msgspec.Struct, frozen=True):
    name: str = ""
    version: str = ""
    purl: str = ""
    ref: str = msgspec.field(name="bom-ref", default="")
    hashes: list[_Hash] = []
    components: list[_Component] = []


class _Analysis(msgspec.Struct, frozen=True):
    state: str = ""
    justification: str = ""
    detail: str = ""
    response: list[str] = []
    firstIssued: str = ""
    lastUpdated: str = ""


class _Version(msgspec.Struct, frozen=True):
    version: str = ""
    range: str = ""
    status: str = "affected"


class _Affects(msgspec.Struct, frozen=True):
    ref: str = ""
    versions: list[_Version] = []


class _Reference(msgspec.Struct, frozen=True):
    id: str = ""


class _Vulnerability(msgspec.Struct, frozen=True):
    id: str = ""
    references: list[_Reference] = []
    analysis: _Analysis | None = None
    affects: list[_Affects] = []
    recommendation: str = ""
    updated: str = ""


class _Metadata(msgspec.Struct, frozen=True):
    timestamp: str = ""
    component: _Component | None = None


class _Bom(msgspec.Struct, frozen=True):
    bomFormat: str
    metadata: _Metadata | None = None
    components: list[_Component] = []
    vulnerabilities: list[_Vulnerability] = []
    serialNumber: str = ""


_bom = msgspec.json.Decoder(_Bom)


def is_cyclonedx(data: bytes) -> bool:
    """Whether it says of itself that it is such a document."""
    return b'"bomFormat"' in data and b'"CycloneDX"' in data


def parse(data: bytes, *, where: str = "") -> Iterator[VexStatement]:
    """The analyses as statements; vulnerabilities without an analysis say nothing. Raises FormatError."""
    try:
        bom = _bom.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is no CycloneDX document: {error}", where=where) from error
    if bom.bomFormat != "CycloneDX":
        raise FormatError("its bomFormat is not CycloneDX.", where=where)
    metadata = bom.metadata or _Metadata()
    known = _references(bom.components, where)
    subject = _names(metadata.component) if metadata.component is not None else ()
    if metadata.component is not None and metadata.component.ref:
        known.setdefault(metadata.component.ref, subject)
    for number, vulnerability in enumerate(bom.vulnerabilities):
        if vulnerability.analysis is None or not vulnerability.analysis.state:
            continue
        place = f"{where}: vulnerability {number + 1}"
        yield from _statements(vulnerability, vulnerability.analysis, bom, known=known, subject=subject, place=place)


def _references(components: list[_Component], where: str) -> dict[str, tuple[str, ...]]:
    """Names of each component by its reference, without recursion."""
    known: dict[str, tuple[str, ...]] = {}
    stack = list(reversed(components))
    count = 0
    while stack:
        component = stack.pop()
        count += 1
        if count > MOST_COMPONENTS:
            raise LimitError(f"it has more than {MOST_COMPONENTS} components.", where=where)
        if component.ref:
            known.setdefault(component.ref, _names(component))
        stack.extend(reversed(component.components))
    return known


def _names(component: _Component) -> tuple[str, ...]:
    """All by which a component is known."""
    names = [component.purl]
    names += [f"sha256:{h.content.lower()}" for h in component.hashes if h.alg == "SHA-256"]
    if not component.purl and component.name:
        # An image is often told of by its reference, and its digest as the version.
        version = component.version
        names += [version, component.name] if version.startswith("sha256:") else [component.name]
        names += [f"{component.name}:{version}"] if version and not version.startswith("sha256:") else []
    return tuple(dict.fromkeys(n for n in names if n))


def _statements(
    vulnerability: _Vulnerability,
    analysis: _Analysis,
    bom: _Bom,
    *,
    known: dict[str, tuple[str, ...]],
    subject: tuple[str, ...],
    place: str,
) -> Iterator[VexStatement]:
    status = _STATES.get(analysis.state)
    if status is None:
        raise FormatError(f"has the unknown state {analysis.state[:80]!r}.", where=place)
    if not vulnerability.id:
        raise FormatError("has no id.", where=place)
    justification = _JUSTIFICATIONS.get(analysis.justification, "")
    detail = analysis.detail.strip()
    if analysis.state == "false_positive":
        justification = justification or "component_not_present"
    if status is VexStatus.NOT_AFFECTED and not (justification or detail):
        raise FormatError("says 'not_affected' without a justification or a detail.", where=place)
    metadata = bom.metadata or _Metadata()
    times = (analysis.lastUpdated, analysis.firstIssued, vulnerability.updated, metadata.timestamp)
    for names in _affected(vulnerability, known) or ([subject] if subject and not vulnerability.affects else []):
        inside = names != subject
        yield VexStatement(
            vulnerability=vulnerability.id,
            aliases=tuple(r.id for r in vulnerability.references if r.id and r.id != vulnerability.id),
            # Told of a component: it counts in the document's subject, and on its own.
            products=tuple(dict.fromkeys((*names, *subject))) if not inside else subject or names,
            subcomponents=names if inside and subject else (),
            status=status,
            justification=justification,
            statement=detail,
            action=vulnerability.recommendation or ", ".join(analysis.response),
            time=next((t for text in times if (t := unix_nanoseconds(text))), 0),
            document=bom.serialNumber or where_of(place),
        )


def where_of(place: str) -> str:
    """The document's name in a place."""
    return place.rpartition(": ")[0]


def _affected(vulnerability: _Vulnerability, known: dict[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Names of each affected component; a reference that leads nowhere is taken as what it says, if that is a package
    URL. Versions that the document holds to be unaffected are left out by themselves: they are not named."""
    found: list[tuple[str, ...]] = []
    for affects in vulnerability.affects:
        reference = affects.ref
        names = known.get(reference)
        if names is None:
            inner = unquote(reference.partition("#")[2]) if reference.startswith("urn:cdx:") else reference
            names = known.get(inner) or ((inner,) if inner.startswith("pkg:") else ())
        if not names:
            continue
        exact = [v.version for v in affects.versions if v.version and v.status != "unaffected"]
        if exact:
            names = tuple(_versioned(n, v) for n in names for v in exact)
        found.append(tuple(dict.fromkeys(names)))
    return found


def _versioned(name: str, version: str) -> str:
    """A package URL that names no version, with one."""
    return f"{name}@{version}" if name.startswith("pkg:") and "@" not in name and "?" not in name else name
