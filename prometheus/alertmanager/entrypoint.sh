#!/bin/sh
# Renders alertmanager.yml (Alertmanager expands no variables itself) and starts Alertmanager on the result.
#
#   entrypoint.sh [ALERTMANAGER FLAGS]      render, check, start
#   entrypoint.sh --render-only             render and print the path of the result
#
# Every ${NAME} in alertmanager.yml is replaced by the variable of that name; a missing one stops the start with its
# name. Passwords never pass through here: the configuration names the file that holds them. Runs in the busybox shell
# of the official image.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=${OPD_RENDERED_CONFIG:-/alertmanager/alertmanager.yml}

# Defaults for what may be left out; the meaning of each is in .env.example.
export OPD_TEMPLATE_DIR="${OPD_TEMPLATE_DIR:-$here/templates}"
export OPD_SMTP_PORT="${OPD_SMTP_PORT:-587}"
export OPD_SMTP_REQUIRE_TLS="${OPD_SMTP_REQUIRE_TLS:-true}"
export OPD_SMTP_USERNAME="${OPD_SMTP_USERNAME:-}"
export OPD_SMTP_PASSWORD_FILE="${OPD_SMTP_PASSWORD_FILE:-/run/secrets/smtp_password}"
export OPD_SMTP_HELLO="${OPD_SMTP_HELLO:-localhost}"

# Without a heartbeat address the watchdog goes nowhere; the receiver still needs a URL that parses.
if [ -n "${OPD_HEARTBEAT_URL:-}" ]; then
    export OPD_HEARTBEAT_RECEIVER=heartbeat
else
    export OPD_HEARTBEAT_RECEIVER=nobody OPD_HEARTBEAT_URL=http://localhost/
fi

problems=
case $OPD_SMTP_REQUIRE_TLS in
true | false) ;;
*) problems="$problems
  OPD_SMTP_REQUIRE_TLS must be true or false, not '$OPD_SMTP_REQUIRE_TLS'" ;;
esac
for name in $(grep -v '^[[:space:]]*#' "$here/alertmanager.yml" | grep -o '\${[A-Z_]*}' | tr -d '${}' | sort -u); do
    case $name in OPD_SMTP_USERNAME) continue ;; esac
    eval "value=\${$name:-}"
    [ -n "$value" ] || problems="$problems
  $name is not set (see .env.example)"
done
if [ -n "$problems" ]; then
    echo "alertmanager: the configuration cannot be rendered:$problems" >&2
    exit 2
fi

# Values stand between single quotes in the file, so a quote in a value is doubled as YAML wants it.
umask 077
awk '
    /^[ \t]*#/ { print; next }
    {
        line = $0
        out = ""
        while (match(line, /\$\{[A-Z_]+\}/)) {
            value = ENVIRON[substr(line, RSTART + 2, RLENGTH - 3)]
            gsub(/[\r\n]/, " ", value)
            gsub(/\047/, "\047\047", value)
            out = out substr(line, 1, RSTART - 1) value
            line = substr(line, RSTART + RLENGTH)
        }
        print out line
    }
' "$here/alertmanager.yml" >"$target.new"
mv "$target.new" "$target"

if [ "${1:-}" = --render-only ]; then
    echo "$target"
    exit 0
fi
amtool check-config "$target" >&2
exec "${OPD_ALERTMANAGER:-/bin/alertmanager}" --config.file="$target" "$@"
