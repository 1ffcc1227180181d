# The cut-over of a replication: the source stops writing, the destination gets what is
# still on its way, and the sequences. If any of it fails the source writes on.
read_only=''

# Who may alter the database does it; somebody else's is only looked at.
set_read_only() {
  export READ_ONLY=$1
  if [ -n "${SOURCE_OWNER:-}" ]; then
    as_admin read_only.sql </dev/null
  else
    SOURCE_OPTIONS='-c default_transaction_read_only=off' at SOURCE quiet_psql -f "$files/read_only.sql" </dev/null
  fi
}
# Who is no admin does not see what others' sessions are for.
rest() {
  if [ -n "${SOURCE_OWNER:-}" ]; then
    REPLY=$(as_admin still_writing.sql </dev/null 2>&1)
  else
    REPLY=$(at SOURCE quiet_psql -f "$files/still_writing.sql" </dev/null 2>&1)
  fi
  [ -z "$REPLY" ]
}
caught_up() {
  REPLY=$(at DESTINATION quiet_psql -f "$files/caught_up.sql" </dev/null 2>&1)
  [ -z "$REPLY" ]
}
cut_over() {
  say "making the source read-only: its sessions end, new ones cannot write"
  if set_read_only on 2>"$work/stderr"; then
    read_only=yes
  else
    say "  it cannot be done from here: $(head -n 1 "$work/stderr")"
  fi
  ready() { rest; }
  wait_until_ready 'the source: '
  SOURCE_LSN=$(at SOURCE quiet_psql -c 'SELECT pg_current_wal_lsn()' </dev/null) || fail 'the source cannot be read'
  export SOURCE_LSN
  say "waiting until the destination has all up to $SOURCE_LSN"
  ready() { caught_up; }
  wait_until_ready 'the destination: '
}
undo_cut_over() {
  [ -n "$read_only" ] || return 0
  if set_read_only off; then say 'the source can be written to again'; else say 'the source is still read-only'; fi
}
