"""Packages of languages."""

from __future__ import annotations

import pytest

from tests.engines.config.files import judged, lines


@pytest.mark.parametrize(
    "command",
    [
        "pip install flask",
        "python3 -m pip install -U flask",
        "uv pip install flask[async]",
        "npm i -g x",
        "pnpm add -g @s/x",
        "npm install -g x@latest",
        "gem install x",
        "cargo install x",
        "go install x.example/y@latest",
    ],
)
def test_unpinned(command: str) -> None:
    """The newest of the day."""
    assert lines(f"FROM a:1\nRUN {command}\n", "CFG-032") == [2]


@pytest.mark.parametrize(
    "command",
    [
        "pip install flask==3.0",
        "pip install -r r.txt",
        "pip install -e .",
        "pip install --upgrade pip setuptools",
        "pip install -c c.txt flask",
        "pip install ./x.whl",
        "pip install --no-index x",
        "npm ci",
        "npm install x",
        "npm install -g x@1.2.3",
        "gem install x -v 1",
        "cargo install --locked x",
        "go install x.example/y@v1.2.3",
        "pip install $X",
        "pip download x",
        "pip install git+https://x.example/y@v1",
    ],
)
def test_pinned(command: str) -> None:
    """A version, a bound, a file, a folder, what nobody knows."""
    assert lines(f"FROM a:1\nRUN {command}\n", "CFG-032") == []


def test_names() -> None:
    """Those without a version are named."""
    assert judged("FROM a:1\nRUN pip install a b==1 c\n", only="CFG-032")[0].message.en.startswith("a, c:")
    assert lines("FROM a:1\nRUN npm install\nRUN npm i --omit=dev\nRUN npm ci\nRUN npm install x\n", "CFG-033") == [2, 3]
