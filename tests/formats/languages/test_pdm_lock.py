"""PDM's lock file."""

from __future__ import annotations

from periderm.formats.languages.pdm_lock import FORMAT
from tests.formats.languages.samples import PDM, read


def test_packages_and_groups() -> None:
    """Groups besides `default` are for development; a fork says where it is from; the project's own is not told."""
    assert read(FORMAT, PDM, "app/pdm.lock") == [
        "pkg:pypi/flask@2.2.0",
        "pkg:pypi/iniconfig@2.0.0 development",
        "pkg:pypi/fork@1.0?vcs_url=git%2Bhttps://example.com/fork.git%40abc",
    ]
    assert FORMAT.read(PDM.encode(), "pdm.lock").packages[0].dependencies == ("Werkzeug", "importlib-metadata")
