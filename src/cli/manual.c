/* The COMMANDS section of data/man/frontdesk.1, in English whatever the locale: tests/unit/test_action.c
 * holds the page against it. */
#include "cli/help.h"

#include <stdio.h>

/* Text for troff: no line starts with a control, a hyphen is one to be typed. */
static void put(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
    }
}

static void put_upper(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text >= 'a' && *text <= 'z' ? *text - 32 : *text == '-' ? '_' : *text, out);
}

static void param(FILE *out, const struct param *p)
{
    if (p->kind == PARAM_PASSWORD || p->kind == PARAM_SECRET)
        return;
    fputs(".TP\n", out);
    if (p->flags & PARAM_POSITIONAL)
        fputs(".I ", out);
    else
        fprintf(out, p->kind == PARAM_FLAG ? ".B \\-\\-" : ".BI \\-\\-");
    if (!(p->flags & PARAM_POSITIONAL)) {
        put(out, p->name);
        fputs(p->kind == PARAM_FLAG ? "" : " \" ", out);
    }
    if (p->kind != PARAM_FLAG)
        put_upper(out, p->name);
    fprintf(out, "%s%s\n", p->kind != PARAM_FLAG && !(p->flags & PARAM_POSITIONAL) ? "\"" : "",
            p->flags & PARAM_LIST ? " ..." : "");
    put(out, p->prompt);
    for (size_t i = 0; i < p->n_choices; i++) {
        fputs(i ? ", " : ": ", out);
        put(out, p->choices[i].value);
    }
    fprintf(out, "%s%s.\n", p->flags & PARAM_OPEN ? ", or other words" : "",
            p->flags & PARAM_REQUIRED ? " (needed)" : "");
}

void help_manual(FILE *out)
{
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        const struct action *row = action_row((enum action_id)i);

        if (row->place == PLACE_DESK)
            continue;
        fputs(".TP\n.B ", out);
        put(out, row->name);
        fputc('\n', out);
        put(out, row->help);
        fputs(".\n", out);
        if (row->n_params > 0)
            fputs(".RS\n", out);
        for (size_t p = 0; p < row->n_params; p++)
            param(out, &row->params[p]);
        if (row->n_params > 0)
            fputs(".RE\n", out);
    }
}
