# An answer would be lost on the way, stand under a question it was not given to, or be changed by a machine.
sdc=http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire
weight='{"linkId":"w","text":"Weight","type":"decimal","code":[{"system":"http://loinc.org","code":"29463-7","display":"Body weight"}],
  "extension":[{"url":"'$sdc'-observationExtract","valueBoolean":true},{"url":"http://hl7.org/fhir/StructureDefinition/questionnaire-unit",
    "valueCoding":{"system":"http://unitsofmeasure.org","code":"kg"}}]}'
spoken='{"linkId":"l","text":"Language","type":"string","definition":"http://hl7.org/fhir/StructureDefinition/Patient#Patient.communication.language.text"}'
living='{"linkId":"m","text":"Living with?","type":"string","definition":"http://hl7.org/fhir/StructureDefinition/Patient#Patient.maritalStatus.text"}'
weigh() {   # weigh VERSION ITEMS: a form that writes into the record
    printf '{"resourceType":"Questionnaire","id":"fo-weigh","url":"urn:x-test:weigh","version":"%s","status":"active",' "$1"
    printf '"title":"Weighing","extension":[{"url":"%s-itemExtractionContext","valueCode":"Patient"}],"item":[%s]}' "$sdc" "$2"
}
answers() { printf '%s' "$1" >"$work/answers.json"; }
fill() {    # fill NAME FORM ANSWERS [OPTION...]: what it gives stays in $filled, the id of the response in $response
    answers "$3"
    name=$1 form=$2
    shift 3
    filled=$(fd "$name" form fill --questionnaire "$form" --patient fo-1 --answers "$work/answers.json" --json "$@" 2>"$work/said")
    response=$(json "$filled" '$.response.id')
}
amend() {   # amend NAME RESPONSE WHY ANSWERS
    answers "$4"
    fd "$1" form amend "$2" --reason "$3" --answers "$work/answers.json" --json >"$work/answer" 2>"$work/said"
}
linear() {  # linear NAME LINE...: at the program by ear, without a server so that no agent stays behind
    name=$1
    shift
    echo 'clinic = { time_zone = "America/New_York"; };' >"$work/alone.config"
    printf '%s\n' "$@" | TERM=dumb "$programs/frontdesk" --data "$work/$name" --config "$work/alone.config" --linear 2>"$work/said"
}

put north '{"resourceType":"Patient","id":"fo-1","name":[{"family":"Former","given":["Ida"]}],"birthDate":"1971-03-04"}'
put north "$(weigh 1 "$weight,$spoken,{\"linkId\":\"n\",\"text\":\"Notes\",\"type\":\"string\"}")"
fill north fo-weigh '{"w":71.50,"l":"Igbo","n":"first"}'
kept=$response
taken=$(fd north form extract "$kept" --take all --json 2>"$work/said")
weighed=$(json "$taken" '$.proposals[0].id')
sync north
ok 'a form and what it wrote go in one pass' is "$(count pushed) $(count refused) $(count unsent)" "5 0 0"
ok 'the measurement refers to its answers' is "$(json "$(central GET "Observation/$weighed")" '$.derivedFrom[0].reference')" "QuestionnaireResponse/$kept"
ok 'the person is changed there' is "$(json "$(central GET Patient/fo-1)" '$.communication[0].language.text')" Igbo
traced=$(central GET 'Provenance?target=Patient/fo-1')
ok 'and it says by what' has "$traced" "QuestionnaireResponse/$kept"
amend north "$kept" misread '{"w":72.50}'
sync north
there=$(central GET "QuestionnaireResponse/$kept")
ok 'an amendment is its next version' is "$(count pushed) $(json "$there" '$.meta.versionId') $(json "$there" '$.status')" "1 2 amended"
ok 'with our digits' has "$there" '"valueDecimal":72.50'
ok 'and it is what the server calls valid' has_not "$(central POST 'QuestionnaireResponse/$validate' "$there")" '"severity":"error"'
sync north
ok 'and nothing is left to send' is "$(count pushed) $(count unsent)" "0 0"

sync south
shown=$(fd south form show "$kept")
ok 'the other desk has it in its form' has "$shown" 'Weight
    = 72.50'
history=$(fd south form history "$kept" --json)
ok 'and says who changed it and why' is "$(json "$history" '$[0].byName') $(json "$history" '$[0].why')" "north misread"
timeline=$(fd south patient show fo-1)
ok 'on the timeline' has "$timeline" 'Weighing  amended'
ok 'beside the measurement' has "$timeline" 'Weight: 71.50 kg'

amend north "$kept" 'north says' '{"w":73.10}'
amend south "$kept" 'south says' '{"w":74.20,"n":"second"}'
put south '{"resourceType":"Patient","id":"fo-2","name":[{"family":"Meanwhile"}]}'
sync north
sync south
ok 'amended at both desks: one conflict, the rest goes on' is "$(count conflicts) $(count pushed) $(count unsent)" "1 1 1"
conflict=$(fd south conflict list --json)
ok 'about that response' is "$(json "$conflict" '$[0].resource') $(json "$conflict" '$[1]')" "QuestionnaireResponse/$kept "
both=$(fd south conflict show "$(json "$conflict" '$[0].id')" --json)
ok 'with the answers of both' has "$both" '"valueDecimal":73.10'
ok 'and the reasons of both' has "$both" 'north says'
ok 'here ours is read' has "$(fd south form show "$kept")" '74.20'
fd south conflict resolve "$(json "$conflict" '$[0].id')" --take here >"$work/answer" 2>"$work/said"
sync south
ok 'decided, it is sent' is "$(count pushed) $(count conflicts) $(count unsent)" "1 0 0"
ok 'the other text stands in the history there' has "$(central GET "QuestionnaireResponse/$kept/_history/3")" '"valueDecimal":73.10'
sync north
history=$(fd north form history "$kept" --json)
ok 'and here, each with who and why' is "$(json "$history" '$[0].why') $(json "$history" '$[0].byName') $(json "$history" '$[1].why')" "south says south north says"
ok 'what it changed is told' is "$(json "$history" '$[0].changes[0].before') $(json "$history" '$[0].changes[0].after')" "73.10 74.20"
ok 'the desks agree' agree north south

