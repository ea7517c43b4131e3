#include "tests/sync/sim/mutate.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "store/sync_state.h"
#include "sync/central.h"
#include "sync/planner.h"
#include "sync/pull.h"

const char *const mutation_names[] = {
    [MUTATION_NONE] = "none", [MUTATION_OVERLAP] = "overlap", [MUTATION_IF_MATCH] = "if-match",
    [MUTATION_IN_DOUBT] = "in-doubt", [MUTATION_PAGE] = "page", [MUTATION_CURSOR] = "cursor",
};

/* ---- on the wire ---- */

/* The scratch resource keeps its guards: the probe shall not see that they are gone. */
static bool is_probe(const struct http_request *r)
{
    return strncmp(r->path, "Basic", 5) == 0;
}

/* "ifMatch" of each entry of a Bundle becomes a member nobody reads. */
static char *without_matches(const char *body)
{
    char *out = mem_dup(body);

    for (char *at = strstr(out, "\"ifMatch\""); at; at = strstr(at, "\"ifMatch\""))
        memcpy(at, "\"xfMatch\"", 9);
    return out;
}

/* ge becomes gt: the cursor of a client that asks for what is newer than the newest it has. */
static char *newer_only(const char *path)
{
    char *out = mem_dup(path), *at = strstr(out, "_lastUpdated=ge");

    if (at)
        memcpy(at, "_lastUpdated=gt", 15);
    return out;
}

void mutate_request(enum mutation mutation, struct http_request *r, char **path, char **body)
{
    if (mutation == MUTATION_IF_MATCH && !is_probe(r)) {
        if (r->if_match && strcmp(r->if_match, "W/\"0\"") != 0)
            r->if_match = NULL;
        if (r->body && !*r->path)
            r->body = *body = without_matches(r->body);
    }
    if (mutation == MUTATION_CURSOR)
        r->path = *path = newer_only(r->path);
}

/* ---- in the program: the linker sends these calls here first ---- */

struct plan __real_plan_step(const struct plan_op *op, const struct plan_event *event);
struct plan __wrap_plan_step(const struct plan_op *op, const struct plan_event *event);

/* Sends again what may have arrived, without a look. */
struct plan __wrap_plan_step(const struct plan_op *op, const struct plan_event *event)
{
    struct plan plan = __real_plan_step(op, event);

    if (the_world->mutation == MUTATION_IN_DOUBT && event->kind == EVENT_TURN && plan.effect == PLAN_READ)
        plan = (struct plan){ .state = OUTBOX_IN_FLIGHT, .effect = PLAN_SEND };
    return plan;
}

enum rc __real_pull_page(struct central *c, const struct sync_type *type, const char *scope_key, const char *watermark,
                         const struct doc *bundle, struct pull_pass *pass, struct err *err);
enum rc __wrap_pull_page(struct central *c, const struct sync_type *type, const char *scope_key, const char *watermark,
                         const struct doc *bundle, struct pull_pass *pass, struct err *err);

static const char *newest_of(const struct doc *bundle)
{
    const char *newest = "";

    for (const struct node *e = node_first(node_get(doc_root(bundle), "entry")); e; e = node_next(e))
        if (strcmp(node_path_str(e, "resource.meta.lastUpdated"), newest) > 0)
            newest = node_path_str(e, "resource.meta.lastUpdated");
    return newest;
}

/* The position moves first and the page is stored after it, as two commits. */
enum rc __wrap_pull_page(struct central *c, const struct sync_type *type, const char *scope_key, const char *watermark,
                         const struct doc *bundle, struct pull_pass *pass, struct err *err)
{
    if (the_world->mutation == MUTATION_PAGE && *newest_of(bundle))
        pull_set_watermark(c->st, scope_key, type->type, watermark, newest_of(bundle), NULL);
    return __real_pull_page(c, type, scope_key, watermark, bundle, pass, err);
}
