"""How surprising it is that a program touches a file: by the place, by what would run it or trust it, and by what the program
did before in the same folder."""

from __future__ import annotations

import re

from periderm.engines.baseline import families as kinds
from periderm.engines.baseline import places
from periderm.engines.baseline.factors import Factor, Judged, factor
from periderm.engines.baseline.families import families
from periderm.engines.baseline.places import code, folder, library_folder, place, script, secret, writable
from periderm.engines.baseline.situation import Situation
from periderm.engines.baseline.surprise_programs import owner_of, serves
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect

_READ = {
    places.OWN: 5, places.PERSISTENT: 25, places.SECRET: 75, places.KERNEL: 25, places.OTHERS: 40, places.DEVICE: 40,
    places.TEMPORARY: 20, places.PROGRAMS: 12, places.SETTINGS: 25, places.LOGS: 25, places.WEB: 15, places.HOME: 35,
    places.RUN: 20, places.DATA: 20, places.ELSEWHERE: 20,
}  # fmt: skip
_WRITE = {
    places.OWN: 5, places.PERSISTENT: 90, places.SECRET: 70, places.KERNEL: 85, places.OTHERS: 60, places.DEVICE: 60,
    places.TEMPORARY: 28, places.PROGRAMS: 80, places.SETTINGS: 65, places.LOGS: 30, places.WEB: 45, places.HOME: 50,
    places.RUN: 28, places.DATA: 32, places.ELSEWHERE: 33,
}  # fmt: skip
_QUIET_KERNEL = (
    "/proc/sys/kernel/random/",
    "/sys/fs/cgroup/",
    "/proc/sys/vm/overcommit_memory",
    "/sys/kernel/mm/transparent_hugepage",
)
_QUIET_PROC = ("/proc/sys/", "/sys/devices/system/", "/sys/fs/cgroup/", "/sys/kernel/mm/")
_WORLD_READ = ("/etc/passwd", "/etc/group")  # every program that asks for a user's name reads them
_SERVERS_TRUST = ("/etc/ssl/private/", "/etc/ssh/ssh_host_")
_WROTE = (Aspect.WRITE, Aspect.CREATE, Aspect.CHANGE)
_NAMES = ("rename", "link", "symlink")
_HIDES = ("utime", "chattr")
_TABLE = re.compile(r"/etc/cron\.d/[^/]+|/var/spool/cron/(?:crontabs/|tabs/)?[^/]+|/etc/crontabs/[^/]+")
_SAME_FOLDER, _NEIGHBOUR = -18, -8
_MUCH = 3
_EVERYBODYS = frozenset(("/tmp/", "/var/tmp/", "/dev/shm/"))  # noqa: S108 -- compared only
_STEM = re.compile(r"\.?[A-Za-z]{3}")
_ALL = 12  # files of a folder from which on a program reads the whole folder
_WORDS = 5  # letters without which a name says nothing
# Folders that a service has no reason to list; '' is the root.
_NOBODYS = frozenset({"", "/etc", "/root", "/home", "/proc", "/var", "/usr", "/opt", "/srv", "/dev", "/sys"})
_SESSION_VALUES = ("/loginuid", "/oom_score_adj", "/sessionid")


def read(situation: Situation) -> Judged:
    """A file that it never read."""
    path = situation.behaviour.value
    kind = place(path)
    if secret(path):
        points = _READ[places.SECRET] - (15 if situation.starting and path.startswith(_SERVERS_TRUST) else 0)
        own = Factor(-45) if path.startswith("/proc/self/") or _looks_up(situation, path) else Factor(0)
        return Judged(
            "03-02",
            (
                factor(points, "it gives access to other things", "该文件可用于访问其他资源"),
                own,
                *(_known_folder(situation, path, Aspect.READ) if _reads_others(situation, path) else ()),
                *_reads_all(situation, path),
            ),
        )
    if _TABLE.fullmatch(path) and kinds.SCHEDULER in families(situation.behaviour.program):
        return Judged("03-01", (factor(55, "it is a table of jobs that was not there before", "这是此前没有的任务表"),))
    if path in _WORLD_READ:
        return Judged("03-01", (Factor(25),))
    if path.rstrip("/") in _NOBODYS and serves(situation.normal, situation.behaviour.program):
        return Judged("03-01", (factor(55, "it lists a folder of the system", "它列出了系统目录"), *_stranger(situation)))
    points = 15 if path.startswith(_QUIET_PROC) else _READ[kind]
    reason = (
        factor(points, "another process's folder tells what else runs", "其他进程的目录会透露正在运行的程序")
        if kind == places.OTHERS
        else Factor(points)
    )
    return Judged("03-01", (reason, *_known_folder(situation, path, Aspect.READ), *_stranger(situation)))


