"""The clients of the workloads: varied, from many addresses, with pauses and bursts. Attacks nothing.

Run as `ip netns exec NAMESPACE python loads.py KIND SEED FOLDER`, until it is ended. FOLDER holds the SSH key, or is the spool.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

SERVER = "10.88.0.5"
AGENTS = ("Mozilla/5.0 (X11; Linux x86_64)", "curl/7.88.1", "okhttp/4.9", "Go-http-client/1.1", "kube-probe/1.26")
SQL = (
    "BEGIN; UPDATE pgbench_accounts SET abalance = abalance + {n} WHERE aid = {n}; COMMIT;",
    "SELECT count(*) FROM pgbench_accounts WHERE abalance > {n};",
    "CREATE TABLE IF NOT EXISTS notes_{t} (b text); INSERT INTO notes_{t} SELECT md5(g::text) FROM generate_series(1, {n}) g;",
    "CREATE INDEX IF NOT EXISTS notes_{t}_b ON notes_{t} (b);",
    "DROP TABLE IF EXISTS notes_{t};",
    "SELECT * FROM pgbench_accounts ORDER BY abalance, random() LIMIT 5;",
    "VACUUM ANALYZE pgbench_tellers;",
    "COPY (SELECT * FROM pgbench_branches) TO STDOUT;",
    "SET work_mem = '64kB'; SELECT count(*) FROM (SELECT * FROM pgbench_accounts ORDER BY filler, aid DESC) x;",
)
REMOTE = ("uptime", "df -h /", "ls -la", "cat hostname 2>/dev/null; date", "uname -r; uptime", "du -sh .")
OTHER = 100  # loads of seeds from here on call things by other names and run other commands, at other paces
OTHER_SQL = (
    "BEGIN; INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, {n}, {n}, now()); COMMIT;",
    "SELECT avg(abalance) FROM pgbench_accounts WHERE aid % 7 = {t};",
    "CREATE TABLE IF NOT EXISTS audit_{t} (at timestamptz, what text); INSERT INTO audit_{t} SELECT now(), repeat('y', {n});",
    "TRUNCATE audit_{t};",
    "CREATE TEMPORARY TABLE t AS SELECT * FROM pgbench_accounts LIMIT {n}; SELECT count(*) FROM t;",
    "REINDEX TABLE pgbench_branches;",
    "ANALYZE pgbench_accounts;",
    "COPY pgbench_tellers TO STDOUT WITH (FORMAT csv);",
    "SELECT a.aid FROM pgbench_accounts a JOIN pgbench_tellers b USING (bid) ORDER BY a.filler, b.tid DESC LIMIT {t};",
)
OTHER_REMOTE = (
    "cat /proc/loadavg",
    "id -un",
    "ls /var/log | wc -l",
    "stat .",
    "head -n 2 /etc/os-release",
    "date +%s; hostname",
)
others = False


def client(chance: random.Random) -> str:
    """An address: mostly of the inside, some of the world."""
    if chance.random() < 0.7:
        return f"10.88.{chance.randrange(1, 5)}.{chance.randrange(2, 250)}"
    return f"198.51.100.{chance.randrange(2, 250)}"


def picture(chance: random.Random) -> str:
    """A new name of a file that is sent."""
    return f"IMG_{chance.randrange(10**4):04d}.png" if others else f"photo-{chance.randrange(10**6)}.jpg"


def ask(chance: random.Random, port: int, path: str, body: bytes | None = None, kind: str = "") -> None:
    """One request; its failure is the server's business."""
    headers = {"User-Agent": chance.choice(AGENTS), **({"Content-Type": kind} if kind else {})}
    with contextlib.suppress(OSError, http.client.HTTPException):
        peer = http.client.HTTPConnection(SERVER, port, timeout=10, source_address=(client(chance), 0))
        peer.request("POST" if body is not None else "GET", path, body, headers)
        peer.getresponse().read()
        peer.close()


def nginx(chance: random.Random, _: Path) -> None:
    """Pages, styles, what is not there, a computed answer."""
    path = chance.choice(
        ("/", "/index.html", f"/assets/part-{chance.randrange(1, 10)}.css", "/favicon.ico", f"/api/{chance.random()}")
        if not others
        else (f"/?utm={chance.random()}", f"/assets/part-{chance.randrange(3, 10)}.css", "/robots.txt", "/api/v2", "/assets/")
    )
    ask(chance, 80, path)


