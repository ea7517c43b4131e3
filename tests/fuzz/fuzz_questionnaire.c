/* Any bytes as a Questionnaire (alone, or as {"questionnaire":..., "response":...}): opening, filling,
 * repeating, keeping and checking never misbehave, and what is kept can be read and opened again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "intake/check/check.h"
#include "intake/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const typed[] = { "1", "y", "2020", "a; b", "-1.50", "10 kg", "1,2", "", "9:30", "x\ny" };
enum { TYPED = sizeof typed / sizeof *typed, ROWS = 60 };

static void insist(bool claim)
{
    if (!claim)
        abort();
}

static struct doc *part(const struct doc *doc, const char *name)
{
    struct buf text = {0};
    struct doc *out = NULL;

    node_write(&text, node_get(doc_root(doc), name));
    if (text.len && doc_parse(text.data, text.len, &out, NULL) != RC_OK)
        out = NULL;
    buf_done(&text);
    return out;
}

static void walk_row(struct form *form, size_t i, uint8_t turn)
{
    const struct form_row *row = form_row(form, i);
    char *path = strdup(row->path);

    for (size_t k = 0; k < form_options(form, row) && k < 5; k++)
        insist(form_option(form, row, k).label != NULL);
    if (row->type == FORM_GROUP && row->repeats && turn % 3 == 0)
        form_repeat(form, path, NULL);
    else if (row->type == FORM_GROUP && row->repeats && turn % 7 == 0)
        form_unrepeat(form, path, NULL);
    else if (turn % 5 == 0)
        form_choose(form, path, turn % 4, turn % 2, NULL);
    else if (turn % 11 == 0)
        form_set_absent(form, path, "unknown", NULL);
    else
        form_type_answer(form, path, typed[turn % TYPED], NULL);
    free(path);
}

static void read_back(struct form *form)
{
    for (size_t i = 0; i < form_rows(form); i++)
        for (size_t k = 0; k < form_row(form, i)->n_answers; k++) {
            char *words = form_answer_words(form, form_row(form, i), k);

            insist(!strchr(words, '\x1b'));
            free(words);
        }
}

/* Kept as a response and opened from it, the same questions are answered. */
static void keep(const struct doc *questionnaire, struct form *form)
{
    struct doc *response = NULL, *outcome = NULL;
    struct form *again = NULL;

    insist(form_response(form, "r", "in-progress", "p", "s", NULL, &response, NULL) == RC_OK);
    insist(form_open(questionnaire, NULL, &again, NULL) == RC_OK);
    insist(form_load_response(again, response, NULL) == RC_OK);
    insist(questionnaire_check(questionnaire, response, &outcome, NULL, NULL) == RC_OK);
    doc_free(outcome);
    doc_free(response);
    form_close(again);
}

static void fill(const struct doc *questionnaire, const uint8_t *data, size_t size)
{
    struct form *form = NULL;

    if (form_open(questionnaire, NULL, &form, NULL) != RC_OK)
        return;
    for (size_t i = 0; i < ROWS && form_rows(form); i++)
        walk_row(form, (i * 7 + data[i % size]) % form_rows(form), data[(i * 13) % size]);
    read_back(form);
    keep(questionnaire, form);
    form_close(form);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct doc *doc = NULL, *questionnaire, *response, *outcome = NULL;

    if (size == 0 || doc_parse((const char *)data, size, &doc, NULL) != RC_OK)
        return 0;
    questionnaire = part(doc, "questionnaire");
    response = part(doc, "response");
    insist(questionnaire_check(questionnaire ? questionnaire : doc, response, &outcome, NULL, NULL) == RC_OK);
    fill(questionnaire ? questionnaire : doc, data, size);
    doc_free(outcome);
    doc_free(response);
    doc_free(questionnaire);
    doc_free(doc);
    return 0;
}
