"""How narrowly a workload could be run, from its baseline, with the replay of its past as proof. Changes nothing."""

from __future__ import annotations

import enum

import msgspec

from periderm.app.application import Application, require
from periderm.app.baseline_of import baseline_of
from periderm.engines.baseline.hardening import harden as derive
from periderm.engines.baseline.hardening_replay import KINDS, Replay
from periderm.formats.hardening import apparmor, command, kubernetes, seccomp
from periderm.formats.hardening.named import slug
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.event_query import EventQuery
from periderm.model.hardening import Hardening, Measure, Note, Proof
from periderm.model.principal import Permission, Principal
from periderm.model.system_calls import NAMES
from periderm.model.text import Text
from periderm.ports.history import History

MOST_ROWS = 20_000_000
_NAMES = frozenset(NAMES.values())
_IN_SESSIONS = Text(
    "Made first in an interactive session, and perhaps by the workload too, so they stay allowed: {calls}.",
    "首次由交互式会话调用，工作负载也可能使用，因此仍然允许：{calls}。",
)
_LEAST_SECONDS = 600  # less than this was watched: it would be narrowed to its start


class Form(enum.StrEnum):
    """In whose words it is written."""

    SECCOMP = "seccomp"
    APPARMOR = "apparmor"
    KUBERNETES = "kubernetes"
    PODMAN = "podman"
    DOCKER = "docker"


class Hardened(msgspec.Struct, frozen=True, kw_only=True):
    """What it needs, and what of its past that would have refused (None where no history is kept)."""

    hardening: Hardening
    proof: Proof | None = None

    @property
    def early(self) -> bool:
        """Whether it was watched for less than ten minutes."""
        return self.hardening.observed < _LEAST_SECONDS


class Document(msgspec.Struct, frozen=True):
    """A file to be written: its usual name and its content."""

    name: str
    content: bytes


def harden(
    app: Application, who: Principal, name: str, history: History | None, since: int, *, most: int = MOST_ROWS
) -> Hardened:
    """Derives the hardening of a workload and replays its past since a time (Unix nanoseconds) under it, at
    most `most` rows of it. Raises NotFoundError."""
    require(who, Permission.READ)
    known = baseline_of(app, name)
    hardening = derive(known.baseline, known.inventory, known.containers)
    if history is None:
        return Hardened(hardening=hardening)
    subjects = tuple(container.id for container in known.containers)
    return _with_sessions(hardening, prove(hardening, history, subjects, since, app.clock.now(), most=most))


def _with_sessions(hardening: Hardening, proof: Proof) -> Hardened:
    """The kernel tells a container's system call once, whoever made it first: one that a session made first may be the
    workload's too, and stays allowed."""
    calls = {r.what for r in proof.refused if r.session and r.measure is Measure.SYSTEM_CALLS and r.what in _NAMES}
    if hardening.system_calls is None or not calls:
        return Hardened(hardening=hardening, proof=proof)
    kept = tuple(r for r in proof.refused if r.measure is not Measure.SYSTEM_CALLS or r.what not in calls)
    note = Note(Measure.SYSTEM_CALLS, _IN_SESSIONS.fill(calls=", ".join(sorted(calls))))
    wider = msgspec.structs.replace(
        hardening,
        system_calls=tuple(sorted({*hardening.system_calls, *calls})),
        notes=(*hardening.notes, note),
    )
    return Hardened(hardening=wider, proof=msgspec.structs.replace(proof, refused=kept))


def prove(
    hardening: Hardening, history: History, subjects: tuple[str, ...], since: int, until: int, *, most: int = MOST_ROWS
) -> Proof:
    """The replay alone; `subjects` are asset ids of the workload's containers."""
    replay = Replay(hardening, seccomp.allowed(hardening), subjects)
    rows, whole = 0, True
    if subjects:
        for batch in history.batches(EventQuery(since=since, until=until, kinds=KINDS, subjects=subjects)):
            replay.feed(batch)
            rows += len(batch)
            if rows >= most:
                whole = False
                break
    return replay.proof(since, until, whole=whole)


def calls_with_start(hardening: Hardening) -> int:
    """How many system calls a profile of it lets pass, those of a container's start among them."""
    return len(seccomp.allowed(hardening))


def documents(hardened: Hardened, form: Form) -> tuple[Document, ...]:
    """What is to be written for one form; the file named first is what was asked for, the others belong to it. Raises
    NotFoundError if what it would be made of was not watched."""
    hardening = hardened.hardening
    profile = f"{slug(hardening.name)}-seccomp.json"
    with_calls = hardening.system_calls is not None
    beside = (Document(profile, seccomp.write(hardening)),) if with_calls else ()
    match form:
        case Form.SECCOMP:
            if not with_calls:
                raise NotFoundError(
                    f"No system calls of {hardening.name!r} were watched.",
                    "Let the agent record system calls (PERIDERM_SYSTEM_CALLS=on) while the workload does all that it does.",
                )
            return beside
        case Form.APPARMOR:
            if not hardening.programs:
                raise UsageError(f"No program of {hardening.name!r} is known.", "Let it run for a while first.")
            return (Document(apparmor.profile_name(hardening), apparmor.write(hardening)),)
        case Form.KUBERNETES:
            content = kubernetes.write(hardening, seccomp=with_calls)
            return (Document(f"{slug(hardening.name)}-security.yaml", content), *beside)
        case Form.PODMAN | Form.DOCKER:
            content = command.write(hardening, form.value, profile if with_calls else "")
            return (Document(f"{slug(hardening.name)}-run.sh", content), *beside)
