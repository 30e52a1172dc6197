"""A shop's web server with a baseline and deviations that wait for review, for tests of use cases and doors."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.baseline import Baseline, Entry, Evidence, Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.deviation import Deviation
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from tests.story import CONTAINER_ID, DIGEST, NODE_ID, RUNTIME_ID, SECOND, FixedClock

WEB, SHOP = "wkl-web", "wkl-shop"
NGINX = "/usr/sbin/nginx"
START = FixedClock().time // SECOND
SHELL = Behaviour(Aspect.PROGRAM, "/bin/sh")
UPLOADS = tuple(Behaviour(Aspect.CREATE, NGINX, f"/srv/uploads/img{n}.jpg") for n in range(4))


def entry(aspect: Aspect, program: str, value: str = "", *, last: int = START - 60, source: Source = Source.OBSERVED) -> Entry:
    """Normal since yesterday."""
    evidence = Evidence(
        counts={NODE_ID: 12} if source is Source.OBSERVED else {},
        replicas=0b101,
        first=START - 86_400,
        last=last if source is Source.OBSERVED else 0,
        sources=(source,),
        certainty=90,
        because="/etc/nginx/nginx.conf:3 listen 80" if source is Source.CONFIGURATION else "",
    )
    return Entry(Behaviour(aspect, program, value), evidence)


def baseline(workload: str = WEB, name: str = "shop-web", *more: Entry) -> Baseline:
    """Settled an hour ago, watched since two months."""
    entries = (
        entry(Aspect.PROGRAM, NGINX, source=Source.ENTRYPOINT),
        entry(Aspect.LISTEN, NGINX, "tcp/80", source=Source.CONFIGURATION),
        entry(Aspect.READ, NGINX, "/etc/nginx/*"),
        entry(Aspect.READ, NGINX, "/usr/share/old.html", last=START - 50 * 86_400),
        *more,
    )
    return Baseline(
        workload_id=workload,
        name=name,
        entries=tuple(sorted(entries, key=lambda each: each.behaviour)),
        images={DIGEST: START - 86_400},
        observed={NODE_ID: 7200},
        since=START - 60 * 86_400,
        settled=START - 3600,
        newest=START - 7200,
        changed=START - 30,
    )


def deviation(number: int, behaviour: Behaviour, *, severity: Severity = Severity.MEDIUM, workload: str = WEB) -> Alert:
    """What the baseline told of it."""
    event_type = "02-01" if behaviour.aspect is Aspect.PROGRAM else "03-02"
    told = Deviation(
        event_type=event_type,
        workload_id=workload,
        behaviour=behaviour,
        surprise=int(severity) * 20,
        reason=Text("Nothing like it was seen in 2 hours.", "两小时内未见类似行为。"),
        nearest=Behaviour(Aspect.PROGRAM, NGINX),
        nearest_text=Text("normal if it were nginx", "若为 nginx 则正常"),
        phase="alerting",
    )
    acting = ProcessRecord(key=number, parent=1, pid=400 + number, exe=behaviour.program)
    return Alert(
        id=f"alt-base{number:02}",
        detector=f"BASE-{event_type}",
        title=Text("Runs a program that is new here", "运行了新程序"),
        message=Text(f"{behaviour.program} did {behaviour.value}", f"{behaviour.program} 做了 {behaviour.value}"),
        severity=severity,
        maturity=Maturity.STABLE,
        techniques=("T1059",),
        time=(START - 600 + number) * SECOND,
        last_time=(START - 300 + number) * SECOND,
        node_id=NODE_ID,
        asset_id=CONTAINER_ID,
        process=acting,
        lineage=(acting,),
        object=behaviour.value,
        count=2,
        container_id=RUNTIME_ID,
        container_name="web-1",
        image_digest=DIGEST,
        workload_id=workload,
        evidence={"event_type": event_type, "container": "web-1"},
        deviation=told,
    )


def tell_baselines(app: Application) -> None:
    """Two workloads; the web server started a shell (high), and wrote four uploads (medium)."""
    with app.store.transaction():
        app.store.put_baselines([baseline(), baseline(SHOP, "shop-db", entry(Aspect.READ, NGINX, "/srv/db"))])
        app.store.put_alerts([deviation(1, SHELL, severity=Severity.HIGH)])
        app.store.put_alerts([deviation(2 + n, each) for n, each in enumerate(UPLOADS)])
