"""Prints what a hundred machines that wait for orders cost a server, how fast an order reaches its machine, and how they come
back after the server was away. Real TLS with a certificate each; the machines' own CPU is another process's and not counted."""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import resource
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec

from periderm.app.application import Application
from periderm.app.fleet import make_join_token
from periderm.flow.following import Following
from periderm.flow.news import News, Order
from periderm.model.principal import LOCAL_ADMIN
from tests.fleets import Machine, MovedClock, application, close, door
from tests.ports.plugs import effect

MACHINES, SECONDS, ORDERS = 100, 30, 50


def machines(pipe: Connection, folder: Path, url: str) -> None:
    """All of them, a thread and a connection each; orders that come are told with the time."""
    clock, stop = MovedClock(), threading.Event()
    lock, threads, followers = threading.Lock(), [], []

    def told(news: News) -> None:
        if isinstance(news, Order):
            with lock:
                pipe.send((news.effect.id, time.time_ns()))

    made = []
    for number in range(MACHINES):
        machine = Machine(folder, f"m{number}", url)
        machine.membership.join(pipe.recv(), machine.node.id, machine.node.name)
        pipe.send(machine.node.id)
        made.append(machine)
    for machine in made:
        following = Following(machine.uplink, machine.node.id, clock, told)
        followers.append(following)
        threads.append(threading.Thread(target=following.run, args=(stop,), daemon=True))
        threads[-1].start()
    pipe.recv()
    stop.set()
    for following in followers:
        following.end()
    for thread in threads:
        thread.join(10)


def cpu() -> float:
    """Seconds of this process, the server's."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Prints."""
    here, there = mp.Pipe()
    with contextlib.ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="bench-fleet-")))
        app = application(folder / "server", MovedClock())
        ends.callback(close, app)
        with door(app) as (url, _):
            port = int(url.rsplit(":", 1)[1])
            away = mp.get_context("spawn").Process(target=machines, args=(there, folder, url), daemon=True)
            away.start()
            nodes = []
            for number in range(MACHINES):
                here.send(make_join_token(app, LOCAL_ADMIN, name=f"m{number}")[0])
                nodes.append(here.recv())
            time.sleep(5)
            before, began = cpu(), time.monotonic()
            time.sleep(SECONDS)
            share = (cpu() - before) / (time.monotonic() - began)
            print(f"fleet: {MACHINES} machines that wait cost the server {share:.1%} of one CPU")
            print(f"fleet: latency of an order: {ordered(app, here, nodes)}")
        time.sleep(15)
        with door(app, port):
            began = time.monotonic()
            print(f"fleet: after 15 s without a server, latency of an order: {ordered(app, here, nodes, 'again-')}")
            print(f"fleet: all asked were back within {time.monotonic() - began:.1f} s; CPU of the server so far {cpu():.1f} s")
            here.send("end")
            away.join(30)


def ordered(app: Application, pipe: Connection, nodes: list[str], prefix: str = "") -> str:
    """Orders for as many machines, a tenth of a second apart; p50 and maximum."""
    sent: dict[str, int] = {}
    for number, node in enumerate(nodes[:ORDERS]):
        record = effect()
        order = msgspec.structs.replace(record.effect, id=f"eff-{prefix}{number}", node_id=node)
        sent[order.id] = time.time_ns()
        app.store.put_effect(msgspec.structs.replace(record, effect=order))
        time.sleep(0.1)
    waits: list[float] = []
    while len(waits) < len(sent) and pipe.poll(60):
        identity, at = pipe.recv()
        waits.append((at - sent[identity]) / 1e6)
    waits.sort()
    return f"{len(waits)} of {len(sent)}, median {waits[len(waits) // 2]:.0f} ms, worst {waits[-1]:.0f} ms"


if __name__ == "__main__":
    main()
