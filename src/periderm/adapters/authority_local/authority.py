"""The authority as its port names it, over the folder of its keys. Another process may change it: it is read anew then."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from periderm.adapters.authority_local import certificates
from periderm.adapters.authority_local.folder import AuthorityFolder, Kept
from periderm.model.errors import UsageError
from periderm.model.fleet import AuthorityInfo, Peer

_REMEMBERED = 4096


@dataclasses.dataclass(frozen=True, slots=True)
class _Loaded:
    stamp: tuple[int, int]
    kept: Kept
    certificates: tuple[x509.Certificate, ...]
    key: ec.EllipticCurvePrivateKey
    peers: dict[bytes, Peer | None] = dataclasses.field(default_factory=dict)


class LocalAuthority:
    """`ports.fleet.Authority`. Made when it is first used; `now` gives Unix nanoseconds for that."""

    def __init__(self, folder: str, now: int) -> None:
        self._folder = AuthorityFolder(folder)
        self._lock = threading.Lock()
        self._now = now
        self._loaded: _Loaded | None = None

    @property
    def folder(self) -> AuthorityFolder:
        """Where it lies."""
        return self._folder

    def stamp(self) -> tuple[int, int]:
        """Changes when what is trusted changes."""
        return self._load().stamp

    def known(self) -> Sequence[AuthorityInfo]:
        """The one that issues first."""
        return [_info(each, issues=not number) for number, each in enumerate(self._load().certificates)]

    def certificates(self) -> tuple[str, ...]:
        """In PEM, the one that issues first."""
        return tuple(certificates.pem(each) for each in self._load().certificates)

    def signer(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """The one that issues, and its key."""
        loaded = self._load()
        return loaded.certificates[0], loaded.key

    def chain(self) -> tuple[str, ...]:
        """What the server shows beside its own certificate, in PEM: by these, who trusts only an older authority comes to the
        one that issues."""
        kept = self._load().kept
        return tuple(kept.vouched[each] for each in kept.trusted if each in kept.vouched)

    def issue(self, request: str, node_id: str, name: str, now: int, seconds: int) -> tuple[str, Peer]:
        """See the port."""
        loaded = self._load()
        made = certificates.of_node(
            (loaded.certificates[0], loaded.key), request, node_id=node_id, name=name, now=now, seconds=seconds
        )
        peer = Peer(
            node_id=node_id,
            serial=f"{made.serial_number:x}",
            authority=loaded.kept.trusted[0],
            since=now,
            until=certificates.nanoseconds(made.not_valid_after_utc),
        )
        return certificates.pem(made), peer

    def peer(self, certificate: bytes) -> Peer | None:
        """See the port. The last few thousand are remembered as long as what is trusted does not change."""
        loaded = self._load()
        if certificate not in loaded.peers:
            while len(loaded.peers) >= _REMEMBERED:
                loaded.peers.pop(next(iter(loaded.peers)), None)
            loaded.peers[certificate] = certificates.peer_of(certificate, loaded.certificates)
        return loaded.peers.get(certificate)

    def roll(self, now: int) -> AuthorityInfo:
        """See the port."""
        self._load()
        with self._folder.locked():
            kept = self._folder.kept() or Kept(())
            before = self._folder.certificate(kept.trusted[0]), self._folder.key(kept.trusted[0])
            self._make(now, kept, before)
        return self.known()[0]

    def retire(self, fingerprint: str) -> AuthorityInfo:
        """See the port. Its key is removed too."""
        known = self.known()
        found = [each for each in known if len(fingerprint) >= 6 and each.fingerprint.startswith(fingerprint.lower())]
        if len(found) != 1:
            raise UsageError(f"No one authority has the fingerprint {fingerprint!r}.", "`periderm authority` lists them.")
        if found[0].issues:
            raise UsageError("That authority issues certificates now.", "`periderm authority roll` makes another first.")
        with self._folder.locked():
            kept = self._folder.kept() or Kept(())
            gone = found[0].fingerprint
            trusted = tuple(each for each in kept.trusted if each != gone)
            vouched = {who: text for who, text in kept.vouched.items() if who in trusted[:-1]}
            place = kept.trusted.index(gone)
            if place + 1 < len(kept.trusted):  # an older one stays: it vouches for the one that the retired one vouched for
                older, newer = kept.trusted[place + 1], kept.trusted[place - 1]
                by = self._folder.certificate(older), self._folder.key(older)
                vouched[newer] = certificates.pem(certificates.authority(self._folder.key(newer), self._now, by))
            self._folder.keep(Kept(trusted, vouched))
            for ending in ("key", "pem"):
                self._folder.remove(f"{gone}.{ending}")
        return found[0]

    def _make(self, now: int, kept: Kept, by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        own = certificates.fingerprint(key.public_key())
        self._folder.put_key(own, key)
        self._folder.write(f"{own}.pem", certificates.pem(certificates.authority(key, now)).encode("ascii"))
        vouched = dict(kept.vouched)
        if by is not None:
            vouched[own] = certificates.pem(certificates.authority(key, now, by))
        self._folder.keep(Kept((own, *kept.trusted), vouched))

    def _load(self) -> _Loaded:
        with self._lock:
            stamp = self._folder.stamp()
            if self._loaded is None or stamp != self._loaded.stamp or stamp == (0, 0):
                self._loaded = self._read()
            return self._loaded

    def _read(self) -> _Loaded:
        with self._folder.locked():
            kept = self._folder.kept()
            if kept is None or not kept.trusted:
                self._make(self._now, Kept(()))
                kept = self._folder.kept() or Kept(())
            # A stamp that is older than what is read costs one look more, a newer one would hide a change.
            stamp = self._folder.stamp()
            trusted = tuple(self._folder.certificate(each) for each in kept.trusted)
            return _Loaded(stamp, kept, trusted, self._folder.key(kept.trusted[0]))


def _info(certificate: x509.Certificate, *, issues: bool) -> AuthorityInfo:
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise UsageError("An authority has a key that is not of an elliptic curve.", "Restore it from a backup.")
    return AuthorityInfo(
        fingerprint=certificates.fingerprint(public),
        name=certificate.subject.rfc4514_string().removeprefix("CN="),
        since=certificates.nanoseconds(certificate.not_valid_before_utc + certificates.EARLIER),
        until=certificates.nanoseconds(certificate.not_valid_after_utc),
        issues=issues,
    )
