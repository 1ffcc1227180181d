#!/bin/bash
# Brings the permissions of one user in one database in line with what the
# CnpgStack lists. Running it again changes nothing. What it is to do comes in
# the environment (WANTED, GRANT_USER, ADMIN_USER, PGDATABASE and libpq's own).
set -Eeuo pipefail
# shellcheck source=../../job/common.sh
. /etc/cnpg-stack/common.sh
admin_options='' user_options='' server_version=0 mode=''

trap end_sidecar EXIT
trap 'exit 143' TERM INT

# as_admin FILE: in the database of PGDATABASE. event_triggers is known from PostgreSQL 17 on.
as_admin() {
  local options="$admin_options $everyone $superuser ${extra_options:-}"
  ((server_version < 170000)) || options+=' -c event_triggers=off'
  psql_as "$ADMIN_USER" "$work/admin" "$options" -f "$files/$1"
}
# Users can make nothing in `postgres` that could get in the way.
in_postgres() { PGDATABASE=postgres as_admin "$1"; }
# A user has a password or a certificate; a server that asks for a certificate binds no channel.
as_user() {
  if [ -e "$files-user/tls.crt" ]; then
    local -x PGSSLCERT=$files-user/tls.crt PGSSLKEY=$work/user.key PGCHANNELBINDING=disable
  fi
  psql_as "$GRANT_USER" "$work/user" "$user_options $everyone" "$@"
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

# A certificate is the operator's to make, and so is the line of pg_hba.conf that lets it in.
certified() {
  logs_in && return
  REPLY=$(head -n 3 "$work/login" | tr '\n' ' ')
  return 1
}

# Whether the operator has made the schemas and extensions that the stack declares.
declared() {
  REPLY=$(as_admin declared.sql </dev/null 2>"$work/stderr") || REPLY=$(head -n 3 "$work/stderr" | tr '\n' ' ')
  [ -z "$REPLY" ]
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
wait_until_ready 'step 1 of 4: '

say 'step 2 of 4: the role'
attempt 'step 2 of 4: the role could not be made or altered' roles
if [ "$mode" != nologin ] && [ -e "$files-user/tls.crt" ]; then
  # libpq takes a key that nobody else can read.
  cp "$files-user/tls.key" "$work/user.key"
  ready() { certified; }
  wait_until_ready 'step 2 of 4: the certificate does not let in: '
  say '  the certificate is right'
elif [ "$mode" != nologin ]; then
  password_file "$files-user/password" "$work/user"
  if logs_in; then
    say '  the password is right'
  else
    attempt 'step 2 of 4: the password could not be set' new_password
    say '  the password was set'
  fi
fi

round() {
  local try
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
}

# Nothing that is to be taken away waits for what is to be made.
if ! declared; then
  say "  not all is there that the stack declares, so again when it is: $REPLY"
  round
  ready() { declared; }
  wait_until_ready 'step 3 of 4: '
fi
round
say 'done'
