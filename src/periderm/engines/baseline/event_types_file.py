"""Event types 03: files that a program read, wrote, made, loaded or changed as it never did, each with its examples."""

from __future__ import annotations

from periderm.engines.baseline.cases import NGINX, PHP, REDIS, SH, EventType, Words, case, did, event_type, normal
from periderm.model.detector import Example
from periderm.model.severity import Severity

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
_MEANT = Words(
    "If it is meant, accept it with `periderm baseline accept`; if not, find out what made the program do it.",
    "如属预期行为，请用 `periderm baseline accept` 接受；否则请查明是什么使该程序这样做。",
)
_READ_ONLY = Words(
    "Run the container with a read-only root file system (`periderm harden` names the volumes that it needs).",
    "请以只读根文件系统运行容器（`periderm harden` 会列出所需的卷）。",
)
_SECRETS = Words(
    "Give the container only the secrets that it needs, and change those that were read.",
    "仅向容器提供所需的机密，并更换已被读取的机密。",
)

TYPES: tuple[EventType, ...] = (
    event_type(
        "03-01",
        Words("Read a file that was never read", "读取从未读取过的文件"),
        Words("{program} in {subject} read {value}", "{subject} 中的 {program} 读取了 {value}"),
        _LOW,
        "T1083 T1005 T1057",
        _MEANT,
        (
            Example(
                case(did("read", "/opt/shop/agent", "/proc/*/maps"), normal("/opt/shop/agent", read="/app/a"), flags=1),
                "a program that came after the image looks at other processes",
            ),
        ),
        (Example(case(did("read", NGINX, "/usr/share/nginx/html/new.html"), normal(NGINX)), "one more page that it serves"),),
    ),
    event_type(
        "03-02",
        Words("Read a file that gives access", "读取可用于获取访问权限的文件"),
        Words("{program} in {subject} read {value}", "{subject} 中的 {program} 读取了 {value}"),
        _HIGH,
        "T1552.001 T1552.004 T1003.008",
        _SECRETS,
        (
            Example(
                case(did("read", PHP, "/root/.ssh/id_ed25519"), normal(PHP, read="/var/www/index.php")),
                "PHP reads a private key",
            ),
        ),
        (
            Example(
                case(did("read", NGINX, "/etc/ssl/certs/shop.pem"), normal(NGINX, read="/etc/ssl/certs/ca.pem")),
                "a certificate is no secret",
            ),
        ),
    ),
    event_type(
        "03-03",
        Words("Write a file that was never written", "写入从未写入过的文件"),
        Words("{program} in {subject} wrote {value}", "{subject} 中的 {program} 写入了 {value}"),
        _MEDIUM,
        "T1105 T1505.003",
        _READ_ONLY,
        (
            Example(
                case(did("write", PHP, "/var/www/html/cache.php"), normal(PHP, write="/var/lib/php/sessions/sess_*")),
                "PHP writes a script into the web root",
            ),
        ),
        (
            Example(
                case(did("write", NGINX, "/var/log/nginx/shop.log"), normal(NGINX, write="/var/log/nginx/access.log")),
                "one more log beside the known one",
            ),
        ),
    ),
    event_type(
        "03-04",
        Words("Create a file where none was created", "在从未创建文件的位置创建文件"),
        Words("{program} in {subject} created {value}", "{subject} 中的 {program} 创建了 {value}"),
        _MEDIUM,
        "T1105",
        _READ_ONLY,
        (
            Example(
                case(did("create", REDIS, "/var/www/html/x.php"), normal(REDIS)), "a database makes a script for the web server"
            ),
        ),
        (
            Example(
                case(did("create", REDIS, "/var/lib/redis/temp-*.aof"), normal(REDIS, create="/var/lib/redis/temp-*.rdb")),
                "another file of its own data",
            ),
        ),
    ),
    event_type(
        "03-05",
        Words("Write where only packages write", "写入只有软件包才会写入的位置"),
        Words("{program} in {subject} changed {object}", "{subject} 中的 {program} 更改了 {object}"),
        _HIGH,
        "T1554 T1574",
        _READ_ONLY,
        (Example(case(did("write", PHP, "/usr/bin/ls"), normal(PHP, write="/tmp/php*")), "PHP replaces a program"),),
        (
            Example(
                case(did("create", PHP, "/tmp/php*"), normal(PHP, write="/var/lib/php/sessions/sess_*")),
                "an upload in its place",
            ),
        ),
    ),
    event_type(
        "03-06",
        Words("Load code that was never loaded", "加载从未加载过的代码"),
        Words("{program} in {subject} loaded {value}", "{subject} 中的 {program} 加载了 {value}"),
        _HIGH,
        "T1574.006 T1620",
        _READ_ONLY,
        (Example(case(did("execute", NGINX, "/tmp/hook.so"), normal(NGINX)), "a library out of /tmp"),),
        (
            Example(
                case(did("execute", NGINX, "/usr/lib/x86_64-linux-gnu/libssl.so.3"), normal(NGINX)),
                "a library of a package of the image",
            ),
        ),
    ),
    event_type(
        "03-07",
        Words("Write what is run or trusted later", "写入以后会被运行或信任的内容"),
        Words("{program} in {subject} changed {object}", "{subject} 中的 {program} 更改了 {object}"),
        _HIGH,
        "T1053.003 T1543.002 T1546.004 T1098.004",
        _READ_ONLY,
        (
            Example(case(did("create", REDIS, "/var/spool/cron/root"), normal(REDIS)), "a database writes a job for cron"),
            Example(case(did("write", SH, "/root/.ssh/authorized_keys"), normal(SH)), "a shell adds a key"),
        ),
        (
            Example(
                case(did("create", REDIS, "/var/lib/redis/dump.rdb"), normal(REDIS, create="/var/lib/redis/temp-*.rdb")),
                "the database's own file",
            ),
        ),
    ),
    event_type(
        "03-08",
        Words("Change a file in a new way", "以新的方式更改文件"),
        Words("{program} in {subject} did '{value}'", "{subject} 中的 {program} 执行了“{value}”"),
        _MEDIUM,
        "T1685.006 T1070.004 T1222.002",
        _MEANT,
        (Example(case(did("change", SH, "unlink /var/log/nginx/access.log"), normal(SH)), "a shell deletes a log"),),
        (
            Example(
                case(did("change", REDIS, "rename /var/lib/redis/dump.rdb"), normal(REDIS, create="/var/lib/redis/temp-*.rdb")),
                "a database puts its new file in place",
            ),
        ),
    ),
    event_type(
        "03-09",
        Words("Give a file the rights of its owner", "为文件设置属主权限位"),
        Words("{program} in {subject} did '{value}'", "{subject} 中的 {program} 执行了“{value}”"),
        _HIGH,
        "T1548.001",
        Words(
            "Run the container with no-new-privileges, and remove the bit (`chmod u-s,g-s`).",
            "请以 no-new-privileges 运行容器，并去除该权限位（`chmod u-s,g-s`）。",
        ),
        (Example(case(did("change", SH, "chmod+s /usr/bin/bash"), normal(SH)), "whoever starts that shell is root"),),
        (
            Example(
                case(did("change", REDIS, "chmod /var/lib/redis/dump.rdb"), normal(REDIS, write="/var/lib/redis/dump.rdb")),
                "an ordinary mode of its own file",
            ),
        ),
    ),
    event_type(
        "03-10",
        Words("Mount a file system", "挂载文件系统"),
        Words("{program} in {subject} did '{value}'", "{subject} 中的 {program} 执行了“{value}”"),
        _HIGH,
        "T1611",
        Words("Take CAP_SYS_ADMIN from the container.", "请移除容器的 CAP_SYS_ADMIN 权能。"),
        (Example(case(did("change", SH, "mount /mnt/host"), normal(SH)), "a shell mounts the machine's disk"),),
        (Example(case(did("change", SH, "mkdir /mnt/host"), normal(SH, create="/mnt/a")), "an empty folder of that name"),),
    ),
    event_type(
        "03-11",
        Words("Write to the kernel's settings", "写入内核设置"),
        Words("{program} in {subject} changed {object}", "{subject} 中的 {program} 更改了 {object}"),
        _HIGH,
        "T1611",
        Words(
            "Run the container without --privileged, with /proc/sys and /sys read-only as runtimes mount them.",
            "请勿使用 --privileged 运行容器，并保持 /proc/sys 与 /sys 只读（运行时默认如此）。",
        ),
        (
            Example(
                case(did("write", SH, "/proc/sys/kernel/core_pattern"), normal(SH)),
                "what the machine runs at the next crash is set",
            ),
        ),
        (Example(case(did("write", NGINX, "/proc/self/oom_score_adj"), normal(NGINX)), "a process's own value"),),
    ),
)
