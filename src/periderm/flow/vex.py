"""Reads VEX statements from a document of whichever form it is. Matches none."""

from __future__ import annotations

from periderm.formats import cyclonedx_vex, openvex
from periderm.formats.csaf import vex as csaf_vex
from periderm.model.errors import FormatError
from periderm.model.vulnerability import VexStatement

MOST_BYTES = 64 << 20


def read_vex(data: bytes, *, where: str = "") -> tuple[VexStatement, ...]:
    """All statements of an OpenVEX, CSAF or CycloneDX document. Raises FormatError."""
    if len(data) > MOST_BYTES:
        raise FormatError(f"it is larger than {MOST_BYTES >> 20} MiB.", "Split it into several documents.", where=where)
    if csaf_vex.is_csaf(data):
        return tuple(csaf_vex.parse(data, where=where))
    if openvex.is_openvex(data):
        return tuple(openvex.parse(data, where=where))
    if cyclonedx_vex.is_cyclonedx(data):
        return tuple(cyclonedx_vex.parse(data, where=where))
    raise FormatError(
        "this is no VEX document that is known here.", "OpenVEX, CSAF (profile csaf_vex) and CycloneDX are read.", where=where
    )
