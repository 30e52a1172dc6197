"""`.periderm/trust.yaml`: from where images may come, on what they may be built, who must have signed. Judges nothing.

trust:
  default: refuse                # for images that no rule is for: refuse, or allow
  rules:
    - name: our images
      images: [registry.example.org/shop/*]      # patterns; the most specific one decides which rule holds
      registries: [registry.example.org]
      repositories: [shop/*]
      digests: ['sha256:…']
      bases: ['debian:12*', {name: base/*, layers: ['sha256:…']}]
      max-age: 90d
      base-max-age: 30d
      signatures:                # one of them
        - key: keys/release.pub
        - keyless: {issuer: https://…, identity: release@example.org}    # or identity-pattern: a regular expression
          root: trusted_root.json
      attestations: [https://slsa.dev/provenance/v1]                     # each of them, by one of the signers
"""

from __future__ import annotations

import re
from collections.abc import Callable

from periderm.algorithms.rules.places import nearest, shown
from periderm.formats.policy_files.nodes import Node, parse
from periderm.model.errors import PeridermError
from periderm.model.trust import (
    DAY,
    AllowedBase,
    KeylessSigner,
    KeySigner,
    Otherwise,
    RequiredAttestation,
    Signer,
    TrustPolicy,
    TrustRule,
)

FILE = ".periderm/trust.yaml"
MOST_RULES, MOST_PATTERNS, MOST_SIGNERS = 500, 500, 32
_FIELDS = (
    "name",
    "images",
    "registries",
    "repositories",
    "digests",
    "bases",
    "max-age",
    "base-max-age",
    "signatures",
    "attestations",
)
_UNITS = {"h": 3_600, "d": DAY, "w": 7 * DAY}
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_OLDEST = 3_650 * DAY
_LONGEST_PATTERN = 500
Read = Callable[[str], bytes]  # a file that the policy names, its whole content


def read_trust_policy(data: bytes, read: Read, where: str = FILE) -> TrustPolicy:
    """The policy; `read` gives the files that it names. Raises RuleError with line and column: an unknown name, a missing
    member, a file that cannot be read, a pattern that is none; FormatError for what is no YAML."""
    top = parse(data, where).fields("the file", ("trust",), ("trust",))["trust"]
    fields = top.fields("a trust policy", ("default", "rules"), ("rules",))
    nodes = fields["rules"].as_list("rules")
    if len(nodes) > MOST_RULES:
        raise fields["rules"].error(f"There are more than {MOST_RULES} rules.")
    otherwise = Otherwise.REFUSE
    if "default" in fields:
        text = fields["default"].as_text("refuse or allow", 100)
        if text not in tuple(Otherwise):
            raise fields["default"].error(f"'{shown(text)}' is neither refuse nor allow.", nearest(text, tuple(Otherwise)))
        otherwise = Otherwise(text)
    seen: dict[str, int] = {}
    rules = tuple(_rule(node, read, seen) for node in nodes)
    return TrustPolicy(rules=rules, otherwise=otherwise, where=where)


def _rule(node: Node, read: Read, seen: dict[str, int]) -> TrustRule:
    fields = node.fields("a rule", _FIELDS, ("images",))
    images = _patterns(fields["images"])
    if not images:
        raise fields["images"].error(
            "The rule is for no image.", "Name images or patterns of them, like registry.example.org/*."
        )
    for pattern in images:
        if pattern in seen:
            raise fields["images"].error(
                f"'{shown(pattern)}' has a rule already, in line {seen[pattern]}.", "Put both into one rule."
            )
        seen[pattern] = node.line
    signers = tuple(_signer(each, read) for each in fields["signatures"].as_list("signers")) if "signatures" in fields else ()
    if len(signers) > MOST_SIGNERS:
        raise fields["signatures"].error(f"There are more than {MOST_SIGNERS} signers.")
    attestations = _attestations(fields["attestations"]) if "attestations" in fields else ()
    if attestations and not signers:
        raise fields["attestations"].error(
            "An attestation counts only if somebody who is trusted signed it.", "Say who may sign, with 'signatures'."
        )
    rule = TrustRule(
        images=images,
        name=fields["name"].as_text("a name", 200) if "name" in fields else images[0],
        registries=_patterns(fields.get("registries")),
        repositories=_patterns(fields.get("repositories")),
        digests=_digests(fields.get("digests")),
        bases=tuple(_base(each) for each in fields["bases"].as_list("base images")) if "bases" in fields else (),
        signatures=signers,
        attestations=attestations,
        max_age=_age(fields.get("max-age")),
        base_max_age=_age(fields.get("base-max-age")),
        line=node.line,
    )
    empty = [name for name in ("registries", "repositories", "digests", "bases", "signatures") if name in fields]
    for name in empty:
        if not getattr(rule, name):
            raise fields[name].error(
                f"'{name}' names nothing, and would ask for nothing.", "Leave it out, or say what is allowed."
            )
    return rule


