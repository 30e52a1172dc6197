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
ESSENTIAL = ("on_exec", "on_call")

# handler: (numbers of the 64-bit table, numbers of the 32-bit table)
HANDLERS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "call_open": ((2,), (5,)),
    "call_creat": ((85,), (8,)),
    "call_openat": ((257,), (295,)),
    "call_openat2": ((437,), (437,)),
    "call_connect": ((42,), (362,)),
    "call_sendto": ((44,), (369,)),
    "call_sendmsg": ((46, 307), (370, 345)),
    "call_accept": ((43, 288), (364,)),
    "call_bind": ((49,), (361,)),
    "call_listen": ((50,), (363,)),
    "call_socket": ((41,), (359,)),
    "call_socketcall": ((), (102,)),
    "call_dup": ((32, 33, 292), (41, 63, 330)),
    "call_fcntl": ((72,), (55, 221)),
    "call_setns": ((308,), (346,)),
    "call_unshare": ((272,), (310,)),
    "call_ptrace": ((101,), (26,)),
    "call_bpf": ((321,), (357,)),
    "call_process_vm_readv": ((310,), (347,)),
    "call_process_vm_writev": ((311,), (348,)),
    "call_memfd": ((319,), (356,)),
    "call_init_module": ((175,), (128,)),
    "call_finit_module": ((313,), (350,)),
    "call_chroot": ((161,), (61,)),
    "call_mount": ((165,), (21,)),
    "call_fsopen": ((430,), (430,)),
    "call_open_tree": ((428,), (428,)),
    "call_move_mount": ((429,), (429,)),
    "call_chmod": ((90,), (15,)),
    "call_fchmod": ((91,), (94,)),
    "call_fchmodat": ((268, 452), (306, 452)),
    "call_setuid": ((105, 113, 117, 122), (23, 203, 213, 70, 208, 164, 138, 215)),
    "call_exec": ((59, 322), (11, 358)),
}
