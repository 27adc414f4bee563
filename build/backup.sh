# Continuous backup of a data folder with litestream, and restoring it. Sourced by the root script.

backup_databases=(competitions users bitcoin)

# An npm package folder with a lock file, installed once into artifacts/; prints where.
installed_packages() { # folder in the repository, name
  local lock target
  lock=$(cat "$root/$1/package-lock.json" "$root/$1/.npmrc" | sha256sum | cut -c1-16)
  target="$root/artifacts/$2/$lock"
  mkdir -p "$root/artifacts/$2"
  exec 5>"$root/artifacts/$2/lock"
  flock 5
  if [ ! -f "$target/complete" ]; then
    need_node
    say "installing the packages of $1"
    mkdir -p "$target"
    cp "$root/$1"/{package.json,package-lock.json,.npmrc} "$target/"
    (cd "$target" && npm_command ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2) || fail "npm could not install the packages of $1"
    touch "$target/complete"
  fi
  exec 5>&-
  echo "$target"
}

# Sets litestream; tests find it by the variable. Backups of 0.3 cannot be read by later ones, nor theirs by 0.3.
need_litestream() {
  if [ -z "${COORDINATOR_LITESTREAM:-}" ]; then
    if command -v litestream >/dev/null; then
      COORDINATOR_LITESTREAM=$(command -v litestream)
    else
      [ "$(uname -sm)" = "Linux x86_64" ] || fail "litestream is missing: install litestream 0.3.13 and put it on PATH"
      COORDINATOR_LITESTREAM=$(installed_packages build/backup backup)/node_modules/@flydotio/litestream-linux-x64/litestream || exit 1
    fi
  fi
  litestream=$COORDINATOR_LITESTREAM
  [[ "$("$litestream" version 2>/dev/null)" == v0.3.* ]] || fail "$litestream is not litestream 0.3: install 0.3.13 and put it on PATH"
  export COORDINATOR_LITESTREAM
}

# The object store that tests back up to; they find its script by the variable.
need_store() {
  need_node
  local packages
  packages=$(installed_packages tests/Backup.Tests/store store) || exit 1
  cmp -s "$root/tests/Backup.Tests/store/store.mjs" "$packages/store.mjs" || cp "$root/tests/Backup.Tests/store/store.mjs" "$packages/store.mjs"
  export COORDINATOR_STORE="$packages/store.mjs"
}

# --- what was asked ----------------------------------------------------------------------------------------------------------------

backup_options() { # sets data, config, at, replica; exports what the configuration refers to
  data="$root/data" config="$root/config/litestream.yml" at='' replica=''
  while [ $# -gt 0 ]; do
    [ $# -ge 2 ] && [ -n "$2" ] || backup_usage "what is '$1'?"
    case $1 in
      --data) data=$2 ;;
      --config) config=$2 ;;
      --replica) replica=$2 ;;
      --at) at=$2 ;;
      *) backup_usage "what is '$1'?" ;;
    esac
    shift 2
  done
  [ -f "$config" ] || fail "there is no file $config"
  data=$(realpath -m -- "$data") config=$(realpath -- "$config")
  replica=$(realpath -m -- "${replica:-$data.backup}")
  export COORDINATOR_DATA=$data COORDINATOR_BACKUP=$replica
  backup_home="$data.shipping" # process id and log
}

backup_usage() {
  say "$1"
  fail "backup start|stop|status|restore [--data DIR] [--config FILE] [--replica DIR], restore also [--at TIME]"
}

# The process that this script started and that is still the same one.
backup_runs() {
  local pid
  pid=$(cat "$backup_home/pid" 2>/dev/null) && [ -n "$pid" ] && { tr '\0' '\n' <"/proc/$pid/environ"; } 2>/dev/null | grep -qxF "COORDINATOR_BACKUP_HOME=$backup_home"
}

