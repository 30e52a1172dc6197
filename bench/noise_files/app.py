"""A small Python service: threads, a subprocess now and then, a temporary file, a database in a file."""

import http.server
import sqlite3
import subprocess
import tempfile
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers everything with ok, after some work."""

    def do_GET(self) -> None:
        """A file, a row, an answer."""
        with tempfile.NamedTemporaryFile() as file, sqlite3.connect("/var/lib/app.db") as database:
            file.write(b"x" * 1000)
            database.execute("CREATE TABLE IF NOT EXISTS seen (path TEXT)")
            database.execute("INSERT INTO seen VALUES (?)", (self.path,))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_: object) -> None:
        pass


def report() -> None:
    """Packs the database every ten seconds, by another program."""
    subprocess.run(["gzip", "-kf", "/var/lib/app.db"], check=False)
    timer = threading.Timer(10, report)
    timer.daemon = True
    timer.start()


report()
http.server.ThreadingHTTPServer(("0.0.0.0", 80), Handler).serve_forever()  # noqa: S104 -- in a container without a network
