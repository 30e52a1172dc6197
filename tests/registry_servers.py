"""Registries for tests: Debian's docker-registry on loopback (open, with passwords, with tokens, with TLS), what pushes to
it, and a server that answers whatever a hostile one might."""

from __future__ import annotations

import base64
import contextlib
import datetime
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from periderm.adapters.registry_http.asking import Asking
from periderm.adapters.registry_http.client import HttpRegistry
from periderm.adapters.registry_http.site import Sites
from periderm.adapters.registry_http.trust import Trust
from periderm.adapters.registry_http.wire import Wire
from periderm.model.registry import Credentials, RegistryOptions
from periderm.model.text import Text
from tests.free_ports import free_port
from tests.images import blobs, write_layout

Script = Callable[["Asked"], None]


class Waits:
    """A clock that does not wait, and remembers what it was to wait. Time moves only by that."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self._now = time.time_ns()
        self._monotonic = 10**9

    def now(self) -> int:
        return self._now

    def monotonic(self) -> int:
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.forward(seconds)

    def forward(self, seconds: float) -> None:
        """Time goes by."""
        self._now += int(seconds * 1e9)
        self._monotonic += int(seconds * 1e9)


class Client(HttpRegistry):
    """The client under test with everything around it in memory: nothing of this machine's configuration counts."""

    def __init__(
        self,
        find: Callable[[str, str], Credentials | None] = lambda _registry, _repository: None,
        *,
        conf: Path | None = None,
        options: RegistryOptions | None = None,
        environment: Mapping[str, str] | None = None,
        certificates: Callable[[str], Trust] = lambda _host: Trust(),
    ) -> None:
        self.clock = Waits()
        self.told: list[str] = []
        self.warned: list[Text] = []
        self.wire = Wire(environment or {})
        asking = Asking(
            self.wire,
            find,
            self.clock,
            certificates=certificates,
            tell=lambda text, _done: self.told.append(text),
            warn=self.warned.append,
        )
        super().__init__(asking, Sites((str(conf),) if conf else (), certificates, options or RegistryOptions()))


class Asked(BaseHTTPRequestHandler):
    """One request to a scripted server."""

    server: Scripted
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """As the script says."""
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        self.server.script(self)

    do_HEAD = do_POST = do_CONNECT = do_GET

    def reply(self, status: int, body: bytes = b"", /, *, length: int | None = None, **headers: str) -> None:
        """One answer; `length` may lie."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        if length is not None and length != len(body):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


class Scripted(ThreadingHTTPServer):
    """A server whose every answer is the script's; `asked` remembers (method, path, headers)."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, script: Script, certificate: Path | None = None, address: str = "127.0.0.1") -> None:
        if ":" in address:
            self.address_family = socket.AF_INET6
        super().__init__((address, 0), Asked)
        self.script = script
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.secure = certificate is not None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.port = self.server_address[1]
        self.host = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self.url = f"{'https' if self.secure else 'http'}://{self.host}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are meant to."""

    def paths(self) -> list[str]:
        """What was asked for, without the first look whether it speaks TLS."""
        return [path for _, path, _ in self.asked if path != "/v2/"]


