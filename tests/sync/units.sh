# What was written as one would get there in part, or wait for the one record that the server does not take.
# After forms, whose form writes into the record.

source_of() { json "$(central GET "$1")" '$.meta.source'; }
put north "$(weigh 1 "$weight,$spoken" | sed 's/fo-weigh/un-weigh/; s/urn:x-test:weigh/urn:x-test:unit/')"
fill north un-weigh '{"w":74.00,"l":"Edo"}'
sync north
taken=$(fd north form extract "$response" --take all --json 2>"$work/said")
weighed=$(json "$taken" '$.proposals[0].id')
sync north
ok 'what a form writes is sent' is "$(count refused) $(count unsent)" "0 0"
ok 'as one' is "$(source_of "Observation/$weighed")" "$(source_of Patient/fo-1)"

fill north un-weigh '{"w":75.5,"l":"Hausa"}'
taken=$(fd north form extract "$response" --take all --json 2>"$work/said")
weighed=$(json "$taken" '$.proposals[0].id')
central PUT Patient/fo-1 "$(json_set "$(central GET Patient/fo-1)" '$.communication[0].language.text' '"Yoruba"')" >"$work/answer"
sync north
ok 'where one of it meets a conflict' is "$(count conflicts) $(count unsent)" "1 1"
ok 'the rest gets there' is "$(json "$(central GET "Observation/$weighed")" '$.valueQuantity.value')" 75.5
fd north conflict resolve "$(json "$(fd north conflict list --json)" '$[0].id')" --take server >/dev/null 2>"$work/said"
ok 'and a person settles the one' settle north
