"""Which changes between two inventories matter to how the image behaves: who it runs as, what it starts, what it offers,
which programs an attacker would find. Judges no program's content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from periderm.model.difference import BehaviourChange, BehaviourKind
from periderm.model.image import ExecutableFile, ImageConfig, ImageInventory
from periderm.model.severity import Severity
from periderm.model.text import Text

_SPECIAL = 0o6000
_MOST = 200  # changes of one kind; the rest is one line
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "csh", "tcsh", "busybox", "pwsh"})
_SERVERS = frozenset(
    {
        *("sshd", "dropbear", "nginx", "httpd", "apache2", "lighttpd", "caddy", "haproxy", "envoy", "traefik", "squid"),
        *("redis-server", "valkey-server", "memcached", "mysqld", "mariadbd", "postgres", "mongod", "slapd"),
        *("vsftpd", "proftpd", "smbd", "rpcbind", "xinetd", "telnetd", "in.telnetd", "tftpd", "rsyncd"),
        *("named", "unbound", "dnsmasq"),
    }
)
_DOWNLOADERS = frozenset(
    {
        *("curl", "wget", "nc", "ncat", "socat", "ftp", "tftp"),
        *("apt", "apt-get", "apk", "dnf", "microdnf", "yum", "zypper", "pip", "pip3", "npm", "gem"),
    }
)


def behaviour_changes(before: ImageInventory, after: ImageInventory) -> Iterator[BehaviourChange]:
    """All of them, configuration first."""
    yield from _configuration(before.config, after.config)
    yield from _system(before, after)
    yield from _programs(before.executables, after.executables)


def _root(user: str) -> bool:
    return user.partition(":")[0] in ("", "0", "root")


def _configuration(old: ImageConfig, new: ImageConfig) -> Iterator[BehaviourChange]:
    if old.user != new.user:
        worse = _root(new.user) and not _root(old.user)
        was, now = old.user or "root", new.user or "root"
        text = Text(f"It runs as {now} instead of {was}.", f"运行用户由 {was} 变为 {now}。")
        severity = Severity.HIGH if worse else Severity.INFORMATIONAL
        yield BehaviourChange(kind=BehaviourKind.USER, what=text, before=was, after=now, severity=severity)
    plain: tuple[tuple[BehaviourKind, Sequence[str], Sequence[str], Text], ...] = (
        (BehaviourKind.ENTRYPOINT, old.entrypoint, new.entrypoint, Text("The entrypoint changed.", "入口点已更改。")),
        (BehaviourKind.COMMAND, old.command, new.command, Text("The command changed.", "启动命令已更改。")),
        (
            BehaviourKind.WORKING_DIRECTORY,
            (old.working_directory,),
            (new.working_directory,),
            Text("The working directory changed.", "工作目录已更改。"),
        ),
        (BehaviourKind.HEALTHCHECK, old.healthcheck, new.healthcheck, Text("The health check changed.", "健康检查已更改。")),
    )
    for kind, was_words, now_words, text in plain:
        if tuple(was_words) != tuple(now_words):
            yield BehaviourChange(kind=kind, what=text, before=" ".join(was_words), after=" ".join(now_words))
    yield from _sets(BehaviourKind.PORTS, old.exposed_ports, new.exposed_ports, Text("port", "端口"), Severity.MEDIUM)
    yield from _sets(BehaviourKind.VOLUMES, old.volumes, new.volumes, Text("volume", "卷"), Severity.INFORMATIONAL)
    names = [[v.partition("=")[0] for v in c.environment] for c in (old, new)]
    label = Text("environment variable", "环境变量")
    yield from _sets(BehaviourKind.ENVIRONMENT, names[0], names[1], label, Severity.INFORMATIONAL)
    values = dict(v.partition("=")[::2] for v in old.environment)
    for name, value in (v.partition("=")[::2] for v in new.environment):
        if name in values and values[name] != value:
            text = Text(f"The environment variable {name} has another value.", f"环境变量 {name} 的值已更改。")
            yield BehaviourChange(kind=BehaviourKind.ENVIRONMENT, what=text, before=name, after=name)


def _sets(
    kind: BehaviourKind, old: Iterable[str], new: Iterable[str], label: Text, severity: Severity
) -> Iterator[BehaviourChange]:
    was, now = set(old), set(new)
    for name in sorted(now - was):
        yield BehaviourChange(
            kind=kind, what=Text(f"New {label.en}: {name}.", f"新增{label.zh}：{name}。"), after=name, severity=severity
        )
    for name in sorted(was - now):
        yield BehaviourChange(kind=kind, what=Text(f"Without {label.en} {name}.", f"移除{label.zh}：{name}。"), before=name)


def _system(before: ImageInventory, after: ImageInventory) -> Iterator[BehaviourChange]:
    was, now = (f"{i.os.id} {i.os.version}".strip() for i in (before, after))
    if was != now:
        text = Text(
            f"The distribution is {now or 'none'} instead of {was or 'none'}.", f"发行版由 {was or '无'} 变为 {now or '无'}。"
        )
        yield BehaviourChange(kind=BehaviourKind.SYSTEM, what=text, before=was, after=now)
    was, now = before.config.architecture, after.config.architecture
    if was != now:
        text = Text(f"The architecture is {now} instead of {was}.", f"架构由 {was} 变为 {now}。")
        yield BehaviourChange(kind=BehaviourKind.ARCHITECTURE, what=text, before=was, after=now)


def _programs(before: Iterable[ExecutableFile], after: Iterable[ExecutableFile]) -> Iterator[BehaviourChange]:
    """New programs by what they are, the most telling word only; executables that no package owns one by one."""
    old, new = {f.path: f for f in before}, {f.path: f for f in after}
    unowned = 0
    for path in sorted(new):
        file, was = new[path], old.get(path)
        mode = file.mode & _SPECIAL
        if mode and (was is None or mode & ~was.mode):
            text = Text(f"{path} is set-uid or set-gid.", f"{path} 带有 set-uid 或 set-gid 位。")
            before_mode = f"{was.mode:04o}" if was is not None else ""
            yield BehaviourChange(
                kind=BehaviourKind.SET_UID, what=text, before=before_mode, after=f"{file.mode:04o}", severity=Severity.HIGH
            )
        if was is not None:
            continue
        kind, label, severity = _kind(path)
        if kind is BehaviourKind.EXECUTABLE:
            if file.package:
                continue  # told with its package
            unowned += 1
            if unowned > _MOST:
                continue
        yield BehaviourChange(
            kind=kind, what=Text(f"New {label.en}: {path}.", f"新增{label.zh}：{path}。"), after=path, severity=severity
        )
    if unowned > _MOST:
        n = unowned - _MOST
        text = Text(f"{n} more new executables that no package owns.", f"另有 {n} 个不属于任何软件包的新可执行文件。")
        yield BehaviourChange(kind=BehaviourKind.EXECUTABLE, what=text, severity=Severity.LOW)
    for path in sorted(old.keys() - new.keys()):
        kind, label, _ = _kind(path)
        if kind is not BehaviourKind.EXECUTABLE:
            yield BehaviourChange(
                kind=kind, what=Text(f"Without the {label.en} {path}.", f"移除{label.zh}：{path}。"), before=path
            )


def _kind(path: str) -> tuple[BehaviourKind, Text, Severity]:
    name = path.rpartition("/")[2]
    if name in _SHELLS:
        return BehaviourKind.SHELL, Text("shell", " shell"), Severity.MEDIUM
    if name in _SERVERS:
        return BehaviourKind.SERVER, Text("server", "服务程序"), Severity.MEDIUM
    if name in _DOWNLOADERS:
        return BehaviourKind.DOWNLOADER, Text("downloader or package manager", "下载工具或包管理器"), Severity.LOW
    return BehaviourKind.EXECUTABLE, Text("executable that no package owns", "不属于任何软件包的可执行文件"), Severity.LOW
