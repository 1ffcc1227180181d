#!/bin/bash
# Dumps one database into a file, for the container beside it to upload. It logs
# in as a role of its own that lives as long as this Job. The rest comes in the
# environment (ADMIN_USER, OWNER_ROLE, PGDATABASE).
set -Eeuo pipefail
# shellcheck source=../../../plan/job/common.sh
. /etc/cnpg-stack/common.sh
# shellcheck source=../../../plan/job/ephemeral.sh
. /etc/cnpg-stack/ephemeral.sh
readonly out=/export
heart=''

# The other container ends the sidecar: it needs the network longer.
finish() {
  local code=$?
  trap '' TERM INT
  drop_roles
  [ -z "$heart" ] || kill "$heart" 2>/dev/null || true
  [ "$code" = 0 ] || touch "$out/failed"
}
trap finish EXIT
trap 'exit 143' TERM INT

# What the upload looks at to see that this container still lives.
beat() { while touch "$out/alive" && sleep 5; do :; done; }
ready() { database_ready "$PGDATABASE" "$OWNER_ROLE"; }

beat &
heart=$!
say "export of database \"$PGDATABASE\""
password_file "$files-admin/password" "$work/admin"
wait_until_ready
new_role reader.sql "$work/role"

# What the owner of the database has set for its sessions does not count here.
say 'dumping'
printf -v name '%(%Y%m%dT%H%M%SZ)T.dump' -1
PGUSER=$REPLY PGPASSFILE=$work/role \
  PGOPTIONS='-c role=none -c search_path=pg_catalog -c local_preload_libraries= -c jit=off' \
  heard pg_dump --format=custom --no-password --lock-wait-timeout=10min --file="$out/dump" || fail 'pg_dump failed'
pg_restore --list "$out/dump" >"$work/list" || fail 'the dump cannot be read back'
sum=$(sha256sum "$out/dump")
say "$(wc -c <"$out/dump") bytes, $(grep -c '^[0-9]' "$work/list") entries, sha256 ${sum%% *}"
printf '%s\n' "${sum%% *}" >"$out/sum"
printf '%s\n' "$name" >"$out/name"
touch "$out/done"
