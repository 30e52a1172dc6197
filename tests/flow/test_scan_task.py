"""What layers are read for follows from the scanners, the kind of target and the limits, and names the facts that are kept."""

from __future__ import annotations

from periderm.engines.image.engine import ImageEngine
from periderm.flow.format_index import INDEX
from periderm.flow.read_layer import Task
from periderm.flow.reading import NoCache
from periderm.flow.scan_task import PIPELINE, asked, chosen, looked_for, narrowed, readers, task_of
from periderm.model.finding import FindingKind
from periderm.model.image import ImageConfig
from periderm.model.limits import DEFAULT_LIMITS
from periderm.model.report import Scanner
from periderm.ports.image_source import OpenImage

SECRETS, MALWARE, PACKAGES = (frozenset({s}) for s in (Scanner.SECRETS, Scanner.MALWARE, Scanner.PACKAGES))


def image(source: str = "archive:a.tar") -> OpenImage:
    """An image without layers."""
    return OpenImage("a", source, "sha256:" + "0" * 64, ImageConfig(), ())


def task(scanners: frozenset[Scanner], layers: int = 1, rules: tuple[tuple[str, str], ...] = ()) -> Task:
    """The task of an archive."""
    engine = ImageEngine(chosen(scanners), DEFAULT_LIMITS)
    return task_of(
        engine,
        image(),
        scanners=scanners,
        limits=DEFAULT_LIMITS,
        cache=NoCache(),
        formats=INDEX,
        layers=layers,
        mate=None,
        rules=rules,
    )


def test_only_what_was_asked_for_is_looked_for() -> None:
    """Who asks for packages pays for no search, no digests and no content rules."""
    plain, secrets, malware = task(PACKAGES), task(SECRETS), task(MALWARE)
    assert (plain.search, plain.digests, plain.look, plain.patterns) == (False, False, None, ())
    assert (secrets.search, bool(secrets.patterns), secrets.look) == (True, True, None)
    assert (malware.digests, malware.search) == (True, False)
    assert malware.look is not None


def test_detectors_are_those_of_the_scanners() -> None:
    """What was not examined is always said; nothing else is told that nobody asked for."""
    kinds = {d.kind for d in chosen(MALWARE)}
    assert kinds == {FindingKind.MALWARE, FindingKind.NOT_EXAMINED}
    assert [d.kind for d in chosen(PACKAGES)] == [FindingKind.NOT_EXAMINED]


def test_a_pipeline_is_judged_by_its_build_files_only() -> None:
    """What lies around in the folder of a pipeline is nobody's image."""
    scanners = frozenset({Scanner.CONFIGURATION})
    assert [d.kind for d in asked(image(PIPELINE + "x"), scanners)] == [FindingKind.NOT_EXAMINED]
    assert len(asked(image(), scanners)) > 1


def test_some_notes_are_read_in_source_folders_only() -> None:
    """A build file inside an image built nothing of it."""
    scanners = frozenset({Scanner.CONFIGURATION})
    engine = ImageEngine(chosen(scanners), DEFAULT_LIMITS)
    there = {r.id for r in readers(engine, image("source:x"), scanners) if r.source_only}
    assert there
    assert not any(r.source_only for r in readers(engine, image(), scanners))


def test_kept_facts_are_named_by_what_they_depend_on() -> None:
    """Another scanner or another rule reads a layer anew; another number of layers does not."""
    name = looked_for(task(MALWARE), INDEX)
    assert name == looked_for(task(MALWARE, layers=50), INDEX)
    rule = (("own.yar", 'rule own { strings: $a = "a made-up word" condition: $a }'),)
    assert len({name, looked_for(task(MALWARE, rules=rule), INDEX), looked_for(task(SECRETS), INDEX)}) == 3


def test_what_layers_share_is_divided() -> None:
    """Many layers together may inflate and search no more than one could."""
    one, many = task(SECRETS), task(SECRETS, layers=1_000)
    assert many.confirm < one.confirm
    assert many.limits.ratio_floor < one.limits.ratio_floor


def test_of_a_pipeline_only_its_build_files_are_read() -> None:
    """Whatever is asked for; of everything else, all of it."""
    assert narrowed(image(PIPELINE + "."), SECRETS, INDEX) == (frozenset({Scanner.CONFIGURATION}), ())
    assert narrowed(image(), SECRETS, INDEX) == (SECRETS, INDEX)
