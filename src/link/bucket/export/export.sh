#!/bin/bash
# Dumps one database into a file, for the container beside it to upload. It logs
# in as a role of its own that lives as long as this Job: no superuser, so that
# nothing in the database is ever run by one, with a password that never leaves
# the Job. The rest comes in the environment (ADMIN_USER, OWNER_ROLE, PGDATABASE).
set -Eeuo pipefail
# shellcheck source=../../../plan/job/common.sh
. /etc/cnpg-stack/common.sh
readonly out=/export
made='' heart=''

# The admin works in the database `postgres` only, where users can make nothing.
as_admin() {
  PGDATABASE=postgres psql_as "$ADMIN_USER" "$work/admin" "$everyone $superuser ${extra_options:-}" -f "$files/$1"
}

# A grant Job may hold the lock for a while.
drop() { as_admin drop.sql </dev/null || as_admin drop.sql </dev/null || as_admin drop.sql </dev/null; }

# The other container ends the sidecar: it needs the network longer.
finish() {
  local code=$?
  trap '' TERM INT
  [ -z "$made" ] || drop || say "the role $EXPORT_ROLE could not be taken back; it cannot log in after $EXPORT_UNTIL"
  [ -z "$heart" ] || kill "$heart" 2>/dev/null || true
  [ "$code" = 0 ] || touch "$out/failed"
}
trap finish EXIT
trap 'exit 143' TERM INT

# What the upload looks at to see that this container still lives.
beat() { while touch "$out/alive" && sleep 5; do :; done; }

ready() {
  if ! REPLY=$(as_admin ready.sql </dev/null 2>"$work/stderr"); then
    REPLY=$(head -n 3 "$work/stderr" | tr '\n' ' ')
    return 1
  fi
  [ -z "$REPLY" ]
}

create() { as_admin create.sql && touch "$work/done"; }
password() {
  local extra_options=$unlogged
  # psql makes the SCRAM verifier itself; its prompts are nothing for the log.
  printf '%s\n%s\n' "$secret" "$secret" | as_admin password.sql 2> >(grep -vE '^Enter (new password|it again)' >&2) &&
    touch "$work/done"
}
hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

export TARGET_DATABASE=$PGDATABASE
beat &
heart=$!
say "export of database \"$PGDATABASE\""
password_file "$files-admin/password" "$work/admin"
wait_until_ready

EXPORT_ROLE=cnpgstack_export_$(hex 8)
printf -v EXPORT_UNTIL '%(%Y-%m-%d %H:%M:%S)T+00' "$(($(date +%s) + DEADLINE_SECONDS))"
export EXPORT_ROLE EXPORT_UNTIL
secret=$(hex 24)
say "logging in as $EXPORT_ROLE, a member of \"$OWNER_ROLE\""
made=yes
attempt 'the role could not be made' create
attempt 'its password could not be set' password
printf '*:*:*:*:%s\n' "$secret" >"$work/role"

# What the owner of the database has set for its sessions does not count here.
say 'dumping'
printf -v name '%(%Y%m%dT%H%M%SZ)T.dump' -1
PGUSER=$EXPORT_ROLE PGPASSFILE=$work/role \
  PGOPTIONS='-c role=none -c search_path=pg_catalog -c local_preload_libraries= -c jit=off' \
  pg_dump --format=custom --no-password --lock-wait-timeout=10min --file="$out/dump" || fail 'pg_dump failed'
pg_restore --list "$out/dump" >"$work/list" || fail 'the dump cannot be read back'
sum=$(sha256sum "$out/dump")
say "$(wc -c <"$out/dump") bytes, $(grep -c '^[0-9]' "$work/list") entries, sha256 ${sum%% *}"
printf '%s\n' "${sum%% *}" >"$out/sum"
printf '%s\n' "$name" >"$out/name"
touch "$out/done"
