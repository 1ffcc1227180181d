#!/bin/bash
# Brings the permissions of one user in one database in line with what the
# CnpgStack lists. Running it again changes nothing. What it is to do comes in
# the environment (WANTED, GRANT_USER, ADMIN_USER, PGDATABASE and libpq's own),
# passwords come as files and never leave this process but to files of its own.
set -Eeuo pipefail
umask 077
export LC_ALL=C TZ=UTC HOME=/scratch
readonly files=/etc/cnpg-stack work=/scratch
admin_options='' user_options='' server_version=0 mode=''

say() { printf '%(%Y-%m-%dT%H:%M:%SZ)T %s\n' -1 "$*"; }
fail() {
  say "failed: $*" >&2
  exit 1
}

# A classic Istio sidecar would keep the Pod alive; without one nobody listens.
# Whatever it answers, and however it hangs up, the Job ends as it ends.
end_sidecar() {
  (
    exec 3<>/dev/tcp/127.0.0.1/15020
    printf 'POST /quitquitquit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' >&3
    timeout 5 cat <&3 >/dev/null
  ) 2>/dev/null || true
}
trap end_sidecar EXIT
trap 'exit 143' TERM INT

# What is left of WAIT_SECONDS.
in_time() { ((SECONDS < WAIT_SECONDS)); }

