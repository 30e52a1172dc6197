"""Ecosystems: how each orders versions and writes names, and which one an operating system belongs to. One table for
all that read packages or advisories; looks nothing up.

Names are OSV's (ossf.github.io/osv-schema, `affected[].package.ecosystem`), written as `model.advisory.PackageName`
says.
"""

from __future__ import annotations

import re

from periderm.model.advisory import PackageName
from periderm.model.version_range import Scheme

# The word before the colon, in lower case: (how it is written here, order of versions).
_TABLE: dict[str, tuple[str, Scheme]] = {
    "debian": ("Debian", Scheme.DEB),
    "ubuntu": ("Ubuntu", Scheme.DEB),
    "echo": ("Echo", Scheme.DEB),
    "alpine": ("Alpine", Scheme.APK),
    "alpaquita": ("Alpaquita", Scheme.APK),
    "bellsoft hardened containers": ("BellSoft Hardened Containers", Scheme.APK),
    "chainguard": ("Chainguard", Scheme.APK),
    "wolfi": ("Wolfi", Scheme.APK),
    "minimos": ("MinimOS", Scheme.APK),
    "red hat": ("Red Hat", Scheme.RPM),
    "almalinux": ("AlmaLinux", Scheme.RPM),
    "rocky linux": ("Rocky Linux", Scheme.RPM),
    "oracle linux": ("Oracle Linux", Scheme.RPM),
    "amazon linux": ("Amazon Linux", Scheme.RPM),
    "azure linux": ("Azure Linux", Scheme.RPM),
    "fedora": ("Fedora", Scheme.RPM),
    "mageia": ("Mageia", Scheme.RPM),
    "openeuler": ("openEuler", Scheme.RPM),
    "opensuse": ("openSUSE", Scheme.RPM),
    "suse": ("SUSE", Scheme.RPM),
    "photon os": ("Photon OS", Scheme.RPM),
    "pypi": ("PyPI", Scheme.PEP440),
    "npm": ("npm", Scheme.NPM),
    "go": ("Go", Scheme.GO),
    "maven": ("Maven", Scheme.MAVEN),
    "crates.io": ("crates.io", Scheme.SEMVER),
    "packagist": ("Packagist", Scheme.COMPOSER),
    "nuget": ("NuGet", Scheme.NUGET),
    "rubygems": ("RubyGems", Scheme.GEM),
    "hex": ("Hex", Scheme.SEMVER),
    "pub": ("Pub", Scheme.SEMVER),
    "swifturl": ("SwiftURL", Scheme.SEMVER),
    "github actions": ("GitHub Actions", Scheme.SEMVER),
    # Bitnami's records speak of what upstream calls the program and its version: the same as a recognised binary.
    "bitnami": ("generic", Scheme.GENERIC),
    "generic": ("generic", Scheme.GENERIC),
}
_LOWER = frozenset({"npm", "Go", "Packagist", "NuGet", "Hex", "Pub", "GitHub Actions", "generic"})
_RUNS = re.compile(r"[-_.]+")  # PEP 503

# wiki.debian.org/DebianReleases, wiki.ubuntu.com/Releases: feeds that name a release by its code name.
DEBIAN_CODENAMES = {
    "wheezy": "7",
    "jessie": "8",
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
    "duke": "15",
    "sid": "sid",
}
UBUNTU_CODENAMES = {
    "precise": "12.04",
    "trusty": "14.04",
    "xenial": "16.04",
    "bionic": "18.04",
    "focal": "20.04",
    "jammy": "22.04",
    "kinetic": "22.10",
    "lunar": "23.04",
    "mantic": "23.10",
    "noble": "24.04",
    "oracular": "24.10",
    "plucky": "25.04",
    "questing": "25.10",
    "resolute": "26.04",
}


def scheme_of(ecosystem: str) -> Scheme | None:
    """How versions of an ecosystem ('Debian:12', 'PyPI') are ordered; None for one that the product does not know."""
    entry = _TABLE.get(ecosystem.partition(":")[0].strip().lower())
    return entry[1] if entry else None


