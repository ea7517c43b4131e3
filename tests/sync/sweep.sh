# What passes missed, what is no longer the clinic's and what the server lost would never be noticed.
scope='organization=sw-elm;general-practitioner=sw-kim' overlap=1
desk east
scope='' overlap=''
rows() { sqlite3 "$work/east/frontdesk.db" "SELECT count(*) FROM resource WHERE deleted = 0 AND id LIKE '$1'"; }
change() { sqlite3 "$work/east/frontdesk.db" "$1"; }
swept() { sqlite3 "$work/east/frontdesk.db" "SELECT total($1) FROM sweep"; }
sweep() { fd east sync --once --sweep --json >"$work/report" 2>"$work/said"; report=$(cat "$work/report"); }
patient() { # patient ID MORE
    central PUT "Patient/$1" "{\"resourceType\":\"Patient\",\"id\":\"$1\",\"name\":[{\"family\":\"Sweep\",\"given\":[\"Test\"]}]$2}" >/dev/null
}
reading() { # reading ID PATIENT
    central PUT "Observation/$1" "{\"resourceType\":\"Observation\",\"id\":\"$1\",\"status\":\"final\",
      \"code\":{\"text\":\"zebrafish of $1\"},\"subject\":{\"reference\":\"Patient/$2\"}}" >/dev/null
}
central PUT Organization/sw-elm '{"resourceType":"Organization","id":"sw-elm","name":"Elm"}' >/dev/null
central PUT Practitioner/sw-kim '{"resourceType":"Practitioner","id":"sw-kim"}' >/dev/null
patient sw-1 ',"managingOrganization":{"reference":"Organization/sw-elm"}'
patient sw-2 ',"generalPractitioner":[{"reference":"Practitioner/sw-kim"}]'
patient sw-3 ''
reading sw-o1 sw-1
reading sw-o2 sw-2
reading sw-o3 sw-3
sync east
ok 'only the own patients come, by any of the queries' is "$(rows 'sw-_') $(rows 'sw-o_')" "2 2"
sweep
ok 'comparing finds nothing after a whole pass' is "$(swept seen) $(swept findings)" "$(rows '%').0 0.0"

sleep 2     # past the overlap, by the clock of the server
patient sw-4 ',"managingOrganization":{"reference":"Organization/sw-elm"}'
reading sw-o4 sw-4
sync east
change "DELETE FROM event WHERE key = (SELECT key FROM resource WHERE id = 'sw-o1'); DELETE FROM resource WHERE id = 'sw-o1'"
sync east
ok 'a pass does not see what an earlier one missed' is "$(rows sw-o1)" 0
sweep
ok 'comparing does' is "$(rows sw-o1) $(swept missing) $(swept findings)" "1 1.0 1.0"

patient sw-2 ''
sweep
ok 'who left the clinic goes with their record' is "$(rows sw-2) $(rows sw-o2) $(swept left)" "0 0 2.0"
ok 'and no word of theirs is left behind' is "$(cat "$work"/east/frontdesk.db* | grep -c 'zebrafish of sw-o2')" 0

central DELETE Observation/sw-o4 >/dev/null
sweep
ok 'a delete that the history told is no finding' is "$(rows sw-o4) $(swept findings)" "0 0.0"

# As if the server had been restored: it holds an older text, and knows nothing of what was made since.
change "UPDATE resource SET base_version = '9', body = json_set(body, '\$.language', 'fr') WHERE id = 'sw-1'"
change "UPDATE resource SET id = 'sw-o9', body = json_set(body, '\$.id', 'sw-o9') WHERE id = 'sw-o1'"
sweep
ok 'newer text here does not give way to a restored server' is "$(value east Patient/sw-1 '$.language') $(rows sw-o9)" "fr 1"
ok 'a person decides both' is "$(count conflicts)" 2
ok 'and the status says so' has "$(fd east sync status --json)" restored
