"""`periderm agent` as a process, on the real kernel."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.processes import environment, eventually, get, running


@pytest.mark.root
def test_it_tells_of_this_node_and_leaves_nothing(tmp_path: Path) -> None:
    """The node is an asset, the sensor sees events, the process holds few capabilities, and SIGTERM unpins everything."""
    env = environment(tmp_path / "state")
    env["PERIDERM_PINS"] = f"/sys/fs/bpf/periderm-test-agent-{os.getpid()}"
    with running("server", env=env):
        eventually(lambda: get(env, "/api/v1/overview"))
        with running("agent", env=env) as process:
            node = eventually(lambda: get(env, "/api/v1/assets?kind=node")["items"])[0]
            beats = eventually(lambda: [b for b in get(env, "/api/v1/overview")["heartbeats"] if b["figures"].get("events")])
            status = Path(f"/proc/{process.pid}/status").read_text()
            assert Path(env["PERIDERM_PINS"]).is_dir()
        assert not Path(env["PERIDERM_PINS"]).exists()
    assert node["kernel"] == os.uname().release
    assert beats[0]["figures"]["seen"] > 0
    bounding = int(next(line for line in status.splitlines() if line.startswith("CapBnd")).split()[1], 16)
    assert bounding & (1 << 21) == 0  # CAP_SYS_ADMIN is given up for good
