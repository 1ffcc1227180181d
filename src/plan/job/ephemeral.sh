# Login roles that live as long as a Job: no superusers, so that nothing in a
# database is ever run by one, with passwords that never leave the Job. Sourced
# after common.sh; JOB_KIND, ADMIN_USER, DEADLINE_SECONDS and libpq's settings for
# the primary of the stack are in the environment.
roles=()

# A signal is heard while this waits, but not while a program in the foreground runs:
# who ends a Job would have its role left behind.
heard() {
  "$@" &
  wait "$!"
}

# The admin works in the database `postgres` only, where users can make nothing.
as_admin() {
  PGDATABASE=postgres psql_as "$ADMIN_USER" "$work/admin" "$everyone $superuser ${extra_options:-}" -f "$files/$1"
}

# ready DATABASE OWNER: whether there is something to work with; see wait_until_ready.
database_ready() {
  if ! REPLY=$(TARGET_DATABASE=$1 OWNER_ROLE=$2 as_admin database.sql </dev/null 2>"$work/stderr"); then
    REPLY=$(head -n 3 "$work/stderr" | tr '\n' ' ')
    return 1
  fi
  [ -z "$REPLY" ]
}

hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }
create_role() { as_admin "$1" && touch "$work/done"; }
set_password() {
  local extra_options=$unlogged
  # psql makes the SCRAM verifier itself; its prompts are nothing for the log.
  printf '%s\n%s\n' "$1" "$1" | as_admin password.sql 2> >(grep -vE '^Enter (new password|it again)' >&2) &&
    touch "$work/done"
}

# new_role SQL TO: makes a role and writes its password to a file, in libpq's
# format. OWNER_ROLE says what it is a member of. Its name comes in REPLY.
new_role() {
  local secret
  ROLE=cnpgstack_${JOB_KIND}_$(hex 8)
  printf -v ROLE_UNTIL '%(%Y-%m-%d %H:%M:%S)T+00' "$(($(date +%s) + DEADLINE_SECONDS))"
  export ROLE ROLE_UNTIL
  secret=$(hex 24)
  say "logging in as $ROLE, a member of \"$OWNER_ROLE\""
  roles+=("$ROLE")
  attempt 'the role could not be made' create_role "$1"
  attempt 'its password could not be set' set_password "$secret"
  printf '*:*:*:*:%s\n' "$secret" >"$2"
  REPLY=$ROLE
}

# A grant Job may hold the lock for a while.
drop_role() {
  ROLE=$1
  as_admin drop.sql </dev/null || as_admin drop.sql </dev/null || as_admin drop.sql </dev/null ||
    say "the role $ROLE could not be taken back; it cannot log in after $ROLE_UNTIL"
}
drop_roles() {
  local role
  for role in "${roles[@]}"; do drop_role "$role"; done
}
