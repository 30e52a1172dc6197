"""Where a process of the product keeps things and where it listens. Values only; doors read them from arguments."""

from __future__ import annotations

import posixpath

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`state` is the folder that holds everything durable, `cache` what can be made again. Loopback only."""

    state: str
    cache: str
    host: str = "127.0.0.1"
    port: int = 8843
    language: str = "en"
    history_on: bool = True
    history_days: float = 30.0  # how long events are kept
    history_mib: int = 4096  # how much room they may take
    history_free_mib: int = 1024  # how much of the file system they leave free

    budget_cpu: float = 50.0  # percent of one core that the agent may use before it gives up detail
    budget_memory_mib: int = 512  # likewise its memory, without the ring
    content_on: bool = True  # whether files that came after the image are looked into

    @property
    def yara(self) -> str:
        """The folder of YARA rules that a user brings (`*.yar`, `*.yara`)."""
        return posixpath.join(self.state, "yara")

    @property
    def database(self) -> str:
        """The SQLite file."""
        return posixpath.join(self.state, "periderm.sqlite")

    @property
    def advisories(self) -> str:
        """The advisory store, a file that never changes: a new one takes its place."""
        return posixpath.join(self.state, "advisories.sqlite")

    @property
    def feeds(self) -> str:
        """The folder that published feeds are fetched into."""
        return posixpath.join(self.cache, "feeds")

    @property
    def spool(self) -> str:
        """The folder of the bus."""
        return posixpath.join(self.state, "spool")

    @property
    def history(self) -> str:
        """The folder of the events that were seen."""
        return posixpath.join(self.state, "history")

    @property
    def service_token(self) -> str:
        """The file with the token by which the product's own processes know each other (mode 0600)."""
        return posixpath.join(self.state, "service-token")

    @property
    def logs(self) -> str:
        """The folder of the child processes' logs."""
        return posixpath.join(self.state, "log")

    @property
    def url(self) -> str:
        """Where the server answers."""
        return f"http://{self.host}:{self.port}"
