# A patient of another clinic stands at the desk: found at the server, opened, whole; nobody else's papers come along.
page_size=10 scope=organization=nobody
configure away
page_size= scope=
printf 'a long test password\n' | fd away init --admin away --password-fd 0 >/dev/null
put north '{"resourceType":"Patient","id":"afar-1","name":[{"family":"Quillfeather","given":["Ottilie"]}],"birthDate":"1970-01-02",
  "identifier":[{"system":"http://central.example/number","value":"AF-77"}]}'
put north '{"resourceType":"Patient","id":"afar-2","name":[{"family":"Quillfeather","given":["Bruno"]}],"birthDate":"1931-05-06"}'
for n in $(seq 1 25); do
    put north "{\"resourceType\":\"Observation\",\"id\":\"afar-o$n\",\"status\":\"final\",\"code\":{\"text\":\"weight\"},\"subject\":{\"reference\":\"Patient/afar-1\"}}"
done
put north '{"resourceType":"Observation","id":"afar-other","status":"final","code":{"text":"weight"},"subject":{"reference":"Patient/afar-2"}}'
put north '{"resourceType":"Coverage","id":"afar-c","status":"active","beneficiary":{"reference":"Patient/afar-1"},"payor":[{"display":"Test"}]}'
sync north
sync away
get away Patient/afar-1 >/dev/null
ok 'out of scope is not here' is "$?" 1
ok 'found at the server by name' is "$(fd away patient find quillfea --server --json | grep -o '"name":"Quillfeather, [A-Z]' | sort | tr -d '\n')" \
    '"name":"Quillfeather, B"name":"Quillfeather, O'
ok 'by name and year' is "$(json "$(fd away patient find 'quillfeather 1970' --server --json)" '$[0].id')" afar-1
ok 'by number' is "$(json "$(fd away patient find AF-77 --server --json)" '$[0].id')" afar-1
ok 'and not kept' is "$(fd away patient find quillfea --json)" '[]'
report=$(fd away patient fetch afar-1 --json 2>"$work/said")
ok 'the whole record is fetched' is "$(count whole)" 1
ok 'all of it' is "$(sqlite3 "$work/away/frontdesk.db" "SELECT count(*) FROM resource WHERE id LIKE 'afar-%'")" 27
get away Observation/afar-other >/dev/null
ok "nobody else's" is "$?" 1
ok 'and nothing waits or is set aside' is "$(sqlite3 "$work/away/frontdesk.db" \
    "SELECT (SELECT count(*) FROM outbox WHERE state = 5) || ' ' || (SELECT count(*) FROM quarantine WHERE closed IS NULL)")" "0 0"
ok 'the audit names who asked and for whom' is "$(sqlite3 "$work/away/frontdesk.db" \
    "SELECT count(*) FROM audit WHERE action = 'patient fetch' AND patient = 'afar-1' AND staff <> 'system'")" 1
edit away Patient/afar-1 '$.maritalStatus' '{"text":"single"}'
sync away
ok 'what is written there goes its way' is "$(json "$(central GET Patient/afar-1)" '$.maritalStatus.text')" single
fd away patient fetch afar-none >/dev/null 2>"$work/said"
ok 'who is not there is not made up' has "$(cat "$work/said")" 'the server has no Patient afar-none'
