# Names and tokens would reach whoever stands between, or a wrong token would cost somebody's writes.
put north '{"resourceType":"Patient","id":"trust-1","name":[{"family":"Canary","given":["Ada"]}]}'

# A server with a certificate of another CA, which writes down every byte it is told.
# It hangs up when its own input ends, so that is kept open.
mkfifo "$work/silence"
openssl s_server -accept 127.0.0.2:0 -cert "$work/server/server.pem" -key "$work/server/server.key" \
    >"$work/heard" 2>&1 <"$work/silence" &
trap_pid=$!
exec 9>"$work/silence"
until_true 10 grep -q '^ACCEPT 127' "$work/heard"
real_url=$url
url=https://$(sed -n 's/^ACCEPT //p' "$work/heard" | head -n 1)/fhir
configure north "$work/server/other-ca.pem"
sync north
ok 'an unknown certificate fails the pass' is "$?" 1
ok 'and says so' has "$(cat "$work/said")" 'could not prove who it is'
configure north
sync north
ok 'so does a certificate for another name' has "$(cat "$work/said")" 'could not prove who it is'
kill "$trap_pid"
wait "$trap_pid" 2>/dev/null
exec 9>&-
trap_pid=
heard=$(cat "$work/heard")
ok 'somebody listened' has "$heard" 'ACCEPT'
ok 'no token was sent' has_not "$heard" 'Bearer'
ok 'no name was sent' has_not "$heard" 'Canary'
url=$real_url
unsent=$(count unsent)

echo "not the token" >"$work/wrong-token"
chmod 600 "$work/wrong-token"
configure north "" "$work/wrong-token"
sync north
ok 'a wrong token fails the pass' is "$?" 1
ok 'and says so' has "$(cat "$work/said")" 'token'
ok 'and refuses no write' is "$(count refused) $(count unsent)" "0 $unsent"

chmod 644 "$work/wrong-token"
sync north
ok 'a token that others can read is not used' has "$(cat "$work/said")" 'chmod 600'

configure north
sync north
ok 'with everything right all goes out' is "$? $(count unsent)" "0 0"
sed -i '/token_file/d' "$work/north.config"
fd north secret set token <"$work/server/token" >/dev/null
sync north
ok 'a sealed token does as well' is "$?" 0
ok 'and lies nowhere in the open' is "$(grep -rlaF -e "$(cat "$work/server/token")" "$work/north" | wc -l)" 0
fd north secret remove token >/dev/null
sync north
ok 'without it the server is not reached' has "$(cat "$work/said")" 'token'
configure north
ok 'the token is in no log' has_not "$(cat "$work/north/frontdesk.log")" "$(cat "$work/server/token")"
ok 'no name is in the log' has_not "$(cat "$work/north/frontdesk.log")" Canary
