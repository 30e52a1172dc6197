"""What is written is read back as it was."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.rules.pack import PackKind, WrittenPack, WrittenRule, WrittenTest
from periderm.algorithms.rules.places import Place
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.formats.policy_files.writing import scalar, write_rule_pack
from periderm.model.policy import ResponseKind
from periderm.model.severity import Maturity, Severity

_text = (
    st.text(alphabet="abé: #'\"{}[]&|\\\u2028-.,>1", min_size=1, max_size=40).map(str.strip).filter(lambda t: bool(t.strip()))
)
_conditions = st.lists(st.sampled_from(("kind == 'exec'", "name == 'a && b'", 'path.contains("#\'")')), min_size=1, max_size=9)


@st.composite
def packs(draw: st.DrawFn) -> WrittenPack:
    """Packs of one rule with everything."""
    condition = draw(st.sampled_from((" && ", " || "))).join(draw(_conditions))
    given_facts = {
        "kind": ("exec", Place("")),
        "argv": (draw(st.lists(_text)), Place("")),
        "labels": ({"x": draw(_text)}, Place("")),
    }
    rule = WrittenRule(
        id="r-1",
        title=draw(_text),
        title_zh=draw(st.one_of(st.just(""), _text)),
        condition=Place(condition),
        place=Place("r-1"),
        severity=draw(st.sampled_from((Severity.LOW, Severity.CRITICAL))),
        techniques=(Place("T1059.004"),),
        message=Place(draw(_text)),
        remediation=draw(_text),
        response=draw(st.sampled_from((ResponseKind.ALERT, ResponseKind.KILL_PROCESS))),
        maturity=draw(st.sampled_from(tuple(Maturity))),
        enabled=draw(st.booleans()),
        tests=(WrittenTest(draw(_text), given_facts, fires=True, place=Place("")),),
    )
    lists = (("tools", ["nc", draw(_text.filter(lambda t: not t.isdecimal()))], Place("")),)
    return WrittenPack(lists, (("m", Place(condition)),), (rule,), "", PackKind.RUNTIME, draw(_text), "1.0", ())


def plain(pack: WrittenPack) -> object:
    """Without the places."""

    def strip(value: object) -> object:
        if isinstance(value, Place):
            return value.text
        if isinstance(value, msgspec.Struct):
            return {f: strip(getattr(value, f)) for f in value.__struct_fields__ if f not in ("place", "where")}
        if isinstance(value, list | tuple):
            return [strip(v) for v in value]
        return {k: strip(v[0] if isinstance(v, tuple) else v) for k, v in value.items()} if isinstance(value, dict) else value

    named = [(name, list(values)) for name, values, _ in pack.lists]
    return named, strip(msgspec.structs.replace(pack, lists=()))


@settings(max_examples=80, deadline=None)
@given(packs())
def test_read_back_equal(pack: WrittenPack) -> None:
    """Texts of any kind, conditions that are broken over lines, tests."""
    written = write_rule_pack(pack, "head\nof it", {"r-1": "a note"})
    assert plain(read_rule_pack(written, "p.yaml", (PackKind.RUNTIME,))) == plain(pack)


def test_words_that_yaml_would_take_for_others() -> None:
    """Are quoted; plain words are not."""
    assert [scalar(t) for t in ("true", "no", "a b", "", "T1059.004", "1.0")] == [
        '"true"',
        '"no"',
        '"a b"',
        '""',
        "T1059.004",
        '"1.0"',
    ]


def test_an_empty_pack() -> None:
    """Is one."""
    assert read_rule_pack(write_rule_pack(WrittenPack((), (), (), "", PackKind.RUNTIME)), "p", (PackKind.RUNTIME,)).rules == ()
