"""Mix's lock file."""

from __future__ import annotations

from periderm.formats.languages.mix_lock import FORMAT
from tests.formats.languages.samples import MIX, read


def test_packages_of_hex() -> None:
    """By their own names; an organisation is the namespace; what comes from git has no version."""
    assert read(FORMAT, MIX, "app/mix.lock") == [
        "pkg:hex/phoenix@1.7.10",
        "pkg:hex/acme/private@0.1.0",
        "pkg:hex/old_name@0.9.0",
    ]
    assert FORMAT.read(MIX.encode(), "mix.lock").packages[0].dependencies == ("castore", "jason")
