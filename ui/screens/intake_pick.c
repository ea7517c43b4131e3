/* Long lists of the intake screen, narrowed by typing: options past those that get a key each, and the
 * records a reference may name. What fits best comes first; nothing is chosen that was not seen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/search.h"
#include "ui/app.h"
#include "ui/screens/intake.h"

enum { RANKS = 4, RECORDS = 200 };

bool intake_picks(const struct intake *it, const struct form_row *row)
{
    if (it->is_view)
        return false;
    return row->type == FORM_REFERENCE || (form_options(it->sitting.form, row) > 0 && !intake_has_keys(it, row));
}

void intake_picks_done(struct picks *picks)
{
    for (size_t i = 0; i < picks->n; i++)
        free(picks->folded[i]);
    free(picks->folded);
    free(picks->match);
    free(picks->path);
    doc_free(picks->found);
    *picks = (struct picks){ 0 };
}

/* Gathering ---------------------------------------------------------------------------------------- */

static const char *record_name(const struct node *resource, char *out, size_t size)
{
    const struct node *name = node_get(resource, "name");
    const char *text = node_text(name);

    if (!text)
        text = *node_str(resource, "title") ? node_str(resource, "title") : node_path_str(resource, "code.text");
    if (!*text && *node_path_str(resource, "name[0].family"))
        snprintf(out, size, "%s, %s", node_path_str(resource, "name[0].family"), node_path_str(resource, "name[0].given[0]"));
    else
        snprintf(out, size, "%s", *text ? text : *node_path_str(resource, "name[0].text") ? node_path_str(resource, "name[0].text")
                                 : node_path_str(resource, "code.coding[0].display"));
    return out;
}

static void add_record(struct doc *found, struct node *list, const struct node *resource)
{
    struct node *reference = node_set_object(found, node_add_object(found, list), "valueReference");
    char name[160], target[160];

    snprintf(target, sizeof target, "%s/%s", node_str(resource, "resourceType"), node_str(resource, "id"));
    node_set_str(found, reference, "reference", target);
    node_set_str(found, reference, "display", *record_name(resource, name, sizeof name) ? name : target);
}

/* The patient of the form, and what the database has of the kinds the form names. */
static void gather_records(struct app *app, struct intake *it, const struct form_row *row)
{
    const char *types = *row->look->references ? row->look->references : "Patient Practitioner Organization";
    struct node *list;

    it->picks.found = doc_new(NULL);
    list = node_set_array(it->picks.found, doc_root(it->picks.found), "answer");
    for (const char *p = types; *p; p += strcspn(p, " "), p += strspn(p, " ")) {
        char query[80];
        struct doc *bundle = NULL;

        snprintf(query, sizeof query, "%.*s?_count=%d", (int)strcspn(p, " "), p, RECORDS);
        if (strncmp(p, "Patient", 7) == 0 && strcspn(p, " ") == 7)
            add_record(it->picks.found, list, doc_root(it->sitting.patient));
        else if (store_search(app->ctx.st, it->sitting.draft.patient, query, &bundle, NULL) == RC_OK)
            for (const struct node *e = node_first(node_get(doc_root(bundle), "entry")); e; e = node_next(e))
                add_record(it->picks.found, list, node_get(e, "resource"));
        doc_free(bundle);
    }
}

static const struct node *record_at(const struct picks *picks, size_t i)
{
    return node_at(node_get(doc_root(picks->found), "answer"), i);
}

/* Once for each row that is stood on: folding fifty thousand labels takes longer than comparing them. */
static void gather(struct app *app, struct intake *it, const struct form_row *row)
{
    struct picks *picks = &it->picks;

    intake_picks_done(picks);
    picks->path = mem_dup(row->path);
    if (row->type == FORM_REFERENCE)
        gather_records(app, it, row);
    picks->n = picks->found ? node_count(node_get(doc_root(picks->found), "answer")) : form_options(it->sitting.form, row);
    picks->folded = mem_array(picks->n, sizeof *picks->folded);
    picks->match = mem_array(PICKS_MAX, sizeof *picks->match);
    for (size_t i = 0; i < picks->n; i++)
        picks->folded[i] = utf8_folded(picks->found ? node_path_str(record_at(picks, i), "valueReference.display")
                                                    : form_option(it->sitting.form, row, i).label);
}

/* Narrowing ---------------------------------------------------------------------------------------- */

