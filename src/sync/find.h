/* find.h - people who are not here: asked of the server by what was typed at Find (SYNC.md 4.5).
 * Whatever tells a person stays in the body of POST Patient/_search, out of addresses and logs. */
#ifndef FRONTDESK_SYNC_FIND_H
#define FRONTDESK_SYNC_FIND_H

#include "base/buf.h"
#include "base/err.h"
#include "fhir/document.h"

struct central;
struct request;

enum { FIND_MOST = 20 };

/* One search as a form body. search: {"name": ["..."], "birthdate": ["..."], "identifier": ["..."]}, each
 * list but name meaning "one of these". Pure. */
void find_form(struct buf *out, const struct node *search);
/* Add the Patients of a searchset to result.people as rows for a list, each id once, FIND_MOST at most;
 * result.more becomes true when that left some out. Pure. */
void find_take(struct doc *result, const struct node *bundle);

/* Answers requests of kind "find": criteria {"searches": [search, ...]}. */
enum rc find_answer(struct central *c, const struct request *request, struct doc *result, struct err *err);
#endif
