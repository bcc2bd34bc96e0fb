#!/bin/sh
# Starts redis-server over a sound append-only file: start.sh CONFIG DATA-FOLDER [redis-server options…]
# A crash can tear the file inside a commit. Redis 7.0 then drops only the torn command, and one restart later counts twice or forgets what was written since.
# A torn end is cut back to the last whole commit. Damage in the middle is not: a repair would throw away everything behind it, which is for a person to decide.
set -eu

usage='start.sh CONFIG DATA-FOLDER, such as: start.sh /etc/streamgauge/redis.conf /data'
config=${1:?$usage}
data=${2:?$usage}
shift 2
manifest=$data/appendonlydir/appendonly.aof.manifest

if [ -f "$manifest" ] && ! found=$(redis-check-aof "$manifest" 2>&1); then
  # AOF analyzed: filename=appendonly.aof.1.incr.aof, size=433, ok_up_to=355, ok_up_to_line=95, diff=78
  torn=$(printf '%s\n' "$found" | sed -n 's/^AOF analyzed: filename=\([^,]*\),.* ok_up_to=\([0-9]*\),.* diff=[1-9].*/\1 \2/p' | tail -n 1)
  file=$(dirname "$manifest")/${torn% *}
  if [ -z "$torn" ] || tail -c "+$((${torn#* } + 1))" "$file" | grep -aq '^EXEC'; then
    echo "start.sh: $manifest is damaged before its end, and sound data behind the damage would be lost by a repair. Restore the folder from a backup, or accept the loss with: redis-check-aof --fix $manifest" >&2
    exit 1
  fi
  echo "start.sh: $file is torn behind byte ${torn#* } (a crash): cut back to its last whole commit." >&2
  yes | redis-check-aof --fix "$manifest" >&2
fi

exec redis-server "$config" --dir "$data" "$@"
