"""Build files as values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.containerfile.reading import read
from periderm.model.build_file import Listing, Mapping, Scalar, Script, every_scalar, texts


@given(st.lists(st.text("ab \t", max_size=8), min_size=1, max_size=8))
def test_a_block_knows_the_line_of_each_character(lines: list[str]) -> None:
    """The offset of any line's first character leads to that line of the file."""
    script = Scalar("\n".join(lines), 10, block=True).script()
    offset = 0
    for number, line in enumerate(lines):
        assert script.line_at(offset) == 11 + number
        offset += len(line) + 1


def test_a_short_text_is_all_on_one_line() -> None:
    """Only a literal block has lines of its own."""
    assert Scalar("a\nb", 7).script().line_at(2) == 7
    assert Script("x").line_at(0) == 0


def test_a_path_of_keys() -> None:
    """What is not there, or of another kind, is told by None, '' or an empty mapping, and by no error."""
    tree = Mapping({"a": (Scalar("a", 1), Mapping({"b": (Scalar("b", 2), Scalar("c", 2))}, 2))}, 1)
    assert tree.text("a", "b") == "c"
    assert tree.text("a") == ""
    assert tree.get("a", "b", "c") is None
    assert tree.mapping("x").line == 0
    assert tree.key("a") == Scalar("a", 1)
    assert [s.text for s in every_scalar(tree)] == ["c"]
    assert [s.text for s in texts(Listing((Scalar("x", 1), Listing((), 1)), 1))] == ["x"]
    assert texts(Scalar("", 1)) == ()


def test_lineage_follows_stages() -> None:
    """The last stage and what it is built on, and no other."""
    file = read(b"FROM a:1 AS one\nFROM b:1 AS two\nFROM one\nRUN x\n")
    assert [stage.number for stage in file.lineage()] == [2, 0]
    assert [one.name for one in file.instructions()] == ["FROM", "FROM", "FROM", "RUN"]
