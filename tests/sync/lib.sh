# lib.sh - what the parts of tests/sync share. Sourced by run, which sets programs, work and url.

finish() {
    [ -z "${agent_pid:-}" ] || kill -9 "$agent_pid" 2>/dev/null
    [ -z "${trap_pid:-}" ] || kill "$trap_pid" 2>/dev/null
    [ -z "${proxy_pid:-}" ] || kill "$proxy_pid" 2>/dev/null
    [ ! -d "$work/yesterday" ] || "$here/../server/stop" "$work/yesterday"
    "$here/../server/stop" "$work/server"
    if [ -n "${KEEP:-}" ]; then echo "# kept: $work"; else rm -rf "$work"; fi
}

# ---- saying how it went ----

ok() {  # ok WHAT COMMAND...: passes when the command does
    what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok $((passed + failed)) - $what"
    else
        failed=$((failed + 1))
        echo "not ok $((passed + failed)) - $what"
        echo "# $*"
        [ ! -s "$work/said" ] || sed 's/^/# said: /' "$work/said" | tail -n 5
    fi
}
is() { [ "$1" = "$2" ] || { echo "# '$1' is not '$2'"; false; }; }
has() { case $1 in *"$2"*) ;; *) echo "# '$2' is not in '$1'"; false ;; esac; }
has_not() { case $1 in *"$2"*) echo "# '$2' is in '$1'"; false ;; esac; }

# ---- desks ----

# desk NAME: a data directory with its administrator signed in, and its configuration.
desk() {
    configure "$1"
    printf 'a long test password\n' | fd "$1" init --admin "$1" --password-fd 0 >/dev/null
}
configure() {   # configure NAME [CA [TOKEN]]
    cat >"$work/$1.config" <<END
clinic = { time_zone = "America/New_York"; };
server = {
  url = "$url";
  ca_file = "${2:-$work/server/ca.pem}";
  token_file = "${3:-$work/server/token}";
  page_size = ${page_size:-500};
  sync_interval_s = ${interval:-60};
  overlap_s = ${overlap:-300};
  scope = "${scope:-}";
};
END
}
fd() {  # fd NAME ARGUMENT...
    name=$1
    shift
    "$programs/frontdesk" --data "$work/$name" --config "$work/$name.config" "$@"
}
# at SHIFT COMMAND...: with a clock that is so far off ("+1d", "-1d"). The programs drop what faketime
# itself would tell them through the environment.
at() {
    mkdir -p "$work/clock"
    echo "$1" >"$work/clock/.faketimerc"
    shift
    # shellcheck disable=SC2016
    HOME=$work/clock LD_PRELOAD='/usr/$LIB/faketime/libfaketime.so.1' "$@"
}
sync_at() {
    report=$(at "$1" "$programs/frontdesk-agent" --data "$work/$2" --config "$work/$2.config" --once --json 2>"$work/said")
}
decide_all() {  # decide_all NAME here|server: a person decides what is open, after a pass
    sync "$1"
    fd "$1" conflict list --json >"$work/conflicts.json"
    for id in $(sqlite3 :memory: "SELECT json_extract(value, '$.id') FROM json_each(readfile('$work/conflicts.json'))"); do
        fd "$1" conflict resolve "$id" --take "$2" >/dev/null 2>"$work/said"
    done
}
# sync NAME: one pass. Its report stays in $report, what it complained of in $work/said.
sync() {
    report=$(fd "$1" sync --once --json 2>"$work/said")
}
# A write in doubt is looked for after a short while, perhaps still in the same pass.
settle() { sync "$1" && { [ "$(count unsent)" -eq 0 ] || sync "$1"; } && [ "$(count unsent)" -eq 0 ]; }
count() { json "$report" "\$.$1"; }     # count MEMBER of the last report
put() { # put NAME JSON: through the same door as a person's edit
    printf '%s' "$2" >"$work/put.json"
    fd "$1" resource put "$work/put.json" >/dev/null 2>"$work/said"
}
get() { fd "$1" resource get "$2" 2>"$work/said"; }
edit() { put "$1" "$(json_set "$(get "$1" "$2")" "$3" "$4")"; }  # edit NAME Type/id PATH JSON
value() { json "$(get "$1" "$2")" "$3"; }   # value NAME Type/id PATH

# ---- JSON, through SQLite ----

quoted() { printf '%s' "$1" | sed "s/'/''/g"; }
json() { sqlite3 :memory: "SELECT json_extract('$(quoted "$1")', '$2')"; }
json_set() { sqlite3 :memory: "SELECT json_set('$(quoted "$1")', '$2', json('$(quoted "$3")'))"; }

# What two desks hold differently: lines of "Type/id path = value", server's own meta left out.
differences() {
    sqlite3 "$work/$1/frontdesk.db" "ATTACH '$work/$2/frontdesk.db' AS other;
        WITH mine AS ($(flat main)), theirs AS ($(flat other))
        SELECT '$1 ' || line FROM (SELECT line FROM mine EXCEPT SELECT line FROM theirs)
        UNION ALL SELECT '$2 ' || line FROM (SELECT line FROM theirs EXCEPT SELECT line FROM mine)"
}
flat() {
    echo "SELECT r.type || '/' || r.id || ' ' || t.fullkey || ' = ' || t.atom AS line
        FROM $1.resource r, json_tree(json_remove(r.body, '\$.meta', '\$.text')) t
        WHERE r.deleted = 0 AND t.atom IS NOT NULL"
}
agree() { is "$(differences "$1" "$2" | head -n 5)" ""; }

# ---- the server, as another clinic sees it ----

central() { # central METHOD PATH [JSON]
    if [ $# -eq 3 ]; then set -- "$1" "$2" -H 'Content-Type: application/fhir+json' --data-binary "$3"; fi
    method=$1 path=$2
    shift 2
    curl -sS --cacert "${server:-$work/server}/ca.pem" -H "Authorization: Bearer $(cat "${server:-$work/server}/token")" \
        -H 'Cache-Control: no-cache' -X "$method" "$url/$path" "$@"
}
# ---- the network between (proxy/README.md) ----

start_proxy() {
    "$proxy" "$work/server" 2>"$work/proxy.said" &
    proxy_pid=$!
    until_true 10 test -s "$work/server/proxy.url"
}
tell() { "$proxy" tell "$work/server" "$1" >"$work/told"; }  # tell LINE: what happens on the way from now on
far_desk() {    # far_desk NAME: a desk that reaches the server through the proxy
    desk "$1"
    far_configure "$1"
}
far_configure() {
    near=$url
    url=$(cat "$work/server/proxy.url")
    configure "$1"
    url=$near
}
fault() {   # fault KIND N: the next N writes meet it
    curl -sS --cacert "$work/server/ca.pem" -H "Authorization: Bearer $(cat "$work/server/token")" \
        -X POST "${url%/fhir}/fault?kind=$1&n=$2"
}
versions() { json "$(central GET "$1")" '$.meta.versionId'; }    # how many versions Type/id has there
until_true() {  # until_true SECONDS COMMAND...: wait for an event that shows only from outside
    tries=$(($1 * 10))
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}
