#!/usr/bin/env bash
# Builds deploy/Dockerfile and runs the image, with no registry and no daemon: buildah builds on a Debian that debootstrap
# makes, with this machine's Node in it. The image then runs in its own namespaces: read-only, as its own user, without
# privileges. Needs root and Debian's buildah and debootstrap. Ends with one line that counts the checks.
set -euo pipefail
cd "$(dirname "$0")/.."

WORK=${RELAY_IMAGE_DIR:-${TMPDIR:-/var/tmp}/relay-image}
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
BUILDAH=(buildah --root "$WORK/storage" --runroot "$WORK/run")
PORT=${PORT:-18080}
WORKER_PORT=$((PORT + 1))
KEY=admin-key-of-the-image-test
URL=http://127.0.0.1:$PORT
DATA=$WORK/data
OUT=$WORK/out
passed=0

say() { printf '\n== %s\n' "$*"; }
fail() {
  printf '!! %s\nimage: %d passed, 1 failed\n' "$*" "$passed"
  exit 1
}
ok() { # WHAT COMMAND…
  local what=$1
  shift
  "$@" || fail "$what"
  passed=$((passed + 1))
  printf 'ok: %s\n' "$what"
}
refused() { ! "$@" 2>/dev/null; }

[ "$(id -u)" -eq 0 ] || fail 'root is needed'
for tool in buildah debootstrap node npm curl unshare nsenter; do
  command -v "$tool" >/dev/null || fail "$tool is needed"
done

# ---- the base: a minimal Debian with Node, and with this machine's certificate authorities ------------------------
say 'base'
mkdir -p "$WORK"
if [ ! -e "$WORK/rootfs/.made" ]; then
  rm -rf "$WORK/rootfs"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$WORK/rootfs" >"$WORK/debootstrap.log"
  mkdir -p "$WORK/rootfs/usr/local/lib/node_modules"
  cp "$(realpath "$(command -v node)")" "$WORK/rootfs/usr/local/bin/node"
  cp -r "$(npm root -g)/npm" "$WORK/rootfs/usr/local/lib/node_modules/npm"
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$WORK/rootfs/usr/local/bin/npm"
  cp /etc/ssl/certs/ca-certificates.crt "$WORK/rootfs/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$WORK/rootfs/var/cache/apt/archives" "$WORK/rootfs/usr/share/doc"
  touch "$WORK/rootfs/.made"
fi
"${BUILDAH[@]}" rm --all >/dev/null
base=$("${BUILDAH[@]}" from scratch)
"${BUILDAH[@]}" copy -q "$base" "$WORK/rootfs" / >/dev/null
"${BUILDAH[@]}" config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$base"
"${BUILDAH[@]}" commit -q --rm "$base" relay-base >/dev/null

say 'build'
"${BUILDAH[@]}" build -q --format docker --layers=false --pull=never --build-arg BASE_IMAGE=localhost/relay-base \
  -f deploy/Dockerfile -t relay-inventory . >/dev/null
container=$("${BUILDAH[@]}" from --pull=never relay-inventory)
ROOT=$("${BUILDAH[@]}" mount "$container")

say 'the image'
config() { # EXPRESSION on the image's config
  "${BUILDAH[@]}" inspect --type image relay-inventory |
    node -p "const c = JSON.parse(fs.readFileSync(0)).Docker.config; $1"
}
is() { [ "$(config "$1")" = "$2" ]; }
ok 'it has a user of its own' is 'c.User' '1000:1000'
ok 'its first process passes signals on' is 'c.Entrypoint[0]' '/usr/bin/tini'
ok 'it says how to see that it works' is 'c.Healthcheck.Test.join(" ")' 'CMD node /app/deploy/healthcheck.mjs'
ok 'it writes to two volumes' is 'Object.keys(c.Volumes).sort().join()' '/data,/tmp'
packages() { node -p 'Object.keys(JSON.parse(fs.readFileSync("package.json")).'"$1"').join("\n")'; }
for package in $(packages devDependencies); do
  ok "it has no $package" test ! -e "$ROOT/app/node_modules/$package"
