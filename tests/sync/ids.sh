# A server that gives ids of its own would take nothing new from a desk, or take it twice.

of_server() { json "$(central GET "$1?_tag=https%3A%2F%2Ffrontdesk.invalid%2Ffhir%2Flocal-id%7C$2")" "$3"; }

fault own-ids 1
desk west
put west '{"resourceType":"Patient","id":"own-1","name":[{"family":"Given"}]}'
put west '{"resourceType":"Task","id":"own-2","status":"requested","intent":"order","for":{"reference":"Patient/own-1"}}'
ok 'what is new gets there all the same' settle west
server_id=$(of_server Patient own-1 '$.entry[0].resource.id')
ok 'under an id of the server' has_not "$server_id" own-1
ok 'to which the others refer there' is "$(of_server Task own-2 '$.entry[0].resource.for.reference')" "Patient/$server_id"
ok 'while here it keeps its own' is "$(value west Task/own-2 '$.for.reference') $(value west Patient/own-1 '$.id')" "Patient/own-1 own-1"
ok 'and nothing of the other' is "$(value west Patient/own-1 '$.meta.tag')" ""
abilities=$(fd west sync status --json)
ok 'the weaker promise is said' has "$abilities" 'can be there twice'
ok 'and what it keeps all the same was found' has "$abilities" '"name":"honorsIfMatch","value":"true"'

edit west Patient/own-1 '$.language' '"fr"'
ok 'an edit follows it' settle west
ok 'to the same resource' is "$(json "$(central GET "Patient/$server_id")" '$.language')" fr
central PUT "Patient/$server_id" "$(json_set "$(central GET "Patient/$server_id")" '$.maritalStatus' '{"text":"x"}')" >"$work/answer"
sync west
ok 'and what others write comes back to it' is "$(value west Patient/own-1 '$.maritalStatus.text')" x
ok 'as no second person' is "$(sqlite3 "$work/west/frontdesk.db" "SELECT count(*) FROM resource WHERE type = 'Patient' AND id = '$server_id'")" 0

put west '{"resourceType":"Patient","id":"own-3","name":[{"family":"Lost"}]}'
fault lose 1
sync west
# Nothing but its condition tells a repeated create from a second one: asked for or not, it waits until the lost one
# cannot come any more.
sync west
ok 'a lost create is not hurried' is "$(sqlite3 "$work/west/frontdesk.db" "SELECT state, next_at > (strftime('%s', 'now') + 60) * 1000 FROM outbox")" '2|1'
sqlite3 "$work/west/frontdesk.db" "UPDATE outbox SET next_at = 0, sent_at = sent_at - 121000"
ok 'then it is asked for again' settle west
ok 'and is there once' is "$(of_server Patient own-3 '$.total')" 1

central DELETE "Task/$(of_server Task own-2 '$.entry[0].resource.id')" >"$work/answer"
sync west
ok 'what is deleted there is gone here' is "$(sqlite3 "$work/west/frontdesk.db" "SELECT deleted FROM resource WHERE type = 'Task' AND id = 'own-2'")" 1
fault own-ids 0
