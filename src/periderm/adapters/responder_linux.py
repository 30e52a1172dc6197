"""`ports.responder.Responder` with pidfds and the cgroup freezer. Does what it is told; whether it may is decided elsewhere."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from periderm.formats.cgroup import controller_path, parse_cgroup, unified_path
from periderm.model.asset import Container
from periderm.model.effect import KillProcess, PauseContainer, ResumeContainer
from periderm.model.errors import FormatError, ResponderError
from periderm.ports.proc import Proc

# A reused pid belongs to a process that started after the one we saw. The kernel tells start times to 10 ms, and the
# clock may have been slewed in between; a pid comes round again only after all others (32,768 at the least).
_SLACK_NS = 1_000_000_000
_PATIENCE = 5.0


class LinuxResponder:
    """Acts on this machine. `find` gives the running container with a runtime's id, None if it does not run."""

    def __init__(
        self,
        proc: Proc,
        find: Callable[[str], Container | None],
        cgroup_root: Path = Path("/sys/fs/cgroup"),
        proc_root: Path = Path("/proc"),
    ) -> None:
        self._proc = proc
        self._find = find
        self._cgroups = cgroup_root
        self._proc_root = proc_root

    def kill_process(self, effect: KillProcess) -> None:
        """SIGKILL through a pidfd: the process that was compared is the one that is hit. Gone already is done."""
        if effect.pid <= 1 or effect.pid == os.getpid():
            raise ResponderError(f"Process {effect.pid} is never killed by the product.", "Act on it yourself if you must.")
        if effect.started <= 0:
            raise ResponderError(f"The start time of process {effect.pid} is not known, so it cannot be told from a later one.")
        try:
            descriptor = os.pidfd_open(effect.pid)
        except ProcessLookupError:
            return
        except OSError as error:
            raise ResponderError(f"Process {effect.pid} cannot be held: {error.strerror}.") from error
        try:
            facts = self._proc.facts(effect.pid)
            if facts is None:
                return
            if facts.started > effect.started + _SLACK_NS:
                raise ResponderError(
                    f"Process {effect.pid} is not the one that was seen: it started later.", "The one that was seen has ended."
                )
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        except ProcessLookupError:
            return
        except PermissionError as error:
            raise ResponderError(f"Process {effect.pid} may not be killed by this user.", "Run the agent as root.") from error
        finally:
            os.close(descriptor)

    def pause_container(self, effect: PauseContainer) -> None:
        """Freezes and waits until the kernel says that all of it stands still."""
        self._freeze(effect.container_id, frozen=True)

    def resume_container(self, effect: ResumeContainer) -> None:
        """Thaws."""
        self._freeze(effect.container_id, frozen=False)

    def _freeze(self, container_id: str, *, frozen: bool) -> None:
        verb = "paused" if frozen else "resumed"
        container = self._find(container_id)
        if container is None:
            raise ResponderError(f"Container {container_id[:12]} does not run, so it cannot be {verb}.")
        freezer = self._freezer(container)
        name = f"{container.name} ({container_id[:12]})"
        try:
            _write(freezer, frozen=frozen)
            deadline = time.monotonic() + _PATIENCE
            while not _is(freezer, frozen=frozen):
                if time.monotonic() > deadline:
                    if frozen:  # half a pause is the worst of both
                        _write(freezer, frozen=False)
                    raise ResponderError(f"Container {name} was not {verb} within {_PATIENCE:.0f} s; it runs as before.")
                time.sleep(0.002)
        except OSError as error:
            why = "the agent must be root" if error.errno in (errno.EACCES, errno.EPERM) else error.strerror
            raise ResponderError(f"Container {name} cannot be {verb}: {why}.") from error

    def _freezer(self, container: Container) -> Path:
        """The file that freezes: `freezer.state` of v1 where its hierarchy is mounted (also in the hybrid layout, whose v2
        side may hold other processes), else `cgroup.freeze` of v2. It must be the container's own directory."""
        try:
            lines = parse_cgroup((self._proc_root / str(container.pid) / "cgroup").read_bytes())
        except (OSError, FormatError) as error:
            raise ResponderError(f"The cgroup of container {container.name} cannot be read.", "Has it just ended?") from error
        v1, v2 = controller_path(lines, "freezer"), unified_path(lines)
        candidates = (
            self._cgroups / "freezer" / v1.lstrip("/") / "freezer.state" if v1 else None,
            self._cgroups / "unified" / v2.lstrip("/") / "cgroup.freeze" if v2 else None,
            self._cgroups / v2.lstrip("/") / "cgroup.freeze" if v2 else None,
        )
        for path in candidates:
            if path is not None and path.is_file():
                if container.container_id not in path.parent.as_posix():
                    raise ResponderError(
                        f"Container {container.name} shares its cgroup with others, so it cannot be paused alone.",
                        "Kill its processes instead.",
                    )
                return path
        raise ResponderError("This machine has no cgroup freezer that is mounted.", "Mount cgroup2 at /sys/fs/cgroup.")


def _write(freezer: Path, *, frozen: bool) -> None:
    if freezer.name == "freezer.state":
        freezer.write_text("FROZEN" if frozen else "THAWED")
    else:
        freezer.write_text("1" if frozen else "0")


def _is(freezer: Path, *, frozen: bool) -> bool:
    """v1 says FREEZING as long as it is under way; v2 tells in cgroup.events when it is done."""
    if freezer.name == "freezer.state":
        return freezer.read_text().strip() == ("FROZEN" if frozen else "THAWED")
    events = (freezer.parent / "cgroup.events").read_text().split()
    return events[events.index("frozen") + 1] == ("1" if frozen else "0") if "frozen" in events else True
