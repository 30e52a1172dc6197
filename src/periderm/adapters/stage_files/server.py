"""The first program of the exercises' container: a small server that is told scripts on its standard input and does them
one by one, as a server that was taken over would. Runs inside the container only; knows nothing of the product."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading

SECONDS = 10
MOST = 4000


def serve() -> None:
    """Listens on the container's own loopback, so that it is a server like any other."""
    listener = socket.create_server(("127.0.0.1", 8080))
    while True:
        peer, _ = listener.accept()
        peer.close()


def perform(order: dict[str, str]) -> dict[str, object]:
    """One script, ended after SECONDS with all that it started."""
    program = [sys.executable, "-c"] if order["language"] == "python" else ["/bin/sh", "-c"]
    child = subprocess.Popen(
        [*program, order["script"]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = child.communicate(timeout=SECONDS)
        status = child.returncode
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        said, _ = child.communicate()
        status = -signal.SIGKILL
    return {"status": status, "said": base64.b64encode(said[-MOST:]).decode()}


def main() -> None:
    """Until standard input ends."""
    threading.Thread(target=serve, daemon=True).start()
    sys.stdout.write('{"ready": true}\n')
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(perform(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
