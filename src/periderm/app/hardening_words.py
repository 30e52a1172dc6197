"""What a workload needs under each measure that holds it tighter, in words, for every door. Derives nothing."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.harden import calls_with_start
from periderm.model.hardening import Hardening, Measure
from periderm.model.text import Text

MEASURES = {
    Measure.SYSTEM_CALLS: Text("system calls (seccomp)", "系统调用（seccomp）"),
    Measure.CAPABILITIES: Text("capabilities", "capability"),
    Measure.READ_ONLY: Text("read-only root", "只读根文件系统"),
    Measure.USER: Text("user", "用户"),
    Measure.NO_NEW_PRIVILEGES: Text("no new privileges", "禁止提升权限"),
    Measure.PROGRAMS: Text("programs and files (AppArmor)", "程序与文件（AppArmor）"),
    Measure.NETWORK: Text("network", "网络"),
}
_LEFT = Text("left as it is", "保持原样")
_NONE_NEEDED = Text("none", "无")
_YES = Text("yes", "是")
_NOTHING_WRITABLE = Text("yes, nothing writable", "是，且无可写目录")
_CALLS = Text("{count} of its own, {all} with those of a start", "自身 {count} 个，含启动所需共 {all} 个")
_IN_OUT = Text("in: {listens}; out: {connects}", "入：{listens}；出：{connects}")
_PROGRAMS = Text("programs: {count}", "{count} 个程序")


def needed(hardening: Hardening, measure: Measure) -> Text:
    """What stays allowed under a measure; 'left as it is' where it is not proposed."""
    told = _LEFT
    match measure:
        case Measure.SYSTEM_CALLS if hardening.system_calls is not None:
            told = _CALLS.fill(count=len(hardening.system_calls), all=calls_with_start(hardening))
        case Measure.CAPABILITIES if hardening.capabilities is not None:
            told = _same(hardening.capabilities, _NONE_NEEDED)
        case Measure.READ_ONLY if hardening.read_only:
            told = _same([place.path for place in hardening.writable], _NOTHING_WRITABLE)
        case Measure.USER if hardening.user:
            told = Text(hardening.user, hardening.user)
        case Measure.NO_NEW_PRIVILEGES if hardening.no_new_privileges:
            told = _YES
        case Measure.PROGRAMS:
            told = _PROGRAMS.fill(count=len(hardening.programs))
        case Measure.NETWORK:
            told = _network(hardening)
        case _:  # a measure that is not proposed
            pass
    return told


def _same(words: Sequence[str], otherwise: Text) -> Text:
    told = " ".join(words)
    return Text(told, told) if told else otherwise


def _network(hardening: Hardening) -> Text:
    listens = " ".join(f"{door.protocol}/{door.port or '*'}" for door in hardening.listens)
    connects = " ".join(f"{door.protocol}/{door.port or '*'} {door.peer}" for door in hardening.connects)
    connects = " ".join(part for part in (connects, "dns" if hardening.resolves else "") if part)
    return _IN_OUT.fill(listens=listens or _NONE_NEEDED, connects=connects or _NONE_NEEDED)
