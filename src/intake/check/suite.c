/* suite.c - running suites: cases, their context, and what their steps do. What they expect: suite_expect.c. */
#include "intake/check/suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "intake/check/suite_internal.h"

struct doc *suite_document(const struct node *node)
{
    struct buf text = {0};
    struct doc *doc = NULL;

    if (node)
        node_write(&text, node);
    if (text.len)
        doc_parse(text.data, text.len, &doc, NULL);
    buf_done(&text);
    return doc;
}

void suite_differ(struct suite_case *c, const char *what, const char *is, const char *wanted)
{
    struct suite_difference difference = { node_str(c->node, "name"), c->step, what, is, wanted };

    c->failures++;
    if (c->host->differs)
        c->host->differs(c->host->ctx, &difference);
}

void suite_same(struct suite_case *c, const char *what, const char *is, const char *wanted)
{
    if (strcmp(is, wanted) != 0)
        suite_differ(c, what, is, wanted);
}

static void done(struct suite_case *c, const char *what, enum rc rc, const struct err *err)
{
    if (rc != RC_OK)
        suite_differ(c, what, err_text(err), "taken");
}

static const char *text_of(const struct node *node)
{
    return node_text(node) ? node_text(node) : "";
}

/* --- The context a case is opened with --- */

static enum rc case_search(void *ctx, const char *query, struct doc **bundle, struct err *err)
{
    const struct suite_case *c = ctx;
    const struct node *found = node_get(node_get(c->node, "searches"), query);

    if (!found)
        return err_set(err, RC_INVALID, _("The case has no answer to the search %.200s."), query);
    *bundle = suite_document(found);
    return RC_OK;
}

static enum rc case_canonical(void *ctx, const char *type, const char *url, struct doc **out, struct err *err)
{
    const struct suite_case *c = ctx;
    size_t len = strcspn(url, "|");

    for (const struct node *r = node_first(node_get(c->node, "resources")); r; r = node_next(r)) {
        const char *own = node_str(r, "url");

        if (!strcmp(node_str(r, "resourceType"), type) && strlen(own) == len && !strncmp(own, url, len)) {
            *out = suite_document(r);
            return RC_OK;
        }
    }
    return err_set(err, RC_NOT_FOUND, _("The case has no %s %.200s."), type, url);
}

static enum rc case_open(struct suite_case *c, struct err *err)
{
    struct form_context context = {
        .patient = c->patient, .encounter = c->encounter, .user = c->user, .canonical = case_canonical, .ctx = c,
        .search = node_get(c->node, "searches") ? case_search : NULL,
    };

    return form_open(c->questionnaire, &context, &c->form, err);
}

/* --- What a step does --- */

static void do_set(struct suite_case *c, const struct node *value)
{
    struct err err = {0};

    for (const struct node *m = node_first(value); m; m = node_next(m))
        done(c, node_name(m), form_type_answer(c->form, node_name(m), text_of(m), &err), &err);
}

static void do_refused(struct suite_case *c, const struct node *value)
{
    struct err err = {0};

    for (const struct node *m = node_first(value); m; m = node_next(m))
        if (form_type_answer(c->form, node_name(m), text_of(m), &err) == RC_OK)
            suite_differ(c, node_name(m), "taken", "refused");
}

static void choose(struct suite_case *c, const struct node *value, bool on)
{
    for (const struct node *m = node_first(value); m; m = node_next(m)) {
        const struct form_row *row = form_row_by_path(c->form, node_name(m));
        size_t i = 0, n = row ? form_options(c->form, row) : 0;
        struct err err = {0};

        while (i < n && strcmp(form_option(c->form, row, i).label, text_of(m)) != 0)
            i++;
        if (i == n)
            suite_differ(c, node_name(m), "no such option", text_of(m));
        else
            done(c, node_name(m), form_choose(c->form, node_name(m), i, on, &err), &err);
    }
}

static void do_choose(struct suite_case *c, const struct node *value) { choose(c, value, true); }
static void do_unchoose(struct suite_case *c, const struct node *value) { choose(c, value, false); }

static void do_json(struct suite_case *c, const struct node *value)
{
    struct err err = {0};

    for (const struct node *m = node_first(value); m; m = node_next(m))
        done(c, node_name(m), form_set_json(c->form, node_name(m), m, &err), &err);
}

static void do_absent(struct suite_case *c, const struct node *value)
{
    struct err err = {0};

    for (const struct node *m = node_first(value); m; m = node_next(m))
        done(c, node_name(m), form_set_absent(c->form, node_name(m), text_of(m), &err), &err);
}

static void do_repeat(struct suite_case *c, const struct node *value)
{
    struct err err = {0};

    done(c, "repeat", form_repeat(c->form, text_of(value), &err), &err);
}

static void do_unrepeat(struct suite_case *c, const struct node *value)
{
    struct err err = {0};

    done(c, "unrepeat", form_unrepeat(c->form, text_of(value), &err), &err);
}

static void do_reset(struct suite_case *c, const struct node *value)
{
    struct err err = {0};

    done(c, "reset", form_reset_calculated(c->form, text_of(value), &err), &err);
}

static void do_answers(struct suite_case *c, const struct node *value)
{
    struct doc *doc = suite_document(value);
    struct err err = {0};

    done(c, "answers", form_load_answers(c->form, doc, &err), &err);
    doc_free(doc);
}

