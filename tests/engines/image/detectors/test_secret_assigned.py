"""Finding assigned passwords."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import secret_assigned
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.engines.image.secrets import SecretPattern


def told(pattern: SecretPattern, data: bytes) -> list[str]:
    """What the detector says of one file: messages and evidence."""
    image = GivenImage(layers=((GivenFile(pattern.place, b"first line\n" * (not pattern.binary) + data),),))
    return [f"{f.message.en} {f.evidence}" for f in run_example(secret_assigned.DETECTOR, image)]


@pytest.mark.parametrize("pattern", secret_assigned.PATTERNS, ids=lambda p: p.name)
def test_each_kind_is_found(pattern: SecretPattern) -> None:
    """Each example is found, and what is said names its kind."""
    for example in pattern.examples():
        (text,) = told(pattern, example)
        assert pattern.what.en in text


@pytest.mark.parametrize("path", ["app/.env", "usr/src/app/.env", "usr/share/nginx/html/config.json", "srv/shop/settings.yaml"])
def test_configuration_that_people_bring(path: str) -> None:
    """Where official base images tell people to put their application is theirs."""
    assert secret_assigned.made_here(path)


@pytest.mark.parametrize(
    "path", ["usr/src/app/main.py", "app/server.js", "usr/share/nginx/html/app.js", "usr/local/app/run.sh"]
)
def test_programs_that_people_write(path: str) -> None:
    """Programs of the image's own application."""
    assert secret_assigned.written_here(path)


@pytest.mark.parametrize(
    "path",
    ["usr/lib/python3/x.py", "app/node_modules/x/index.js", "app/tests/test_x.py", "usr/share/app-install/x.py", "app/x.txt"],
)
def test_programs_of_others(path: str) -> None:
    """Packages, tests, and what is no program."""
    assert not secret_assigned.written_here(path)
