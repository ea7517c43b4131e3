# One bad write would hold up all the others, or vanish.
put south '{"resourceType":"Observation","id":"bad-1","status":"nonsense","code":{"text":"x"}}'
put south '{"resourceType":"Patient","id":"good-1","name":[{"family":"Good"}]}'
put south '{"resourceType":"Provenance","id":"bad-2","recorded":"2026-11-23T08:00:00Z","agent":[{"who":{"display":"x"}}],
  "target":[{"reference":"Observation/bad-1"}]}'
sync south
ok 'the refused one is counted' is "$(count refused)" 1
ok 'what came after it is there' is "$(json "$(central GET Patient/good-1)" '$.name[0].family')" Good
ok 'what refers to it waits' is "$(count unsent)" 2
status=$(fd south sync status --json)
ok 'with the reason of the server' has "$status" 'nonsense'
ok 'as the field and the kind of fault' is "$(json "$status" '$.refusals[0].path') $(json "$status" '$.refusals[0].kind')" 'status code'
ok 'and in the log of passes' is "$(json "$(fd south sync log --json)" '$[0].refused')" 1
sync south
ok 'it is not sent again and again' is "$(count refused) $(count pushed)" "1 0"
edit south Observation/bad-1 '$.status' '"final"'
sync south
ok 'corrected, both go' is "$(count pushed) $(count refused) $(count unsent)" "2 0 0"

# A reference to what only another desk has not sent yet.
put north '{"resourceType":"Patient","id":"late-1","name":[{"family":"Late"}]}'
printf '%s' '{"resourceType":"Patient","id":"late-1","name":[{"family":"Late"}]}' >"$work/late.json"
fd south import "$work/late.json" --no-push --json >/dev/null
put south '{"resourceType":"Observation","id":"late-2","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/late-1"}}'
sync south
ok 'what it waits for is named' has "$(json "$(fd south sync status --json)" '$.waits[0].reason')" Patient/late-1
ok 'too early is blocked, not refused' is "$(count refused) $(count unsent)" "0 1"
sync north
sync south
ok 'and goes once the other is there' is "$(count unsent)" 0
sync north
ok 'the desks agree' agree north south
