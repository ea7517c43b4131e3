# What is written at one desk would not show at the other, or not as it was written.
sync south
sync north
put north '{"resourceType":"Patient","id":"ex-1","name":[{"family":"Quill","given":["Ada"]}],"birthDate":"1970-01-02",
  "telecom":[{"system":"phone","use":"home","value":"555-0100"}]}'
put north '{"resourceType":"Observation","id":"ex-2","status":"final","code":{"text":"weight"},
  "subject":{"reference":"Patient/ex-1"},"valueQuantity":{"value":1.10,"unit":"kg"}}'
sync north
ok 'created here' is "$(count pushed) $(count unsent)" "2 0"
sync south
ok 'appears there' is "$(value south Patient/ex-1 '$.name[0].family')" Quill
ok 'with the digits it was written with' has "$(get south Observation/ex-2)" '1.10'
ok 'the two desks agree' agree north south
sync south
ok 'a pass without news changes nothing' is "$(count pushed) $(count pulled)" "0 0"

edit south Patient/ex-1 '$.maritalStatus' '{"text":"single"}'
sync south
sync north
ok 'an edit comes back' is "$(count pulled) $(value north Patient/ex-1 '$.maritalStatus.text')" "1 single"
ok 'as one version each' is "$(versions Patient/ex-1)" 2

# Written last what the others refer to: references go first all the same.
put north '{"resourceType":"Encounter","id":"ring-1","status":"finished","class":{"code":"AMB"},
  "subject":{"reference":"Patient/ring-3"},"diagnosis":[{"condition":{"reference":"Condition/ring-2"}}]}'
put north '{"resourceType":"Condition","id":"ring-2","subject":{"reference":"Patient/ring-3"},
  "encounter":{"reference":"Encounter/ring-1"}}'
put north '{"resourceType":"Patient","id":"ring-3","name":[{"family":"Ring"}]}'
sync north
ok 'references first, rings in one piece' is "$(count pushed) $(count unsent)" "3 0"

# One transaction gives many resources one moment; a page ends in the middle of them.
bundle='{"resourceType":"Bundle","type":"transaction","entry":['
for n in $(seq 1 60); do
    [ "$n" -eq 1 ] || bundle="$bundle,"
    bundle="$bundle{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"many-$n\",\"name\":[{\"family\":\"Many$n\"}]},
      \"request\":{\"method\":\"PUT\",\"url\":\"Patient/many-$n\"}}"
done
central POST '' "$bundle]}" >"$work/answer"
page_size=10
configure south
page_size=
sync south
ok 'all of a moment arrive, page by page' is "$(count pulled) $(value south Patient/many-60 '$.name[0].family')" "63 Many60"
configure south
sync north
ok 'at both desks' agree north south

central DELETE Patient/many-7 >"$work/answer"
sync north
get north Patient/many-7 >/dev/null
ok 'deleted there is gone here' is "$? $(count pulled)" "1 1"
sync south
get south Patient/many-7 >/dev/null
ok 'and at the other desk' is "$?" 1
