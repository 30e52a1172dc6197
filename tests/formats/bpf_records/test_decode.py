"""Records become rows: what is well formed is whole, what is not is counted, and nothing hostile raises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.bpf_records import Decoder, slots_of
from periderm.model.errors import FormatError
from periderm.model.event import EventBatch, EventFlag, Rows
from tests.formats.bpf_records.records import record, slot


def decoder(paths: dict[int, str] | None = None) -> Decoder:
    """A decoder that knows some executables."""
    return Decoder(lambda key, _pid: (paths or {}).get(key, ""))


def decode(one: Decoder, data: bytes) -> Rows:
    """Rows of some slots."""
    return one.decode(slots_of(data))[0]


def texts(one: Decoder, rows: Rows, column: str = "text") -> list[str]:
    """A column as strings."""
    return [one.strings[number] for number in rows[column].tolist()]


def test_numbers_and_strings_of_a_record() -> None:
    """Each field arrives where EVENT_DTYPE has it."""
    one = decoder({9: "/bin/x"})
    rows = decode(one, record(1, b"/a", b"./a", b"x\0-y\0", exe=9))
    event = EventBatch(rows, one.strings, [None]).event(0)  # type: ignore[list-item]  # no subject is needed here
    assert (event.time, event.process, event.parent, event.cgroup, event.inode) == (5, 77, 66, 3, 99)
    assert (event.arg0, event.arg1, event.pid, event.ppid, event.device, event.mntns) == (-1, 2, 7, 1, 8, 4)
    assert (event.text, event.raw, event.argv, event.exe, event.comm) == ("/a", "./a", ("x", "-y"), "/bin/x", "comm")


def test_parts_are_put_together() -> None:
    """Strings longer than a record are whole, whatever lies between the parts."""
    long, more = b"/" + b"p" * 900, b"q" * 1000
    one = decoder()
    rows = decode(one, record(4, b"/z", serial=3) + record(1, long, b"raw", more, serial=4))
    assert texts(one, rows) == ["/z", long.decode()]
    assert texts(one, rows, "args")[1] == more.decode()


def test_missing_parts_are_said() -> None:
    """A record without its parts is truncated and counted, not guessed."""
    one = decoder()
    rows = decode(one, record(4, b"/" + b"p" * 500)[-256:])
    assert texts(one, rows) == [""]
    assert rows["flags"][0] & EventFlag.TRUNCATED
    assert one.incomplete == 1


def test_forms() -> None:
    """A folder and a name, the same string twice, addresses, Unix names."""
    one = decoder()
    rows = decode(
        one,
        record(4, b"/a/b", b"../c", form=2)
        + record(4, b"/same", form=1)
        + record(5, b"\x7f\0\0\1", form=4, family=2)
        + record(5, b"\0" * 10 + b"\xff\xff\xa9\xfe\xa9\xfe", form=4, family=10)
        + record(5, b"\0abstract\0\0", family=1)
        + record(5, b"/run/s\0rubbish", family=1),
    )
    assert texts(one, rows) == ["/a/c", "/same", "127.0.0.1", "169.254.169.254", "@abstract", "/run/s"]
    assert texts(one, rows, "raw")[:2] == ["../c", "/same"]


def test_the_same_key_is_decoded_once() -> None:
    """The second time nothing is decoded: the numbers are the same."""
    asked: list[int] = []

    def resolve(key: int, pid: int) -> str:
        asked.append(key)
        return "/bin/x"

    one = Decoder(resolve)
    first = decode(one, record(4, b"/a", exe=5))
    second = decode(one, record(4, b"/a", exe=5) * 3)
    assert asked == [5]
    assert second["text"].tolist() == [int(first["text"][0])] * 3


def test_malformed_is_counted() -> None:
    """Wrong lengths, unknown kinds and discarded slots give no rows."""
    one = decoder()
    data = slot(b"", header=100) + record(200) + slot(b"", header=248 | 1 << 30) + record(4, b"/ok") + record(0)
    assert texts(one, decode(one, data)) == ["/ok"]
    assert one.malformed == 3


def test_half_a_slot_is_refused() -> None:
    """Only whole slots are records."""
    with pytest.raises(FormatError, match="within a record"):
        slots_of(b"x" * 300)


def test_a_full_table_begins_anew() -> None:
    """Old batches keep their strings; numbers of the new generation begin again."""
    one = Decoder(lambda _key, _pid: "", max_strings=50)
    rows = decode(one, b"".join(record(4, b"/%d" % number) for number in range(60)))
    before, old = one.strings, one.generation
    assert one.next_generation_if_full()
    assert one.generation == old + 1
    again = decode(one, record(4, b"/59"))
    assert texts(one, again) == ["/59"]
    assert before[int(rows["text"][59])] == "/59"
    assert len(one.strings) < 10


def test_parts_that_nobody_asks_for_are_bounded() -> None:
    """Parts whose record never comes cannot fill the memory."""
    one = decoder()
    whole = [record(4, b"/" + b"p" * 300, serial=number)[:256] for number in range(5000)]
    assert len(decode(one, b"".join(whole))) == 0
    assert one.incomplete >= 5000 - 4096


@given(st.binary(min_size=256, max_size=256 * 8))
def test_any_bytes_give_rows_or_counts(data: bytes) -> None:
    """Whatever lies in the ring: every number points into the table, and every row can be made an object."""
    one = decoder()
    rows = decode(one, data[: len(data) // 256 * 256])
    for column in ("exe", "text", "raw", "args", "comm"):
        assert (rows[column] < len(one.strings)).all()
    for index in range(len(rows)):
        EventBatch(rows, one.strings, [None]).event(index)  # type: ignore[list-item]  # no subject is needed here


@given(st.lists(st.tuples(st.integers(1, 23), st.binary(max_size=700), st.binary(max_size=300)), max_size=12))
def test_what_is_written_is_read(items: list[tuple[int, bytes, bytes]]) -> None:
    """Text and raw survive for any bytes and lengths."""
    one = decoder()
    data = b"".join(record(kind, text, raw, serial=n, strings=n + 1) for n, (kind, text, raw) in enumerate(items))
    rows = decode(one, data)
    assert texts(one, rows) == [text.decode("utf-8", "backslashreplace") for _, text, _ in items]
    assert texts(one, rows, "raw") == [raw.decode("utf-8", "backslashreplace") for _, _, raw in items]
    assert np.array_equal(rows["kind"], [kind for kind, _, _ in items])


def test_two_paths_questions_and_credentials() -> None:
    """Forms of newer kinds: names below folders, a name server's question, users before and after."""
    one = decoder()
    known = bytes(24) + bytes(16) + bytes(32)
    rows = decode(
        one,
        record(24, b"/a\0new", b"/b/../c/old", form=16 | 32)
        + record(27, b"/a\0link", b"../x", form=16)
        + record(39, b"\x01A\x02bc", b"\x7f\0\0\1", form=128, family=2)
        + record(38, known, known, form=64),
    )
    told = [(one.strings[row["text"]], one.strings[row["raw"]]) for row in rows]
    assert told[:3] == [("/a/new", "/c/old"), ("/a/link", "../x"), ("a.bc", "127.0.0.1")]
    assert told[3][0] == told[3][1]
    assert told[3][0].startswith("uid=0,0,0 gid=0,0,0 caps=0")
