#!/bin/sh
# Uploads what the container beside it dumped, and reads it back: only what the
# store really holds counts. The credentials come in rclone's environment. It
# ends the sidecar of a mesh, for it is the one that ends last.
set -eu
out=/export
say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"; }
fail() {
  say "failed: $*" >&2
  exit 1
}
# Without a classic Istio sidecar nobody listens there.
end_sidecar() { timeout 5 wget -q -O /dev/null --post-data= http://127.0.0.1:15020/quitquitquit 2>/dev/null || true; }
trap end_sidecar EXIT
trap 'exit 143' TERM INT

say 'waiting for the dump'
until [ -e "$out/done" ]; do
  [ ! -e "$out/failed" ] || fail 'the dump failed; the log of the container "export" says why'
  [ -z "$(find "$out/alive" -mmin +2 2>/dev/null)" ] || fail 'the container "export" is gone'
  sleep 2
done
name=$(cat "$out/name")
sum=$(cat "$out/sum")
object=$DESTINATION/$name

say "uploading to $object"
rclone copyto --immutable "$out/dump" "$object" || fail 'the upload failed'
say 'reading it back'
stored=$(rclone hashsum sha256 --download "$object") || fail 'what was uploaded cannot be read back'
[ "${stored%% *}" = "$sum" ] || fail "the store holds something else: sha256 ${stored%% *}, not $sum"
# In the format of sha256sum; written last, so that it marks what was verified.
printf '%s  %s\n' "$sum" "$name" | rclone rcat "$object.sha256" || fail 'the checksum could not be stored'
say "done: $object, sha256 $sum"
