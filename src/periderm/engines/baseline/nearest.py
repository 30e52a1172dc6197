"""The normal behaviour that is nearest to one that is not, and what would make it normal, in a sentence. Scores nothing."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable

from periderm.engines.baseline.entries import Entries
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.text import Text

MOST_COMPARED = 512
_OTHER = {
    Aspect.USER: Text("normal if its user were {value}", "若其用户为 {value} 则正常"),
    Aspect.PARENT: Text("normal if its parent were {value}", "若其父进程为 {value} 则正常"),
    Aspect.ARGUMENTS: Text("normal if its arguments were of the shape '{value}'", "若其参数形如「{value}」则正常"),
    Aspect.READ: Text("normal if it read {value}", "若读取的是 {value} 则正常"),
    Aspect.WRITE: Text("normal if it wrote {value}", "若写入的是 {value} 则正常"),
    Aspect.CREATE: Text("normal if it created {value}", "若创建的是 {value} 则正常"),
    Aspect.EXECUTE: Text("normal if it loaded {value}", "若加载的是 {value} 则正常"),
    Aspect.CONNECT: Text("normal if it connected to {value}", "若连接的是 {value} 则正常"),
    Aspect.ACCEPT: Text("normal if the connection came in on {value}", "若连接从 {value} 进入则正常"),
    Aspect.LISTEN: Text("normal if it listened on {value}", "若监听的是 {value} 则正常"),
    Aspect.RESOLVE: Text("normal if it asked for {value}", "若解析的是 {value} 则正常"),
    Aspect.CHAIN: Text("normal if what started it were {value}", "若由 {value} 启动则正常"),
}
_ANY_BELOW = {
    Aspect.READ: Text("normal if it read a file below {value}", "若读取的是 {value} 下的文件则正常"),
    Aspect.WRITE: Text("normal if it wrote a file below {value}", "若写入的是 {value} 下的文件则正常"),
    Aspect.CREATE: Text("normal if it created a file below {value}", "若在 {value} 下创建文件则正常"),
    Aspect.EXECUTE: Text("normal if it loaded a file below {value}", "若加载的是 {value} 下的文件则正常"),
}
_BELOW = frozenset(_ANY_BELOW)
_ELSE = Text("normal if it were {value}", "若为 {value} 则正常")
_ARGUMENTS_NONE = Text("normal if it had no arguments", "若没有参数则正常")
_DOER = Text("normal if {program} did it", "若由 {program} 执行则正常")
_PLACE = Text("normal if it were {program}", "若程序为 {program} 则正常")
_NONE = Text("nothing like it is normal here", "此处没有与之相近的正常行为")


def nearest(behaviour: Behaviour, entries: Entries) -> tuple[Behaviour | None, Text]:
    """(the nearest normal entry or None, what would make it normal)."""
    aspect, program, value = behaviour.aspect, behaviour.program, behaviour.value
    if aspect is Aspect.PROGRAM:
        return _program(program, entries.programs)
    own = _most_alike(value, entries.of(aspect, program), least=1 if aspect in _OTHER else 0)
    doer = _doer(behaviour, entries)
    if doer is not None and (own is None or _alike(value, own) == 0):
        return Behaviour(aspect, doer, value), _DOER.fill(program=_name(doer))
    if own is None:
        return None, _NONE
    return Behaviour(aspect, program, own), _sentence(aspect, own)


def _sentence(aspect: Aspect, own: str) -> Text:
    if aspect is Aspect.ARGUMENTS and not own:
        return _ARGUMENTS_NONE
    words = _ANY_BELOW if aspect in _BELOW and own.endswith("/**") else _OTHER
    return words.get(aspect, _ELSE).fill(value=_said(aspect, own.removesuffix("/**") + "/" if words is _ANY_BELOW else own))


def _program(program: str, programs: Collection[str]) -> tuple[Behaviour | None, Text]:
    """One of the same name, or else in the same folder."""
    name = _name(program)
    several = sorted(programs)[:MOST_COMPARED]
    found = next((each for each in several if _name(each) == name), None)
    if found is None:
        return None, _NONE
    return Behaviour(Aspect.PROGRAM, found), _PLACE.fill(program=found)


def _doer(behaviour: Behaviour, entries: Entries) -> str | None:
    """A program for which it is normal."""
    doers = [
        program
        for (aspect, program), values in entries.values.items()
        if aspect is behaviour.aspect and program != behaviour.program and behaviour.value in values
    ]
    return min(doers, default=None)


def _most_alike(value: str, values: Iterable[str], least: int) -> str | None:
    best, most = None, least - 1
    for number, each in enumerate(sorted(values)):
        if number == MOST_COMPARED:
            break
        alike = _alike(value, each)
        if alike > most or best is None:
            best, most = each, alike
    return best


def _alike(one: str, other: str) -> int:
    """How many parts they begin and end with alike."""
    a, b = _parts(one), _parts(other)
    begin = len(posixpath.commonprefix([a, b]))
    end = len(posixpath.commonprefix([a[begin:][::-1], b[begin:][::-1]]))
    return begin + end


def _parts(value: str) -> list[str]:
    return [part for part in value.replace("/", " ").split(" ") if part]


def _name(program: str) -> str:
    """'python3.11 app.py' of '/usr/bin/python3.11 /srv/app.py'."""
    return " ".join(word.rpartition("/")[2] for word in program.split(" "))


def _said(aspect: Aspect, value: str) -> str:
    if aspect is Aspect.PARENT:
        return _name(value)
    if aspect is Aspect.CHAIN:
        return " > ".join(_name(program) for program in value.split(" > "))
    return value
