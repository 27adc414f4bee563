# The programs of a PostgreSQL server: on PATH, among the system's, or unpacked from Debian's packages into a folder of their own, so that no
# maintainer script makes a cluster or starts one. Sourced by the root script.

postgres_oldest=15

# Whether a folder has every program that tests and the guides run, new enough.
has_postgres() {
  local name
  for name in postgres initdb psql pg_dump pg_basebackup; do [ -x "$1/$name" ] || return 1; done
  [ "$("$1/postgres" --version 2>/dev/null | sed -nE 's/^postgres \(PostgreSQL\) ([0-9]+).*/\1/p')" -ge "$postgres_oldest" ] 2>/dev/null
}

# Sets COORDINATOR_POSTGRES to the newest of the folders named that has them all.
use_postgres() {
  local folder
  for folder in "$@"; do
    if has_postgres "$folder"; then export COORDINATOR_POSTGRES=$folder; return 0; fi
  done
  return 1
}

use_system_postgres() {
  local found
  if found=$(command -v postgres) && use_postgres "$(dirname "$(readlink -f "$found")")"; then return 0; fi
  # shellcheck disable=SC2046 # no such folder has a space in its name
  use_postgres $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV)
}

# Its libraries come with it: those that the system has not are beside it.
use_private_postgres() {
  local folder
  folder=$(ls -d "$private_libraries"/usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  [ -n "$folder" ] || return 1
  LD_LIBRARY_PATH="$(find "$private_libraries"/usr/lib -name '*.so*' -not -path '*/postgresql/*' -printf '%h\n' 2>/dev/null | sort -u | tr '\n' ':')${LD_LIBRARY_PATH:-}"
  export LD_LIBRARY_PATH
  use_postgres "$folder"
}

postgres_package() { apt-cache depends postgresql 2>/dev/null | sed -nE 's/^ *Depends: (postgresql-[0-9]+)$/\1/p' | head -n 1; }

unpack_postgres() {
  local server libraries
  command -v apt-get >/dev/null || fail "a PostgreSQL server is missing; install $postgres_oldest or later with the system's package manager"
  server=$(postgres_package)
  if [ -z "$server" ] && [ "$(id -u)" = 0 ]; then
    say "reading the package lists"
    apt-get update >&2 || true
    server=$(postgres_package)
  fi
  [ -n "$server" ] || fail "a PostgreSQL server is missing and no package is known; run: sudo apt-get update"
  # What the compiler of its expressions needs is left out (it is large): servers of tests run without.
  libraries=$(apt-get -s install --no-install-recommends "$server" 2>/dev/null | awk '/^Inst lib/ && $2 !~ /-dev$|^libllvm|^libz3|^libperl|^libpython|^libjson-perl|-perl$/ { print $2 }')
  say "unpacking $server into $private_libraries"
  # shellcheck disable=SC2086 # one word each
  unpack_privately "$server" "${server/postgresql-/postgresql-client-}" $libraries || fail "$server cannot be downloaded; run: sudo apt-get update"
}

# Tests find the programs by the variable.
need_postgres() {
  if [ -n "${COORDINATOR_POSTGRES:-}" ]; then
    has_postgres "$COORDINATOR_POSTGRES" || fail "COORDINATOR_POSTGRES=$COORDINATOR_POSTGRES has not the programs of PostgreSQL $postgres_oldest or later"
    return 0
  fi
  if use_system_postgres || use_private_postgres; then return 0; fi
  mkdir -p "$root/artifacts"
  exec 5>"$root/artifacts/postgres.lock"
  flock 5
  use_private_postgres || unpack_postgres
  exec 5>&-
  use_private_postgres || fail "what was unpacked in $private_libraries does not run; install PostgreSQL $postgres_oldest or later"
}
