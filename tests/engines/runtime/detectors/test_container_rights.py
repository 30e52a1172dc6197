"""Rights of a container, by its runtime's records."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.container_rights import DETECTOR
from periderm.engines.runtime.scene import SHOP, row, scene
from periderm.model.alert import Alert
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


def started(**rights: Any) -> list[Alert]:
    """What is said of a container with these facts."""
    on = msgspec.structs.replace(SHOP, **rights)
    return list(run_example(DETECTOR, scene(row(EventKind.CONTAINER, 9, "shop", on=on, flags=EventFlag.FROM_PROC))))


@pytest.mark.parametrize(
    ("rights", "expected"),
    [
        ({"privileged": True}, Severity.MEDIUM),
        ({"privileged": True, "host_namespaces": ("pid",)}, Severity.HIGH),
        ({"privileged": True, "mount_sources": ("/:/h:rw",)}, Severity.HIGH),
        ({"mount_sources": ("/:/h:ro",)}, Severity.MEDIUM),
        ({"capabilities": ("CAP_NET_ADMIN",)}, Severity.LOW),
        ({"capabilities": ("CAP_SYS_ADMIN", "CAP_BPF")}, Severity.MEDIUM),
        ({"devices": ("/dev/mem",)}, Severity.MEDIUM),
        ({"unconfined": ("seccomp", "apparmor")}, Severity.LOW),
        ({"folder": "/proc/self/fd/7"}, Severity.CRITICAL),
        ({"privileged": True, "image_name": "quay.io/cilium/cilium:1"}, Severity.LOW),
    ],
)
def test_one_wall_less_is_medium_and_the_host_is_high(rights: dict[str, Any], expected: Severity) -> None:
    """Also for containers that ran before the agent came."""
    (alert,) = started(**rights)
    assert alert.severity is expected


def test_it_says_what() -> None:
    """The alert names each right, in a fixed order."""
    (alert,) = started(privileged=True, host_namespaces=("pid", "network"), mount_sources=("/run/docker.sock:/s:rw",))
    assert alert.object == "/run/docker.sock, host network, host pid, privileged"
