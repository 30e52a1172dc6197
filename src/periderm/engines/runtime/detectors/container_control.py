"""RUN-060: on the host somebody builds or commits an image, copies files into or out of a container, or runs a command in one.

Who it was, from where (an SSH session, a terminal, cron, a service) is what counts: builders and people at their terminal are
told and no more. What goes to the runtime's socket past its clients is RUN-019.
"""

from __future__ import annotations

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.process import Process
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.engines.runtime.situation import WRITABLE, stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_CLIENTS = frozenset(
    {"docker", "podman", "podman-remote", "buildah", "nerdctl", "ctr", "crictl", "kubectl", "buildctl", "kaniko",
     "executor", "img", "docker-buildx", "oc", "k3s", "microk8s", "finch", "lima", "pouch", "isula"}
)  # fmt: skip
_DEEDS: dict[str, tuple[str, Text, tuple[str, ...]]] = {
    "build": ("build", Text("builds an image", "构建镜像"), ("T1612", "T1059.013")),
    "buildx": ("build", Text("builds an image", "构建镜像"), ("T1612", "T1059.013")),
    "bud": ("build", Text("builds an image", "构建镜像"), ("T1612", "T1059.013")),
    "commit": ("commit", Text("makes an image of a container", "将容器提交为镜像"), ("T1525", "T1612", "T1059.013")),
    "import": ("import", Text("makes an image of files", "用文件制作镜像"), ("T1525", "T1612", "T1059.013")),
    "load": ("load", Text("brings in an image", "导入镜像"), ("T1525", "T1059.013")),
    "cp": ("cp", Text("copies files into or out of a container", "在容器与宿主机间复制文件"), ("T1609", "T1059.013")),
    "exec": ("exec", Text("runs a command in a container", "在容器中执行命令"), ("T1609", "T1059.013")),
    "attach": ("exec", Text("attaches to a container", "附加到容器"), ("T1609", "T1059.013")),
}
_GROUPS = frozenset({"image", "container", "images", "containers", "builder", "task", "tasks", "t", "c", "i"})
_VALUE_OPTIONS = frozenset(
    {"-H", "--host", "--context", "-c", "--config", "-l", "--log-level", "--cgroup-manager", "--runtime", "--root",
     "--runroot", "--storage-driver", "--connection", "--url", "--identity", "--namespace", "-n", "--kubeconfig", "-a",
     "--address", "-s", "--server", "--token", "--user", "--tmpdir", "--events-backend", "--network-config-dir",
     "--storage-opt", "--registries-conf", "-r", "-i", "--runtime-endpoint", "--image-endpoint"}
)  # fmt: skip
_BUILDERS = frozenset(
    {"gitlab-runner", "gitlab-runner-helper", "jenkins", "Runner.Worker", "Runner.Listener", "buildkite-agent",
     "drone-runner-exec", "act_runner", "woodpecker-agent", "concourse", "teamcity-agent", "bamboo-agent", "make", "cmake",
     "ninja", "bazel", "tilt", "skaffold", "docker-compose", "podman-compose", "ansible", "ansible-playbook", "terraform",
     "packer", "vagrant", "dockerd", "kubelet", "pytest", "earthly", "goreleaser", "mvn", "gradle", "npm", "cargo", "tox",
     "nox", "just", "task", "code", "code-server"}
)  # fmt: skip
_DOORS = {
    "sshd": Text("an SSH session", "SSH 会话"), "sshd-session": Text("an SSH session", "SSH 会话"),
    "login": Text("a login", "登录会话"),
    "cron": Text("cron", "cron"), "crond": Text("cron", "cron"), "atd": Text("at", "at"), "anacron": Text("cron", "cron"),
    "su": Text("su", "su"), "sudo": Text("sudo", "sudo"), "pkexec": Text("pkexec", "pkexec"),
    "systemd": Text("a service", "服务"),
}  # fmt: skip


def _judge(context: Context) -> Verdict | None:
    what = context.command
    if what.name not in _CLIENTS:
        return None
    word, rest = _subcommand(what.arguments)
    deed = _DEEDS.get(word)
    if deed is None or _again(context, word) or {"--help", "-h"} & set(rest[:2]):
        return None
    severity, origin = _weigh(context)
    return Verdict(
        object=deed[0],
        severity=severity,
        fill={"deed": deed[1], "origin": origin, "uid": str(context.process.uid)},
        evidence={"command": context.line[:300]},
        techniques=deed[2],
    )


