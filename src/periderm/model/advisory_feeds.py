"""Where published advisories are: the feeds that `periderm advisories update` fetches, each with its addresses and largest
size. Fetches nothing.

Sources (looked up 2026-11): google.github.io/osv.dev/data, security-tracker.debian.org/tracker/data/json,
secdb.alpinelinux.org, security-metadata.canonical.com/osv and /vex, security.access.redhat.com/data/csaf/v2/vex,
ftp.suse.com/pub/projects/security, first.org/epss/data_stats, cisa.gov/known-exploited-vulnerabilities-catalog.
"""

from __future__ import annotations

import msgspec

MIB = 1 << 20


class FeedFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a feed: `name` in the folder it is fetched into, `url`, the most bytes it may have. With `pointer` the
    address is a text that names the file, relative to it (Red Hat's archive has its day in its name). `digest` is the
    address of its sha256, where the feed publishes one."""

    name: str
    url: str
    most: int = 512 * MIB
    pointer: bool = False
    digest: str = ""


_OSV = "https://osv-vulnerabilities.storage.googleapis.com"
_ECOSYSTEMS = (
    "PyPI",
    "npm",
    "Go",
    "Maven",
    "crates.io",
    "RubyGems",
    "Packagist",
    "NuGet",
    "Hex",
    "Pub",
    "SwiftURL",
    "Bitnami",
    "AlmaLinux",
    "Rocky%20Linux",
    "Wolfi",
    "Chainguard",
    "Azure%20Linux",
    "Photon%20OS",
    "openEuler",
    "Mageia",
)
_ALPINE = tuple(f"v3.{minor}" for minor in range(12, 24))


def _osv(ecosystem: str) -> FeedFile:
    name = ecosystem.lower().replace("%20", "-")
    # npm's and Chainguard's records of malicious and rebuilt packages are many.
    return FeedFile(name=f"osv-{name}.zip", url=f"{_OSV}/{ecosystem}/all.zip", most=2048 * MIB)


FEEDS: dict[str, tuple[FeedFile, ...]] = {
    **{f"osv-{e.lower().replace('%20', '-')}": (_osv(e),) for e in _ECOSYSTEMS},
    "debian": (FeedFile(name="debian.json", url="https://security-tracker.debian.org/tracker/data/json", most=320 * MIB),),
    "alpine": tuple(
        FeedFile(name=f"alpine-{r}-{repo}.json", url=f"https://secdb.alpinelinux.org/{r}/{repo}.json", most=32 * MIB)
        for r in _ALPINE
        for repo in ("main", "community")
    ),
    "ubuntu": (
        FeedFile(name="ubuntu-osv.tar.xz", url="https://security-metadata.canonical.com/osv/osv-all.tar.xz"),
        FeedFile(name="ubuntu-vex.tar.xz", url="https://security-metadata.canonical.com/vex/vex-all.tar.xz"),
    ),
    "redhat": (
        FeedFile(
            name="redhat-vex.tar.zst",
            url="https://security.access.redhat.com/data/csaf/v2/vex/archive_latest.txt",
            most=2048 * MIB,
            pointer=True,
        ),
    ),
    "suse": (
        FeedFile(name="suse-vex.tar.bz2", url="https://ftp.suse.com/pub/projects/security/csaf-vex.tar.bz2", most=2048 * MIB),
    ),
    "epss": (FeedFile(name="epss.csv.gz", url="https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", most=64 * MIB),),
    "kev": (
        FeedFile(
            name="kev.json",
            url="https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
            most=64 * MIB,
        ),
    ),
}

# What a container platform needs; the others are fetched when they are named.
USUAL = (
    "osv-pypi",
    "osv-npm",
    "osv-go",
    "osv-maven",
    "osv-crates.io",
    "osv-rubygems",
    "osv-packagist",
    "osv-nuget",
    "osv-bitnami",
    "debian",
    "alpine",
    "ubuntu",
    "redhat",
    "osv-almalinux",
    "osv-rocky-linux",
    "epss",
    "kev",
)
