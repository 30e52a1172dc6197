"""Carrying advisories to where no network is: a bundle is made, signed, checked and imported. Nothing changes before the
signature, the digest and the age were looked at."""

from __future__ import annotations

import os
from collections.abc import Sequence

import msgspec

from periderm import __version__
from periderm.algorithms.signing import sign, verify
from periderm.app.advisories import Advisories, advisory_info
from periderm.app.application import require
from periderm.model.advisory_build import BundleManifest
from periderm.model.errors import AdvisoryError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.ports.advisories import AdvisoryBundles

PAYLOAD_TYPE = "application/vnd.periderm.advisories+json"
_manifest = msgspec.json.Decoder(BundleManifest)


def export_advisories(
    tools: Advisories, bundles: AdvisoryBundles, target: str, key: bytes, *, who: Principal = LOCAL_ADMIN
) -> BundleManifest:
    """Writes the store in force into a bundle, signed with a private key (PEM). Raises NotFoundError if there is only the
    starter set, AdvisoryError, UsageError for a key that cannot sign."""
    require(who, Permission.ADMIN)
    info = advisory_info(tools, who=who)
    if info.starter:
        raise NotFoundError("There is no advisory store to carry yet.", "Make one with `periderm advisories update`.")
    made: list[BundleManifest] = []

    def signed(sha256: str, size: int) -> bytes:
        manifest = BundleManifest(
            built=info.built,
            schema=info.schema,
            digest=info.digest,
            sha256=sha256,
            size=size,
            product=f"periderm {__version__}",
        )
        made.append(manifest)
        return sign(msgspec.json.encode(manifest), PAYLOAD_TYPE, key)

    bundles.pack(tools.store, target, signed)
    return made[0]


def checked(envelope: bytes, keys: Sequence[bytes]) -> BundleManifest:
    """The manifest inside a signed envelope. Raises AdvisoryError unless one of the keys signed it."""
    payload = verify(envelope, keys, PAYLOAD_TYPE)
    try:
        return _manifest.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AdvisoryError(f"The bundle's manifest cannot be read: {error}.", "It was made by another version.") from error


def verify_advisories(
    bundles: AdvisoryBundles, bundle: str, keys: Sequence[bytes], *, who: Principal = LOCAL_ADMIN
) -> BundleManifest:
    """Looks at everything and changes nothing. Raises AdvisoryError if anything is not as it was signed."""
    require(who, Permission.READ)
    return bundles.unpack(bundle, "", lambda envelope: checked(envelope, keys))


def import_advisories(
    tools: Advisories,
    bundles: AdvisoryBundles,
    bundle: str,
    keys: Sequence[bytes],
    *,
    older: bool = False,
    who: Principal = LOCAL_ADMIN,
) -> BundleManifest:
    """Puts a bundle's store in force. One that is older than the store that is there is refused unless `older`: who can
    replace a bundle could hide what was published since. Raises AdvisoryError; then the old store stays."""
    require(who, Permission.ADMIN)
    installed = _built(tools, who)

    def allowed(envelope: bytes) -> BundleManifest:
        manifest = checked(envelope, keys)
        if manifest.built < installed and not older:
            raise AdvisoryError(
                "The bundle is older than the advisories that are installed.", "If that is meant, import it with --older."
            )
        return manifest

    def readable(path: str, manifest: BundleManifest) -> None:
        # What was signed must also be whole and readable for this version, before it takes the old one's place.
        if tools.look(path).digest != manifest.digest:
            raise AdvisoryError("The bundle's store is not the one that its manifest names.", "Ask for another bundle.")

    return bundles.unpack(bundle, tools.store, allowed, readable)


def _built(tools: Advisories, who: Principal) -> int:
    """When the store in force was built; 0 if there is none, or if it is damaged: then anything is better."""
    if not os.path.exists(tools.store):
        return 0
    try:
        return advisory_info(tools, who=who).built
    except AdvisoryError:
        return 0
