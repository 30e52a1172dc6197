"""What a person orders in the browser is carried out by the agent, on a real container, and undone again."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import everywhere
from tests.e2e.test_spine import environment, left_behind, periderm, running, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.root, pytest.mark.container, pytest.mark.browser, pytest.mark.slow]

NAME = "periderm-live-response"
WORK = "while true; do echo . >> /out/work; busybox sleep 0.2; done"


@contextmanager
def victim(folder: Path) -> Iterator[None]:
    """A container that writes all the time, and has busybox and nothing else."""
    files = {"bin/busybox": Path(shutil.which("busybox") or "/bin/busybox").read_bytes(), **everywhere.SHADOW}
    everywhere.podman("import", "-q", "-", f"localhost/{NAME}:1", given=everywhere.archive(files, {"bin/sh": "busybox"}))
    try:
        limits = ("--network=none", "--ulimit=nofile=20000:20000", "--ulimit=nproc=4096:4096")
        words = ("run", "-d", "--name", NAME, *limits, "-v", f"{folder}:/out", f"localhost/{NAME}:1", "/bin/sh", "-c", WORK)
        everywhere.podman(*words)
        yield
    finally:
        for what in (("unpause", NAME), ("rm", "-f", "-t", "0", NAME), ("rmi", "-f", f"localhost/{NAME}:1")):
            subprocess.run([*everywhere.PODMAN, *what], check=False, capture_output=True)


def until(there: Callable[[], Any], seconds: float = 240.0) -> Any:
    """What is there at last; a test fails where it does not come."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := there():
            return found
        time.sleep(0.3)
    raise AssertionError("it did not come")


def works(folder: Path) -> bool:
    """Whether the container's work goes on."""
    before = (folder / "work").stat().st_size
    time.sleep(1.0)
    return (folder / "work").stat().st_size > before


def order(page: Page, button: str, now: str, reason: str) -> None:
    """Shows what a response would hit, gives a reason, and orders it."""
    page.click(f"a.button:has-text('{button}')")
    page.fill("input[name=reason]", reason)
    page.click(f"button:has-text('{now}')")
    page.wait_for_url(re.compile("#responses"))


def test_a_container_is_paused_and_resumed_from_the_console(tmp_path: Path, browser: Browser) -> None:
    """The order reaches the agent, the container's work stands still, the record says so and who wanted it; after the undo
    the work goes on. Then the intruder's shell is killed by the same way."""
    env = environment(tmp_path / "state")
    out = tmp_path / "out"
    out.mkdir()
    with victim(out), running(env):
        wait_for(env, "agent")
        # A shell that is handed to the network, and stays.
        shell = subprocess.Popen(
            [*everywhere.PODMAN, "exec", NAME, "/bin/busybox", "nc", "-lp", "4444", "-e", "/bin/sh"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

        def incident() -> Any:
            told = json.loads(periderm("incidents", "--json", env=env).stdout)["items"]
            return next((i for i in told if i["container_name"] == NAME), None)

        def responses() -> dict[str, tuple[str, str]]:
            told = periderm("respond", "list", "--json", env=env)
            assert told.returncode == 0, told.stderr
            return {r["effect"]["type"]: (r["state"], r["effect"]["decided_by"]) for r in json.loads(told.stdout)}

        found = until(incident)
        context = browser.new_context(locale="en-GB")
        try:
            page = context.new_page()
            page.set_default_timeout(240_000)
            page.goto(periderm("status", "--link", env=env).stdout.split()[-1])
            where = f"http://127.0.0.1:{env['PERIDERM_PORT']}/incidents/{found['id']}"
            page.goto(where)
            until(lambda: works(out))
            order(page, "Pause the container", "Pause it now", "stop it while we look")
            until(lambda: not works(out))
            page.goto(where)
            until(lambda: page.reload() and page.locator(".lanes .cut").count())
            order(page, "Resume the container", "Resume it now", "we have looked")
            until(lambda: works(out))
            page.goto(where)
            order(page, "Kill the process", "Kill it now", "nobody of ours")
            assert shell.wait(240) != 0
            until(lambda: works(out))
            wanted = {
                "pause-container": ("undone", "user:local"),
                "resume-container": ("applied", "user:local"),
                "kill-process": ("applied", "user:local"),
            }
            until(lambda: responses() == wanted)  # the agent does, and then says that it is done
        finally:
            context.close()
            if shell.poll() is None:
                shell.kill()
    assert left_behind(env) == []


def test_what_a_scan_by_hand_reads_is_no_alert(tmp_path: Path) -> None:
    """Whoever looks for secrets in /etc while the machine is watched is not told of an intruder; the next program that reads
    the same is."""
    env = environment(tmp_path / "state")
    with running(env):
        wait_for(env, "agent")
        until((tmp_path / "state/own-work.sock").exists)
        done = periderm("scan", "fs", "/etc", "--scanners", "secrets", "--no-cache", "--quiet", env=env)
        assert done.returncode == 0, done.stderr

        def readers() -> list[str]:
            Path("/etc/shadow").read_bytes()
            told = json.loads(periderm("incidents", "--json", env=env).stdout)["items"]
            return [" ".join(p["argv"]) for i in told for p in i["processes"] if p["argv"]]

        until(lambda: any("pytest" in line for line in readers()))
        assert not [line for line in readers() if " scan " in f" {line} "]
    assert left_behind(env) == []
