/* score.c - scores: weights copied into answers, totals of the form, and the instruments of the desk.
 *
 * A form's own calculatedExpression decides its total. Where a known instrument comes without one,
 * its published rule is used, and only on complete answers: no missing item counts as zero. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

enum { INSTRUMENT_ITEMS = 9, INSTRUMENT_BANDS = 5 };
struct band { int from; const char *words; };
static const struct instrument {
    const char *name, *total;       /* LOINC code of its total */
    int max;
    bool by_sex;                    /* the cut-off differs */
    bool zero_ends;                 /* a first item of 0 ("never") leaves the others unasked, as 0 */
    const char *item[INSTRUMENT_ITEMS];
    struct band band[INSTRUMENT_BANDS];
} instruments[] = {
    /* Kroenke, Spitzer, Williams. J Gen Intern Med 2001;16:606-613 (5, 10, 15, 20). */
    { "PHQ-9", "44261-6", 27, false, false,
      { "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8" },
      { { 0, N_("minimal") }, { 5, N_("mild") }, { 10, N_("moderate") }, { 15, N_("moderately severe") }, { 20, N_("severe") } } },
    /* Kroenke, Spitzer, Williams. Med Care 2003;41:1284-1292 (3). */
    { "PHQ-2", "55758-7", 6, false, false, { "44250-9", "44255-8" }, { { 0, N_("negative") }, { 3, N_("positive: offer the PHQ-9") } } },
    /* Spitzer, Kroenke, Williams, Loewe. Arch Intern Med 2006;166:1092-1097 (5, 10, 15). */
    { "GAD-7", "70274-6", 21, false, false,
      { "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7" },
      { { 0, N_("minimal") }, { 5, N_("mild") }, { 10, N_("moderate") }, { 15, N_("severe") } } },
    /* Bush et al. Arch Intern Med 1998;158:1789-1795 (men 4); Bradley et al. Arch Intern Med
     * 2003;163:821-829 (women 3). Sex not known: the lower one, so that nobody is missed. */
    { "AUDIT-C", "75626-2", 12, true, true, { "68518-0", "68519-8", "68520-6" },
      { { 0, N_("negative") }, { 3, N_("positive") } } },
};

const char *score_of(const struct node *answer)
{
    const struct node *coding = node_get(answer, "valueCoding");
    const char *type;

    for (const struct node *e = node_first(node_get(coding, "extension")); e; e = node_next(e)) {
        const char *url = node_str(e, "url");

        if (strstr(url, "/itemWeight") || strstr(url, "ordinalValue"))
            return node_text(answer_value(e, &type));
    }
    return NULL;
}

/* Forms read the weight from the answer, so it is copied there, under the URL the form uses. */
void score_copy(const struct inst *inst, struct doc *doc, struct node *answer)
{
    struct node *coding = node_get(answer, "valueCoding"), *extension;
    const struct option *o = coding ? option_of(inst_choices(inst), answer) : NULL;

    if (!o || !o->score || score_of(answer))
        return;
    extension = node_add_object(doc, node_set_array(doc, coding, "extension"));
    node_set_str(doc, extension, "url", o->score_url);
    node_set_number(doc, extension, "valueDecimal", o->score);
}

/* What counts towards an instrument: a coded weight, or a number given as one. */
static const char *answer_score(const struct inst *inst)
{
    const char *type;
    const struct node *value = inst->n_answers ? answer_value(inst->answer[0], &type) : NULL;

    if (!value)
        return NULL;
    return node_text(value) && (!strcmp(type, "Integer") || !strcmp(type, "Decimal")) ? node_text(value) : score_of(inst->answer[0]);
}

static const struct inst *inst_by_code(const struct form *form, const char *code)
{
    for (size_t i = 0; i < form->n_insts; i++)
        if (!strcmp(form->inst[i]->item->score_code, code))
            return form->inst[i];
    return NULL;
}

static size_t instrument_items(const struct instrument *ins)
{
    size_t n = 0;

    while (n < INSTRUMENT_ITEMS && ins->item[n])
        n++;
    return n;
}

static const char *instrument_band(const struct form *form, const struct instrument *ins, double total)
{
    const struct node *patient = form->context.patient ? doc_root(form->context.patient) : NULL;
    bool is_man = ins->by_sex && !strcmp(node_str(patient, "gender"), "male");
    const char *words = "";

    for (size_t i = 0; i < INSTRUMENT_BANDS && ins->band[i].words; i++)
        if (total >= ins->band[i].from + (is_man && i > 0))
            words = ins->band[i].words;
    return _(words);
}

/* Fill answered and of from the items of an instrument; gives their sum. */
static long instrument_sum(const struct form *form, const struct instrument *ins, struct form_score *score)
{
    size_t n = instrument_items(ins);
    long sum = 0;

    score->of = (int)n;
    for (size_t i = 0; i < n; i++) {
        const struct inst *inst = inst_by_code(form, ins->item[i]);
        const char *digits = inst && inst->enabled ? answer_score(inst) : NULL;

        score->answered += digits != NULL;
        sum += digits ? strtol(digits, NULL, 10) : 0;
        if (i == 0 && ins->zero_ends && digits && sum == 0 && !inst_by_code(form, ins->item[1])->enabled)
            score->of = 1;
    }
    return sum;
}

static bool instrument_present(const struct form *form, const struct instrument *ins)
{
    for (size_t i = 0; i < instrument_items(ins); i++)
        if (!inst_by_code(form, ins->item[i]))
            return false;
    return true;
}

