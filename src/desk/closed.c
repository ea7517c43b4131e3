#include "desk/closed.h"

#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "desk/patient.h"
#include "desk/safety.h"
#include "fhir/datatype.h"
#include "store/store.h"

static const char *const types[] = { "Appointment", "Communication", "Task" };

/* A visit of today or later; one of the past may still have to be written down. */
static bool is_to_come(const struct doc *doc)
{
    char start[64], today[DATE_TEXT];

    clock_sort_key(node_str(doc_root(doc), "start"), start);
    date_format(clock_today(), today);
    return strcmp(doc_type(doc), "Appointment") == 0 && strcmp(start, today) >= 0;
}

/* Undo puts back what was; a safety stop is never in vain. */
static bool is_free(const struct grant *grant, const struct doc *before, const struct doc *after)
{
    return before || grant->origin == ORIGIN_IMPORT || grant->origin == ORIGIN_SYNC || strcmp(grant->action, "undo") == 0 ||
           safety_is(after);
}

static enum rc guard(struct store *st, const struct grant *grant, const struct doc *before,
                     const struct doc *after, struct err *err)
{
    const char *id = is_free(grant, before, after) ? "" : resource_patient(doc_root(after));
    struct person person = { 0 };
    enum rc rc;

    if (!id[0] || person_get(st, id, &person, NULL) != RC_OK)
        return RC_OK;
    if (person.merged_into[0])
        rc = err_set(err, RC_DENIED, _("Patient/%s was merged into Patient/%s: this belongs there. Nothing was written."),
                     person.id, person.merged_into);
    else if (person.deceased[0] && is_to_come(after))
        rc = err_set(err, RC_DENIED, _("Patient/%s is on record as deceased: no visit can be booked. If that is wrong, correct the record first."),
                     person.id);
    else
        rc = RC_OK;
    person_done(&person);
    return rc;
}

void closed_guards(void)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        store_guard(types[i], guard);
}
