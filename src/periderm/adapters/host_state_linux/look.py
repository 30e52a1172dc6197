"""One look at the machine: hidden modules and processes, BPF programs and pins, the preload of all programs, foreign code.

What the kernel tells only to CAP_SYS_ADMIN (the list of BPF programs) is asked once, by `prime`, before the agent gives that
up; later programs are seen by the sensor as they are loaded.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from pathlib import Path

from periderm.adapters.host_state_linux import bpf_list
from periderm.adapters.host_state_linux.hidden import HiddenProcesses, covered_processes, hidden_modules
from periderm.adapters.host_state_linux.processor_use import ProcessorUse
from periderm.model.event import HostState
from periderm.model.text import Text
from periderm.ports.host_state import BusyProcess, HostFinding

# Programs that systemd and the runtimes load by these names, and types that can only guard devices of one group.
KNOWN_PROGRAMS = ("sd_*", "restrict_*", "bind_*", "sysctl_monitor", "dump_bpf_*", "lirc_*", "hid_*")
KNOWN_TYPES = frozenset({"cgroup_device"})
KNOWN_PINS = tuple(
    f"/sys/fs/bpf/{name}*"
    for name in ("periderm", "systemd", "snap", "tc/", "ip/", "xdp", "cilium", "calico", "tetragon", "tracee")
)
_SYMBOLS_EVERY = 10  # looks: the table of symbols is long
_TAINT = 1 << 1 | 1 << 12 | 1 << 13  # loaded by force, out of tree, unsigned (admin-guide/tainted-kernels.rst)
_MOST_PRELOADS = 16
_SMALL = 64 * 1024


class LinuxHostLook:
    """`known` are globs of BPF programs' names and pins' paths that are declared; `own_objects` are files of BPF code that is
    ours. `proc`, `sys` and `etc` are other
    folders only in tests."""

    def __init__(
        self,
        known: Sequence[str] = (),
        *,
        own_objects: Sequence[str] = (),
        proc: Path = Path("/proc"),
        sys: Path = Path("/sys"),
        etc: Path = Path("/etc"),
    ) -> None:
        self._programs = (*KNOWN_PROGRAMS, *(glob for glob in known if not glob.startswith("/")))
        self._own = bpf_list.names_in(own_objects)
        self._pins = (*KNOWN_PINS, *(glob for glob in known if glob.startswith("/")))
        self._proc, self._sys, self._etc = proc, sys, etc
        self._processes = HiddenProcesses(proc)
        self._use = ProcessorUse(str(proc))
        self._looks = 0
        self._loaded: tuple[HostFinding, ...] = ()
        self._blind: tuple[Text, ...] = ()

    def prime(self) -> None:
        """Lists the BPF programs that are loaded now. Call it before the sensor loads its own and before privileges go."""
        try:
            programs = bpf_list.programs()
        except OSError as error:
            words = Text(
                "BPF programs that were loaded before the agent came cannot be listed: {reason}.",
                "无法列出代理启动前已加载的 BPF 程序：{reason}。",
            )
            self._blind = (words.fill(reason=error.strerror or str(error)),)
            return
        holders = bpf_list.held(str(self._proc)) if programs else frozenset()
        self._loaded = tuple(self._program(p, orphan=p.number not in holders) for p in programs if not self._declared(p))

    def look(self) -> Sequence[HostFinding]:
        """All that is there now. BPF programs are those of `prime`."""
        symbols = self._looks % _SYMBOLS_EVERY == 0
        self._looks += 1
        found = list(self._loaded)
        found += [
            HostFinding(state=HostState.HIDDEN_MODULE, name=name)
            for name in sorted(hidden_modules(self._proc, self._sys, symbols=symbols))
        ]
        for pid, name in sorted(self._processes.look().items()):
            found.append(
                HostFinding(state=HostState.HIDDEN_PROCESS, name=name or str(pid), details=(f"pid={pid}",), number=pid)
            )
        for pid in sorted(covered_processes(self._proc)):
            details = (f"pid={pid}", "mounted-over")
            found.append(HostFinding(state=HostState.HIDDEN_PROCESS, name=str(pid), details=details, number=pid))
        found += self._undeclared_pins()
        found += self._preload()
        found += self._taint()
        return found

    def busy(self) -> Sequence[BusyProcess]:
        """See the port."""
        return self._use.busy()

    def blind(self) -> Sequence[Text]:
        """See the port."""
        return self._blind

    def _declared(self, program: bpf_list.Program) -> bool:
        if program.type in KNOWN_TYPES or program.name in self._own:
            return True
        return bool(program.name) and any(fnmatch.fnmatchcase(program.name, glob) for glob in self._programs)

    def _program(self, program: bpf_list.Program, *, orphan: bool) -> HostFinding:
        details = (program.type, f"uid={program.uid}", f"tag={program.tag}", *(("orphan",) if orphan else ()))
        name = program.name or f"tag {program.tag}"
        return HostFinding(state=HostState.BPF_PROGRAM, name=name, details=details, number=program.number)

    def _undeclared_pins(self) -> list[HostFinding]:
        """One for each folder (or object) at the top: a program leaves dozens of maps in its own."""
        root = str(self._sys / "fs/bpf")
        found: dict[str, int] = {}
        for path in bpf_list.pins(root):
            if not any(fnmatch.fnmatchcase(path, glob) for glob in self._pins):
                top = f"{root}/{path[len(root) + 1 :].split('/', 1)[0]}"
                found[top] = found.get(top, 0) + 1
        return [HostFinding(state=HostState.BPF_PIN, name=top, details=(f"objects={count}",)) for top, count in found.items()]

    def _preload(self) -> list[HostFinding]:
        try:
            with (self._etc / "ld.so.preload").open("rb") as file:
                text = file.read(_SMALL).decode("utf-8", "backslashreplace")
        except OSError:
            return []
        lines = (line.partition("#")[0] for line in text.splitlines())
        libraries = tuple(word for line in lines for word in line.replace(":", " ").split())[:_MOST_PRELOADS]
        return [HostFinding(state=HostState.PRELOAD, name=" ".join(libraries), details=libraries)] if libraries else []

    def _taint(self) -> list[HostFinding]:
        try:
            bits = int((self._proc / "sys/kernel/tainted").read_text())
        except (OSError, ValueError):
            return []
        return [HostFinding(state=HostState.TAINT, name=str(bits & _TAINT), number=bits)] if bits & _TAINT else []
