"""Machines of every kind are judged: what works, what works without the rest, how to get it."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.examine_machine import examine, install, release
from periderm.model.diagnosis import Check, Condition
from periderm.ports.diagnosis import MachineFacts

GOOD = MachineFacts(
    root=True,
    os_ids=("debian",),
    os_name="Debian GNU/Linux 12 (bookworm)",
    kernel="6.18.44",
    architecture="x86_64",
    btf=True,
    bpf="",
    libbpf=True,
    bpffs=True,
    bpf_object="/x.o",
    capabilities=("CAP_SYS_ADMIN",),
    memlock=8 << 20,
    lsm=("landlock",),
    cgroup="hybrid",
    programs={
        "podman": "/usr/bin/podman",
        "runc": "/usr/sbin/runc",
        "debootstrap": "/usr/sbin/debootstrap",
        "clang": "/usr/bin/clang",
    },
    modules_missing=(),
    state="/var/lib/periderm",
    state_writable=True,
    disk_free=10**11,
    port=8843,
    port_state="free",
    running=(),
)
RUNTIMES = [("podman", ""), ("docker", "No docker data was found.")]


def checks(**changes: object) -> dict[str, Check]:
    """The checks of a good machine with changes, by name."""
    return {c.name: c for c in examine(msgspec.structs.replace(GOOD, **changes), RUNTIMES)}


def missing(found: dict[str, Check]) -> set[str]:
    """Names of what is missing."""
    return {name for name, check in found.items() if check.condition is Condition.MISSING}


def test_a_good_machine_lacks_nothing() -> None:
    """Every check works."""
    assert all(check.condition is Condition.WORKS for check in checks().values())


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ({"root": False}, {"privilege", "sensor", "prevention", "sample"}),
        ({"capabilities": ()}, {"privilege", "sensor", "prevention"}),
        ({"capabilities": ("CAP_BPF", "CAP_PERFMON")}, set()),
        ({"btf": False}, {"kernel", "sensor", "prevention"}),
        ({"kernel": "4.19.0-25"}, {"kernel", "sensor", "prevention", "memlock"}),
        ({"bpf": "Operation not permitted"}, {"kernel", "sensor", "prevention"}),
        ({"libbpf": False}, {"libbpf", "sensor", "prevention"}),
        ({"bpf_object": ""}, {"bpf-object", "sensor", "prevention"}),
        ({"bpffs": False}, {"bpffs"}),
        ({"cgroup": "v1"}, {"cgroup"}),
        ({"cgroup": "v2"}, set()),
        ({"port_state": "taken"}, {"port"}),
        ({"port_state": "ours"}, set()),
        ({"state_writable": False}, {"state"}),
        ({"programs": {}}, {"sample"}),
        ({"modules_missing": ("hyperscan",)}, {"scan"}),
        ({"kernel": "5.10.0", "memlock": 65536}, {"kernel", "sensor", "prevention", "memlock"}),
        ({"kernel": "5.10.0", "memlock": -1}, {"kernel", "sensor", "prevention"}),
        ({"lsm": ("bpf",)}, set()),
    ],
)
def test_each_lack_costs_only_what_needs_it(changes: dict[str, object], lost: set[str]) -> None:
    """Scanning never needs the kernel, and each lack says what still works and how to get the rest."""
    found = checks(**changes)
    assert missing(found) == lost
    for name in lost:
        check = found[name]
        assert check.still.en
        assert check.still.zh
        assert check.next_step.en
        assert check.next_step.zh


def test_a_full_disk_is_told_before_it_is_full() -> None:
    """It works, for now."""
    assert checks(disk_free=10**8)["state"].condition is Condition.PARTLY


def test_a_missing_compiler_costs_only_building() -> None:
    """A wheel brings the program built."""
    programs = {**GOOD.programs, "clang": "", "gcc": "/usr/bin/gcc"}
    found = checks(programs=programs)
    assert found["build"].condition is Condition.PARTLY
    assert missing(found) == set()


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        (("debian",), "apt-get install libbpf1 clang"),
        (("ubuntu", "debian"), "apt-get install libbpf1 clang"),
        (("fedora",), "dnf install libbpf clang"),
        (("rocky", "rhel", "centos", "fedora"), "dnf install libbpf clang"),
        (("alpine",), "apk add libbpf clang"),
        (("opensuse-leap", "suse", "opensuse"), "zypper install libbpf1 clang"),
        (("nixos",), "Install libbpf.so.1, clang with your distribution's package manager."),
        ((), "Install libbpf.so.1, clang with your distribution's package manager."),
    ],
)
def test_what_to_install_is_named_as_the_distribution_names_it(ids: tuple[str, ...], text: str) -> None:
    """Packages where we know them, else the library itself."""
    assert install(msgspec.structs.replace(GOOD, os_ids=ids), "libbpf.so.1", "clang").en == text


@pytest.mark.parametrize(
    ("text", "pair"), [("6.18.44-x", (6, 18)), ("5.8", (5, 8)), ("5.10-rc1", (5, 10)), ("odd", (0, 0)), ("", (0, 0))]
)
def test_kernel_releases_are_numbers(text: str, pair: tuple[int, int]) -> None:
    """5.10 is newer than 5.8."""
    assert release(text) == pair


def test_a_machine_without_runtimes_is_told() -> None:
    """The plain host is watched all the same."""
    found = {c.name: c for c in examine(GOOD, [("podman", "none")])}
    assert missing(found) == {"runtimes"}


def test_names_are_stable_and_different() -> None:
    """Scripts that read `--json` go by them."""
    names = [c.name for c in examine(GOOD, RUNTIMES)]
    assert len(names) == len(set(names))
    assert {"scan", "sensor", "prevention", "sample"} <= set(names)


def test_a_kernel_that_is_too_old_is_told() -> None:
    """The version that the kernel program needs is named."""
    assert "5.17" in checks(kernel="5.15.0-100-generic")["kernel"].found.en


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "a policy may refuse by fanotify too; not here, and not needed: BPF LSM"),
        ({"lsm": ("landlock", "bpf")}, "a policy may refuse by BPF LSM and fanotify too"),
        ({"fanotify": "Function not implemented"}, "not here, and not needed: BPF LSM, fanotify"),
    ],
)
def test_what_can_refuse_is_told(changes: dict[str, object], said: str) -> None:
    """The signal at exec is there wherever the sensor is; whoever writes a policy reads what else it may ask for."""
    check = checks(**changes)["prevention"]
    assert check.condition is Condition.WORKS
    assert check.found.en == f"by a signal at exec; {said}"
