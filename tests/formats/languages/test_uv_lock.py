"""uv's lock file."""

from __future__ import annotations

from periderm.formats.languages.uv_lock import FORMAT
from tests.formats.languages.samples import UV, read


def test_scopes_are_followed() -> None:
    """Through extras too; what run time needs is not for development, even if development needs it as well."""
    assert read(FORMAT, UV, "app/uv.lock") == [
        "pkg:pypi/flask@2.2.0",
        "pkg:pypi/click@8.1.7",
        "pkg:pypi/requests@2.31.0",
        "pkg:pypi/pysocks@1.7.1?vcs_url=git%2Bhttps://example.com/pysocks.git%3Frev%3Dmain%23abc",
        "pkg:pypi/idna@3.4 optional",
        "pkg:pypi/pytest@7.4.0 development",
        "pkg:pypi/iniconfig@2.0.0 development",
    ]
    assert FORMAT.read(UV.encode(), "uv.lock").packages[0].dependencies == ("click",)


def test_a_cycle_ends() -> None:
    """Packages that need each other are each told once."""
    lock = "".join(
        f'[[package]]\nname = "{a}"\nversion = "1"\nsource = {{ {kind} = "." }}\ndependencies = [{{ name = "{b}" }}]\n'
        for a, b, kind in (("own", "a", "editable"), ("a", "b", "registry"), ("b", "a", "registry"))
    )
    assert read(FORMAT, lock, "uv.lock") == ["pkg:pypi/a@1", "pkg:pypi/b@1"]
