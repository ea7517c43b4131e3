# A page cut, garbled or gone stale would leave out people for ever, or send the token to a stranger.
page_size=10
overlap=86400       # each pass walks all the pages again
far_desk reader
sync reader
serial=0
# news: a person the desk has not seen, among enough of them for several pages.
news() {
    serial=$((serial + 1))
    central PUT "Patient/page-$serial" "{\"resourceType\":\"Patient\",\"id\":\"page-$serial\",\"name\":[{\"family\":\"Page\"}]}" >"$work/answer"
}
people() { sqlite3 -readonly "$work/reader/frontdesk.db" "SELECT count(*) FROM resource WHERE deleted = 0 AND id LIKE 'page-%'"; }
for n in $(seq 24); do news; done
sync reader
ok 'people over several pages are all there' is "$(people)" "$serial"
pages() { grep -c '_getpages' "$work/server/proxy.log"; }
ok 'which were several' test "$(pages)" -ge 2

# bad_page KIND [PART]: after a page that was bad, the next pass has everybody.
bad_page() {
    news
    tell "next 1 $1 reads ${2:-/Patient?}"
    sync reader
    has_been_met "$1"
    sync reader
    ok "a $1 page loses nobody" is "$? $(people)" "0 $serial"
}
has_been_met() { ok "(a page was $1)" grep -q " $1[: ]" "$work/server/proxy.log"; }
bad_page truncated
bad_page half
bad_page broken
bad_page wrong-type
bad_page no-bundle
bad_page next-loop
bad_page 410 _getpages
bad_page 404 _getpages
bad_page 500 _getpages
bad_page lost _getpages

news
tell 'next 1 foreign reads /Patient?'
sync reader
ok 'a server that knows itself by another address is asked at ours' is "$? $(people)" "0 $serial"

news
tell 'next always next-loop reads /Patient?'
sync reader
ok 'pages in a circle come to an end, which is said' has "$(fd reader sync status --json)" 'lead in a ring'
tell calm
sync reader
ok 'and the next one has everybody' is "$? $(people)" "0 $serial"

# The server answers a search it has just answered from a cache, unless it is told not to.
tell 'next always stale reads'
sync reader
news
sync reader
tell calm
sync reader
ok 'an answer from a cache delays, and loses nobody' is "$(people)" "$serial"
news
sync reader
ok 'and ours does not come from there' is "$(people)" "$serial"

# A transaction of a thousand has one time for all.
sqlite3 :memory: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT json_object('resourceType', 'Bundle', 'type', 'transaction', 'entry', json_group_array(json_object(
        'resource', json_object('resourceType', 'Patient', 'id', 'same-' || i, 'name', json_array(json_object('family', 'Same'))),
        'request', json_object('method', 'PUT', 'url', 'Patient/same-' || i)))) FROM n" >"$work/thousand.json"
central POST '' "@$work/thousand.json" >"$work/answer"
page_size=100
far_configure reader
page_size= overlap=
sync reader
ok 'a thousand with one time are all there' is "$(sqlite3 -readonly "$work/reader/frontdesk.db" \
    "SELECT count(*), count(DISTINCT base_updated) FROM resource WHERE id LIKE 'same-%'")" "1000|1"
