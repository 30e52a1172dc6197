"""What carries out responses: in the agent, in the privileged process beside it, and after both (`doctor --clean`).

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from periderm.model.settings import Settings
from periderm.wiring.machine import pins, runtimes, this_node
from periderm.wiring.told import own_variables

if TYPE_CHECKING:
    from periderm.adapters.gate_fanotify.gate import FanotifyGate
    from periderm.adapters.responder_linux.hand import HandedResponder
    from periderm.adapters.responder_linux.responder import LinuxResponder
    from periderm.adapters.standing_files import StandingFile, StandingLeftovers
    from periderm.flow.guarding import Guarding
    from periderm.flow.interpret import Interpreter
    from periderm.flow.standing import Standing, StandingEffects
    from periderm.model.asset import Container, Node
    from periderm.model.effect import CaptureForensics, EffectRecord, Target
    from periderm.ports.clock import Clock
    from periderm.ports.history import History

MOST_EVENT_BYTES = 16 << 20
END_SECONDS = 5.0


def exempt_names(settings: Settings) -> tuple[str, ...]:
    """Globs of names that nothing is ever done to (in the settings separated by commas)."""
    return tuple(word.strip() for word in settings.exempt.split(",") if word.strip())


def finder(node_id: str) -> Callable[[str], Container | None]:
    """Finds a running container by its runtime's id."""
    known = runtimes(node_id)

    def find(container_id: str) -> Container | None:
        return next((c for r in known for c in r.containers() if c.container_id == container_id), None)

    return find


def local_responder(settings: Settings, node_id: str, protected: frozenset[int] = frozenset()) -> LinuxResponder:
    """Acts with the privileges of this process."""
    from periderm.adapters.proc_linux import LinuxProc
    from periderm.adapters.responder_linux.responder import LinuxResponder
    from periderm.engines.runtime.guards import guarded

    never = protected | {1, os.getpid(), os.getppid()}

    def spare(target: Target) -> bool:
        return guarded(target, never) is not None

    return LinuxResponder(
        LinuxProc(),
        finder(node_id),
        spare=spare,
        vault=Path(settings.state) / "vault",
        captures=Path(settings.state) / "captures",
        pins=Path(f"{pins()}-responses"),
    )


def responder(settings: Settings, node_id: str) -> HandedResponder:
    """The agent's responder, with the process that it hands work to. Call it before privileges are given up."""
    from periderm.adapters.responder_linux.hand import HandedResponder

    pairs = socket.socketpair(), socket.socketpair()
    theirs = [pair[1].fileno() for pair in pairs]
    command = [sys.executable, "-m", "periderm", "guard", "responses", *map(str, theirs), "--state", settings.state]
    environment = {**os.environ, **own_variables(), "PERIDERM_CACHE": settings.cache, "PERIDERM_PROTECTED": str(os.getpid())}
    process = subprocess.Popen(command, pass_fds=theirs, stdin=subprocess.DEVNULL, start_new_session=True, env=environment)
    for _, other in pairs:
        other.close()
    own = local_responder(settings, node_id, frozenset({process.pid}))
    return HandedResponder(own, pairs[0][0], pairs[1][0], frozenset({process.pid}), lambda: _end(process))


def _end(process: subprocess.Popen[bytes]) -> None:
    """It ends with its sockets; one that does not is killed."""
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def response_parts(settings: Settings, node: Node, clock: Clock) -> tuple[HandedResponder, Guarding, Callable[[], None]]:
    """The responder, the guards, and what ends them. Call it before privileges are given up and threads are started."""
    from periderm.adapters.container_files import inodes_of
    from periderm.adapters.sensor_ebpf.guard import LsmGuard
    from periderm.flow.guarding import Guarding

    acting = responder(settings, node.id)
    guarding = Guarding(node, [exec_gate(acting.helpers), LsmGuard()], inodes_of, clock)

    def end() -> None:
        guarding.close()
        acting.close()

    return acting, guarding, end


