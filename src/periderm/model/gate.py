"""What a gate may ask about a finding: the typed names of `--fail-on` and of policies. Values only."""

from __future__ import annotations

import msgspec


class FindingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One finding as a rule sees it. Severities are the numbers of `Severity` and compare with the words
    `informational`, `low`, `medium`, `high`, `critical`. Unknown numbers are -1; days count back from the scan."""

    id: str
    detector: str
    kind: str
    severity: int
    location: str = ""
    layer: str = ""
    package: str = ""
    version: str = ""
    ecosystem: str = ""
    purl: str = ""
    licence: str = ""
    vulnerability: str = ""
    aliases: tuple[str, ...] = ()
    fixed: bool = False
    fixed_in: str = ""
    fixed_days: float = -1.0
    published_days: float = -1.0
    cvss: float = -1.0
    epss: float = -1.0
    exploited: bool = False
    priority: float = 0.0
    verdict: str = ""
    from_base: bool = False
    loaded: bool = False
    declared: bool = False
    development: bool = False
    image: str = ""
    tags: tuple[str, ...] = ()
