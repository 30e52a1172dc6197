"""The sample's use: what is sent, what is believed, in which order. The real container is attacked in the suite of
`ports.sample`; here the web page is a few lines that behave like it."""

from __future__ import annotations

import base64
import contextlib
from pathlib import Path
from urllib.parse import unquote

import pytest

from periderm.app.demo import DROPPED, MARKER, POLICY, POOL, DemoSample
from periderm.model.errors import ConnectError, ContainerRuntimeError
from periderm.model.policy import PolicyMode
from periderm.ports.sample_parts import Answer, Progress, SampleBuilt, SampleParts

PROGRAM = bytes(range(256)) * 3


class Time:
    """A clock that goes only when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0

    def now(self) -> int:
        """Nanoseconds."""
        return self.at

    monotonic = now

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.at += int(seconds * 1e9)


class Source:
    """Parts from nowhere."""

    def __init__(self) -> None:
        self.made: list[bool] = []

    def available(self) -> str:
        """Something is missing to build."""
        return "debootstrap is missing"

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Nobody else is here."""
        return contextlib.nullcontext()

    def key(self) -> SampleParts:
        """Always the same."""
        return SampleParts(base_key="b", key="k")

    def make(self, progress: Progress, *, base: bool) -> SampleParts:
        """Remembers what was asked for."""
        self.made.append(base)
        return SampleParts(base_key="b", key="k", base="/base" if base else "", context="/context", dropped=PROGRAM)

    def discard_base(self) -> None:
        """Nothing to discard."""

    def clean(self) -> tuple[str, ...]:
        """One folder."""
        return ("cache",)


class Shop:
    """Engine and visitor in one: a container on paper. `kernel` decides what happens to the dropped program."""

    def __init__(self, *, kills: bool, built: bool = True) -> None:
        self.kills = kills
        self.image = SampleBuilt(reference="r", digest="sha256:d", fresh=False, seconds=0, dropped=PROGRAM) if built else None
        self.files: dict[str, str] = {}
        self.commands: list[str] = []
        self.running = False
        self.slow = 3
        self.visitors = 0
        self.heard_bytes = b""

    def available(self) -> str:
        """Podman is there."""
        return ""

    def has_base(self, parts: SampleParts) -> bool:
        """No base yet."""
        return False

    def built(self, parts: SampleParts) -> SampleBuilt | None:
        """The image, if any."""
        return self.image

    def build(self, parts: SampleParts, progress: Progress) -> SampleBuilt:
        """Makes it."""
        self.image = SampleBuilt(reference="r", digest="sha256:d", fresh=True, seconds=1, dropped=parts.dropped)
        return self.image

    def start(self) -> str:
        """Runs."""
        self.running = True
        return "c" * 64

    def pid(self) -> int:
        """A pid while it runs."""
        return 42 if self.running else 0

    def exists(self, path: str) -> bool:
        """A file of the container."""
        return path in self.files

    def present(self) -> str:
        """Its name."""
        return "sample" if self.running else ""

    def stop(self) -> bool:
        """Stops."""
        was, self.running = self.running, False
        return was

    def clean(self) -> tuple[str, ...]:
        """Stops and forgets."""
        return ("container",) if self.stop() else ()

    def visit(self, pid: int) -> Shop:
        """Comes in."""
        assert pid == 42
        self.visitors += 1
        return self

    def close(self) -> None:
        """Goes out."""
        self.visitors -= 1

    def listen(self, address: str, port: int) -> Shop:
        """Is the pool."""
        assert (address, port) == POOL
        self.visitors += 1
        return self

    def heard(self, timeout: float) -> bytes:
        """What the pool heard."""
        return self.heard_bytes

    def get(self, target: str) -> Answer:
        """The web page: three times not ready, then like the real one."""
        if self.slow:
            self.slow -= 1
            raise ConnectError("not yet")
        if target == "/health.txt":
            return Answer(200, b"ok\n")
        _, _, query = target.partition("?host=")
        host, _, command = unquote(query).partition(";")
        line = f"10.20.0.11      {host}\n"
        return Answer(200, (line + self.shell(command)).encode())

    def shell(self, command: str) -> str:
        """What the injected command answers."""
        self.commands.append(command)
        if command.startswith("id"):
            return "uid=0(root) gid=0(root)\n"
        if "/etc/shadow" in command:
            return "root:*:1::::::\nAWS_ACCESS_KEY_ID=x\n"
        if command.startswith("printf"):
            _, _, piece, target = command.split(" ")
            self.files[target[2:]] = self.files.get(target[2:], "") + piece
        if command.startswith("base64"):
            return f"{len(base64.b64decode(self.files[DROPPED + '.b64']))}\n"
        if command.startswith(DROPPED):
            if self.kills:
                return "status 137\n"
            self.files[MARKER] = ""
            return "dropped program ran\nstatus 0\n"
        if command.startswith("perl"):
            self.heard_bytes = b'{"method":"mining.subscribe"}'
        return ""