# Waits until every database that is there is being shipped: what is stopped before sends nothing of it.
backup_ships() {
  local pid name tries
  pid=$(cat "$backup_home/pid")
  for name in "${backup_databases[@]}"; do
    tries=0
    while [ -e "$data/$name.db" ] && backup_runs && ! find "/proc/$pid/fd" -lname "$data/$name.db-wal" 2>/dev/null | grep -q .; do
      [ $tries -lt 300 ] || fail "litestream does not ship $name.db; see $backup_home/log"
      sleep 0.1
      tries=$((tries + 1))
    done
  done
}

# --- start, stop, status -----------------------------------------------------------------------------------------------------------

backup_start() {
  [ -z "$at" ] || backup_usage "--at is for restore"
  if backup_runs; then backup_status; return 0; fi
  need_litestream
  (umask 077 && mkdir -p "$backup_home")
  COORDINATOR_BACKUP_HOME=$backup_home "$litestream" replicate -config "$config" </dev/null >>"$backup_home/log" 2>&1 5>&- 7>&- 8>&- &
  echo $! >"$backup_home/pid"
  sleep 0.5
  backup_ships
  backup_runs || { rm -f "$backup_home/pid"; tail -n 3 "$backup_home/log" >&2; fail "litestream does not run; see $backup_home/log"; }
  backup_status
}

# Asks the shipper to end, which sends what is left before it does. False where it has not within half a minute.
backup_ends() {
  local tries=0
  backup_ships
  kill -TERM "$(cat "$backup_home/pid")"
  while backup_runs && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
  ! backup_runs
}

backup_stop() {
  if ! backup_runs; then say "no backup of $data runs"; rm -f "$backup_home/pid"; return 0; fi
  if ! backup_ends; then
    # Killed, it lost nothing: the next one goes on where it was, and sends what is left.
    say "litestream hangs at its end and is killed; another one sends what is left"
    kill -KILL "$(cat "$backup_home/pid")"
    while backup_runs; do sleep 0.1; done
    backup_start >/dev/null
    backup_ends || fail "litestream ($(cat "$backup_home/pid")) does not stop; see $backup_home/log"
  fi
  rm -f "$backup_home/pid"
  if awk '/signal received/ { wrong = 0 } /level=ERROR/ { wrong = 1 } END { exit !wrong }' "$backup_home/log"; then tail -n 3 "$backup_home/log" >&2; fail "litestream stopped with an error: the backup may lack the last moments"; fi
  echo "stopped"
}

backup_status() {
  if ! backup_runs; then printf '{"running":false,"data":"%s"}\n' "$data"; return 0; fi
  printf '{"running":true,"data":"%s","pid":%s,"log":"%s"}\n' "$data" "$(cat "$backup_home/pid")" "$backup_home/log"
}

# --- restore -----------------------------------------------------------------------------------------------------------------------

backup_time() { # refuses what is no moment; sets at_second
  [ -n "$at" ] || return 0
  [[ $at =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$ ]] && at_second=$(date -u -d "$at" +%s 2>/dev/null) \
    || fail "'$at' is no moment: write it as 2026-01-31T12:00:00Z; nothing was changed"
  [ "$at_second" -le "$(date -u +%s)" ] || fail "'$at' is in the future: leave --at out for the newest; nothing was changed"
}

backup_target() { # refuses a folder that holds anything a restore would have to overwrite
  local name file
  [ -d "$(dirname "$data")" ] || fail "there is no folder $(dirname "$data"); nothing was changed"
  if [ ! -e "$data" ] && [ ! -L "$data" ]; then return 0; fi
  [ -d "$data" ] && [ -w "$data" ] || fail "$data is no folder that can be written; nothing was changed"
  if [ -e "$data/coordinator.lock" ]; then
    exec 4<"$data/coordinator.lock" # held until this script ends
    flock -n 4 || fail "$data is in use by a coordinator: stop it first; nothing was changed"
  fi
  for name in "${backup_databases[@]}"; do
    for file in "$data/$name.db" "$data/$name.db-wal" "$data/$name.db-shm" "$data/.$name.db-litestream"; do
      [ ! -e "$file" ] || fail "$file exists: restore into a folder without databases, and keep this one; nothing was changed"
    done
  done
}

