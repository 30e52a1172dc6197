"""Event types 05: rights that a program never used, and calls that few programs make, each with its examples."""

from __future__ import annotations

from periderm.engines.baseline.cases import NGINX, PHP, SH, EventType, Words, case, did, event_type, normal
from periderm.model.detector import Example
from periderm.model.severity import Severity

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_DROP = Words(
    "Drop the capabilities that the workload does not need (`periderm harden`), and set no-new-privileges.",
    "请移除工作负载不需要的权能（`periderm harden`），并设置 no-new-privileges。",
)
_FILTER = Words(
    "Run the workload under the seccomp profile of its baseline (`periderm harden --format seccomp`).",
    "请使用由基线生成的 seccomp 配置运行该工作负载（`periderm harden --format seccomp`）。",
)

TYPES: tuple[EventType, ...] = (
    event_type(
        "05-01",
        Words("Run with a capability that was never used", "使用从未使用过的权能"),
        Words("{program} in {subject} used {value}", "{subject} 中的 {program} 使用了 {value}"),
        _MEDIUM,
        "T1548 T1611",
        _DROP,
        (Example(case(did("capability", PHP, "CAP_SYS_PTRACE"), normal(PHP)), "an application looks into other processes"),),
        (
            Example(
                case(did("capability", NGINX, "CAP_SETUID"), normal(NGINX, capability="CAP_SETGID")),
                "a server gives up its rights",
            ),
        ),
    ),
    event_type(
        "05-02",
        Words("Make itself another user", "将自身变为其他用户"),
        Words("{program} in {subject} did '{value}'", "{subject} 中的 {program} 执行了“{value}”"),
        _HIGH,
        "T1548 T1068",
        _DROP,
        (
            Example(case(did("become", PHP, "user 0"), normal(PHP, user="33")), "www-data became root"),
            Example(case(did("act", PHP, "credentials user"), normal(PHP, user="33")), "root without any call that says how"),
        ),
        (
            Example(
                case(did("become", NGINX, "user 33"), normal(NGINX, user=("0", "33")), user=0),
                "a server that started as root gives it up",
            ),
        ),
    ),
    event_type(
        "05-03",
        Words("Enter or make a namespace", "进入或创建命名空间"),
        Words("{program} in {subject} did '{value}'", "{subject} 中的 {program} 执行了“{value}”"),
        _HIGH,
        "T1611",
        _FILTER,
        (Example(case(did("namespace", SH, "unshare user mount"), normal(SH)), "a user namespace gives all capabilities"),),
        (
            Example(
                case(did("namespace", NGINX, "chroot"), normal(NGINX, namespace="chroot")),
                "a server that always locks itself in",
            ),
        ),
    ),
    event_type(
        "05-04",
        Words("Make a system call that was never made", "进行从未进行过的系统调用"),
        Words("Something in {subject} made the system call {value}", "{subject} 中有程序进行了系统调用 {value}"),
        _MEDIUM,
        "T1106",
        _FILTER,
        (Example(case(did("syscall", "", "init_module"), (did("syscall", "", "read"),)), "a kernel module is loaded"),),
        (Example(case(did("syscall", "", "sendfile"), (did("syscall", "", "read"),)), "a call that any program may make"),),
    ),
    event_type(
        "05-05",
        Words("Make a call that few programs need", "进行很少有程序需要的调用"),
        Words("{program} in {subject} did '{value}'", "{subject} 中的 {program} 执行了“{value}”"),
        _MEDIUM,
        "T1106 T1055",
        _FILTER,
        (Example(case(did("act", PHP, "userfaultfd"), normal(PHP)), "what exploits of the kernel need"),),
        (
            Example(
                case(did("act", "/usr/bin/node", "exec-memory"), normal("/usr/bin/node")),
                "a runtime that compiles while it runs",
            ),
        ),
    ),
    event_type(
        "05-06",
        Words("Change its capabilities", "更改自身权能"),
        Words("{program} in {subject} set {value}", "{subject} 中的 {program} 设置了 {value}"),
        _MEDIUM,
        "T1548",
        _DROP,
        (Example(case(did("become", PHP, "capabilities all"), normal(PHP)), "an application takes all"),),
        (Example(case(did("become", NGINX, "capabilities none"), normal(NGINX)), "a server gives all up"),),
    ),
    event_type(
        "05-07",
        Words("Write or read another process", "读写其他进程"),
        Words("{program} in {subject} did '{value}'", "{subject} 中的 {program} 执行了“{value}”"),
        _HIGH,
        "T1055.008 T1055",
        _FILTER,
        (Example(case(did("act", PHP, "ptrace"), normal(PHP)), "an application traces another process"),),
        (Example(case(did("act", PHP, "signal php-fpm"), normal(PHP, act="signal")), "a master tells its workers to end"),),
    ),
    event_type(
        "05-08",
        Words("Load code into the kernel", "向内核加载代码"),
        Words("{program} in {subject} did '{value}'", "{subject} 中的 {program} 执行了“{value}”"),
        _HIGH,
        "T1547.006 T1014",
        _DROP,
        (Example(case(did("act", SH, "module"), normal(SH)), "a kernel module"),),
        (Example(case(did("act", SH, "keyctl"), normal(SH, act="keyctl")), "a session's keys, as always"),),
    ),
    event_type(
        "05-09",
        Words("Set a variable that changes what programs load", "设置会改变程序加载内容的变量"),
        Words("{program} in {subject} was started with another {value}", "{subject} 中的 {program} 以不同的 {value} 启动"),
        _HIGH,
        "T1574.006",
        Words(
            "Look at the library or script that the variable names; run the container with a read-only root file system.",
            "请检查该变量指向的库或脚本；以只读根文件系统运行容器。",
        ),
        (Example(case(did("act", NGINX, "environment LD_PRELOAD=/tmp/x.so"), normal(NGINX)), "a library before all others"),),
        (
            Example(
                case(did("act", NGINX, "environment PYTHONPATH=/app"), normal(NGINX)), "where a program looks for its own parts"
            ),
        ),
    ),
    event_type(
        "05-10",
        Words("Hand a connection to a program as its input and output", "将网络连接作为程序的输入输出"),
        Words("{program} in {subject} reads and writes a connection", "{subject} 中的 {program} 的输入输出是一个网络连接"),
        _HIGH,
        "T1059.004",
        _FILTER,
        (Example(case(did("act", SH, "stdio-socket"), normal(SH)), "somebody far away types into a shell"),),
        (
            Example(
                case(did("act", "/usr/sbin/in.ftpd", "stdio-socket"), normal("/usr/sbin/in.ftpd", act="stdio-socket")),
                "a server that inetd starts for each visitor",
            ),
        ),
    ),
)