def _subcommand(arguments: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The first two words that are no options and no values of options; `image build` is `build`."""
    index = 0
    while index < len(arguments):
        word = arguments[index]
        if word.startswith("-"):
            index += 2 if word in _VALUE_OPTIONS else 1
            continue
        if word in _GROUPS:
            index += 1
            continue
        return word, arguments[index + 1 :]
    return "", ()


def _again(context: Context, word: str) -> bool:
    """Engines start themselves again, and helpers that do one part of the work: one deed is told once."""
    for above in context.ancestors[:3]:
        what = programs.command(above.exe, above.argv)
        if what.name in _CLIENTS and _subcommand(what.arguments)[0] == word:
            return True
    return any(p.runtime and programs.base(p.exe) == "conmon" for p in context.ancestors[:2])


def _weigh(context: Context) -> tuple[Severity, Text]:
    origin = _origin(context)
    if context.server_shell:
        return Severity.HIGH, Text("a network server", "网络服务")
    # A tool that runs sealed in memory, or whose file was updated since it started, may stand far above a person's shell.
    if stranger(context.process) or any(p.exe.startswith(WRITABLE) for p in context.ancestors[:4]):
        return Severity.HIGH, Text("a program from nowhere", "来历不明的程序")
    if any(programs.command(p.exe, p.argv).name in _BUILDERS for p in context.ancestors):
        return Severity.LOW, Text("a build", "构建工具")
    if origin.en in ("cron", "at"):
        return Severity.MEDIUM, origin
    service = origin.en == "a service" and not context.process.tty
    return Severity.MEDIUM if service and context.process.uid not in (0, *_users(context)) else Severity.LOW, origin


def _users(context: Context) -> tuple[int, ...]:
    """People's accounts begin at 1000 (login.defs(5)); below are services that have no business here."""
    return (context.process.uid,) if context.process.uid >= 1000 else ()


def _origin(context: Context) -> Text:
    for process in context.ancestors:
        name = _door(process)
        if name is not None:
            return name
    return Text("a terminal", "终端") if context.process.tty else Text("a program", "程序")


def _door(process: Process) -> Text | None:
    return _DOORS.get(programs.command(process.exe, process.argv).name)


_SSH = runs(10, 1, "/usr/sbin/sshd", "sshd", on=HOST)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-060",
        title=Text("Build images or enter containers from the host", "在宿主机上构建镜像或操作容器"),
        message=Text(
            "{process} on {subject} {deed} (user {uid}, from {origin}).",
            "{subject} 上的 {process} {deed}（用户 {uid}，来自{origin}）。",
        ),
        severity=Severity.LOW,
        maturity=Maturity.STABLE,
        remediation=Text(
            "If nobody who should did it: remove the image, end the container, and look at how the caller came to the machine. "
            "Build on machines that run nothing else; who may use the runtime is root.",
            "若并非授权人员所为：删除该镜像、终止该容器，并查明操作者如何进入机器。请在专用机器上构建；"
            "能使用运行时即等于 root。",
        ),
        techniques=("T1612", "T1525", "T1609", "T1059.013"),
        behaviours=(60,),
        fires=(
            Example(
                scene(
                    runs(10, 1, "/usr/sbin/apache2", "apache2", on=HOST),
                    runs(11, 10, "/bin/sh", "sh", "-c", "x", on=HOST),
                    runs(12, 11, "/usr/bin/podman", "podman", "build", "-t", "a", ".", on=HOST),
                ),
                "an image is built below a web server",
            ),
            Example(
                scene(
                    runs(9, 1, "/tmp/x", "x", on=HOST),
                    runs(12, 9, "/usr/bin/docker", "docker", "commit", "web", "web:1", on=HOST),
                ),
                "a program in /tmp makes an image of a container",
            ),
            Example(
                scene(
                    _SSH,
                    runs(11, 10, "/bin/bash", "-bash", on=HOST, flags=EventFlag.TTY),
                    runs(
                        12,
                        11,
                        "/usr/bin/docker",
                        "docker",
                        "-H",
                        "unix:///x",
                        "exec",
                        "-it",
                        "web",
                        "sh",
                        on=HOST,
                        flags=EventFlag.TTY,
                    ),
                ),
                "a person by SSH",
            ),
            Example(
                scene(
                    runs(10, 1, "/usr/sbin/cron", "cron", on=HOST),
                    runs(12, 10, "/usr/bin/nerdctl", "nerdctl", "-n", "k8s.io", "cp", "a:/x", "/y", on=HOST),
                ),
                "cron copies files out",
            ),
            Example(scene(runs(12, 1, "/usr/bin/buildah", "buildah", "bud", ".", on=HOST)), "buildah"),
            Example(
                scene(runs(12, 1, "/usr/bin/ctr", "ctr", "tasks", "exec", "--exec-id", "a", "b", "sh", on=HOST)),
                "containerd's own tool",
            ),
            Example(
                scene(runs(12, 1, "/usr/bin/kubectl", "kubectl", "exec", "-it", "p", "--", "sh", on=HOST)), "by the cluster"
            ),
        ),
        quiet=(
            Example(scene(runs(12, 1, "/usr/bin/podman", "podman", "ps", "-a", on=HOST)), "a list"),
            Example(
                scene(runs(12, 1, "/usr/bin/docker", "docker", "run", "--rm", "build", on=HOST)),
                "a container whose image is called build",
            ),
            Example(scene(runs(12, 1, "/usr/bin/docker", "docker", "exec", "--help", on=HOST)), "help"),
            Example(
                scene(
                    runs(80, 1, "/usr/bin/conmon", "conmon", on=HOST),
                    runs(81, 80, "/usr/bin/podman", "podman", "container", "cleanup", "c", on=HOST),
                ),
                "podman cleans up after a container",
            ),
            Example(scene(runs(12, 1, "/usr/bin/make", "make", "build", on=HOST)), "another program's build"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            text=(
                r"(^|/)(docker|podman|podman-remote|buildah|nerdctl|ctr|crictl|kubectl|buildctl|kaniko|executor|img|docker-buildx|oc|k3s|microk8s|finch|pouch|isula)$",
            ),
            where=Where.NODE,
        ),
    ),
    judge=_judge,
)
