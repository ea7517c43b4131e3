# A scanned letter would not arrive, hold up the text beside it, or be another one at the other desk.
head -c 200000 /dev/urandom >"$work/letter"
printf '{"resourceType":"DocumentReference","id":"file-1","status":"current","content":[{"attachment":{"contentType":"application/pdf","data":"%s"}}]}' \
    "$(base64 -w 0 "$work/letter")" >"$work/letter.json"
sync north
fd north resource put "$work/letter.json" >/dev/null 2>"$work/said"
put north '{"resourceType":"Basic","id":"file-2","code":{"text":"a text beside it"}}'
ok 'the text is small' is "$(fd north resource get DocumentReference/file-1 | grep -c '"data"')" 0
ok 'the file waits in its own queue' is "$(json "$(fd north sync status --json)" '$.attachments.waiting')" 1
sync north
ok 'both are sent in one pass' is "$(count unsent) $(json "$(fd north sync status --json)" '$.attachments.waiting')" "0 0"
binary=$(json "$(central GET DocumentReference/file-1)" '$.content[0].attachment.url')
central GET "$binary" >"$work/copy"
ok 'the server has the file that is named' cmp "$work/letter" "$work/copy"
ok 'once' is "$(central GET "$binary/_history" | grep -oE '"versionId": *"[0-9]+"' | wc -l)" 1
rm -f "$work/copy"
sync south
ok 'the text comes without it' is "$(json "$(fd south sync status --json)" '$.attachments.here')" 0
fd south attachment get DocumentReference/file-1 --file "$work/copy" --json >"$work/answer" 2>"$work/said"
ok 'fetched when asked for' cmp "$work/letter" "$work/copy"
rm -f "$work/copy"
central DELETE "$binary" >"$work/answer"
fd south attachment get DocumentReference/file-1 --file "$work/copy" >/dev/null 2>"$work/said"
ok 'and here from then on' cmp "$work/letter" "$work/copy"

# The line is cut while the file is on its way: the text waits, and goes without it in the end.
head -c 200000 /dev/urandom >"$work/letter"
printf '{"resourceType":"DocumentReference","id":"file-3","status":"current","content":[{"attachment":{"contentType":"application/pdf","data":"%s"}}]}' \
    "$(base64 -w 0 "$work/letter")" >"$work/letter.json"
fd north resource put "$work/letter.json" >/dev/null 2>"$work/said"
fault lose 1
sync north
ok 'an answer that was lost costs nothing but time' is "$(json "$(fd north sync status --json)" '$.attachments.waiting') $(count unsent)" "1 1"
sqlite3 "$work/north/frontdesk.db" "UPDATE attachment SET next_at = 0"
sync north
ok 'sent again it is one file' is "$(json "$(fd north sync status --json)" '$.attachments.waiting') $(count unsent)" "0 0"
binary=$(json "$(central GET DocumentReference/file-3)" '$.content[0].attachment.url')
ok 'of one version' is "$(central GET "$binary/_history" | grep -oE '"versionId": *"[0-9]+"' | wc -l)" 1
