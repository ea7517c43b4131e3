# A bad day at several clinics: somewhere an edit would be gone, doubled, or written over by one who never saw it.
# STORM="DESKS EDITS PACE_MS SEED"; the same seed makes the same edits and faults, if not at the same moments.
storm="${STORM:-3 120 30 1}"
read -r storm_desks storm_edits storm_pace storm_seed <<END_OF_STORM
$storm
END_OF_STORM
names=
for n in $(seq "$storm_desks"); do
    far_desk "clinic-$n"
    names="$names $work/clinic-$n"
done
echo "# PARTS=storm STORM='$storm' tests/sync/run"
# shellcheck disable=SC2086
"${proxy%/*}/storm" "$storm_seed" "$storm_edits" "$storm_pace" "$programs" "$proxy" "$work/server" $names >"$work/storm" 2>"$work/said"
ended=$?
tell calm
counted() { sed -n "s/^$1 //p" "$work/storm"; }
grep '^#' "$work/storm"
echo "# $(grep -v '^#' "$work/storm" | tr '\n' ' ')"
ok 'the storm was watched to its end' test "$ended" -le 1
ok 'once it is over, desks and server are equal within three passes' test "$(counted passes)" -le 3
ok 'and stay so when people have decided' is "$(counted unequal) $(counted unsent)" "0 0"
ok 'nothing that was saved is lost' is "$(counted lost)" 0
ok 'nothing was written over by one who had not seen it' is "$(counted overwritten) $(counted bases)" "0 0"
ok 'no status fell' is "$(counted fallen)" 0
ok 'no request made two versions, and nobody is there twice' is "$(counted twice) $(counted doubles)" "0 0"
ok 'each conflict was asked about once' is "$(counted again)" 0
# What comes after starts with desks that have it all.
sync north
sync south
