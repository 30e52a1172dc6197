"""How surprising it is that a program uses a right that it never used: capabilities, other users, namespaces, rare calls."""

from __future__ import annotations

from periderm.engines.baseline import families as kinds
from periderm.engines.baseline.factors import Factor, Judged, factor
from periderm.engines.baseline.families import families
from periderm.engines.baseline.places import writable
from periderm.engines.baseline.situation import Situation
from periderm.engines.baseline.surprise_programs import serves
from periderm.model.behaviour import Aspect

_CAPABILITIES = {
    "CAP_SYS_MODULE": 95, "CAP_SYS_RAWIO": 85, "CAP_BPF": 80, "CAP_SYS_PTRACE": 75, "CAP_DAC_READ_SEARCH": 65,
    "CAP_SYS_BOOT": 80, "CAP_MAC_ADMIN": 80, "CAP_MAC_OVERRIDE": 80, "CAP_SYSLOG": 60, "CAP_NET_ADMIN": 60, "CAP_NET_RAW": 60,
    "CAP_SYS_ADMIN": 60, "CAP_MKNOD": 60, "CAP_SYS_CHROOT": 50, "CAP_SETFCAP": 65, "CAP_PERFMON": 70, "CAP_SYS_TIME": 65,
    "CAP_AUDIT_CONTROL": 70, "CAP_LINUX_IMMUTABLE": 65,
}  # fmt: skip
_ACTS = {
    "ptrace": ("05-07", 75), "process-vm": ("05-07", 80), "bpf": ("05-08", 80), "module": ("05-08", 95),
    "tty-inject": ("05-05", 95),
    "memfd": ("05-05", 50), "syscall32": ("05-05", 75), "io-uring": ("05-05", 55), "keyctl": ("05-05", 45),
    "userfaultfd": ("05-05", 75), "exec-memory": ("05-05", 42), "stdio-socket": ("05-10", 75),
}  # fmt: skip
_ACT_WORDS = {
    "ptrace": ("it looks into another process or changes it", "它查看或修改其他进程"),
    "process-vm": ("it reads or writes another process's memory", "它读写其他进程的内存"),
    "bpf": ("it puts code into the kernel", "它把代码放入内核"),
    "module": ("it puts code into the kernel", "它把代码放入内核"),
    "tty-inject": ("it types into a terminal", "它向终端注入字符"),
    "memfd": ("it makes a file that no disk has", "它创建了不在磁盘上的文件"),
    "syscall32": ("it uses the old entry into the kernel, past which filters look", "它使用旧的内核入口，可绕过过滤器"),
    "io-uring": (
        "it hands its calls to the kernel by another way, past which filters look",
        "它以另一种方式提交调用，可绕过过滤器",
    ),
    "userfaultfd": ("it can halt the kernel at a chosen moment", "它可以让内核在选定时刻停顿"),
    "exec-memory": ("memory that it wrote became code", "它写入的内存变成了代码"),
    "stdio-socket": ("somebody at the other end of a connection types and reads", "连接另一端的人在输入和读取"),
}
_COMPILING = frozenset(
    ["java", "node", "nodejs", "deno", "bun", "php", "php-fpm", "ruby", "luajit", "dotnet", "beam.smp", "chrome"]
)
_LOADS = ("LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "BASH_ENV", "PYTHONSTARTUP", "PERL5OPT", "NODE_OPTIONS", "RUBYOPT")
_CALLS = {
    **dict.fromkeys(("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"), 92),
    **dict.fromkeys(("ptrace", "process_vm_readv", "process_vm_writev", "bpf", "perf_event_open", "userfaultfd"), 78),
    **dict.fromkeys(("mount", "umount2", "pivot_root", "setns", "unshare", "open_by_handle_at", "move_mount", "fsopen"), 72),
    **dict.fromkeys(("open_tree", "fsmount", "fsconfig", "swapon", "swapoff", "acct", "iopl", "ioperm", "modify_ldt"), 72),
    **dict.fromkeys(("add_key", "request_key", "keyctl", "settimeofday", "clock_settime", "adjtimex", "quotactl"), 58),
    **dict.fromkeys(("chroot", "memfd_create", "memfd_secret", "io_uring_setup", "personality", "name_to_handle_at"), 52),
    **dict.fromkeys(("execveat", "kcmp", "process_madvise", "pidfd_getfd", "vmsplice", "seccomp", "syslog", "sethostname"), 52),
}
_STRANGE_KINDS = frozenset(
    [
        "PTRACE",
        "BPF",
        "MODULE",
        "MEMFD",
        "PROCESS_VM",
        "SYSCALL32",
        "USERFAULTFD",
        "EXEC_MEMORY",
        "DUP",
        "SETNS",
        "UNSHARE",
        "CHROOT",
        "CREDENTIALS",
        "TTY_INJECT",
    ]
)


def capability(situation: Situation) -> Judged:
    """A capability that it never used."""
    name = situation.behaviour.value
    strong = name in _CAPABILITIES
    points = _CAPABILITIES.get(name, 32) - (10 if situation.starting else 0)
    if strong:
        return Judged("05-01", (factor(points, "{name} reaches beyond the container", "{name} 的影响超出容器", name=name),))
    return Judged("05-01", (Factor(points),))


def become(situation: Situation) -> Judged:
    """Another user, group or set of capabilities."""
    what, _, value = situation.behaviour.value.partition(" ")
    if what == "capabilities":
        points = {"all": 60, "none": 5}.get(value, 32)
        return Judged("05-06", (Factor(points),))
    was_root = "0" in situation.has(Aspect.USER) or situation.actor.uid == 0
    if value == "0" and not was_root:
        return Judged("05-02", (factor(88 if what == "user" else 60, "it was not root before", "它此前不是 root"),))
    if what == "user" and value.isdigit() and int(value) in situation.normal.users:
        return Judged("05-02", (Factor(18),))
    return Judged("05-02", (Factor(32 if what == "user" else 22), Factor(-10 if situation.starting else 0)))


def namespace(situation: Situation) -> Judged:
    """Another view of the system."""
    value = situation.behaviour.value
    if value.startswith("setns"):
        return Judged(
            "05-03",
            (factor(82, "it enters what belongs to another container or to the machine", "它进入属于其他容器或主机的环境"),),
        )
    if "user" in value:
        return Judged("05-03", (factor(75, "in a user namespace it has all capabilities", "在用户命名空间中它拥有全部权能"),))
    if value in ("chroot", "pivot-root"):
        return Judged("05-03", (Factor(75 if value == "pivot-root" else 50),))
    return Judged("05-03", (Factor(60 if "mount" in value else 50),))


def system_call(situation: Situation) -> Judged:
    """A system call that nothing in the container used."""
    name = situation.behaviour.value
    if name.endswith(" (32)"):
        return Judged("05-04", (factor(70, "it came by the old entry into the kernel", "它通过旧的内核入口进入"),))
    known = len(situation.has(Aspect.SYSCALL, ""))
    points = _CALLS.get(name, 15)
    if points > 15:
        return Judged("05-04", (factor(points, "few programs need it", "很少有程序需要它"),))
    return Judged("05-04", (Factor(points + (8 if known > 60 else 0)),))


_ON_A_SOCKET = frozenset({"sshd", "sshd-session", "dropbear", "inetd", "xinetd", "in.telnetd", "telnetd", "ftpd", "rsyncd"})


def act(situation: Situation) -> Judged:
    """A call that few programs need."""
    word, _, rest = situation.behaviour.value.partition(" ")
    if word == "credentials":
        return Judged("05-02", (factor(95, "no call explains how its rights changed", "没有系统调用能解释其权限的变化"),))
    if word == "environment":
        return _environment(rest)
    if word == "signal":
        return Judged("05-05", (Factor(30 if rest else 20), Factor(10 if not situation.has(Aspect.ACT) else 0)))
    event_type, points = _ACTS.get(word, ("05-05", 50))
    words = _ACT_WORDS.get(word)
    factors = [factor(points, *words) if words is not None else Factor(points)]
    if word in ("exec-memory", "memfd") and kinds.base(situation.behaviour.program).rstrip("0123456789.") in _COMPILING:
        factors.append(Factor(-30))  # it compiles while it runs
    if families(situation.behaviour.program) & {kinds.SHELL, kinds.INTERPRETER} and word in ("stdio-socket", "memfd"):
        factors.append(Factor(15))
    if word == "stdio-socket" and _hands_on(situation):
        factors.append(Factor(-35))
    elif word == "stdio-socket" and kinds.base(situation.behaviour.program) in _ON_A_SOCKET:
        factors.append(Factor(-45))  # a login server hands each connection to another of itself
    return Judged(event_type, tuple(factors))


def _hands_on(situation: Situation) -> bool:
    """A compiled server hands its socket to its workers as their input (FastCGI does); one that interprets could be told to."""
    program = situation.behaviour.program
    compiled = not families(program) & {kinds.SHELL, kinds.INTERPRETER}
    return compiled and kinds.base(program) not in _ON_A_SOCKET and serves(situation.normal, program)


def _environment(setting: str) -> Judged:
    name, _, value = setting.partition("=")
    points = 60 if name in _LOADS else 40
    factors = [factor(points, "{name} changes what programs load", "{name} 会改变程序加载的内容", name=name)]
    if any(writable(part) for part in value.replace(":", " ").split() if part.startswith("/")):
        factors.append(factor(30, "it points to a place where everybody may write", "它指向任何人都可写入的位置"))
    return Judged("05-09", tuple(factors))


def calls(situation: Situation) -> Judged:
    """Three rare calls after one another that never came so."""
    kinds_of = situation.behaviour.value.replace("-", "_").upper().split(" > ")
    strange = sum(1 for kind in kinds_of if kind.partition(" ")[0] in _STRANGE_KINDS) if all(kinds_of) else 0
    factors = [Factor(25)]
    if strange:
        factors.append(
            factor(20 * strange, "{n} of them are calls that few programs make", "其中 {n} 个调用很少有程序使用", n=strange)
        )
    return Judged("06-02", tuple(factors))
