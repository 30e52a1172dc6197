"""Published advisories: which versions of which packages are vulnerable, as each source tells it. Judges nothing.

Sources: OSV schema 1.7 (ossf.github.io/osv-schema), FIRST EPSS, CISA KEV.
"""

from __future__ import annotations

import enum

import msgspec

from periderm.model.severity import Severity
from periderm.model.version_range import Scheme, VersionRange


class Verdict(enum.StrEnum):
    """What a source says of one package. A distribution's own verdict beats a range of upstream's."""

    AFFECTED = "affected"  # in `ranges` or `versions`
    NOT_AFFECTED = "not-affected"
    WILL_NOT_FIX = "will-not-fix"
    FIX_DEFERRED = "fix-deferred"
    UNDER_INVESTIGATION = "under-investigation"
    END_OF_LIFE = "end-of-life"


class PackageName(msgspec.Struct, frozen=True, array_like=True):
    """A package as advisories name it. `ecosystem` is OSV's name with the release after a colon where it has one
    ('Debian:12', 'Alpine:v3.19', 'Ubuntu:22.04:LTS' is written 'Ubuntu:22.04', 'Red Hat:9', 'SUSE:15.5', 'PyPI', 'npm',
    'Go', 'Maven', 'crates.io', 'Packagist', 'NuGet', 'RubyGems', 'Hex', 'Pub', 'SwiftURL', 'generic'); `name` is
    normalised as that ecosystem does (PEP 503, lower case where case does not count, 'group:artifact' for Maven).
    For distributions it is the *source* package, but for Red Hat and SUSE the binary one, as their feeds do."""

    ecosystem: str
    name: str


class Score(msgspec.Struct, frozen=True, array_like=True):
    """A CVSS vector, its base score (0 to 10) and who gave it ('nvd', 'github', 'debian', …)."""

    source: str
    vector: str
    value: float


class Affected(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What one advisory says of one package. `versions` lists single versions besides `ranges`. `severity` and `note`
    are this source's own for this package (Debian's urgency, Red Hat's impact). `architectures` restricts ('' all).
    `symbols` are the vulnerable functions or import paths, if told. `module` restricts to an rpm module ('nodejs:18'):
    a package of another module, or of none, is not meant."""

    package: PackageName
    scheme: Scheme
    ranges: tuple[VersionRange, ...] = ()
    versions: tuple[str, ...] = ()
    verdict: Verdict = Verdict.AFFECTED
    severity: Severity = Severity.UNKNOWN
    note: str = ""
    architectures: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    module: str = ""


class Advisory(msgspec.Struct, frozen=True, kw_only=True):
    """One advisory of one source. Times are Unix nanoseconds, 0 if not told. `source` is the feed ('osv', 'debian',
    'alpine', 'ubuntu', 'redhat', 'suse', 'starter'). `aliases` are other ids of the same vulnerability; `upstream` are
    the vulnerabilities that a distribution's advisory is about (OSV `upstream`, CVEs of a DSA or RHSA)."""

    id: str
    source: str
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    summary: str = ""
    details: str = ""
    severity: Severity = Severity.UNKNOWN
    scores: tuple[Score, ...] = ()
    cwes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    published: int = 0
    modified: int = 0
    withdrawn: int = 0
    affected: tuple[Affected, ...] = ()


class Exploitation(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How likely a CVE is attacked: EPSS `probability` and `percentile` (0 to 1, -1 if not told), and CISA's catalogue
    of those that are (`known_since`, Unix nanoseconds, 0 if not listed; `ransomware` if so known)."""

    cve: str
    probability: float = -1.0
    percentile: float = -1.0
    known_since: int = 0
    due: int = 0
    ransomware: bool = False


class AdvisoryHit(msgspec.Struct, frozen=True, array_like=True):
    """A row that a look-up of a package name gives: enough to judge whether a version is affected. Withdrawn
    advisories are never stored. `ids` are the advisory's id, aliases and upstream ids, the id first."""

    ids: tuple[str, ...]
    source: str
    affected: Affected


class FeedInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One feed of the store: how many advisories, when its newest was modified, what file it came from (name and
    sha256)."""

    name: str
    advisories: int
    newest: int = 0
    file: str = ""
    sha256: str = ""


class AdvisoryInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Which advisories are at hand. `starter` is true while only the small set that ships with the product is there.
    `digest` names this very state: results that were matched with the same digest are the same. `ecosystems` are those
    of which anything is told ('Debian:12', 'PyPI'); empty if nobody noted them."""

    built: int = 0
    starter: bool = False
    digest: str = ""
    schema: int = 1
    feeds: tuple[FeedInfo, ...] = ()
    ecosystems: tuple[str, ...] = ()
