"""A server and machines elsewhere, over real TLS: outage, restart, clocks that are off, rotation, revocation; all that was
acknowledged is there once, and nothing of others."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from periderm.adapters import uplink_http
from periderm.adapters.bus_local.bus import LocalBus
from periderm.app.application import Application
from periderm.app.fleet import authority_of, revoke_node
from periderm.flow.digest import Digest
from periderm.flow.outbox import Outbox
from periderm.model.alert import Alert
from periderm.model.envelope import Envelope, Heartbeat
from periderm.model.errors import ConnectError, DeniedError
from periderm.model.gap import GapKind
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query, every
from periderm.model.text import Text
from periderm.ports.bus import Bus
from tests.cli.processes import eventually
from tests.fleets import HOUR, Machine, MovedClock, application, close, door
from tests.ports.plugs import alert


@pytest.fixture
def clock() -> MovedClock:
    """The server's."""
    return MovedClock()


@pytest.fixture
def app(tmp_path: Path, clock: MovedClock) -> Iterator[Application]:
    """The server's application."""
    made = application(tmp_path / "server", clock)
    yield made
    close(made)


class Sender:
    """What an agent does with its records: a spool of its own, and the way to the server."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.bus = LocalBus(str(machine.folder / "spool"))
        self.outbox = Outbox(self.bus, machine.uplink, "agent:same-name-everywhere")

    def tell(self, first: int, last: int) -> None:
        """So many alerts of the machine itself, each in a message of its own, and that it is alive."""
        for number in range(first, last):
            self.outbox.put([self.alert(number)])
        node = self.machine.node.id
        beat = Heartbeat(role="agent", node_id=node, pid=1, time=self.machine.clock.now(), version="0.1.0")
        self.outbox.put([self.machine.node, beat])

    def alert(self, number: int) -> Alert:
        """The one of this number."""
        node = self.machine.node
        return alert(number, id=f"alt-{node.name}-{number}", node_id=node.id, asset_id=node.id, container_id="", workload_id="")

    def send(self) -> None:
        """All that waits. Raises ConnectError, DeniedError."""
        while self.outbox.send_some():
            pass

    def close(self) -> None:
        """Its spool."""
        self.bus.close()


def digest(app: Application) -> None:
    """The server takes in what has come."""
    assert app.bus is not None
    worker = Digest(app.bus, app.store, app.clock)
    while worker.step():
        pass
    worker.tick()


def test_after_an_outage_everything_is_there_once(app: Application, tmp_path: Path) -> None:
    """Two machines whose spools have the same name go on while the server is away, also over a restart of their own; a server
    that took a batch and died before it said so is sent it again."""
    with door(app) as (url, tls):
        machines = [Machine(tmp_path, name, url) for name in ("a", "b")]
        for machine in machines:
            machine.join(app)
        senders = [Sender(machine) for machine in machines]
        for sender in senders:
            sender.tell(0, 20)
            sender.send()
        port = int(url.rsplit(":", 1)[1])
    assert tls.context is not None
    for sender in senders:
        sender.tell(20, 40)
        with pytest.raises(ConnectError):
            sender.send()
        sender.close()
    again = [Sender(sender.machine) for sender in senders]
    digest(app)
    with door(app, port):
        for sender in again:
            sender.tell(40, 60)
            taken = sender.machine.uplink.send

            def deaf(envelopes: Sequence[Envelope], send: object = taken) -> None:
                taken_by_the_server = send
                assert callable(taken_by_the_server)
                taken_by_the_server(envelopes)
                raise ConnectError("the answer was lost")

            sender.machine.uplink.send = deaf  # type: ignore[method-assign]  # the server dies before its answer
            with pytest.raises(ConnectError):
                sender.send()
            sender.machine.uplink.send = taken  # type: ignore[method-assign]
            sender.send()
            assert sender.outbox.pending() == 0
            sender.machine.uplink.close()
    digest(app)
    digest(app)
    for sender in again:
        page = app.store.alerts(Query(node_id=sender.machine.node.id, limit=1000))
        assert {found.id for found in page.items} == {sender.alert(n).id for n in range(60)}
        assert page.total == 60
        sender.close()
    assert app.store.gaps(Query(kind=GapKind.NOT_ITS_OWN.value)).total == 0


def test_many_machines_at_once(app: Application, tmp_path: Path) -> None:
    """Each by its own thread and connection; all of all are there, each told as its own."""
    with door(app) as (url, _):
        senders = []
        for number in range(6):
            machine = Machine(tmp_path, f"m{number}", url)
            machine.join(app)
            senders.append(Sender(machine))
        problems: list[Exception] = []

        def work(sender: Sender) -> None:
            try:
                for part in range(5):
                    sender.tell(part * 10, part * 10 + 10)
                    sender.send()
                sender.machine.uplink.close()
            except (ConnectError, DeniedError) as error:
                problems.append(error)

        threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(180)
        assert problems == []
    digest(app)
    for sender in senders:
        assert app.store.alerts(Query(node_id=sender.machine.node.id)).total == 50
        sender.close()


@pytest.mark.parametrize("off", [-HOUR, HOUR])
def test_a_machine_whose_clock_is_off_is_neither_dead_nor_alive_for_ever(
    app: Application, tmp_path: Path, clock: MovedClock, off: int
) -> None:
    """It counts as alive while it speaks and as silent when it is; that its clock is off is told, until it is right again."""
    with door(app) as (url, _):
        machine = Machine(tmp_path, "a", url, MovedClock(off))
        machine.join(app)
        sender = Sender(machine)
        sender.tell(0, 1)
        sender.send()
        digest(app)
        node = machine.node.id
        assert app.store.gaps(Query(asset_id=node, kind=GapKind.SENSOR_DOWN.value)).total == 0
        (gap,) = app.store.gaps(Query(asset_id=node, kind=GapKind.CLOCK_OFF.value)).items
        assert ("ahead of" if off > 0 else "behind") in gap.message.en
        for each in (clock, machine.clock):
            each.sleep(120)
        digest(app)
        assert app.store.gaps(Query(asset_id=node, kind=GapKind.SENSOR_DOWN.value)).total == 1
        machine.clock.moved = clock.moved
        sender.tell(1, 2)
        sender.send()
        digest(app)
        assert app.store.gaps(Query(asset_id=node, kind=GapKind.CLOCK_OFF.value)).total == 0
        sender.close()


def test_certificates_and_authority_change_without_a_gap(app: Application, tmp_path: Path, clock: MovedClock) -> None:
    """While a machine sends on one thread, its certificate is renewed on another, again and again, and the server's authority
    is replaced: not one request is refused."""
    with door(app) as (url, tls):
        machine = Machine(tmp_path, "a", url)
        machine.join(app)
        sender = Sender(machine)
        stop = threading.Event()
        problems: list[Exception] = []
        sent: list[int] = []

        def work() -> None:
            try:
                while not stop.is_set():
                    sender.tell(len(sent), len(sent) + 1)
                    sender.send()
                    sent.append(1)
                machine.uplink.close()
            except (ConnectError, DeniedError) as error:
                problems.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        for turn in range(4):
            for each in (clock, machine.clock):
                each.sleep(12.5 * 3600)
            machine.membership.renew()
            assert list(machine.uplink.policies()) == []
            # Half a day does not pass in the middle of a request.
            enough = len(sent) + 2
            eventually(lambda until=enough: len(sent) >= until or problems)  # type: ignore[misc]  # bound at once
            if turn == 1:
                old = authority_of(app).known()[0].fingerprint
                authority_of(app).roll(clock.now())
                tls.refresh()
        authority_of(app).retire(old)
        tls.refresh()
        assert list(machine.uplink.policies()) == []
        stop.set()
        thread.join(180)
        assert problems == []
        assert len(app.store.certificates(machine.node.id)) >= 4
        sender.close()


def test_a_revoked_machine_keeps_what_it_has_to_say(app: Application, tmp_path: Path) -> None:
    """It is refused from its next request on, on its open connection; when it has joined again, it sends what waited."""
    with door(app) as (url, _):
        machine = Machine(tmp_path, "a", url)
        machine.join(app)
        sender = Sender(machine)
        sender.tell(0, 5)
        sender.send()
        revoke_node(app, LOCAL_ADMIN, "a")
        sender.tell(5, 10)
        with pytest.raises(DeniedError, match="was revoked"):
            sender.send()
        assert sender.outbox.pending() > 0
        machine.join(app, again=True)
        sender.send()
        digest(app)
        assert app.store.alerts(Query(node_id=machine.node.id)).total == 10
        sender.close()


def test_a_stolen_identity_changes_nothing_of_others(app: Application, tmp_path: Path) -> None:
    """It tells alerts and the end of life of another machine, under that machine's sender and with a huge sequence: refused,
    told as a gap, and the other's own messages still arrive."""
    with door(app) as (url, _):
        victim, thief = (Machine(tmp_path, name, url) for name in ("victim", "thief"))
        for machine in (victim, thief):
            machine.join(app)
        own, foreign = Sender(victim), Sender(thief)
        own.tell(0, 3)
        own.send()
        digest(app)
        forged = (own.alert(1), own.alert(99), Heartbeat(role="agent", node_id=victim.node.id, pid=1, time=1, version="x"))
        huge = Envelope(sender="agent:same-name-everywhere", sequence=2**40, records=forged, node_id=victim.node.id)
        prefixed = Envelope(sender=f"{victim.node.id}/agent:same-name-everywhere", sequence=2**40, records=forged)
        thief.uplink.send([huge, prefixed])
        digest(app)
        own.tell(3, 6)
        own.send()
        digest(app)
        assert app.store.alerts(Query(node_id=victim.node.id)).total == 6
        (gap,) = app.store.gaps(Query(kind=GapKind.NOT_ITS_OWN.value)).items
        assert gap.asset_id == thief.node.id
        assert "4 alert" in gap.message.en
        own.close()
        foreign.close()


