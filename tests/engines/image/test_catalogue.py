"""The list of image detectors: whole, ordered, and loaded only when it is asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import periderm.engines.image.detectors as folder
from periderm.engines import image
from periderm.engines.image.catalogue import DETECTORS


def test_every_file_of_detectors_is_listed() -> None:
    """A detector that nobody lists would never run."""
    files = {f.stem for f in Path(folder.__path__[0]).glob("*.py")} - {"__init__"}
    assert len(DETECTORS) == len({d.spec.id for d in DETECTORS}) == len(files)


def test_the_package_hands_it_on() -> None:
    """Whoever asks the capability for its detectors gets this list."""
    assert image.DETECTORS is DETECTORS


def test_a_scan_for_packages_loads_no_secret() -> None:
    """What starts up is paid at every scan."""
    code = (
        "import sys\nfrom periderm.flow.scan_task import chosen\nfrom periderm.model.report import Scanner\n"
        "assert [d.spec.id for d in chosen(frozenset({Scanner.PACKAGES}))] == ['IMG-024']\n"
        "print([m for m in sys.modules if m.startswith('periderm.engines.image.detectors.secret')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
