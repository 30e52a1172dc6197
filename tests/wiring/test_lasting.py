"""What a process that lasts has: real files, a real signal, a real collector."""

from __future__ import annotations

import http.server
import logging
import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.app.change_settings import change_setting, undo_setting
from periderm.app.settings_shown import show_settings
from periderm.flow.tracing import span
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.wiring import told
from periderm.wiring.lasting import lasting, managed, measured, ready, stopping, under_way


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state of its own."""
    (tmp_path / "state").mkdir(mode=0o700)
    return Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))


def test_a_file_that_changes_is_taken_over(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At once with SIGHUP; the log's own form too. Afterwards all is as before."""
    path = tmp_path / "p.toml"
    path.write_text("")
    before = signal.getsignal(signal.SIGHUP)
    taken = threading.Event()
    try:
        told.take_file(str(path))
        with lasting(settings, "server") as ours:
            assert under_way() is ours
            ours.reloading.listen(lambda _: taken.set())
            path.write_text("[log]\nformat = 'json'\n[agent]\nbudget_cpu = 7\n")
            os.kill(os.getpid(), signal.SIGHUP)
            assert taken.wait(60)
            assert ours.reloading.settings.budget_cpu == 7
            assert measured(settings, store_path="/none")["live"]().budget_cpu == 7
            logging.getLogger("periderm.test").warning("said")
    finally:
        told.forget()
    assert under_way() is None
    assert signal.getsignal(signal.SIGHUP) is before
    assert '"message": "said"' in capsys.readouterr().err


def test_what_is_set_in_the_console_is_in_force_at_once(settings: Settings, tmp_path: Path) -> None:
    """In the process where it was set when the answer comes; in another that reads the same state as soon as it looks; and gone
    again when the file locks it, says it itself, or it is undone."""
    path = tmp_path / "p.toml"
    path.write_text("")
    Path(settings.state).mkdir(mode=0o700, exist_ok=True)
    store = SqlStore(settings.database, SystemClock())
    taken = threading.Event()
    try:
        told.take_file(str(path))
        told.take_console(settings.console_settings)
        with lasting(settings, "agent", hang_up=False) as other, lasting(settings, "server", hang_up=False) as ours:
            other.reloading.listen(lambda new: taken.set() if new.budget_cpu == 7 else None)
            app = Application(store, SystemClock(), settings, **measured(settings, store_path=settings.database))
            change_setting(app, LOCAL_ADMIN, "agent.budget_cpu", "7")
            assert ours.reloading.settings.budget_cpu == 7
            assert app.live is not None
            assert app.reload is not None
            assert app.live().budget_cpu == 7
            assert taken.wait(60)
            shown = {one.name: one for one in show_settings(app, LOCAL_ADMIN).settings}["agent.budget_cpu"]
            assert (shown.value, shown.source, shown.waits) == ("7", "console", "")
            for text, expected in (
                ("[server]\nsettings_locked = true\n", 50),
                ("[agent]\nbudget_cpu = 9\n", 9),
                ("\n# nothing\n", 7),
            ):
                path.write_text(text)
                app.reload()
                assert ours.reloading.settings.budget_cpu == expected
                assert ours.reloading.settings.settings_locked == ("locked" in text)
            undo_setting(app, LOCAL_ADMIN, "agent.budget_cpu")
            assert ours.reloading.settings.budget_cpu == 50
            Path(settings.console_settings).write_text("{")
            app.reload()
            assert ours.reloading.settings.budget_cpu == 50
    finally:
        told.forget()
        store.close()


def test_traces_are_sent_where_somebody_wants_them(settings: Settings) -> None:
    """With the process's name."""
    bodies: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    import msgspec

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        wanted = msgspec.structs.replace(settings, traces_endpoint=f"http://127.0.0.1:{server.server_port}/v1/traces")
        with lasting(wanted, "worker", hang_up=False), span("scan"):
            pass
        server.shutdown()
        thread.join()
    assert b"periderm-worker" in b"".join(bodies)
    assert b'"name":"scan"' in b"".join(bodies)


def test_the_servers_figures(settings: Settings) -> None:
    """Its own process, its store, its room; the scraper's token is a file of its owner."""
    found = measured(settings, store_path="/none")
    names = {family.name for family in found["meters"].families()}
    assert names >= {"process_resident_memory_bytes", "periderm_store_size_bytes", "periderm_state_free_bytes"}
    assert found["room"]() > 0
    assert Path(settings.metrics_token).stat().st_mode & 0o077 == 0
    assert found["metrics_token"] == Path(settings.metrics_token).read_text()
    assert found["live"]() is settings


def test_systemd_hears_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ready, alive, stopping."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "n"))
        server.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        monkeypatch.setenv("WATCHDOG_USEC", "20000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        assert managed()
        ready()
        assert [server.recv(100), server.recv(100)] == [b"READY=1", b"WATCHDOG=1"]
        monkeypatch.delenv("WATCHDOG_USEC")
        stopping()
        while server.recv(100) != b"STOPPING=1":
            pass
