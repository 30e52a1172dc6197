"""The package URL of a distribution's package, once the distribution is known. Knows names, decides nothing else.

Source: the package-url type definitions `deb`, `apk` and `rpm`; `upstream` (the source package) and `distro` are the
qualifiers that SBOM tools agree on.
"""

from __future__ import annotations

from periderm.model.image import OsRelease, Package
from periderm.model.purl import PackageUrl

TYPES = frozenset(("deb", "apk", "rpm"))
_FALLBACK = {"deb": "debian", "apk": "alpine"}
# The namespace is the vendor's name, which for these is not the distribution's id.
_VENDORS = {"rhel": "redhat", "opensuse-leap": "opensuse", "opensuse-tumbleweed": "opensuse", "opensuse-microos": "opensuse"}


def distro(os: OsRelease) -> str:
    """'debian-12', 'rhel-9.4'; by its code name where a release has no number ('debian-sid'); '' if nothing is known."""
    if not os.id:
        return ""
    release = os.version or os.codename
    return f"{os.id}-{release}" if release else os.id


def distribution_purl(package: Package, os: OsRelease) -> str:
    """pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl, and so for apk and rpm.

    An rpm's epoch is a qualifier, a deb's is part of the version; `rpmmod` is the module stream that built it.
    """
    version, epoch, module = package.version, "", ""
    if package.type == "rpm":
        head, colon, tail = version.partition(":")
        if colon:
            epoch, version = head, tail
        module = package.module
    identity = os.id.lower() or _FALLBACK.get(package.type, "")
    qualifiers = (
        ("arch", package.architecture),
        ("distro", distro(os)),
        ("epoch", epoch),
        ("rpmmod", module),
        ("upstream", _upstream(package)),
    )
    return str(
        PackageUrl(
            type=package.type,
            namespace=_VENDORS.get(identity, identity),
            name=package.name,
            version=version,
            qualifiers=tuple((key, value) for key, value in qualifiers if value),
        )
    )


def _upstream(package: Package) -> str:
    """The source package: 'openssl', 'glibc@2.36-9', and for rpm the name of its file."""
    source, version = package.source, package.source_version
    if package.type == "rpm":
        bare = version.partition(":")[2] or version
        return f"{source}-{bare}.src.rpm" if source and bare else ""
    if version and version != package.version:
        return f"{source or package.name}@{version}"
    return source if source != package.name else ""