def normalise(ecosystem: str, name: str) -> PackageName:
    """The one spelling under which advisories are stored and looked up. Unknown ecosystems keep theirs."""
    family, _, release = ecosystem.strip().partition(":")
    entry = _TABLE.get(family.strip().lower())
    if entry is None:
        return PackageName(ecosystem.strip(), name)
    family = entry[0]
    release = _release(family, release.strip())
    return PackageName(f"{family}:{release}" if release else family, _name(family, name.strip()))


def ecosystem_of_os(os_id: str, version_id: str, codename: str = "") -> str:
    """The ecosystem of an operating system by its os-release (`ID`, `VERSION_ID`, `VERSION_CODENAME`); '' if none of
    the feeds speaks of it."""
    entry = _SYSTEMS.get(os_id.strip().lower())
    if entry is None:
        return ""
    family, parts = entry
    version = version_id.strip()
    if family == "Alpine":
        # edge calls itself by the release to come: '3.23.0_alpha20250612'
        return "Alpine:edge" if "_" in version or not version else "Alpine:v" + ".".join(version.split(".")[:2])
    if family == "Debian" and not version:
        version = DEBIAN_CODENAMES.get(codename.strip().lower(), "sid")
    if os_id.strip().lower() == "opensuse-tumbleweed":
        version = "Tumbleweed"
    if not parts:
        return family
    version = ".".join(version.split(".")[:parts])
    return f"{family}:{version}" if version else family


# os-release ID: (ecosystem, how many numbers of VERSION_ID name a release).
_SYSTEMS: dict[str, tuple[str, int]] = {
    "debian": ("Debian", 1),
    "raspbian": ("Debian", 1),
    "ubuntu": ("Ubuntu", 2),
    "alpine": ("Alpine", 2),
    "alpaquita": ("Alpaquita", 0),
    "wolfi": ("Wolfi", 0),
    "chainguard": ("Chainguard", 0),
    "minimos": ("MinimOS", 0),
    "echo": ("Echo", 0),
    "rhel": ("Red Hat", 1),
    "centos": ("Red Hat", 1),
    "almalinux": ("AlmaLinux", 1),
    "rocky": ("Rocky Linux", 1),
    "ol": ("Oracle Linux", 1),
    "amzn": ("Amazon Linux", 1),
    "azurelinux": ("Azure Linux", 1),
    "mariner": ("Azure Linux", 1),
    "fedora": ("Fedora", 1),
    "mageia": ("Mageia", 1),
    "openeuler": ("openEuler", 2),
    "opensuse-leap": ("openSUSE", 2),
    "opensuse-tumbleweed": ("openSUSE", 1),
    "sles": ("SUSE", 2),
    "sles_sap": ("SUSE", 2),
    "sled": ("SUSE", 2),
    "bci": ("SUSE", 2),
    "photon": ("Photon OS", 2),
}
_RED_HAT = re.compile(r"(?:enterprise_linux:)?(\d+)(?:\.\d+)?(?:::?[\w.-]*)?")
# Products whose packages a plain server image carries; SAP, HPC, Desktop, Micro, ESPOS and the like keep their names.
_SUSE = re.compile(
    r"(?:(?:SUSE )?Linux Enterprise (?:Server |Module for [^:]{1,60} )?|Leap )?(\d{2})(?:(?: SP|\.)(\d))?(?:[- ]LTSS)?"
)


def _release(family: str, release: str) -> str:
    """OSV's part behind the colon as an installed system tells it."""
    if family == "Ubuntu":
        return release.removesuffix(":LTS")
    if family == "Alpine":
        return f"v{release}" if release[:1].isdigit() else release
    if family == "Red Hat":
        match = _RED_HAT.fullmatch(release)
        return match.group(1) if match else release
    if family in ("SUSE", "openSUSE"):
        match = _SUSE.fullmatch(release.removeprefix("openSUSE "))
        return ".".join(part for part in match.groups() if part) if match else release
    if family == "Debian":
        return DEBIAN_CODENAMES.get(release.lower(), release)
    return "" if family == "generic" else release


def _name(family: str, name: str) -> str:
    if family == "PyPI":
        return _RUNS.sub("-", name).lower()
    if family == "crates.io":
        return name.lower().replace("_", "-")  # crates.io holds them to be one name
    if family == "SwiftURL":
        return name.lower().removeprefix("https://").removesuffix("/").removesuffix(".git")
    return name.lower() if family in _LOWER else name
