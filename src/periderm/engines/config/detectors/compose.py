"""Compose files whose containers reach the host: rights, namespaces, mounts, devices."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from periderm.engines.config.facts import Facts, Hit, check
from periderm.engines.config.services import Service, is_true, services, with_its_bases
from periderm.model.build_file import FileKind, Listing, Mapping, Scalar, texts
from periderm.model.severity import Severity

_COMPOSE = FileKind.COMPOSE
_SOCKETS = ("docker.sock", "containerd.sock", "crio.sock", "podman.sock", "dockershim.sock", "docker/metrics.sock")
_WHOLE = frozenset(
    {
        "/",
        "/etc",
        "/root",
        "/home",
        "/proc",
        "/sys",
        "/boot",
        "/dev",
        "/usr",
        "/var",
        "/var/run",
        "/run",
        "/lib",
        "/bin",
        "/sbin",
        "/var/lib",
        "/var/lib/docker",
        "/var/lib/kubelet",
        "/var/lib/containerd",
        "/etc/kubernetes",
        "/etc/ssh",
        "/etc/shadow",
        "/etc/passwd",
        "/etc/sudoers",
        "/root/.ssh",
        "~",
        "~/.ssh",
        "~/.aws",
        "~/.kube",
        "~/.docker",
        "$HOME",
        "${HOME}",
        "$HOME/.ssh",
        "${HOME}/.ssh",
        "$HOME/.aws",
        "${HOME}/.aws",
        "$HOME/.kube",
    }
)
_CAPABILITIES = {
    "ALL": Severity.HIGH,
    "SYS_ADMIN": Severity.HIGH,
    "SYS_MODULE": Severity.HIGH,
    "SYS_PTRACE": Severity.HIGH,
    "SYS_RAWIO": Severity.HIGH,
    "SYS_BOOT": Severity.HIGH,
    "DAC_READ_SEARCH": Severity.HIGH,
    "BPF": Severity.HIGH,
    "MAC_ADMIN": Severity.HIGH,
    "PERFMON": Severity.MEDIUM,
    "NET_ADMIN": Severity.MEDIUM,
    "SYS_TIME": Severity.MEDIUM,
    "NET_RAW": Severity.LOW,
    "DAC_OVERRIDE": Severity.MEDIUM,
    "SYSLOG": Severity.MEDIUM,
    "SYS_CHROOT": Severity.LOW,
}
_DEVICES = re.compile(r"^/dev/(?:mem|kmem|port|sd[a-z]\d*|nvme\w+|vd[a-z]\d*|xvd\w+|dm-\d+|mapper/.*|loop\w*|disk/.*|kmsg)?$")


def _privileged(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        key = service.body.key("privileged")
        if key is not None and is_true(service.body.text("privileged")):
            yield Hit(line=key.line, start=service.line, values={"service": service.name})


def _mounts(facts: Facts) -> Iterator[tuple[str, int, str, bool]]:
    """(service, line, host path, whether it is only read) of each bind mount."""
    for service in services(facts.tree):
        volumes = service.body.get("volumes")
        for item in volumes.items if isinstance(volumes, Listing) else ():
            if isinstance(item, Scalar):
                text = re.sub(r"\$\{\w{1,100}:?-([^}]{0,300})\}", r"\1", item.text)
                parts = text.split(":")
                if len(parts) > 1 and parts[0].startswith(("/", "~", "$HOME", "${HOME")):
                    modes = parts[2].split(",") if len(parts) > 2 else []
                    yield service.name, item.line, parts[0], "ro" in modes
            elif isinstance(item, Mapping) and item.text("type") in ("bind", ""):
                source = item.text("source") or item.text("src")
                if source.startswith(("/", "~", "$HOME", "${HOME")):
                    yield service.name, item.line, source, is_true(item.text("read_only"))


def _socket(facts: Facts) -> Iterator[Hit]:
    for service, line, path, _ in _mounts(facts):
        if path.endswith(_SOCKETS):
            yield Hit(line=line, values={"service": service, "path": path})


def _host_paths(facts: Facts) -> Iterator[Hit]:
    for service, line, path, read in _mounts(facts):
        plain = posixpath.normpath(path) if path.startswith("/") else path.rstrip("/")
        if plain in _WHOLE and not path.endswith(_SOCKETS):
            severity = (
                Severity.LOW
                if read and plain in ("/proc", "/sys", "/dev", "/var/run", "/run")
                else Severity.MEDIUM
                if read
                else None
            )
            yield Hit(line=line, values={"service": service, "path": path}, severity=severity)


def _namespaces(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        for name, severity in (
            ("network_mode", Severity.MEDIUM),
            ("pid", None),
            ("ipc", None),
            ("uts", Severity.LOW),
            ("userns_mode", None),
            ("cgroup", Severity.MEDIUM),
        ):
            key = service.body.key(name)
            if key is not None and service.body.text(name) == "host":
                yield Hit(
                    line=key.line,
                    start=service.line,
                    values={"service": service.name, "what": f"{name}: host"},
                    severity=severity,
                )


def _capabilities(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        for item in texts(service.body.get("cap_add")):
            name = item.text.upper().removeprefix("CAP_")
            if name in _CAPABILITIES:
                yield Hit(
                    line=item.line,
                    start=service.line,
                    values={"service": service.name, "name": name},
                    severity=_CAPABILITIES[name],
                )


def _unconfined(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        for item in texts(service.body.get("security_opt")):
            text = item.text.replace("=", ":").replace(" ", "").lower()
            if text in (
                "seccomp:unconfined",
                "apparmor:unconfined",
                "label:disable",
                "systempaths:unconfined",
                "no-new-privileges:false",
            ):
                yield Hit(line=item.line, start=service.line, values={"service": service.name, "option": item.text})


def _keeps_privileges(service: Service, known: Mapping) -> bool:
    """Whether the service, or what it extends, says so; or what it extends stands in another file, which may."""
    bodies, whole = with_its_bases(service, known)
    options = (item.text.replace("=", ":").replace(" ", "").lower() for b in bodies for item in texts(b.get("security_opt")))
    return not whole or any(option.startswith("no-new-privileges") for option in options)


def _new_privileges(facts: Facts) -> Iterator[Hit]:
    lacking = [s for s in services(facts.tree) if s.body.get("image") is not None or s.body.get("build") is not None]
    lacking = [s for s in lacking if not _keeps_privileges(s, facts.tree.mapping("services"))]
    if lacking:
        names = ", ".join(s.name for s in lacking[:5]) + (" …" if len(lacking) > 5 else "")
        yield Hit(line=lacking[0].line, values={"names": names})


def _devices(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        for item in texts(service.body.get("devices")):
            path = item.text.partition(":")[0]
            if _DEVICES.match(path):
                yield Hit(line=item.line, start=service.line, values={"service": service.name, "path": path})


def _root(facts: Facts) -> Iterator[Hit]:
    for service in services(facts.tree):
        key, user = service.body.key("user"), service.body.text("user").partition(":")[0]
        if key is not None and (user == "root" or (user.isdigit() and int(user) == 0)):
            yield Hit(line=key.line, start=service.line, values={"service": service.name})


_S = "services:\n  a:\n    image: x:1\n"
DETECTORS = (
    check(
        "CFG-041",
        Severity.HIGH,
        _COMPOSE,
        _privileged,
        title=("Give a container all rights over the host", "让容器拥有宿主机的全部权限"),
        says=("{service} is privileged: whoever gets into it has the host.", "{service} 为特权容器：进入它就等于控制宿主机。"),
        change=(
            "Take `privileged` out, and add the one capability or device that is needed.",
            "去掉 `privileged`，只添加所需的那一个 capability 或设备。",
        ),
        techniques=("T1611",),
        weaknesses=("CWE-250",),
        references=("https://docs.docker.com/reference/compose-file/services/",),
        fires=(
            (_S + "    privileged: true\n", "true"),
            ("x-a: &a\n  privileged: yes\nservices:\n  b:\n    <<: *a\n    image: x:1\n", "by a merge"),
        ),
        quiet=((_S + "    privileged: false\n", "false"),),
    ),
    check(
        "CFG-042",
        Severity.HIGH,
        _COMPOSE,
        _socket,
        title=("Give a container the runtime's socket", "把运行时套接字交给容器"),
        says=(
            "{service} gets {path}: by it a process starts containers that have the host, `:ro` or not.",
            "{service} 挂载了 {path}：进程可借此启动控制宿主机的容器，`:ro` 也无济于事。",
        ),
        change=(
            "Put a proxy between that lets only the needed calls through, or use a rootless runtime.",
            "中间放一个只放行所需调用的代理，或使用 rootless 运行时。",
        ),
        techniques=("T1611", "T1610"),
        weaknesses=("CWE-250",),
        fires=(
            (_S + "    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock:ro\n", "read only does not help"),
            (
                _S + "    volumes:\n      - type: bind\n        source: /run/podman/podman.sock\n        target: /s\n",
                "the long form",
            ),
        ),
        quiet=((_S + "    volumes:\n      - ./data:/data\n", "a folder"),),
    ),
    check(
        "CFG-043",
        Severity.HIGH,
        _COMPOSE,
        _host_paths,
        title=("Mount a folder of the host's system", "挂载宿主机系统目录"),
        says=("{service} gets {path} of the host.", "{service} 挂载了宿主机的 {path}。"),
        change=(
            "Mount only the file or folder that is needed, with `:ro` where it is only read.",
            "只挂载所需的文件或目录，只读时加 `:ro`。",
        ),
        techniques=("T1611",),
        weaknesses=("CWE-552",),
        fires=(
            (_S + "    volumes:\n      - /:/host\n", "everything"),
            (_S + "    volumes: ['/etc:/x:ro', '~/.ssh:/k']\n", "settings and keys"),
        ),
        quiet=(
            (
                _S + "    volumes: ['/etc/localtime:/etc/localtime:ro', '/srv/x:/x', 'data:/etc']\n",
                "the clock, data, a named volume",
            ),
        ),
    ),
    check(
        "CFG-044",
        Severity.HIGH,
        _COMPOSE,
        _namespaces,
        title=("Enter a namespace of the host", "进入宿主机的命名空间"),
        says=("{service} has {what}.", "{service} 设置了 {what}。"),
        change=("Leave it out; publish ports and share volumes by name.", "去掉它；按名称发布端口、共享卷。"),
        techniques=("T1611",),
        weaknesses=("CWE-653",),
        fires=((_S + "    network_mode: host\n", "its network"), (_S + "    pid: host\n", "its processes")),
        quiet=((_S + "    network_mode: bridge\n    pid: service:b\n", "of its own"),),
    ),
    check(
        "CFG-045",
        Severity.HIGH,
        _COMPOSE,
        _capabilities,
        title=("Give a container a strong capability", "赋予容器高危 capability"),
        says=("{service} gets {name}.", "{service} 获得了 {name}。"),
        change=(
            "Take it out; write `cap_drop: [ALL]` and add only what the program asks for.",
            "去掉它；写 `cap_drop: [ALL]`，只添加程序需要的。",
        ),
        techniques=("T1611",),
        weaknesses=("CWE-250",),
        fires=(
            (_S + "    cap_add: [SYS_ADMIN]\n", "nearly all rights"),
            (_S + "    cap_add:\n      - CAP_NET_ADMIN\n", "with its prefix"),
        ),
        quiet=((_S + "    cap_drop: [ALL]\n    cap_add: [NET_BIND_SERVICE, CHOWN]\n", "weak ones"),),
    ),
    check(
        "CFG-046",
        Severity.HIGH,
        _COMPOSE,
        _unconfined,
        title=("Remove a container's confinement", "取消容器的限制"),
        says=("{service} has {option}.", "{service} 设置了 {option}。"),
        change=(
            "Take it out; where the default profile is too strict, name one of your own.",
            "去掉它；默认策略过严时指定自己的策略。",
        ),
        techniques=("T1611", "T1562"),
        weaknesses=("CWE-693",),
        fires=(
            (_S + "    security_opt: ['seccomp:unconfined']\n", "seccomp"),
            (_S + "    security_opt:\n      - apparmor=unconfined\n", "AppArmor"),
        ),
        quiet=((_S + "    security_opt: ['no-new-privileges:true', 'seccomp:./p.json']\n", "stricter"),),
    ),
    check(
        "CFG-047",
        Severity.INFORMATIONAL,
        _COMPOSE,
        _new_privileges,
        title=("Allow processes to gain rights", "允许进程获得更多权限"),
        says=("Set-uid programs raise rights in: {names}.", "set-uid 程序可在这些服务中提权：{names}。"),
        change=('Write `security_opt: ["no-new-privileges:true"]`.', '写上 `security_opt: ["no-new-privileges:true"]`。'),
        techniques=("T1548.001",),
        weaknesses=("CWE-250",),
        fires=((_S, "not set"),),
        quiet=(
            (_S + "    security_opt: ['no-new-privileges:true']\n", "set"),
            (_S + "    extends: {file: base.yml, service: a}\n", "another file may set it"),
            (
                _S + "    extends: base\n  base:\n    security_opt: ['no-new-privileges:true']\n",
                "set in what it extends",
            ),
        ),
    ),
    check(
        "CFG-048",
        Severity.HIGH,
        _COMPOSE,
        _devices,
        title=("Give a container a disk or memory of the host", "把宿主机的磁盘或内存交给容器"),
        says=("{service} gets the device {path}.", "{service} 获得设备 {path}。"),
        change=("Take the device out.", "去掉该设备。"),
        techniques=("T1611",),
        weaknesses=("CWE-250",),
        fires=((_S + "    devices: ['/dev/sda:/dev/sda']\n", "a disk"),),
        quiet=((_S + "    devices: ['/dev/dri:/dev/dri', '/dev/ttyUSB0']\n", "graphics, a serial line"),),
    ),
    check(
        "CFG-049",
        Severity.LOW,
        _COMPOSE,
        _root,
        title=("Run as root by choice", "主动以 root 运行"),
        says=("{service} runs as root.", "{service} 以 root 运行。"),
        change=("Name a number above 0.", "改为大于 0 的数字。"),
        techniques=("T1611",),
        weaknesses=("CWE-250",),
        fires=((_S + "    user: root\n", "by name"), (_S + '    user: "0:0"\n', "by number")),
        quiet=((_S + '    user: "1000:1000"\n', "another"),),
    ),
)
