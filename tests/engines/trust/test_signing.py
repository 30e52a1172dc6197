"""Which signatures count for a rule, and the reason that is told for the others."""

from __future__ import annotations

from typing import Any

from periderm.engines.trust.signing import MOST, check
from periderm.formats.cosign_signature import read_simple
from periderm.formats.sigstore_bundle import parse_bundle
from periderm.formats.trusted_root import parse_trusted_root
from periderm.model.signature import REFUSALS, Refusal, Signed, TrustedRoot
from periderm.model.trust import KeylessSigner, KeySigner
from tests.sigstore import IDENTITY, ISSUER, b64, dumped, new_key, pem, sign, simple_payload, statement, world

DIGEST = "sha256:" + "ab" * 32
ROOT = b"root"
KEY = new_key()
HOLDER = KeySigner(key=pem(KEY), file="release.pub")
RELEASE = KeylessSigner(issuer=ISSUER, identity=IDENTITY, root=ROOT, file="root.json")


def by_key(key: Any = KEY) -> Signed:
    """A signature by a key."""
    payload = simple_payload(DIGEST)
    return read_simple(payload, {"dev.cosignproject.cosign/signature": b64(sign(key, payload))}, "tag")


def roots() -> dict[bytes, TrustedRoot]:
    """The world's root, by its file."""
    return {ROOT: parse_trusted_root(dumped(world().trusted_root()))}


def test_any_signer_will_do() -> None:
    """A key's and an identity's signature both count, each by its own signer."""
    found = (by_key(), parse_bundle(dumped(world().bundle(statement(DIGEST))), "referrer"))
    vouched, refused = check(found, (DIGEST,), (HOLDER, RELEASE), roots())
    assert [v.by for v in vouched] == ["release.pub", ISSUER]
    assert refused == ()


def test_the_reason_that_says_most() -> None:
    """That the identity is another one, and not that a key did not make it."""
    stranger = parse_bundle(dumped(world().bundle(statement(DIGEST), issuer="https://other.example.org")), "referrer")
    _, refused = check((stranger, by_key(new_key())), (DIGEST,), (HOLDER, RELEASE), roots())
    assert [r.why for r in refused] == [REFUSALS[Refusal.ISSUER], REFUSALS[Refusal.OTHER_KEY]]
    assert refused[0].detail == "https://other.example.org"
    assert refused[0].where == "referrer"


def test_a_flood_of_signatures_ends() -> None:
    """So many are looked at; the rest is told as one."""
    _, refused = check([by_key(new_key())] * (MOST + 50), (DIGEST,), (HOLDER,), {})
    assert len(refused) == MOST + 1
    assert "more than" in refused[-1].detail
