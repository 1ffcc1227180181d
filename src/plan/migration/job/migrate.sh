#!/bin/bash
# Brings structure and rows from one database into another, in one transaction of the
# destination: all of it or nothing. What it is to do comes in the environment: MODE,
# STEPS, INCLUDE, EXCLUDE, and for each end SOURCE_... and DESTINATION_... A database of
# the stack has an owner, and is worked with as an ephemeral role; any other one has a
# user and its password.
set -Eeuo pipefail
# shellcheck source=../../job/common.sh
. /etc/cnpg-stack/common.sh
# shellcheck source=../../job/ephemeral.sh
. /etc/cnpg-stack/ephemeral.sh
# shellcheck source=ends.sh
. /etc/cnpg-stack/ends.sh
# shellcheck source=cutover.sh
. /etc/cnpg-stack/cutover.sh
readonly progress=/progress
SNAPSHOT='' problems='' heart=''
export SNAPSHOT

# The containers behind this one set the permissions again; they end the sidecar.
finish() {
  local code=$?
  trap '' TERM INT
  [ "$code" = 0 ] || undo_cut_over
  drop_roles
  [ -z "$heart" ] || kill "$heart" 2>/dev/null || true
  if [ "$code" = 0 ]; then touch "$progress/migrated"; else touch "$progress/failed"; fi
  [ -n "$GRANTS" ] || end_sidecar
}
trap finish EXIT
trap 'exit 143' TERM INT
beat() { while touch "$progress/alive" && sleep 5; do :; done; }

finished() { at DESTINATION quiet_psql -f "$files/finished.sql" </dev/null; }

# ask FILE: runs SQL in the session that holds the snapshot.
ask() {
  local line code=0
  # psql writes to a pipe when it closes it, or its buffer is full.
  printf '\\o /dev/stdout\n\\i %s\n\\o /dev/stdout\nSELECT %s;\n\\o\n' "$files/$1" "'done'" >&"${HOLDER[1]}" || return
  while IFS= read -r line <&"${HOLDER[0]}"; do
    case $line in
      'snapshot '*) SNAPSHOT=${line#snapshot } ;;
      'problem '*) problems=yes && say "  ${line#problem }" >&2 ;;
      again) code=2 ;;
      'done') return "$code" ;;
    esac
  done
  fail "the source cannot be read: $(tail -n 5 "$work/holder" | tr '\n' ' ')"
}
hold() {
  local tries=0
  coproc HOLDER { at SOURCE quiet_psql -f - 2>"$work/holder"; }
  until ask snapshot.sql; do
    ((++tries < 5)) || fail 'tables of the source come and go all the time'
    say '  tables of the source came or went meanwhile; once more'
  done
  [ -z "$problems" ] || fail 'the source cannot be brought over as it is'
}

# The structure as pg_dump sees it, before the destination hears of any of it.
readonly left_out='^[0-9]+; [0-9]+ [0-9]+ (COMMENT - EXTENSION|COMMENT - EVENT TRIGGER|EVENT TRIGGER|USER MAPPING) '
dump() {
  local -a excluded sections=(--section=pre-data --section=post-data)
  [ "$MODE" = full ] || sections=(--schema-only)
  ask excluded.sql
  mapfile -d '' -t excluded <"$work/excluded"
  excluded=("${excluded[@]/#/--exclude-table=}")
  heard at SOURCE pg_dump --format=custom --no-password --lock-wait-timeout=10min --snapshot="$SNAPSHOT" "${sections[@]}" \
    --no-owner --no-privileges --no-tablespaces --no-publications --no-subscriptions --no-security-labels --no-blobs \
    --exclude-schema=cnpgstack "${excluded[@]}" --file="$work/dump" || fail 'pg_dump failed'
  pg_restore --list "$work/dump" >"$work/all" || fail 'the dump cannot be read back'
  # What belongs to the server or to its roles, or takes a superuser.
  grep -E "$left_out" "$work/all" | grep -v " COMMENT - " | sed 's/^[0-9; ]*/  left out: /' || true
  grep -vE "$left_out" "$work/all" >"$work/list" || true
}

