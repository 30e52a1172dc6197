"""A real HTTPS server on loopback with a certificate authority made for the test, which misbehaves on request."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[["Handler"], None]


def authority(folder: Path) -> tuple[Path, Path]:
    """(the authority's certificate, the server's key and certificate for 127.0.0.1), both PEM files."""
    now = datetime.datetime.now(datetime.UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("test authority", "127.0.0.1")]

    def certificate(which: int) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(names[which])
            .issuer_name(names[0])
            .public_key(keys[which].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=which == 0, path_length=None), critical=True)
        )

    root = certificate(0).sign(keys[0], hashes.SHA256())
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    leaf = certificate(1).add_extension(address, critical=False).sign(keys[0], hashes.SHA256())
    ca, server = folder / "ca.pem", folder / "server.pem"
    ca.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    private = keys[1].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    server.write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))
    return ca, server


class Handler(BaseHTTPRequestHandler):
    """Answers as the test says, else with the file of that path."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A file, or a part of it, or what the test wants instead."""
        self.server.asked.append((self.path, dict(self.headers)))
        answers = self.server.answers.get(self.path, [])
        if answers:
            answers.pop(0)(self)
            return
        data = self.server.files.get(self.path)
        if data is None:
            self.reply(404, b"nothing here")
            return
        tag = f'"{hash(data)}"'
        if self.headers.get("If-None-Match") == tag:
            self.reply(304, b"", ETag=tag)
            return
        wanted = self.headers.get("Range", "")
        if wanted and self.headers.get("If-Range") == tag:
            begin = int(wanted.removeprefix("bytes=").rstrip("-"))
            part = {"Content-Range": f"bytes {begin}-{len(data) - 1}/{len(data)}", "ETag": tag}
            self.reply(206, data[begin:], **part)
            return
        self.reply(200, data, ETag=tag)

    def reply(self, status: int, body: bytes, /, *, length: int | None = None, **headers: str) -> None:
        """One answer; `length` may lie."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        if length is not None and length != len(body):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    """Files, answers that come first, and what was asked."""

    daemon_threads = True

    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            scheme = "https"
        self.url = f"{scheme}://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are meant to."""
