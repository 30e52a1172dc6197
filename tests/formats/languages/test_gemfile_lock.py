"""Bundler's lock file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages.gemfile_lock import FORMAT
from tests.formats.languages.samples import GEMFILE, read

gems = st.lists(st.tuples(st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True), st.integers(0, 99)), max_size=6, unique=True)


def test_sections() -> None:
    """Gems of repositories and of git are told, the project's own is not; platforms are qualifiers."""
    facts = FORMAT.read(GEMFILE.encode(), "app/Gemfile.lock")
    assert read(FORMAT, GEMFILE, "app/Gemfile.lock") == [
        "pkg:gem/fork@1.0.0?vcs_url=git%2Bhttps://example.com/fork.git%40abc123",
        "pkg:gem/nokogiri@1.15.4?platform=x86_64-linux",
        "pkg:gem/racc@1.7.1",
        "pkg:gem/rails@7.0.4.rc1",
    ]
    assert [p.dependencies for p in facts.packages] == [("rack",), ("racc",), (), ("nokogiri",)]


@given(gems)
def test_every_gem(packages: list[tuple[str, int]]) -> None:
    """As many as there are, in order, also the last line without an end."""
    text = "GEM\n  remote: x\n  specs:\n" + "\n".join(f"    {n} ({v}.0)\n      dep (~> 1)" for n, v in packages)
    assert read(FORMAT, text, "Gemfile.lock") == [f"pkg:gem/{n}@{v}.0" for n, v in packages]
