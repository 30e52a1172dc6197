"""Every format of languages is fed damaged files: bytes flipped, cut, doubled, spliced, numbers made extreme.

Deterministic; `PERIDERM_FUZZ_ROUNDS` asks for more. Also the laws that hold for whatever a file says: package URLs are
canonical, what is told can be stored and printed, and nobody's name steps out of its place.
"""

from __future__ import annotations

import importlib
import random

import pytest

from periderm.flow.catalogue import FORMATS
from periderm.formats.languages.lines import with_lines
from periderm.model import purl
from periderm.model.errors import FormatError
from periderm.model.image import Origin, Package
from periderm.model.package_format import FileFacts, PackageFormat
from tests.formats.languages.samples import SEEDS
from tests.fuzz.test_image_formats import ROUNDS, mutate

FEWER = 5  # there are thirty of them
SLOWER = 5  # times fewer again: TOML is read by Python


def format_of(name: str) -> PackageFormat:
    """The format of a module."""
    found = importlib.import_module(f"periderm.formats.languages.{name}").FORMAT
    assert isinstance(found, PackageFormat)
    return found


def check(facts: FileFacts, format_: PackageFormat) -> None:
    """What holds for any file."""
    for package in facts.packages:
        assert package.name
        assert package.version
        read = purl.parse(package.purl)
        assert read is not None, package.purl
        assert str(read) == package.purl
        assert ".." not in package.name.split("/")
        assert package.origin is Origin.DECLARED or not format_.source_only or package.origin is Origin.EMBEDDED
        str(package).encode("utf-8")
    for owned in facts.owned:
        assert all(path and ".." not in path.split("/") for path in owned.paths)
    for missed in facts.missed:
        assert missed.en
        assert missed.zh
        (missed.en + missed.zh).encode("utf-8")


def accepts(format_: PackageFormat, path: str) -> bool:
    """As flow offers files."""
    name = path.rpartition("/")[2]
    offered = name in format_.names or f".{name.rpartition('.')[2]}" in format_.suffixes
    return offered and (format_.accept is None or format_.accept(path))


def test_every_format_is_listed_and_fuzzed() -> None:
    """A format that is not in the catalogue reads nothing; one without a seed is not fuzzed."""
    listed = {f.read.__module__.rpartition(".")[2] for f in FORMATS if ".languages." in f.read.__module__}
    assert listed == set(SEEDS)
    assert len({f.id for f in FORMATS}) == len(FORMATS)


@pytest.mark.parametrize("name", SEEDS)
def test_seeds_are_offered_and_tell_something(name: str) -> None:
    """Each seed lies where its format looks, and is read; in a folder of tests what is declared has the scope 'test'."""
    format_ = format_of(name)
    for path, data in SEEDS[name]:
        assert accepts(format_, path)
        facts = format_.read(data, path)
        assert facts.packages or facts.owned
        assert not facts.missed
        check(facts, format_)
        if format_.source_only:
            assert {p.scope for p in format_.read(data, f"x/tests/{path}").packages} == {"test"}


@pytest.mark.parametrize("name", SEEDS)
def test_damage_is_an_error_and_nothing_else(name: str) -> None:
    """No damage makes a format raise anything but FormatError, or tell what cannot be told."""
    format_, seeds = format_of(name), SEEDS[name]
    chance = random.Random(name)
    rounds = ROUNDS // FEWER // (SLOWER if seeds[0][0].endswith((".lock", ".toml")) and len(seeds[0][1]) > 700 else 1)
    for round_ in range(rounds):
        path, seed = seeds[round_ % len(seeds)]
        data = mutate(seed, chance)
        try:
            check(format_.read(data, path), format_)
        except FormatError:
            continue
        except Exception as error:  # noqa: BLE001 -- this is what is searched for: told with the input that makes it
            pytest.fail(f"round {round_} of {name}: {type(error).__name__}: {error} for {data[:3000]!r}")


@pytest.mark.parametrize("name", SEEDS)
@pytest.mark.parametrize(
    "data", [b"", b"\0" * 50, b"\xff" * 50, b"[" * 100_000, b'{"a":' * 100_000, b"<a>" * 50_000, b"a: " * 30_000]
)
def test_extremes(name: str, data: bytes) -> None:
    """Nothing at all, noise, and depth."""
    format_ = format_of(name)
    for path, _ in SEEDS[name]:
        try:
            facts = format_.read(data, path)
        except FormatError:
            continue
        assert not facts.packages


LOCKS = {
    "requirements.txt": b"jinja2==2.10 ; python_version > '3'\npyyaml[x]==5.3\n",
    "go.mod": b"module x\nrequire (\n\tgithub.com/a/b v1.2.3 // indirect\n)\n",
    "Gemfile.lock": b"GEM\n  specs:\n    rack (2.0.1)\n",
    "Cargo.lock": b'[[package]]\nname = "serde"\nversion = "1.0.1"\n',
    "package-lock.json": b'{"packages":{"node_modules/a":{"version":"1.0.0"}}}',
    "pom.xml": b"<artifactId>a</artifactId><version>1</version>",
}


@pytest.mark.parametrize("name", LOCKS)
def test_lines_of_damaged_files(name: str) -> None:
    """Where a package stands is a guess at worst: the packages stay the same, and a line is one of the file's."""
    chance = random.Random(name)
    package = Package(name="rack", version="2.0.1", type="gem", purl="pkg:gem/rack@2.0.1", path=name)
    for _ in range(ROUNDS // FEWER + 1):
        data = mutate(LOCKS[name], chance)
        (placed,) = with_lines(data, f"app/{name}", [package])
        assert (placed.name, placed.version) == ("rack", "2.0.1")
        assert 0 <= placed.line <= data.count(b"\n") + 1
