# Three people at one patient: an edit would be written over by one who had not seen it.
put north '{"resourceType":"Patient","id":"three-1","name":[{"family":"Three"}],"language":"en",
  "telecom":[{"system":"phone","use":"home","value":"1"}],"address":[{"city":"-"}]}'
sync north
sync south
sync far
together() {    # together NAME...: their passes at the same time
    pids=
    for name; do
        "$programs/frontdesk-agent" --data "$work/$name" --config "$work/$name.config" --once --json >"$work/$name.report" 2>&1 &
        pids="$pids $!"
    done
    for pid in $pids; do wait "$pid"; done
}
for round in 1 2 3; do
    edit north Patient/three-1 '$.telecom[0].value' "\"north $round\""
    edit south Patient/three-1 '$.address[0].city' "\"south $round\""
    edit far Patient/three-1 '$.maritalStatus' "{\"text\":\"far $round\"}"
    together north south far
done
sync north
sync south
sync far
sync north
sync south
ok 'three at once: all their edits are there' is "$(value far Patient/three-1 '$.telecom[0].value'), $(value far Patient/three-1 '$.address[0].city'), $(value far Patient/three-1 '$.maritalStatus.text')" "north 3, south 3, far 3"
ok 'each as one version' is "$(versions Patient/three-1)" 10
ok 'without a conflict' is "$(count conflicts)" 0
ok 'and they agree' agree north far

edit north Patient/three-1 '$.birthDate' '"1970-01-01"'
edit south Patient/three-1 '$.birthDate' '"1970-01-02"'
edit far Patient/three-1 '$.birthDate' '"1970-01-03"'
together north south far
open_conflicts() { for name in north south far; do fd "$name" conflict list --json; done | grep -c three-1; }
sync north
sync south
sync far
ok 'three birth dates: one is written, two are asked about' is "$(versions Patient/three-1) $(open_conflicts)" "11 2"
for name in north south far; do
    decide_all "$name" server
    sync "$name"
done
sync north
ok 'decided, they agree' agree north far
ok 'without another version' is "$(versions Patient/three-1)" 11
