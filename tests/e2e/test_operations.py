"""A server as those see it who run it: settings, log, figures, health, traces; over real processes and connections."""

from __future__ import annotations

import http.client
import http.server
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.processes import environment, eventually, get, running


class Collector(http.server.ThreadingHTTPServer):
    """Takes traces."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.spans: list[dict[str, object]] = []


class Handler(http.server.BaseHTTPRequestHandler):
    """One export."""

    server: Collector

    def do_POST(self) -> None:
        """Keeps its spans."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for resource in body["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                self.server.spans.extend(scope["spans"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """One that runs."""
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Person:
    """Somebody who signed in by a link of the machine."""

    def __init__(self, env: dict[str, str]) -> None:
        self._at = ("127.0.0.1", int(env["PERIDERM_PORT"]))
        argv = [sys.executable, "-m", "periderm", "status", "--link", "--json"]
        told = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
        found = re.search(r"/sign-in\?token=[\w-]+", told.stdout)
        assert found is not None, told
        self._cookie = ""
        self._cookie = self._ask("GET", found[0])[1]["Set-Cookie"].partition(";")[0]

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection(*self._at, timeout=30)
        headers = {"Origin": f"http://{self._at[0]}:{self._at[1]}", "Cookie": self._cookie}
        try:
            connection.request(method, path, body, {**headers, "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def put(self, name: str, value: str) -> int:
        """Sets a setting; the status."""
        return self._ask("PUT", f"/api/v1/settings/{name}", json.dumps({"value": value}))[0]

    def setting(self, name: str) -> tuple[str, str, str]:
        """What is in force, whence, and what waits for a restart."""
        found = json.loads(self._ask("GET", "/api/v1/settings")[2])["settings"]
        one = next(each for each in found if each["name"] == name)
        return one["value"], one["source"], one["waits"]


def test_what_is_set_in_the_console_holds_in_a_running_server_and_after_it(tmp_path: Path) -> None:
    """Its log takes the new form while it runs; what needs a restart waits for one; the file goes before as soon as it says
    something, and never was written to."""
    path = tmp_path / "periderm.toml"
    path.write_text("# ours\n")
    env = {**environment(tmp_path / "state"), "PERIDERM_CONFIG": str(path)}
    with running("server", "--quiet", env=env) as process:
        eventually(lambda: get(env, "/readyz")["ready"])
        person = Person(env)
        assert person.setting("log.format") == ("text", "default", "")
        assert person.put("log.format", "xml") == 400
        assert person.put("log.format", "json") == 200
        assert person.put("traces.share", "0.5") == 200
        assert person.put("server.listen", "0.0.0.0:1") == 403
        assert person.setting("log.format") == ("json", "console", "")
        assert person.setting("traces.share") == ("1", "default", "0.5")
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    assert [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert path.read_text() == "# ours\n"
    with running("server", "--quiet", env=env) as process:
        eventually(lambda: get(env, "/readyz")["ready"])
        person = Person(env)
        assert person.setting("traces.share") == ("0.5", "console", "")
        assert person.setting("log.format") == ("json", "console", "")
        path.write_text("[log]\nformat = 'logfmt'\n")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: person.setting("log.format") == ("logfmt", "file", ""))
        assert person.put("log.format", "text") == 403


def figures(env: dict[str, str], token: str = "") -> tuple[int, dict[str, float]]:
    """Status, and sums of all families; `refused` are files of settings."""
    connection = http.client.HTTPConnection("127.0.0.1", int(env["PERIDERM_PORT"]), timeout=30)
    try:
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"} if token else {})
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    if answer.status != 200:
        return answer.status, {}
    families = list(text_string_to_metric_families(text))
    refused = sum(s.value for f in families for s in f.samples if s.labels.get("outcome") == "refused")
    return 200, {f.name: sum(s.value for s in f.samples) for f in families} | {"refused": refused}


def test_a_server_as_operators_see_it(tmp_path: Path, collector: Collector) -> None:
    """It reads its file, is ready, is scraped by a token of its own, traces its answers, and takes over what changes; a file
    with a mistake changes nothing. Every line of its log is JSON."""
    path = tmp_path / "periderm.toml"
    traces = f'[traces]\nendpoint = "http://127.0.0.1:{collector.server_port}/v1/traces"\n[log]\nformat = "json"\n'
    path.write_text(traces)
    env = {**environment(tmp_path / "state"), "PERIDERM_CONFIG": str(path)}
    with running("server", "--quiet", env=env) as process:
        eventually(lambda: get(env, "/readyz")["ready"])
        token = (tmp_path / "state" / "metrics-token").read_text()
        assert figures(env)[0] == 401
        get(env, "/api/v1/overview")
        status, found = figures(env, token)
        assert (status, found["periderm_build_info"]) == (200, 1)
        assert found["process_resident_memory_bytes"] > 1 << 20
        eventually(lambda: "GET /api/v1/overview" in [span["name"] for span in collector.spans])
        path.write_text(traces + "[metrics]\nopen = true\n")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: figures(env)[0] == 200)
        path.write_text(traces + "[metrics]\nopne = false\n")
        process.send_signal(signal.SIGHUP)
        eventually(lambda: figures(env)[1].get("refused"))
        assert figures(env)[0] == 200
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    lines = [json.loads(line) for line in said.splitlines()]
    assert {line["process"] for line in lines} == {"server"}
    assert any("metrics.opne" in line["message"] and line["level"] == "error" for line in lines)
