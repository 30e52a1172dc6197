"""A day of two machines and a server, each in a network of its own, with the product's own processes: a store of an older
version that is brought forward, join, an attack, an outage and an attack meanwhile, certificates that are renewed all the time
under two authorities, a server that is started anew and one that is put back from a backup, and a machine that is shown out."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.migrate import REVISIONS, bring_forward
from periderm.adapters.store_sql.sqlite import SqliteDialect
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.query import Query
from tests.cli.processes import eventually

pytestmark = [pytest.mark.root, pytest.mark.slow]

RUN = [sys.executable, "-m", "periderm"]
NAME = f"pdrm{os.getpid() % 10000}"
SUBNET = f"10.{80 + os.getpid() % 40}.{os.getpid() % 250}"
TOLD = {"RUN-007"}  # of each attack, by each machine; what else stands out depends on what has been normal there
ATTACK = """
import os, sys
descriptor = os.memfd_create(sys.argv[1])
os.write(descriptor, open("/bin/true", "rb").read())
os.execv(f"/proc/self/fd/{descriptor}", [sys.argv[1]])
"""


def ip(*words: str) -> None:
    """One change of the network."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def networks() -> Iterator[dict[str, list[str]]]:
    """Three networks that meet at a bridge in the server's: by name, how a command is run in it."""
    names = {place: f"{NAME}-{place}" for place in ("s", "a", "b")}
    with contextlib.ExitStack() as undo:
        for name in names.values():
            ip("netns", "add", name)
            undo.callback(ip, "netns", "del", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", names["s"], "link", "add", "br0", "type", "bridge")
        ip("-n", names["s"], "addr", "add", f"{SUBNET}.1/24", "dev", "br0")
        ip("-n", names["s"], "link", "set", "br0", "up")
        for number, place in enumerate(("a", "b"), 2):
            ip("link", "add", f"to-{place}", "netns", names["s"], "type", "veth", "peer", "name", "eth0", "netns", names[place])
            ip("-n", names["s"], "link", "set", f"to-{place}", "master", "br0", "up")
            ip("-n", names[place], "addr", "add", f"{SUBNET}.{number}/24", "dev", "eth0")
            ip("-n", names[place], "link", "set", "eth0", "up")
        yield {place: ["nsenter", f"--net=/run/netns/{name}"] for place, name in names.items()}


class Day:
    """The processes, and what the server knows."""

    def __init__(self, folder: Path, networks: dict[str, list[str]]) -> None:
        self.folder = folder
        self.networks = networks
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.env = {
            **os.environ,
            "PERIDERM_CACHE": str(folder / "cache"),
            "PERIDERM_CERTIFICATE_SECONDS": "20",
            "PERIDERM_HISTORY": "off",
            "PERIDERM_SCAN_UNUSED": "off",
            "LANG": "C.UTF-8",
        }

    def start(self, place: str, *words: str, **more: str) -> None:
        """A command in a network, as a machine with a name and an identity of its own."""
        state = self.folder / place
        state.mkdir(exist_ok=True)
        (state / "machine-id").write_text(f"{place * 32}\n")
        (state / "lines.sh").write_text(
            f'mount --bind {state}/machine-id /etc/machine-id && hostname shop-{place} && exec "$@"\n'
        )
        argv = [*self.networks[place], "unshare", "--mount", "--uts", "sh", str(state / "lines.sh"), *RUN, *words]
        with open(self.folder / f"{place}.log", "ab") as log:
            env = self.env | {"PERIDERM_PINS": f"/sys/fs/bpf/{NAME}-{place}"} | more
            argv += ["--state", str(state)]
            self.processes[place] = subprocess.Popen(argv, env=env, stdout=log, stderr=subprocess.STDOUT)

    def serve(self) -> None:
        """The server, until it answers machines."""
        before = self.log("s").count(b"this process is ready")
        self.start("s", "server", "--agents", f"{SUBNET}.1:8844")
        self.ready(before)

    def ready(self, before: int) -> None:
        """Waits until the server has said so once more than before; one that ended is not waited for."""

        def said() -> bool:
            assert self.processes["s"].poll() is None, self.log("s").decode(errors="replace")
            return self.log("s").count(b"this process is ready") > before

        eventually(said, 400)

    def end(self, place: str) -> int:
        """Its exit status."""
        process = self.processes.pop(place)
        process.send_signal(signal.SIGTERM)
        return process.wait(400)

    def log(self, place: str) -> bytes:
        """All that it said."""
        path = self.folder / f"{place}.log"
        return path.read_bytes() if path.exists() else b""

    def ask(self, *words: str) -> str:
        """A command at the server."""
        argv = [*RUN, *words, "--state", str(self.folder / "s"), "--quiet"]
        return subprocess.run(argv, env=self.env, check=True, capture_output=True, text=True).stdout

    def join(self, place: str) -> None:
        """A token, and an agent that takes it up."""
        token = self.ask("join-token", "new", "--name", f"shop-{place}").strip()
        self.start(place, "agent", "--server", f"https://{SUBNET}.1:8844", PERIDERM_JOIN=token)

    @contextlib.contextmanager
    def store(self) -> Iterator[SqlStore]:
        """What the server knows; it may be open in several processes."""
        opened = SqlStore(str(self.folder / "s" / "periderm.sqlite"), SystemClock())
        try:
            yield opened
        finally:
            opened.close()

    def nodes(self) -> set[str]:
        """Names of machines that the server knows as assets."""
        with self.store() as store:
            return {asset.name for asset in store.assets(Query(kind="node")).items}

    def told_by_both(self, marker: str) -> bool:
        """Whether each machine told all that it has to tell of what carries this name."""
        names = self.nodes_by_id()
        told = {(names.get(node, node), detector) for node, detector in self.counted(marker)}
        return told == {(f"shop-{place}", detector) for place in ("a", "b") for detector in TOLD}

    def alerts(self, marker: str) -> set[str]:
        """Ids of those that carry this name."""
        with self.store() as store:
            found = [alert.id for alert in store.alerts(Query(limit=1000)).items if marker in repr(alert)]
        assert len(found) == len(set(found))
        return set(found)

    def counted(self, marker: str) -> Counter[tuple[str, str]]:
        """How many alerts of each machine and of the detectors that must tell carry this name."""
        with self.store() as store:
            told = [alert for alert in store.alerts(Query(limit=1000)).items if marker in repr(alert)]
        return Counter((alert.node_id, alert.detector) for alert in told if alert.detector in TOLD)

    def nodes_by_id(self) -> dict[str, str]:
        """Names of machines that the server knows as assets."""
        with self.store() as store:
            return {asset.id: asset.name for asset in store.assets(Query(kind="node")).items}

    def given_up(self) -> list[str]:
        """What machines said that they lost of what they had to say."""
        with self.store() as store:
            found = store.gaps(Query(limit=1000)).items
        return [gap.message.en for gap in found if gap.detail in ("spool-lost", "dropped", "refused", "restored-away")]

    def old_authority(self) -> str:
        """The one that issues no more."""
        (old,) = (each for each in json.loads(self.ask("authority", "list", "--json")) if not each["issues"])
        return str(old["fingerprint"])

    def can(self, *words: str) -> bool:
        """Whether a command at the server does what it is asked."""
        try:
            self.ask(*words)
        except subprocess.CalledProcessError:
            return False
        return True

    def attack(self) -> str:
        """On the machine: what it is called."""
        marker = f"loot-{secrets.token_hex(4)}"
        subprocess.run([sys.executable, "-c", ATTACK, marker], check=True)
        return marker

    def certificate(self, place: str) -> str:
        """The one that a machine has now."""
        kept: str = json.loads((self.folder / place / "identity.pem").read_text())["certificate"]
        return kept


@pytest.fixture
def day(tmp_path: Path, networks: dict[str, list[str]]) -> Iterator[Day]:
    """Nothing of it is left at the end."""
    if shutil.which("ip") is None or shutil.which("nsenter") is None or shutil.which("unshare") is None:
        pytest.skip("iproute2 and util-linux are not installed")
    made = Day(tmp_path, networks)
    try:
        yield made
    finally:
        for place in ("a", "b", "s"):
            if place in made.processes:
                made.end(place)
        sys.stdout.write("".join(made.log(place).decode(errors="replace") for place in ("a", "b", "s")))
        assert not list(Path("/sys/fs/bpf").glob(f"{NAME}-*"))


def older_store(folder: Path) -> None:
    """As a version before this one left it."""
    folder.mkdir(exist_ok=True)
    dialect = SqliteDialect()
    engine = dialect.engine(str(folder / "periderm.sqlite"))
    try:
        dialect.prepare(engine)
        bring_forward(engine, dialect, REVISIONS[:-3])
    finally:
        engine.dispose()


def as_the_version_before_wrote_it(folder: Path) -> None:
    """A server's store, with all that is in it, in the tables of the revision before the newest."""
    path, fresh = folder / "periderm.sqlite", folder / "older.sqlite"
    dialect = SqliteDialect()
    engine = dialect.engine(str(fresh))
    try:
        dialect.prepare(engine)
        bring_forward(engine, dialect, REVISIONS[:-1])
    finally:
        engine.dispose()
    with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as older:
        older.execute("ATTACH ? AS newer", (str(path),))
        older.execute("BEGIN")
        tables = [name for (name,) in older.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table.startswith("sqlite_") or table == "alembic_version":
                continue
            known, had = ([row[1] for row in older.execute(f"PRAGMA {of}.table_info({table})")] for of in ("main", "newer"))
            columns = ", ".join(f'"{column}"' for column in known if column in had)
            older.execute(f'DELETE FROM main."{table}"')  # noqa: S608 -- names of our own tables
            older.execute(f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM newer."{table}"')  # noqa: S608 -- ours
        older.execute("COMMIT")
        older.execute("DETACH newer")
    for each in folder.glob("periderm.sqlite*"):
        each.unlink()
    for each in sorted(folder.glob("older.sqlite*")):
        each.rename(folder / each.name.replace("older", "periderm"))


def test_a_day(day: Day) -> None:
    """Nothing is lost, each alert is there once, nobody is asked twice for a place, who was shown out stays out, and the log of
    what people did holds together."""
    # The server is of this version, its store is not.
    older_store(day.folder / "s")
    day.serve()
    eventually(lambda: list((day.folder / "s" / "before-upgrades").glob("*.sqlite.*")), 400)
    for place in ("a", "b"):
        day.join(place)
    eventually(lambda: day.nodes() >= {"shop-a", "shop-b"}, 400)
    first = day.certificate("a")
    seen = day.attack()
    eventually(lambda: day.told_by_both(seen), 400)
    day.ask("authority", "roll")
    day.ask("backup", str(day.folder / "copy"))

    # The wire is cut; somebody attacks meanwhile.
    ip("-n", f"{NAME}-s", "link", "set", "to-a", "down")
    marker = day.attack()
    eventually(lambda: any(marker.encode() in path.read_bytes() for path in (day.folder / "a" / "spool").rglob("*.seg")), 400)

    # The server gives way to a newer version, which finds a store in use in the tables of the one before; the wire is mended.
    assert day.end("s") == 0
    as_the_version_before_wrote_it(day.folder / "s")
    day.serve()
    assert list((day.folder / "s" / "before-upgrades").glob(f"*.{REVISIONS[-2]}"))
    ip("-n", f"{NAME}-s", "link", "set", "to-a", "up")

    eventually(lambda: day.told_by_both(marker), 400)
    eventually(lambda: day.certificate("a") != first, 400)  # renewed since, and nobody noticed
    told, before = day.alerts(marker), day.counted(marker)

    # Its disk is lost, and yesterday's copy is put in its place: machines tell again what they had told since.
    assert day.end("s") == 0
    day.ask("restore", str(day.folder / "copy"), "--replace")
    assert day.alerts(seen)
    assert not day.alerts(marker)
    day.serve()
    eventually(lambda: day.alerts(marker) >= told, 400)

    # When all have renewed, nobody needs the old authority; who was told of the new one goes on.
    eventually(lambda: day.can("authority", "retire", day.old_authority()), 400)
    last = day.attack()
    eventually(lambda: day.told_by_both(last), 400)
    eventually(lambda: day.told_by_both(seen), 400)  # what came after the copy comes again
    assert day.counted(marker) == before == day.counted(seen) == day.counted(last)
    assert set(before.values()) == {1}
    assert day.given_up() == []

    # One is shown out: its agent goes on, says so, and tells nothing more.
    day.ask("node", "revoke", "shop-b")
    eventually(lambda: b"was revoked" in day.log("b"), 400)
    assert day.processes["b"].poll() is None
    (revoked,) = (node for node in json.loads(day.ask("node", "--json")) if node["revoked"])
    assert revoked["name"] == "shop-b"
    day.ask("audit", "verify")
    for place in ("a", "b", "s"):
        assert day.end(place) == 0
        assert b"Traceback" not in day.log(place)
