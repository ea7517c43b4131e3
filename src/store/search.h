/* search.h - a FHIR search answered from this database, for one patient's forms.
 *
 * "Observation?code=http://loinc.org|8302-2&date=ge2026-01-01&_sort=-date&_count=1" or a read, "Organization/o1".
 * What is about patients is looked for among the one patient alone, whatever the query says; a query that
 * names another is refused. Entered-in-error is left out. Reads only; whoever asks writes the audit row. */
#ifndef FRONTDESK_SEARCH_H
#define FRONTDESK_SEARCH_H

#include <stddef.h>

#include "base/err.h"
#include "fhir/document.h"

struct store;

enum { SEARCH_MOST = 1000 };            /* resources in one answer; past them the answer says that there are more */

/* Answer a query, percent-encoded or not.
 *
 * patient  id of the one person it may tell about; "" = nobody: types about patients are refused
 * out      a searchset Bundle, newest first unless _sort says otherwise, or for Type/id the resource; owned
 *
 * RC_OK; RC_INVALID names the parameter, modifier or type that cannot be answered here; RC_DENIED for
 * another patient's data; RC_NOT_FOUND for a read; RC_DB. */
enum rc store_search(struct store *st, const char *patient, const char *query, struct doc **out, struct err *err);

/* The resource of this type with a canonical url, "url|version" that version, else the newest. RC_NOT_FOUND. */
enum rc store_canonical(struct store *st, const char *type, const char *canonical, struct doc **out, struct err *err);
#endif
