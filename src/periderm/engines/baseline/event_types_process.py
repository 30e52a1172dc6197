"""Event types 01 (a known process does otherwise) and 02 (a new process), each with its examples."""

from __future__ import annotations

from periderm.engines.baseline.cases import (
    BASH,
    CURL,
    NGINX,
    PHP,
    REDIS,
    SH,
    Case,
    EventType,
    Words,
    case,
    did,
    event_type,
    normal,
)
from periderm.model.detector import Example
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_MEANT = Words(
    "If it is meant, accept it with `periderm baseline accept`; if not, find out who started it and rebuild the container "
    "from its image.",
    "如属预期行为，请用 `periderm baseline accept` 接受；否则请查明由谁启动，并用镜像重建容器。",
)
_HEAVY = Words(
    "Look at what the process works at. If the load is real, accept the figure with `periderm baseline accept`; limit what the "
    "container may use.",
    "请查看该进程在做什么。如负载属实，请用 `periderm baseline accept` 接受该数值，并限制容器可用的资源。",
)
_LEAVE_OUT = Words(
    "Leave the program out of the image if nothing needs it (`periderm slim` names such); if it is meant, accept it with "
    "`periderm baseline accept`.",
    "如无需要，请从镜像中移除该程序（`periderm slim` 会列出）；如属预期，请用 `periderm baseline accept` 接受。",
)
_READ_ONLY = Words(
    "Run the container with a read-only root file system and with its writable folders mounted noexec.",
    "请以只读根文件系统运行容器，并以 noexec 挂载其可写目录。",
)
_MIB = 2**20

