# A server that says nothing, or a byte a second, would hold the agent up for ever; what it gave up on may still be done.
sync far
put far '{"resourceType":"Patient","id":"patience-1","name":[{"family":"Patience"}],"language":"en"}'
sync far
limited() { [ "$(($(date +%s) - began))" -le 100 ] || { echo "# it took $(($(date +%s) - began)) s"; false; }; }
# gives_up KIND LANGUAGE: the write meets KIND, the pass ends all the same, and it is there once in the end.
gives_up() {
    before=$(versions Patient/patience-1)
    edit far Patient/patience-1 '$.language' "\"$2\""
    tell "next 1 $1 writes patience-1"
    began=$(date +%s)
    sync far
    ok "$1: the pass ends" limited
    until_true 60 grep -q " ${1%%:*}[: ]" "$work/server/proxy.log"
    tell calm
    until_true 30 settle far
    ok "$1: the write is there, once" is "$(versions Patient/patience-1) $(json "$(central GET Patient/patience-1)" '$.language')" "$((before + 1)) $2"
}
gives_up abandoned fr
gives_up drip:1 de
gives_up stall:90 it

central PUT Patient/patience-2 '{"resourceType":"Patient","id":"patience-2","name":[{"family":"Patience"}]}' >"$work/answer"
tell 'next 1 drip:1 reads /Patient?'
began=$(date +%s)
sync far
ok 'a page that drips does not hold the pass up for ever' limited
tell calm
sync far
ok 'and is there after the next' is "$(json "$(get far Patient/patience-2)" '$.id')" patience-2