def _looks_up(situation: Situation, path: str) -> bool:
    """Perl asks for the shadow entry of each user that it looks up, and is refused unless it is root."""
    return path == "/etc/shadow" and situation.ret < 0 and situation.behaviour.program.startswith("/usr/bin/perl ")


def _reads_all(situation: Situation, path: str) -> tuple[Factor, ...]:
    """A backup reads whatever there is, and what is secret too: while a workload is learned, that is learned of it."""
    if situation.normal.phase is Phase.ALERTING:
        return ()
    above = folder(path)
    return (Factor(-10),) if sum(value.startswith(above) for value in situation.has(Aspect.READ)) >= _ALL else ()


def _reads_others(situation: Situation, path: str) -> bool:
    """Whether it reads what gives access in this folder already; other files there are no reason to read this one."""
    here = folder(path)
    return any(folder(value) == here and secret(value) for value in situation.has(Aspect.READ))


def write(situation: Situation) -> Judged:
    """A file that it never wrote or made."""
    return _written(situation, situation.behaviour.value, made=situation.behaviour.aspect is Aspect.CREATE)


def change(situation: Situation) -> Judged:
    """Another change of a file or folder: its name, owner, mode, times, place."""
    verb, _, path = situation.behaviour.value.partition(" ")
    if verb == "chmod+s":
        return Judged("03-09", (factor(90, "who runs it gets the rights of its owner", "运行它的人会获得其所有者的权限"),))
    if verb in ("mount", "umount"):
        return Judged(
            "03-10",
            (
                factor(
                    70 if verb == "mount" else 55, "containers are given their mounts by the runtime", "容器的挂载由运行时提供"
                ),
            ),
        )
    kind = place(path)
    if verb in ("unlink", "truncate", *_HIDES) and (kind == places.LOGS or path.endswith("_history")):
        points = 70 if path.endswith("_history") else 50
        return Judged(
            "03-08",
            (
                factor(points, "it takes away traces of what happened", "它会抹去发生过的痕迹"),
                *_known_folder(situation, path, *_WROTE),
            ),
        )
    if verb in _HIDES:
        points = 60 if verb == "chattr" or kind in (places.PROGRAMS, places.PERSISTENT, places.WEB) else 25
        return Judged(
            "03-08",
            (
                factor(points, "it changes what a file looks like", "它更改文件的外观信息"),
                *_known_folder(situation, path, *_WROTE),
            ),
        )
    found = _written(situation, path, made=False)
    if found.event_type in ("03-05", "03-07", "03-11"):
        return Judged(found.event_type, (*found.factors, Factor(-10 if verb in ("mkdir", "chown", "chmod") else 0)))
    extra = 15 if verb == "chmod" and (kind == places.TEMPORARY or code(path)) else -5
    if verb in _NAMES and script(path):
        extra = 8  # what was data until now
    return Judged("03-08", (*found.factors, Factor(extra)))


def execute(situation: Situation) -> Judged:
    """A library or a script that it never loaded."""
    path = situation.behaviour.value
    normal = situation.normal
    if writable(path) or not path.startswith("/"):
        return Judged("03-06", (factor(90, "it lies in a place where everybody may write", "它位于任何人都可写入的位置"),))
    owner = owner_of(normal, situation.object or path)
    if owner:
        return Judged("03-06", (Factor(15),))
    if owner is None and normal.inventory and "*" not in path:
        return Judged("03-06", (factor(75, "the image has no such file", "镜像中没有该文件"),))
    return Judged("03-06", (Factor(25 if library_folder(path) else 50), *_known_folder(situation, path, Aspect.EXECUTE)))


