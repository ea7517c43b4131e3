# Of two people's edits one would be lost, or a machine would choose between them.
put north '{"resourceType":"Patient","id":"con-1","name":[{"family":"Fork"}],
  "telecom":[{"system":"phone","use":"home","value":"1"}],"address":[{"city":"Aville"}]}'
sync north
sync south

edit north Patient/con-1 '$.maritalStatus' '{"text":"married"}'
edit south Patient/con-1 '$.telecom[1]' '{"system":"email","value":"f@example.org"}'
sync north
sync south
sync north
ok 'edits that do not meet are merged' is "$(value north Patient/con-1 '$.telecom[1].value') $(value south Patient/con-1 '$.maritalStatus.text')" "f@example.org married"
ok 'without a conflict' is "$(count conflicts)" 0
ok 'and both desks have both' agree north south

edit north Patient/con-1 '$.telecom[0].value' '"north"'
edit north Patient/con-1 '$.address[0].city' '"Northville"'
edit south Patient/con-1 '$.telecom[0].value' '"south"'
edit south Patient/con-1 '$.language' '"fr"'
sync north
ok 'who comes first has no conflict' is "$(count pushed) $(count conflicts)" "1 0"
sync south
ok 'who comes second has one' is "$(count pushed) $(count conflicts)" "0 1"
ok 'nothing was pushed over the other' is "$(json "$(central GET Patient/con-1)" '$.telecom[0].value')" north
ok 'the local text stays usable' is "$(value south Patient/con-1 '$.telecom[0].value')" south
ok 'with what the other desk changed elsewhere' is "$(value south Patient/con-1 '$.address[0].city')" Northville
conflicts=$(fd south conflict list --json)
ok 'it names the field' is "$(json "$conflicts" '$[0].resource') $(json "$conflicts" '$[0].fields')" 'Patient/con-1 ["telecom"]'
sync south
ok 'it stays one conflict' is "$(count conflicts)" 1
put south '{"resourceType":"Patient","id":"con-2","name":[{"family":"Free"}]}'
sync south
ok 'everything else keeps going' is "$(count pushed)" 1
fd south conflict resolve "$(json "$conflicts" '$[0].id')" --take here >"$work/said" 2>&1
ok 'a person decides' is "$?" 0
sync south
ok 'and the decision is sent' is "$(count pushed) $(count conflicts) $(count unsent)" "1 0 0"
sync north
ok 'decided value, disjoint values' is "$(value north Patient/con-1 '$.telecom[0].value') $(value north Patient/con-1 '$.address[0].city') $(value north Patient/con-1 '$.language')" "south Northville fr"
ok 'both desks agree' agree north south

edit north Patient/con-1 '$.birthDate' '"1970-01-01"'
edit south Patient/con-1 '$.birthDate' '"1970-02-01"'
sync north
sync south
fd south conflict resolve "$(json "$(fd south conflict list --json)" '$[0].id')" --field birthDate=server >"$work/said" 2>&1
sync south
sync north
ok 'the history says who decided, and which side' has "$(fd south resource history Patient/con-1 --json)" 'birthDate=server'
ok 'decided for the server, field by field' is "$(value south Patient/con-1 '$.birthDate')" 1970-01-01
ok 'the desks agree again' agree north south

central DELETE Patient/con-2 >"$work/answer"
edit south Patient/con-2 '$.language' '"de"'
sync south
ok 'deleted there, edited here: a conflict' is "$(count conflicts)" 1
fd south conflict resolve "$(json "$(fd south conflict list --json)" '$[0].id')" --take here >"$work/said" 2>&1
sync south
ok 'kept by a person, it exists again' is "$(count unsent) $(json "$(central GET Patient/con-2)" '$.language')" "0 de"
sync north
ok 'at the other desk too' is "$(value north Patient/con-2 '$.language')" de
