#!/bin/bash
# What a build agent does: clone, make an environment, install a wheel, run tests, pack.
set -e
export HOME=/root
git config --global init.defaultBranch main
git init -q /srv/origin && cd /srv/origin
git config user.email a@example.org && git config user.name A
mkdir -p app && echo 'VALUE = 1' > app/__init__.py
printf '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "app"\nversion = "1"\n' > pyproject.toml
git add -A && git commit -q -m first
while :; do
  work=$(mktemp -d)
  git clone -q /srv/origin "$work/app"
  cd "$work/app" && git log --oneline >/dev/null && git status --short
  python3 -m venv --system-site-packages "$work/venv"
  "$work/venv/bin/pip" wheel -q --no-deps --no-build-isolation -w "$work/dist" . >/dev/null 2>&1
  "$work/venv/bin/pip" install -q --no-deps --no-index "$work"/dist/*.whl >/dev/null 2>&1
  "$work/venv/bin/python" -c 'import app; assert app.VALUE'
  tar -C "$work" -czf /srv/artifact.tar.gz dist
  cd / && rm -rf "$work"
  sleep 10
done
