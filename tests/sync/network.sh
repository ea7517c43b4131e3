# On a bad line a write would be sent twice, lost, or done over a newer one; or nothing would move at all.
sync far
# A write in doubt may have to wait a moment.
calm_down() { tell calm && until_true 20 settle "$1"; }

# meets NAME KIND: an update of net-1 meets KIND on its way, and arrives once.
version=1
meets() {
    version=$((version + 1))
    edit far Patient/net-1 '$.address[0].city' "\"$1\""
    tell "next 1 $2 writes"
    sync far
    calm_down far
    ok "$1: it arrives once" is "$(count unsent) $(count conflicts) $(versions Patient/net-1) $(json "$(central GET Patient/net-1)" '$.address[0].city')" "0 0 $version $1"
}
put far '{"resourceType":"Patient","id":"net-1","name":[{"family":"Net"}]}'
tell 'next 1 unanswered writes'
sync far
calm_down far
ok 'a create without an answer arrives once' is "$(count unsent) $(versions Patient/net-1)" "0 1"
meets lost lost
meets unanswered unanswered
meets reset reset
meets reset-after reset-after
meets truncated truncated
meets twice twice
meets twice-seen twice:second
meets gateway after:502
meets late late:300
meets overloaded 503:0
central GET 'Patient/net-1/_history?_count=100' >"$work/history.json"
ok 'no request was carried out twice' is "$(sqlite3 :memory: "SELECT count(DISTINCT json_extract(value, '\$.resource.meta.source'))
    FROM json_each(readfile('$work/history.json'), '\$.entry')")" "$version"