def php(chance: random.Random, _: Path) -> None:
    """Pages with parts, and pictures that are uploaded."""
    if chance.random() < 0.1:
        part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n' % picture(chance).encode()
        data = part + bytes(chance.randrange(256) for _ in range(2000)) + b"\r\n--x--\r\n"
        ask(chance, 80, "/upload.php", data, "multipart/form-data; boundary=x")
    else:
        ask(chance, 80, "/index.php" + chance.choice(("", "?part=home", "?part=about", "?part=cart")))


def python(chance: random.Random, _: Path) -> None:
    """Pages, prices, uploads."""
    if chance.random() < 0.1:
        ask(chance, 8080, f"/upload/{picture(chance)}", bytes(chance.randrange(256) for _ in range(2000)))
    else:
        ask(chance, 8080, chance.choice(("/", "/list", f"/item/{chance.randrange(1000)}", "/prices")))


def redis(chance: random.Random, _: Path) -> None:
    """Reads, writes, expiry, now and then a save, a rewrite or a script."""
    some = f"k{chance.randrange(3000)}"
    text = chance.choice(
        (
            f"SET {some} {chance.random()}",
            f"GET {some}",
            f"EXPIRE {some} 20",
            "INCR n",
            f"LPUSH q {some}",
            "RPOP q",
            "INFO",
            "DBSIZE",
        )
    )
    if chance.random() < 0.004:
        text = chance.choice(("BGSAVE", "BGREWRITEAOF", "EVAL return(1) 0", "CONFIG GET maxmemory", "CLIENT LIST"))
    with contextlib.suppress(OSError), socket.create_connection((SERVER, 6379), 5, (client(chance), 0)) as peer:
        for _times in range(chance.randrange(1, 20)):
            peer.sendall(text.encode() + b"\r\n")
            peer.recv(65536)


def postgres(chance: random.Random, _: Path) -> None:
    """Queries through psql; a dump now and then."""
    place = ("-h", SERVER, "-U", "postgres")
    if chance.random() < 0.03:
        run("pg_dump", *place, "app")
        return
    text = chance.choice(OTHER_SQL if others else SQL).format(n=chance.randrange(1, 3000), t=chance.randrange(6))
    run("psql", "-X", "-q", *place, "-c", text, "app")
    time.sleep(chance.random())


def shell(chance: random.Random, folder: Path) -> None:
    """Jobs in the spool."""
    name = f"{chance.randrange(10**6):06d}"
    lines = [f"title=Report {name} of {chance.choice(('May', 'June', 'July'))}"] + [
        chance.choice("abcdef") * 5 for _ in range(50)
    ]
    (folder / f".{name}").write_text("\n".join(lines) + "\n")
    os.rename(folder / f".{name}", folder / f"{name}.job")
    time.sleep(chance.uniform(1, 12))


def cron(_: random.Random, __: Path) -> None:
    """It works by itself."""
    time.sleep(60)


def sshd(chance: random.Random, folder: Path) -> None:
    """Logins that look around and copy a file; a failed one sometimes."""
    options: tuple[str, ...] = (
        "-o",
        "BatchMode=yes",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-F",
        "none",
    )
    options += ("-o", f"BindAddress={client(chance)}", "-i", str(folder / ("missing" if chance.random() < 0.05 else "key")))
    if chance.random() < 0.2:
        run("scp", "-q", *options, "/etc/hostname", f"ops@{SERVER}:hostname")
    else:
        run("ssh", *options, f"ops@{SERVER}", chance.choice(OTHER_REMOTE if others else REMOTE))
    time.sleep(chance.uniform(1, 6))


def run(*argv: str) -> None:
    """A client program; one that is not answered in time gives up, and the load goes on."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(
            argv, check=False, timeout=60, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


LOADS: dict[str, Callable[[random.Random, Path], None]] = {
    "nginx": nginx, "php": php, "python": python, "redis": redis,
    "postgres": postgres, "shell": shell, "cron": cron, "sshd": sshd,
}  # fmt: skip


def main(kind: str, seed: int, folder: Path) -> None:
    """For ever: bursts of requests with pauses between."""
    global others  # noqa: PLW0603 -- one process is one client
    others = seed >= OTHER
    chance = random.Random(seed)  # noqa: S311 -- load, no secret
    pace = chance.uniform(0.4, 2.0) if others else 1.0
    while True:
        for _ in range(chance.choice((1, 3, 12, 40) if others else (1, 5, 20))):
            LOADS[kind](chance, folder)
        time.sleep(chance.uniform(0.2, 2.5) * pace)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
