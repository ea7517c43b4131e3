# On a bad line of 20 kbit/s a clinic would wait for ever.
sync far
for n in $(seq 10); do
    printf '{"resourceType":"Patient","id":"slow-%s","name":[{"family":"Slow"}]}\n' "$n"
done >"$work/slow.ndjson"
fd far import "$work/slow.ndjson" --json >/dev/null 2>"$work/said"
tell 'seed 1'
tell 'rate 25 lost'
tell 'rate 25 unanswered'
tell 'line 20'
before=$(date +%s%3N)
there() { json "$(central GET 'Patient?family=slow&_summary=count')" '$.total'; }
tries=0
until sync far && [ "$(count unsent)" -eq 0 ] || [ "$tries" -eq 4 ]; do tries=$((tries + 1)); done
took=$(($(date +%s%3N) - before))
tell calm
echo "# 10 new people over 20 kbit/s with 5% of the requests cut: $(there) there after $took ms"
ok 'writes get through a slow, broken line' is "$(there)" 10
settle far
ok 'each once' is "$(central GET 'Patient/_history?_count=1000' | tr -d '\n' | grep -o '"id":"slow-[0-9]*","meta":{"versionId":"[2-9]' | wc -l)" 0

# The first pull of another desk over the same line: what is cut goes on where it was, not from the beginning.
bundle='{"resourceType":"Bundle","type":"batch","entry":['
for n in $(seq 1 300); do
    [ "$n" -eq 1 ] || bundle="$bundle,"
    bundle="$bundle{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"first-$n\",\"name\":[{\"family\":\"First$n\"}]},
      \"request\":{\"method\":\"PUT\",\"url\":\"Patient/first-$n\"}}"
done
printf '%s]}' "$bundle" >"$work/first.json"
central POST '' "@$work/first.json" >"$work/answer"
page_size=20
far_desk slowly
page_size=
tell 'seed 3'
tell 'rate 25 lost'
tell 'rate 25 truncated reads'
tell 'line 20'
before=$(date +%s%3N) passes=1
until sync slowly || [ "$passes" -eq 6 ]; do passes=$((passes + 1)); done
took=$(($(date +%s%3N) - before))
tell count
requests=$(cat "$work/told")
tell calm
held=$(sqlite3 "$work/slowly/frontdesk.db" "SELECT count(*) FROM resource WHERE id LIKE 'first-%'")
echo "# a first pull of 300 people over 20 kbit/s with 5% of the requests cut: $held here after $took ms, $passes passes"
ok 'a first pull gets through it, too' is "$held" 300
