# `up` in the background: started, told of and stopped by the id of its process. Sourced by the root script.

background_home="$root/.data/background"

# The process that `start` began and that is still the same one.
background_runs() {
  local pid
  pid=$(cat "$background_home/pid" 2>/dev/null) && [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -q -- "up --json --data $background_home/world"
}

background_start() {
  local pid tries=0
  if background_runs; then say "it runs already; stop it first: ./coordinator stop"; background_status; return 1; fi
  mkdir -p "$background_home"
  chmod 700 "$background_home"
  : >"$background_home/ready.json"
  # Built before it goes to the background, so that what does not compile is told here.
  need_dotnet
  need_libraries
  need_programs
  "$root/coordinator" up --json --data "$background_home/world" "$@" </dev/null >"$background_home/ready.json" 2>"$background_home/log" 7>&- 8>&- &
  pid=$!
  echo "$pid" >"$background_home/pid"
  while [ ! -s "$background_home/ready.json" ]; do
    if ! kill -0 "$pid" 2>/dev/null; then
      tail -n 20 "$background_home/log" >&2
      rm -f "$background_home/pid"
      fail "it ended before it was ready; all it said is in $background_home/log"
    fi
    tries=$((tries + 1))
    [ $tries -lt 1800 ] || { background_stop >&2; fail "it is not ready after three minutes; see $background_home/log"; }
    sleep 0.1
  done
  background_status
}

background_stop() {
  local pid tries=0
  if ! background_runs; then rm -f "$background_home/pid"; echo '{"running":false}'; return 0; fi
  pid=$(cat "$background_home/pid")
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null && [ $tries -lt 600 ]; do sleep 0.1; tries=$((tries + 1)); done
  if kill -0 "$pid" 2>/dev/null; then fail "process $pid does not stop"; fi
  rm -f "$background_home/pid"
  echo '{"running":false}'
}

background_status() {
  if background_runs; then printf '{"running":true,"pid":%s,"log":"%s","world":%s}\n' "$(cat "$background_home/pid")" "$background_home/log" "$(head -n 1 "$background_home/ready.json" | grep . || echo null)"
  else echo '{"running":false}'; fi
}
