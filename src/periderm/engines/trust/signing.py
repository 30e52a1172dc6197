"""Which of the signatures that were found count for a rule, and why the others do not. Fetches nothing.

Every signature is asked of every signer; if none takes it, the reason that came furthest is told: that the identity is
another one says more than that a key did not make it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from periderm.algorithms.sigstore.about import claimed_predicate
from periderm.algorithms.sigstore.verify import verify_key, verify_keyless
from periderm.model.signature import REFUSALS, Refusal, Signed, TrustedRoot, UntrustedError
from periderm.model.trust import KeySigner, Refused, Signer, Vouched

MOST = 128  # signatures of one image
# From what says least to what says most, for whoever looks for the cause.
_ORDER = {why: number for number, why in enumerate((Refusal.OTHER_KEY, *(w for w in Refusal if w is not Refusal.OTHER_KEY)))}


def check(
    found: Iterable[Signed], digests: Collection[str], signers: Collection[Signer], roots: Mapping[bytes, TrustedRoot]
) -> tuple[tuple[Vouched, ...], tuple[Refused, ...]]:
    """(those that count, those that do not). `roots` are the trusted roots by the bytes of their files."""
    vouched: list[Vouched] = []
    refused: list[Refused] = []
    for number, signed in enumerate(found):
        if number >= MOST:
            refused.append(_refused(signed, UntrustedError(Refusal.TOO_LARGE, f"more than {MOST} signatures")))
            break
        verdict = _verdict(signed, digests, signers, roots)
        if isinstance(verdict, Vouched):
            vouched.append(verdict)
        else:
            refused.append(_refused(signed, verdict))
    return tuple(vouched), tuple(refused)


def _verdict(
    signed: Signed, digests: Collection[str], signers: Collection[Signer], roots: Mapping[bytes, TrustedRoot]
) -> Vouched | UntrustedError:
    worst = UntrustedError(Refusal.OTHER_KEY)
    for signer in signers:
        try:
            return _verifier(signer, roots)(signed, digests)
        except UntrustedError as error:
            # A key that did not sign is one of many: that the certificate is another one's says more.
            why = error
            if isinstance(signer, KeySigner) and error.why is Refusal.WRONG_SIGNATURE:
                why = UntrustedError(Refusal.OTHER_KEY)
            worst = max(worst, why, key=lambda each: _ORDER[each.why])
    return worst


def _verifier(signer: Signer, roots: Mapping[bytes, TrustedRoot]) -> Callable[[Signed, Collection[str]], Vouched]:
    if isinstance(signer, KeySigner):
        root = roots[signer.root] if signer.root else None
        return lambda signed, digests: verify_key(signed, digests, signer, root)
    return lambda signed, digests: verify_keyless(signed, digests, signer, roots[signer.root])


def _refused(signed: Signed, error: UntrustedError) -> Refused:
    return Refused(where=signed.where, why=REFUSALS[error.why], detail=error.detail, predicate=claimed_predicate(signed))
