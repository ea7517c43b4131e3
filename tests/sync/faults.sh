# A lost answer would make a second version, or lose the write; an overloaded server would be hammered.

sync north
put north '{"resourceType":"Patient","id":"lost-1","name":[{"family":"Lost"}]}'
fault lose 1
ok 'a create whose answer is lost is found at the server' settle north
ok 'and not sent again' is "$(versions Patient/lost-1)" 1

edit north Patient/lost-1 '$.language' '"fr"'
fault lose 1
sync north
edit north Patient/lost-1 '$.gender' '"other"'
ok 'so is an update, with a later edit behind it' settle north
ok 'each as one version' is "$(versions Patient/lost-1)" 3
ok 'and both are there' is "$(json "$(central GET Patient/lost-1)" '$.language') $(json "$(central GET Patient/lost-1)" '$.gender')" "fr other"

edit north Patient/lost-1 '$.language' '"it"'
fault cut 1
ok 'half an answer is none' settle north
ok 'and the write is one version' is "$(versions Patient/lost-1)" 4

# Somebody else writes on top of it before it is looked for: the agent dies with the answer.
edit north Patient/lost-1 '$.language' '"de"'
fault slow 1
"$programs/frontdesk-agent" --data "$work/north" --config "$work/north.config" --once --json >/dev/null 2>&1 &
agent_pid=$!
has_german() { has "$(central GET Patient/lost-1)" '"de"' >/dev/null; }
until_true 30 has_german
kill -9 "$agent_pid"
wait "$agent_pid" 2>/dev/null
agent_pid=
central PUT Patient/lost-1 "$(json_set "$(central GET Patient/lost-1)" '$.maritalStatus' '{"text":"x"}')" >"$work/answer"
ok 'it is found under a newer version' settle north
ok 'which stays as it is' is "$(count conflicts) $(versions Patient/lost-1)" "0 6"
ok 'and is here now' is "$(value north Patient/lost-1 '$.maritalStatus.text') $(value north Patient/lost-1 '$.language')" "x de"

# The server counts a resource's history once a minute and shows no more of it than that, unless it is asked from a time on.
put north '{"resourceType":"Patient","id":"lost-2","name":[{"family":"Lost"}],"language":"en"}'
sync north
central GET 'Patient/lost-2/_history?_count=100' >"$work/answer"
edit north Patient/lost-2 '$.language' '"de"'
fault slow 1
"$programs/frontdesk-agent" --data "$work/north" --config "$work/north.config" --once --json >/dev/null 2>&1 &
agent_pid=$!
is_german() { has "$(central GET Patient/lost-2)" '"de"' >/dev/null; }
until_true 30 is_german
kill -9 "$agent_pid"
wait "$agent_pid" 2>/dev/null
agent_pid=
central PUT Patient/lost-2 "$(json_set "$(central GET Patient/lost-2)" '$.language' '"nl"')" >"$work/answer"
sync north
ok 'ours is found below a newer one that undid it' is "$(count unsent) $(count conflicts) $(value north Patient/lost-2 '$.language')" "0 0 nl"

edit north Patient/lost-1 '$.language' '"es"'
fault busy 1
ok 'a busy server is asked again when it said' until_true 15 settle north
ok 'and got it once' is "$(versions Patient/lost-1)" 7
sync south
ok 'and the desks agree' agree north south
