/* answer_choice.c - from what a person typed to one of the options: its number or score, its words or the beginning
 * of them, its prefix or its code. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "intake/answer_internal.h"

static bool all_scored(const struct choices *choices)
{
    for (size_t i = 0; i < choices->n; i++)
        if (!choices->option[i].score)
            return false;
    return choices->n > 0;
}

static const struct option *option_by_number(const struct choices *choices, const char *typed)
{
    char *end;
    unsigned long n = strtoul(typed, &end, 10);

    if (!isdigit((unsigned char)*typed) || *end)
        return NULL;
    if (all_scored(choices)) {     /* where options carry a score the digit is the score */
        for (size_t i = 0; i < choices->n; i++)
            if (decimal_order(choices->option[i].score, typed) == ORDER_SAME)
                return &choices->option[i];
        return NULL;
    }
    return n >= 1 && n <= choices->n ? &choices->option[n - 1] : NULL;
}

static bool prefix_is(const char *prefix, const char *typed)
{
    size_t len = strcspn(prefix, ".):");

    return len && strlen(typed) == len && !strncasecmp(prefix, typed, len);
}

/* Whole label, prefix, code; else the one label that begins with what was typed. */
static const struct option *option_typed(const struct choices *choices, const char *typed)
{
    const struct option *begins = NULL;
    char *folded = utf8_folded(typed);
    bool several = false;

    for (size_t i = 0; i < choices->n; i++) {
        const struct option *o = &choices->option[i];
        char *label = utf8_folded(o->label);     /* NOLINT(clang-analyzer-core.NullDereference): n counts what option holds */
        bool same = *folded && !strcmp(label, folded), starts = *folded && !strncmp(label, folded, strlen(folded));

        free(label);
        if (same || prefix_is(o->prefix, typed) || !strcmp(node_path_str(o->value, "valueCoding.code"), typed)) {
            free(folded);
            return o;
        }
        several |= starts && begins;
        begins = starts && !begins ? o : begins;
    }
    free(folded);
    return several ? NULL : begins;
}

enum rc answer_choice(struct reading *r)
{
    const struct item *item = r->item;
    const struct choices *choices = inst_choices(r->inst);
    const struct option *o = option_by_number(choices, r->typed);
    const char *type;

    if (!o)
        o = option_typed(choices, r->typed);
    if (o && option_disabled(r->inst, o))
        return err_set(r->err, RC_INVALID, _("This answer is not offered as things stand."));
    if (o) {
        const struct node *value = answer_value(o->value, &type);

        node_set_copy(r->doc, r->answer, node_name(value), value);
        return RC_OK;
    }
    if (item->type != FORM_OPEN_CHOICE && !choices->missing)
        return err_set(r->err, RC_INVALID, _("Choose one of the answers by its number or first letters."));
    if (item->type == FORM_CHOICE)      /* a choice is always coded: the words stand as display */
        node_set_str(r->doc, node_set_object(r->doc, r->answer, "valueCoding"), "display", r->typed);
    else
        node_set_str(r->doc, r->answer, "valueString", r->typed);
    return RC_OK;
}