TYPES: tuple[EventType, ...] = (
    event_type(
        "01-01",
        Words("Run a known process with unusually high CPU", "已知进程 CPU 使用率异常高"),
        Words(
            "{program} in {subject} uses far more processor time than ever", "{subject} 中的 {program} 使用的处理器时间远超以往"
        ),
        _MEDIUM,
        "T1496.001",
        _HEAVY,
        (
            Example(
                Case(uses=((4.0, 0),) * 60 + ((99.0, 0),) * 8), "a server that used 4 % takes a whole core for over a minute"
            ),
        ),
        (Example(Case(uses=((4.0, 0),) * 60 + ((99.0, 0),) * 3), "the same for half a minute"),),
    ),
    event_type(
        "01-02",
        Words("Run a known process as a new user", "已知进程以新用户运行"),
        Words("{program} in {subject} runs as user {value}", "{subject} 中的 {program} 以用户 {value} 运行"),
        _MEDIUM,
        "T1548 T1078",
        _MEANT,
        (Example(case(did("user", SH, "0"), normal(SH, user="33")), "a shell that only ever ran as www-data runs as root"),),
        (
            Example(
                case(did("user", CURL, "33"), normal(CURL, user="0"), normal(PHP, user="33")),
                "a program gives up root for a user that is normal here",
            ),
        ),
    ),
    event_type(
        "01-03",
        Words("Run a known process from a new path", "已知进程从新路径运行"),
        Words(
            "{program} runs in {subject} under a name that is normal elsewhere",
            "{subject} 中运行的 {program} 与别处的正常程序同名",
        ),
        _HIGH,
        "T1036.005",
        _READ_ONLY,
        (
            Example(
                case(did("program", "/var/lib/nginx"), normal(NGINX)),
                "another nginx, which no package owns, in a folder of data",
            ),
        ),
        (
            Example(
                case(did("program", "/bin/sh"), normal("/bin/sh")),
                "the known program itself",
            ),
        ),
    ),
    event_type(
        "01-04",
        Words("Start a known process from a new parent", "已知进程由新的父进程启动"),
        Words("{value} started {program} in {subject}", "{subject} 中 {value} 启动了 {program}"),
        _MEDIUM,
        "T1059.004",
        _MEANT,
        (
            Example(
                case(did("parent", SH, PHP), normal(SH, parent="/usr/sbin/cron"), normal(PHP, listen="tcp/9000")),
                "a shell that only cron starts is started by PHP",
            ),
        ),
        (
            Example(
                case(did("parent", "/usr/bin/cat", SH), normal("/usr/bin/cat", parent=BASH), normal(SH)),
                "an everyday tool started by the other of two normal shells",
            ),
        ),
    ),
    event_type(
        "01-05",
        Words("Give a known process a new shape of arguments", "已知进程使用新的参数形式"),
        Words("{program} in {subject} was called as '{arguments}'", "{subject} 中的 {program} 以“{arguments}”方式被调用"),
        _MEDIUM,
        "T1059",
        _MEANT,
        (
            Example(
                case(did("arguments", SH, "-c {id;curl;sh}"), normal(SH, arguments="-c {convert}")),
                "the shell that ran convert is told to download and run",
            ),
        ),
        (
            Example(
                case(did("arguments", "/usr/bin/convert", "-resize * N"), normal("/usr/bin/convert", arguments="-scale N")),
                "another option of an ordinary program",
            ),
        ),
    ),
    event_type(
        "01-06",
        Words("Let a known process use unusual memory, files or children", "已知进程的内存、文件或子进程数异常"),
        Words("{program} in {subject} uses far more than ever", "{subject} 中的 {program} 的用量远超以往"),
        _MEDIUM,
        "T1496 T1499",
        _HEAVY,
        (
            Example(
                Case(uses=((4.0, 50 * _MIB),) * 60 + ((4.0, 4096 * _MIB),) * 8),
                "a server of 50 MiB holds 4 GiB for over a minute",
            ),
        ),
        (Example(Case(uses=((4.0, 50 * _MIB),) * 60 + ((4.0, 110 * _MIB),) * 8), "twice of little is little"),),
    ),
    event_type(
        "02-01",
        Words("Start a new process that the image owns", "启动镜像自带的新进程"),
        Words("{program} runs in {subject}, started by {parent}", "{subject} 中运行了 {program}，由 {parent} 启动"),
        _MEDIUM,
        "T1059",
        _LEAVE_OUT,
        (
            Example(
                case(did("program", BASH), normal(NGINX, listen="tcp/80")),
                "the image has a shell, and its web server starts it",
            ),
        ),
        (
            Example(
                case(
                    did("program", "/usr/lib/postgresql/15/bin/pg_dump"),
                    normal("/usr/lib/postgresql/15/bin/postgres"),
                    above="/usr/lib/postgresql/15/bin/postgres",
                    files={f"/usr/lib/postgresql/15/bin/{name}": "postgresql-15" for name in ("postgres", "pg_dump")},
                ),
                "a program starts another of its own package",
            ),
        ),
    ),
    event_type(
        "02-02",
        Words("Start a new process that the image does not own", "启动非镜像自带的新进程"),
        Words("{program} runs in {subject}, started by {parent}", "{subject} 中运行了 {program}，由 {parent} 启动"),
        _HIGH,
        "T1105 T1204",
        _READ_ONLY,
        (Example(case(did("program", "/usr/local/bin/agent"), normal(NGINX)), "the image has no such file"),),
        (
            Example(
                case(did("program", "/app/run"), normal("/app/run")), "the application itself, which no package owns either"
            ),
        ),
    ),
    event_type(
        "02-03",
        Words("Start a new process from a writable or memory-backed place", "从可写或内存位置启动新进程"),
        Words("{program} runs in {subject}, started by {parent}", "{subject} 中运行了 {program}，由 {parent} 启动"),
        _HIGH,
        "T1620 T1105",
        _READ_ONLY,
        (
            Example(case(did("program", "/tmp/payload"), normal(NGINX)), "a program out of /tmp"),
            Example(
                case(did("program", "/memfd:x"), normal(NGINX), flags=int(EventFlag.MEMORY_BACKED)),
                "a program that no disk has",
            ),
            Example(
                case(did("program", "/usr/bin/sh /dev/shm/run.sh"), normal(SH)), "a normal shell runs a script out of memory"
            ),
        ),
        (
            Example(
                case(did("program", "/tmp/build*/conftest"), normal("/tmp/build*/conftest")),
                "a job that always runs what it made in a temporary folder",
            ),
        ),
    ),
    event_type(
        "02-04",
        Words("Start a new process with an anomalous name", "启动名称异常的新进程"),
        Words("{program} runs in {subject}, started by {parent}", "{subject} 中运行了 {program}，由 {parent} 启动"),
        _HIGH,
        "T1036 T1564.001",
        _READ_ONLY,
        (
            Example(case(did("program", "/usr/sbin/ngnix"), normal(NGINX)), "two letters of nginx exchanged"),
            Example(case(did("program", "/var/lib/redis/.x"), normal(REDIS)), "a hidden name"),
            Example(case(did("program", "/app/xkqzwvbt"), normal("/app/run")), "a name that nobody chose"),
        ),
        (
            Example(
                case(
                    did("program", "/usr/bin/python3.12"),
                    normal("/usr/bin/python3.11"),
                    normal("/app/run"),
                    above="/app/run",
                    files={"/usr/bin/python3.12": "app", "/app/run": "app"},
                ),
                "the next version of a known program, by the same package",
            ),
        ),
    ),
    event_type(
        "02-05",
        Words("Start a new process where nothing says who owns it", "启动归属不明的新进程"),
        Words("{program} runs in {subject}, started by {parent}", "{subject} 中运行了 {program}，由 {parent} 启动"),
        _MEDIUM,
        "T1059 T1204",
        Words(
            "Scan the image, so that its packages are known (`periderm scan image`); if the program is meant, accept it with "
            "`periderm baseline accept`.",
            "请扫描镜像以获知其软件包（`periderm scan image`）；如属预期，请用 `periderm baseline accept` 接受。",
        ),
        (
            Example(
                case(did("program", CURL), normal(NGINX), inventory=False),
                "a network client in a container whose image nobody scanned",
            ),
        ),
        (Example(case(did("program", NGINX), normal(NGINX), inventory=False), "what has always run there"),),
    ),
)
