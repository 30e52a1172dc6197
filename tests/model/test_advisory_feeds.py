"""The addresses of feeds: secure, with names that stay in their folder, none twice."""

from __future__ import annotations

from urllib.parse import urlsplit

from periderm.model.advisory_feeds import FEEDS, USUAL

FILES = [file for files in FEEDS.values() for file in files]


def test_addresses() -> None:
    """All over https, each with a limit."""
    for file in FILES:
        assert urlsplit(file.url).scheme == "https", file
        assert urlsplit(file.url).hostname, file
        assert 0 < file.most <= 2 << 30, file


def test_names() -> None:
    """One file each, without a way out of the folder."""
    names = [file.name for file in FILES]
    assert len(set(names)) == len(names)
    assert all("/" not in name and not name.startswith(".") for name in names)


def test_the_usual_ones_exist() -> None:
    """What is fetched without being named is known."""
    assert set(USUAL) <= set(FEEDS)
