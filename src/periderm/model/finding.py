"""Weaknesses of something that exists."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.vulnerability import Vulnerability


class FindingKind(enum.StrEnum):
    """What family a finding belongs to (OCSF classes 2002, 2003, 2004 and 2006 in the exports)."""

    SECRET = "secret"  # noqa: S105 -- the name of a kind, not a password
    CONFIGURATION = "configuration"
    VULNERABILITY = "vulnerability"
    LICENCE = "licence"
    END_OF_LIFE = "end-of-life"
    NOT_EXAMINED = "not-examined"
    MALWARE = "malware"  # a file's content is an attacker's tool, or was changed behind its package's back
    CODE = "code"  # a code analyser said it (SARIF)
    UNTRUSTED = "untrusted"  # not from where, or not signed by whom, the trust policy asks for


class Finding(msgspec.Struct, frozen=True, kw_only=True, tag="finding"):
    """One weakness of one asset. `id` = stable_id('fnd', detector, asset, location); seeing it again changes only
    `last_seen`. `location` is where: a path, 'env:NAME', 'history:3'; `line` counts from 1 (0: none is known). `evidence`
    never holds a secret itself, only its masked form. `purl` names the package that it is about, `vulnerability` has what
    is known of one. `weaknesses` are CWE ids; `tool` names the analysers that said it, or said it too ('' this product
    alone); `ignored` is the reason that a comment beside the line, or the analyser, gives for leaving it. Times are Unix
    nanoseconds."""

    id: str
    detector: str
    kind: FindingKind
    severity: Severity
    asset_id: str
    title: Text
    message: Text
    remediation: Text
    location: str = ""
    evidence: str = ""
    layer: str = ""
    package: str = ""
    techniques: tuple[str, ...] = ()
    first_seen: int = 0
    last_seen: int = 0
    purl: str = ""
    vulnerability: Vulnerability | None = None
    line: int = 0
    weaknesses: tuple[str, ...] = ()
    tool: str = ""
    ignored: str = ""