# Whatever the source's server sends is SQL for the destination and nothing for the
# shell: psql takes no command but the one with the key (CVE-2025-8714).
restricted() { printf '\\restrict %s\n' "$key" && "$@" && printf '\\unrestrict %s\n' "$key"; }
in_snapshot() { at SOURCE quiet_psql -f "$files/in_snapshot.sql" -f "$1" </dev/null; }
sql() { printf '\\i %s/%s\n' "$files" "$1"; }
user_sql() { printf '\\getenv text %s\n' "$1" && sql user.sql; }

# pg_restore restricts what it prints, with a key of its own. A setting that an older
# server does not know is set to what it is anyway. Some builds of PostgreSQL 17 number
# every column, as an option `pg_attver` that only pg_dump of that build leaves out.
readonly unknown='1,/^SET row_security/{/^SET transaction_timeout = 0;$/d}
/^ALTER [A-Z ]+ .* ALTER COLUMN .* SET \(([^()]*, )?pg_attver=[0-9]+(, [^()]*)?\);$/{
  s/pg_attver=[0-9]+, |, pg_attver=[0-9]+//
  / SET \(pg_attver=[0-9]+\);$/d
}'
structure() {
  pg_restore --section="$1" --use-list="$work/list" --no-owner --no-privileges --file=- "$work/dump" >"$work/$1" &&
    grep -q '^\\restrict ' "$work/$1" && sed -E "$unknown" "$work/$1" &&
    printf 'SET search_path = pg_catalog, pg_temp;\n'
}
rows() {
  sql holding.sql && restricted cat "$work/facts" && sql targets.sql && sql prepare.sql &&
    restricted in_snapshot "$files/reading.sql" && sql written.sql && sql moves.sql && sql verify.sql
}
arrived() {
  sql holding.sql && restricted cat "$work/facts" && sql targets.sql &&
    restricted in_snapshot "$files/counting.sql" && sql moves.sql && sql verify.sql
}
steps() {
  local number query
  sql holding.sql || return
  for ((number = 1; number <= STEP_COUNT; number++)); do
    query=QUERY_$number
    local -x QUERY=${!query}
    printf '\\set step %s\n' "$number" && sql step.sql &&
      restricted in_snapshot "$files/types.sql" && sql described.sql &&
      restricted in_snapshot "$files/query.sql" && sql step_write.sql || return
  done
}

# The script of the destination. It ends in COMMIT only when all before it was read to
# its end; a session whose script just ends is rolled back.
produce() {
  sql begin.sql && user_sql PRE_SQL || return
  case $MODE in
    schema | replicate) structure pre-data && structure post-data ;;
    data) rows ;;
    full) structure pre-data && rows && structure post-data ;;
    etl) steps ;;
    cutover) arrived ;;
  esac && user_sql POST_SQL && sql finish.sql
}
consume() { at DESTINATION quiet_psql -f - 2>&1 | sed -u -e '/^$/d' -e 's/^psql:[^ ]*:[0-9]*: //' -e 's/^/  /'; }

beat &
heart=$!
say "migration \"$MIGRATION\", run $ATTEMPT: $MODE"
[ ! -e "$files-admin/password" ] || password_file "$files-admin/password" "$work/admin"
open_end DESTINATION writer.sql
case $(finished) in
  yes) say 'finished before: nothing to do' && exit 0 ;;
  other) fail "another migration of this name has finished as run $ATTEMPT; give this one another name, or a higher \`attempt\`" ;;
  no) ;;
  *) fail 'the ledger of the destination cannot be read' ;;
esac
open_end SOURCE reader.sql
check_tools
[ "$MODE" != cutover ] || cut_over
key=$(hex 16)
readonly key
say 'reading'
hold
case $MODE in schema | full | replicate) dump ;; esac
case $MODE in data | full | cutover) ask facts.sql ;; esac
say 'writing'
move() { produce | consume; }
heard move || true
case $(finished) in
  yes) say 'done' ;;
  *) fail 'nothing was changed in the destination' ;;
esac