done
for package in $(packages dependencies); do
  ok "it has $package" test -e "$ROOT/app/node_modules/$package"
done
ok 'it has no test and no source' refused grep -q . <(find "$ROOT/app/dist" "$ROOT/app/deploy" -name '*.test.*' -o -name '*.ts' ! -name '*.d.ts')

# ---- runs the image's entry point: read-only, /data and /tmp apart, first in its namespace, without privileges ------
# shellcheck disable=SC2016
ENTER='
  mount --make-rprivate /
  mount --bind "$ROOT" "$ROOT"
  mount -o remount,ro,bind "$ROOT"
  mount --bind "$DATA" "$ROOT/data"
  mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
  mount -t proc proc "$ROOT/proc"
  mount --rbind /dev "$ROOT/dev"
  exec chroot "$ROOT" setpriv --reuid=1000 --regid=1000 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
    env -i $VARIABLES "$@"'
VARIABLES="$(config 'c.Env.join(" ")') HOST=127.0.0.1 PORT=$PORT WORKER_PORT=$WORKER_PORT API_KEYS=$KEY"
export ROOT DATA VARIABLES
# `exec` for a background command, so that its process is unshare's
enter() { ${EXEC:-} unshare --mount --pid --fork -- bash -euc "$ENTER" bash "$@"; }
relay() { enter /usr/bin/tini -- node /app/dist/cli/main.js "$@"; }
inside() { # PID COMMAND…: in the namespaces of a process that runs
  local pid=$1
  shift
  # shellcheck disable=SC2086
  nsenter --target "$pid" --mount --pid chroot "$ROOT" setpriv --reuid=1000 --regid=1000 --clear-groups -- \
    env -i $VARIABLES "$@"
}

first() { pgrep -P "$1"; } # the first process of the namespace that unshare made
started=()
finish() {
  # when the first process of a namespace ends, all others do too
  for pid in "${started[@]}"; do kill -KILL "$(first "$pid")" 2>/dev/null || true; done
  "${BUILDAH[@]}" umount "$container" >/dev/null
  "${BUILDAH[@]}" rm "$container" >/dev/null
}
trap finish EXIT

say 'relay run, the sample'
rm -rf "$DATA" "$OUT"
mkdir -p "$DATA" "$OUT"
cp -r fixtures/sample "$DATA/sample"
chown -R 1000:1000 "$DATA"
RUN=(--run-id demo --now 2026-11-01T06:00:00Z)
ok 'it runs' relay run --config /data/sample/tenant.yaml --input /data/sample/inbound --out /data/out "${RUN[@]}"
npx tsx cli/main.ts run --config fixtures/sample/tenant.yaml --input fixtures/sample/inbound --out "$OUT" "${RUN[@]}" \
  >/dev/null
ok 'the feed is that of the sources' cmp "$DATA"/out/demo/tenants/*/outputs/merged_inventory.csv \
  "$OUT"/demo/tenants/*/outputs/merged_inventory.csv
ok 'nothing else can be written' refused enter touch /app/x
ok 'it is not root' test "$(enter id -u)" = 1000

say 'api and worker'
for port in "$PORT" "$WORKER_PORT"; do
  ok "port $port is free" refused curl -sS --max-time 5 -o "$OUT/health" "http://127.0.0.1:$port/v1/health"
done
EXEC=exec relay api 2>"$OUT/api.log" &
api=$!
EXEC=exec relay worker 2>"$OUT/worker.log" &
worker=$!
started=("$api" "$worker")
call() { curl -sS --fail-with-body -H "X-API-Key: $KEY" -H 'Content-Type: application/json' "$@"; }
field() { node -p "JSON.parse(fs.readFileSync(0)).$1"; }
ok 'the API answers' curl -sS --fail-with-body --retry 60 --retry-delay 1 --retry-connrefused -o "$OUT/health" "$URL/v1/health"
ok 'its health check says so' inside "$(first "$api")" node /app/deploy/healthcheck.mjs
ok 'the worker answers too' curl -sS --fail-with-body --retry 60 --retry-delay 1 --retry-connrefused -o "$OUT/health" \
  "http://127.0.0.1:$WORKER_PORT/v1/health"
