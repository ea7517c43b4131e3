# r4.txt as the C tables of src/fhir/model.h: types and the elements of each sorted by
# name, every name once in one text, no pointers, so that nothing is left to do when a program starts.
BEGIN { FS = "\t" }
/^#/ { next }
/^[^\t]/ {
    split($0, part, " : ")
    type[++types] = part[1]; base[part[1]] = part[2]; current = part[1]
    next
}
{
    member = $2; needed = sub(/!$/, "", member); many = sub(/\*$/, "", member); choice = sub(/\[x\]$/, "", member)
    n = ++members[current]
    name[current, n] = member; kind[current, n] = $3; flags[current, n] = many + 2 * choice + 4 * needed
}
function text_at(word) {
    if (!(word in place)) { place[word] = size; size += length(word) + 1; words[++n_words] = word }
    return place[word]
}
function sort_types(   i, k, held) {
    for (i = 2; i <= types; i++) {
        held = type[i]
        for (k = i - 1; k > 0 && type[k] > held; k--) type[k + 1] = type[k]
        type[k + 1] = held
    }
    for (i = 1; i <= types; i++) number[type[i]] = i - 1
}
function sort_members(t,   i, k, a, b, c) {
    for (i = 2; i <= members[t]; i++) {
        a = name[t, i]; b = kind[t, i]; c = flags[t, i]
        for (k = i - 1; k > 0 && name[t, k] > a; k--) { name[t, k + 1] = name[t, k]; kind[t, k + 1] = kind[t, k]; flags[t, k + 1] = flags[t, k] }
        name[t, k + 1] = a; kind[t, k + 1] = b; flags[t, k + 1] = c
    }
}
# Where the list of types that a choice may have stands; equal lists stand once.
function choice_at(list,   i, n, part) {
    if (list == "*") list = open
    if (!(list in listed)) {
        listed[list] = choices; n = split(list, part, " ")
        for (i = 1; i <= n; i++) choice_row[choices++] = number[part[i]]
        choice_row[choices++] = "MODEL_NONE"
    }
    return listed[list]
}
END {
    open = "base64Binary boolean canonical code date dateTime decimal id instant integer markdown oid positiveInt string time unsignedInt uri url uuid " \
           "Address Age Annotation Attachment CodeableConcept Coding ContactPoint Count Distance Duration HumanName Identifier Money Period Quantity Range Ratio " \
           "Reference SampledData Signature Timing ContactDetail Contributor DataRequirement Expression ParameterDefinition RelatedArtifact TriggerDefinition " \
           "UsageContext Dosage Meta"
    choices = size = 0
    sort_types()
    print "#include \"fhir/model_table.h\""
    print "const struct model_element model_elements[] = {"
    for (i = 1; i <= types; i++) {
        t = type[i]; first[t] = row; sort_members(t)
        for (k = 1; k <= members[t]; k++) {
            choice = int(flags[t, k] / 2) % 2
            printf "{%d, %d, %d, %d, %d},\n", text_at(name[t, k]), choice ? choice_at(kind[t, k]) : number[kind[t, k]], flags[t, k] % 2, choice, int(flags[t, k] / 4)
            row++
        }
    }
    print "};\nconst struct model_type model_types[] = {"
    for (i = 1; i <= types; i++) {
        t = type[i]
        printf "{%d, %s, %d, %d},\n", text_at(t), base[t] == "" ? "MODEL_NONE" : number[base[t]], first[t], members[t]
    }
    print "};\nconst unsigned short model_choices[] = {"
    for (i = 0; i < choices; i++) printf "%s,\n", choice_row[i]
    printf "};\nconst unsigned model_type_count = %d;\nconst char model_text[] =\n", types
    for (i = 1; i <= n_words; i++) printf "\"%s\\0\"\n", words[i]
    print ";"
}
