"""What the server shows and asks for in TLS: its certificate, made anew before it ends, and that of a node. Connections that
are open keep what they began with; who may do what is decided at each request, not here."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from periderm.adapters.authority_local import certificates
from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.model.errors import UsageError
from periderm.model.fleet import DoorInfo

# X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h, which Python's ssl does not name. A node whose certificate ended while the
# server was away may still ask for the next one: so the handshake lets it in, and every request looks at the time itself.
NO_CHECK_TIME = 0x200000


class ServerTls:
    """One context for as long as the server runs; `refresh` changes what it shows to those who connect from then on. `nodes`
    asks callers for a node's certificate."""

    def __init__(
        self,
        authority: LocalAuthority,
        hosts: Sequence[str],
        clock: Callable[[], int],
        *,
        name: str = "server",
        nodes: bool = True,
        life: timedelta = certificates.SERVER_LIFE,
    ) -> None:
        self._authority = authority
        self._hosts = tuple(hosts)
        self._clock = clock
        self._name = name
        self._nodes = nodes
        self._life = life
        self._lock = threading.Lock()
        self._stamp = (-1, -1)
        self._again = 0
        self._shown = (0, 0)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.num_tickets = 0  # a resumed session would show an older certificate
        if nodes:
            self.context.verify_mode = ssl.CERT_OPTIONAL  # who joins has none yet
            self.context.verify_flags |= NO_CHECK_TIME
        self.refresh()

    def refresh(self) -> bool:
        """To be called every minute or so: True if there is a new certificate, because half of the life of the one before is
        over or because what is trusted has changed."""
        with self._lock:
            now, stamp = self._clock(), self._authority.stamp()
            if stamp == self._stamp and now < self._again:
                return False
            if self._nodes:
                # What is trusted no more stays in the context until the server is started anew, and is refused at each
                # request (`Authority.peer`).
                self.context.load_verify_locations(cadata="\n".join(self._authority.certificates()))
            self._show(now)
            self._stamp, self._again = stamp, now + int(self._life.total_seconds() / 2) * 10**9
            return True

    @property
    def info(self) -> DoorInfo:
        """What is shown there now; its place is the caller's to say."""
        since, until = self._shown
        return DoorInfo(name=self._name, place="", names=self._hosts, since=since, until=until, renewed=self._again)

    def _show(self, now: int) -> None:
        folder = self._authority.folder
        key = ec.generate_private_key(ec.SECP256R1())
        made = certificates.of_server(self._authority.signer(), key.public_key(), self._hosts, now, self._life)
        self._shown = now, certificates.nanoseconds(made.not_valid_after_utc)
        shown = "".join((certificates.pem(made), *self._authority.chain()))
        with folder.locked():
            path = folder.put_key(self._name, key)
            folder.write(f"{self._name}.pem", shown.encode("ascii"))
            self.context.load_cert_chain(os.path.join(folder.path, f"{self._name}.pem"), path)


class GivenTls:
    """A certificate and key that a person brought, read again when the files change."""

    def __init__(self, certificate: str, key: str) -> None:
        self._files = (certificate, key or certificate)
        self._stamp: tuple[int, ...] = ()
        self._shown = (0, 0)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2  # browsers and proxies of a company choose the rest
        self.refresh()

    @property
    def info(self) -> DoorInfo:
        """What is shown there now; its place and names are the caller's to say."""
        since, until = self._shown
        return DoorInfo(name="console", place="", own=False, since=since, until=until)

    def refresh(self) -> bool:
        """Raises UsageError for what is no certificate with its key; what was shown before stays."""
        try:
            stamp = tuple(os.stat(path).st_mtime_ns for path in self._files)
            if stamp == self._stamp:
                return False
            self.context.load_cert_chain(*self._files)
            with open(self._files[0], "rb") as file:
                first = x509.load_pem_x509_certificates(file.read())[0]
            self._shown = (
                certificates.nanoseconds(first.not_valid_before_utc),
                certificates.nanoseconds(first.not_valid_after_utc),
            )
        except (OSError, ValueError, ssl.SSLError) as error:
            why = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
            raise UsageError(
                f"The certificate in {self._files[0]} cannot be used: {why}.", "Give PEM files that belong together."
            ) from error
        self._stamp = stamp
        return True