static void load(struct suite_case *c, const char *what, const struct doc *response)
{
    struct err err = {0};
    enum rc rc;

    form_close(c->form);
    c->form = NULL;
    if ((rc = case_open(c, &err)) == RC_OK)
        rc = form_load_response(c->form, response, &err);
    done(c, what, rc, &err);
}

/* Keep it as a response and open it again from that. */
static void do_reload(struct suite_case *c, const struct node *value)
{
    struct doc *response = NULL;
    struct err err = {0};
    enum rc rc = form_response(c->form, "r", "in-progress", NULL, NULL, NULL, &response, &err);

    (void)value;
    if (rc == RC_OK)
        load(c, "reload", response);
    else
        done(c, "reload", rc, &err);
    doc_free(response);
}

/* The items of a QuestionnaireResponse somebody else made. */
static void do_load(struct suite_case *c, const struct node *value)
{
    struct doc *response = doc_new("QuestionnaireResponse");

    node_set_str(response, doc_root(response), "status", "in-progress");
    node_set_copy(response, doc_root(response), "item", value);
    load(c, "load", response);
    doc_free(response);
}

static const struct { const char *name; void (*act)(struct suite_case *c, const struct node *value); } acts[] = {
    { "set", do_set }, { "refused", do_refused }, { "choose", do_choose }, { "unchoose", do_unchoose }, { "json", do_json },
    { "absent", do_absent }, { "repeat", do_repeat }, { "unrepeat", do_unrepeat }, { "reset", do_reset },
    { "answers", do_answers }, { "reload", do_reload }, { "load", do_load },
};

static bool act(struct suite_case *c, const struct node *member)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (!strcmp(acts[i].name, node_name(member))) {
            acts[i].act(c, member);
            return true;
        }
    return false;
}

/* --- Cases --- */

static enum rc run_step(struct suite_case *c, const struct node *step, struct suite_counts *counts, struct err *err)
{
    counts->steps++;
    for (const struct node *m = node_first(step); m; m = node_next(m)) {
        bool known = !strcmp(node_name(m), "why") || act(c, m);

        if (!known && !suite_expect(c, node_name(m), m))
            return err_set(err, RC_INVALID, _("Case \"%.80s\", step %d: the format has no \"%.40s\"."), node_str(c->node, "name"), c->step, node_name(m));
        counts->expectations += !known;
        if (!c->form)
            break;
    }
    return RC_OK;
}

static enum rc case_read(struct suite_case *c, struct err *err)
{
    const char *file = node_str(c->node, "file");

    if (*file && !c->host->questionnaire)
        return err_set(err, RC_INVALID, _("Case \"%.80s\" names a file, and none can be read here."), node_str(c->node, "name"));
    if (*file)
        return c->host->questionnaire(c->host->ctx, file, &c->questionnaire, err);
    c->questionnaire = suite_document(node_get(c->node, "questionnaire"));
    return c->questionnaire ? RC_OK : err_set(err, RC_INVALID, _("Case \"%.80s\" has no questionnaire."), node_str(c->node, "name"));
}

static enum rc run_case(const struct node *node, const struct suite_host *host, struct suite_counts *counts, struct err *err)
{
    struct suite_case c = { .host = host, .node = node };
    struct err why = {0};
    enum rc rc = case_read(&c, err);

    if (rc == RC_OK) {
        c.patient = suite_document(node_get(node, "patient"));
        c.encounter = suite_document(node_get(node, "encounter"));
        c.user = suite_document(node_get(node, "user"));
        counts->cases++;
        if (case_open(&c, &why) != RC_OK)
            suite_differ(&c, "open", err_text(&why), "opened");
        for (const struct node *s = node_first(node_get(node, "steps")); s && c.form && rc == RC_OK; s = node_next(s)) {
            c.step++;
            rc = run_step(&c, s, counts, err);
        }
        counts->failed += c.failures > 0;
    }
    form_close(c.form);
    doc_free(c.questionnaire);
    doc_free(c.patient);
    doc_free(c.encounter);
    doc_free(c.user);
    return rc;
}

enum rc suite_run(const struct doc *suite, const struct suite_host *host, struct suite_counts *counts, struct err *err)
{
    const struct node *root = doc_root(suite), *cases = node_get(root, "cases");
    enum rc rc = RC_OK;

    if (!node_is(cases, NODE_ARRAY) || !node_get(root, "formSuite"))
        return err_set(err, RC_INVALID, _("This is no suite of forms: formSuite or cases is missing."));
    if (strtol(node_str(root, "formSuite"), NULL, 10) > SUITE_VERSION)
        return err_set(err, RC_INVALID, _("This suite is of version %.10s; version %d is understood here."), node_str(root, "formSuite"), SUITE_VERSION);
    if (*node_str(root, "zone") && !clock_set_zone(node_str(root, "zone")))
        return err_set(err, RC_INVALID, _("The time zone %.60s is not known here."), node_str(root, "zone"));
    if (*node_str(root, "now") && !clock_set_now(node_str(root, "now")))
        return err_set(err, RC_INVALID, _("\"now\" is not a local time, as 2026-11-23T08:14."));
    for (const struct node *c = node_first(cases); c && rc == RC_OK; c = node_next(c))
        rc = run_case(c, host, counts, err);
    return rc;
}
