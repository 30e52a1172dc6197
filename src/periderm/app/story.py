"""The sample's story in five points, each checked on what the product itself stored: found, scanned, quiet, attacked, one
incident. Drives the sample; judges nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from periderm.app.application import Application
from periderm.app.incidents import change_state
from periderm.app.policies import put_policy
from periderm.app.scan_again import scan_again
from periderm.model.asset import Container, Image, Node
from periderm.model.effect import EffectState, KillAtExec
from periderm.model.envelope import Heartbeat
from periderm.model.finding import Finding, FindingKind
from periderm.model.identity import image_id
from periderm.model.incident import Incident, IncidentState
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from periderm.model.text import Text
from periderm.ports.sample import Sample

WAIT_SECONDS = 180.0  # on a busy machine; whoever ended is told at once
SCAN_SECONDS = 240.0  # a large image that is being scanned is not put back
SETTLE_SECONDS = 60.0
NORMAL_SECONDS = 60.0

NO_WORDS = Text("", "")

Progress = Callable[[Text, float | None], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """One of the five: `ok` says whether it held, `lines` what was seen, `why` what was missing if it did not."""

    number: int
    title: Text
    ok: bool
    lines: tuple[Text, ...]
    why: Text = NO_WORDS
    incident_id: str = ""


class Story:
    """`alive` is called now and then while waiting (it restarts what has ended)."""

    def __init__(self, app: Application, sample: Sample, *, alive: Callable[[], None], progress: Progress) -> None:
        self._app = app
        self._sample = sample
        self._alive = alive
        self._progress = progress
        self._container: Container | None = None
        self._attacked_at = 0
        # What an earlier run left in the state proves nothing of this one.
        self._began = app.clock.now()

    def tell(self, normal_seconds: float = NORMAL_SECONDS) -> Iterator[Point]:
        """The five points in order; ends after the first that failed."""
        put_policy(self._app, LOCAL_ADMIN, self._sample.policy())
        steps: tuple[Callable[[], Point], ...] = (
            self.found,
            self.scanned,
            lambda: self.quiet(normal_seconds),
            self.attacked,
            self.one_incident,
        )
        for step in steps:
            point = step()
            yield point
            if not point.ok:
                return

    def found(self) -> Point:
        """This machine is an asset, with its images, the sample's among them."""
        title = Text("This machine is found as an asset", "本机已作为资产被发现")

        def look() -> bool:
            return bool(self._nodes()) and self._image() is not None and self._agent() is not None

        ok = self._wait(look, Text("waiting for the agent to tell what is here", "等待代理上报本机情况"))
        facts = [f"{n.name}: {n.os_name}, Linux {n.kernel}, {n.architecture}" for n in self._nodes()]
        lines = [Text(fact, fact) for fact in facts]
        store = self._app.store
        images = store.assets(Query(kind="image", limit=1)).total
        found = store.assets(Query(kind="container", limit=1000)).items
        containers = sum(isinstance(c, Container) and c.running for c in found)
        lines.append(
            Text(f"images: {images}, running containers: {containers}", f"镜像 {images} 个，运行中的容器 {containers} 个")
        )
        return Point(1, title, ok, tuple(lines), Text("The agent told of no node or no sample image.", "代理未上报。"))

    def scanned(self) -> Point:
        """The sample's image was scanned: packages, secrets, weaknesses."""
        title = Text("The sample image is scanned", "示例镜像已扫描")
        digest = self._sample.image_digest()
        store = self._app.store
        if store.scan_job(digest) is not None:
            # Whoever asked for the sample sits and waits: it goes before this machine's other images.
            scan_again(self._app, LOCAL_ADMIN, digest)
        words = Text("the worker scans the image", "扫描进程正在扫描镜像")
        ok = self._wait(lambda: store.inventory(digest) is not None, words, SCAN_SECONDS)
        inventory = store.inventory(digest)
        findings = self._findings()
        secrets = [f for f in findings if f.kind is FindingKind.SECRET]
        weak = [f for f in findings if f.kind is FindingKind.CONFIGURATION]
        lines = []
        if inventory is not None:
            packages, programs = len(inventory.packages), len(inventory.executables)
            lines.append(
                Text(
                    f"{inventory.os.pretty_name}: {packages} packages, {programs} executable files",
                    f"{inventory.os.pretty_name}：{packages} 个软件包，{programs} 个可执行文件",
                )
            )
        for kind, some in ((Text("secrets", "敏感信息"), secrets), (Text("weaknesses", "配置弱点"), weak)):
            worst = sorted(some, key=lambda f: (-f.severity, f.location))[:3]
            lines.append(Text(f"{len(some)} {kind.en}", f"{len(some)} 处{kind.zh}"))
            lines.extend(Text(f"  {f.message.en}", f"  {f.message.zh}") for f in worst)
        ok = ok and inventory is not None and bool(inventory.packages) and bool(secrets) and bool(weak)
        return Point(2, title, ok, tuple(lines), Text("The scan is missing or found nothing.", "扫描缺失或无结果。"))

    def quiet(self, seconds: float) -> Point:
        """The sample runs, is watched, and its normal work raises no alert."""
        title = Text("The sample works normally and nobody is disturbed", "示例正常工作，没有误报")
        before = self._figure("events")
        runtime_id = self._sample.start()
        seen = self._wait(lambda: self._find(runtime_id), Text("the sample starts and is recognised", "示例启动并被识别"))
        if not seen or self._container is None:
            return Point(3, title, False, (), Text("The container was not recognised.", "未识别到容器。"))
        self._close_earlier(self._container)

        def progress(done: float) -> None:
            self._alive()
            self._progress(Text("normal work: pages, look-ups, health checks", "正常业务：页面、查询、健康检查"), done)

        requests = self._sample.normal_work(seconds, progress)
        # What is on its way arrives before the count is believed: the agent's next heartbeat comes after its alerts.
        last = self._app.clock.now()
        fresh = self._wait(lambda: self._beat_after(last), Text("the last events arrive", "等待最后的事件到达"))
        alerts = self._app.store.alerts(Query(asset_id=self._container.id, limit=5))
        events = int(self._figure("events") - before)
        folded = int(self._figure("folded"))
        lines = [
            Text(
                f"{requests} requests in {seconds:.0f} s: {alerts.total} alerts",
                f"{seconds:.0f} 秒内 {requests} 个请求：{alerts.total} 个告警",
            ),
            Text(
                f"{events} events reached the agent; {folded} duplicates were counted in the kernel and never left it",
                f"{events} 个事件到达代理；{folded} 个重复事件只在内核中计数，未离开内核",
            ),
            *[a.message for a in alerts.items],
        ]
        ok = requests > 0 and events > 0 and fresh and alerts.total == 0
        return Point(
            3,
            title,
            ok,
            tuple(lines),
            Text("Normal work raised alerts, or was not seen.", "正常业务触发了告警，或未被观察到。"),
        )

    def attacked(self) -> Point:
        """Each step of the attack is a real action through the sample's real weakness."""
        title = Text("The sample is attacked", "示例遭到攻击")
        self._attacked_at = self._app.clock.now()
        lines: list[Text] = []
        ok = True
        for step in self._sample.attack():
            self._alive()
            self._progress(step.title, None)
            lines.append(step.title)
            ok = ok and step.happened
        return Point(4, title, ok, tuple(lines), Text("A step of the attack did not happen.", "攻击步骤未能执行。"))

    def one_incident(self) -> Point:
        """One incident tells it all, and the dropped program was killed before it wrote anything."""
        title = Text("One incident tells what happened", "一个事件讲清来龙去脉")
        self._wait(self._complete, Text("alerts become one incident", "告警归并为一个事件"), SETTLE_SECONDS)
        incidents = self._incidents()
        problems = self._problems(incidents)
        lines = [incident.summary for incident in incidents]
        clean = self._sample.marker_absent()
        if clean:
            lines.append(
                Text(
                    "The dropped program was killed in the kernel before it wrote anything: its file is not there.",
                    "植入的程序在写入任何内容之前即被内核终止：其文件不存在。",
                )
            )
        else:
            problems.append(Text("The dropped program wrote its file.", "植入的程序写出了文件。"))
        why = Text(" ".join(p.en for p in problems), "".join(p.zh for p in problems))
        return Point(5, title, not problems, tuple(lines), why, incidents[0].id if incidents else "")

    # --- what the points look at ---

    def _close_earlier(self, container: Container) -> None:
        """Incidents of an earlier run of the sample are over: what comes now is not their continuation."""
        for incident in self._app.store.incidents(Query(workload_id=container.workload_id, limit=100)).items:
            if container.workload_id and incident.state in (IncidentState.NEW, IncidentState.ACKNOWLEDGED):
                change_state(self._app, LOCAL_ADMIN, incident.id, IncidentState.RESOLVED)

    def _problems(self, incidents: list[Incident]) -> list[Text]:
        if len(incidents) != 1:
            n = len(incidents)
            return [Text(f"There are {n} incidents and not one.", f"共有 {n} 个事件，而不是一个。")]
        incident = incidents[0]
        seen = {step.detector for step in incident.chain}
        missing = sorted(self._sample.expected_detectors() - seen)
        problems = [Text(f"{d} is not in the chain.", f"链条中缺少 {d}。") for d in missing]
        if not incident.findings:
            problems.append(Text("No finding of the image is linked.", "未关联到镜像的任何发现。"))
        if not self._killed(incident):
            problems.append(Text("No kill in the kernel is recorded.", "没有内核终止的记录。"))
        return problems

    def _complete(self) -> bool:
        incidents = self._incidents()
        return bool(incidents) and not self._problems(incidents)

    def _killed(self, incident: Incident) -> bool:
        page = self._app.store.effects(Query(incident_id=incident.id, limit=100))
        return any(isinstance(r.effect, KillAtExec) and r.state is EffectState.APPLIED for r in page.items)

    def _incidents(self) -> list[Incident]:
        if self._container is None:
            return []
        page = self._app.store.incidents(Query(asset_id=self._container.id, limit=100))
        return [i for i in page.items if i.last_time >= self._attacked_at]

    def _nodes(self) -> list[Node]:
        page = self._app.store.assets(Query(kind="node", limit=10))
        return [a for a in page.items if isinstance(a, Node) and a.last_seen >= self._began]

    def _image(self) -> Image | None:
        asset = self._app.store.asset(image_id(self._sample.image_digest()))
        return asset if isinstance(asset, Image) and asset.last_seen >= self._began else None

    def _find(self, runtime_id: str) -> bool:
        for asset in self._app.store.assets(Query(kind="container", limit=1000)).items:
            if isinstance(asset, Container) and asset.container_id == runtime_id:
                self._container = asset
        return self._container is not None

    def _findings(self) -> tuple[Finding, ...]:
        return self._app.store.findings(Query(image_digest=self._sample.image_digest(), limit=1000)).items

    def _agent(self) -> Heartbeat | None:
        return next((b for b in self._app.store.heartbeats() if b.role == "agent" and b.time >= self._began), None)

    def _beat_after(self, time: int) -> bool:
        beat = self._agent()
        return beat is not None and beat.time > time

    def _figure(self, name: str) -> float:
        beat = self._agent()
        return beat.figures.get(name, 0.0) if beat else 0.0

    def _wait(self, ready: Callable[[], bool], what: Text, seconds: float = WAIT_SECONDS) -> bool:
        clock = self._app.clock
        deadline = clock.monotonic() + int(seconds * 1e9)
        while not ready():
            if clock.monotonic() > deadline:
                return False
            self._alive()
            self._progress(what, None)
            clock.sleep(0.1)
        return True
