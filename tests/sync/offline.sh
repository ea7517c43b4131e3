# Without the server the desk would stop, or would not say that nothing is sent. Ends the server.
"$here/../server/stop" "$work/server"
put north '{"resourceType":"Patient","id":"off-1","name":[{"family":"Off"}]}'
sync north
ok 'no server fails the pass' is "$?" 1
ok 'says offline' has "$(cat "$work/said")" offline
ok 'and keeps the write' is "$(count unsent) $(count refused)" "1 0"
ok 'the status line knows' has "$(json "$(fd north sync status --json)" '$.problem')" offline
ok 'the desk goes on' is "$(value north Patient/off-1 '$.name[0].family')" Off
