#!/bin/sh
# Puts the dashboards where Grafana reads them, with the address of the exporter's pages filled in (Grafana expands no
# variables in dashboard files), then starts Grafana as its image does.
set -eu

source=${OPD_DASHBOARDS:-/opt/opd/dashboards}
target=${OPD_DASHBOARDS_TARGET:-/run/opd/dashboards}
url=${OPD_EXPORTER_URL:-http://localhost:19715}
url=${url%/}
case $url in
http://* | https://*) ;;
*)
    echo "grafana: OPD_EXPORTER_URL must begin with http:// or https://, not '$url' (see .env.example)" >&2
    exit 2
    ;;
esac
case $url in
*[!A-Za-z0-9:/._~%[\]-]*)
    echo "grafana: OPD_EXPORTER_URL holds a character that no address has: '$url'" >&2
    exit 2
    ;;
esac

mkdir -p "$target"
for board in "$source"/*.json; do
    sed "s|http://localhost:19715|$url|g" "$board" >"$target/${board##*/}"
done
exec "${OPD_GRAFANA:-/run.sh}" "$@"
