"""A trust policy as people write it: what is read, and where a mistake is pointed at."""

from __future__ import annotations

import pytest

from periderm.formats.policy_files.trust import read_trust_policy
from periderm.model.errors import FormatError, NotFoundError, RuleError
from periderm.model.trust import DAY, AllowedBase, KeylessSigner, KeySigner, Otherwise

POLICY = f"""
trust:
  default: allow
  rules:
    - name: our images
      images: [registry.example.org/shop/*, registry.example.org/tools/*]
      registries: registry.example.org
      repositories: [shop/*]
      digests: ['sha256:{"ab" * 32}']
      bases: ['debian:12*', {{name: base, layers: ['sha256:{"cd" * 32}']}}]
      max-age: 90d
      base-max-age: 4w
      signatures:
        - key: keys/release.pub
        - key: keys/other.pub
          root: root.json
        - keyless: {{issuer: https://accounts.example.org, identity-pattern: '.*@example\\.org'}}
          root: root.json
      attestations: [https://slsa.dev/provenance/v1]
    - images: ['*']
"""


SIGNER = (
    "rules:\n    - images: [a]\n      signatures:\n"
    "        - keyless: {issuer: x, identity-pattern: 'PATTERN'}\n          root: r"
)


def read(name: str) -> bytes:
    """Files beside the policy."""
    if "missing" in name:
        raise NotFoundError(f"There is no {name}.", "Check the path.")
    return name.encode()


def test_all_that_can_be_said() -> None:
    """Each member, with the files that it names."""
    policy = read_trust_policy(POLICY.encode(), read, "p.yaml")
    assert (policy.otherwise, policy.where, len(policy.rules)) == (Otherwise.ALLOW, "p.yaml", 2)
    rule = policy.rules[0]
    assert rule.registries == ("registry.example.org",)
    assert rule.bases == (AllowedBase(name="debian:12*"), AllowedBase(name="base", layers=("sha256:" + "cd" * 32,)))
    assert (rule.max_age, rule.base_max_age) == (90 * DAY, 28 * DAY)
    first, second, third = rule.signatures
    assert first == KeySigner(key=b"keys/release.pub", file="keys/release.pub")
    assert isinstance(second, KeySigner)
    assert second.root == b"root.json"
    assert isinstance(third, KeylessSigner)
    assert (third.issuer, third.pattern, third.root) == ("https://accounts.example.org", r".*@example\.org", b"root.json")
    assert policy.rules[1].name == "*"


@pytest.mark.parametrize(
    ("body", "line", "column", "what"),
    [
        ("rules:\n    - imagez: [x]", 3, 7, "imagez"),
        ("rules:\n    - name: x", 3, 7, "needs 'images'"),
        ("rules:\n    - images: []", 3, 15, "for no image"),
        ("default: maybe\n  rules: []", 2, 12, "neither refuse nor allow"),
        ("rules:\n    - images: [a]\n    - images: [a]", 4, 15, "has a rule already"),
        ("rules:\n    - images: [a]\n      digests: [abc]", 4, 16, "no digest"),
        ("rules:\n    - images: [a]\n      max-age: soon", 4, 16, "no age"),
        ("rules:\n    - images: [a]\n      max-age: 99999d", 4, 16, "ten years"),
        ("rules:\n    - images: [a]\n      signatures: []", 4, 19, "names nothing"),
        ("rules:\n    - images: [a]\n      signatures:\n        - {}", 5, 11, "one of them"),
        ("rules:\n    - images: [a]\n      signatures:\n        - key: missing.pub", 5, 16, "There is no missing.pub"),
        ("rules:\n    - images: [a]\n      signatures:\n        - keyless: {issuer: x, identity: y}", 5, 11, "needs a 'root'"),
        (
            "rules:\n    - images: [a]\n      signatures:\n        - keyless: {issuer: x}\n          root: r",
            5,
            20,
            "one of them",
        ),
        (
            SIGNER.replace("PATTERN", "("),
            5,
            51,
            "no regular expression",
        ),
        (
            SIGNER.replace("PATTERN", ".*"),
            5,
            51,
            "fits anybody",
        ),
        (
            SIGNER.replace("PATTERN", "(a+)+b"),
            5,
            51,
            "for ever",
        ),
        ("rules:\n    - images: [a]\n      attestations: [https://x.example/v1]", 4, 21, "somebody who is trusted"),
        (
            "rules:\n    - images: [a]\n      signatures: [{key: k}]\n      attestations: [provenance]",
            5,
            21,
            "no predicate type",
        ),
        ("rules:\n    - images: [a]\n      bases: [{}]", 4, 15, "name or its layers"),
        ("rules:\n    - images: ['*********']", 3, 15, "8 stars"),
        ("rules: {}", 2, 10, "a list"),
    ],
)
def test_mistakes_are_pointed_at(body: str, line: int, column: int, what: str) -> None:
    """Line, column, and what is wrong."""
    with pytest.raises(RuleError) as caught:
        read_trust_policy(f"trust:\n  {body}\n".encode(), read, "p.yaml")
    assert what in str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_what_is_no_policy() -> None:
    """Another file, no YAML, aliases without end, too deep."""
    for data in (b"policy: []", b"", b"trust:\n  rulez: []\n"):
        with pytest.raises(RuleError):
            read_trust_policy(data, read)
    bomb = b"trust: &a\n  rules: [*a, *a]\n"
    with pytest.raises(RuleError, match="Aliases"):
        read_trust_policy(bomb, read)
    for data in (b"trust: [", b"\xff\xfe", b"[" * 10_000):
        with pytest.raises(FormatError):
            read_trust_policy(data, read)
