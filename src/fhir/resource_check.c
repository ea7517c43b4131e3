#include <string.h>

#include "base/date.h"
#include "fhir/code.h"
#include "fhir/datatype.h"
#include "fhir/element.h"

enum { PATH_TEXT = 200 };

/* Members that hold a date, dateTime or instant and do not end in Date, DateTime or Instant, by
 * their first letter: nearly every member of every document is looked up here. */
static const char *const moments['z' - 'a' + 1][6] = {
    ['a' - 'a'] = { "authored", "authoredOn" },
    ['c' - 'a'] = { "created", "creation" },
    ['d' - 'a'] = { "date", "dateAsserted", "dateOfFirstAuthorization", "dateTime", "dateWritten", "detected" },
    ['e' - 'a'] = { "effectiveTime", "end", "expiry" },
    ['i' - 'a'] = { "ifModifiedSince", "issued" },
    ['l' - 'a'] = { "lastModified", "lastOccurrence", "lastPerformed", "lastUpdated" },
    ['n' - 'a'] = { "nextScheduled" },
    ['o' - 'a'] = { "onset" },
    ['r' - 'a'] = { "received", "receivedTime", "recorded", "recordedOn" },
    ['s' - 'a'] = { "sent", "start", "started" },
    ['t' - 'a'] = { "time", "timestamp" },
    ['v' - 'a'] = { "validTo" },
    ['w' - 'a'] = { "whenHandedOver", "whenPrepared" },
};

static bool digits(const char **p, int n, int *out)
{
    *out = 0;
    for (; n > 0; n--, ++*p) {
        if (**p < '0' || **p > '9')
            return false;
        *out = *out * 10 + (**p - '0');
    }
    return true;
}

static bool zone_is_real(const char *p)
{
    int hour, minute;

    if (*p == 'Z')
        return p[1] == '\0';
    if (*p != '+' && *p != '-')
        return false;
    p++;
    return digits(&p, 2, &hour) && *p++ == ':' && digits(&p, 2, &minute) && *p == '\0' && hour <= 14 && minute < 60;
}

/* p is after the T. Seconds are not optional in FHIR R4, and a time needs its zone. */
static bool time_is_real(const char *p)
{
    int hour, minute, second;

    if (!digits(&p, 2, &hour) || *p++ != ':' || !digits(&p, 2, &minute) || *p++ != ':' || !digits(&p, 2, &second))
        return false;
    if (*p == '.') {
        p++;
        if (*p < '0' || *p > '9')
            return false;
        p += strspn(p, "0123456789");
    }
    return hour < 24 && minute < 60 && second <= 60 && zone_is_real(p);
}

bool datetime_is_real(const char *text, const char **why)
{
    struct date date = {0};
    const char *p = text;

    *why = "is not a FHIR date or time";
    if (!digits(&p, 4, &date.year))
        return false;
    if (*p == '-' && (p++, !digits(&p, 2, &date.month)))
        return false;
    if (*p == '-' && date.month && (p++, !digits(&p, 2, &date.day)))
        return false;
    if (*p && (*p != 'T' || !date.day || !time_is_real(p + 1)))
        return false;
    *why = "is no day of the calendar";
    return date.year > 0 && (p - text < 7 || date.month > 0) && (p - text < 10 || date.day > 0) && date_is_real(date);
}

static bool ends_with(const char *name, size_t len, const char *end)
{
    size_t n = strlen(end);

    return len >= n && memcmp(name + len - n, end, n) == 0;
}

bool member_is_moment(const char *name)
{
    size_t len = strlen(name);

    if (ends_with(name, len, "Date") || ends_with(name, len, "DateTime") || ends_with(name, len, "Instant"))
        return true;
    if (name[0] < 'a' || name[0] > 'z')
        return false;
    for (const char *const *m = moments[name[0] - 'a']; m < moments[name[0] - 'a'] + 6 && *m; m++)
        if (strcmp(name, *m) == 0)
            return true;
    return false;
}

/* GraphDefinition.start is a resource type, no date. */
static bool holds_moment(const struct node *member)
{
    return member_is_moment(node_name(member)) && !code_resource_type_known(node_text(member));
}