@contextlib.contextmanager
def scripted(script: Script, certificate: Path | None = None, address: str = "127.0.0.1") -> Iterator[Scripted]:
    """A scripted server that ends with the block."""
    server = Scripted(script, certificate, address)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class Real:
    """Debian's docker-registry. `auth` is the section of its configuration, `tls` a (certificate, key)."""

    def __init__(self, folder: Path, auth: Mapping[str, object] | None = None, tls: tuple[Path, Path] | None = None) -> None:
        self.folder, self.auth, self.tls = folder, auth, tls
        self.clients: Path | None = None  # whose certificates clients must show
        self.port = free_port()
        self.host = f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Until it answers."""
        http: dict[str, object] = {"addr": self.host}
        if self.tls is not None:
            http["tls"] = {"certificate": str(self.tls[0]), "key": str(self.tls[1])}
            if self.clients is not None:
                http["tls"] = {"certificate": str(self.tls[0]), "key": str(self.tls[1]), "clientcas": [str(self.clients)]}
        settings: dict[str, object] = {
            "version": "0.1",
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "data")}},
            "http": http,
        }
        if self.auth is not None:
            settings["auth"] = self.auth
        (self.folder / "config.yml").write_text(json.dumps(settings))  # JSON is YAML
        self.log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            ["docker-registry", "serve", str(self.folder / "config.yml")], stdout=self.log, stderr=self.log
        )
        for _ in range(7200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 60):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.025)
        raise AssertionError((self.folder / "log").read_text())

    def close(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait()
        self.log.close()


@contextlib.contextmanager
def real(
    folder: Path,
    auth: Mapping[str, object] | None = None,
    tls: tuple[Path, Path] | None = None,
    clients: Path | None = None,
) -> Iterator[Real]:
    """A real registry; the test is skipped where Debian's packages are missing."""
    for program in ("docker-registry", "skopeo"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    folder.mkdir(parents=True, exist_ok=True)
    registry = Real(folder, auth, tls)
    registry.clients = clients
    registry.start()
    try:
        yield registry
    finally:
        registry.close()


def push(folder: Path, source: str, target: str, *options: str) -> None:
    """skopeo copy, without the configuration of this machine."""
    policy = folder / "policy.json"
    policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
    command = ["skopeo", "--policy", str(policy), "copy", "-q", "--dest-tls-verify=false", *options, source, target]
    done = subprocess.run(command, capture_output=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr.decode()


def layout(folder: Path, layers: list[bytes], *, squeeze: str = "gzip", config: bytes | None = None) -> str:
    """An OCI layout as skopeo names it."""
    return f"oci:{write_layout(folder, *blobs(layers, squeeze=squeeze, config=config))}:t:1"


def htpasswd(path: Path, user: str, password: str) -> Path:
    """A file of one user; the registry takes bcrypt only."""
    if shutil.which("htpasswd") is None:
        pytest.skip("needs htpasswd (apache2-utils)")
    done = subprocess.run(["htpasswd", "-Bbn", user, password], capture_output=True, check=True)
    path.write_bytes(done.stdout)
    return path


class Tokens:
    """A token server as the registry specification has it: GET with a password or none, POST with a refresh token. Signs
    with a key whose certificate the registry was told of."""

    def __init__(self, folder: Path, user: str = "reader", password: str = "") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tokens")])
        now = datetime.datetime.now(datetime.UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.bundle = folder / "tokens.pem"
        self.bundle.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        self.user, self.password = user, password
        self.refresh = "refresh-" + base64.b64encode(user.encode()).decode()
        self.grants: list[str] = []
        self.seconds = 300

    def answer(self, asked: Asked) -> None:
        """The script of its server."""
        if asked.command == "POST":
            form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
            self.grants.append(form.get("grant_type", ""))
            good = form.get("refresh_token") == self.refresh
            scopes = form.get("scope", "").split()
        else:
            form = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
            told = "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            self.grants.append("basic" if "Authorization" in asked.headers else "anonymous")
            good = asked.headers.get("Authorization") == told
            scopes = parse_qs(urlsplit(asked.path).query).get("scope", [])
        if not good and self.grants[-1] != "anonymous":
            asked.reply(401, b'{"errors":[{"code":"UNAUTHORIZED","message":"wrong password"}]}')
            return
        open_to_all = good or all(scope.split(":")[1].startswith("open/") for scope in scopes)
        token = self.token(form.get("service", ""), scopes if open_to_all else [])
        asked.reply(200, json.dumps({"token": token, "expires_in": self.seconds}).encode(), Content_Type="application/json")

    def token(self, service: str, scopes: list[str]) -> str:
        """A signed token (spec/auth/jwt.md) for what the scopes ask."""

        def packed(value: object) -> bytes:
            data = value if isinstance(value, bytes) else json.dumps(value).encode()
            return base64.urlsafe_b64encode(data).rstrip(b"=")

        der = base64.b64encode(self.certificate.public_bytes(serialization.Encoding.DER)).decode()
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":", 2)
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
        now = time.time_ns() // 10**9
        claims = {"iss": "tests", "aud": service, "sub": self.user, "exp": now + 300, "nbf": now - 60, "iat": now - 60}
        head = packed({"typ": "JWT", "alg": "ES256", "x5c": [der]})
        body = head + b"." + packed({**claims, "jti": str(now), "access": access})
        r, s = decode_dss_signature(self.key.sign(body, ec.ECDSA(hashes.SHA256())))
        return (body + b"." + packed(r.to_bytes(32, "big") + s.to_bytes(32, "big"))).decode()

    def section(self, realm: str) -> dict[str, object]:
        """The registry's configuration."""
        return {"token": {"realm": realm, "service": "test-registry", "issuer": "tests", "rootcertbundle": str(self.bundle)}}
