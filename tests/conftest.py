"""What tests share: skips with a reason, so that a machine that lacks something says so and is counted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Neither a busy machine nor the luck of the first examples is a reason to fail. `make fuzz` asks for many more examples.
CHANCE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
settings.register_profile("periderm", deadline=None, suppress_health_check=CHANCE)
settings.register_profile("fuzz", settings.get_profile("periderm"), max_examples=1500)
settings.load_profile("fuzz" if os.environ.get("PERIDERM_FUZZ") else "periderm")


def missing_for(marker: str) -> str:
    """'' if this machine has what the marker needs, else one sentence what it lacks."""
    if marker in ("root", "container") and os.geteuid() != 0:
        return "needs root"
    if marker == "root" and not Path("/sys/kernel/btf/vmlinux").exists():
        return "needs a kernel with BTF (/sys/kernel/btf/vmlinux)"
    if marker == "container" and (shutil.which("podman") is None or shutil.which("runc") is None):
        return "needs podman and runc"
    if marker == "browser" and shutil.which("chromium") is None:
        return "needs Chromium at /usr/bin/chromium"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what this machine cannot run."""
    for item in items:
        for marker in ("root", "container", "browser"):
            if item.get_closest_marker(marker) and (reason := missing_for(marker)):
                item.add_marker(pytest.mark.skip(reason=reason))
