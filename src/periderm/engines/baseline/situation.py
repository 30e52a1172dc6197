"""One behaviour that no entry explains, with all that may be asked to say how surprising it is. Values only; it scores nothing.

`surprise.py` is given a Situation; `normal` answers what is normal for this workload.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping

from periderm.engines.baseline.actor import Actor
from periderm.model.asset import Container
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.event import EventFlag, EventKind, Subject


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """What is normal for one workload, as far as a judgement asks.

    `programs`: the programs that are normal. `values`: (aspect, program) -> its normal values (patterns among them).
    `users`: effective users of all. `package(path)`: the owning package of a file of the image; '' if the image has the file
    and no package owns it (or it is not an executable); None if the image has no such file; `inventory` is false where no
    complete inventory is known, and then `package` proves nothing. `rejected`: a person said that this is never normal.
    """

    phase: Phase
    programs: Collection[str]
    values: Mapping[tuple[Aspect, str], Collection[str]]
    users: Collection[int]
    inventory: bool
    package: Callable[[str], str | None]
    entries: int = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """`behaviour` is what was done, generalised; `object` as the kernel told it. `kind` and `flags` are the row's, `time` Unix
    nanoseconds. `starting`: the container runs for less than a minute. `led`: the command line that
    started it is as new here as it is."""

    behaviour: Behaviour
    actor: Actor
    subject: Subject
    kind: EventKind
    normal: Normal
    object: str = ""
    flags: int = 0
    port: int = 0
    family: int = 0
    arg0: int = 0
    ret: int = 0
    time: int = 0
    rejected: bool = False
    starting: bool = False
    led: bool = False

    @property
    def contained(self) -> bool:
        """Whether it happened in a container."""
        return isinstance(self.subject, Container)

    @property
    def drifted(self) -> bool:
        """The acting program's file came after the image. What a row that starts nothing says is about the file acted on."""
        return bool((self.flags * (self.kind is EventKind.EXEC) | self.actor.flags) & EventFlag.UPPER)

    @property
    def in_memory(self) -> bool:
        """The acting program has no file."""
        return bool((self.flags * (self.kind is EventKind.EXEC) | self.actor.flags) & EventFlag.MEMORY_BACKED)

    def has(self, aspect: Aspect, program: str | None = None) -> Collection[str]:
        """The normal values of the acting (or the named) program."""
        return self.normal.values.get((aspect, self.behaviour.program if program is None else program), ())