# read_password FILE: without white space around it, as the operator reads it.
read_password() {
  local text
  text=$(<"$1")
  text=${text#"${text%%[![:space:]]*}"}
  text=${text%"${text##*[![:space:]]}"}
  [ -n "$text" ] || fail "the password in $1 is empty"
  REPLY=$text
}

# password_file FILE TO: in libpq's format.
password_file() {
  read_password "$1"
  REPLY=${REPLY//\\/\\\\}
  printf '*:*:*:*:%s\n' "${REPLY//:/\\:}" >"$2"
}

# Options beat what the owner of the database has set for its sessions. Nothing
# of a user's is found by name, no trigger of a user's fires, no role is taken.
# The catalogs are joined by hash: their statistics may be old, and loops within
# loops over ten thousand tables take longer than a Job has.
readonly everyone='-c role=none -c search_path=pg_catalog,pg_temp -c standard_conforming_strings=on
  -c local_preload_libraries= -c client_min_messages=warning
  -c statement_timeout=5min -c lock_timeout=20s -c idle_in_transaction_session_timeout=5min
  -c default_transaction_isolation=read\ committed -c default_transaction_deferrable=off
  -c default_transaction_read_only=off -c enable_nestloop=off -c jit=off -c work_mem=64MB'
readonly superuser='-c session_replication_role=replica -c row_security=off
  -c password_encryption=scram-sha-256'
# A SCRAM verifier is no password, but it is nothing for a log either.
readonly unlogged='-c track_activities=off -c log_statement=none -c log_min_duration_statement=-1
  -c log_min_duration_sample=-1 -c log_transaction_sample_rate=0 -c log_min_error_statement=panic
  -c pgaudit.log=none -c pg_stat_statements.track=none'

# The database is never an argument: there it might be read as a connection string.
psql_as() { PGUSER=$1 PGPASSFILE=$2 PGOPTIONS=$3 psql --no-psqlrc --no-password -v ON_ERROR_STOP=1 "${@:4}"; }
# as_admin FILE: in the database of PGDATABASE. event_triggers is known from PostgreSQL 17 on.
as_admin() {
  local options="$admin_options $everyone $superuser ${extra_options:-}"
  ((server_version < 170000)) || options+=' -c event_triggers=off'
  psql_as "$ADMIN_USER" "$work/admin" "$options" -f "$files/$1"
}
# Users can make nothing in `postgres` that could get in the way.
in_postgres() { PGDATABASE=postgres as_admin "$1"; }
as_user() { psql_as "$GRANT_USER" "$work/user" "$user_options $everyone" "$@"; }

# attempt WHAT COMMAND...: again while another session is in the way (deadlock,
# lock timeout, tuple concurrently updated, something created or dropped since).
# The command leaves $work/done when it is done.
readonly in_the_way=': +(40P01|40001|23505|55P03|55006|57P0[123]|XX000|42704|42P01|42883|3F000):|server closed|connection to server'
attempt() {
  local what=$1 tries=0
  shift
  rm -f "$work/done"
  until "$@" </dev/null 2>"$work/stderr" | sed -u -e '/^\\/d' -e 's/^/    /' && [ -e "$work/done" ]; do
    cat "$work/stderr" >&2
    grep -qE "$in_the_way" "$work/stderr" || fail "$what"
    if ((++tries >= 20)) || ! in_time; then fail "$what: another session stayed in the way"; fi
    say '  another session was in the way; trying again'
    sleep "$((RANDOM % 3 + 1))"
  done
  cat "$work/stderr" >&2
}

# Step 1. A refused login is "not yet": the operator may still be at it. So is
# one that is no superuser: the options are those that anybody may give.
ready() {
  local answer lines
  if ! answer=$(PGDATABASE=postgres psql_as "$ADMIN_USER" "$work/admin" "$everyone" -f "$files/ready.sql" </dev/null 2>"$work/stderr"); then
    REPLY=$(head -n 3 "$work/stderr" | tr '\n' ' ')
    return 1
  fi
  mapfile -t lines <<<"$answer"
  REPLY=${lines[0]}
  mode=${lines[1]} server_version=${lines[2]} admin_options=${lines[3]:-} user_options=${lines[4]:-}
  [ -z "$REPLY" ]
}
wait_until_ready() {
  local shown=
  until ready; do
    [ "$REPLY" = "$shown" ] || say "  not yet: $REPLY"
    shown=$REPLY
    in_time || fail "step 1 of 4: not ready after $WAIT_SECONDS seconds: $REPLY"
    sleep 2
  done
}

# Step 2.
roles() { in_postgres role.sql && touch "$work/done"; }
# Whether the user's password is right: only then is the database refused.
logs_in() {
  as_user -c '' </dev/null >"$work/login" 2>&1 || grep -q 'permission denied for database' "$work/login"
}
new_password() {
  local extra_options=$unlogged
  read_password "$files-user/password"
  # psql's prompts are nothing for the log.
  printf '%s\n%s\n' "$REPLY" "$REPLY" | in_postgres password.sql 2> >(grep -vE '^Enter (new password|it again)' >&2) &&
    touch "$work/done"
}

# Steps 3 and 4.
permissions() { as_admin permissions.sql; }
sessions() { in_postgres sessions.sql && touch "$work/done"; }
check() {
  case $mode in
    connect) as_user -f "$files/check.sql" ;;
    refused)
      if as_user -c '' </dev/null >"$work/login" 2>&1; then
        printf '  the user can connect\n' >&2
      else
        grep -q 'permission denied for database' "$work/login" || cat "$work/login" >&2
        as_admin check.sql
      fi
      ;;
    *) as_admin check.sql ;;
  esac
}

say "permissions of \"$GRANT_USER\" in database \"$PGDATABASE\""
password_file "$files-admin/password" "$work/admin"
say "step 1 of 4: waiting until \"$ADMIN_USER\" can log in to the primary at $PGHOST, and the database and its owner role exist"
wait_until_ready

say 'step 2 of 4: the role'
attempt 'step 2 of 4: the role could not be made or altered' roles
if [ "$mode" != nologin ]; then
  password_file "$files-user/password" "$work/user"
  if logs_in; then
    say '  the password is right'
  else
    attempt 'step 2 of 4: the password could not be set' new_password
    say '  the password was set'
  fi
fi

for try in 1 2 3; do
  say 'step 3 of 4: the permissions'
  attempt 'step 3 of 4: the permissions could not be set' permissions
  XACT=$(<"$work/done")
  export XACT
  [ "$mode" = connect ] || attempt 'step 3 of 4: sessions could not be ended' sessions
  say 'step 4 of 4: checking as the user what works and what is refused'
  rm -f "$work/done"
  check </dev/null || true
  [ ! -e "$work/done" ] || break
  ((try < 3)) || fail 'step 4 of 4: what the user can do is not what is wanted'
  say '  not as wanted; something may have changed meanwhile, so once more'
  sleep 2
done
say 'done'
