#include "sync/merge_rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* FHIR R4 choice elements as they are named before the [x]. */
static const char *const choices[] = {
    "abatement", "additive", "age", "allowed", "amount", "answer", "asNeeded", "author", "born", "bounds",
    "characteristic", "chargeItem", "code", "collected", "content", "created", "date", "deceased",
    "defaultValue", "definingSubstance", "definition", "detail", "diagnosis", "dose", "doseNumber", "due",
    "effective", "entity", "event", "example", "fastingStatus", "fixed", "identified", "indication", "item",
    "legallyBinding", "location", "manufacturer", "maxValue", "medication", "minValue", "minimumVolume",
    "module", "multipleBirth", "name", "occurred", "occurrence", "offset", "onset", "participantEffective",
    "pattern", "performed", "probability", "procedure", "product", "quantity", "rate", "reported",
    "scheduled", "seriesDoses", "serviced", "source", "start", "statusReason", "studyEffective", "subject",
    "substance", "target", "time", "timing", "topic", "used", "value", "when",
};

static const char *const datatypes[] = {
    "Address", "Age", "Annotation", "Attachment", "Base64Binary", "Boolean", "Canonical", "Code",
    "CodeableConcept", "Coding", "ContactDetail", "ContactPoint", "Contributor", "Count",
    "DataRequirement", "Date", "DateTime", "Decimal", "Distance", "Dosage", "Duration", "Expression",
    "HumanName", "Id", "Identifier", "Instant", "Integer", "Markdown", "Meta", "Money", "Oid",
    "ParameterDefinition", "Period", "PositiveInt", "Quantity", "Range", "Ratio", "Reference",
    "RelatedArtifact", "SampledData", "Signature", "String", "Time", "Timing", "TriggerDefinition",
    "UnsignedInt", "Uri", "Url", "UsageContext", "Uuid",
};

static bool is_listed(const char *const *list, size_t n, const char *text, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (*list[i] == *text && strncmp(list[i], text, len) == 0 && list[i][len] == '\0')
            return true;
    return false;
}
#define LISTED(list, text, len) is_listed((list), sizeof (list) / sizeof *(list), (text), (len))

void merge_unit_name(const char *member, char out[UNIT_NAME])
{
    const char *name = *member == '_' ? member + 1 : member;
    size_t len = strlen(name);

    if (len > UNIT_NAME - 8)
        len = UNIT_NAME - 8;
    memcpy(out, name, len);
    out[len] = '\0';
    for (size_t at = 1; at < len; at++)
        if (isupper((unsigned char)name[at]) && LISTED(datatypes, name + at, len - at) &&
            LISTED(choices, name, at)) {
            memcpy(out + at, "[x]", sizeof "[x]");
            return;
        }
}

bool merge_is_for_person(const char *type, const char *root_unit)
{
    static const char *const always[] = { "identifier", "name", "birthDate", "gender", "deceased[x]",
                                          "modifierExtension", "implicitRules" };

    if (strcmp(type, "QuestionnaireResponse") == 0 && strcmp(root_unit, "item") == 0)
        return true;
    return LISTED(always, root_unit, strlen(root_unit));
}

bool merge_is_whole_for_person(const char *type)
{
    return strcmp(type, "AllergyIntolerance") == 0 || strcmp(type, "Consent") == 0;
}

bool merge_is_servers(const char *meta_unit)
{
    static const char *const servers[] = { "versionId", "lastUpdated", "source" };

    return LISTED(servers, meta_unit, strlen(meta_unit));
}

/* Half of one reference, quantity, attachment or frequency with half of another would be a third one
 * that nobody wrote. */
bool merge_is_one_value(const struct node *object)
{
    static const char *const tells[] = { "reference", "identifier", "numerator", "denominator", "contentType", "data",
                                         "hash", "periodUnit", "durationUnit" };

    for (const struct node *m = node_first(object); m; m = node_next(m))
        if (LISTED(tells, node_name(m), strlen(node_name(m))) ||
            (node_is(m, NODE_NUMBER) && strcmp(node_name(m), "value") == 0))
            return true;
    return false;
}

bool merge_has_common(const struct node *a, const struct node *b)
{
    for (const struct node *m = node_first(a); m; m = node_next(m))
        if (node_get(b, node_name(m)))
            return true;
    return false;
}

enum list_key merge_list_key(const char *member)
{
    static const struct { const char *member; enum list_key key; } keyed[] = {
        { "identifier", KEY_IDENTIFIER }, { "telecom", KEY_TELECOM }, { "coding", KEY_CODING },
        { "tag", KEY_CODING }, { "security", KEY_CODING }, { "extension", KEY_URL },
        { "name", KEY_USE }, { "item", KEY_LINK_ID },
    };

    for (size_t i = 0; i < sizeof keyed / sizeof *keyed; i++)
        if (strcmp(keyed[i].member, member) == 0)
            return keyed[i].key;
    return KEY_NONE;
}

/* Each step up with its height. Ended early or entered in error is on no ladder; on hold is no higher
 * than in progress, so that neither goes before the other. */
struct rung { const char *type, *status; int rank; };

static const struct rung rungs[] = {
    { "Task", "draft", 0 }, { "Task", "requested", 1 }, { "Task", "received", 2 }, { "Task", "accepted", 3 },
    { "Task", "ready", 4 }, { "Task", "in-progress", 5 }, { "Task", "on-hold", 5 }, { "Task", "completed", 6 },
    { "Appointment", "proposed", 0 }, { "Appointment", "pending", 1 }, { "Appointment", "booked", 2 },
    { "Appointment", "arrived", 3 }, { "Appointment", "checked-in", 4 }, { "Appointment", "fulfilled", 5 },
};

int merge_status_rank(const char *type, const char *status)
{
    for (size_t i = 0; i < sizeof rungs / sizeof *rungs; i++)
        if (strcmp(rungs[i].type, type) == 0 && strcmp(rungs[i].status, status) == 0)
            return rungs[i].rank;
    return -1;
}
