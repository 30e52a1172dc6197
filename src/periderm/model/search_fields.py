"""The fields by which one can search: what each means, what it takes, and of what it is known. Values only."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.search import Family
from periderm.model.severity import Severity
from periderm.model.text import Text


class Takes(enum.StrEnum):
    """What stands behind a field's name."""

    NAME = "name"  # a name, in which '*' stands for anything
    CHOICE = "choice"  # one of some words
    LEVEL = "level"  # a severity; can be compared
    TIME = "time"  # '2h' ago, a day, a moment; can be compared
    NUMBER = "number"
    PAIR = "pair"  # KEY=VALUE of a label


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """`names` are how it can be written, the first how it is shown. `of` are the families that know it."""

    names: tuple[str, ...]
    meaning: Text
    of: tuple[Family, ...]
    takes: Takes = Takes.NAME
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How it is shown."""
        return self.names[0]


F = Family
TIMED = (F.INCIDENT, F.ALERT, F.FINDING, F.VULNERABILITY, F.IMAGE, F.ASSET, F.BASELINE, F.AUDIT, F.EVENT)
OWNED = (F.INCIDENT, F.ALERT, F.FINDING, F.IMAGE, F.ASSET, F.BASELINE)
PLACED = (F.INCIDENT, F.ALERT, F.FINDING, F.ASSET)
LEVELS = tuple(s.name.lower() for s in reversed(Severity) if s is not Severity.UNKNOWN)
YES_NO = ("yes", "no")
_STATES = ("new", "acknowledged", "resolved", "false-alarm", "scanned", "failed", "unscanned", "born", "learning", "alerting")
_KINDS = (
    *("vulnerability", "secret", "configuration", "licence", "end-of-life", "not-examined", "malware", "code", "untrusted"),
    *("node", "image", "container", "workload", "process", "user"),
)

FIELDS: tuple[Field, ...] = (
    Field(
        names=("in",),
        meaning=Text("where to look", "在哪里查找"),
        of=tuple(Family),
        takes=Takes.CHOICE,
        choices=tuple(f.value for f in Family if f is not F.EVENT),
    ),
    Field(
        names=("severity", "sev"),
        meaning=Text("how bad", "严重程度"),
        of=(F.INCIDENT, F.ALERT, F.FINDING, F.VULNERABILITY, F.IMAGE, F.DETECTOR),
        takes=Takes.LEVEL,
        choices=LEVELS,
    ),
    Field(
        names=("state",),
        meaning=Text("where people or the product are with it", "处理或学习状态"),
        of=(F.INCIDENT, F.IMAGE, F.BASELINE),
        takes=Takes.CHOICE,
        choices=_STATES,
    ),
    Field(
        names=("kind",),
        meaning=Text("kind of weakness or asset", "风险或资产的种类"),
        of=(F.FINDING, F.ASSET),
        takes=Takes.CHOICE,
        choices=_KINDS,
    ),
    Field(names=("since",), meaning=Text("seen at or after", "此时起见过"), of=TIMED, takes=Takes.TIME),
    Field(names=("until",), meaning=Text("seen before", "此时之前见过"), of=TIMED, takes=Takes.TIME),
    Field(names=("time",), meaning=Text("when it was seen last", "最近出现时间"), of=TIMED, takes=Takes.TIME),
    Field(names=("owner",), meaning=Text("who answers for it", "负责人"), of=OWNED),
    Field(names=("application", "app"), meaning=Text("application", "应用"), of=OWNED),
    Field(names=("environment", "env"), meaning=Text("environment", "环境"), of=OWNED),
    Field(
        names=("grade",),
        meaning=Text("how much depends on it", "重要等级"),
        of=OWNED,
        takes=Takes.CHOICE,
        choices=("core", "important", "ordinary"),
    ),
    Field(names=("label",), meaning=Text("a label, KEY=VALUE", "标签，键=值"), of=OWNED, takes=Takes.PAIR),
    Field(names=("asset",), meaning=Text("name of any asset", "任一资产名称"), of=PLACED),
    Field(names=("container",), meaning=Text("name of a container", "容器名称"), of=(*PLACED, F.EVENT)),
    Field(names=("node", "host"), meaning=Text("name of a machine", "机器名称"), of=PLACED),
    Field(names=("workload",), meaning=Text("name of a workload", "工作负载名称"), of=(*PLACED, F.BASELINE)),
    Field(names=("image",), meaning=Text("name or digest of an image", "镜像名称或摘要"), of=(*PLACED, F.IMAGE, F.PACKAGE)),
    Field(names=("detector", "rule"), meaning=Text("id of a detector", "检测器编号"), of=(F.ALERT, F.FINDING, F.DETECTOR)),
    Field(
        names=("technique", "attack"),
        meaning=Text("an ATT&CK technique", "ATT&CK 技术"),
        of=(F.ALERT, F.FINDING, F.DETECTOR),
    ),
    Field(
        names=("cve", "vulnerability"),
        meaning=Text("id of a vulnerability", "漏洞编号"),
        of=(F.FINDING, F.VULNERABILITY, F.IMAGE),
    ),
    Field(
        names=("package",),
        meaning=Text("name of a package", "软件包名称"),
        of=(F.FINDING, F.VULNERABILITY, F.IMAGE, F.PACKAGE),
    ),
    Field(names=("version",), meaning=Text("version of a package", "软件包版本"), of=(F.PACKAGE,)),
    Field(names=("type",), meaning=Text("type of a package", "软件包类型"), of=(F.PACKAGE,)),
    Field(names=("licence", "license"), meaning=Text("licence of a package", "软件包许可证"), of=(F.PACKAGE,)),
    Field(
        names=("exploited",),
        meaning=Text("whether it is used in attacks", "是否已被利用"),
        of=(F.FINDING, F.VULNERABILITY),
        takes=Takes.CHOICE,
        choices=YES_NO,
    ),
    Field(
        names=("fixed",),
        meaning=Text("whether a fix exists", "是否有修复版本"),
        of=(F.FINDING, F.VULNERABILITY),
        takes=Takes.CHOICE,
        choices=YES_NO,
    ),
    Field(
        names=("running",),
        meaning=Text("whether a container runs it", "是否有容器在运行"),
        of=(F.FINDING, F.IMAGE),
        takes=Takes.CHOICE,
        choices=YES_NO,
    ),
    Field(names=("assignee",), meaning=Text("who deals with it", "处理人"), of=(F.INCIDENT,)),
    Field(names=("id",), meaning=Text("its own id", "自身编号"), of=tuple(f for f in Family if f not in (F.PACKAGE, F.EVENT))),
    Field(names=("who",), meaning=Text("who did it", "操作人"), of=(F.AUDIT,)),
    Field(names=("action",), meaning=Text("what was done", "操作"), of=(F.AUDIT,)),
    Field(names=("event",), meaning=Text("kind of event", "事件类型"), of=(F.EVENT,)),
    Field(names=("exe",), meaning=Text("the program that acted", "执行的程序"), of=(F.EVENT,)),
    Field(names=("path",), meaning=Text("the file acted on", "被操作的文件"), of=(F.EVENT,)),
    Field(names=("pid",), meaning=Text("number of the process", "进程号"), of=(F.EVENT,), takes=Takes.NUMBER),
    Field(names=("user",), meaning=Text("number of the user", "用户号"), of=(F.EVENT,), takes=Takes.NUMBER),
    Field(names=("address",), meaning=Text("address of a connection", "连接地址"), of=(F.EVENT,)),
    Field(names=("port",), meaning=Text("port of a connection", "连接端口"), of=(F.EVENT,), takes=Takes.NUMBER),
)

BY_NAME: dict[str, Field] = {name: field for field in FIELDS for name in field.names}


def knows(family: Family, name: str) -> bool:
    """Whether things of this family have this field."""
    return name in BY_NAME and family in BY_NAME[name].of
