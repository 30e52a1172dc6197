"""Runtime events in OCSF's words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.ocsf.activity import activity
from periderm.model.event import Event, EventFlag, EventKind
from tests.flow.conftest import CONTAINER, NODE
from tests.past import HOSTILE

CLASSES = {1001, 1002, 1003, 1004, 1005, 1007, 4001, 4003}


def made(kind: EventKind, **more: Any) -> dict[str, Any]:
    """The activity of one event."""
    return activity(Event(kind=kind, subject=CONTAINER, time=1_795_000_000_123_456_789, **more), 9, NODE, "1")


@given(st.sampled_from(list(EventKind)), st.sampled_from(HOSTILE), st.integers(0, 2**17 - 1), st.integers(-(2**63), 2**63 - 1))
def test_every_event_is_an_activity(kind: EventKind, text: str, flags: int, number: int) -> None:
    """Of a class that there is, with what all classes require, on one line of JSON; and in our own words beside it."""
    told = made(kind, text=text, raw=text, exe=text, argv=(text,), flags=EventFlag(flags), arg0=number, arg1=number)
    assert told["class_uid"] in CLASSES
    assert told["category_uid"] == told["class_uid"] // 1000
    assert told["type_uid"] == told["class_uid"] * 100 + told["activity_id"]
    assert told["time"] == 1_795_000_000_123
    assert told["unmapped"]["time_ns"] == 1_795_000_000_123_456_789
    assert told["container"] == {
        "uid": CONTAINER.container_id,
        "name": "web",
        "runtime": "podman",
        "image": {"name": "web:1", "uid": "sha256:aa"},
    }
    assert "\n" not in json.dumps(told)


@pytest.mark.parametrize(
    ("kind", "more", "uid", "part", "value"),
    [
        (EventKind.EXEC, {"text": "/bin/sh", "argv": ("sh", "-c", "id")}, 100701, "process", "sh -c id"),
        (EventKind.EXIT, {}, 100702, "process", "uid"),
        (EventKind.OPEN, {"text": "/etc/shadow"}, 100102, "file", "/etc/shadow"),
        (EventKind.OPEN, {"text": "/x", "arg0": 1}, 100103, "file", "/x"),
        (EventKind.OPEN, {"text": "/x", "arg0": 0o101}, 100101, "file", "/x"),
        (EventKind.RENAME, {"raw": "/a", "text": "/b"}, 100105, "file_result", "/b"),
        (EventKind.UNLINK, {"text": "/x"}, 100104, "file", "/x"),
        (EventKind.CONNECT, {"text": "1.2.3.4", "port": 53, "family": 2}, 400101, "dst_endpoint", "1.2.3.4"),
        (EventKind.CONNECT, {"text": "1.2.3.4", "flags": EventFlag.FAILED, "ret": -111}, 400104, "dst_endpoint", "1.2.3.4"),
        (EventKind.ACCEPT, {"text": "1.2.3.4", "port": 80, "arg1": 5000}, 400101, "src_endpoint", "5000"),
        (EventKind.LISTEN, {"text": "::1", "port": 80}, 400107, "src_endpoint", "80"),
        (EventKind.DNS, {"text": "example.org", "raw": "9.9.9.9"}, 400301, "query", "example.org"),
        (EventKind.MODULE, {"text": "/x.ko"}, 100201, "driver", "/x.ko"),
        (EventKind.LIBRARY, {"text": "/x.so"}, 100501, "module", "/x.so"),
        (EventKind.PTRACE, {"arg1": 77}, 100703, "process", "77"),
        (EventKind.BPF, {}, 100304, "kernel", "bpf"),
    ],
)
def test_what_was_acted_on(kind: EventKind, more: dict[str, Any], uid: int, part: str, value: str) -> None:
    """Each kind in its class, with its object under the class's name for it."""
    told = made(kind, **more)
    assert told["type_uid"] == uid
    assert value in json.dumps(told[part])


def test_the_machine_is_told() -> None:
    """Of a row of the plain host, by the row itself."""
    told = activity(Event(kind=EventKind.EXIT, subject=NODE, flags=EventFlag.FAILED, ret=-1), 1, None, "1")
    assert told["device"] == {"uid": "node-1", "hostname": "host", "type_id": 0}
    assert "container" not in told
    assert (told["status_id"], told["status_code"]) == (2, "-1")
