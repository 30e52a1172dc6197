"""Lines of pip's requirements notation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.languages import pip_lines


def test_continued_lines() -> None:
    """A backslash at the end goes on; the last line needs no end; what is commented out behind it is not a pin."""
    assert list(pip_lines.pins("a==1 \\\n --hash=x\nb\\\n==2\n#c==3\\\nd==4\ne==5 \\")) == [("a", "1"), ("b", "2"), ("e", "5")]


def test_versions_of_all_forms() -> None:
    """Epochs, locals, brackets; a wheel's version may be escaped in its address."""
    text = "a==1!2.0+local.1\nb (==1.0)\nc[x,y]===weird\nd@https://h/d-1.0%2Blocal-py3-none-any.whl\n"
    assert list(pip_lines.pins(text)) == [("a", "1!2.0+local.1"), ("b", "1.0"), ("c", "weird"), ("d", "1.0+local")]


@given(st.text(alphabet="ab1.=[]@\\\n -#;()", max_size=80))
def test_any_text(text: str) -> None:
    """Names and versions are never empty, and begin as such."""
    for name, version in pip_lines.pins(text):
        assert name[0].isalnum()
        assert version[0].isalnum()
