"""What each of Falco's fields is called among the facts of runtime rules, and where its events lie. Tables and small helpers
only; comparisons are made by `comparing`.

Source: falco.org/docs/reference/rules/supported-fields. A field is here only if it means the same.
"""

from __future__ import annotations

from typing import NamedTuple

from periderm.algorithms.rules.places import shown
from periderm.model.errors import FormatError


class Fact(NamedTuple):
    """An expression of our language for a field: `kind` is 'text', 'number', 'truth' or 'texts'; `guard` must hold for the
    field to be set at all."""

    text: str
    kind: str = "text"
    guard: str = ""


_FILES = "kind == 'open'"
_PATHS = "kind in ['open', 'chmod', 'chown', 'unlink', 'mkdir', 'truncate', 'utime']"
_TWO_PATHS = "kind in ['rename', 'link', 'symlink']"
_PEERS = "kind in ['connect', 'accept']"

FIELDS: dict[str, Fact] = {
    "proc.name": Fact("name"),
    "proc.exepath": Fact("exe"),
    "proc.exe": Fact("argv[0]", guard="size(argv) > 0"),
    "proc.cmdline": Fact("cmdline"),
    "proc.exeline": Fact("line"),
    "proc.args": Fact("args.join(' ')"),
    "proc.cmdnargs": Fact("size(args)", "number"),
    "proc.pname": Fact("parent"),
    "proc.pexepath": Fact("parent_exe"),
    "proc.pcmdline": Fact("parent_cmdline"),
    "proc.aname": Fact("ancestors", "texts"),
    "proc.aexepath": Fact("ancestor_exes", "texts"),
    "proc.pid": Fact("pid", "number"),
    "proc.is_exe_upper_layer": Fact("(kind == 'exec' ? upper : drifted)", "truth"),
    "proc.is_exe_from_memfd": Fact("memory_backed", "truth", "kind == 'exec'"),
    "user.uid": Fact("user", "number"),
    "group.gid": Fact("group", "number"),
    "container.full_id": Fact("container_id"),
    "container.image": Fact("image"),
    "container.image.repository": Fact("repository"),
    "container.image.tag": Fact("tag"),
    "container.privileged": Fact("privileged", "truth"),
    "fd.name": Fact("path", guard=_FILES),
    "fd.nameraw": Fact("raw", guard=_FILES),
    "fd.directory": Fact("folder", guard=_FILES),
    "fd.filename": Fact("file", guard=_FILES),
    "fs.path.name": Fact("path", guard=_PATHS),
    "fs.path.nameraw": Fact("raw", guard=_PATHS),
    "fs.path.source": Fact("raw", guard=_TWO_PATHS),
    "fs.path.target": Fact("path", guard=_TWO_PATHS),
    "fd.rip": Fact("address", guard=_PEERS),
    "fd.sip": Fact("address", guard="kind == 'connect'"),
    "fd.cip": Fact("address", guard="kind == 'accept'"),
    "fd.sport": Fact("port", "number", _PEERS),
    "fd.rport": Fact("(kind == 'connect' ? port : peer_port)", "number", _PEERS),
    "fd.lport": Fact("port", "number", "kind in ['accept', 'bind', 'listen']"),
    "fd.cport": Fact("peer_port", "number", "kind == 'accept'"),
    "fd.rnet": Fact("address", "network", _PEERS),
    "fd.snet": Fact("address", "network", "kind == 'connect'"),
    "fd.cnet": Fact("address", "network", "kind == 'accept'"),
    "fd.l4proto": Fact("transport"),
    "evt.rawres": Fact("result", "number"),
    "evt.failed": Fact("failed", "truth"),
    "evt.is_open_write": Fact("writes", "truth"),
    "evt.is_open_read": Fact("reads", "truth"),
    "evt.is_open_create": Fact("creates", "truth"),
    "evt.is_open_exec": Fact("makes_executable", "truth", _FILES),
    "evt.arg.filename": Fact("raw", guard=f"({_PATHS} || {_TWO_PATHS})"),
    "evt.arg.name": Fact("raw", guard=_PATHS),
    "evt.arg.pathname": Fact("raw", guard=_PATHS),
    "k8s.ns.name": Fact("labels['io.kubernetes.pod.namespace']", guard="'io.kubernetes.pod.namespace' in labels"),
    "k8s.pod.name": Fact("labels['io.kubernetes.pod.name']", guard="'io.kubernetes.pod.name' in labels"),
    "k8s.pod.uid": Fact("labels['io.kubernetes.pod.uid']", guard="'io.kubernetes.pod.uid' in labels"),
}

