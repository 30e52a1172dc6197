"""Licences of Java archives."""

from __future__ import annotations

import pytest

from periderm.formats.languages.java_licences import expression


@pytest.mark.parametrize(
    ("told", "licence"),
    [
        (["Apache License, Version 2.0"], "Apache-2.0"),
        (["https://www.apache.org/licenses/LICENSE-2.0.txt"], "Apache-2.0"),
        (["The  MIT\n License"], "MIT"),
        (["EPL 2.0", "GPL2 w/ CPE"], "EPL-2.0 OR GPL-2.0-only WITH Classpath-exception-2.0"),
        (["http://www.opensource.org/licenses/mit-license.php"], "MIT"),
        (["https://opensource.org/licenses/MIT-0"], ""),
        (["https://www.eclipse.org/legal/epl-v20.html"], "EPL-2.0"),
        (["MIT", "", "MIT"], "MIT"),
        (["MIT", "Our own"], ""),
        (["https://example.com/www.apache.org/licenses/LICENSE-2.0"], ""),
        ([], ""),
    ],
)
def test_only_what_is_exact(told: list[str], licence: str) -> None:
    """Several may be chosen; one that is not known makes the whole unknown."""
    assert expression(told) == licence