class SlowBus:
    """It keeps what it is given, and then takes its time to say so."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.fast = threading.Event()

    def publish(self, topic: str, messages: Sequence[bytes]) -> int:
        """Durable long before it returns."""
        last = self._bus.publish(topic, messages)
        self.fast.wait(180)
        return last


def test_a_server_that_is_slow_is_sent_the_same_again_and_has_it_once(
    app: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine does not wait for ever, keeps what it has, and sends it again."""
    assert app.bus is not None
    slow = SlowBus(app.bus)
    with door(msgspec.structs.replace(app, bus=slow)) as (url, _):
        machine = Machine(tmp_path, "a", url)
        machine.join(app)
        sender = Sender(machine)
        sender.tell(0, 10)
        assert list(machine.uplink.policies()) == []
        monkeypatch.setattr(uplink_http, "TIMEOUT_SECONDS", 0.5)
        machine.uplink.close()
        with pytest.raises(ConnectError):
            sender.send()
        assert sender.outbox.pending() > 0
        monkeypatch.undo()
        slow.fast.set()
        sender.send()
        assert sender.outbox.pending() == 0
    digest(app)
    assert app.store.alerts(Query(node_id=machine.node.id)).total == 10
    sender.close()


# What an agent does with what it has to say, in a process that can be killed: each number that is durable is printed.
TELLER = """
import os, sys, threading, msgspec
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.membership_local.membership import LocalMembership
from periderm.adapters.state_files import WordFile
from periderm.adapters.uplink_http import HttpUplink
from periderm.flow.blind_spots import BlindSpots
from periderm.flow.outbox import Outbox
from periderm.model.alert import Alert
from periderm.model.envelope import Heartbeat
from periderm.model.event import SensorCounters
from periderm.model.settings import Settings
from periderm.wiring.processes import node_bus

folder, identity, url, first, last, ballast, end = sys.argv[1:]
clock = SystemClock()
template = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Alert)
bus = node_bus(Settings(state=folder, cache=folder, spool_mib=1), folder)
way = LocalMembership(identity, url, clock.now, "0.1.0")
shedding = WordFile(os.path.join(folder, "given-up"))
uplink = HttpUplink(url, "", way=way)
outbox = Outbox(bus, uplink, "agent:told", keep=10, memory=WordFile(os.path.join(folder, "life")), shedding=shedding)
for number in range(int(first), int(last)):
    kept = outbox.put([msgspec.structs.replace(template, id=f"alt-{number}")])
    print(number if kept else "refused", flush=True)
if end == "stay":
    threading.Event().wait()
if ballast:
    os.unlink(ballast)
outbox.put([Heartbeat(role="agent", node_id=template.node_id, pid=os.getpid(), time=clock.now(), version="0.1.0")])
BlindSpots(template.node_id, os.getpid(), outbox, clock, counters=SensorCounters).step()
if end == "send":
    while outbox.send_some():
        pass
uplink.close()
bus.close()
print("done", flush=True)
"""