/* 0 the same, 1 begins with it, 2 a word of it does, 3 has it somewhere, RANKS not at all. */
static size_t rank_of(const char *label, const char *typed, size_t len)
{
    const char *at = strstr(label, typed);

    if (!at)
        return RANKS;
    if (at == label)
        return label[len] ? 1 : 0;
    for (; at; at = strstr(at + 1, typed))
        if (at[-1] == ' ' || at[-1] == '(' || at[-1] == '-')
            return 2;
    return 3;
}

static void narrow(struct picks *picks, const char *typed)
{
    size_t count[RANKS + 1] = { 0 }, len = strlen(typed);
    unsigned char *rank = mem_alloc(picks->n + 1);

    for (size_t i = 0; i < picks->n; i++)
        count[rank[i] = (unsigned char)(len ? rank_of(picks->folded[i], typed, len) : 1)]++;
    picks->total = picks->n - count[RANKS];
    picks->n_matches = 0;
    for (size_t r = 0; r < RANKS; r++)
        for (size_t i = 0, left = count[r]; i < picks->n && left && picks->n_matches < PICKS_MAX; i++)
            if (rank[i] == r) {
                picks->match[picks->n_matches++] = i;
                left--;
            }
    picks->at = count[0] || (count[1] == 1 && len) ? 0 : PICKS_NONE;
    free(rank);
}

void intake_picks_settle(struct app *app, struct intake *it)
{
    const struct form_row *row = intake_row(it);
    struct picks *picks = &it->picks;
    char *typed;

    if (!picks->is_due || !row || !intake_picks(it, row))
        return;
    if (!picks->path || strcmp(picks->path, row->path) != 0)
        gather(app, it, row);
    picks->is_due = false;
    typed = utf8_folded(field_text(&it->field));
    narrow(picks, typed);
    if (picks->at == PICKS_NONE && *typed && picks->n_matches && !row->look->is_open && row->type != FORM_REFERENCE)
        picks->at = 0;          /* nothing but these can be answered: Enter takes the first */
    free(typed);
}

char *intake_pick_words(const struct intake *it, const struct form_row *row, size_t match)
{
    size_t i = it->picks.match[match];
    struct form_option option;

    if (it->picks.found)
        return mem_printf("%s   %s", node_path_str(record_at(&it->picks, i), "valueReference.display"),
                          node_path_str(record_at(&it->picks, i), "valueReference.reference"));
    option = form_option(it->sitting.form, row, i);
    return mem_printf("%s%s%s%s", row->repeats ? option.chosen ? "[x] " : "[ ] " : option.chosen ? "* " : "",
                      option.prefix, *option.prefix ? " " : "", option.label);
}

/* Choosing ----------------------------------------------------------------------------------------- */

static enum rc take_record(struct intake *it, const struct node *record, struct err *err)
{
    struct doc *doc = doc_new(NULL);
    struct node *array = node_set_array(doc, doc_root(doc), "answer");
    enum rc rc;

    node_add_copy(doc, array, record);
    rc = form_set_json(it->sitting.form, it->path, array, err);
    doc_free(doc);
    return rc;
}

/* The match under the highlight becomes the answer; of a question that takes several, one more (or less). */
static void take(struct app *app, struct intake *it, const struct form_row *row)
{
    size_t i = it->picks.match[it->picks.at];
    struct err err = { RC_OK, "" };
    bool repeats = row->repeats && !it->picks.found, chosen = !it->picks.found && form_option(it->sitting.form, row, i).chosen;
    enum rc rc = it->picks.found ? take_record(it, record_at(&it->picks, i), &err)
                                 : form_choose(it->sitting.form, it->path, i, !repeats || !chosen, &err);

    if (rc == RC_OK)
        it->touched = false;
    intake_chosen(app, it, rc, &err, !repeats);
}

bool intake_pick_key(struct app *app, struct intake *it, const struct form_row *row, const struct key *key)
{
    struct picks *picks = &it->picks;
    bool in_list = it->field.len || picks->at != PICKS_NONE;

    intake_picks_settle(app, it);
    if (key->cap == KEYCAP_ENTER && picks->at < picks->n_matches && in_list) {
        take(app, it, row);
        return true;
    }
    if (key->cap == KEYCAP_TAB || (key->cap == KEYCAP_DOWN && in_list)) {
        if (picks->n_matches)
            picks->at = picks->at == PICKS_NONE ? 0 : (picks->at + 1) % picks->n_matches;
        return picks->n_matches > 0;
    }
    if ((key->cap == KEYCAP_BACKTAB || key->cap == KEYCAP_UP) && in_list && picks->n_matches) {
        picks->at = picks->at == PICKS_NONE || picks->at == 0 ? picks->n_matches - 1 : picks->at - 1;
        return true;
    }
    return false;
}
