"""How surprising it is that a program runs, by whom it was started, as whom, and with which arguments.

A program of the image's own packages is little surprising; one that the image does not own is much; and one from a place where
everybody may write, or without a file, most. What families of programs are normal for the workload decides the rest.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from periderm.algorithms.names import oddness
from periderm.engines.baseline import families as kinds
from periderm.engines.baseline.actor import JOB
from periderm.engines.baseline.factors import Factor, Judged, factor
from periderm.engines.baseline.families import WORDS, acting, base, families
from periderm.engines.baseline.places import writable
from periderm.engines.baseline.situation import Normal, Situation
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect

_FAMILY_POINTS = {
    kinds.SHELL: 25, kinds.CLIENT: 30, kinds.PRIVILEGE: 30, kinds.DEBUGGER: 30, kinds.COMPILER: 25, kinds.INSTALLER: 25,
    kinds.INTERPRETER: 25, kinds.LOOKING: 14, kinds.ENCODER: 12, kinds.SCHEDULER: 10,
}  # fmt: skip
_RISKY = frozenset(_FAMILY_POINTS) - {kinds.SCHEDULER}
_ODD_NAME = 60
_BEGIN_SESSIONS = frozenset({"sshd", "sshd-session", "dropbear", "login"})  # to start what a person wants is what they are for
_RUNS_OTHERS = re.compile(
    r"(?:^| )-(?:-?exec(?:dir)?|-checkpoint-action|-eval|-to-command|-use-compress-program|-rsh|ok)\b|/dev/(?:tcp|udp)/"
    r"|(?:^| )-e (?:/bin/|/usr/bin/)?\w*sh\b"
)
_INTERACTIVE = re.compile(r"^-[a-z]*i[a-z]*(?: |$)|^--interactive")
_COMMANDS = re.compile(r"\{([^{}]*)\}")


def program(situation: Situation) -> Judged:
    """A program that is not normal here at all."""
    name, normal = situation.behaviour.program, situation.normal
    path = acting(name)
    if situation.in_memory or writable(path) or writable(name.partition(" ")[0]):
        return Judged("02-03", (_place_reason(situation, path), *_above(situation)))
    odd, why = oddness(base(path), _base_names(normal))
    owner = owner_of(normal, path)
    if odd >= _ODD_NAME and not owner:
        return Judged("02-04", (Factor(max(odd, 60), why), *_above(situation)))
    moved = _moved(name, normal)
    factors = (*_origin(situation, owner, path), *_family(situation), *_above(situation), *_related(situation, owner))
    if moved and not owner:
        reason = factor(10, "a program of that name is normal at {path}", "正常的同名程序位于 {path}", path=moved)
        return Judged("01-03", (*factors, reason))
    if not normal.inventory:
        return Judged("02-05", factors)
    return Judged("02-01" if owner else "02-02", factors)


def owner_of(normal: Normal, path: str) -> str | None:
    """The package that owns a program, also where it is called through a folder that is a link on merged systems."""
    found = normal.package(path)
    if found is None and path.startswith(("/bin/", "/sbin/", "/lib")):
        found = normal.package("/usr" + path)
    elif found is None and path.startswith(("/usr/bin/", "/usr/sbin/", "/usr/lib")):
        found = normal.package(path.removeprefix("/usr"))
    return found


def _place_reason(situation: Situation, path: str) -> Factor:
    if situation.in_memory or path.startswith(("/memfd:", "memfd:")):
        return factor(95, "it has no file on any disk", "它在任何磁盘上都没有文件")
    return factor(90, "it lies in a place where everybody may write", "它位于任何人都可写入的位置")


def _base_names(normal: Normal) -> frozenset[str]:
    return frozenset(base(acting(name)) for name in normal.programs)


def _moved(name: str, normal: Normal) -> str:
    """The normal program of the same base name in another folder, '' if there is none. Folders that a merged system links to
    each other are the same."""
    path = acting(name)
    for other in sorted(normal.programs):
        there = acting(other)
        if base(there) == base(path) and there.removeprefix("/usr") != path.removeprefix("/usr"):
            return there
    return ""


def _origin(situation: Situation, owner: str | None, path: str) -> tuple[Factor, ...]:
    """By whom its file came."""
    del path
    if situation.drifted:
        return (factor(80, "its file came after the image", "其文件在镜像之后才出现"),)
    if owner:
        return (Factor(27 if families(situation.behaviour.program) == {kinds.ADMINISTRATION} else 35),)
    if not situation.normal.inventory:
        # Nothing is known of the image: while its workload is learned, a script says no more than its interpreter does.
        script = " " in situation.behaviour.program and situation.normal.phase is not Phase.ALERTING
        return (Factor(20 if script else 45),)
    if owner is None and " " in situation.behaviour.program:
        # A script that its interpreter is given needs no right to be executed: the lists of programs do not hold it.
        return (factor(20, "no package of the image owns the script", "镜像中没有软件包拥有该脚本"),)
    if owner is None:
        return (factor(75, "the image has no such file", "镜像中没有该文件"),)
    return (factor(45, "no package of the image owns it", "镜像中没有软件包拥有它"),)


def _family(situation: Situation) -> tuple[Factor, ...]:
    """What it can do that nothing here does."""
    mine = families(situation.behaviour.program)
    there = {family for name in situation.normal.programs for family in families(name)}
    risky = [family for family in _FAMILY_POINTS if family in mine]
    if not risky:
        return ()
    worst = max(risky, key=lambda family: _FAMILY_POINTS[family])
    if worst in there:
        return (Factor(_FAMILY_POINTS[worst] // 3),)
    return (
        factor(
            _FAMILY_POINTS[worst],
            "it is {family}, and none is normal here",
            "它是{family}，而这里正常情况下没有",
            family=WORDS[worst],
        ),
    )


def serves(normal: Normal, name: str) -> bool:
    """Whether a program answers others over the network, as far as is known."""
    if kinds.SERVER in families(name):
        return True
    return any(normal.values.get((aspect, name)) for aspect in (Aspect.LISTEN, Aspect.ACCEPT))


def _above(situation: Situation) -> tuple[Factor, ...]:
    """Who started it."""
    above = situation.actor.above
    mine = families(situation.behaviour.program)
    if situation.actor.how == JOB:
        return (Factor(-15),)
    if base(acting(above)) in _BEGIN_SESSIONS:
        return (Factor(-10 if situation.normal.phase is not Phase.ALERTING else 0),)
    job = kinds.SHELL in families(above) and kinds.SCHEDULER in families(situation.actor.chain.partition(" > ")[0])
    if kinds.SCHEDULER in families(above) or (job and not mine & _RISKY):
        # A job may come seldom; that its table is new is told by itself.
        return (Factor(-15 if job or situation.normal.phase is not Phase.ALERTING else 0),)
    if serves(situation.normal, above) and mine & _RISKY:
        points = 20 if mine & (_RISKY - {kinds.ENCODER}) else 10
        return (
            factor(points, "{above}, which answers others, started it", "由对外提供服务的 {above} 启动", above=base(above)),
        )
    if kinds.SHELL in families(above) and kinds.LOOKING in mine:
        return (Factor(5),)
    return ()


def _related(situation: Situation, owner: str | None) -> tuple[Factor, ...]:
    """Packages start their own programs, and entrypoints start everyday tools."""
    found: list[Factor] = []
    above = acting(situation.actor.above)
    if owner and above.startswith("/") and owner_of(situation.normal, above) == owner:
        found.append(Factor(-20))
    mine = families(situation.behaviour.program)
    if situation.led and not situation.starting:
        found.append(factor(8, "the command line that started it is new here too", "启动它的命令行在这里也是新的"))
    if situation.starting and situation.actor.how == "entrypoint" and not mine & (_RISKY - {kinds.SHELL}):
        found.append(Factor(-15))
    return tuple(found)


def user(situation: Situation) -> Judged:
    """A known program as another user."""
    uid = situation.behaviour.value
    usual = set(situation.has(Aspect.USER))
    if uid == "0" and "0" not in usual:
        above = factor(75, "it never ran as root", "它从未以 root 身份运行")
        return Judged("01-02", (above,) if 0 not in situation.normal.users else (Factor(above.points - 20, above.why),))
    if uid.isdigit() and int(uid) in situation.normal.users:
        return Judged("01-02", (Factor(30),))
    return Judged("01-02", (factor(50, "nothing here runs as user {uid}", "这里没有程序以用户 {uid} 运行", uid=uid),))


def parent(situation: Situation) -> Judged:
    """A known program started by another than usual."""
    above, normal = situation.behaviour.value, situation.normal
    mine = families(situation.behaviour.program)
    if above in ("runtime", "init"):
        return Judged("01-04", (Factor(40),))
    factors = [Factor(30)]
    if above not in normal.programs:
        factors.append(factor(15, "{above} is not normal here either", "{above} 在这里也不正常", above=base(above)))
    if serves(normal, above) and mine & _RISKY:
        words = ("{above} answers others over the network", "{above} 通过网络对外提供服务")
        learning = situation.normal.phase is not Phase.ALERTING
        # What the shell is told to do decides while little is known: databases archive by a command.
        points = (5 if base(acting(above)) in _BEGIN_SESSIONS else 33) if learning else 40
        factors.append(factor(points, *words, above=base(above)))
    elif kinds.SHELL in families(above):
        factors.append(Factor(5))
    if writable(acting(above)):
        factors.append(
            factor(40, "{above} lies where everybody may write", "{above} 位于任何人都可写入的位置", above=acting(above))
        )
    if kinds.ADMINISTRATION in mine and not mine & _RISKY:
        factors.append(Factor(-15))
    return Judged("01-04", tuple(factors))


def arguments(situation: Situation) -> Judged:
    """A known program called in another way."""
    shape, name, normal = situation.behaviour.value, situation.behaviour.program, situation.normal
    usual, mine = situation.has(Aspect.ARGUMENTS), families(name)
    factors = [Factor(30 if len(usual) < 4 else 20 if len(usual) < 10 else 10)]
    if _RUNS_OTHERS.search(shape):
        factors.append(factor(35, "these arguments make it run something else", "这些参数会让它运行别的程序"))
    if mine & {kinds.SHELL, kinds.INTERPRETER}:
        code = _code(shape, usual, normal, shell=kinds.SHELL in mine)
        factors.extend(code)
        if code and kinds.SHELL in mine and serves(normal, situation.actor.above):
            words = ("{above}, which answers others, told it so", "由对外提供服务的 {above} 指示")
            factors.append(factor(20, *words, above=base(situation.actor.above)))
        if normal.phase is not Phase.ALERTING and _starts_others(situation.actor.above):
            factors.append(Factor(-25))
    elif mine & {kinds.CLIENT, kinds.PRIVILEGE, kinds.INSTALLER}:
        points = 25 if not any("://" in each for each in usual) and "://" in shape and "localhost" not in shape else 15
        factors.append(factor(points, "it is {family}", "它是{family}", family=_word(mine)))
    return Judged("01-05", tuple(factors))


def _word(mine: frozenset[str]) -> object:
    return WORDS[next(family for family in (kinds.CLIENT, kinds.PRIVILEGE, kinds.INSTALLER) if family in mine)]


def _code(shape: str, usual: Collection[str], normal: Normal, *, shell: bool) -> list[Factor]:
    """The text of `sh -c`: which commands in it are new."""
    if _INTERACTIVE.search(shape) and shell:
        return [factor(45, "it is told to talk to a person", "它被要求以交互方式运行")]
    text = _COMMANDS.search(shape)
    if text is None:
        return [Factor(15)] if " -c " in f" {shape} " or " -e " in f" {shape} " else []
    known = {command for each in usual for found in _COMMANDS.findall(each) for command in found.split(";")}
    known |= {base(name) for name in normal.programs}
    fresh = [command for command in text[1].split(";") if command not in known and command not in _BUILTINS]
    if not shell:
        return [factor(30, "it is given code as an argument", "代码以参数形式传入")]
    risky = [command for command in fresh if families(command) & _RISKY]
    if risky:
        return [
            factor(40, "its commands are new here: {commands}", "其中的命令在这里是新的：{commands}", commands=" ".join(risky))
        ]
    return (
        [factor(15, "its commands are new here: {commands}", "其中的命令在这里是新的：{commands}", commands=" ".join(fresh))]
        if fresh
        else []
    )


def _starts_others(above: str) -> bool:
    """Schedulers and login servers are told what to run; while they are learned, that is what is learned of them."""
    return kinds.SCHEDULER in families(above) or base(acting(above)) in _BEGIN_SESSIONS


_BUILTINS = frozenset(
    {
        *("cd", "echo", "test", "[", "true", "false", "set", "export", "exit", "printf", "read", "return", "shift", "wait"),
        *("trap", ":", "ulimit", "umask", "unset", "date", "sleep"),
    }
)


def chain(situation: Situation) -> Judged:
    """The order in which programs start programs."""
    before, _, above = situation.behaviour.value.partition(" > ")
    mine = families(situation.behaviour.program)
    factors = [Factor(25)]
    if situation.normal.values.get((Aspect.CHAIN, situation.behaviour.program)) is None:
        factors.append(Factor(-10))
    if serves(situation.normal, before) and kinds.SHELL in families(above) and mine & _RISKY:
        words = ("{server} led by a shell to {family}", "{server} 经由 shell 启动了{family}")
        family = next(WORDS[each] for each in _FAMILY_POINTS if each in mine)
        factors.append(factor(50, *words, server=base(before), family=family))
    return Judged("06-01", tuple(factors))
