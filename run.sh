#!/usr/bin/env bash
# Builds SeniorIoT, starts the server with embedded parts and simulated homes of Changning, prints the console's address and a login.
# Needs the .NET 10 SDK, nothing else. Ctrl+C stops everything; what was kept is in ./data (delete it to begin anew).
set -euo pipefail
cd "$(dirname "$0")"

if [ "${1:-}" = "--help" ] || [ "${1:-}" = "-h" ]; then
  cat <<'HELP'
usage: ./run.sh [--homes N] [--no-demo]
  --homes N   how many simulated homes (default 500)
  --no-demo   the server alone
variables: SENIORIOT_ADMIN_PASSWORD   password of 'admin' (default: one is made and kept in data/login)
           SENIORIOT_DATA             where everything is kept (default: data)
           HTTP_PORT, MQTT_PORT, CONTROL_PORT   ports on 127.0.0.1 (default: 8080, 1883, 8090)
HELP
  exit 0
fi

homes=500 demo=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --homes) homes="${2:?--homes needs a number}"; shift 2 ;;
    --no-demo) demo=no; shift ;;
    *) echo "run.sh: unknown option $1; see ./run.sh --help" >&2; exit 2 ;;
  esac
done

command -v dotnet >/dev/null || { echo "run.sh: the .NET 10 SDK is missing: see https://dot.net/download" >&2; exit 1; }
http="${HTTP_PORT:-8080}" mqtt="${MQTT_PORT:-1883}" control="${CONTROL_PORT:-8090}"
data="${SENIORIOT_DATA:-$PWD/data}"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

echo "Building (the first time takes about a minute) …"
# Analyzers judge the code for those who change it (./test.sh); whoever only runs it need not wait for them.
dotnet publish src/SeniorIoT.Server -c Release -o artifacts/server -v quiet -p:RunAnalyzers=false
[ "$demo" = no ] || dotnet publish simulators/SeniorIoT.Simulators -c Release -o artifacts/simulators -v quiet -p:RunAnalyzers=false

mkdir -p "$data"
if [ -z "${SENIORIOT_ADMIN_PASSWORD:-}" ]; then
  [ -s "$data/login" ] || (umask 077; head -c 1000 /dev/urandom | LC_ALL=C tr -dc 'a-hjkmnp-z2-9' | cut -c1-12 >"$data/login")
  SENIORIOT_ADMIN_PASSWORD="$(cat "$data/login")"
fi
export SENIORIOT_ADMIN_PASSWORD

pids=()
stop() { trap - EXIT INT TERM; for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait; }
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM

dotnet artifacts/server/SeniorIoT.Server.dll serve --data "$data" --urls "http://127.0.0.1:$http" --mqtt-port "$mqtt" >"$data/server.log" 2>&1 &
pids+=($!)
for _ in $(seq 120); do
  kill -0 "${pids[0]}" 2>/dev/null || { echo "run.sh: the server stopped; the end of $data/server.log:" >&2; tail -n 20 "$data/server.log" >&2; exit 1; }
  (exec 3<>"/dev/tcp/127.0.0.1/$http") 2>/dev/null && break
  sleep 0.5
done

if [ "$demo" = yes ]; then
  dotnet artifacts/simulators/SeniorIoT.Simulators.dll demo --homes "$homes" --state "$data/demo" \
    --api "http://127.0.0.1:$http" --mqtt "127.0.0.1:$mqtt" --control "http://127.0.0.1:$control" >"$data/demo.log" 2>&1 &
  pids+=($!)
fi

cat <<READY

  SeniorIoT is running.
  Console        http://127.0.0.1:$http/
  Login          admin / $SENIORIOT_ADMIN_PASSWORD
READY
[ "$demo" = no ] || cat <<READY
  Simulators     http://127.0.0.1:$control/   press a button, make smoke, stop a home's water
                 ($homes homes enrol and come alive within seconds; see $data/demo.log)
READY
echo "  MQTT           127.0.0.1:$mqtt      logs: $data/server.log"
echo "  Ctrl+C stops everything."
wait -n "${pids[@]}"
echo "run.sh: a part stopped; see $data/server.log and $data/demo.log" >&2
exit 1