/* All of it asked now, or left out by its own rule. */
static bool instrument_asked(const struct form *form, const struct instrument *ins)
{
    for (size_t i = 0; i < instrument_items(ins); i++)
        if (!inst_by_code(form, ins->item[i])->enabled)
            return ins->zero_ends && i > 0;
    return true;
}

static void add_score(struct form *form, struct form_score score)
{
    struct view *view = form->view;

    MEM_ROOM(view->score, view->n_scores, view->cap_scores);
    view->score[view->n_scores++] = score;
}

/* --- Totals the form works out --- */

static bool reads_item(const struct expression *e, const struct item *item)
{
    if (e->reads_all)
        return true;
    for (size_t i = 0; i < e->n_reads; i++)
        for (const struct item *up = item; up; up = up->parent)
            if (e->reads[i] == up)
                return true;
    return false;
}

static bool is_scored(const struct choices *choices)
{
    for (size_t i = 0; i < choices->n; i++)
        if (choices->option[i].score)
            return true;
    return false;
}

/* How many scored questions it reads, asked now or not; and of those asked how many are answered. */
static int count_read(const struct form *form, const struct expression *e, struct form_score *score)
{
    int reads = 0;

    for (size_t i = 0; i < form->n_insts; i++)
        if (is_scored(inst_choices(form->inst[i])) && reads_item(e, form->inst[i]->item)) {
            reads++;
            score->of += form->inst[i]->enabled;
            score->answered += form->inst[i]->enabled && form->inst[i]->n_answers > 0;
        }
    return reads;
}

/* By the code of the total; else the one instrument whose items are exactly those it reads, all of them asked
 * and no other total's: a sum over a PHQ-9 of which two questions are asked is no PHQ-2. */
static const struct instrument *instrument_of(const struct form *form, const struct item *item, int reads, const bool *done)
{
    for (size_t i = 0; i < sizeof instruments / sizeof *instruments; i++)
        if (!strcmp(instruments[i].total, item->score_code))
            return &instruments[i];
    for (size_t i = 0; i < sizeof instruments / sizeof *instruments; i++)
        if (!done[i] && (int)instrument_items(&instruments[i]) == reads && instrument_present(form, &instruments[i]) &&
            instrument_asked(form, &instruments[i]))
            return &instruments[i];
    return NULL;
}

static const struct instrument *score_calculated(struct form *form, const struct inst *inst, const bool *done)
{
    const struct item *item = inst->item;
    struct form_score score = { .name = item->text, .value = "", .band = "" };
    const struct instrument *ins;
    const char *type, *digits = NULL;
    int reads = count_read(form, item->calculated, &score);

    if (!score.of || !expression_can(form, item->calculated))
        return NULL;
    ins = instrument_of(form, item, reads, done);
    if (ins) {
        score.answered = 0;
        instrument_sum(form, ins, &score);
        score.name = ins->name;
        score.max = ins->max;
    }
    if (inst->n_answers && (score.answered || inst->overridden)) {     /* of nothing there is no score, whatever the form adds up */
        const struct node *value = answer_value(inst->answer[0], &type);

        digits = node_text(value) ? node_text(value) : node_str(value, "value");
    }
    score.value = digits ? digits : "";
    if (ins && digits && score.answered == score.of)
        score.band = instrument_band(form, ins, strtod(digits, NULL));
    add_score(form, score);
    return ins;
}

/* --- Totals nobody works out --- */

static void score_built_in(struct form *form, const struct instrument *ins)
{
    struct form_score score = { .name = ins->name, .value = "", .band = "", .max = ins->max };
    long sum = instrument_sum(form, ins, &score);

    if (score.answered == score.of) {
        score.value = view_keep(form->view, mem_printf("%ld", sum));
        score.band = instrument_band(form, ins, (double)sum);
    }
    add_score(form, score);
}

void score_form(struct form *form)
{
    bool done[sizeof instruments / sizeof *instruments] = { false };
    const struct instrument *ins;

    form->view->n_scores = 0;
    for (size_t i = 0; i < form->n_insts; i++) {
        const struct inst *inst = form->inst[i];
        bool is_number = inst->item->type == FORM_INTEGER || inst->item->type == FORM_DECIMAL || inst->item->type == FORM_QUANTITY;

        if (inst->enabled && inst->item->calculated && is_number && (ins = score_calculated(form, inst, done)))
            done[ins - instruments] = true;
    }
    for (size_t i = 0; i < sizeof instruments / sizeof *instruments; i++) {
        bool is_part = !strcmp(instruments[i].name, "PHQ-2") && instrument_present(form, &instruments[0]);

        if (!done[i] && !is_part && instrument_present(form, &instruments[i]) && instrument_asked(form, &instruments[i]))
            score_built_in(form, &instruments[i]);
    }
}

/* PHQ-9 item 9 above "not at all", whatever else was answered. An answer without any weight counts
 * when it is not the first of its list. */
bool form_safety_stop(const struct form *form)
{
    for (size_t i = 0; i < form->n_insts; i++) {
        const struct inst *inst = form->inst[i];
        const struct option *o = inst->n_answers ? option_of(inst_choices(inst), inst->answer[0]) : NULL;
        const char *score = answer_score(inst);

        if (!inst->enabled || (strcmp(inst->item->score_code, "44260-8") && !strstr(inst->item->link_id, "44260-8")))
            continue;
        if (score ? strtod(score, NULL) > 0 : o && o != inst_choices(inst)->option)
            return true;
    }
    return false;
}

size_t form_scores(const struct form *form)
{
    return form->view->n_scores;
}

struct form_score form_score(const struct form *form, size_t i)
{
    return form->view->score[i];
}
