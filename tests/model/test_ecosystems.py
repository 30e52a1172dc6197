"""One spelling for a package, whoever names it, and one order of versions for each ecosystem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model.advisory import PackageName
from periderm.model.ecosystems import ecosystem_of_os, normalise, scheme_of
from periderm.model.version_range import Scheme


@pytest.mark.parametrize(
    ("ecosystem", "name", "wanted"),
    [
        ("PyPI", "Jinja_2.Extra", ("PyPI", "jinja-2-extra")),
        ("Ubuntu:22.04:LTS", "openssl", ("Ubuntu:22.04", "openssl")),
        ("Ubuntu:Pro:16.04:LTS", "openssl", ("Ubuntu:Pro:16.04", "openssl")),
        ("Alpine:3.19", "busybox", ("Alpine:v3.19", "busybox")),
        ("Red Hat:enterprise_linux:9::baseos", "openssl", ("Red Hat:9", "openssl")),
        ("Red Hat:enterprise_linux:8.0", "openssl", ("Red Hat:8", "openssl")),
        ("Red Hat:rhel_eus:9.2::baseos", "openssl", ("Red Hat:rhel_eus:9.2::baseos", "openssl")),
        ("SUSE:Linux Enterprise Module for Basesystem 15 SP5", "curl", ("SUSE:15.5", "curl")),
        ("SUSE:Linux Enterprise Server 12 SP5-LTSS", "curl", ("SUSE:12.5", "curl")),
        ("SUSE:Linux Micro 6.0", "curl", ("SUSE:Linux Micro 6.0", "curl")),
        ("SUSE:SUSE Linux Enterprise Server 16.0", "curl", ("SUSE:16.0", "curl")),
        (
            "SUSE:Linux Enterprise Server for SAP Applications 15 SP4",
            "curl",
            ("SUSE:Linux Enterprise Server for SAP Applications 15 SP4", "curl"),
        ),
        (
            "SUSE:Linux Enterprise High Performance Computing 15 SP5",
            "curl",
            ("SUSE:Linux Enterprise High Performance Computing 15 SP5", "curl"),
        ),
        ("openSUSE:Leap 15.6", "curl", ("openSUSE:15.6", "curl")),
        ("openSUSE:Tumbleweed", "curl", ("openSUSE:Tumbleweed", "curl")),
        ("Debian:bookworm", "curl", ("Debian:12", "curl")),
        ("Maven", "org.Foo:Bar", ("Maven", "org.Foo:Bar")),
        ("crates.io", "Serde_JSON", ("crates.io", "serde-json")),
        ("SwiftURL", "https://github.com/Apple/swift-nio.git", ("SwiftURL", "github.com/apple/swift-nio")),
        ("Bitnami", "Nginx", ("generic", "nginx")),
        ("Nowhere:1", "X", ("Nowhere:1", "X")),
    ],
)
def test_one_spelling(ecosystem: str, name: str, wanted: tuple[str, str]) -> None:
    """Feeds and images write names differently; they meet in one."""
    assert normalise(ecosystem, name) == PackageName(*wanted)


@given(st.text(max_size=40), st.text(max_size=40))
def test_once_is_enough(ecosystem: str, name: str) -> None:
    """A name that was normalised stays as it is, so that both sides may do it."""
    once = normalise(ecosystem, name)
    assert normalise(once.ecosystem, once.name) == once


@pytest.mark.parametrize(
    ("os_id", "version", "codename", "wanted"),
    [
        ("debian", "12", "bookworm", "Debian:12"),
        ("debian", "", "trixie", "Debian:13"),
        ("debian", "", "", "Debian:sid"),
        ("ubuntu", "22.04", "jammy", "Ubuntu:22.04"),
        ("alpine", "3.19.1", "", "Alpine:v3.19"),
        ("alpine", "3.23.0_alpha20250612", "", "Alpine:edge"),
        ("rhel", "9.4", "", "Red Hat:9"),
        ("rocky", "9.3", "", "Rocky Linux:9"),
        ("sles", "15.5", "", "SUSE:15.5"),
        ("opensuse-leap", "15.5", "", "openSUSE:15.5"),
        ("opensuse-tumbleweed", "20240101", "", "openSUSE:Tumbleweed"),
        ("amzn", "2023", "", "Amazon Linux:2023"),
        ("wolfi", "20230201", "", "Wolfi"),
        ("plan9", "4", "", ""),
    ],
)
def test_systems(os_id: str, version: str, codename: str, wanted: str) -> None:
    """What os-release says finds the feed that speaks of it."""
    assert ecosystem_of_os(os_id, version, codename) == wanted
    if wanted:
        assert scheme_of(wanted) is not None
        assert normalise(wanted, "x").ecosystem == wanted


def test_orders() -> None:
    """Each ecosystem has its own order; an unknown one has none."""
    assert scheme_of("Debian:12") is Scheme.DEB
    assert scheme_of("npm") is Scheme.NPM
    assert scheme_of("Red Hat:9") is Scheme.RPM
    assert scheme_of("generic") is Scheme.GENERIC
    assert scheme_of("Nowhere") is None
