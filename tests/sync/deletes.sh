# What somebody deleted elsewhere would come back by accident, or an edit would go away with it.
put far '{"resourceType":"Patient","id":"del-1","name":[{"family":"Del"}],"language":"en"}'
put far '{"resourceType":"Patient","id":"del-2","name":[{"family":"Del"}],"language":"en"}'
put far '{"resourceType":"Patient","id":"del-3","name":[{"family":"Del"}],"language":"en"}'
put far '{"resourceType":"Patient","id":"del-4","name":[{"family":"Del"}],"language":"en"}'
sync far
sync north
is_gone() { [ "$(central GET "$1" -o /dev/null -w '%{http_code}')" = 410 ]; }

# Deleted there, then edited here: nothing comes back before a person says so.
central DELETE Patient/del-1 >"$work/answer"
edit far Patient/del-1 '$.language' '"fr"'
sync far
ok 'deleted there, edited here: a person decides' is "$(count conflicts)" 1
sync far
ok 'once' is "$(count conflicts)" 1
ok 'and it is not back meanwhile' is_gone Patient/del-1
decide_all far server
sync far
ok 'dropped, it is gone on both sides' is "$(count conflicts) $(count unsent) $(get far Patient/del-1 | wc -c)" "0 0 0"
is_gone Patient/del-1
ok 'and stays gone there' is "$?" 0

# The write is on its way when it is deleted.
edit far Patient/del-2 '$.language' '"fr"'
tell 'next 1 unanswered writes Patient/del-2'
sync far
central DELETE Patient/del-2 >"$work/answer"
sync far
sync far
ok 'deleted after a write whose answer was lost: not brought back' is_gone Patient/del-2
decide_all far server
sync far
ok 'and nothing is left over' is "$(count conflicts) $(count unsent)" "0 0"

# Made again elsewhere under the same id.
central DELETE Patient/del-3 >"$work/answer"
sync far
ok 'deleted there, untouched here: gone' is "$(get far Patient/del-3 | wc -c)" 0
central PUT Patient/del-3 '{"resourceType":"Patient","id":"del-3","name":[{"family":"Del"}],"language":"de"}' >"$work/answer"
sync far
ok 'made again there, it is here again' is "$(value far Patient/del-3 '$.language')" de
edit far Patient/del-3 '$.language' '"it"'
central DELETE Patient/del-3 >"$work/answer"
central PUT Patient/del-3 '{"resourceType":"Patient","id":"del-3","name":[{"family":"Del"}],"language":"es"}' >"$work/answer"
sync far
ok 'made again there while edited here: a person decides' is "$(count conflicts) $(value far Patient/del-3 '$.language')" "1 it"
decide_all far here
sync far
ok 'and it is as decided' is "$(count conflicts) $(json "$(central GET Patient/del-3)" '$.language')" "0 it"

# Gone on both sides, and by two desks.
edit far Patient/del-4 '$.language' '"fr"'
edit north Patient/del-4 '$.gender' '"other"'
central DELETE Patient/del-4 >"$work/answer"
decide_all far server
decide_all north server
central DELETE Patient/del-4 >"$work/answer"
sync far
sync north
ok 'deleted twice is deleted' is_gone Patient/del-4
ok 'for both' is "$(get far Patient/del-4 | wc -c) $(get north Patient/del-4 | wc -c)" "0 0"
ok 'who agree' agree far north

# What a person made again is no sign that the server lost something.
put far '{"resourceType":"Patient","id":"del-5","name":[{"family":"Del"}],"language":"en"}'
sync far
central DELETE Patient/del-5 >"$work/answer"
edit far Patient/del-5 '$.language' '"fr"'
decide_all far here
sync far
ok 'made again by a person, it is there' is "$(count unsent) $(json "$(central GET Patient/del-5)" '$.language')" "0 fr"
ok 'and nobody speaks of a restored server' has_not "$(fd far sync status --json)" restored
