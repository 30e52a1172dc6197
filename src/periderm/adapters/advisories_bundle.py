"""`ports.advisories.AdvisoryBundles`: one file that can be carried: a tar with the signed manifest in front and the store,
compressed, behind. It signs nothing itself and believes only what the manifest says."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

from periderm.formats.compression import inflate
from periderm.formats.tar.stream import Member, TarStream
from periderm.model.advisory_build import BundleManifest
from periderm.model.errors import AdvisoryError, FormatError

MANIFEST, STORE = "manifest.dsse.json", "advisories.sqlite.zst"
_MOST_MANIFEST = 64 << 10
_PIECE = 1 << 20
_LEVEL = 10
_AGAIN = "Make the bundle again, and carry it whole."


class BundleFiles:
    """Bundles as files."""

    def pack(self, store: str, target: str, sign: Callable[[str, int], bytes]) -> None:
        """Writes the bundle; the target is there whole or not at all."""
        import zstandard

        folder = os.path.dirname(os.path.abspath(target))
        with _told(target), tempfile.TemporaryDirectory(prefix=".bundle-", dir=folder) as work:
            packed = os.path.join(work, STORE)
            with open(store, "rb") as source, open(packed, "wb") as out:
                reading = _Digesting(source)
                zstandard.ZstdCompressor(level=_LEVEL, threads=-1).copy_stream(reading, out)  # type: ignore[arg-type] # `read`
            manifest = sign(reading.sha256.hexdigest(), reading.size)
            whole = os.path.join(work, "bundle")
            with tarfile.open(whole, "w", format=tarfile.PAX_FORMAT) as archive:
                archive.addfile(_member(MANIFEST, len(manifest)), io.BytesIO(manifest))
                with open(packed, "rb") as body:
                    archive.addfile(_member(STORE, os.path.getsize(packed)), body)
            os.chmod(whole, 0o644)
            os.replace(whole, target)

    def unpack(
        self,
        bundle: str,
        target: str,
        check: Callable[[bytes], BundleManifest],
        accept: Callable[[str, BundleManifest], None] = lambda _path, _manifest: None,
    ) -> BundleManifest:
        """Checks everything before anything changes, then renames."""
        folder = os.path.dirname(os.path.abspath(target or bundle))
        with _told(target or bundle), open(bundle, "rb") as file:
            if target:
                os.makedirs(folder, mode=0o755, exist_ok=True)
            members = iter(TarStream(iter(lambda: file.read(_PIECE), b""), os.path.basename(bundle), sparse_limit=0))
            manifest = check(_small(_next(members, MANIFEST)))
            store = _next(members, STORE)
            if not target:
                _compare(store, manifest, None)
                return manifest
            descriptor, fresh = tempfile.mkstemp(prefix=".advisories-", dir=folder)
            try:
                with os.fdopen(descriptor, "wb") as out:
                    _compare(store, manifest, out)
                    out.flush()
                    os.fsync(out.fileno())
                    os.fchmod(out.fileno(), 0o644)
                accept(fresh, manifest)
                os.replace(fresh, target)
            finally:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(fresh)
        return manifest


class _Digesting:
    """A file that is digested while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self._file.read(size)
        self.sha256.update(piece)
        self.size += len(piece)
        return piece


def _member(name: str, size: int) -> tarfile.TarInfo:
    """Without names and times of this machine, so that the same store gives the same bundle."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member


def _next(members: Iterator[Member], name: str) -> Member:
    member = next(members, None)
    if member is None or member.entry.path != name:
        raise FormatError(f"this is no advisory bundle: {name} is not where it belongs.", _AGAIN)
    return member


def _small(member: Member) -> bytes:
    if member.entry.size > _MOST_MANIFEST:
        raise FormatError("its manifest is larger than any can be.", _AGAIN)
    return member.read()


def _compare(member: Member, manifest: BundleManifest, out: BinaryIO | None) -> None:
    """Inflates at most as much as the signed manifest says, and compares the digest."""
    whole, given = hashlib.sha256(), 0
    for piece in inflate(member.chunks(), most=manifest.size, where=STORE):
        given += len(piece)
        whole.update(piece)
        if out is not None:
            out.write(piece)
    if given != manifest.size or whole.hexdigest() != manifest.sha256:
        raise FormatError("its store is not the one that was signed.", "Do not use it; ask for the bundle again.")


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    try:
        yield
    except FormatError as error:
        raise AdvisoryError(f"The bundle cannot be used: {error.what}", error.next_step) from error
    except OSError as error:
        raise AdvisoryError(
            f"{error.filename or path} cannot be used: {error.strerror}.", "Check the path and its rights."
        ) from error
