"""Files that people write beside their code, and the conditions and versions in them, are fed damaged input, as the formats
of images are."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Mapping

import pytest

from periderm.algorithms import signing
from periderm.algorithms.licences.expression import parse as parse_licence
from periderm.algorithms.rules import gate
from periderm.algorithms.rules.pack import PackKind, load
from periderm.algorithms.versions import npm_range, order
from periderm.app.rules_example import EXAMPLE
from periderm.engines.runtime.rules.lint import lint
from periderm.engines.runtime.rules.pack import checked, detectors, language
from periderm.formats.falco_rules.documents import read as read_falco
from periderm.formats.falco_rules.translate import translate
from periderm.formats.policy_files.exceptions import read_exceptions
from periderm.formats.policy_files.licences import read_licence_policy
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.formats.policy_files.services import read_services
from periderm.formats.policy_files.writing import write_rule_pack
from periderm.model.errors import FormatError, RuleError, SignatureError
from periderm.model.version_range import Scheme, VersionRange
from tests.algorithms.test_signing import KEY, KIND, PUBLIC
from tests.algorithms.versions import samples
from tests.docs.test_gates import PAGE, blocks
from tests.formats.falco_rules.test_translate import OTHERS, RULES
from tests.formats.policy_files.test_services import GOOD as SERVICES
from tests.fuzz.test_image_formats import ROUNDS, Target, mutate


def fuzz_rules(data: bytes) -> None:
    """Reads, checks and runs a pack with its tests."""
    load(read_rule_pack(data), gate.language(), gate.example()).run_tests()


def fuzz_runtime_rules(data: bytes) -> None:
    """Reads, checks, lints and compiles a runtime pack, and writes it again."""
    written = read_rule_pack(data, "p.yaml", (PackKind.RUNTIME,))
    pack = checked(written)
    lint(pack, 0)
    detectors(pack)
    read_rule_pack(write_rule_pack(written), "p.yaml", (PackKind.RUNTIME,))


def fuzz_falco(data: bytes) -> None:
    """Reads and translates Falco's rules: each is translated or says why."""
    file = read_falco([("f.yaml", data)])
    found = translate(file, language().fields)
    assert len(found.outcomes) == len(file.rules)
    assert all(outcome.id or outcome.reasons for outcome in found.outcomes)


def fuzz_exceptions(data: bytes) -> None:
    """Whatever is read has a reason, an owner, an end and a scope."""
    for exemption in read_exceptions(data):
        assert exemption.reason
        assert exemption.owner
        assert not exemption.scope.empty


def fuzz_condition(data: bytes) -> None:
    """A condition is true, false or an error."""
    assert gate.language().compile(data.decode("utf-8", "surrogateescape")).holds(gate.example()) in (True, False)


def fuzz_versions(data: bytes) -> None:
    """Every scheme gives every text a place."""
    text = data.decode("utf-8", "surrogateescape")
    for scheme in Scheme:
        order.contains(scheme, text, VersionRange(introduced="1.0", last_affected=text[::-1]))
        order.valid(scheme, text)
    npm_range.satisfies("1.2.3", text)
    parse_licence(text)


def fuzz_envelope(data: bytes) -> None:
    """What is verified is what was signed."""
    assert signing.verify(data, [PUBLIC], KIND) == b"abc"


YAML = [text.encode() for text in blocks(PAGE, "yaml")]
TARGETS: Mapping[str, tuple[Target, list[bytes]]] = {
    "rules": (fuzz_rules, [y for y in YAML if y.startswith(b"lists")]),
    "runtime-rules": (fuzz_runtime_rules, [EXAMPLE.encode()]),
    "falco": (fuzz_falco, [RULES.encode(), (RULES + OTHERS).encode()]),
    "exceptions": (fuzz_exceptions, [y for y in YAML if y.startswith(b"exceptions")]),
    "services": (read_services, [SERVICES]),
    "licence-policy": (read_licence_policy, [y for y in YAML if y.startswith(b"licences")]),
    "condition": (fuzz_condition, [text.strip().encode() for text in blocks(PAGE, "cel")]),
    "versions": (fuzz_versions, [v.encode() for versions in samples.REAL.values() for v in versions[:4]]),
    "envelope": (fuzz_envelope, [signing.sign(b"abc", KIND, KEY)]),
}


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_an_error_and_nothing_else(name: str) -> None:
    """No damage gives anything but an error of the file's own kind; undamaged seeds pass."""
    fuzz, seeds = TARGETS[name]
    for seed in seeds:
        fuzz(seed)
    chance = random.Random(name)
    for round_ in range(ROUNDS // 2):
        data = mutate(seeds[round_ % len(seeds)], chance)
        try:
            with contextlib.suppress(FormatError, RuleError, SignatureError):
                fuzz(data)
        except Exception as error:  # noqa: BLE001 -- this is what is searched for: told with the input that makes it
            pytest.fail(f"round {round_} of {name}: {type(error).__name__}: {error} for {data[:2000]!r}")
