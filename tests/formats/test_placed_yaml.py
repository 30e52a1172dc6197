"""YAML whose texts know their lines."""

from __future__ import annotations

import pytest

from periderm.formats.placed_yaml import DEEPEST, MOST_BYTES, MOST_DOCUMENTS, read
from periderm.model.build_file import Mapping, Scalar
from periderm.model.errors import FormatError, LimitError


def one(text: str) -> Mapping:
    """The only document."""
    (found,) = read(text.encode())
    assert isinstance(found, Mapping)
    return found


def test_lines_and_texts() -> None:
    """Nothing is typed, and every text has the line that it stands on."""
    tree = one("a: yes\nb:\n  - 1.10\n  - x: |\n      one\n      two\n")
    assert tree.text("a") == "yes"
    found = tree.get("b")
    assert isinstance(found, type(tree.get("b")))
    scalars = {s.text: s.line for s in _all(tree)}
    assert scalars == {"yes": 1, "1.10": 3, "one\ntwo\n": 4}
    assert next(s for s in _all(tree) if s.block).script().line_at(4) == 6


def _all(tree: Mapping) -> list[Scalar]:
    from periderm.model.build_file import every_scalar

    return list(every_scalar(tree))


def test_merges() -> None:
    """Own keys win over merged ones, and earlier merges over later ones; a quoted '<<' is a name."""
    tree = one("a: &a {k: 1, z: 2}\nb: &b {k: 3, y: 4}\nc:\n  <<: [*a, *b]\n  z: 9\nd: {'<<': 5}\n")
    assert {k.text: v.text for k, v in tree.mapping("c").items() if isinstance(v, Scalar)} == {"k": "1", "y": "4", "z": "9"}
    assert tree.text("d", "<<") == "5"


def test_an_alias_keeps_its_anchors_line() -> None:
    """A finding points at where the words stand."""
    tree = one("x: &x secret\ny: *x\n")
    found = tree.get("y")
    assert isinstance(found, Scalar)
    assert found.line == 1


def test_laughs_are_bounded() -> None:
    """A file of a few lines that would fill the memory is refused before it does."""
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(LimitError):
        read("\n".join(lines).encode())


@pytest.mark.parametrize(
    "data",
    [b"[" * (DEEPEST + 1), b"a: b\n" * MOST_BYTES, b"--- a\n" * (MOST_DOCUMENTS + 1), b"{a: " * 500 + b"}" * 500],
)
def test_limits(data: bytes) -> None:
    """Depth, size and number of documents."""
    with pytest.raises(LimitError):
        read(data)


@pytest.mark.parametrize("data", [b"a: *b", b"a: [", b"\x00", b"\xff\xfe\xff", b"a: b: c"])
def test_damage(data: bytes) -> None:
    """What is no YAML is said to be none."""
    with pytest.raises(FormatError):
        read(data)


def test_documents() -> None:
    """Several documents, empty ones left out; a list as a key means nothing."""
    assert len(read(b"---\n---\na: 1\n---\nb: 2\n")) == 2
    assert read(b"") == ()
    assert one("? [a, b]\n: 1\nc: 2\n").text("c") == "2"
