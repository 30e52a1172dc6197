#!/bin/sh
# Scans in any pipeline (Jenkins, Tekton, Buildkite, a Makefile) and tells apart what was found from what was not scanned.
#
#   WHAT=image TARGET=shop.tar FAIL_ON='severity >= high && fixed' sh periderm.sh
#
# Writes periderm.json, periderm.sarif, periderm.xml (JUnit), periderm.html and bom.cdx.json into $OUT (default: here).
# Exit status: 0 nothing meets the gate, 1 something does, anything else: not scanned, so the pipeline must stop as well.
set -eu

WHAT="${WHAT:-repo}"
TARGET="${TARGET:-.}"
FAIL_ON="${FAIL_ON:-severity >= high && fixed || kind == 'secret' || kind == 'malware'}"
OUT="${OUT:-.}"

mkdir -p "$OUT"
set -- --output "json=$OUT/periderm.json" --output "sarif=$OUT/periderm.sarif" --output "junit=$OUT/periderm.xml"
set -- "$@" --output "html=$OUT/periderm.html" --output "cyclonedx=$OUT/bom.cdx.json"
if [ -n "${SCANNERS:-}" ]; then set -- "$@" --scanners "$SCANNERS"; fi
if [ -n "$FAIL_ON" ]; then set -- "$@" --fail-on "$FAIL_ON"; fi

status=0
periderm scan "$WHAT" "$TARGET" "$@" || status=$?
case $status in
  0) echo "periderm: nothing meets the gate" ;;
  1) echo "periderm: the gate is met; see $OUT/periderm.html" >&2 ;;
  *) echo "periderm: not scanned (status $status)" >&2 ;;
esac
exit "$status"
