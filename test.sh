#!/usr/bin/env bash
# Installs what the tests need (Debian packages, as root), builds, runs every test: fast ones first. Ends with 'N passed, N failed'.
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_NOBANNER=1

# Real parts: an MQTT client that is not ours, a browser, Chinese glyphs for its screenshots.
need=()
command -v mosquitto_pub >/dev/null || need+=(mosquitto-clients)
command -v chromium >/dev/null || need+=(chromium)
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || need+=(fonts-noto-cjk fontconfig)
if [ ${#need[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${need[*]} …"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${need[@]}"; } >/dev/null || { echo "test.sh: could not install ${need[*]}" >&2; exit 1; }
  else
    echo "test.sh: please install ${need[*]} first (apt-get install, as root)." >&2
    exit 1
  fi
fi

# A real InfluxDB: the program alone, unpacked. Installed as a package it would start a service. Needs no root where apt knows its packages already.
if ! command -v influxd >/dev/null && [ -z "${INFLUXD:-}" ] && [ ! -x artifacts/influxdb/usr/bin/influxd ]; then
  echo "Fetching influxd …"
  fetch="$(mktemp -d)"
  download() { (cd "$fetch" && apt-get download -qq -o APT::Sandbox::User=root influxdb) >/dev/null 2>&1; }
  { download || { apt-get update -qq && download; }; } && mkdir -p artifacts && dpkg-deb -x "$fetch"/influxdb_*.deb artifacts/influxdb \
    || { echo "test.sh: could not fetch Debian's package influxdb (apt-get download influxdb); install it, or set INFLUXD to the program." >&2; rm -rf "$fetch"; exit 1; }
  rm -rf "$fetch"
fi

# Twilio's own library for Node judges our signatures; without it one test is skipped and says so.
(cd tests/twilio && npm ci --ignore-scripts --silent) || echo "test.sh: Twilio's library could not be installed (npm ci in tests/twilio)." >&2

passed=0 failed=0 skipped=0
run() { # name, project, configuration
  echo "== $1"
  local log; log="$(mktemp)"
  dotnet test --project "$2" -c Release --no-build --no-progress --output Detailed >"$log" 2>&1
  local code=$?
  grep -vE '^(passed|  from |  *$)' "$log" | tail -n 400
  count() { grep -oE "^ *$1: [0-9]+" "$log" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }
  local p f s; p=$(count succeeded) f=$(count failed) s=$(count skipped)
  if [ $code -ne 0 ] && [ "$f" = 0 ]; then f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  rm -f "$log"
}

echo "== build"
dotnet build SeniorIoT.sln -c Release -v quiet || { echo "0 passed, 1 failed"; exit 1; }
run "rules, protocol, store, console parts" tests/SeniorIoT.Tests
run "server rooms" tests/SeniorIoT.Server.Tests

dotnet publish src/SeniorIoT.Server -c Release -o artifacts/server -v quiet && dotnet publish simulators/SeniorIoT.Simulators -c Release -o artifacts/simulators -v quiet \
  || { echo "$passed passed, $((failed + 1)) failed"; exit 1; }
run "end to end: real process, real clients, real browser" tests/SeniorIoT.EndToEnd

if [ $skipped -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ $failed -eq 0 ]
