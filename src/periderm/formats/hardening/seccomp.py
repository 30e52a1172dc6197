"""A seccomp profile in the form that runc, crun, podman, docker and containerd read. Decides nothing: it writes what is needed.

Source: runtime-spec v1.1, config-linux.md (seccomp); containers/common, pkg/seccomp/seccomp.json, from which the answers of
clone and clone3 are: flags of clone can be looked at, those of clone3 cannot (they lie behind a pointer), so clone3 is
answered with ENOSYS and the C library falls back to clone.
"""

from __future__ import annotations

import msgspec

from periderm.model.hardening import Hardening

_ENOSYS = 38
_MADE = {
    "amd64": "SCMP_ARCH_X86_64",
    "x86_64": "SCMP_ARCH_X86_64",
    "arm64": "SCMP_ARCH_AARCH64",
    "aarch64": "SCMP_ARCH_AARCH64",
}
_COMPAT = {"SCMP_ARCH_X86_64": "SCMP_ARCH_X86", "SCMP_ARCH_AARCH64": "SCMP_ARCH_ARM"}
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (linux/sched.h).
_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
# What runc (a Go program) still does between loading the profile and starting the program, what the kernel does by itself
# at a signal or a restart, and what every start by the C library does. Seen with runc 1.1.5, podman 4.3 and glibc 2.36.
START = (
    *("access", "arch_prctl", "brk", "capget", "capset", "chdir", "clone", "close", "close_range", "dup3", "epoll_create1"),
    *("epoll_ctl", "epoll_pwait", "eventfd2", "execve", "exit", "exit_group", "faccessat", "faccessat2", "fchdir", "fcntl"),
    *("fstat", "fstatfs", "futex", "getcwd", "getdents64", "getegid", "geteuid", "getgid", "getpid", "getppid", "getrandom"),
    *("gettid", "getuid", "lseek", "lstat", "madvise", "membarrier", "mmap", "mprotect", "munmap", "nanosleep"),
    *("newfstatat", "open", "openat", "pipe2", "ppoll", "prctl", "pread64", "prlimit64", "read", "readlink", "readlinkat"),
    *("restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield"),
    *("seccomp", "set_robust_list", "set_tid_address", "setgid", "setgroups", "setresgid", "setresuid", "setuid"),
    *("sigaltstack", "stat", "statfs", "statx", "tgkill", "umask", "uname", "write", "writev"),
)
# What another version of a library would call instead, with no more power: an update must not stop the workload.
_ALIKE: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in (
        "accept accept4",
        "access faccessat faccessat2",
        "alarm setitimer getitimer",
        "chmod fchmodat fchmodat2",
        "chown lchown fchownat",
        "clock_nanosleep nanosleep",
        "creat open openat openat2",
        "dup dup2 dup3",
        "epoll_create epoll_create1",
        "epoll_wait epoll_pwait epoll_pwait2",
        "eventfd eventfd2",
        "fork vfork clone",
        "fstat newfstatat stat lstat statx",
        "getdents getdents64",
        "getrlimit setrlimit prlimit64",
        "inotify_init inotify_init1",
        "link linkat",
        "mkdir mkdirat",
        "pipe pipe2",
        "poll ppoll",
        "pread64 preadv preadv2",
        "pwrite64 pwritev pwritev2",
        "read readv",
        "readlink readlinkat",
        "recvfrom recvmsg recvmmsg",
        "rename renameat renameat2",
        "rmdir unlink unlinkat",
        "select pselect6",
        "sendto sendmsg sendmmsg",
        "signalfd signalfd4",
        "symlink symlinkat",
        "time gettimeofday clock_gettime",
        "utime utimes utimensat futimesat",
        "wait4 waitid",
        "write writev",
    )
)


def allowed(hardening: Hardening) -> frozenset[str]:
    """All system calls that the profile lets pass: those that were made, their like, and those of a start."""
    names = {*(hardening.system_calls or ()), *START}
    for alike in _ALIKE:
        if names & alike:
            names |= alike
    return frozenset(names)


def write(hardening: Hardening) -> bytes:
    """The profile as JSON; the caller saw that system calls are known."""
    made = _MADE.get(hardening.architecture, "SCMP_ARCH_X86_64")
    names = allowed(hardening) - {"clone", "clone3", "socket"}
    rules: list[dict[str, object]] = [{"names": sorted(names), "action": "SCMP_ACT_ALLOW"}]
    if hardening.namespaces:
        rules.append({"names": ["clone", "clone3"], "action": "SCMP_ACT_ALLOW"})
    else:
        mask = {"index": 0, "value": _NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}
        rules.append({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [mask]})
        rules.append({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS})
    if "socket" in allowed(hardening):
        for family in hardening.families:
            one = {"index": 0, "value": family, "valueTwo": 0, "op": "SCMP_CMP_EQ"}
            rules.append({"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [one]})
    profile = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": _ENOSYS,
        "architectures": [made, _COMPAT[made]] if hardening.compat else [made],
        "syscalls": rules,
    }
    return msgspec.json.format(msgspec.json.encode(profile), indent=2) + b"\n"
