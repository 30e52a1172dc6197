"""What a step did, as a verb phrase that fits after its actor's name: 'started a shell', '启动了 shell'.

A phrase is chosen by the detector, else by the technique, else it quotes the alert's title; so every alert has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.correlate.deeds import DEEDS, WEAK
from periderm.correlate.deviations import DEVIATIONS
from periderm.correlate.words import plain, sentence
from periderm.model.alert import Alert
from periderm.model.incident import ChainStep
from periderm.model.text import Text


class Phrase(msgspec.Struct, frozen=True):
    """`with_object` has one place {object}; `bare` has none and serves where the alert names no object. `with_path` holds
    where the object is a path. A `weak` phrase is not said where another tells of the same process and object."""

    bare: Text
    with_object: Text | None = None
    with_path: Text | None = None
    weak: bool = False

    def said(self, thing: str) -> Text:
        """The phrase about this thing (made plain here)."""
        form = self.with_path if self.with_path is not None and thing.startswith("/") else self.with_object
        return self.bare if form is None or not thing else form.fill(object=plain(thing, 60))


BY_TECHNIQUE: dict[str, Phrase] = {
    "T1190": Phrase(Text("started a shell", "启动了 shell")),
    "T1505.003": Phrase(Text("started a shell", "启动了 shell")),
    "T1609": Phrase(Text("opened an interactive shell", "打开了交互式 shell")),
    "T1059.004": Phrase(Text("ran a shell", "运行了 shell")),
    "T1059": Phrase(Text("ran a command interpreter", "运行了命令解释器")),
    "T1105": Phrase(
        Text("ran a program that the image did not bring", "运行了镜像中没有的程序"),
        Text("ran {object} (not from the image)", "运行了镜像中没有的 {object}"),
    ),
    "T1036": Phrase(
        Text("ran a program under a false name", "运行了伪装的程序"),
        Text("ran {object} under a false name", "以伪装的名称运行了 {object}"),
    ),
    "T1036.005": Phrase(
        Text("ran a program from a temporary folder", "从临时目录运行了程序"),
        Text("ran {object} from a temporary folder", "从临时目录运行了 {object}"),
        weak=True,
    ),
    "T1620": Phrase(Text("ran a program that exists only in memory", "运行了只存在于内存中的程序")),
    "T1003.008": Phrase(Text("read the password hashes", "读取了口令散列"), Text("read {object}", "读取了 {object}")),
    "T1555": Phrase(Text("read stored credentials", "读取了保存的凭证"), Text("read {object}", "读取了 {object}")),
    "T1552": Phrase(Text("read credentials", "读取了凭证"), Text("read {object}", "读取了 {object}")),
    "T1552.001": Phrase(
        Text("read a file with credentials", "读取了含有凭证的文件"),
        Text("read the credentials in {object}", "读取了 {object} 中的凭证"),
    ),
    "T1552.004": Phrase(Text("read a private key", "读取了私钥"), Text("read the key {object}", "读取了密钥 {object}")),
    "T1552.005": Phrase(Text("asked the cloud's metadata service", "访问了云元数据服务")),
    "T1003.007": Phrase(
        Text("read another process's memory or environment", "读取了其他进程的内存或环境变量"),
        Text("read {object}", "读取了 {object}"),
    ),
    "T1083": Phrase(Text("looked through files", "查看了文件"), Text("looked at {object}", "查看了 {object}")),
    "T1611": Phrase(
        Text("tried to leave the container", "试图逃出容器"),
        Text("tried to leave the container by {object}", "试图通过 {object} 逃出容器"),
    ),
    "T1547.006": Phrase(
        Text("loaded a kernel module", "加载了内核模块"),
        Text("loaded the kernel module {object}", "加载了内核模块 {object}"),
    ),
    "T1055": Phrase(Text("reached into another process", "侵入了另一个进程")),
    "T1055.008": Phrase(Text("took control of another process", "控制了另一个进程")),
    "T1055.009": Phrase(Text("wrote into another process's memory", "写入了另一个进程的内存")),
    "T1496.001": Phrase(
        Text("ran or called a coin miner", "运行或连接了挖矿程序"),
        Text("reached for a mining pool ({object})", "连接了矿池（{object}）"),
        with_path=Text("ran the coin miner {object}", "运行了挖矿程序 {object}"),
    ),
    "T1496": Phrase(Text("took the machine's resources", "占用了机器资源")),
    "T1046": Phrase(Text("scanned the network", "扫描了网络")),
    "T1548.001": Phrase(Text("set a set-user-id bit", "设置了 setuid 位")),
    "T1222.002": Phrase(
        Text("made a file executable", "把文件设为可执行"),
        Text("made {object} executable", "把 {object} 设为可执行"),
    ),
}

# Where a detector's techniques do not say what was done. One line for each; a detector without one has its technique's.
BY_DETECTOR: dict[str, Phrase] = {
    "RUN-001": BY_TECHNIQUE["T1609"],
    "RUN-002": BY_TECHNIQUE["T1190"],
    "RUN-003": Phrase(
        Text("connected a shell to the network", "把 shell 接到了网络"),
        Text("connected a shell to {object}", "把 shell 接到了 {object}"),
    ),
    "RUN-005": BY_TECHNIQUE["T1105"],
    "RUN-007": BY_TECHNIQUE["T1620"],
    "RUN-008": BY_TECHNIQUE["T1036.005"],
    "RUN-010": BY_TECHNIQUE["T1003.008"],
    "RUN-014": BY_TECHNIQUE["T1003.007"],
    "RUN-017": BY_TECHNIQUE["T1552.005"],
    "RUN-020": Phrase(
        Text("wrote a cgroup release agent", "写入了 cgroup 的 release_agent"),
        Text("wrote {object} for the host to run", "写入了会由主机执行的 {object}"),
    ),
    "RUN-022": Phrase(
        Text("mounted a file system", "挂载了文件系统"), Text("mounted a file system at {object}", "在 {object} 挂载了文件系统")
    ),
    "RUN-023": Phrase(Text("entered other namespaces", "进入了其他命名空间")),
    "RUN-027": BY_TECHNIQUE["T1547.006"],
    "RUN-054": BY_TECHNIQUE["T1496.001"],
    **{
        detector: Phrase(Text(en, zh), Text(with_en, with_zh) if with_en else None, weak=detector in WEAK)
        for detector, en, zh, with_en, with_zh in DEEDS
    },
    **{
        detector: Phrase(Text(en, zh), Text(with_en, with_zh) if with_en else None, weak=True)
        for detector, en, zh, with_en, with_zh in DEVIATIONS
    },
}


WROTE = Phrase(
    Text("opened a credential file to write", "以写方式打开了凭证文件"),
    Text("opened {object} to write", "以写方式打开了 {object}"),
)


def of_alert(alert: Alert) -> Text:
    """The phrase of one alert."""
    if alert.evidence.get("access") == "opened to write":
        return WROTE.said(alert.object)
    return _of(alert.detector, alert.techniques, alert.object, alert.title)


def of_step(step: ChainStep) -> Text:
    """The phrase of a step whose alert is not at hand."""
    return _of(step.detector, (step.technique,), step.object, step.title)


def telling(steps: Sequence[ChainStep]) -> list[ChainStep]:
    """The steps that a story tells: weak ones are left out where another step has the same process and object. What
    stopped one of those stopped the thing, so the step that stays counts as stopped too."""
    strong = _Things(step for step in steps if not _weak(step))
    stopped = _Things(step for step in steps if step.stopped)
    kept = [step for step in steps if not _weak(step) or not strong.met_by(step)]
    return [msgspec.structs.replace(step, stopped=True) if not step.stopped and stopped.meets(step) else step for step in kept]


class _Things:
    """The things of some steps, by process: an incident has a thousand steps, so that not each is held against each. One may
    name a folder's many things as '/tmp/…'."""

    def __init__(self, steps: Iterable[ChainStep]) -> None:
        self._names: dict[int, set[str]] = {}
        self._folders: dict[int, set[str]] = {}
        for step in steps:
            self._names.setdefault(step.process_key, set()).add(step.object)
            first, folded, _ = step.object.partition("…")
            if folded:
                self._folders.setdefault(step.process_key, set()).add(first)

    def meets(self, step: ChainStep) -> bool:
        """Whether one of them has the step's process and thing, or names the folder that it is in."""
        folders = self._folders.get(step.process_key, ())
        return step.object in self._names.get(step.process_key, ()) or any(map(step.object.startswith, folders))

    def met_by(self, step: ChainStep) -> bool:
        """Whether the step has the process and thing of one of them, or names the folder that one is in."""
        names = self._names.get(step.process_key, ())
        first, folded, _ = step.object.partition("…")
        return step.object in names or (bool(folded) and any(name.startswith(first) for name in names))


def _weak(step: ChainStep) -> bool:
    phrase = _find(step.detector, (step.technique,))
    return phrase is not None and phrase.weak


def _find(detector: str, techniques: tuple[str, ...]) -> Phrase | None:
    named = (BY_TECHNIQUE[technique] for technique in techniques if technique in BY_TECHNIQUE)
    return BY_DETECTOR.get(detector) or next(named, None)


def _of(detector: str, techniques: tuple[str, ...], thing: str, title: Text) -> Text:
    phrase = _find(detector, techniques)
    if phrase is not None:
        return phrase.said(thing)
    short = sentence(title, 80)
    return Text(f"did what “{short.en.rstrip('.')}” names", f"触发了“{short.zh.rstrip('。')}”")
