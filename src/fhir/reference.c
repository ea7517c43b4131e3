#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/code.h"
#include "fhir/datatype.h"
#include "fhir/element.h"

/* Where a resource names its patient, tried in order; Task alone uses "for". */
static const struct { const char *type, *path; } about[] = {
    {"", "subject"}, {"", "patient"}, {"Task", "for"}, {"Coverage", "beneficiary"}, {"", "participant.actor"},
    {"AppointmentResponse", "actor"}, {"ResearchSubject", "individual"}, {"EnrollmentRequest", "candidate"},
    {"AuditEvent", "entity.what"}, {"Provenance", "target"}, {"Person", "link.target"},
};

static struct { char id[ID_TEXT]; } found;

static bool is_id_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool id_is_legal(const char *id, size_t len)
{
    size_t i = 0;

    while (i < len && i <= ID_MAX && is_id_character(id[i]))
        i++;
    return len > 0 && len <= ID_MAX && i == len;
}

/* The segment that ends at end and starts after a slash or at text. */
static const char *segment(const char *text, const char *end)
{
    while (end > text && end[-1] != '/')
        end--;
    return end;
}

bool reference_text_split(const char *text, char *type, size_t type_size, char *id, size_t id_size)
{
    const char *end = strstr(text, "/_history/"), *id_at, *type_at;
    size_t id_len, type_len;

    end = end ? end : text + strlen(text);
    id_at = segment(text, end);
    if (id_at == text || strncmp(text, "urn:", 4) == 0)
        return false;
    type_at = segment(text, id_at - 1);
    id_len = (size_t)(end - id_at);
    type_len = (size_t)(id_at - 1 - type_at);
    if (!id_is_legal(id_at, id_len) || id_len >= id_size || type_len >= type_size ||
        (type_at > text && !strstr(text, "://")))
        return false;
    memcpy(type, type_at, type_len);
    type[type_len] = '\0';
    memcpy(id, id_at, id_len);
    id[id_len] = '\0';
    return code_resource_type_known(type);
}

bool reference_split(const struct node *reference, char *type, size_t type_size, char *id, size_t id_size)
{
    const char *text = node_text(reference);

    return reference_text_split(text ? text : node_str(reference, "reference"), type, type_size, id, id_size);
}

bool reference_is(const struct node *reference, const char *type, const char *id)
{
    char t[TYPE_TEXT], i[ID_TEXT];

    return reference_split(reference, t, sizeof t, i, sizeof i) && strcmp(t, type) == 0 && strcmp(i, id) == 0;
}

void reference_set(struct doc *doc, struct node *object, const char *name, const char *type, const char *id)
{
    char text[TYPE_TEXT + ID_TEXT];

    if (strlen(type) >= TYPE_TEXT || !id_is_legal(id, strlen(id)))
        mem_fatal("a reference to something that cannot be");
    snprintf(text, sizeof text, "%s/%s", type, id);
    node_set_str(doc, node_set_object(doc, object, name), "reference", text);
}

/* The first reference to a Patient at path from node, any element of arrays on the way. */
static bool find_patient(const struct node *node, const char *path)
{
    char type[TYPE_TEXT], name[32];
    size_t len = strcspn(path, ".");

    if (node_is(node, NODE_ARRAY)) {
        for (const struct node *n = node_first(node); n; n = node_next(n))
            if (find_patient(n, path))
                return true;
        return false;
    }
    if (!*path)
        return reference_split(node, type, sizeof type, found.id, sizeof found.id) && strcmp(type, "Patient") == 0;
    if (!node || len >= sizeof name)
        return false;
    memcpy(name, path, len);
    name[len] = '\0';
    return find_patient(node_get(node, name), path[len] ? path + len + 1 : path + len);
}

const char *resource_patient(const struct node *resource)
{
    const char *type = node_str(resource, "resourceType");

    if (strcmp(type, "Patient") == 0)
        return node_str(resource, "id");
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if ((!*about[i].type || strcmp(about[i].type, type) == 0) && find_patient(resource, about[i].path))
            return found.id;
    return "";
}

bool patient_survivor(const struct node *patient, char *id, size_t size)
{
    char type[TYPE_TEXT];

    for (const struct node *link = node_first(node_get(patient, "link")); link; link = node_next(link))
        if (strcmp(node_str(link, "type"), "replaced-by") == 0 &&
            reference_split(node_get(link, "other"), type, sizeof type, id, size))
            return true;
    id[0] = '\0';
    return false;
}
