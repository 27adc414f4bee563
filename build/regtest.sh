# A Bitcoin node on regtest: found on PATH, or unpacked from Debian's packages into a folder of its own. Sourced by the root script.

regtest_home="$root/artifacts/regtest"
regtest_node="$root/artifacts/node"

# What the node needs beside itself; it runs with its own loader and libraries, whatever the system has.
regtest_packages=(
  bitcoin-knots libc6 libstdc++6 libgcc-s1 libsqlite3-0 libevent-core-2.1-7t64 libevent-extra-2.1-7t64 libevent-pthreads-2.1-7t64 libzmq5 libbsd0
  libmd0 libsodium26 libpgm-5.3-0t64 libnorm1t64 libgssapi-krb5-2 libkrb5-3 libk5crypto3 libkrb5support0 libcom-err2 libkeyutils1
)

# The archive's address as this machine's own sources name it: both formats of source lists.
debian_archive() {
  {
    sed -nE 's/^URIs:[[:space:]]*([^[:space:]]+).*/\1/p' /etc/apt/sources.list.d/*.sources
    sed -nE 's/^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?([^[:space:]]+).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list
  } 2>/dev/null | grep -E '/debian/?$' | head -n 1 || true
}

unpack_node() {
  local archive work keyring folder file name
  command -v apt-get >/dev/null || fail "bitcoind is missing and there is no apt-get: install Bitcoin Core or Knots 28 or later"
  [ "$(dpkg --print-architecture)" = amd64 ] || fail "bitcoind is missing: install Bitcoin Core or Knots 28 or later"
  archive=$(debian_archive)
  [ -n "$archive" ] || fail "bitcoind is missing and no Debian archive is among this machine's apt sources"
  keyring=$(ls /usr/share/keyrings/debian-archive-keyring.* 2>/dev/null | head -n 1 || true)
  [ -n "$keyring" ] || fail "bitcoind is missing and so is Debian's keyring: install debian-archive-keyring"
  work="$regtest_node.part"
  rm -rf "$work"
  mkdir -p "$work"/{state/lists/partial,cache/archives/partial,debs,tree}
  echo "deb [signed-by=$keyring] $archive forky main" >"$work/sources.list"
  say "unpacking bitcoind from Debian's packages"
  folder=(-o "Dir::State=$work/state" -o "Dir::Cache=$work/cache" -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=-"
    -o "Dir::State::status=/dev/null" -o "Acquire::Check-Valid-Until=false" -o "APT::Sandbox::User=")
  apt-get "${folder[@]}" update >&2 || fail "Debian's package lists cannot be read"
  (cd "$work/debs" && apt-get "${folder[@]}" download "${regtest_packages[@]}" >&2) || fail "Debian's packages cannot be downloaded"
  for file in "$work"/debs/*.deb; do dpkg -x "$file" "$work/tree" >&2 || fail "$file cannot be unpacked"; done
  rm -rf "$work/state" "$work/cache" "$work/debs" "$regtest_node"
  for name in bitcoind bitcoin-cli; do
    [ -x "$work/tree/usr/bin/$name" ] || fail "Debian's package has no $name"
    # Its own loader and libraries, relative to this file.
    printf '#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")/tree/usr\nlib="$here/lib/x86_64-linux-gnu"\nexec "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$here/bin/%s" "$@"\n' \
      "$name" >"$work/$name"
    chmod +x "$work/$name"
  done
  mv "$work" "$regtest_node"
}

# Sets bitcoind and bitcoin_cli; tests find the node by the variable.
need_bitcoind() {
  if command -v bitcoind >/dev/null && command -v bitcoin-cli >/dev/null; then
    bitcoind=$(command -v bitcoind) bitcoin_cli=$(command -v bitcoin-cli)
  else
    mkdir -p "$root/artifacts"
    exec 5>"$root/artifacts/node.lock"
    flock 5
    [ -x "$regtest_node/bitcoin-cli" ] || unpack_node
    exec 5>&-
    bitcoind="$regtest_node/bitcoind" bitcoin_cli="$regtest_node/bitcoin-cli"
  fi
  export COORDINATOR_BITCOIND="$bitcoind"
}

regtest_rpc() { "$bitcoin_cli" -regtest "-datadir=$regtest_home" "-rpcport=$(cat "$regtest_home/port")" -rpcclienttimeout=60 "$@"; }

# The process that this script started and that is still the same one.
regtest_runs() {
  local pid
  pid=$(cat "$regtest_home/pid" 2>/dev/null) && [ -n "$pid" ] && grep -q -- "-datadir=$regtest_home" "/proc/$pid/cmdline" 2>/dev/null
}

free_port() { # a loopback port that nobody listens on now
  local port
  for port in $(seq 18543 18642); do
    if ! (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "$port"; return 0; fi
  done
  fail "no free port between 18543 and 18642"
}

regtest_start() {
  need_bitcoind
  if regtest_runs; then regtest_status; return 0; fi
  mkdir -p "$regtest_home"
  chmod 700 "$regtest_home"
  free_port >"$regtest_home/port"
  # -corepolicy is Knots': it refuses ephemeral anchors otherwise. Core does not know it.
  local policy=()
  if "$bitcoind" -version | grep -qi knots; then policy=(-corepolicy); fi
  "$bitcoind" -regtest "-datadir=$regtest_home" -server -listen=0 -connect=0 -dnsseed=0 -fixedseeds=0 -discover=0 -listenonion=0 \
    -rpcbind=127.0.0.1 -rpcallowip=127.0.0.1 "-rpcport=$(cat "$regtest_home/port")" -fallbackfee=0.0001 -addresstype=bech32m -changetype=bech32m \
    -txindex=1 ${policy[@]+"${policy[@]}"} -printtoconsole=0 </dev/null >/dev/null 2>&1 7>&- 8>&- &
  echo $! >"$regtest_home/pid"
  regtest_rpc -rpcwait -rpcwaittimeout=60 getblockchaininfo >/dev/null || { regtest_stop; fail "bitcoind does not answer; see $regtest_home/regtest/debug.log"; }
  regtest_rpc loadwallet miner >/dev/null 2>&1 || regtest_rpc createwallet miner >/dev/null 2>&1 || true
  [ "$(regtest_rpc getblockcount)" -ge 101 ] || regtest_mine $((101 - $(regtest_rpc getblockcount)))
  regtest_status
}

regtest_stop() {
  if ! regtest_runs; then say "no node of this folder runs"; rm -f "$regtest_home/pid"; return 0; fi
  local pid tries=0
  pid=$(cat "$regtest_home/pid")
  need_bitcoind
  regtest_rpc stop >/dev/null 2>&1 || kill "$pid"
  while kill -0 "$pid" 2>/dev/null && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -0 "$pid" 2>/dev/null && fail "bitcoind ($pid) does not stop"
  rm -f "$regtest_home/pid"
  echo "stopped"
}

regtest_mine() {
  [[ ${1:-1} =~ ^[1-9][0-9]{0,3}$ ]] || fail "mine how many blocks? 1 to 9999"
  regtest_rpc -rpcwallet=miner generatetoaddress "${1:-1}" "$(regtest_rpc -rpcwallet=miner getnewaddress)" >/dev/null
}

regtest_fund() {
  [ $# = 2 ] && [[ $2 =~ ^[1-9][0-9]{0,12}$ ]] || fail "fund ADDRESS SATS"
  regtest_rpc -rpcwallet=miner -named sendtoaddress "address=$1" "amount=$(awk -v sats="$2" 'BEGIN { printf "%.8f", sats / 100000000 }')"
  regtest_mine 1
}

regtest_status() {
  if ! regtest_runs; then echo '{"running":false}'; return 0; fi
  need_bitcoind
  printf '{"running":true,"rpc":"http://127.0.0.1:%s","cookie":"%s","height":%s}\n' \
    "$(cat "$regtest_home/port")" "$regtest_home/regtest/.cookie" "$(regtest_rpc getblockcount)"
}

regtest() {
  local command=${1:-}
  shift || true
  case $command in
    start) regtest_start ;;
    stop) regtest_stop ;;
    mine) need_bitcoind; regtest_runs || fail "start the node first: ./coordinator regtest start"; regtest_mine "${1:-1}"; regtest_status ;;
    fund) need_bitcoind; regtest_runs || fail "start the node first: ./coordinator regtest start"; regtest_fund "$@" ;;
    status) regtest_status ;;
    *) fail "regtest start | stop | mine N | fund ADDRESS SATS | status" ;;
  esac
}
