"""What the host lends to a container, by the runtime's records."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime.lent import DISK, DOORS, SECRETS, lent, on_host, runtime_socket, sees_host
from periderm.engines.runtime.scene import SHOP

BOX = msgspec.structs.replace(
    SHOP,
    mount_sources=("/:/host:rw", "/srv/data:/data:rw", "/run/docker.sock:/x/d:ro", "/etc:/host/etc2:ro", "bad", ":::"),
    host_namespaces=("pid",),
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/host/etc/shadow", "/etc/shadow"),
        ("/host", "/"),
        ("/host/../host/./etc//passwd", "/etc/passwd"),
        ("/data/etc/shadow", "/srv/data/etc/shadow"),
        ("/database/x", ""),
        ("/etc/shadow", ""),
        ("/host/etc2/a", "/etc/a"),
        ("/proc/self/root/host/a", "/a"),
    ],
)
def test_a_path_is_led_back_to_the_host(path: str, expected: str) -> None:
    """By the longest mount, whole names only, through the usual detours."""
    assert on_host(path, BOX) == expected


def test_what_is_no_mount_is_left_out() -> None:
    """Records are text of others."""
    assert [entry[1] for entry in lent(BOX)] == ["/host/etc2", "/host", "/data", "/x/d"]
    assert on_host("/host/a", SHOP) == ""


def test_a_socket_is_known_by_its_name_and_by_its_mount() -> None:
    """Renaming it in the container hides nothing."""
    assert runtime_socket("/var/run/docker.sock", None) == "docker.sock"
    assert runtime_socket("/x/d", BOX) == "docker.sock"
    assert runtime_socket("/run/php-fpm.sock", BOX) == ""
    assert sees_host(BOX)
    assert not sees_host(SHOP)


@pytest.mark.parametrize("path", ["/etc/kubernetes/admin.conf", "/root/.ssh/id_rsa", "/home/a/.kube/config", "/etc/shadow-"])
def test_secrets(path: str) -> None:
    """What makes its reader somebody else."""
    assert SECRETS.fullmatch(path)


@pytest.mark.parametrize(
    "path", ["/etc/cron.d/x", "/usr/local/bin/x", "/root/.bashrc", "/etc/systemd/system/x.service", "/etc/ld.so.preload"]
)
def test_doors(path: str) -> None:
    """What makes the host run something."""
    assert DOORS.fullmatch(path)


@pytest.mark.parametrize(
    ("path", "is_disk"),
    [
        ("/dev/sda1", True),
        ("/dev/nvme0n1p2", True),
        ("/dev/null", False),
        ("/dev/shm/x", False),
        ("/dev/mapper/control", False),
    ],
)
def test_disks(path: str, is_disk: bool) -> None:
    """Block devices, whole or in part."""
    assert (DISK.fullmatch(path) is not None) == is_disk