ok 'its health check says so' inside "$(first "$worker")" node /app/deploy/healthcheck.mjs
hanging=$(pgrep -P "$(first "$worker")")
kill -STOP "$hanging"
ok 'which fails while the worker hangs' refused inside "$(first "$worker")" node /app/deploy/healthcheck.mjs
kill -CONT "$hanging"
cat >"$OUT/tenant.json" <<'END'
{
  "tenant_id": "northwind", "timezone": "UTC", "default_currency": "EUR",
  "vendors": [{ "vendor_id": "acme", "inbound": { "type": "s3" }, "parser": { "format": "csv" } }],
  "pricing": { "base_margin_pct": "0.20", "min_price": "1.00", "shipping_handling_flat": "5.00", "map_policy": {}, "rounding": {} },
  "merge": { "strategy": "best_offer" },
  "output": { "columns": ["sku", "quantity_available", "price"] }
}
END
printf 'sku,quantity_available,cost\nW-100,9,9.75\n' >"$OUT/acme.csv"
printf 'sku,quantity_available,price\nW-100,9,17.70\n' >"$OUT/expected.csv"
ok 'a tenant is made' call -o "$OUT/made" --data-binary "@$OUT/tenant.json" "$URL/v1/tenants"
upload=$(call --data '{"vendor_id": "acme", "filename": "acme.csv"}' "$URL/v1/tenants/northwind/uploads" | field url)
ok 'a feed is uploaded' curl -sS --fail-with-body --upload-file "$OUT/acme.csv" "$upload"
run=$(call --data '{"tenant_id": "northwind", "run_type": "inventory_sync"}' "$URL/v1/runs" | field run_id)
for _ in $(seq 480); do
  status=$(call "$URL/v1/runs/$run" | field status)
  [ "$status" = QUEUED ] || [ "$status" = RUNNING ] || break
  sleep 0.5
done
ok "the run ends well (it is $status)" test "$status" = SUCCEEDED
curl -sS --fail-with-body -o "$OUT/merged.csv" "$(call "$URL/v1/runs/$run/artifacts" | field merged_inventory)"
ok 'its feed is what it should be' cmp "$OUT/merged.csv" "$OUT/expected.csv"

say 'stop'
kill -TERM "$(first "$worker")" "$(first "$api")"
ok 'the worker ends by itself on SIGTERM' wait "$worker"
ok 'the API ends by itself on SIGTERM' wait "$api"
started=()
ok 'the worker has said so' grep -q worker_stopped "$OUT/worker.log"

say 'api with the stores on AWS'
closed=http://127.0.0.1:9
VARIABLES+=" AWS_REGION=eu-central-1 AWS_ENDPOINT_URL=$closed AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none
  AWS_MAX_ATTEMPTS=1 ARTIFACT_BUCKET=b RUNS_TABLE=r TENANTS_TABLE=t SQS_QUEUE_URL=$closed/q SQS_DLQ_URL=$closed/d"
EXEC=exec relay api 2>"$OUT/aws.log" &
api=$!
started=("$api")
ok 'it answers' curl -sS --fail-with-body --retry 60 --retry-delay 1 --retry-connrefused -o "$OUT/health" "$URL/v1/health"
curl -sS -H "X-API-Key: $KEY" -o "$OUT/ready" "$URL/v1/ready"
ok 'its clients of AWS work: what cannot be reached is named' grep -q 'bucket b cannot be reached' "$OUT/ready"
kill -TERM "$(first "$api")"
ok 'it ends by itself on SIGTERM' wait "$api"
started=()

printf '\nSize: %s in all, %s of it the application, %s the base\n' \
  "$(du -sh --apparent-size "$ROOT" | cut -f1)" "$(du -sh --apparent-size "$ROOT/app" | cut -f1)" \
  "$(du -sh --apparent-size "$WORK/rootfs" | cut -f1)"
printf 'image: %d passed, 0 failed\n' "$passed"
