# The Helm chart, rendered without Helm by the program in build/chart: Go and the libraries that Helm's templates use, from Debian's packages.
# Sourced by the root script.

chart_packages=(golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev)
chart_libraries=src/github.com/Masterminds/sprig

# Sets GOPATH, and GOROOT where Go was unpacked; fails where something is missing.
use_go() {
  local private="$private_libraries/usr"
  if command -v go >/dev/null && [ -d "/usr/share/gocode/$chart_libraries" ] && [ -d /usr/share/gocode/src/sigs.k8s.io/yaml ]; then
    export GOPATH=/usr/share/gocode
  elif [ -d "$private/share/gocode/$chart_libraries" ]; then
    GOROOT=$(find "$private/lib" -maxdepth 1 -name 'go-[0-9]*' | sort -V | tail -n 1)
    [ -n "$GOROOT" ] || return 1
    export GOROOT GOPATH="$private/share/gocode" PATH="$GOROOT/bin:$PATH"
  else
    return 1
  fi
}

need_go() {
  local packages
  if use_go; then return 0; fi
  command -v apt-get >/dev/null || fail "Go, sprig and sigs.k8s.io/yaml are missing; Debian: apt-get install ${chart_packages[*]}"
  if [ "$(id -u)" = 0 ]; then
    say "installing ${chart_packages[*]} with apt-get"
    apt-get install -y --no-install-recommends "${chart_packages[@]}" >&2 || { apt-get update >&2 && apt-get install -y --no-install-recommends "${chart_packages[@]}" >&2; } \
      || fail "run: apt-get update && apt-get install ${chart_packages[*]}"
  else
    say "not root: unpacking ${chart_packages[*]} into $private_libraries"
    packages=$(apt-get -s install --no-install-recommends "${chart_packages[@]}" 2>/dev/null | awk '/^Inst/ { print $2 }')
    # shellcheck disable=SC2086 # one word each
    { [ -n "$packages" ] && unpack_privately $packages; } || fail "run: sudo apt-get update && sudo apt-get install ${chart_packages[*]}"
  fi
  use_go || fail "run: sudo apt-get update && sudo apt-get install ${chart_packages[*]}"
}

# Sets chart_renderer: compiled once for each state of its sources.
need_chart_renderer() {
  local stamp
  stamp=$(cat "$root"/build/chart/*.go | sha256sum | cut -c1-16)
  chart_renderer="$root/artifacts/chart/render-$stamp"
  [ -x "$chart_renderer" ] && return 0
  mkdir -p "$root/artifacts/chart"
  exec 4>"$root/artifacts/chart/lock"
  flock 4
  if [ ! -x "$chart_renderer" ]; then
    need_go
    say "compiling the chart's renderer"
    (cd "$root/build/chart" && GO111MODULE=off GOFLAGS='' CGO_ENABLED=0 GOCACHE="$root/artifacts/chart/cache" go build -o "$chart_renderer.part" ./*.go >&2) \
      || fail "the chart's renderer does not compile"
    mv "$chart_renderer.part" "$chart_renderer"
  fi
  exec 4>&-
}

chart() {
  need_chart_renderer
  exec "$chart_renderer" "$@"
}