# evt.type -> the word of our `kind`; what is not here is not seen as an event of its own.
EVENTS: dict[str, str] = {
    **dict.fromkeys(("execve", "execveat"), "exec"),
    **dict.fromkeys(("open", "openat", "openat2", "creat", "open_by_handle_at"), "open"),
    **dict.fromkeys(("fork", "vfork", "clone", "clone3"), "fork"),
    **dict.fromkeys(("procexit", "exit", "exit_group"), "exit"),
    **dict.fromkeys(("accept", "accept4"), "accept"),
    **dict.fromkeys(("umount", "umount2", "umount_1_x"), "umount"),
    **dict.fromkeys(("init_module", "finit_module"), "module"),
    **dict.fromkeys(("chmod", "fchmod", "fchmodat", "fchmodat2"), "chmod"),
    **dict.fromkeys(("chown", "fchown", "lchown", "fchownat"), "chown"),
    **dict.fromkeys(("setuid", "setresuid", "setreuid"), "setuid"),
    **dict.fromkeys(("setgid", "setresgid", "setregid"), "setgid"),
    **dict.fromkeys(("rename", "renameat", "renameat2"), "rename"),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir"), "unlink"),
    **dict.fromkeys(("link", "linkat"), "link"),
    **dict.fromkeys(("symlink", "symlinkat"), "symlink"),
    **dict.fromkeys(("mkdir", "mkdirat"), "mkdir"),
    **dict.fromkeys(("dup", "dup2", "dup3"), "dup"),
    **dict.fromkeys(("process_vm_readv", "process_vm_writev"), "process-vm"),
    **dict.fromkeys(("kill", "tkill", "tgkill"), "signal"),
    **dict.fromkeys(("utimensat", "utime", "utimes", "futimesat"), "utime"),
    **dict.fromkeys(("truncate", "ftruncate"), "truncate"),
    "connect": "connect", "bind": "bind", "listen": "listen", "setns": "setns", "unshare": "unshare", "mount": "mount",
    "ptrace": "ptrace", "bpf": "bpf", "memfd_create": "memfd", "chroot": "chroot", "socket": "socket", "capset": "capset",
    "userfaultfd": "userfaultfd", "pivot_root": "pivot-root", "keyctl": "keyctl",
}  # fmt: skip

REASONS: dict[str, str] = {
    "evt.type": "is an event that the sensor does not tell one by one",
    "user.name": "is a name inside of the image; only root (0) and user.uid are known",
    "user.loginuid": "is not carried by events",
    "proc.duration": "is not carried by events",
    "proc.sname": "would need sessions, which are told otherwise (interactive, how)",
    "proc.vpid": "is not carried by events",
    "proc.cwd": "is not carried by events; paths are resolved already",
    "proc.env": "would need the environment, of which only what changes loading is kept (variables)",
}


def reason_for(name: str) -> str:
    """Why a field has no fact."""
    return f"the field {shown(name)} {REASONS.get(name, 'has no fact of the same meaning')}"


def literal(value: str) -> str:
    """A text of our language."""
    out = value.replace("\\", "\\\\").replace("'", "\\'")
    if not out.isprintable():
        raise FormatError("a value has characters that cannot be printed")
    return f"'{out}'"


# linux/ptrace.h and asm/ptrace-abi.h
PTRACE: dict[str, int] = {
    "PTRACE_TRACEME": 0, "PTRACE_PEEKTEXT": 1, "PTRACE_PEEKDATA": 2, "PTRACE_POKETEXT": 4, "PTRACE_POKEDATA": 5,
    "PTRACE_POKEUSR": 6, "PTRACE_CONT": 7, "PTRACE_KILL": 8, "PTRACE_SINGLESTEP": 9, "PTRACE_SETREGS": 13, "PTRACE_ATTACH": 16,
    "PTRACE_DETACH": 17, "PTRACE_SYSCALL": 24, "PTRACE_GETREGSET": 0x4204, "PTRACE_SETREGSET": 0x4205, "PTRACE_SEIZE": 0x4206,
}  # fmt: skip
# bits/socket.h
DOMAINS: dict[str, int] = {
    "UNIX": 1, "LOCAL": 1, "INET": 2, "INET6": 10, "NETLINK": 16, "PACKET": 17, "BLUETOOTH": 31, "ALG": 38, "VSOCK": 40,
}  # fmt: skip
