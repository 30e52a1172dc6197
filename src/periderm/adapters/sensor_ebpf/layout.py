"""Numbers that the kernel side and this adapter share (bpf/record.h), and which system call has which handler.

System call numbers are those of the kernel's headers: asm/unistd_64.h and asm/unistd_32.h.
"""

from __future__ import annotations

COUNTERS = (
    "sent",
    "folded",
    "filtered",
    "lost",
    "unreadable",
    "truncated",
    "killed",
    "ancestry",
    "baseline",
    "unknown-namespace",
    "syscall32",
    "syscall32-undecoded",
    "io_uring",
    "io_uring-undecoded",
    "x32",
    "exec-failed",
    "no-state",
    "kill-failed",
    "parts",
    "held",
)

POLICY_REPORT = 1
POLICY_ENFORCE = 2
POLICY_KILL_DRIFT = 4
POLICY_KILL_LIST = 8
POLICY_NODE = 16

COMPAT_BASE = 512
COMPAT_ENTRY = 1023

# map: bytes of key, bytes of value (per CPU where it says so)
MAPS = {
    "ring": (0, 0),
    "counters": (4, 8),
    "uring_opcodes": (4, 8),
    "compat_calls": (4, 8),
    "control": (4, 40),
    "namespaces": (4, 8),
    "cgroups": (8, 8),
    "ignored": (8, 4),
    "kill_list": (16, 4),
    "seen": (8, 16),
    "baseline": (8, 8),
    "executables": (8, 512),
    "handlers": (4, 4),
    "operations": (4, 4),
}

PER_CPU = ("counters",)

# what is attached, and what a SensorCapability calls it; the first two are essential
ATTACHED = {
    "on_exec": "exec",
    "on_call": "system calls",
    "on_fork": "fork",
    "on_end": "exit",
    "on_uring": "io_uring",
}
# loaded only where the kernel refuses the first
ALTERNATIVES = {"on_uring": "on_uring_sqe"}
ESSENTIAL = ("on_exec", "on_call")

# what is decoded by which program: a program that the kernel refuses takes its calls with it
PROGRAMS = {
    "call_open": ("open", "creat", "openat", "openat2"),
    "call_net": ("connect", "sendto", "sendmsg", "accept", "bind", "listen", "socket", "socketcall", "dup", "fcntl"),
}
OTHER_PROGRAM = "call_other"

# system call, in the order of enum op: (numbers of the 64-bit table, numbers of the 32-bit table)
HANDLERS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "open": ((2,), (5,)),
    "creat": ((85,), (8,)),
    "openat": ((257,), (295,)),
    "openat2": ((437,), (437,)),
    "connect": ((42,), (362,)),
    "sendto": ((44,), (369,)),
    "sendmsg": ((46, 307), (370, 345)),
    "accept": ((43, 288), (364,)),
    "bind": ((49,), (361,)),
    "listen": ((50,), (363,)),
    "socket": ((41,), (359,)),
    "socketcall": ((), (102,)),
    "dup": ((32, 33, 292), (41, 63, 330)),
    "fcntl": ((72,), (55, 221)),
    "setns": ((308,), (346,)),
    "unshare": ((272,), (310,)),
    "ptrace": ((101,), (26,)),
    "bpf": ((321,), (357,)),
    "process_vm_readv": ((310,), (347,)),
    "process_vm_writev": ((311,), (348,)),
    "memfd": ((319,), (356,)),
    "init_module": ((175,), (128,)),
    "finit_module": ((313,), (350,)),
    "chroot": ((161,), (61,)),
    "mount": ((165,), (21,)),
    "fsopen": ((430,), (430,)),
    "open_tree": ((428,), (428,)),
    "move_mount": ((429,), (429,)),
    "chmod": ((90,), (15,)),
    "fchmod": ((91,), (94,)),
    "fchmodat": ((268, 452), (306, 452)),
    "setuid": ((105, 113, 117, 122), (23, 203, 213, 70, 208, 164, 138, 215)),
    "exec": ((59, 322), (11, 358)),
}


def program_of(name: str) -> str:
    """The program that decodes a system call."""
    return next((program for program, names in PROGRAMS.items() if name in names), OTHER_PROGRAM)
