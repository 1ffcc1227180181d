#!/bin/bash
# Sets the permissions of one user again, once what comes before is there: the files of
# the grant Jobs are mounted, and PROGRESS_AFTER says what to wait for.
set -Eeuo pipefail
# shellcheck source=../../job/common.sh
. /etc/cnpg-stack/common.sh
readonly progress=/progress
finish() {
  local code=$?
  if [ "$code" = 0 ]; then touch "$progress/$PROGRESS_AS"; else touch "$progress/failed"; fi
  [ -n "$SIDECAR_STAYS" ] || SIDECAR_STAYS='' end_sidecar
}
trap finish EXIT
trap 'exit 143' TERM INT
until [ -e "$progress/$PROGRESS_AFTER" ]; do
  [ ! -e "$progress/failed" ] || fail 'the migration failed; the log of the container "migrate" says why'
  [ -e "$progress/migrated" ] || [ -z "$(find "$progress/alive" -mmin +2 2>/dev/null)" ] || fail 'the container "migrate" is gone'
  sleep 2
done
SIDECAR_STAYS=yes bash "$files/grant.sh"
