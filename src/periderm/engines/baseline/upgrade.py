"""What a new version of an image makes normal that was not: the same deeds by programs, libraries and settings that changed
with it. What nothing in the image explains is left to be told.

A rename is believed only where the image brings both sides: the old file is gone, the new one is there, and a package owns both
or neither. So a program that an attacker put there never becomes normal by an upgrade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from periderm.algorithms.path_patterns import generalise
from periderm.engines.baseline.birth import born
from periderm.model.baseline import Baseline, Entry, Evidence, Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.image import ImageInventory

MOST_ENTRIES = 4_000
_DIGITS = re.compile(r"\d+(?:[.\d]*\d)?")
_CERTAINTY = 70  # of what is carried over; what the new image itself promises is as sure as at a birth
_PATHS = frozenset((Aspect.READ, Aspect.WRITE, Aspect.CREATE, Aspect.EXECUTE, Aspect.PARENT))


def predicted(old: ImageInventory, new: ImageInventory, baseline: Baseline) -> Baseline:
    """A delta for the baseline of a workload that ran `old` and now runs `new`: only entries that it does not have, all with
    `Source.UPGRADE`."""
    there = {entry.behaviour for entry in baseline.entries}
    renamed = _renamed(_files(old), _files(new))
    found: dict[Behaviour, Evidence] = {}
    before = {entry.behaviour for entry in born(old).entries}
    for entry in born(new).entries:
        if entry.behaviour not in before and entry.behaviour not in there:
            why = entry.evidence.because
            found[entry.behaviour] = _evidence(f"new in {_name(new)}: {why}", entry.evidence.certainty)
    for entry in baseline.entries:
        for behaviour in _carried(entry.behaviour, renamed):
            if behaviour not in there and behaviour not in found:
                found[behaviour] = _evidence(f"as {entry.behaviour.program} {entry.behaviour.value}".rstrip(), _CERTAINTY)
    entries = tuple(Entry(behaviour, found[behaviour]) for behaviour in sorted(found))[:MOST_ENTRIES]
    return Baseline(workload_id=baseline.workload_id, entries=entries, images={new.digest: 0})


def _evidence(because: str, certainty: int) -> Evidence:
    return Evidence(sources=(Source.UPGRADE,), certainty=certainty, because=because[:200])


def _name(image: ImageInventory) -> str:
    return image.reference or image.digest[:19]


def _files(image: ImageInventory) -> dict[str, str]:
    """{path: owning package, '' none} of all files that are known: programs, and what packages own."""
    found = {f"/{path}": package.name for package in image.packages for path in package.files}
    found.update({f"/{file.path}": file.package for file in image.executables})
    return found


def _renamed(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    """{old path: new path} of files and folders whose names differ only in a version's digits."""
    came: dict[str, list[str]] = {}
    for path in new.keys() - old.keys():
        came.setdefault(_shape(path), []).append(path)
    found: dict[str, str] = {}
    for path in sorted(old.keys() - new.keys()):
        several = came.get(_shape(path), ())
        fitting = [each for each in several if bool(new[each]) == bool(old[path])]
        if fitting:
            found[path] = min(fitting, key=lambda each: (abs(len(each) - len(path)), each))
    return found | _folders(found)


def _folders(renamed: Mapping[str, str]) -> dict[str, str]:
    """Folders that the renamed files lie in, as far as every file of theirs moved the same way."""
    moved: dict[str, set[str]] = {}
    for path, after in renamed.items():
        one, other = path.split("/"), after.split("/")
        if len(one) != len(other):
            continue
        for depth in range(2, len(one)):
            if one[depth - 1] != other[depth - 1]:
                moved.setdefault("/".join(one[:depth]), set()).add("/".join(other[:depth]))
    return {folder: next(iter(places)) for folder, places in moved.items() if len(places) == 1}


def _shape(path: str) -> str:
    """The path with `#` for every version in it."""
    return _DIGITS.sub("#", path)


def _carried(behaviour: Behaviour, renamed: Mapping[str, str]) -> Iterable[Behaviour]:
    """The same deed with what was renamed in it."""
    program = _program(behaviour.program, renamed)
    value = behaviour.value
    if behaviour.aspect in _PATHS:
        value = _path(value, renamed) if behaviour.aspect is not Aspect.PARENT else _program(value, renamed)
    elif behaviour.aspect is Aspect.CHAIN:
        value = " > ".join(_program(part, renamed) for part in value.split(" > "))
    elif behaviour.aspect is Aspect.CHANGE or value.startswith("unix "):
        verb, _, path = value.partition(" ")
        value = f"{verb} {_path(path, renamed)}"
    elif behaviour.aspect is Aspect.ARGUMENTS:
        value = " ".join(_path(word, renamed) if word.startswith("/") else word for word in value.split(" "))
    changed = Behaviour(behaviour.aspect, program, value)
    if changed != behaviour:
        yield changed
        if program != behaviour.program and value != behaviour.value:
            yield msgspec.structs.replace(behaviour, program=program)


def _program(program: str, renamed: Mapping[str, str]) -> str:
    """A program's new name; of 'INTERPRETER SCRIPT' both."""
    return " ".join(renamed.get(part, part) if part.startswith("/") else part for part in program.split(" "))


def _path(path: str, renamed: Mapping[str, str]) -> str:
    """A path's new place: its own, or that of the nearest folder that moved. Patterns keep what stands behind the folder."""
    direct = renamed.get(path)
    if direct is not None:
        return generalise(direct)
    at = len(path)
    while (at := path.rfind("/", 0, at)) > 0:
        after = renamed.get(path[:at])
        if after is not None:
            return generalise(after) + path[at:]
    return path
