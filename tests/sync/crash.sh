# Killed at a bad moment, the agent would send something twice, or forget it.
put north '{"resourceType":"Patient","id":"kill-0","name":[{"family":"Kill"}]}'
fault slow 1
"$programs/frontdesk-agent" --data "$work/north" --config "$work/north.config" --once --json >/dev/null 2>&1 &
agent_pid=$!
is_there() { [ "$(central GET "$1" -o /dev/null -w '%{http_code}')" = 200 ]; }
until_true 30 is_there Patient/kill-0
kill -9 "$agent_pid"
wait "$agent_pid" 2>/dev/null
agent_pid=
ok 'killed between the server'\''s commit and its answer' is "$(json "$(fd north sync status --json)" '$.unsent')" 1
sync north
ok 'the write is found, not repeated' is "$(count pushed) $(count unsent) $(versions Patient/kill-0)" "1 0 1"

mkdir "$work/crowd"
for n in $(seq 1 120); do
    printf '{"resourceType":"Patient","id":"crowd-%s","name":[{"family":"Crowd%s"}]}\n' "$n" "$n"
done >"$work/crowd/crowd.ndjson"
fd north import "$work/crowd" --json >/dev/null 2>"$work/said"
for round in 1 2 3 4; do
    "$programs/frontdesk-agent" --data "$work/north" --config "$work/north.config" --once --json >/dev/null 2>&1 &
    agent_pid=$!
    until_true 30 is_there "Patient/crowd-$((round * 25))"
    kill -9 "$agent_pid"
    wait "$agent_pid" 2>/dev/null
done
agent_pid=
sync north
ok 'killed four times in mid-push, all is sent' is "$(count unsent) $(count refused) $(count conflicts)" "0 0 0"
ok 'nothing was lost' is "$(json "$(central GET 'Patient?family=crowd&_summary=count')" '$.total')" 120
central GET 'Patient/_history?_count=1000' >"$work/history.json"
ok 'nothing was sent twice' is "$(sqlite3 :memory: "SELECT count(*) FROM json_each(readfile('$work/history.json'), '\$.entry')
    WHERE json_extract(value, '\$.resource.id') LIKE 'crowd-%' AND json_extract(value, '\$.resource.meta.versionId') <> '1'")" 0

page_size=10
configure south
page_size=
"$programs/frontdesk-agent" --data "$work/south" --config "$work/south.config" --once --json >/dev/null 2>&1 &
agent_pid=$!
has_some() { [ "$(sqlite3 -readonly "$work/south/frontdesk.db" "SELECT count(*) > 20 FROM resource WHERE id LIKE 'crowd-%'" 2>/dev/null)" = 1 ]; }
until_true 30 has_some
kill -9 "$agent_pid"
wait "$agent_pid" 2>/dev/null
agent_pid=
configure south
sync south
ok 'killed in mid-pull, the desks agree after the next pass' agree north south
