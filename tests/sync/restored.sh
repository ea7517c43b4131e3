# The server comes back from yesterday's backup: what was sent since would be gone, and nobody would know.
# A server of its own, with its database in a file; it answers behind the same address all the time.
old=$work/yesterday
mkdir "$old"
old_server() { "$here/../server/run" "$old" "$old/central" || exit 1; }
old_stop() { "$here/../server/stop" "$old"; }
there() {   # there METHOD PATH [JSON]: central, at this server
    url=$(cat "$old/url") server=$old central "$@"
}
old_server
"$proxy" "$old" 2>>"$work/proxy.said" &
old_proxy_pid=$!
until_true 10 test -s "$old/proxy.url"
url=$(cat "$old/proxy.url")
configure desk "$old/ca.pem" "$old/token"
printf 'a long test password\n' | fd desk init --admin desk --password-fd 0 >/dev/null
url=$(cat "$work/server/url")

put desk '{"resourceType":"Patient","id":"back-1","name":[{"family":"Back"}],"language":"en"}'
put desk '{"resourceType":"Patient","id":"back-2","name":[{"family":"Back"}],"language":"en"}'
sync desk
ok 'all is well' is "$? $(count unsent)" "0 0"
old_stop
cp "$old"/central.mv.db "$old/backup.db"
old_server
edit desk Patient/back-1 '$.language' '"fr"'
sync desk
edit desk Patient/back-1 '$.language' '"de"'
put desk '{"resourceType":"Patient","id":"back-3","name":[{"family":"Back"}],"language":"en"}'
sync desk
ok 'a day of work is sent' is "$? $(count unsent)" "0 0"
old_stop
cp "$old/backup.db" "$old/central.mv.db"
old_server

edit desk Patient/back-1 '$.gender' '"other"'
edit desk Patient/back-3 '$.gender' '"other"'
sync desk
said=$(fd desk sync status --json)
sync desk
said=$said$(fd desk conflict list --json; cat "$work/desk/frontdesk.log")
ok 'what the server lost is told' has "$said" 'restored from a backup'
ok 'the person it never heard of is there again' is "$(json "$(there GET Patient/back-3)" '$.gender')" other
ok 'no edit of the lost day is written over in silence' is "$(value desk Patient/back-1 '$.language') $(value desk Patient/back-1 '$.gender')" "de other"
decide_all desk here
sync desk
ok 'and it is at the server as decided' is "$(json "$(there GET Patient/back-1)" '$.language') $(count unsent) $(count conflicts)" "de 0 0"
kill "$old_proxy_pid"
old_stop
