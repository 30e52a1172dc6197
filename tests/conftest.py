"""What tests share: skips with a reason, so that a machine that lacks something says so and is counted."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Neither a busy machine nor the luck of the first examples is a reason to fail: `make test` tries the same examples each time.
# `make fuzz` looks for new ones, and for many more, except where a change is judged (CI), which has to answer for itself only.
CHANCE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
settings.register_profile("periderm", deadline=None, suppress_health_check=CHANCE, derandomize=True, database=None)
EXAMPLES = int(os.environ.get("PERIDERM_FUZZ", "0"))
if EXAMPLES:
    settings.register_profile("fuzz", settings.get_profile("periderm"), max_examples=EXAMPLES, derandomize="CI" in os.environ)
settings.load_profile("fuzz" if EXAMPLES else "periderm")


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


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tells a failure at once where nobody watches: a run that is ended for its length would take it along."""
    if report.failed and os.environ.get("CI") and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid} ({report.when}) failed:\n{report.longreprtext[-4000:]}", file=sys.__stderr__, flush=True)