def carrying_out(
    settings: Settings,
    acting: HandedResponder,
    clock: Clock,
    history: History,
    publish: Callable[[Sequence[EffectRecord]], object],
) -> tuple[Interpreter, StandingEffects]:
    """The interpreter, and what holds: kept in a file, undone when it is over."""
    from periderm.flow.interpret import Interpreter
    from periderm.flow.standing import StandingEffects

    kept = standing_file(settings)
    interpreter = Interpreter(acting, clock, acting.helpers, events=capture_events(history, clock))
    return interpreter, StandingEffects(interpreter, clock, publish, kept.load, kept.save)


def exec_gate(own: frozenset[int]) -> FanotifyGate:
    """The fanotify gate, with its watchdog in a process of its own."""
    from periderm.adapters.gate_fanotify.gate import FanotifyGate

    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-m", "periderm", "guard", "exec", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    theirs.close()
    return FanotifyGate(ours, (process.pid, *own), end=lambda: _end(process))


def serve_gate(descriptor: int) -> None:
    """The watchdog's process."""
    from periderm.adapters.gate_fanotify.watchdog import serve

    serve(descriptor)


def capture_events(history: History, clock: Clock) -> Callable[[CaptureForensics], bytes]:
    """The last minutes of events around an effect's subject, as JSON lines, newest kept where they are too many."""
    import msgspec

    from periderm.model.errors import HistoryError
    from periderm.model.event_query import EventQuery

    def events(effect: CaptureForensics) -> bytes:
        since = clock.now() - min(max(effect.minutes, 0), 24 * 60) * 60 * 10**9
        lines: list[bytes] = []
        left = MOST_EVENT_BYTES
        try:
            for event in history.query(EventQuery(since=since, subjects=(effect.asset_id,))):
                found = msgspec.to_builtins(event) | {"subject": event.subject.id, "kind": event.kind.name.lower()}
                line = msgspec.json.encode(_encodable(found)) + b"\n"
                left -= len(line)
                if left < 0:
                    break
                lines.append(line)
        except HistoryError as error:
            lines.append(msgspec.json.encode({"problem": str(error)}) + b"\n")
        return b"".join(reversed(lines))

    return events


def _encodable(found: dict[str, object]) -> dict[str, object]:
    """Names that are not UTF-8 hold surrogates, which JSON cannot."""
    plain = {k: v.encode("utf-8", "backslashreplace").decode() if isinstance(v, str) else v for k, v in found.items()}
    argv = plain.get("argv")
    if isinstance(argv, list | tuple):
        plain["argv"] = [str(word).encode("utf-8", "backslashreplace").decode() for word in argv]
    return plain


def serve_responses(settings: Settings, descriptors: Sequence[int]) -> None:
    """The privileged process: carries out what comes over the sockets until the agent closes them."""
    from periderm.adapters.responder_linux.hand import serve

    agent = os.environ.get("PERIDERM_PROTECTED", "")
    protected = frozenset({int(agent)} if agent.isascii() and agent.isdecimal() else ())
    streams = [socket.socket(fileno=number) for number in descriptors]
    serve(streams, local_responder(settings, this_node(settings).id, protected))


def standing_file(settings: Settings) -> StandingFile[Standing]:
    """What was done and holds."""
    from periderm.adapters.standing_files import StandingFile
    from periderm.flow.standing import Standing

    return StandingFile(os.path.join(settings.state, "standing.json"), Standing)


def response_leftovers(settings: Settings) -> StandingLeftovers:
    """What a stopped agent left paused or cut off; files stay in the vault until somebody restores them."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.standing_files import StandingLeftovers
    from periderm.flow.interpret import Interpreter
    from periderm.flow.standing import release_all
    from periderm.model.effect import QuarantineFile

    kept = standing_file(settings)

    def holds() -> tuple[str, ...]:
        return tuple(each.effect.id for each in kept.load() if not isinstance(each.effect, QuarantineFile))

    def undo() -> tuple[str, ...]:
        if not holds():
            return ()
        clock = SystemClock()
        acting = Interpreter(local_responder(settings, this_node(settings).id), clock)
        return release_all(acting, clock, kept.load(), kept.save)

    return StandingLeftovers(holds, undo)


def started(pid: int) -> int:
    """When a process of this machine started, in Unix nanoseconds; 0 if none runs."""
    from periderm.adapters.proc_linux import LinuxProc

    facts = LinuxProc().facts(pid)
    return facts.started if facts is not None else 0