def _written(situation: Situation, path: str, *, made: bool) -> Judged:
    kind = place(path)
    known = _known_folder(situation, path, *_WROTE)
    if kind == places.KERNEL and path.startswith(_QUIET_KERNEL):
        return Judged("03-03", (Factor(50), *known))
    if kind == places.OTHERS and path.endswith(_SESSION_VALUES):
        return Judged("03-03", (Factor(25),))  # what a server sets of the processes that it starts
    if kind in (places.PERSISTENT, places.KERNEL):
        persistent = kind == places.PERSISTENT
        why = (
            factor(_WRITE[kind], "what is written there is run or trusted later", "写入其中的内容以后会被运行或信任")
            if persistent
            else factor(_WRITE[kind], "it changes the kernel and not the container", "它改变的是内核而不是容器")
        )
        return Judged("03-07" if persistent else "03-11", (why, *known))
    if kind in (places.PROGRAMS, places.SETTINGS):
        why = factor(_WRITE[kind], "only packages write there", "只有软件包会写入该位置")
        start = (Factor(-25),) if situation.starting and kind == places.SETTINGS else ()
        return Judged("03-05", (why, *known, *start))
    strange = _strange(situation, path) if known else ()
    known = () if strange else known
    factors = [Factor(_WRITE[kind]), *known]
    if kind in (places.WEB, places.ELSEWHERE, places.DATA, places.TEMPORARY) and code(path):
        points = {places.WEB: 35, places.ELSEWHERE: 20, places.DATA: 20, places.TEMPORARY: 22}[kind]
        points += 10 if known and known[0].points < _NEIGHBOUR else 0  # that other files are there explains no script
        factors.append(factor(points, "by its name it is something to run", "从名称看它是可运行的内容"))
    if path.rpartition("/")[2].startswith(".") and kind != places.OWN:
        factors.append(factor(20 if code(path) else 12, "its name hides it", "其名称使它被隐藏"))
    return Judged(
        "03-04" if made else "03-03",
        (
            *factors,
            *_never_writes(situation),
            *(_moved(situation) or _new_place(situation, kind) or strange),
            *_stranger(situation),
        ),
    )


def _strange(situation: Situation, path: str) -> tuple[Factor, ...]:
    """A server puts a file where everybody puts his, called unlike any that it ever put there: that there are others of its
    own is no reason for this one."""
    if folder(path) not in _EVERYBODYS or not serves(situation.normal, situation.behaviour.program) or situation.starting:
        return ()
    stem = _STEM.match(path.rpartition("/")[2])
    alike = stem is not None and any(
        folder(value) == folder(path) and value.rpartition("/")[2].startswith(stem[0])
        for aspect in (Aspect.WRITE, Aspect.CREATE)
        for value in situation.has(aspect)
    )
    return () if alike else (factor(16, "it never made a file of such a name there", "它从未在那里创建过这样命名的文件"),)


def _moved(situation: Situation) -> tuple[Factor, ...]:
    """A server's own file, by its name, that was always in one folder: somebody told it another."""
    here, name = folder(situation.behaviour.value), situation.behaviour.value.rpartition("/")[2]
    if situation.behaviour.aspect is Aspect.CHANGE or not serves(situation.normal, situation.behaviour.program):
        return ()
    if sum(c.isalpha() for c in name) < _WORDS:
        return ()
    folders = {
        folder(value)
        for aspect in (Aspect.WRITE, Aspect.CREATE)
        for value in situation.has(aspect)
        if value.rpartition("/")[2] == name
    }
    if len(folders) != 1 or here in folders:
        return ()
    return (factor(18, "it always wrote this file in another folder", "它以前总是把该文件写入另一个目录"),)


def _known_folder(situation: Situation, path: str, *aspects: Aspect) -> tuple[Factor, ...]:
    """What it already does there."""
    here, above = folder(path), folder(folder(path)[:-1])
    found = 0
    for aspect in aspects:
        for value in situation.has(aspect):
            there = folder(value.partition(" ")[2] if aspect is Aspect.CHANGE else value)
            if there == here:
                return (Factor(_SAME_FOLDER),)
            if len(above) > 1 and above.count("/") > 2 and there.startswith(above):
                found = _NEIGHBOUR
    return (Factor(found),) if found else ()


def _never_writes(situation: Situation) -> tuple[Factor, ...]:
    """A program that writes nothing at all otherwise."""
    if any(situation.has(aspect) for aspect in _WROTE) or situation.starting:
        return ()
    return (Factor(8),)


def _new_place(situation: Situation, kind: str) -> tuple[Factor, ...]:
    """A server that writes some files, and never yet in a place of this kind."""
    if kind in (places.OWN, places.LOGS, places.RUN) or not serves(situation.normal, situation.behaviour.program):
        return ()
    there = [value for aspect in (Aspect.WRITE, Aspect.CREATE) for value in situation.has(aspect)]
    if len(there) < _MUCH or any(place(value) == kind for value in there):
        return ()
    return (factor(15, "it writes files, and never there", "它会写入文件，但从不写入那里"),)


def _stranger(situation: Situation) -> tuple[Factor, ...]:
    """A program that came after the image does nothing that can be expected."""
    if situation.drifted or situation.in_memory:
        return (factor(15, "the program came after the image", "该程序在镜像之后才出现"),)
    return ()
