#include "sync/merge_rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* FHIR R4 choice elements as they are named before the [x]. */
static const char *const choices[] = {
    "abatement", "allowed", "answer", "asNeeded", "author", "bodySite", "chargeItem", "collected",
    "cause", "defaultValue", "deceased", "detail", "diagnosis", "dose", "due", "effective", "enteredBy",
    "entity", "event", "fastingStatus", "identified", "indication", "initial", "instance", "item",
    "location", "medication", "module", "multipleBirth", "occurred", "occurrence", "onset",
    "performed", "procedure", "product", "rate", "reported", "scheduled", "serviced",
    "source", "start", "statusReason", "subject", "substance", "target", "timing", "topic", "used",
    "value", "born", "age", "content",
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
        if (strlen(list[i]) == len && memcmp(list[i], text, len) == 0)
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

bool merge_is_servers(const char *path)
{
    return strcmp(path, "meta.versionId") == 0 || strcmp(path, "meta.lastUpdated") == 0 ||
           strcmp(path, "meta.source") == 0;
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

/* The nth of those that share a link id is told apart by n. */
static size_t link_id_turn(const struct node *list, const struct node *element)
{
    size_t turn = 0;

    for (const struct node *e = node_first(list); e && e != element; e = node_next(e))
        if (strcmp(node_str(e, "linkId"), node_str(element, "linkId")) == 0)
            turn++;
    return turn;
}

static char *element_key(const struct node *list, const struct node *e, enum list_key kind, bool by_value)
{
    switch (kind) {
    case KEY_IDENTIFIER:
        return mem_printf("%s|%s", node_str(e, "system"), node_str(e, "value"));
    case KEY_TELECOM:
        return mem_printf("%s|%s|%s", node_str(e, "system"), node_str(e, "use"),
                          by_value ? node_str(e, "value") : "");
    case KEY_CODING:
        return mem_printf("%s|%s", node_str(e, "system"), node_str(e, "code"));
    case KEY_URL:
        return mem_dup(node_str(e, "url"));
    case KEY_USE:
        return mem_dup(node_str(e, "use"));
    case KEY_LINK_ID:
        return mem_printf("%s|%zu", node_str(e, "linkId"), link_id_turn(list, e));
    case KEY_NONE:
        break;
    }
    return NULL;
}

char **merge_list_keys(const struct node *list, enum list_key kind, bool by_value)
{
    size_t n = node_count(list), i = 0;
    char **keys = mem_array(n + 1, sizeof *keys);

    for (const struct node *e = node_first(list); e; e = node_next(e), i++) {
        keys[i] = node_is(e, NODE_OBJECT) ? element_key(list, e, kind, by_value) : NULL;
        bool is_unique = keys[i] != NULL;
        for (size_t j = 0; is_unique && j < i; j++)
            is_unique = strcmp(keys[j], keys[i]) != 0;
        if (!is_unique) {
            merge_keys_free(keys, i + 1);
            return NULL;
        }
    }
    return keys;
}

void merge_keys_free(char **keys, size_t n)
{
    for (size_t i = 0; keys && i < n; i++)
        free(keys[i]);
    free(keys);
}

int merge_status_rank(const char *type, const char *status)
{
    static const char *const task[] = { "draft", "requested", "received", "accepted", "ready",
                                        "in-progress", "completed", NULL };
    static const char *const appointment[] = { "proposed", "pending", "booked", "arrived", "checked-in",
                                               "fulfilled", NULL };
    const char *const *ladder = strcmp(type, "Task") == 0          ? task
                                : strcmp(type, "Appointment") == 0 ? appointment
                                                                   : NULL;

    for (int rank = 0; ladder && ladder[rank]; rank++)
        if (strcmp(ladder[rank], status) == 0)
            return rank;
    return -1;
}
