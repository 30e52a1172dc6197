"""R's lock file."""

from __future__ import annotations

from periderm.formats.languages.renv_lock import FORMAT
from tests.formats.languages.samples import RENV, read


def test_packages() -> None:
    """Of a repository, and from git, which says so."""
    assert read(FORMAT, RENV, "app/renv.lock") == [
        "pkg:cran/markdown@1.0",
        "pkg:cran/forked@0.1-2?vcs_url=git%2Bhttps://github.com/someone/forked",
    ]
    assert FORMAT.read(RENV.encode(), "renv.lock").packages[0].dependencies == ("mime",)
