"""Every kind of secret, by its own examples and look-alikes: found wherever a secret can lie, quiet otherwise, never shown.

Also the ways to write kinds down."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image import DETECTORS
from periderm.engines.image.engine import ImageEngine
from periderm.engines.image.facts import ImageFacts
from periderm.engines.image.kinds import ALNUM, HEX, WORD, Some, assemble, filler, likely, members, named, token
from periderm.engines.image.search import TextSearch
from periderm.engines.image.secrets import Matcher, SecretPattern, expression
from periderm.model.image import FileType, History, ImageConfig, LayerEntry, OsRelease
from periderm.model.limits import DEFAULT_LIMITS
from periderm.model.severity import Severity
from periderm.model.text import Text

SECRETS = [d for d in DETECTORS if d.patterns]
ALL = [p for d in SECRETS for p in d.patterns]
ANYWHERE = [p for p in ALL if p.quick and p.paths is None and not re.search(rb"\(\?s\)", p.exact)]
KIND = pytest.mark.parametrize("pattern", ALL, ids=lambda p: p.name)
EVERYTHING = ImageEngine(SECRETS)
MATCHER = Matcher(ALL)


def values(pattern: SecretPattern, data: bytes) -> list[bytes]:
    """The secrets of one kind in a file of its own place, found among all kinds."""
    return [secret for found, _, secret in MATCHER.find(data, pattern.place) if found is pattern]


def test_enough_kinds() -> None:
    """Names are unique and there are many; each says in both languages what it is, and where its form is described."""
    assert len({p.name for p in ALL}) == len(ALL) >= 180
    assert [p.name for p in ALL if not (p.what.en and p.what.zh and p.source.startswith(("http://", "https://")))] == []
    assert [p.name for p in ALL if not re.fullmatch("[a-z][a-z0-9-]+", p.name)] == []
    assert [p.name for p in ALL if bool(p.quick) == bool(p.files)] == []


@KIND
def test_its_examples_fire_in_a_file(pattern: SecretPattern) -> None:
    """Each example is found among all kinds at once, and what is matched holds the secret and not the whole line."""
    examples = pattern.examples()
    assert examples
    for example in examples:
        (secret,) = values(pattern, example)
        assert secret in example


@KIND
def test_its_look_alikes_are_quiet(pattern: SecretPattern) -> None:
    """What only looks like it is not this kind."""
    alike = pattern.alike()
    assert alike
    assert [text for text in alike if values(pattern, text)] == []


@KIND
def test_the_quick_form_lies_in_the_exact_one(pattern: SecretPattern) -> None:
    """Between other texts, at any place, what `re` finds Hyperscan finds too: else a secret would be passed over."""
    if not pattern.quick or b"\\A" in pattern.exact:
        return
    for shift, example in enumerate(pattern.examples() * 4):
        around = filler(f"{shift}", WORD + b"=: /\n", 7 * shift) + b"\n"
        data = around + example + around
        if expression(pattern.exact).search(data):
            assert values(pattern, data)


@pytest.mark.parametrize("pattern", ANYWHERE, ids=lambda p: p.name)
def test_it_fires_in_environment_label_and_history(pattern: SecretPattern) -> None:
    """A secret that the image's configuration holds is told where it is, masked, and by the detector of that place."""
    text = pattern.examples()[0].decode().strip()
    facts = told(ImageConfig(environment=(f"VALUE={text}",), labels={"note": text}, history=(History(f"RUN x {text}"),)))
    assert {s.place for s in facts.secrets if s.pattern == pattern.name} == {"env", "label", "history"}
    findings = EVERYTHING.findings(facts, "sha256:" + "0" * 64, 0)
    judges = {d.spec.id: tuple(d.judge(facts)) for d in DETECTORS if d.spec.id in ("IMG-012", "IMG-013", "IMG-014")}
    assert all(judges.values())
    secret = values(pattern, pattern.examples()[0])[0].decode()
    said = repr(findings) + repr(judges) + repr(facts.secrets)
    assert secret[max(pattern.show, 4) :] not in said


def told(config: ImageConfig) -> ImageFacts:
    """All facts of an image that is nothing but its configuration."""
    return EVERYTHING.facts(config, OsRelease(), (), ())


@KIND
def test_only_the_mask_is_kept(pattern: SecretPattern) -> None:
    """What a search keeps, and what is cached of it, shows at most the prefix that every such secret has."""
    search = TextSearch(ALL, DEFAULT_LIMITS, "sha256:1", 1 << 30)
    data = pattern.examples()[0]
    entry = LayerEntry(pattern.place, FileType.REGULAR, 0o644, 0, 0, len(data), 0)
    assert search.begins(entry, data)
    search.text(entry, data)
    found = [s for s, _ in search.searched().secrets if s.pattern == pattern.name]
    secret = values(pattern, data)[0]
    shown = found[0].masked.partition("…")[0]
    assert len(shown) * 4 <= len(secret)
    text = secret.decode("latin-1")
    assert text not in repr(found)
    assert text[len(shown) + 4 :] not in repr(found)


def test_a_token_is_whole() -> None:
    """Too short, too long, of one letter, or inside a longer word it is none; behind an escaped line end it is one."""
    pattern = token("demo", Text("x", "x"), b"dm_", Some(ALNUM, 20), source="")
    good = assemble("demo", (b"dm_", Some(ALNUM, 20)))
    matcher = Matcher([pattern])
    assert [s for _, _, s in matcher.find(b'"\\n' + good + b'"', "x")] == [good]
    for bad in (good[:-1], good + b"A", b"A" + good, b"dm_" + b"q" * 20):
        assert matcher.find(bad, "x") == []


def test_a_named_value_needs_its_name() -> None:
    """The name, a word such as key, and a sign of assignment: all three."""
    pattern = named("demo", Text("x", "x"), (b"acme_cloud",), Some(HEX, 32), source="")
    value = filler("v", HEX, 32)
    matcher = Matcher([pattern])
    for good in (b"ACME_CLOUD_KEY=", b'"acmecloud-api-key": "', b"acme-cloud.token => '", b"MY_ACME_CLOUD_SECRET="):
        assert matcher.find(good + value, "x")
    for bad in (b"CLOUD_KEY=", b"acme_cloud_id=", b"acme_cloud_key "):
        assert matcher.find(bad + value, "x") == []


@given(st.text(max_size=20), st.integers(0, 200))
def test_fillers(seed: str, count: int) -> None:
    """The same for the same seed, of the class alone, as long as asked for."""
    made = filler(seed, HEX, count)
    assert made == filler(seed, HEX, count)
    assert len(made) == count
    assert set(made) <= set(b"0123456789abcdef")


def test_classes_and_entropy() -> None:
    """A class is its ranges and letters; a value of hexadecimal digits cannot have more than four bits."""
    assert members(b"a-c9_-") == b"abc9_-"
    assert likely(b"prefix") == 0.0
    assert likely(Some(HEX, 64)) == 3.0
    assert likely(Some(ALNUM, 4)) == 1.5


def test_severity_of_its_own() -> None:
    """A kind may be worse or milder than its family, and a single secret than its kind."""
    pattern = token("demo", Text("x", "x"), b"dm_", Some(ALNUM, 20), source="", severity=Severity.LOW)
    assert pattern.severity is Severity.LOW
