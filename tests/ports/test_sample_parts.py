"""What the sample's parts promise each by itself; together they are in the suite of `ports.sample`."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.sample_debian import DebianSample
from periderm.adapters.sample_podman import PodmanSample
from periderm.adapters.sample_visitor import NamespaceVisitor
from periderm.model.errors import ConnectError, ContainerRuntimeError
from periderm.ports.sample_parts import SampleEngine, SampleSource, Visitor
from tests.ports.tiny import TinyContainer, podman


def test_the_key_needs_nothing(tmp_path: Path) -> None:
    """It is asked for at each start: no folder is made, and it stays the same."""
    source: SampleSource = DebianSample(tmp_path / "cache")
    assert source.key() == source.key()
    assert not (tmp_path / "cache").exists()


@pytest.mark.container
def test_an_engine_without_its_container_says_so(tmp_path: Path) -> None:
    """Nothing runs, nothing is removed, and that is no error."""
    engine: SampleEngine = PodmanSample(tmp_path, name="periderm-never-made", reference="localhost/periderm-never-made:1")
    assert engine.pid() == 0
    assert engine.present() == ""
    assert not engine.stop()
    assert engine.clean() == ()
    assert engine.built(DebianSample(tmp_path).key()) is None
    assert not engine.has_base(DebianSample(tmp_path).key())
    with pytest.raises(ContainerRuntimeError, match="does not run"):
        engine.exists("/tmp/x")


@pytest.mark.container
def test_a_visitor_meets_only_what_listens_inside(tiny_container: TinyContainer) -> None:
    """The tiny container has no web server; what we listen on in its network is heard by nobody outside."""
    pid = int(podman("inspect", "--format", "{{.State.Pid}}", tiny_container.name))
    visitor: Visitor = NamespaceVisitor(pid)
    try:
        with pytest.raises(ConnectError, match="does not answer"):
            visitor.get("/")
        listener = visitor.listen("203.0.113.9", 3333)
        assert "203.0.113.9" in Path(f"/proc/{pid}/net/fib_trie").read_text()
        assert "203.0.113.9" not in Path("/proc/net/fib_trie").read_text()
        assert listener.heard(0.05) == b""
        listener.close()
        assert "203.0.113.9" not in Path(f"/proc/{pid}/net/fib_trie").read_text()
    finally:
        visitor.close()
