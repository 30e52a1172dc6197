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
    "failed-untold",
    "shed",
    "unwatched",
    "calls-unwatched",
)

POLICY_REPORT = 1
POLICY_ENFORCE = 2
POLICY_KILL_DRIFT = 4
POLICY_KILL_LIST = 8
POLICY_NODE = 16
POLICY_KILL_MEMORY = 32

COMPAT_BASE = 512
COMPAT_ENTRY = 1023
CONTROL_BYTES = 56
# programs that others jump to, by their place in `handlers`
ENTRIES = {"call_compat": COMPAT_ENTRY, "call_dns": 1022, "call_used": 1021}

USED_SLOTS, USED_BYTES = 4096, 8 + 3 * 128

# map: bytes of key, bytes of value (per CPU where it says so)
MAPS = {
    "ring": (0, 0),
    "counters": (4, 8),
    "uring_opcodes": (4, 8),
    "compat_calls": (4, 8),
    "control": (4, CONTROL_BYTES),
    "namespaces": (4, 16),
    "cgroups": (8, 16),
    "ignored": (8, 4),
    "kill_list": (16, 4),
    "seen": (8, 16),
    "baseline": (8, 24),
    "executables": (8, 512),
    "handlers": (4, 4),
    "operations": (4, 4),
    "shed_counts": (8, 8),
    "calls_used": (4, USED_BYTES),
}

PER_CPU = ("counters",)

# what is attached, and what a SensorCapability calls it; the first two are essential
ATTACHED = {
    "on_exec": "exec",
    "on_call_used": "system calls",
    "on_fork": "fork",
    "on_end": "exit",
    "on_uring": "io_uring",
    "on_uring_path": "io_uring paths",
    "on_uring_send": "io_uring messages",
    "on_signal": "signals",
    "on_exec_known": "credentials at exec",
    "on_fork_known": "credentials at fork",
    "on_capable": "capabilities used",
}
# walks over all tasks: once at start, and every few seconds
FIRST_WALK, WALK = "on_existing", "on_walk"
# loaded only where the kernel refuses the first, or it is left out
ALTERNATIVES = {
    "on_call_used": "on_call",
    "on_uring": "on_uring_sqe",
    "on_uring_path": "on_path_sqe",
    "on_uring_send": "on_send_sqe",
}
ESSENTIAL = frozenset({"on_exec", "on_call_used"})
CALLS_USED = "system calls used"  # the capability: the set of calls of each container

# what is decoded by which program: a program that the kernel refuses takes its calls with it
PROGRAMS = {
    "call_open": ("open", "creat", "openat", "openat2"),
    "call_net": (
        *("connect", "sendto", "sendmsg", "sendmmsg", "accept", "bind", "listen", "socket", "socketcall", "dup", "fcntl"),
    ),
    "call_ids": ("setuid", "setgid", "capset"),
    "call_paths": (
        *("rename", "renameat", "unlink", "rmdir", "unlinkat", "link", "linkat", "symlink", "symlinkat", "mkdir", "mkdirat"),
        *("utime", "utimes", "futimesat", "utimensat", "truncate", "ftruncate", "chown", "fchown", "fchownat"),
        *("umount", "pivot_root"),
    ),
    "call_dns": ("write", "writev"),
    "call_memory": ("mmap", "mprotect", "ioctl", "prctl"),
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
    "sendmsg": ((46,), (370,)),
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
    "rename": ((82,), (38,)),
    "renameat": ((264, 316), (302, 353)),
    "unlink": ((87,), (10,)),
    "rmdir": ((84,), (40,)),
    "unlinkat": ((263,), (301,)),
    "link": ((86,), (9,)),
    "linkat": ((265,), (303,)),
    "symlink": ((88,), (83,)),
    "symlinkat": ((266,), (304,)),
    "mkdir": ((83,), (39,)),
    "mkdirat": ((258,), (296,)),
    "utime": ((132,), (30,)),
    "utimes": ((235,), (271,)),
    "futimesat": ((261,), (299,)),
    "utimensat": ((280,), (320, 412)),
    "truncate": ((76,), (92, 193)),
    "ftruncate": ((77,), (93, 194)),
    "chown": ((92, 94), (182, 16, 212, 198)),
    "fchown": ((93,), (95, 207)),
    "fchownat": ((260,), (298,)),
    "umount": ((166,), (22, 52)),
    "pivot_root": ((155,), (217,)),
    "setgid": ((106, 114, 119, 123), (46, 71, 170, 139, 214, 204, 210, 216)),
    "capset": ((126,), (185,)),
    "keyctl": ((250,), (288,)),
    "userfaultfd": ((323,), (374,)),
    "sendmmsg": ((307,), (345,)),
    "write": ((1,), (4,)),
    "writev": ((20,), (146,)),
    "mmap": ((9,), (90, 192)),
    "mprotect": ((10, 329), (125, 380)),
    "ioctl": ((16,), (54,)),
    "prctl": ((157,), (172,)),
}


def program_of(name: str) -> str:
    """The program that decodes a system call."""
    return next((program for program, names in PROGRAMS.items() if name in names), OTHER_PROGRAM)
