"""One command that runs the whole product on one machine: prepares its folders, starts and supervises its processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.flow.supervise import Role, Supervisor
from periderm.model.errors import ConnectError
from periderm.model.principal import LOCAL_ADMIN
from periderm.ports.clock import Clock
from periderm.ports.processes import Processes
from periderm.ports.uplink import Uplink

START_SECONDS = 300.0  # of a machine that is very busy; a server that ends is told at once


class Up:
    """`agent` is False where the sensor cannot run: scanning and the console then work alone. `environment` are the
    product's own settings, handed on to its processes."""

    def __init__(
        self,
        app: Application,
        processes: Processes,
        clock: Clock,
        uplink: Uplink,
        *,
        agent: bool,
        environment: Mapping[str, str],
        tell: Callable[[str], None],
    ) -> None:
        self._app = app
        self._clock = clock
        self._uplink = uplink
        self._agent = agent
        self._environment = environment
        self._supervisor = Supervisor(processes, clock, tell)

    def start(self) -> None:
        """Starts the processes, the server first. Raises ConnectError if it does not answer in time, with its log."""
        self._start("server")
        deadline = self._clock.monotonic() + int(START_SECONDS * 1e9)
        while True:
            try:
                self._uplink.policies()
                break
            except ConnectError as error:
                self._supervisor.check()
                if self._supervisor.restarts("server") > 1 or self._clock.monotonic() > deadline:
                    raise ConnectError(
                        "The server process does not start.", f"Its log says why: {self._log('server')}"
                    ) from error
                self._clock.sleep(0.1)
        self._start("worker")
        if self._agent:
            self._start("agent")

    def _log(self, role: str) -> str:
        return f"{self._app.settings.logs}/{role}.log"

    def _start(self, role: str) -> None:
        settings = self._app.settings
        environment = {
            **self._environment,
            "PERIDERM_STATE": settings.state,
            "PERIDERM_CACHE": settings.cache,
            "PERIDERM_PORT": str(settings.port),
            "PERIDERM_AGENTS": settings.agents,
            "PERIDERM_LISTEN": settings.listen,
            "PERIDERM_TLS_CERT": settings.tls_cert,
            "PERIDERM_TLS_KEY": settings.tls_key,
        }
        self._supervisor.start(Role(role, ("--state", settings.state), self._log(role), environment))

    def link(self) -> str:
        """A sign-in link that works once."""
        return make_sign_in_link(self._app, LOCAL_ADMIN)

    def check(self) -> None:
        """To be called every second or so: restarts what has ended."""
        self._supervisor.check()

    def stop(self) -> list[str]:
        """Stops all; the names of processes that had to be killed."""
        killed = self._supervisor.stop()
        self._uplink.close()
        return killed
