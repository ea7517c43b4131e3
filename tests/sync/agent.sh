# Two agents would send everything twice, or the one that stays would not notice what people do.
put north '{"resourceType":"Patient","id":"two-1","name":[{"family":"Two"}]}'
fault slow 1
sync north & first=$!
"$programs/frontdesk-agent" --data "$work/north" --config "$work/north.config" --once --json >"$work/second" 2>/dev/null
status=$?
wait "$first"
ok 'two at once both end well' is "$? $status" "0 0"
ok 'and send once' is "$(versions Patient/two-1)" 1

interval=600
configure north
interval=
"$programs/frontdesk-agent" --data "$work/north" --config "$work/north.config" >/dev/null 2>&1 &
agent_pid=$!
runs() { [ "$(json "$(fd north sync status --json)" '$.running')" = 1 ]; }
ok 'an agent that stays shows itself' until_true 30 runs
copied() { ls "$work"/north/backup/nightly-*.db >/dev/null 2>&1; }
ok 'and keeps a copy of a directory that has none' until_true 30 copied
put north '{"resourceType":"Patient","id":"stay-1","name":[{"family":"Stay"}]}'
ok 'and sends what is written without being asked' until_true 30 is_there Patient/stay-1
central PUT Patient/stay-2 '{"resourceType":"Patient","id":"stay-2","name":[{"family":"Stay"}]}' >"$work/answer"
sync north
# Whether that pass brought it or the end of the one before, which was still pulling, is the same to the desk.
ok 'asked for a pass it makes one' is "$? $(value north Patient/stay-2 '$.id')" "0 stay-2"
"$programs/frontdesk-agent" --data "$work/north" --config "$work/north.config" >/dev/null 2>"$work/said"
ok 'a second one does not stay' is "$?" 1
kill "$agent_pid"
gone() { ! kill -0 "$agent_pid" 2>/dev/null; }
ok 'told to stop it goes at once' until_true 2 gone
wait "$agent_pid"
ok 'and well' is "$?" 0
agent_pid=
ok 'leaving the directory clean' is "$(json "$(fd north doctor --json)" '$.closedCleanly')" 1