def sample(shop: Shop, source: Source | None = None) -> DemoSample:
    """The sample with a shop on paper."""
    return DemoSample(source or Source(), shop, shop.visit, Time(), expected=frozenset({"RUN-002"}))


@pytest.mark.parametrize("kills", [True, False])
def test_every_step_of_the_attack_happens(kills: bool) -> None:
    """Also where the kernel stops the program: that it was started is the step; whether it ran is the marker's to say."""
    shop = Shop(kills=kills)
    demo = sample(shop)
    demo.start()
    steps = list(demo.attack())
    assert [step.name for step in steps] == ["shell", "credentials", "drop", "execute", "miner"]
    assert all(step.happened for step in steps)
    assert demo.marker_absent() == kills
    assert base64.b64decode(shop.files[DROPPED + ".b64"]) == PROGRAM
    assert shop.visitors == 0


def test_a_step_that_got_nothing_did_not_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step is believed by its own word."""
    shop = Shop(kills=False)
    demo = sample(shop)
    demo.start()
    monkeypatch.setattr(shop, "shell", lambda _: "sh: 1: not found\n")
    assert not any(step.happened for step in demo.attack())


def test_the_attack_needs_a_running_sample() -> None:
    """Otherwise the reason is told."""
    with pytest.raises(ContainerRuntimeError, match="does not run"):
        list(sample(Shop(kills=True)).attack())
    with pytest.raises(ContainerRuntimeError, match="not built"):
        list(sample(Shop(kills=True, built=False)).attack())


def test_a_start_waits_for_the_web_page() -> None:
    """And gives up with its reason."""
    shop = Shop(kills=True)
    assert sample(shop).start() == "c" * 64
    shop.slow = 10**9
    with pytest.raises(ConnectError, match="not yet"):
        sample(shop).start()
    assert shop.visitors == 0


def test_normal_work_counts_only_right_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """About ten visits a second, no injected command, and progress to the end."""
    shop = Shop(kills=True)
    demo = sample(shop)
    demo.start()
    shares: list[float] = []
    answered = demo.normal_work(7.0, shares.append)
    assert 0 < answered < 70
    assert shares == sorted(shares)
    assert set(shop.commands) == {""}
    shop.slow = 10**9
    assert demo.normal_work(1.0, shares.append) == 0


def test_an_image_is_built_once() -> None:
    """With its base only if there is none; a known image is left alone."""
    shop, source = Shop(kills=True, built=False), Source()
    demo = sample(shop, source)
    assert demo.image_digest() == ""
    assert "debootstrap" in demo.available()
    seen: list[tuple[str, float | None]] = []
    demo.build(lambda text, share: seen.append((text, share)))
    demo.build(lambda text, share: seen.append((text, share)))
    assert source.made == [True]
    assert demo.image_digest() == "sha256:d"
    assert demo.available() == ""


def test_cleaning_says_what_was_removed() -> None:
    """Container, images, cache; stopping leaves the image."""
    shop = Shop(kills=True)
    demo = sample(shop)
    demo.start()
    assert demo.clean() == ["container", "cache"]
    assert demo.clean() == ["cache"]
    demo.stop()


def test_only_the_sample_is_enforced() -> None:
    """Its policy matches by the sample's own label, and nothing without it."""
    assert POLICY.mode is PolicyMode.ENFORCE
    assert POLICY.kill_drift
    assert POLICY.labels == {"io.periderm.sample": "true"}
    assert sample(Shop(kills=True)).policy() == POLICY


def test_the_marker_is_the_programs_own() -> None:
    """The path that is looked at is the one that the C source writes."""
    source = Path(__file__).parents[2] / "src/periderm/adapters/sample_files/dropped.c"
    assert f'"{MARKER}"' in source.read_text()