# A form of the server, its list of answers beside it.
central PUT CodeSystem/fo-teas '{"resourceType":"CodeSystem","id":"fo-teas","url":"urn:x-test:teas","status":"active","content":"complete",
  "concept":[{"code":"g","display":"Ginger"},{"code":"m","display":"Mint"}]}' >"$work/answer"
central PUT ValueSet/fo-teas '{"resourceType":"ValueSet","id":"fo-teas","url":"urn:x-test:offered","status":"active",
  "compose":{"include":[{"system":"urn:x-test:teas"}]}}' >"$work/answer"
central PUT Questionnaire/fo-tea '{"resourceType":"Questionnaire","id":"fo-tea","url":"urn:x-test:tea","version":"1","status":"active","title":"Tea",
  "extension":[{"url":"'$sdc'-launchContext","extension":[{"url":"name","valueCoding":{"code":"patient"}},{"url":"type","valueCode":"Patient"}]},
    {"url":"http://hl7.org/fhir/StructureDefinition/variable","valueExpression":{"name":"weights","language":"application/x-fhir-query",
      "expression":"Observation?code=http://loinc.org|29463-7&patient={{%patient.id}}&_sort=-date&_count=1"}}],
  "item":[{"linkId":"c","text":"Which?","type":"choice","answerValueSet":"urn:x-test:offered"},
    {"linkId":"k","text":"Last weight","type":"decimal","extension":[{"url":"'$sdc'-initialExpression",
      "valueExpression":{"language":"text/fhirpath","expression":"%weights.entry.resource.value.value"}}]}]}' >"$work/answer"

# Somebody fills the first version while the second comes.
linear south /Former 1 i 1 '' 80 '' 'half done' :leave >"$work/answer"
central PUT Questionnaire/fo-weigh "$(weigh 2 "$weight,$living")" >"$work/answer"
sync south
drafts=$(fd south form drafts --json)
draft=$(json "$drafts" '$[0].id')
ok 'the draft is there' is "$(json "$drafts" '$[0].progress')" "2 of 3"
heard=$(linear south g 1 '' Hausa)
ok 'and goes on in its version' has "$heard" 'Question 2 of 3. Language'
ok 'answer by answer' is "$(json "$(fd south form drafts --json)" '$[0].progress')" "3 of 3"
upgrade=$(fd south form upgrade "$draft" --json)
ok 'what the newer one loses is shown' is "$(json "$upgrade" '$.lost[0].answer') $(json "$upgrade" '$.lost[1].answer')" "Hausa half done"
ok 'and what it asks anew' is "$(json "$upgrade" '$.new[0].text') $(json "$upgrade" '$.done')" "Living with? 0"
ok 'old answers stand under their questions' has "$(fd south form show "$kept")" 'Language
    = Igbo'
fd south form discard "$draft" --reason 'a test' >"$work/answer" 2>"$work/said"

fill south fo-tea '{"c":"Mint"}' --preview
ok 'a value set of the server offers its answers' is "$(json "$filled" '$.response.item[0].answer[0].valueCoding.code')" m
ok 'and nothing is said to be missing' is "$(json "$filled" '$.outcome.issue[0].diagnostics')" 'Nothing to report.'
ok 'a question is filled from what the other desk measured' has "$filled" '"valueDecimal":71.50'
answers '{"c":"Coffee"}'
fd south form fill --questionnaire fo-tea --patient fo-1 --answers "$work/answers.json" --preview >"$work/answer" 2>"$work/said"
ok 'and no others' has "$? $(cat "$work/said")" '1 frontdesk: Item c'

fill south fo-weigh '{"w":90.5,"m":"a partner"}'
weighed=$(json "$(fd south form extract "$response" --take all --json 2>"$work/said")" '$.proposals[0].id')
sync south
ok 'what it wrote is sent' is "$(json "$(central GET Patient/fo-1)" '$.maritalStatus.text')" 'a partner'
fd south undo >"$work/answer" 2>"$work/said"
sync south
there=$(central GET "Observation/$weighed")
ok 'undone after it was sent it says so there' is "$(json "$there" '$.meta.versionId') $(json "$there" '$.status')" "2 entered-in-error"
person=$(central GET Patient/fo-1)
ok 'the person is as before' is "$(json "$person" '$.maritalStatus') $(json "$person" '$.communication[0].language.text')" ' Igbo'
ok 'the answers stay' is "$(json "$(central GET "QuestionnaireResponse/$response")" '$.status')" completed
sync north
fill north fo-tea '{"c":"Mint"}' --preview
ok 'and fills in nothing any more' has "$filled" '"valueDecimal":71.50'
ok 'the desks agree about forms' agree north south
