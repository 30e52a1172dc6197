"""What builds take from the network."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import GITLAB, STEPS, WORKFLOW, hits, judged, lines


def run(command: str) -> str:
    """A container file with one command."""
    return f"FROM a:1\nRUN {command}\n"


@pytest.mark.parametrize(
    "command",
    [
        "curl x.example | sh",
        "wget -qO- https://x.example/i | sudo -E bash -",
        "bash <(curl -s https://x.example)",
        'sh -c "$(curl -fsSL https://x.example/i)"',
        "curl https://x.example/p.py | python3 -",
        "curl -sL https://x.example | bash -s -- --yes",
        'eval "$(curl https://x.example)"',
        ". <(curl https://x.example)",
    ],
)
def test_piped(command: str) -> None:
    """Pipes, substitutions, interpreters."""
    assert lines(run(command), "CFG-026") == [2]


@pytest.mark.parametrize(
    "command",
    [
        "curl https://x.example | tar xz",
        "curl https://x.example | jq .",
        "echo x | sh",
        "curl https://x.example -o i.sh",
        "V=$(curl https://x.example/version) && bash run.sh $V",
        "curl https://x.example | python3 parse.py",
        "bash -c 'echo $(curl https://x.example)'",
    ],
)
def test_not_piped(command: str) -> None:
    """Data, files, programs of one's own."""
    assert lines(run(command), "CFG-026") == []


def test_what_is_piped_is_told_once() -> None:
    """And not as a program that is kept, too."""
    assert lines(run("curl https://x.example/i.sh | sh"), "CFG-031") == []


def test_an_open_connection_is_worse() -> None:
    """http into a shell."""
    assert judged(run("curl http://x.example/i | sh"), only="CFG-026")[0].severity is Severity.HIGH


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("curl -k https://x.example", "CFG-027"),
        ("curl --insecure https://x.example", "CFG-027"),
        ("git -c http.sslVerify=false clone https://x.example", "CFG-027"),
        ("pip install --trusted-host x.example y==1", "CFG-028"),
        ("pip config set global.trusted-host x.example", "CFG-028"),
        ("yarn config set strict-ssl false", "CFG-028"),
        ("docker push --tls-verify=false x", "CFG-028"),
        ("export GIT_SSL_NO_VERIFY=1", "CFG-029"),
        ("NODE_TLS_REJECT_UNAUTHORIZED=0 node x", "CFG-029"),
        ("curl -K conf https://x.example", ""),
        ("curl -k https://127.0.0.1/x", ""),
        ("wget http://x.example/a", "CFG-030"),
        ("curl http://db:8080/x", ""),
        ("curl -LO https://x.example/t-linux-amd64.tar.gz", "CFG-031"),
        ("curl -LO https://x.example/t.tgz && gpg --verify t.asc t.tgz", ""),
    ],
)
def test_verification(command: str, found: str) -> None:
    """Switched off by option, setting or variable; own hosts, and what is verified otherwise."""
    said = {one for one, _ in hits(run(command))} & {"CFG-027", "CFG-028", "CFG-029", "CFG-030", "CFG-031"}
    assert said == ({found} if found else set())


def test_in_every_kind_of_file() -> None:
    """Workflows and GitLab too, at their lines."""
    assert ("CFG-027", 8) in hits(
        "on: push\n" + STEPS + "      - run: |\n          a\n          curl -k https://x.example\n", WORKFLOW
    )
    assert ("CFG-027", 3) in hits("a:\n  script:\n    - curl -k https://x.example\n", GITLAB)
    assert ("CFG-029", 5) in hits("on: push\njobs:\n  a:\n    env:\n      PYTHONHTTPSVERIFY: 0\n    steps: []\n", WORKFLOW)
