"""Where a process of the product keeps things and where it listens. Values only; doors read them from arguments."""

from __future__ import annotations

import posixpath

import msgspec

CONSOLE_SETTINGS = "console-settings.json"


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
    history_share: bool = False  # whether an agent sends them to a server elsewhere too
    history_fleet_mib: int = 16384  # how much room a server gives to those of all other machines
    history_node_mib: int = 2048  # how much of it one machine may take
    history_node_rate: int = 2000  # how many rows a second

    budget_cpu: float = 50.0  # percent of one core that the agent may use before it gives up detail
    budget_memory_mib: int = 512  # likewise its memory, without the ring
    exempt: str = ""  # globs, with commas between: containers, workloads and images that no response ever hits
    scan_unused: bool = True  # whether images that nothing runs of are scanned, when the machine has nothing else to do
    content_on: bool = True  # whether files that came after the image are looked into
    baselines_on: bool = True  # whether what is normal for a workload is learned, and what is not is told
    system_calls_on: bool = True  # whether the set of system calls of each container is kept
    log_level: str = "info"  # the least important that is written: debug, info, warning, error
    log_format: str = "text"  # or logfmt, json
    settings_locked: bool = False  # whether the console may change no settings
    metrics_open: bool = False  # whether /metrics answers without its token
    metrics_agent: str = ""  # HOST:PORT where the agent itself answers probes and scrapers, '' for nowhere
    metrics_worker: str = ""  # the same of a scan worker
    metrics_tls_cert: str = ""  # what they show beyond loopback (PEM)
    metrics_tls_key: str = ""
    traces_endpoint: str = ""  # where traces of our own work are sent, '' for nowhere
    traces_share: float = 1.0  # which share of them
    traces_headers_file: str = ""  # header lines that go with them

    agents: str = ""  # HOST:PORT where agents of other machines are answered, '' for nowhere
    listen: str = ""  # HOST:PORT where the console answers beside loopback, by TLS
    tls_cert: str = ""  # its certificate and key in PEM, '' for those of our own authority
    tls_key: str = ""
    hosts: str = ""  # names by which the console may be called there, by commas
    certificate_seconds: int = 24 * 3600  # how long a node's certificate is good
    server: str = ""  # the address of a server on another machine, for agents
    spool_mib: int = 1024  # how much waits on this machine for a server that does not answer

    @property
    def authority(self) -> str:
        """The folder of the server's own certificate authority."""
        return posixpath.join(self.state, "authority")

    @property
    def identity(self) -> str:
        """The file with the key and the certificates by which this machine is known to a server elsewhere (mode 0600)."""
        return posixpath.join(self.state, "identity.pem")

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
    def fleet_history(self) -> str:
        """The folder of the events that other machines sent to this server."""
        return posixpath.join(self.state, "history-fleet")

    @property
    def service_token(self) -> str:
        """The file with the token by which the product's own processes know each other (mode 0600)."""
        return posixpath.join(self.state, "service-token")

    @property
    def metrics_token(self) -> str:
        """The file with the token by which a scraper may read figures, and nothing else (mode 0600)."""
        return posixpath.join(self.state, "metrics-token")

    @property
    def copies(self) -> str:
        """The folder of what the store was before it was brought forward."""
        return posixpath.join(self.state, "before-upgrades")

    @property
    def own_work(self) -> str:
        """The socket on which the agent hears of the product's own commands."""
        return posixpath.join(self.state, "own-work.sock")

    @property
    def console_settings(self) -> str:
        """The file with the settings that were set in the console."""
        return posixpath.join(self.state, CONSOLE_SETTINGS)

    @property
    def secrets(self) -> str:
        """The folder of secrets that were typed in the console (mode 0700)."""
        return posixpath.join(self.state, "secrets")

    @property
    def logs(self) -> str:
        """The folder of the child processes' logs."""
        return posixpath.join(self.state, "log")

    @property
    def url(self) -> str:
        """Where the server answers."""
        return f"http://{self.host}:{self.port}"
