"""A small Python service: threads, a neighbour that it asks, a database in a file, uploads, a packed report.

The fault: what is sent to /debug is run.
"""

import http.client
import http.server
import json
import os
import socket
import sqlite3
import subprocess
import tempfile
import threading

DATA = "/data"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers after some work."""

    def do_GET(self) -> None:
        """A file, a row, now and then the neighbour."""
        with tempfile.NamedTemporaryFile() as file, sqlite3.connect(f"{DATA}/app.db") as database:
            file.write(b"x" * 1000)
            database.execute("CREATE TABLE IF NOT EXISTS seen (path TEXT)")
            database.execute("INSERT INTO seen VALUES (?)", (self.path,))
        if self.path.startswith("/prices"):
            peer = http.client.HTTPConnection("prices.internal", 9000, timeout=5)
            peer.request("GET", "/list")
            json.load(peer.getresponse())
            peer.close()
        self.answer("ok")

    def do_POST(self) -> None:
        """An upload, or the fault."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path.startswith("/upload/"):
            os.makedirs(f"{DATA}/uploads", exist_ok=True)
            with open(f"{DATA}/uploads/{os.path.basename(self.path)}", "wb") as file:
                file.write(body)
            self.answer("kept")
        elif self.path == "/debug":
            space: dict[str, object] = {"socket": socket}
            exec(body.decode(), space)  # noqa: S102 -- the fault that attacks use, in a container without a network
            self.answer(str(space.get("result")))

    def answer(self, text: str) -> None:
        """One line."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode() + b"\n")

    def log_message(self, *_: object) -> None:
        pass


def report() -> None:
    """Packs the database every twenty seconds, by another program."""
    if os.path.exists(f"{DATA}/app.db"):
        subprocess.run(["gzip", "-kf", f"{DATA}/app.db"], check=False)
    timer = threading.Timer(20, report)
    timer.daemon = True
    timer.start()


report()
http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()  # noqa: S104 -- in a container of a bench