/* "Patient/p1: name[0].period.start"; the id only when it is legal. */
static void place(struct buf *out, const struct node *node)
{
    const struct node *parent = node_parent(node);
    size_t i = 0;

    if (!parent) {
        const char *type = node_str(node, "resourceType"), *id = node_str(node, "id");
        if (code_resource_type_known(type))
            buf_add(out, type);
        if (id_is_legal(id, strlen(id)))
            buf_printf(out, "/%s", id);
        buf_char(out, ':');
        return;
    }
    place(out, parent);
    if (node_is(parent, NODE_ARRAY)) {
        for (const struct node *n = node_first(parent); n && n != node; n = node_next(n))
            i++;
        buf_printf(out, "[%zu]", i);
    } else {
        buf_printf(out, "%s%.40s", out->data[out->len - 1] == ':' ? " " : ".", node_name(node));
    }
}

static enum rc refuse(struct err *err, const struct node *node, const char *why)
{
    struct buf where = {0};

    place(&where, node);
    err_set(err, RC_INVALID, "%.*s %s", PATH_TEXT, buf_text(&where), why);
    buf_done(&where);
    return RC_INVALID;
}

/* Fragment, urn, absolute, conditional (Type?query) or Type/id[/_history/version]. */
static const char *reference_fault(const char *text)
{
    char type[TYPE_TEXT], id[ID_TEXT];
    const char *slash = strchr(text, '/'), *query = strchr(text, '?'), *colon = strchr(text, ':');

    if (!*text)
        return "is an empty reference";
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p <= ' ')
            return "is a reference with white space in it";
    if (*text == '#' || (colon && (!slash || colon < slash) && (!query || colon < query)))
        return NULL;
    if (query && query > text && !slash)
        return NULL;
    return reference_text_split(text, type, sizeof type, id, sizeof id) ? NULL
        : "is not a reference of the form Type/id with a FHIR R4 resource type";
}

/* Extensions of other makers point to what only their servers have ("Mapping/1"): kept as they came. */
static bool is_of_extension(const struct node *reference)
{
    const struct node *value = node_parent(reference), *extension = node_parent(value), *list = node_parent(extension);

    return value && list && strcmp(node_name(value), "valueReference") == 0 && strcmp(node_name(list), "extension") == 0;
}

static enum rc check_string(const struct node *node, struct err *err)
{
    const char *why = NULL;

    if (strcmp(node_name(node), "reference") == 0)
        why = is_of_extension(node) ? NULL : reference_fault(node_text(node));
    else if (!holds_moment(node) || datetime_is_real(node_text(node), &why))
        why = NULL;
    return why ? refuse(err, node, why) : RC_OK;
}

static enum rc check_header(const struct node *resource, bool contained, struct err *err)
{
    const struct node *type = node_get(resource, "resourceType"), *id = node_get(resource, "id");
    const char *text = node_text(id);

    if (!node_is(type, NODE_STRING))
        return refuse(err, resource, "resourceType is missing");
    if (!code_resource_type_known(node_text(type)))
        return refuse(err, type, "is not a resource type of FHIR R4");
    if (contained && text && *text == '#')
        text++;             /* a common slip that harms nobody: the id written as it is referred to */
    if (id && (!node_is(id, NODE_STRING) || !text || !id_is_legal(text, strlen(text))))
        return refuse(err, id, "is not a FHIR id (1 to 64 letters, digits, - and .)");
    return RC_OK;
}

static enum rc check_children(const struct node *node, struct err *err)
{
    enum rc rc = RC_OK;

    for (const struct node *n = node_first(node); n && rc == RC_OK; n = node_next(n)) {
        if (node_is(n, NODE_STRING))
            rc = check_string(n, err);
        else if (node_first(n))
            rc = check_children(n, err);
    }
    return rc;
}

enum rc resource_check(const struct node *resource, struct err *err)
{
    enum rc rc;

    if (!node_is(resource, NODE_OBJECT))
        return err_set(err, RC_INVALID, "this is not a resource: a JSON object is expected");
    if ((rc = check_header(resource, false, err)) != RC_OK)
        return rc;
    for (const struct node *n = node_first(node_get(resource, "contained")); n && rc == RC_OK; n = node_next(n))
        rc = check_header(n, true, err);
    return rc == RC_OK ? check_children(resource, err) : rc;
}
