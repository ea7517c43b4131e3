#include <stdio.h>
#include <string.h>
#include <time.h>

#include "storm.h"

static const char *const patient[] = { "maritalStatus.text", "address[0].city", "telecom[0].value", "birthDate",
                                       "extension[0].valueString", "name[0].family" };
static const char *const task[] = { "description", "businessStatus.text", "note[0].text" };

static bool is_patient(const char *type)
{
    return strcmp(type, "Patient") == 0;
}

size_t field_count(const char *type)
{
    return is_patient(type) ? sizeof patient / sizeof *patient : sizeof task / sizeof *task;
}

const char *field_path(const char *type, size_t field)
{
    return is_patient(type) ? patient[field] : task[field];
}

const char *field_value(const struct doc *doc, size_t field)
{
    return node_path_str(doc_root(doc), field_path(doc_type(doc), field));
}

void field_token(const struct storm *s, const char *type, size_t field, char out[VALUE])
{
    time_t day = (time_t)86400 * (int64_t)(s->n_tokens + 1) - (time_t)86400 * 25567;   /* from 1900 on */
    struct tm t;

    if (strcmp(field_path(type, field), "birthDate") == 0)
        strftime(out, VALUE, "%Y-%m-%d", gmtime_r(&day, &t));
    else
        snprintf(out, VALUE, "T%llu-%zu", (unsigned long long)s->seed, s->n_tokens);
}

bool field_is_within(const char *conflict_field, const char *type, size_t field)
{
    const char *path = field_path(type, field);

    for (; *conflict_field && *path; conflict_field++, path++) {
        if (*path == '[')
            path += strcspn(path, "]") + 1;
        if (*conflict_field != *path)
            return false;
    }
    return !*conflict_field && (!*path || *path == '.' || *path == '[');
}

int status_rank(const char *status)
{
    static const char *const ladder[] = { "requested", "accepted", "in-progress", "completed" };

    for (int i = 0; i < 4; i++)
        if (strcmp(ladder[i], status) == 0)
            return i;
    return -1;
}
