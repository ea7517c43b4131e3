# A token that ends in mid-run, or one forbidden type, would cost a write; a full server would be hammered.
for n in 1 2 3; do
    put far "{\"resourceType\":\"Patient\",\"id\":\"right-$n\",\"name\":[{\"family\":\"Right\"}]}"
done
tell 'next 2 401 writes right-2'
sync far
ok 'a token that ends in mid-run refuses nothing' is "$(count refused)" 0
ok 'and what did not go is kept' test "$(count unsent)" -ge 1
tell calm
sync far
ok 'with a new one all go' is "$(count unsent) $(versions Patient/right-2)" "0 1"

put far '{"resourceType":"Patient","id":"right-4","name":[{"family":"Right"}]}'
put far '{"resourceType":"Observation","id":"right-5","status":"final","code":{"text":"x"}}'
put far '{"resourceType":"Patient","id":"right-6","name":[{"family":"Right"}]}'
tell 'next always 403 writes /Observation/'
sync far
ok 'one forbidden type holds nothing else up' is "$(count refused) $(count unsent) $(versions Patient/right-6)" "0 1 1"
ok 'and is said to whoever ran the pass' grep -q 'does not allow us to write Observation' "$work/said"
tell calm
ok 'and goes when it is allowed' settle far

# What the server will never take is refused, each once, and holds nothing else up.
for status in 400 413 415 422; do
    put far "{\"resourceType\":\"Patient\",\"id\":\"never-$status\",\"name\":[{\"family\":\"Never\"}]}"
    tell "next always $status writes never-$status"
done
put far '{"resourceType":"Patient","id":"right-7","name":[{"family":"Right"}]}'
asked() { grep -c "PUT /fhir/$1 " "$work/server/proxy.log"; }
sync far
ok 'four kinds of no are refused' is "$(count refused) $(versions Patient/right-7)" "4 1"
sync far
sync far
ok 'and not asked again' is "$(asked Patient/never-400) $(asked Patient/never-413) $(asked Patient/never-415) $(asked Patient/never-422)" "1 1 1 1"
tell calm
for status in 400 413 415 422; do
    edit far "Patient/never-$status" '$.language' '"fr"'
done
sync far
ok 'corrected, they go' is "$(count refused) $(count unsent) $(versions Patient/never-413)" "0 0 1"

# A server that asks to be left alone is, that long and no longer.
far_db() { sqlite3 -readonly "$work/far/frontdesk.db" "$1"; }
wait_s() { far_db "SELECT (max(next_at) - 1000 * CAST(strftime('%s', 'now') AS INTEGER)) / 1000 FROM outbox"; }
is_within() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ] || { echo "# $1 is not from $2 to $3"; false; }; }
apart() {   # apart MS TARGET: each PUT came so long after the one before
    awk -v least="$1" -v target="/fhir/$2" '$3 == "PUT" && $4 == target { if (last && $2 - last < least) bad = 1; last = $2 } END { exit bad }' \
        "$work/server/proxy.log"
}
busy() {    # busy KIND LEAST MOST N: put off from LEAST to MOST seconds
    put far "{\"resourceType\":\"Patient\",\"id\":\"busy-$4\",\"name\":[{\"family\":\"Busy\"}]}"
    tell "next always $1 writes busy-$4"
    sync far
    ok "$1: it waits as long as it should" is_within "$(wait_s)" "$2" "$3"
    sync far
    sync far
    tell calm
}
busy 503:0 -1 2 1
ok 'Retry-After 0 does not mean a storm of ours' is_within "$(asked Patient/busy-1)" 1 6
ok 'and it goes at the first chance' until_true 10 settle far
busy 429:4 1 5 2
ok 'Retry-After in seconds is kept to by who asks again, too' apart 4000 Patient/busy-2
ok 'then it goes' until_true 20 settle far
busy 503:date 1 11 3
ok 'so is a date' apart 9000 Patient/busy-3
ok 'then it goes, too' until_true 30 settle far
busy 502 -1 900 4
ok 'without Retry-After it is looked for when somebody asks' settle far
ok 'once' is "$(versions Patient/busy-4)" 1
busy 429:absurd 3400 3601 5
ok 'an absurd Retry-After is one hour, and is kept to' is "$(asked Patient/busy-5)" 1
sync_at +61m far
ok 'then it goes, as the others' is "$(count unsent) $(versions Patient/busy-5)" "0 1"