class Teller:
    """A machine's processes, one after the other, with one spool; `inside` is how they are begun."""

    def __init__(self, machine: Machine, spool: Path, url: str, inside: Sequence[str] = ()) -> None:
        self.machine = machine
        self.spool = spool
        self.url = url
        self.inside = inside
        node = machine.node.id
        words = Text("x" * 2000, "x")
        made = alert(0, node_id=node, asset_id=node, container_id="", workload_id="", title=words)
        self.template = msgspec.msgpack.encode(made)

    def tell(self, first: int, last: int, *, ballast: str = "", end: str = "stop", kill_after: int = 0) -> list[str]:
        """What it said until it ended, or was killed after so many lines."""
        identity = str(self.machine.folder / "identity.pem")
        argv = [*self.inside, sys.executable, "-c", TELLER, str(self.spool), identity, self.url, str(first), str(last)]
        with subprocess.Popen([*argv, ballast, end], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(self.template)
            process.stdin.close()
            said = []
            for line in process.stdout:
                said.append(line.decode().strip())
                if len(said) == kill_after:
                    process.kill()
        assert process.returncode == (-signal.SIGKILL if kill_after else 0)
        return said


def told_and_missing(app: Application, machine: Machine, durable: set[str]) -> tuple[int, set[str]]:
    """(how many the machine says that it gave up, which the server does not have of those that were durable)."""
    digest(app)
    node = machine.node.id
    found = [a.id for a in every(app.store.alerts, Query(node_id=node, limit=1000), 100_000)]
    assert len(found) == len(set(found))
    gaps = app.store.gaps(Query(asset_id=node, limit=1000)).items
    return sum(gap.count for gap in gaps if gap.detail in ("spool-lost", "dropped")), durable - set(found)


def test_an_agent_that_is_killed_with_a_full_spool_says_what_it_gave_up(app: Application, tmp_path: Path) -> None:
    """Killed twice in the middle of writing; what it had on disk and did not give up arrives once, and what it gave up before
    it could say so is told by the next process."""
    with door(app) as (url, _):
        machine = Machine(tmp_path, "a", url)
        machine.join(app)
        teller = Teller(machine, tmp_path / "a" / "spool", url)
        said = teller.tell(0, 2000, kill_after=600)
        said += teller.tell(2000, 4000, kill_after=600)
        said += teller.tell(4000, 4010, end="send")
        assert "refused" not in said
        durable = {f"alt-{number}" for number in said if number != "done"}
        told, missing = told_and_missing(app, machine, durable)
        assert missing
        # What was durable and not printed when it was killed is given up too.
        assert len(missing) <= told <= 4010 - len(durable - missing)
        newest = sorted(int(name[4:]) for name in durable)[-100:]
        assert not missing & {f"alt-{number}" for number in newest}


@pytest.mark.root
def test_a_disk_that_is_full_loses_nothing_that_was_durable(app: Application, tmp_path: Path) -> None:
    """In a file system of two MiB that something else has filled: what was said to be durable is there after the process was
    killed, what was refused is held in memory, and goes out when there is room again."""
    if shutil.which("unshare") is None or shutil.which("nsenter") is None:
        pytest.skip("util-linux is not installed")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = (
        f"mount -t tmpfs -o size=2m tmpfs {disk} && head -c 1500000 /dev/zero > {disk}/ballast && echo ready && exec sleep 9999"
    )
    with subprocess.Popen(["unshare", "--mount", "sh", "-c", mount], stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            if holder.stdout.readline() != b"ready\n":
                pytest.skip("no file system can be mounted here")
            with door(app) as (url, _):
                machine = Machine(tmp_path, "a", url)
                machine.join(app)
                teller = Teller(machine, disk / "spool", url, ("nsenter", "-t", str(holder.pid), "--mount"))
                said = teller.tell(0, 400, end="stay", kill_after=400)
                durable = {f"alt-{number}" for number in said if number != "refused"}
                assert "refused" in said
                assert durable
                more = teller.tell(400, 420, ballast=str(disk / "ballast"), end="send")
                assert "refused" in more
                # The second process had them in memory, and then room for them.
                durable |= {f"alt-{number}" for number in range(400, 420)}
                told, missing = told_and_missing(app, machine, durable)
                assert (told, missing) == (0, set())
        finally:
            holder.kill()
