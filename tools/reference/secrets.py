"""The page of the kinds of secrets: what each is, an example as it is shown, and what is checked."""

from __future__ import annotations

from periderm.engines.image import DETECTORS
from periderm.engines.image.facts import Detector
from periderm.engines.image.secrets import Matcher, SecretPattern, mask
from tools.reference.markdown import cell, code, page, table

_INTRO = (
    "What `periderm scan` takes for a secret: {kinds} kinds of {families} families. Each is found in files of every layer, "
    "also when a later layer deletes them; those that no file name decides also in the environment, labels, history and "
    "command of an image. Examples are made up, and shown as every output shows a secret."
)


def pages() -> dict[str, str]:
    """File name to text."""
    families = [d for d in DETECTORS if d.patterns]
    kinds = sum(len(d.patterns) for d in families)
    intro = _INTRO.format(kinds=kinds, families=len(families))
    return {"secrets.md": page("Kinds of secrets", intro, *(_family(d) for d in families))}


def _family(detector: Detector) -> str:
    rows = [(code(p.name), cell(p.what.en), _shown(p), _checked(p), _source(p)) for p in detector.patterns]
    heading = f"## {detector.spec.id}: {cell(detector.spec.title.en)}"
    return f"{heading}\n\n" + table(("kind", "what", "shown as", "checked", "described"), rows)


def _shown(pattern: SecretPattern) -> str:
    """The mask of its first example."""
    found = Matcher([pattern]).find(pattern.examples()[0], pattern.place)
    return code(mask(found[0][2], pattern.show)) if found else "-"


def _checked(pattern: SecretPattern) -> str:
    """What an exact match must pass besides."""
    told = []
    if pattern.entropy:
        told.append(f"at least {pattern.entropy:.1f} bits a character")
    if pattern.check is not None:
        told.append("its structure or checksum" if not pattern.loose else "no word that stands for one")
    if pattern.context is not None:
        told.append("what stands around it")
    if pattern.files or pattern.paths is not None:
        told.append("the file's name")
    if pattern.binary:
        told.append("also in binary files")
    return "; ".join(told) or "its form alone"


def _source(pattern: SecretPattern) -> str:
    return f"<{pattern.source}>"
