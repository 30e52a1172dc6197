"""Whether a signature counts: one signed content, one trusted signer. Fetches nothing and knows no policy beside the signer.

What must hold, in the order of sigstore's client: a proven time; the certificate's path, valid then; the certificate log;
the certificate's purpose and identity; the signature; the log's entry about this very signature; and then what is signed must
be about the image. Nothing of the payload is read before its signature was verified.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from periderm.algorithms.signing import encoding
from periderm.algorithms.sigstore.about import predicate_of
from periderm.algorithms.sigstore.certificate_log import check_logged
from periderm.algorithms.sigstore.certificates import (
    check_identity,
    check_purpose,
    identity_of,
    issuer_of,
    key_of,
    load_certificate,
)
from periderm.algorithms.sigstore.keys import fingerprint, load_key, spki, verifies
from periderm.algorithms.sigstore.rekor import MOST_ENTRIES, Seen, check_body, check_hashed_body, verify_entry
from periderm.algorithms.sigstore.timestamps import MOST as MOST_STAMPS
from periderm.algorithms.sigstore.timestamps import stamped_time
from periderm.model.signature import Content, Refusal, Signed, TrustedRoot, UntrustedError
from periderm.model.trust import KeylessSigner, KeySigner, Vouched

if TYPE_CHECKING:
    from cryptography import x509

    from periderm.algorithms.sigstore.keys import PublicKey

MOST_SIGNATURES = 16  # of one envelope


class _Time(msgspec.Struct, frozen=True):
    """What is proven about when it was signed: the entries that were seen, all times, and what was verified."""

    seen: tuple[Seen, ...] = ()
    times: tuple[int, ...] = ()
    checked: tuple[str, ...] = ()


def verify_keyless(signed: Signed, digests: Collection[str], signer: KeylessSigner, root: TrustedRoot) -> Vouched:
    """Who signed, if the identity is the trusted one, and all proofs hold. Raises UntrustedError."""
    if not signed.certificate:
        raise UntrustedError(Refusal.OTHER_KEY, "a key signed it, and no identity")
    leaf = load_certificate(signed.certificate)
    _check_single(signed)
    when = _times(signed, root)
    if not when.seen:
        raise UntrustedError(Refusal.NO_LOG)
    if not when.times:
        raise UntrustedError(Refusal.NO_TIME)
    issuer: x509.Certificate | None = None
    for time in when.times:
        issuer = issuer_of(leaf, root.authorities, time)
    checked = ["certificate", *when.checked]
    if issuer is not None and root.certificate_logs:
        check_logged(leaf, issuer, root.certificate_logs)
        checked.append("certificate log")
    check_purpose(leaf)
    identity = identity_of(leaf)
    name = check_identity(identity, signer)
    _check_signature(signed, key_of(leaf))
    _check_bodies(signed, signed.certificate)
    predicate = predicate_of(signed, digests)
    return Vouched(
        who=name,
        by=identity.issuer,
        time=min(when.times),
        predicate=predicate,
        where=signed.where,
        checked=tuple(dict.fromkeys(checked)),
    )


def verify_key(signed: Signed, digests: Collection[str], signer: KeySigner, root: TrustedRoot | None) -> Vouched:
    """Who signed, if it is the trusted key. With a `root` the signature must be in one of its logs too. Raises
    UntrustedError."""
    key = load_key(signer.key)
    _check_signature(signed, key)
    when = _Time()
    if root is not None:
        _check_single(signed)
        when = _times(signed, root)
        if not when.seen:
            raise UntrustedError(Refusal.NO_LOG)
        _check_bodies(signed, spki(key))
    return Vouched(
        who=f"sha256:{fingerprint(key)[:16]}",
        by=signer.file,
        time=min(when.times, default=0),
        predicate=predicate_of(signed, digests),
        where=signed.where,
        checked=("key", *when.checked),
    )


def _times(signed: Signed, root: TrustedRoot) -> _Time:
    """Every entry and every timestamp must hold: one that does not is no decoration."""
    if len(signed.entries) > MOST_ENTRIES or len(signed.timestamps) > MOST_STAMPS:
        raise UntrustedError(Refusal.TOO_LARGE)
    seen = tuple(verify_entry(entry, root.logs) for entry in signed.entries)
    stamps = [stamped_time(each, signed.signatures[0], root.timestampers) for each in signed.timestamps]
    times = (*(each.time for each in seen if each.time), *stamps)
    for each in seen:
        if any(not each.log.valid.holds(time) for time in times):
            raise UntrustedError(Refusal.OTHER_LOG, "not trusted at that time")
    return _Time(seen, times, (*(by for each in seen for by in each.by), *(("timestamp",) if stamps else ())))


def _check_single(signed: Signed) -> None:
    """Times are about one signature: with several, one could lend its time to another."""
    if len(signed.signatures) != 1:
        raise UntrustedError(Refusal.DAMAGED, "more than one signature")


def _check_signature(signed: Signed, key: PublicKey) -> None:
    if not 0 < len(signed.signatures) <= MOST_SIGNATURES:
        raise UntrustedError(Refusal.DAMAGED, "no signature")
    data, hashed = _signed_bytes(signed), signed.content is Content.MANIFEST
    if not any(verifies(key, each, data, hashed=hashed) for each in signed.signatures):
        raise UntrustedError(Refusal.WRONG_SIGNATURE)


def _signed_bytes(signed: Signed) -> bytes:
    if signed.content is Content.STATEMENT:
        return encoding(signed.payload, signed.payload_type)
    return signed.payload


def _check_bodies(signed: Signed, verifier: bytes) -> None:
    for entry in signed.entries:
        if signed.content is Content.MANIFEST:
            check_hashed_body(entry.body, digest=signed.payload, signatures=signed.signatures, verifier=verifier)
        else:
            check_body(
                entry.body,
                signed=_signed_bytes(signed),
                payload=signed.payload,
                signatures=signed.signatures,
                verifier=verifier,
            )
