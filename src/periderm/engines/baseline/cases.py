"""Small cases that event types show as their examples: what is normal, and what was done. Only values and how to judge one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from periderm.engines.baseline.accepted import stands_for
from periderm.engines.baseline.actor import Actor
from periderm.engines.baseline.resources import Resources
from periderm.engines.baseline.situation import Normal, Situation
from periderm.engines.baseline.surprise import severity, surprise
from periderm.engines.baseline.telling import alert_of
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.detector import DetectorSpec, Example
from periderm.model.deviation import PREFIX, Deviation
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.resource_sample import ResourceSample
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
HOST = Node(id="nod-case", name="host", hostname="host", machine_id="m", kernel="6", os_name="linux", architecture="x86_64")
SHOP = Container(
    id="ast-case-shop",
    name="shop",
    container_id="ba5e" * 16,
    runtime="podman",
    node_id=HOST.id,
    image_name="localhost/shop:1",
    workload_id="wkl-case-shop",
    pid=1001,
    started=START - 3600 * SECOND,
    running=True,
)
NGINX, PHP, SH, BASH, CURL, REDIS = (
    "/usr/sbin/nginx", "/usr/sbin/php-fpm8.2", "/usr/bin/sh", "/usr/bin/bash", "/usr/bin/curl", "/usr/bin/redis-server",
)  # fmt: skip
FILES = {
    NGINX: "nginx",
    PHP: "php8.2-fpm",
    SH: "dash",
    BASH: "bash",
    CURL: "curl",
    REDIS: "redis-server",
    "/usr/bin/convert": "imagemagick",
    "/usr/bin/id": "coreutils",
    "/usr/bin/cat": "coreutils",
    "/usr/lib/x86_64-linux-gnu/libssl.so.3": "libssl3",
    "/app/run": "",
}


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is normal (`known`, `files` with the packages that own them), and what was done by whom. `uses` are percents of
    processor time and bytes of memory, ten seconds apart, for the event types of resources."""

    known: tuple[Behaviour, ...] = ()
    does: Behaviour = Behaviour(Aspect.PROGRAM, "")
    above: str = NGINX
    user: int = 33
    flags: int = 0
    files: dict[str, str] = msgspec.field(default_factory=FILES.copy)
    inventory: bool = True
    uses: tuple[tuple[float, int], ...] = ()


_Found = tuple[str, Behaviour, int, Text]  # event type, behaviour, score, why


class EventType(NamedTuple):
    """A kind of deviation: its number for ever, and all that is said of it."""

    number: str
    spec: DetectorSpec[Case]


class Words(NamedTuple):
    """A text in both languages, as the tables of event types write it."""

    en: str
    zh: str

    @property
    def text(self) -> Text:
        """As the model has it."""
        return Text(self.en, self.zh)


def event_type(  # noqa: PLR0917 -- a row of a table, in the order of its columns
    number: str,
    title: Words,
    message: Words,
    severity: Severity,
    techniques: str,
    remedy: Words,
    fires: tuple[Example[Case], ...],
    quiet: tuple[Example[Case], ...],
    maturity: Maturity = Maturity.INCUBATING,
) -> EventType:
    """One row of the table; the reason of the moment ends every message."""
    return EventType(
        number,
        DetectorSpec(
            id=PREFIX + number,
            title=title.text,
            message=Text(message.en + ": {reason}", message.zh + "：{reason}"),
            severity=severity,
            maturity=maturity,
            remediation=remedy.text,
            fires=fires,
            quiet=quiet,
            techniques=tuple(techniques.split()),
        ),
    )


def normal(program: str, **values: str | tuple[str, ...]) -> tuple[Behaviour, ...]:
    """That a program is normal, with values of its aspects by their names ('connect')."""
    found = [Behaviour(Aspect.PROGRAM, program)]
    for name, several in values.items():
        found.extend(Behaviour(Aspect(name), program, value) for value in ((several,) if isinstance(several, str) else several))
    return tuple(found)


def did(aspect: str, program: str, value: str = "") -> Behaviour:
    """A behaviour by its aspect's name."""
    return Behaviour(Aspect(aspect), program, value)


def case(does: Behaviour, *known: tuple[Behaviour, ...], **more: object) -> Case:
    """A case in one line."""
    return msgspec.structs.replace(Case(known=tuple(b for several in known for b in several), does=does), **more)


def run(types: Sequence[EventType], given: Case) -> list[Alert]:
    """What the judgement says of a case; types other than these are left out."""
    specs = {each.number: each.spec for each in types}
    if given.uses:
        return [_alert(specs[found[0]], found, given) for found in _excesses(given) if found[0] in specs]
    if any(stands_for(entry, given.does) for entry in given.known):
        return []
    judged = surprise(situation_of(given))
    if not judged.told or judged.event_type not in specs:
        return []
    return [_alert(specs[judged.event_type], (judged.event_type, given.does, judged.score, judged.why), given)]


def _excesses(given: Case) -> list[_Found]:
    resources, found = Resources(HOST.id), dict[str, _Found]()
    for number, (cpu, memory) in enumerate(given.uses):
        sample = ResourceSample(subject=SHOP, program=NGINX, time=START + number * 10 * SECOND, cpu=cpu, memory=memory)
        for excess in resources.feed(sample):
            found[excess.event_type] = (excess.event_type, excess.behaviour, excess.score, excess.why)
    return list(found.values())


def situation_of(given: Case) -> Situation:
    """The case as a judgement is given it."""
    values: dict[tuple[Aspect, str], list[str]] = {}
    for entry in given.known:
        values.setdefault((entry.aspect, entry.program), []).append(entry.value)
    users = {int(entry.value) for entry in given.known if entry.aspect is Aspect.USER and entry.value.isdigit()}
    state = Normal(
        phase=Phase.ALERTING,
        programs={entry.program for entry in given.known if entry.aspect is Aspect.PROGRAM},
        values=values,
        users=users,
        inventory=given.inventory,
        package=given.files.get,
        entries=len(given.known),
    )
    return Situation(
        behaviour=given.does,
        actor=_actor(given),
        subject=SHOP,
        kind=EventKind.EXEC,
        normal=state,
        object=given.does.value,
        flags=given.flags,
        time=START,
    )


def _actor(given: Case) -> Actor:
    return Actor(
        key=7,
        parent=1,
        pid=1007,
        subject=SHOP.id,
        workload=SHOP.workload_id,
        program=given.does.program,
        exe=given.does.program.partition(" ")[0],
        argv=(given.does.program, given.does.value) if given.does.aspect is Aspect.ARGUMENTS else (),
        uid=given.user,
        above=given.above,
        how="entrypoint",
        flags=given.flags,
    )


def _alert(spec: DetectorSpec[Case], found: _Found, given: Case) -> Alert:
    number, behaviour, score, why = found
    event = Event(kind=EventKind.EXEC, subject=SHOP, time=START, text=behaviour.value, flags=EventFlag(given.flags))
    told = Deviation(event_type=number, workload_id=SHOP.workload_id, behaviour=behaviour, surprise=score, reason=why)
    return alert_of(spec, told, event, (_actor(given),), node=HOST, severity=severity(score), session=None)
