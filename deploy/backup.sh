#!/usr/bin/env bash
# Copies SeniorIoT's data while the server runs. usage: backup.sh DATA_FOLDER NEW_FOLDER   (as the user that owns the data)
# The order matters and is explained in README.md: the journal first, alerts last.
set -euo pipefail
umask 077

[ $# = 2 ] || { echo "usage: $0 DATA_FOLDER NEW_FOLDER" >&2; exit 2; }
data="$1" to="$2"
[ -f "$data/journal.db" ] || { echo "$data holds no journal.db: it is not the data folder of a server." >&2; exit 2; }
[ ! -e "$to" ] || { echo "$to exists. Name a new folder." >&2; exit 2; }
command -v sqlite3 >/dev/null || { echo "sqlite3 is missing: apt-get install sqlite3" >&2; exit 2; }

part="$to.part"
rm -rf "$part"
mkdir -p "$part/telemetry"

copy() {
  # One read transaction: a consistent copy, and a busy writer does not make it start again.
  sqlite3 -bail "$data/$1" ".timeout 10000" "VACUUM INTO '${part//\'/\'\'}/$1'"
  local found
  found="$(sqlite3 -readonly "$part/$1" "PRAGMA quick_check")"
  [ "$found" = ok ] || { echo "The copy of $1 is damaged: $found" >&2; exit 1; }
}

copy journal.db
copy grains.db
for month in "$data"/telemetry/telemetry-*.db; do
  [ -e "$month" ] && copy "telemetry/${month##*/}"
done
copy registry.db
copy alerts.db
cp -R "$data/keys" "$part/keys"

sync "$part"/*.db "$part/telemetry" "$part"
mv "$part" "$to"
echo "Copied to $to ($(du -sh "$to" | cut -f1)). It holds personal data and the keys of logins: encrypt it before it leaves this machine."
