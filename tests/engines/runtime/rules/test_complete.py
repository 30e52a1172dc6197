"""What a test gives is filled in as an event would say it, and what it gives stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime.rules.complete import complete
from periderm.engines.runtime.rules.facts import of_event, whole
from periderm.engines.runtime.scene import HOST, connects, opens, runs
from periderm.model.event import Event


def test_like_an_event() -> None:
    """The same facts as those of the event that it describes."""
    cases: list[tuple[dict[str, object], Event, tuple[str, ...]]] = [
        (
            {"kind": "exec", "exe": "/bin/busybox", "argv": ("sh", "/x.sh")},
            runs(2, 1, "/bin/busybox", "sh", "/x.sh", on=HOST),
            ("name", "path", "file", "args", "line", "cmdline", "readings", "script", "host", "how", "contained"),
        ),
        ({"kind": "open", "path": "/etc/x"}, opens(2, "/etc/x", on=HOST), ("file", "folder", "raw", "reads", "writes")),
        (
            {"kind": "connect", "address": "10.0.0.1", "port": 22},
            connects(2, "10.0.0.1", 22, on=HOST),
            ("path", "family", "transport"),
        ),
    ]
    for written, event, names in cases:
        made, real = complete(written), whole(of_event(event))
        for name in names:
            assert getattr(made, name) == getattr(real, name), name


def test_shortcuts() -> None:
    """A line or a name in place of arguments, a parent in place of ancestors, an image in place of its parts."""
    assert complete({"line": "nc -l"}).argv == ("nc", "-l")
    assert complete({"cmdline": "nc -l"}).name == "nc"
    assert complete({"name": "nc", "args": ("-l",)}).cmdline == "nc -l"
    assert complete({"parent_exe": "/usr/sbin/cron"}).ancestors == ("cron",)
    assert complete({"ancestors": ("sh", "cron")}).parent == "sh"
    shop = complete({"image": "r.example.org/shop:2"})
    assert (shop.contained, shop.container, shop.repository, shop.tag) == (True, "container", "r.example.org/shop", "2")
    assert complete({"result": -13}).failed
    assert complete({"how": "exec"}).interactive


@given(
    st.dictionaries(
        st.sampled_from(("kind", "exe", "path", "name", "line", "parent", "container", "image")), st.text(max_size=8)
    )
)
def test_what_is_given_stays(given_facts: dict[str, str]) -> None:
    """Whatever it is."""
    made = complete(given_facts)
    assert {name: getattr(made, name) for name in given_facts} == given_facts
