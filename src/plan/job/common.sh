# What every script that logs in to the primary has in common. It is sourced by
# bash; passwords come as files and never leave the script but to files of its own.
umask 077
export LC_ALL=C TZ=UTC HOME=/scratch
readonly files=/etc/cnpg-stack work=/scratch

say() { printf '%(%Y-%m-%dT%H:%M:%SZ)T %s\n' -1 "$*"; }
fail() {
  say "failed: $*" >&2
  exit 1
}

# A classic Istio sidecar would keep the Pod alive; without one nobody listens.
# Whatever it answers, and however it hangs up, the Job ends as it ends. Containers
# that come later in the same Pod may need it longer.
end_sidecar() {
  [ -z "${SIDECAR_STAYS:-}" ] || return 0
  (
    exec 3<>/dev/tcp/127.0.0.1/15020
    printf 'POST /quitquitquit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' >&3
    timeout 5 cat <&3 >/dev/null
  ) 2>/dev/null || true
}

# What is left of WAIT_SECONDS.
in_time() { ((SECONDS < WAIT_SECONDS)); }

# wait_until_ready [STEP]: until `ready` says so. It says in REPLY what is missing.
wait_until_ready() {
  local shown=
  until ready; do
    [ "$REPLY" = "$shown" ] || say "  not yet: $REPLY"
    shown=$REPLY
    in_time || fail "${1:-}not ready after $WAIT_SECONDS seconds: $REPLY"
    sleep 2
  done
}

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
