"""`ports.responder.Responder` on Linux. Does what it is told; whether it may is decided elsewhere."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from periderm.adapters.responder_linux.forensics import Forensics
from periderm.adapters.responder_linux.freezer import Cgroups
from periderm.adapters.responder_linux.network import NetworkCut
from periderm.adapters.responder_linux.processes import Processes
from periderm.adapters.responder_linux.vault import Vault
from periderm.model.asset import Container
from periderm.model.effect import (
    CaptureForensics,
    Effect,
    IsolateContainer,
    KillAtExec,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
    Target,
)
from periderm.model.errors import ResponderError
from periderm.model.text import Text
from periderm.ports.proc import Proc

_TREE = Text("{killed} processes were killed.", "已终止 {killed} 个进程。")
_SPARED = Text(" {spared} were spared: they are never hit.", "放过 {spared} 个：绝不对其采取动作。")
_EMPTY = Text("Nothing of it is left.", "已全部结束。")
_CUT = Text("Cut off by {how}.", "已通过 {how} 切断。")
_MENDED = Text("Connected again.", "已重新接通。")
_TAKEN = Text("In the vault: {size} bytes, SHA-256 {sha256}, {path}.", "已移入保管库：{size} 字节，SHA-256 {sha256}，{path}。")
_BACK = Text("Put back: {path}.", "已放回：{path}。")
_CAPTURED = Text(
    "{path}: {members} members, {size} bytes, SHA-256 {sha256}.", "{path}：{members} 个成员，{size} 字节，SHA-256 {sha256}。"
)
MOST_TARGETS = 4096


class LinuxResponder:
    """Acts on this machine. `find` gives the running container with a runtime's id, None if it does not run; `spare` tells
    which processes are never hit. `vault` and `captures` are folders of ours, `pins` one in bpffs."""

    def __init__(
        self,
        proc: Proc,
        find: Callable[[str], Container | None],
        cgroup_root: Path = Path("/sys/fs/cgroup"),
        proc_root: Path = Path("/proc"),
        *,
        spare: Callable[[Target], bool] = lambda _: False,
        vault: Path = Path("/var/lib/periderm/vault"),
        captures: Path = Path("/var/lib/periderm/captures"),
        pins: Path = Path("/sys/fs/bpf/periderm-responses"),
    ) -> None:
        self._find = find
        self._proc_root = proc_root
        self._cgroups = Cgroups(cgroup_root, proc_root)
        self._processes = Processes(proc, spare, proc_root)
        self._network = NetworkCut(self._cgroups, pins, proc_root)
        self._vault = Vault(vault)
        self._forensics = Forensics(captures, self._processes.target, proc_root)

    def targets(self, effect: Effect) -> tuple[Target, ...]:
        """Who would be hit first: the process itself, or all of the container's cgroup."""
        match effect:
            case KillAtExec() | KillProcess() | KillTree():
                pids: tuple[int, ...] = (effect.pid,)
            case PauseContainer() | KillContainer() | IsolateContainer():
                container = self._find(effect.container_id)
                pids = tuple({container.pid, *self._cgroups.members(container)}) if container is not None else ()
            case QuarantineFile():
                pids = self._running(effect)
            case ResumeContainer() | ReconnectContainer() | RestoreFile() | CaptureForensics():
                pids = ()
        return tuple(t for pid in pids[:MOST_TARGETS] if (t := self._processes.target(pid)) is not None)

    def kill_process(self, effect: KillProcess) -> None:
        """SIGKILL through a pidfd."""
        self._processes.kill(effect.pid, effect.started)

    def pause_container(self, effect: PauseContainer) -> None:
        """Freezes and waits until the kernel says that all of it stands still."""
        self._cgroups.freeze(self._running_one(effect.container_id, "paused"), frozen=True)

    def resume_container(self, effect: ResumeContainer) -> None:
        """Thaws; a container that has ended has nothing left to thaw."""
        container = self._find(effect.container_id)
        if container is not None:
            self._cgroups.freeze(container, frozen=False)

    def kill_tree(self, effect: KillTree) -> Text:
        """In a container everything stands still while the tree is walked, where it can be frozen."""
        container = self._find(effect.container_id) if effect.container_id else None
        with self._cgroups.standing_still(container):
            killed, spared = self._processes.kill_tree(effect.pid, effect.started, sessions=container is not None)
        said = _TREE.fill(killed=killed)
        more = _SPARED.fill(spared=spared) if spared else Text("", "")
        return Text(said.en + more.en, said.zh + more.zh)

    def kill_container(self, effect: KillContainer) -> Text:
        """`cgroup.kill` ends all of it in one step (also what is frozen, and what forks); its first process, and with it the
        pid namespace, by pidfd. Where there is no such switch, each process, until none is left."""
        container = self._find(effect.container_id)
        if container is None:
            return _EMPTY
        first = self._processes.target(container.pid)
        top = self._cgroups.unified(container)
        members = self._cgroups.members(container)
        try:
            if top is not None and (top / "cgroup.kill").is_file():
                (top / "cgroup.kill").write_text("1")
        except OSError as error:
            raise ResponderError(f"Container {container.name} cannot be killed: {error.strerror}.") from error
        if first is not None and first.first and not first.on_host:
            self._processes.kill(first.pid, first.started)
        for _ in range(100):
            left = self._cgroups.members(container)
            if not left:
                break
            for pid in left:
                target = self._processes.target(pid)
                if target is not None and not target.on_host:
                    with contextlib.suppress(ResponderError):
                        self._processes.kill(pid, target.started)
            # v1 keeps what is frozen from dying; whoever froze it, it is over now
            with contextlib.suppress(ResponderError):
                self._cgroups.freeze(container, frozen=False, patience=0.1)
        if not self._processes.wait_gone(members):
            raise ResponderError(f"Container {container.name} was killed, but some of its processes have not ended yet.")
        return _EMPTY

    def isolate_container(self, effect: IsolateContainer) -> Text:
        """Cuts the container off; says by which means."""
        container = self._running_one(effect.container_id, "isolated")
        return _CUT.fill(how=" + ".join(self._network.cut(effect.id, container, effect.keep)))

    def reconnect_container(self, effect: ReconnectContainer) -> Text:
        """Takes the cut back, also if the container has ended meanwhile."""
        self._network.mend(effect.undoes, self._find(effect.container_id))
        return _MENDED

    def quarantine_file(self, effect: QuarantineFile) -> Text:
        """Into the vault."""
        with self._root(effect.container_id) as root:
            expected = (effect.device, effect.inode)
            taken = self._vault.take(effect.id, root, effect.path, effect.container_id, expected)
        return _TAKEN.fill(size=taken.size, sha256=taken.sha256, path=taken.path)

    def restore_file(self, effect: RestoreFile) -> Text:
        """Out of the vault, to where it was."""
        known = self._vault.known(effect.undoes)
        with self._root(known.container_id if known is not None else effect.container_id) as root:
            return _BACK.fill(path=self._vault.put_back(effect.undoes, root).path)

    def capture_forensics(self, effect: CaptureForensics, events: bytes) -> Text:
        """Around the process, or the container's first one."""
        container = self._find(effect.container_id) if effect.container_id else None
        pid = effect.pid or (container.pid if container is not None else 0)
        target = self._processes.target(pid) if pid > 0 else None
        if target is None and container is not None:  # the process has ended, its container has not
            pid, target = container.pid, self._processes.target(container.pid)
        if target is None:
            raise ResponderError("Neither the process nor its container runs any more.", "`periderm events` tells what it did.")
        members = self._cgroups.members(container) if container is not None else ()
        found = self._forensics.capture(effect, pid, members, events, time.time_ns())
        return _CAPTURED.fill(path=found.path, members=found.members, size=found.size, sha256=found.sha256)

    def _running_one(self, container_id: str, verb: str) -> Container:
        container = self._find(container_id)
        if container is None:
            raise ResponderError(f"Container {container_id[:12]} does not run, so it cannot be {verb}.")
        return container

    def _running(self, effect: QuarantineFile) -> tuple[int, ...]:
        """Pids that run the file: without it nobody starts them anew."""
        found = []
        with contextlib.suppress(ResponderError, OSError), self._root(effect.container_id) as root:
            seen = os.stat(effect.path.lstrip("/"), dir_fd=root, follow_symlinks=False)
            for name in os.listdir(self._proc_root):
                if name.isascii() and name.isdecimal():
                    with contextlib.suppress(OSError):
                        other = (self._proc_root / name / "exe").stat()
                        if (other.st_dev, other.st_ino) == (seen.st_dev, seen.st_ino):
                            found.append(int(name))
        return tuple(found)

    @contextlib.contextmanager
    def _root(self, container_id: str) -> Iterator[int]:
        """A descriptor of the root folder of a container, or of the host."""
        folder = "/"
        if container_id:
            container = self._running_one(container_id, "reached")
            folder = str(self._proc_root / str(container.pid) / "root")
        try:
            descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise ResponderError(f"The files of the container are out of reach: {error.strerror}.") from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)
