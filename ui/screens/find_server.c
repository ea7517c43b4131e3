#include "ui/screens/find_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/server.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/process.h"
#include "base/utf8.h"
#include "desk/alike.h"
#include "store/store.h"
#include "ui/app.h"
#include "ui/screens/people.h"

enum { PATIENCE_MS = 20000 };

void find_server_forget(struct find_server *s)
{
    hits_done(&s->hits);
    *s = (struct find_server){ 0 };
}

void find_server_done(struct find_server *s)
{
    hits_done(&s->hits);
}

/* ---- rows ---- */

static void ask_words(const struct find_server *s, char *out, size_t size)
{
    if (s->asked && clock_monotonic_ms() - s->since_ms > PATIENCE_MS)
        snprintf(out, size, "%s", _("asked the server: no answer yet"));
    else if (s->asked)
        snprintf(out, size, "%s", _("asking the server ..."));
    else if (s->problem[0])
        snprintf(out, size, _("the server cannot be asked now: %s"), s->problem);
    else if (s->is_answered && s->hits.n == 0)
        snprintf(out, size, "%s", _("the server knows nobody like that"));
    else if (s->is_answered && s->hits.more)
        snprintf(out, size, "%s", _("the server knows more of them: type more"));
    else
        snprintf(out, size, "%s", _("ask the server too"));
}

void find_server_ask_row(struct app *app, const struct find_server *s, struct list *list, int group)
{
    struct list_row *row;
    char words[400];

    if (!server_is_set(&app->ctx) || !app_may(app, PERM_PERSON_FIND))
        return;
    ask_words(s, words, sizeof words);
    row = list_add(list, group, "", FIND_SERVER_ASK, "", words);
    row->has_no_number = true;
    list_set(row, 0, s->problem[0] ? STYLE_LATE : STYLE_PLAIN, words);
}

static bool is_among(const struct list *list, const char *id)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->row[i].target.type, "Patient") == 0 && strcmp(list->row[i].target.id, id) == 0)
            return true;
    return false;
}

/* Their rows are no Patient of ours yet: verbs that act on one do not fit them. */
void find_server_people(struct app *app, const struct find_server *s, struct list *list, int group)
{
    for (size_t i = 0; i < s->hits.n; i++) {
        const struct hit *hit = &s->hits.hit[i];
        struct list_row *row;

        if (is_among(list, hit->id))
            continue;
        row = people_add(list, group, hit, store_has(app->ctx.st, "Patient", hit->id) ? _("here") : NULL);
        snprintf(row->target.type, sizeof row->target.type, "%s", "FarPatient");
        row->target.patient[0] = '\0';
    }
}

const struct hit *find_server_hit(const struct find_server *s, const char *id)
{
    for (size_t i = 0; i < s->hits.n; i++)
        if (strcmp(s->hits.hit[i].id, id) == 0)
            return &s->hits.hit[i];
    return NULL;
}

bool find_server_is_alike(const struct find_server *s, const struct list *list, const char *id)
{
    const struct hit *hit = find_server_hit(s, id);
    char *mine = utf8_folded(hit ? hit->name : "");
    bool is_alike = false;

    for (size_t i = 0; hit && i < list->n && !is_alike; i++) {
        const struct list_row *row = &list->row[i];

        if (strcmp(row->target.id, id) == 0 || !strstr(row->target.type, "Patient"))
            continue;
        char *theirs = utf8_folded(row->name);
        is_alike = alike_people(mine, hit->birth, theirs, row->text[1] ? row->text[1] : "");
        free(theirs);
    }
    free(mine);
    return is_alike;
}

/* ---- asking ---- */

static int64_t ask(struct app *app, enum action_id action, const struct arg *arg, size_t n)
{
    struct doc *result = NULL;
    int64_t number = 0;

    if (app_run(app, action, &(struct args){ arg, n }, NULL, &result))
        number = strtoll(node_str(doc_root(result), "request"), NULL, 10);
    doc_free(result);
    if (number && !app->sync.running)
        process_spawn_agent(store_dir(app->ctx.st), app->config_path);
    return number;
}

void find_server_ask(struct app *app, struct find_server *s, const char *typed)
{
    const struct arg arg[] = { { "query", typed }, { "server", "yes" } };

    if (s->asked)
        return;
    find_server_forget(s);
    s->asked = ask(app, ACTION_PATIENT_FIND, arg, 2);
    s->since_ms = clock_monotonic_ms();
}

void find_server_fetch(struct app *app, struct find_server *s, const char *patient)
{
    const struct arg arg[] = { { "patient", patient } };

    if (s->fetching && strcmp(s->patient, patient) == 0)
        return;
    snprintf(s->patient, sizeof s->patient, "%s", patient);
    if ((s->fetching = ask(app, ACTION_RECORD_FETCH, arg, 1)))
        app_say(app, STYLE_PLAIN, _("the record is fetched from the server ..."));
}

/* The answer to what was asked; false while there is none. */
static bool take_people(struct app *app, struct find_server *s)
{
    struct doc *result;
    struct err err = { RC_OK, "" };
    enum rc rc = server_answer(&app->ctx, s->asked, &result, &err);

    if (rc == RC_BUSY)
        return clock_monotonic_ms() - s->since_ms > PATIENCE_MS;    /* say so */
    s->asked = 0;
    s->is_answered = rc == RC_OK;
    if (rc == RC_OK)
        server_hits(doc_root(result), &s->hits);
    else
        snprintf(s->problem, sizeof s->problem, "%s", err_text(&err));
    doc_free(result);
    return true;
}

/* The first page is in as soon as the patient is; the rest comes while the record is open. */
static enum find_server_news take_record(struct app *app, struct find_server *s)
{
    struct doc *result;
    struct err err = { RC_OK, "" };
    enum rc rc;

    if (store_has(app->ctx.st, "Patient", s->patient)) {
        s->fetching = 0;
        return FIND_SERVER_OPEN;
    }
    if ((rc = server_answer(&app->ctx, s->fetching, &result, &err)) == RC_BUSY)
        return FIND_SERVER_NOTHING;
    s->fetching = 0;
    doc_free(result);
    app_say(app, STYLE_ALERT, _("the record could not be fetched: %s"), rc == RC_OK ? _("it was not kept here") : err_text(&err));
    return FIND_SERVER_NOTHING;
}

enum find_server_news find_server_tick(struct app *app, struct find_server *s)
{
    if (app->prompt || app->locked)
        return FIND_SERVER_NOTHING;
    if (s->asked && take_people(app, s))
        return FIND_SERVER_ROWS;
    return s->fetching ? take_record(app, s) : FIND_SERVER_NOTHING;
}
