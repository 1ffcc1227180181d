#!/usr/bin/env bash
# kubectl for pages that are run where there is no cluster. `kustomize` is the real one.
# What is applied is kept, to be held against the schemas; of any other command the verb
# and the flags have to be those of the real kubectl ($KUBECTL).
set -euo pipefail

keep() {
  local into
  into=$(mktemp "$APPLIED/XXXXXX.yaml")
  cat >"$into"
  [ -s "$into" ] || { echo 'kubectl: nothing to apply' >&2; exit 1; }
}

# Whether the real one knows the verb and the flags. What stands behind `--` is not its own.
known() {
  local help word
  local -a verb=("$1")
  help=$("$KUBECTL" "$1" --help 2>&1) || { echo "kubectl: no command \"$1\"" >&2; exit 1; }
  # `rollout status`, `create secret generic`: the help of what is below it.
  for word in "${@:2}"; do
    case $word in -*) break ;; esac
    help+=$("$KUBECTL" "${verb[@]}" "$word" --help 2>/dev/null) || break
    verb+=("$word")
  done
  help+=$("$KUBECTL" options)
  for word in "${@:2}"; do
    case $word in
      --) break ;;
      -*) grep -qE -- "(^|[[:space:],])${word%%=*}([=,[:space:]:]|$)" <<<"$help" ||
        { echo "kubectl: \"${verb[*]}\" has no flag $word" >&2; exit 1; } ;;
    esac
  done
}

case ${1:-} in
  kustomize) exec "$KUBECTL" "$@" ;;
  apply | create) ;;
  '') echo 'kubectl: no command' >&2; exit 1 ;;
  *) known "$@"; exit 0 ;;
esac

known "$@"
[ "$1" = apply ] || [[ " $* " == *' -f '* ]] || exit 0
given=''
while [ $# -gt 1 ]; do
  shift
  case $1 in
    -f | --filename) given=yes; if [ "$2" = - ]; then keep; elif [ -d "$2" ]; then for file in "$2"/*.y*ml; do keep <"$file"; done; else keep <"$2"; fi; shift ;;
    -k | --kustomize) given=yes; "$KUBECTL" kustomize "$2" | keep; shift ;;
  esac
done
[ -n "$given" ] || { echo 'kubectl: neither -f nor -k' >&2; exit 1; }