# Arguments for litestream that choose what a database was at the moment asked for. It refuses a moment after the last write itself, so an idle database
# would have no state then: it is what its last write left.
backup_choice() { # name; sets choice
  choice=()
  [ -n "$at" ] || return 0
  local list generation start end chosen='' chosen_start=0 chosen_end=0
  : >"$work/names/$1.db" # it asks for a file by this name, and only looks whether there is one
  list=$(COORDINATOR_DATA="$work/names" "$litestream" generations -config "$config" "$work/names/$1.db" 2>"$work/log") || backup_gone "$1"
  while read -r generation start end; do
    start=$(date -u -d "$start" +%s 2>/dev/null) && end=$(date -u -d "$end" +%s 2>/dev/null) || continue
    if [ "$start" -le "$at_second" ] && [ "$start" -ge "$chosen_start" ]; then chosen=$generation chosen_start=$start chosen_end=$end; fi
  done < <(awk 'NR > 1 && NF >= 5 { print $2, $(NF - 1), $NF }' <<<"$list")
  [ -n "$chosen" ] || fail "there is no backup of $1.db as old as $at; nothing was changed"
  choice=(-generation "$chosen") chosen_second=$chosen_end
  if [ "$at_second" -le "$chosen_end" ]; then choice+=(-timestamp "$at"); fi
}

backup_gone() {
  local why
  why=$(sed -n 's/.*error="\(.*\)"$/\1/p' "$work/log" | tail -n 1)
  fail "$1.db cannot be restored${at:+ as of $at}: ${why:-see the options and the configuration}; nothing was changed"
}

backup_fetch() { # name
  backup_choice "$1"
  if "$litestream" restore -config "$config" ${choice[@]+"${choice[@]}"} -o "$work/data/$1.db" "$data/$1.db" >"$work/log" 2>&1; then return 0; fi
  # Moments are kept to the second: in the last one before the end it may be after it.
  if [[ " ${choice[*]-} " == *" -timestamp "* ]] && [ "$at_second" -ge "$chosen_second" ] && grep -q 'no matching backups' "$work/log"; then
    rm -f "$work/data/$1.db"*
    "$litestream" restore -config "$config" "${choice[@]:0:2}" -o "$work/data/$1.db" "$data/$1.db" >"$work/log" 2>&1 && return 0
  fi
  backup_gone "$1"
}

backup_check() { # folder
  need_dotnet
  need_libraries
  need_programs
  dotnet "$run/Silo/release/Coordinator.Silo.dll" data check "$1" >/dev/null || fail "what was restored is not whole; nothing was changed"
}

backup_restore() {
  local name
  backup_time
  if backup_runs; then fail "a backup of $data runs: stop it first (backup stop); nothing was changed"; fi
  backup_target
  need_litestream
  work=$(mktemp -d "$data.restoring.XXXXXX") # beside the target: moving is one step
  trap 'rm -rf "$work"' EXIT
  mkdir -m 700 "$work/data" "$work/names"
  for name in "${backup_databases[@]}"; do backup_fetch "$name"; done
  rm -f "$work"/data/*.tmp-wal "$work"/data/*.tmp-shm # litestream leaves them, empty
  backup_check "$work/data"
  echo "restored${at:+ as of $at}" >"$work/data/restored-from-backup"
  chmod 600 "$work/data"/*
  sync -f "$work/data"
  if [ -d "$data" ]; then
    # First what says that this is a restore, last the books: whatever is cut short here is refused by a start.
    for name in restored-from-backup bitcoin.db users.db competitions.db; do mv -n "$work/data/$name" "$data/$name" || fail "$data is half restored: empty it and restore again"; done
  else
    mv -T "$work/data" "$data"
  fi
  sync -f "$data"
  echo "restored $data${at:+ as of $at}; the service starts on it in settle-only mode"
}

backup() {
  local command=${1:-}
  shift || true
  case $command in
    start | stop | status | restore) backup_options "$@"; "backup_$command" ;;
    *) backup_usage "backup what?" ;;
  esac
}
