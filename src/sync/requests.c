#include "sync/requests.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "store/request.h"
#include "sync/attachments.h"
#include "sync/central.h"
#include "sync/everything.h"
#include "sync/find.h"

static const struct kind {
    const char *kind;
    enum rc (*answer)(struct central *c, const struct request *request, struct doc *result, struct err *err);
} kinds[] = {
    { "find", find_answer },
    { "record", record_answer },
    { "attachment", attachment_answer },
};

static const struct kind *kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].kind, name) == 0)
            return &kinds[i];
    return NULL;
}

static void finish(struct store *st, const struct request *r, struct doc *result, enum rc rc, const struct err *why)
{
    char *text;

    if (rc != RC_OK) {
        node_set_str(result, doc_root(result), "error", err_text(why));
        log_line("sync", "request %lld, %s: %s: %s", (long long)r->number, r->kind, rc_name(rc), err_text(why));
    }
    text = doc_text(result, NULL);
    request_finish(st, r->number, text, NULL);
    free(text);
}

static void answer(struct central *c, const struct request *r)
{
    const struct kind *kind = kind_of(r->kind);
    struct doc *result = doc_new(NULL);
    struct err why = { 0 };
    enum rc rc = kind ? kind->answer(c, r, result, &why)
                      : err_set(&why, RC_INVALID, _("the agent does not know how to answer %s"), r->kind);

    finish(c->st, r, result, rc, &why);
    doc_free(result);
}

void requests_answer(struct central *c)
{
    struct request r;

    if (c->is_answering || c->caps.n_types == 0 || !http_has_room(c->http))
        return;
    c->is_answering = true;
    while (!central_stopped(c) && request_take(c->st, false, &r)) {
        answer(c, &r);
        request_done(&r);
    }
    c->is_answering = false;
}

void requests_refuse(struct store *st, const struct err *why)
{
    struct request r;

    while (request_take(st, false, &r)) {
        struct doc *result = doc_new(NULL);

        finish(st, &r, result, why->rc, why);
        doc_free(result);
        request_done(&r);
    }
}
