"""Whole container files."""

from __future__ import annotations

import pytest

from periderm.formats.containerfile.reading import MOST_BYTES, MOST_STAGES, read
from periderm.model.errors import FormatError, LimitError


def test_stages_and_variables() -> None:
    """Global ARGs reach FROM, and a stage only where it asks; ENV is handed on; the later word wins."""
    file = read(
        b"ARG V=3.20\nARG W\nFROM alpine:${V} AS Build\nARG V\nENV P=/opt/$V Q=x\nENV P=/new R=$P\nFROM build\n"
        b"USER $Q\nWORKDIR $P\nCOPY $R $Z/\nFROM a:$W\n"
    )
    assert [(s.base, s.parent, s.known) for s in file.stages] == [
        ("alpine:3.20", -1, True),
        ("build", 0, True),
        ("a:$W", -1, False),
    ]
    by_name = {one.name: one for one in file.stages[1].instructions}
    assert by_name["USER"].words == ("x",)
    assert by_name["WORKDIR"].words == ("/new",)
    assert by_name["COPY"].words == ("/opt/3.20", "$Z/")


def test_options_forms_and_onbuild() -> None:
    """Options in order and more than once; the JSON form; what ONBUILD holds; lines of what follows."""
    file = read(
        b"FROM --platform=$BUILDPLATFORM a:1\nRUN --mount=type=secret,id=x --mount=type=ssh \\\n  a && \\\n  b\n"
        b'CMD ["x", "y z"]\nCMD [x]\nONBUILD COPY --chmod=777 a /b\nHEALTHCHECK --interval=5s CMD x\n'
    )
    one = file.stages[0].instructions
    assert [value for _, value in one[1].flags] == ["type=secret,id=x", "type=ssh"]
    assert one[1].script.line_at(one[1].script.text.index("b")) == 4
    assert (one[2].exec, one[2].words) == (True, ("x", "y z"))
    assert not one[3].exec
    assert (one[4].name, one[4].onbuild, one[4].flag("chmod"), one[4].words) == ("COPY", True, "777", ("a", "/b"))
    assert one[5].flag("interval") == "5s"
    assert file.stages[0].platform == "$BUILDPLATFORM"


def test_pairs() -> None:
    """Names and values, in the old form too; an ARG without a value has none."""
    file = read(b'FROM a:1\nENV A=b "C=d e"\nENV OLD the value\nLABEL x=y\nARG T\nARG U=\n')
    pairs = [one.pairs for one in file.stages[0].instructions[1:]]
    assert pairs == [(("A", "b"), ("C", "d e")), (("OLD", "the value"),), (("x", "y"),), (("T", None),), (("U", ""),)]


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"hello world\n", b"FROM a\0b", b"FROM a:1\nRUN <<E\n"])
def test_damage(data: bytes) -> None:
    """What is no container file is said to be none."""
    with pytest.raises(FormatError):
        read(data)


@pytest.mark.parametrize(
    "data",
    [b"FROM a\n" * (MOST_STAGES + 1), b"#" * (MOST_BYTES + 1), b"FROM a\nENV a=" + b"x" * 9000 + b"\nENV b=" + b"$a" * 2000],
)
def test_limits(data: bytes) -> None:
    """Stages, bytes, and what variables make of them."""
    with pytest.raises(LimitError):
        read(data)


def test_what_is_broken_is_read_as_far_as_it_goes() -> None:
    """A builder refuses it; a reader is not blinded by it."""
    file = read("\ufeffFROM a:1 AS\nFRUM x\nRUN\nUSER\nCOPY\nADD --\nEXPOSE $\n".encode())
    assert [one.name for one in file.instructions()] == ["FROM", "RUN", "USER", "COPY", "ADD", "EXPOSE"]
