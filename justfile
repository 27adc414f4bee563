# Development commands. Each calls ./coordinator, which says more with --help and needs no just.

# What there is.
default:
    @just --list

# The service and every simulator in the background.
start-all *options:
    ./coordinator start {{options}}

stop-all:
    ./coordinator stop

status:
    ./coordinator status

# The same in the foreground.
up *options:
    ./coordinator up {{options}}

# One whole competition.
demo *options:
    ./coordinator demo {{options}}

# A Bitcoin node on regtest.
node-start:
    ./coordinator regtest start

node-stop:
    ./coordinator regtest stop

mine blocks="1":
    ./coordinator regtest mine {{blocks}}

fund address sats:
    ./coordinator regtest fund {{address}} {{sats}}

# Every test, or those whose name contains the filter.
test *filter:
    ./coordinator test {{filter}}

# Whole competitions over HTTP, kills included.
e2e:
    ./coordinator test EndToEnd

# The Helm chart and what else ships.
chart *options:
    ./coordinator chart helm/coordinator {{options}}

# Formatting, analyzers and architecture.
check:
    ./coordinator check

# What has to be green before a landing.
ci:
    .ci/run

bench *what:
    ./coordinator bench {{what}}

simulate seeds="1..200":
    ./coordinator simulate --seeds {{seeds}}

fuzz count="20000":
    ./coordinator fuzz http --count {{count}}

soak *options:
    ./coordinator soak {{options}}

# start, stop, status or restore.
backup *what:
    ./coordinator backup {{what}}

holds:
    ./coordinator cli holds list --token-file .data/background/world/operator.token
