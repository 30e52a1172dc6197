"""The ecosystems' own tools as judges of version order: each compares many pairs in one process. Absent ones are skipped
with the reason."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Pair = tuple[str, str]
Verdicts = list[int | None]  # None: the tool refuses one of the two

GEM = """require 'json'; JSON.parse(STDIN.read).each { |a, b| begin
  puts(Gem::Version.new(a) <=> Gem::Version.new(b)) rescue puts 'x' end }"""
NODE = """const s = require(process.argv[1]); const sign = (a, b) => { try { return s.compare(a, b) } catch { return 'x' } };
console.log(JSON.parse(require('fs').readFileSync(0)).map(([a, b]) => sign(a, b)).join('\\n'))"""
NODE_RANGE = """const s = require(process.argv[1]);
console.log(JSON.parse(require('fs').readFileSync(0)).map(([v, r]) =>
  s.validRange(r) === null ? 'x' : +s.satisfies(v, r) + 2 * +s.satisfies(v, r, {includePrerelease: true})).join('\\n'))"""
PERL = """use Dpkg::Version; while (<STDIN>) { chomp; my ($a, $b) = split /\\t/; my $x = Dpkg::Version->new($a);
  my $y = Dpkg::Version->new($b); print(($x->is_valid() && $y->is_valid() ? ($x <=> $y) : 'x'), "\\n"); }"""
PHP = """require $argv[1]; $p = new Composer\\Semver\\VersionParser();
foreach (json_decode(stream_get_contents(STDIN)) as [$a, $b]) {
  try { $a = $p->normalize($a); $b = $p->normalize($b); } catch (Exception $e) { echo "x\\n"; continue; }
  echo str_starts_with($a, 'dev-') || str_starts_with($b, 'dev-') ? 'x' : version_compare($a, $b), "\\n"; }"""
GO = """package main
import ("bufio"; "fmt"; "os"; "strings"; "periderm.test/semver")
func main() { in := bufio.NewScanner(os.Stdin)
  for in.Scan() { p := strings.Split(in.Text(), "\\t")
    if !semver.IsValid(p[0]) || !semver.IsValid(p[1]) { fmt.Println("x") } else { fmt.Println(semver.Compare(p[0], p[1])) } } }
"""


def run(command: Sequence[str], given: str, **more: str) -> list[str]:
    """The lines that a tool answers."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    environment = {**os.environ, **more}
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=900, env=environment)
    return done.stdout.split()


def verdicts(lines: list[str], pairs: Sequence[Pair]) -> Verdicts:
    """One answer for each pair."""
    assert len(lines) == len(pairs)
    return [None if line == "x" else (int(line) > 0) - (int(line) < 0) for line in lines]


def tabs(pairs: Sequence[Pair]) -> str:
    """A pair a line."""
    return "".join(f"{a}\t{b}\n" for a, b in pairs)


def dpkg(pairs: Sequence[Pair]) -> Verdicts:
    """Dpkg::Version, dpkg's own module for its tools."""
    probe = ["perl", "-MDpkg::Version", "-e", "1"]
    if shutil.which("perl") is None or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("needs perl with Dpkg::Version (libdpkg-perl)")
    return verdicts(run(["perl", "-e", PERL], tabs(pairs)), pairs)


def rpm(pairs: Sequence[Pair]) -> Verdicts:
    """rpm.vercmp inside rpm's Lua: whole EPOCH:VERSION-RELEASE since rpm 4.16."""
    lines: list[str] = []
    for start in range(0, len(pairs), 1000):  # an argument is at most 128 KiB
        script = "".join(f"print(rpm.vercmp('{a}', '{b}') .. ' ')" for a, b in pairs[start : start + 1000])
        lines += run(["rpm", "--eval", "%{lua:" + script + "}"], "")
    return verdicts(lines, pairs)


def gem(pairs: Sequence[Pair]) -> Verdicts:
    """Gem::Version."""
    return verdicts(run(["ruby", "-e", GEM], json.dumps(pairs)), pairs)


def node_semver() -> str:
    """Where npm keeps its own semver."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("needs node and npm")
    for root in [*Path(npm).resolve().parents, Path("/usr/share/nodejs")]:
        for place in (root / "node_modules" / "semver", root / "semver"):
            if (place / "package.json").exists():
                return str(place)
    pytest.skip("needs the semver package that npm brings")


def npm(pairs: Sequence[Pair]) -> Verdicts:
    """node-semver's compare."""
    return verdicts(run(["node", "-e", NODE, node_semver()], json.dumps(pairs)), pairs)


def npm_ranges(questions: Sequence[Pair]) -> list[tuple[bool, bool] | None]:
    """(version, range): whether node-semver says it satisfies, without and with pre-releases; None for no range."""
    lines = run(["node", "-e", NODE_RANGE, node_semver()], json.dumps(questions))
    return [None if line == "x" else (bool(int(line) & 1), bool(int(line) & 2)) for line in lines]


def composer(pairs: Sequence[Pair]) -> Verdicts:
    """composer/semver's normal form and PHP's version_compare."""
    autoload = Path("/usr/share/php/Composer/Semver/autoload.php")
    if not autoload.exists():
        pytest.skip("needs php-composer-semver")
    return verdicts(run(["php", "-r", PHP, str(autoload)], json.dumps(pairs)), pairs)


def maven(pairs: Sequence[Pair]) -> Verdicts:
    """ComparableVersion's own command line, which compares neighbours."""
    jars = sorted(Path("/usr/share/maven/lib").glob("maven-artifact*.jar"))
    if not jars:
        pytest.skip("needs maven")
    arguments = [version for pair in pairs for version in pair]
    command = ["java", "-Xshare:auto", "-cp", str(jars[-1]), "org.apache.maven.artifact.versioning.ComparableVersion"]
    if shutil.which("java") is None:
        pytest.skip("needs java")
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True, timeout=900)
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("   ")]
    signs = {"<": -1, "==": 0, ">": 1}
    return [signs[words[1]] for words in lines[::2]]


def go(pairs: Sequence[Pair], folder: Path) -> Verdicts:
    """golang.org/x/mod/semver as Go's own tree has it."""
    if shutil.which("go") is None:
        pytest.skip("needs go")
    source = Path(run(["go", "env", "GOROOT"], "")[0]) / "src/cmd/vendor/golang.org/x/mod/semver"
    if not source.exists():
        pytest.skip("needs Go's sources")
    shutil.copytree(source, folder / "semver", ignore=shutil.ignore_patterns("*_test.go"))
    (folder / "go.mod").write_text("module periderm.test\n\ngo 1.20\n")
    (folder / "main.go").write_text(GO)
    offline = {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    command = ["go", "build", "-C", str(folder), "-o", "compare", "."]
    run(command, "", **offline)
    return verdicts(run([str(folder / "compare")], tabs(pairs)), pairs)


JUDGES: dict[str, Callable[[Sequence[Pair]], Verdicts]] = {
    "deb": dpkg,
    "rpm": rpm,
    "gem": gem,
    "npm": npm,
    "composer": composer,
    "maven": maven,
}
