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
