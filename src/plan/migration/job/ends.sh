# The two ends of a migration. SOURCE_... and DESTINATION_... in the environment say
# where they are; an end with an OWNER is a database of the stack.

# What would change the meaning of a value on its way is the same at both ends, and
# nothing of a user's is found by name or run. Options beat what the owner of the
# database has set for its sessions.
readonly pinned='-c datestyle=ISO,MDY -c intervalstyle=postgres -c timezone=UTC -c bytea_output=hex
  -c extra_float_digits=3 -c lc_monetary=C -c xmloption=content -c standard_conforming_strings=on
  -c array_nulls=on -c transform_null_equals=off -c search_path=pg_catalog,pg_temp -c role=none
  -c local_preload_libraries= -c client_min_messages=warning -c row_security=off -c jit=off
  -c default_transaction_isolation=read\ committed -c default_transaction_deferrable=off
  -c statement_timeout=0 -c lock_timeout=10min -c idle_in_transaction_session_timeout=0 -c idle_session_timeout=0'

# at END COMMAND...: with libpq's settings for it.
at() {
  local host=$1_HOST port=$1_PORT database=$1_DATABASE user=$1_USER owner=$1_OWNER mode=$1_SSLMODE
  local options=$1_OPTIONS root=$1_ROOT binding=require
  local -x PGHOST=${!host} PGPORT=${!port} PGDATABASE=${!database} PGUSER=${!user} PGSSLMODE=${!mode}
  local -x PGPASSFILE=$work/$1 PGOPTIONS="$pinned ${!options:-}"
  # Somebody else's server need not know SCRAM.
  [ -n "${!owner:-}" ] || binding=prefer
  local -x PGCHANNELBINDING=$binding PGSSLROOTCERT=${!root:-}
  [ -n "$PGSSLROOTCERT" ] || unset PGSSLROOTCERT
  "${@:2}"
}
quiet_psql() { psql --no-psqlrc --no-password --quiet --tuples-only --no-align -v ON_ERROR_STOP=1 "$@"; }

# How the stack's own databases are reached.
own_end() {
  local owner=$1_OWNER
  [ -n "${!owner:-}" ] || return 0
  printf -v "$1_SSLMODE" %s "$PGSSLMODE"
  printf -v "$1_ROOT" %s "$PGSSLROOTCERT"
}

# end_ready END: whether it can be worked with; see wait_until_ready.
end_ready() {
  local database=$1_DATABASE owner=$1_OWNER
  if [ -n "${!owner:-}" ]; then
    database_ready "${!database}" "${!owner}"
  elif ! REPLY=$(at "$1" quiet_psql -c "SELECT CASE WHEN pg_is_in_recovery() AND '$1' = 'DESTINATION' THEN 'the server is a standby' END" \
    </dev/null 2>&1); then
    REPLY=${REPLY//$'\n'/ }
    return 1
  else
    [ -z "$REPLY" ]
  fi
}

# open_end END SQL: waits for it and logs in. The version of its server goes to END_VERSION.
open_end() {
  local database=$1_DATABASE owner=$1_OWNER host=$1_HOST user=$1_USER
  say "$1: database \"${!database}\" at ${!host}"
  own_end "$1"
  [ -n "${!owner:-}" ] || password_file "$files-${1,,}/password" "$work/$1"
  ready() { end_ready "$end"; }
  local end=$1 only=on
  [ "$1" = SOURCE ] || only=off
  printf -v "$1_OPTIONS" %s "-c default_transaction_read_only=$only"
  wait_until_ready "$1: "
  if [ -n "${!owner:-}" ]; then
    OWNER_ROLE=${!owner} new_role "$2" "$work/$1"
    printf -v "$user" %s "$REPLY"
  fi
  REPLY=$(at "$1" quiet_psql -c 'SHOW server_version_num' </dev/null) || fail "$1: cannot log in"
  # Bash would calculate with whatever else it is.
  [[ $REPLY =~ ^[0-9]{5,7}$ ]] || fail "$1: no version of PostgreSQL"
  printf -v "$1_VERSION" %s "$REPLY"
  export "${1}_VERSION"
  ((REPLY < 170000)) || printf -v "$1_OPTIONS" %s "-c default_transaction_read_only=$only -c transaction_timeout=0"
}

# The client programs know both servers, and what they write is safe to load.
check_tools() {
  local client
  client=$(pg_dump --version)
  client=${client#*) }
  client=${client%%[!0-9]*}
  local newest=$((SOURCE_VERSION > DESTINATION_VERSION ? SOURCE_VERSION : DESTINATION_VERSION))
  say "PostgreSQL $((SOURCE_VERSION / 10000)) to $((DESTINATION_VERSION / 10000)), with the programs of $client"
  ((client >= newest / 10000)) ||
    fail "the client programs of this image are of PostgreSQL $client, one server is $((newest / 10000)): images.psql names a newer image"
  [[ $(pg_restore --help) == *--restrict-key* ]] ||
    fail 'the client programs of this image are too old to load a dump safely (CVE-2025-8714): images.psql names a newer image'
}
