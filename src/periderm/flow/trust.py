"""Judges an image by a trust policy: reads what signs it, has it verified, and asks the detectors. Fetches nothing.

What it is given are foreign bytes, so whoever calls runs it behind the sandbox's walls where there are some.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from periderm.engines.trust import findings, verdict
from periderm.engines.trust.facts import TrustFacts
from periderm.engines.trust.signing import check
from periderm.flow.signatures import Piece
from periderm.formats import cosign_signature as cosign
from periderm.formats.sigstore_bundle import parse_bundle
from periderm.formats.trusted_root import parse_trusted_root
from periderm.model.errors import FormatError
from periderm.model.finding import Finding
from periderm.model.signature import REFUSALS, Refusal, Signed, TrustedRoot
from periderm.model.trust import Refused, Signer, TrustPolicy, TrustVerdict


class Trusted(msgspec.Struct, frozen=True):
    """What the policy does not allow, and the verdict."""

    findings: tuple[Finding, ...]
    verdict: TrustVerdict


def judge_trust(facts: TrustFacts, pieces: Sequence[Piece]) -> Trusted:
    """All that the policy says. `facts` has all but the signatures, which are read from `pieces`. Raises FormatError for a
    trusted root of the policy that is none."""
    signers = facts.rule.signatures if facts.rule is not None else ()
    if signers:
        signed, damaged = _read(pieces)
        vouched, refused = check(signed, facts.digests, signers, roots_of(signers))
        facts = msgspec.structs.replace(facts, vouched=vouched, refused=(*refused, *damaged))
    found = findings(facts)
    return Trusted(found, verdict(facts, found))


def _read(pieces: Sequence[Piece]) -> tuple[list[Signed], list[Refused]]:
    """(what could be read, what could not)."""
    signed: list[Signed] = []
    damaged: list[Refused] = []
    for piece in pieces:
        try:
            signed.append(read_piece(piece))
        except FormatError as error:
            damaged.append(Refused(where=piece.where, why=REFUSALS[Refusal.DAMAGED], detail=error.what[:200]))
    return signed, damaged


def read_piece(piece: Piece) -> Signed:
    """One signed content. Raises FormatError."""
    if piece.media_type == cosign.SIMPLE:
        return cosign.read_simple(piece.data, piece.annotations, piece.where)
    if piece.media_type == cosign.ENVELOPE:
        return cosign.read_envelope(piece.data, piece.annotations, piece.where)
    return parse_bundle(piece.data, piece.where)


def roots_of(signers: Sequence[Signer]) -> Mapping[bytes, TrustedRoot]:
    """The trusted roots of the signers, by the bytes of their files. Raises FormatError."""
    found: dict[bytes, TrustedRoot] = {}
    for signer in signers:
        if signer.root and signer.root not in found:
            found[signer.root] = parse_trusted_root(signer.root, "trusted root")
    return found


def check_policy(policy: TrustPolicy) -> None:
    """That every key and every root of a policy can be used. Raises FormatError, SignatureError."""
    from periderm.algorithms.sigstore.keys import load_key
    from periderm.model.signature import UntrustedError
    from periderm.model.trust import KeySigner

    for rule in policy.rules:
        for signer in rule.signatures:
            if isinstance(signer, KeySigner):
                try:
                    load_key(signer.key)
                except UntrustedError as error:
                    raise FormatError(
                        f"{signer.file} is no key that can verify: {REFUSALS[error.why].en}.",
                        "Give a public key in PEM: ECDSA, RSA of 2048 bits and more, or Ed25519.",
                        where=policy.where,
                    ) from None
        roots_of(rule.signatures)