def _patterns(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    found = node.texts("names or patterns")
    if len(found) > MOST_PATTERNS:
        raise node.error(f"There are more than {MOST_PATTERNS} patterns.")
    for pattern in found:
        if len(pattern) > _LONGEST_PATTERN or pattern.count("*") > 8:
            raise node.error("A pattern has at most 8 stars and 500 characters.")
    return found


def _digests(node: Node | None) -> tuple[str, ...]:
    found = _patterns(node)
    for digest in found:
        if node is not None and not _DIGEST.fullmatch(digest):
            raise node.error(f"'{shown(digest)}' is no digest.", "Write it as sha256: with 64 hexadecimal digits.")
    return found


def _base(node: Node) -> AllowedBase:
    if node.text is not None:
        return AllowedBase(name=node.as_text("a base image", _LONGEST_PATTERN))
    fields = node.fields("a base image", ("name", "layers"))
    name = fields["name"].as_text("a name", _LONGEST_PATTERN) if "name" in fields else ""
    layers = _digests(fields.get("layers"))
    if not name and not layers:
        raise node.error("A base image is known by its name or its layers.", "Give one of them.")
    return AllowedBase(name=name, layers=layers)


def _age(node: Node | None) -> int:
    if node is None:
        return 0
    text = node.as_text("an age", 20)
    number, unit = text[:-1], text[-1]
    if not (number.isascii() and number.isdigit() and len(number) <= 6) or unit not in _UNITS or not int(number):
        raise node.error(f"'{shown(text)}' is no age.", "Write it as 90d, 12h or 4w.")
    seconds = int(number) * _UNITS[unit]
    if seconds > _OLDEST:
        raise node.error("An age of more than ten years asks for nothing.", "Leave it out, or make it shorter.")
    return seconds


def _signer(node: Node, read: Read) -> Signer:
    fields = node.fields("a signer", ("key", "keyless", "root"))
    if ("key" in fields) == ("keyless" in fields):
        raise node.error("A signer is a 'key' or a 'keyless' identity, one of them.")
    root = _file(fields["root"], read) if "root" in fields else b""
    if "key" in fields:
        name = fields["key"].as_text("a file", 1_000)
        named = fields["root"].as_text("a file", 1_000) if "root" in fields else ""
        return KeySigner(key=_file(fields["key"], read), file=name, root=root, root_file=named)
    if "root" not in fields:
        raise node.error("A keyless signer needs a 'root': the file that says whose word is taken for who signed.")
    told = fields["keyless"].fields("a keyless signer", ("issuer", "identity", "identity-pattern"), ("issuer",))
    if ("identity" in told) == ("identity-pattern" in told):
        raise fields["keyless"].error("A keyless signer has an 'identity' or an 'identity-pattern', one of them.")
    return KeylessSigner(
        issuer=told["issuer"].as_text("an issuer", 1_000),
        identity=told["identity"].as_text("an identity", 2_000) if "identity" in told else "",
        pattern=_expression(told["identity-pattern"]) if "identity-pattern" in told else "",
        root=root,
        file=fields["root"].as_text("a file", 1_000),
    )


def _expression(node: Node) -> str:
    """A regular expression that fits the whole identity, and not any."""
    text = node.as_text("a regular expression", _LONGEST_PATTERN)
    try:
        fits_all = re.compile(text).fullmatch("somebody@else.example") is not None
    except (re.error, RecursionError, OverflowError) as error:
        raise node.error(f"This is no regular expression ({error}).") from None
    if fits_all:
        raise node.error("This expression fits anybody.", "Name the organisation or the repository in it.")
    if _NESTED.search(text):
        raise node.error("A repetition inside a repetition may take for ever.", "Write it without, for example [^/]+.")
    return text


_NESTED = re.compile(r"[+*}]\)[+*{]")  # (a+)+ and its like


def _file(node: Node, read: Read) -> bytes:
    name = node.as_text("a file", 1_000)
    try:
        return read(name)
    except PeridermError as error:
        raise node.error(error.what, error.next_step) from error


def _attestations(node: Node) -> tuple[RequiredAttestation, ...]:
    found = node.texts("predicate types")
    for kind in found:
        if ":" not in kind:
            raise node.error(f"'{shown(kind)}' is no predicate type.", "It is a URI, like https://slsa.dev/provenance/v1.")
    return tuple(RequiredAttestation(type=kind) for kind in found)
