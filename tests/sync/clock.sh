# With a clock that is a day wrong, edits would be lost, come in the wrong order, or wait for a day.
fd_at() {   # fd_at SHIFT NAME ARGUMENT...
    shift_by=$1 name=$2
    shift 2
    at "$shift_by" "$programs/frontdesk" --data "$work/$name" --config "$work/$name.config" "$@" >/dev/null 2>"$work/said"
}
login_at() { printf 'a long test password\n' | fd_at "$1" "$2" login "$2" --password-fd 0; }
put_at() {  # put_at SHIFT NAME JSON, by somebody who has signed in at that time
    printf '%s' "$3" >"$work/put.json"
    login_at "$1" "$2"
    fd_at "$1" "$2" resource put "$work/put.json"
}
now() { login_at +0d far; }
edit_at() { now; put_at "$1" "$2" "$(json_set "$(get "$2" "$3")" "$4" "$5")"; }

put_at +1d far '{"resourceType":"Patient","id":"clock-1","name":[{"family":"Clock"}],"language":"en"}'
sync_at +1d far
ok 'a day early: a new person arrives' is "$? $(count unsent) $(versions Patient/clock-1)" "0 0 1"
ok '(it is a day early)' has "$(tail -n 1 "$work/far/frontdesk.log")" "$(date -u -d tomorrow +%Y-%m-%dT)"
central PUT Patient/clock-2 '{"resourceType":"Patient","id":"clock-2","name":[{"family":"Clock"}],"language":"en"}' >"$work/answer"
sync_at +1d far
now
ok 'and what others wrote comes' is "$(value far Patient/clock-2 '$.language')" en
edit_at +1d far Patient/clock-1 '$.language' '"fr"'
edit_at -1d far Patient/clock-1 '$.language' '"de"'
sync_at -1d far
ok 'two days back: the later edit is the later one' is "$? $(count unsent) $(json "$(central GET Patient/clock-1)" '$.language')" "0 0 de"
central PUT Patient/clock-3 '{"resourceType":"Patient","id":"clock-3","name":[{"family":"Clock"}],"language":"en"}' >"$work/answer"
sync_at -1d far
now
ok 'a day late: what others wrote comes' is "$(value far Patient/clock-3 '$.language')" en

# Put off while the clock was a day early: that day must not be waited for.
edit_at +1d far Patient/clock-1 '$.language' '"it"'
tell 'next 1 503:1 writes'
sync_at +1d far
tell calm
now
sync far
ok 'the clock put right, nothing waits for the day it was wrong by' is "$(count unsent) $(json "$(central GET Patient/clock-1)" '$.language')" "0 it"
sync north
sync far
sync north
ok 'and all agree' agree far north
