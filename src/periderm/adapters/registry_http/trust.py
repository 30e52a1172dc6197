"""How a registry's TLS certificate is judged: the system's authorities and those of certs.d folders, never below TLS 1.2.

containers-certs.d(5), which docker has too: *.crt are authorities, NAME.cert with NAME.key is a client's certificate.
Verification is off only where a person said so. Connects to nothing.
"""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Sequence

import msgspec

from periderm.model.errors import UsageError

_MOST_FILES = 100


class Trust(msgspec.Struct, frozen=True):
    """What is believed of one server. `insecure`: any certificate, and plain HTTP if it speaks no TLS."""

    insecure: bool = False
    authorities: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""


def folders(home: str) -> tuple[str, ...]:
    """Where certs.d is looked for, the user's own first."""
    own = (os.path.join(home, ".config/containers/certs.d"),) if home else ()
    return (*own, "/etc/containers/certs.d", "/etc/docker/certs.d")


def found_in(roots: Sequence[str], host: str) -> Trust:
    """What the certs.d folders hold for HOST[:PORT]; the first client certificate with a key counts."""
    authorities: list[str] = []
    certificate = key = ""
    for root in roots:
        folder = os.path.join(root, host)
        try:
            names = sorted(os.listdir(folder))[:_MOST_FILES]
        except OSError:
            continue
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(".crt"):
                authorities.append(path)
            elif name.endswith(".cert") and not certificate and name.removesuffix(".cert") + ".key" in names:
                certificate, key = path, path.removesuffix(".cert") + ".key"
    return Trust(False, tuple(authorities), certificate, key)


class Contexts:
    """TLS contexts, made once for each kind of trust. Thread-safe."""

    def __init__(self) -> None:
        self._made: dict[Trust, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context(self, trust: Trust) -> ssl.SSLContext:
        """The context. Raises UsageError for files that cannot be read."""
        with self._lock:
            if trust not in self._made:
                self._made[trust] = _context(trust)
            return self._made[trust]


def _context(trust: Trust) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    path = ""
    try:
        for path in trust.authorities:
            context.load_verify_locations(cafile=path)
        if trust.certificate:
            path = trust.certificate
            # A key with a passphrase would be asked for at the terminal: refuse it instead.
            context.load_cert_chain(path, trust.key or None, password=lambda: "")
    except (OSError, ssl.SSLError, ValueError) as error:
        raise UsageError(
            f"{path} cannot be used for TLS: {error}.", "Give PEM files that may be read, a key without a passphrase."
        ) from None
    if trust.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
