"""A real registry is watched by a real server process; real workers scan what is new, and are killed while they do."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.query import Query
from periderm.model.queue import JobState, ScanJob
from tests.cli.processes import environment, eventually, get, running
from tests.images import base_layer, tar
from tests.registry_servers import Real, htpasswd, layout, push, real

Store = Callable[[], contextlib.AbstractContextManager[SqlStore]]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Real]:
    """Debian's, on loopback."""
    with real(tmp_path / "registry") as found:
        yield found


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A state and a port of its own."""
    return environment(tmp_path / "state") | {"HOME": str(tmp_path), "REGISTRY_AUTH_FILE": str(tmp_path / "none.json")}


def command(env: dict[str, str], *words: str) -> Any:
    """A command of the product; its JSON."""
    argv = [sys.executable, "-m", "periderm", *words, "--json"]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def put(folder: Path, registry: Real, tag: str, *, size: int = 0) -> None:
    """An image of two layers, the second its own."""
    own = tar([(f"srv/{tag}", os.urandom(size) + tag.encode())])
    source = layout(folder / f"layout-{tag}", [base_layer(), own], squeeze="")
    push(folder, source, f"docker://{registry.host}/team/web:{tag}")


def scanned(env: dict[str, str]) -> dict[str, int]:
    """Images that were scanned, by name: how many packages each has."""
    items = get(env, "/api/v1/images?state=scanned&limit=1000")["items"]
    return {item["name"].rpartition("/")[2].partition("@")[0]: item["packages"] for item in items}


def state_store(env: dict[str, str]) -> SqlStore:
    """The store beside the server."""
    return SqlStore(str(Path(env["PERIDERM_STATE"]) / "periderm.sqlite"), SystemClock())


def kill_while_scanning(env: dict[str, str], store: SqlStore, registry: Real) -> ScanJob:
    """Starts a worker and kills it, with SIGKILL, while it holds a job; the job. Then a minute has passed. The registry stands
    still meanwhile, so that no worker is through before it is killed."""
    argv = [sys.executable, "-m", "periderm", "worker"]
    registry.process.send_signal(signal.SIGSTOP)
    worker = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while not (found := [j for j in store.scan_jobs(Query(state="running")).items if f":{worker.pid}:" in j.worker]):
            assert time.monotonic() < deadline
            assert worker.poll() is None
            time.sleep(0.01)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        registry.process.send_signal(signal.SIGCONT)
    with contextlib.closing(sqlite3.connect(Path(env["PERIDERM_STATE"]) / "periderm.sqlite", timeout=180)) as connection:
        connection.execute("UPDATE scan_jobs SET lease_until = 1 WHERE worker != ''")
        connection.commit()
    return found[0]


def test_what_is_pushed_is_scanned(tmp_path: Path, registry: Real, env: dict[str, str]) -> None:
    """What is there is found by the first look; what is pushed later by a webhook, at once; both are scanned by a worker that
    fetches them from the registry. When the registry goes away, that is a gap."""
    put(tmp_path, registry, "v1")
    command(env, "registry", "add", "shop", registry.host, "--repository", "team/*", "--every", "30d")
    command(env, "registry", "hooks", "shop", "add", "distribution")
    secret = (Path(env["PERIDERM_STATE"]) / "hooks/shop.distribution").read_text()
    with running("server", env=env), running("worker", env=env):
        eventually(lambda: set(scanned(env)) == {"web:v1"})
        put(tmp_path, registry, "v2")
        target = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "repository": "team/web", "tag": "v2"}
        body = json.dumps({"events": [{"action": "push", "target": target}]})
        connection = http.client.HTTPConnection("127.0.0.1", int(env["PERIDERM_PORT"]), timeout=180)
        for given, status in (("wrong", 403), (secret, 202)):
            headers = {"Authorization": f"Bearer {given}"}
            connection.request("POST", "/api/v1/webhooks/registry/shop", body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
        connection.close()
        eventually(lambda: scanned(env) == {"web:v1": 2, "web:v2": 2})
        empty = {"waiting": 0, "running": 0, "retrying": 0, "given_up": 0, "oldest": 0}
        eventually(lambda: get(env, "/api/v1/queue/state") == empty)
        told = command(env, "registry", "show", "shop")
        assert (told["registry"]["state"]["failing"], told["tags"]["total"]) == (0, 2)
        registry.process.terminate()
        registry.process.wait()
        command(env, "registry", "scan", "shop")
        # The client tries five times, over fifteen seconds, before it says that nobody answers.
        (gap,) = eventually(lambda: get(env, "/api/v1/gaps?kind=registry-silent")["items"])
        assert gap["since"] <= gap["until"]


def test_credentials_are_read_where_they_lie(tmp_path: Path, env: dict[str, str]) -> None:
    """A registry with a password: the server looks at it and the worker fetches from it with what a file holds; the secret is
    neither in the store nor in any log. Without it the registry is a gap."""
    word = "-".join(("made", "up", "for", "this"))
    users = htpasswd(tmp_path / "users", "ada", word)
    auth = {"htpasswd": {"realm": "test", "path": str(users)}}
    with real(tmp_path / "registry", auth) as registry:
        source = layout(tmp_path / "layout", [base_layer()])
        push(tmp_path, source, f"docker://{registry.host}/team/web:v1", f"--dest-creds=ada:{word}")
        secret = tmp_path / "secret"
        secret.write_text("ada:wrong")
        secret.chmod(0o600)
        given = ("--repository", "team/web", "--credentials", f"file:{secret}")
        command(env, "registry", "add", "shop", registry.host, *given)
        with running("server", env=env), running("worker", env=env):
            assert eventually(lambda: get(env, "/api/v1/gaps?kind=registry-silent")["items"])
            secret.write_text(f"ada:{word}\n")
            command(env, "registry", "scan", "shop")
            eventually(lambda: scanned(env) == {"web:v1": 2})
            eventually(lambda: not get(env, "/api/v1/gaps?kind=registry-silent")["items"])
    for path in (tmp_path / "state").rglob("*"):
        if path.is_file():
            assert word.encode() not in path.read_bytes(), path


def test_a_worker_that_dies_loses_nothing(tmp_path: Path, registry: Real, env: dict[str, str]) -> None:
    """Workers are killed while they scan; two others finish. Each image has one result, nothing waits, nothing is doubled;
    and who was killed is counted."""
    names = [f"v{n}" for n in range(5)]
    for name in names:
        put(tmp_path, registry, name, size=4 << 20)
    command(env, "registry", "add", "shop", registry.host, "--repository", "team/*")
    with running("server", env=env):
        eventually(lambda: get(env, "/api/v1/queue/state")["waiting"] == len(names))
        store = state_store(env)
        try:
            killed = [kill_while_scanning(env, store, registry) for _ in range(2)]
            assert all(job.state is JobState.RUNNING and job.worker for job in killed)
            assert len({job.worker for job in killed}) == 2
            with running("worker", env=env), running("worker", env=env):
                eventually(lambda: len(scanned(env)) == len(names))
            assert set(scanned(env)) == {f"web:{name}" for name in names}
            results = store.scan_results(Query(limit=100)).items
            assert len(results) == len({r.image_digest for r in results}) == len(names)
            assert not any(r.failure for r in results)
            eventually(lambda: store.scan_jobs(Query()).total == 0)
            counts = {store.findings(Query(image_digest=r.image_digest, limit=1)).total for r in results}
            assert len(counts) == 1
        finally:
            store.close()


def test_an_image_that_kills_its_workers_is_given_up(tmp_path: Path, registry: Real, env: dict[str, str]) -> None:
    """After three deaths nobody takes it; a finding says that it was not examined, and a person can have it tried again."""
    put(tmp_path, registry, "v1", size=4 << 20)
    command(env, "registry", "add", "shop", registry.host, "--repository", "team/*")
    with running("server", env=env):
        eventually(lambda: get(env, "/api/v1/queue/state")["waiting"] == 1)
        store = state_store(env)
        try:
            deaths = [kill_while_scanning(env, store, registry).deaths for _ in range(3)]
            assert deaths == [0, 1, 2]
            with running("worker", env=env):
                given_up = eventually(lambda: store.scan_jobs(Query(state="given-up")).items)
                (finding,) = eventually(lambda: get(env, "/api/v1/findings?kind=not-examined")["items"])
                assert finding["location"] == "worker"
                command(env, "queue", "retry", given_up[0].image_digest)
                eventually(lambda: list(scanned(env)) == ["web:v1"])
            eventually(lambda: not get(env, "/api/v1/findings?kind=not-examined")["items"])
        finally:
            store.close()
