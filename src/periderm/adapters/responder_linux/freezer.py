"""The cgroup of a container: finding it, freezing and thawing it, killing all in it. Decides nothing."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from pathlib import Path

from periderm.formats.cgroup import controller_path, parse_cgroup, unified_path
from periderm.model.asset import Container
from periderm.model.errors import FormatError, ResponderError

PATIENCE = 5.0
BRIEF = 0.5


class Cgroups:
    """The hierarchies of this machine. The roots are other folders only in tests."""

    def __init__(self, cgroup_root: Path = Path("/sys/fs/cgroup"), proc_root: Path = Path("/proc")) -> None:
        self._cgroups = cgroup_root
        self._proc_root = proc_root

    def freeze(self, container: Container, *, frozen: bool, patience: float | None = None) -> None:
        """Freezes or thaws, and waits until the kernel says that it is so. Raises ResponderError; then it runs as before."""
        verb = "paused" if frozen else "resumed"
        freezer = self.freezer(container)
        name = f"{container.name} ({container.container_id[:12]})"
        seconds = PATIENCE if patience is None else patience
        try:
            _write(freezer, frozen=frozen)
            deadline = time.monotonic() + seconds
            while not _is(freezer, frozen=frozen):
                if time.monotonic() > deadline:
                    if frozen:  # half a pause is the worst of both
                        _write(freezer, frozen=False)
                    raise ResponderError(f"Container {name} was not {verb} within {seconds:.1f} s; it runs as before.")
                time.sleep(0.002)
        except OSError as error:
            why = "the agent must be root" if error.errno in (errno.EACCES, errno.EPERM) else error.strerror
            raise ResponderError(f"Container {name} cannot be {verb}: {why}.") from error

    @contextlib.contextmanager
    def standing_still(self, container: Container | None) -> Iterator[bool]:
        """The container frozen for a moment, if it can be and is not frozen already; tells whether it stands still."""
        still = False
        if container is not None:
            with contextlib.suppress(ResponderError, OSError):
                freezer = self.freezer(container)
                if _is(freezer, frozen=True) and _asked(freezer):
                    yield True
                    return
                self.freeze(container, frozen=True, patience=BRIEF)
                still = True
        try:
            yield still
        finally:
            if still and container is not None:
                self.freeze(container, frozen=False)

    def freezer(self, container: Container) -> Path:
        """The file that freezes: `freezer.state` of v1 where its hierarchy is mounted (also in the hybrid layout, whose v2
        side may hold other processes), else `cgroup.freeze` of v2. It must be the container's own directory."""
        v1, v2 = self._paths(container)
        candidates = [self._cgroups / "freezer" / v1.lstrip("/") / "freezer.state"] if v1 else []
        candidates += [folder / "cgroup.freeze" for folder in self._unified(v2)]
        for path in candidates:
            if path.is_file():
                return _own(path.parent, container, "paused") / path.name
        raise ResponderError("This machine has no cgroup freezer that is mounted.", "Mount cgroup2 at /sys/fs/cgroup.")

    def unified(self, container: Container) -> Path | None:
        """The container's own directory in the v2 hierarchy; None where there is none. Raises ResponderError if it is
        shared with others."""
        _, v2 = self._paths(container)
        found = next((folder for folder in self._unified(v2) if (folder / "cgroup.procs").is_file()), None)
        return _own(found, container, "singled out") if found else None

    def members(self, container: Container, most: int = 4096) -> tuple[int, ...]:
        """Pids in the container's cgroup and below, as this process sees them; at most `most`."""
        try:
            top = self.unified(container) or self.freezer(container).parent
        except ResponderError:
            return ()
        found: dict[int, None] = {}
        for file in [top / "cgroup.procs", *sorted(top.glob("*/cgroup.procs"))]:
            with contextlib.suppress(OSError, ValueError):
                found.update((int(word), None) for word in file.read_text().split()[:most])
        return tuple(found)[:most]

    def _paths(self, container: Container) -> tuple[str, str]:
        try:
            lines = parse_cgroup((self._proc_root / str(container.pid) / "cgroup").read_bytes())
        except (OSError, FormatError) as error:
            raise ResponderError(f"The cgroup of container {container.name} cannot be read.", "Has it just ended?") from error
        return controller_path(lines, "freezer"), unified_path(lines)

    def _unified(self, path: str) -> tuple[Path, ...]:
        if not path:
            return ()
        return self._cgroups / "unified" / path.lstrip("/"), self._cgroups / path.lstrip("/")


def _own(folder: Path, container: Container, verb: str) -> Path:
    if container.container_id and container.container_id in folder.as_posix():
        return folder
    raise ResponderError(
        f"Container {container.name} shares its cgroup with others, so it cannot be {verb} alone.",
        "Kill its processes instead.",
    )


def _write(freezer: Path, *, frozen: bool) -> None:
    if freezer.name == "freezer.state":
        freezer.write_text("FROZEN" if frozen else "THAWED")
    else:
        freezer.write_text("1" if frozen else "0")


def _asked(freezer: Path) -> bool:
    """Whether somebody froze it: a v2 group without processes also calls itself frozen."""
    return freezer.name == "freezer.state" or freezer.read_text().strip() == "1"


def _is(freezer: Path, *, frozen: bool) -> bool:
    """v1 says FREEZING as long as it is under way; v2 tells in cgroup.events when it is done."""
    if freezer.name == "freezer.state":
        return freezer.read_text().strip() == ("FROZEN" if frozen else "THAWED")
    events = (freezer.parent / "cgroup.events").read_text().split()
    return events[events.index("frozen") + 1] == ("1" if frozen else "0") if "frozen" in events else True
