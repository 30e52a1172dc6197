"""CISA's catalogue of vulnerabilities that are known to be exploited. It tells since when, not how.

Source: cisa.gov/known-exploited-vulnerabilities-catalog, known_exploited_vulnerabilities.json.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.model.advisory import Exploitation
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError
from periderm.model.timestamps import unix_nanoseconds


class _Known(msgspec.Struct, frozen=True, rename="camel"):
    cve: str = msgspec.field(name="cveID", default="")
    date_added: str = ""
    due_date: str | None = None
    known_ransomware_campaign_use: str | None = None


class _Catalogue(msgspec.Struct, frozen=True):
    vulnerabilities: list[msgspec.Raw]


_catalogue = msgspec.json.Decoder(_Catalogue)
_known = msgspec.json.Decoder(_Known)


def parse(data: bytes, *, where: str = "") -> Iterator[Exploitation | Refused]:
    """Each entry, without likelihoods. Raises FormatError."""
    try:
        entries = _catalogue.decode(data).vulnerabilities
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"this is not the catalogue: {error}", where=where) from error
    for number, raw in enumerate(entries):
        try:
            entry = _known.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield Refused(f"{where}#{number}", f"it is no entry: {error}")
            continue
        since = unix_nanoseconds(f"{entry.date_added}T00:00:00Z")
        if not entry.cve or not since:
            yield Refused(f"{where}#{number}", "it has no id, or no date")
            continue
        yield Exploitation(
            cve=entry.cve,
            known_since=since,
            due=unix_nanoseconds(f"{entry.due_date}T00:00:00Z"),
            ransomware=(entry.known_ransomware_campaign_use or "").lower() == "known",
        )
