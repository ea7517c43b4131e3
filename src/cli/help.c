#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/utf8.h"

#define FRONTDESK_VERSION "0.1.0"

static const struct { const char *option, *help; } globals[] = {
    { "--data DIR", N_("the data directory (data_dir in the configuration)") },
    { "--config FILE", N_("the configuration file") },
    { "--json", N_("print results as JSON") },
    { "--linear", N_("questions and answers, one line each, for screen readers") },
    { "--password-fd N", N_("read the password from this open descriptor, not the terminal") },
    { "--now TIME", N_("stand at this clinic-local time; demo directories only") },
    { "--help", N_("this, or with a command what it takes") },
    { "--version", N_("the version") },
};

void help_version(void)
{
    puts("frontdesk " FRONTDESK_VERSION);
}

static void print_pair(const char *left, int width, const char *right)
{
    printf("  %s%*s  %s\n", left, width > utf8_width(left) ? width - utf8_width(left) : 0, "", right);
}

static bool is_of(const struct action *row, const char *word)
{
    size_t len = strlen(word);

    return row->place != PLACE_DESK && strncmp(row->name, word, len) == 0 && (row->name[len] == ' ' || !row->name[len]);
}

bool help_has(const char *word)
{
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (is_of(action_row((enum action_id)i), word))
            return true;
    return false;
}

void help_group(const char *word)
{
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (is_of(action_row((enum action_id)i), word))
            print_pair(action_row((enum action_id)i)->name, 21, _(action_row((enum action_id)i)->help));
}

void help_all(void)
{
    printf("%s\n%s\n", _("Usage: frontdesk [OPTION...]              open the desk"),
           _("       frontdesk COMMAND [VALUE...] [OPTION...]"));
    printf("\n%s\n", _("Commands:"));
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        const struct action *row = action_row((enum action_id)i);

        if (row->place != PLACE_DESK)
            print_pair(row->name, 21, _(row->help));
    }
    printf("\n%s\n", _("Options of every command:"));
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++)
        print_pair(globals[i].option, 21, _(globals[i].help));
    printf("\n%s\n", _("A \"-\" in place of a name or a query reads it from standard input.\n"
                       "Exit status: 0 done, 1 refused or failed, 2 used wrongly."));
}

/* "PATIENT", "[--day DAY]", "PATH..." as they stand in the usage line. */
static void print_usage_of(const struct param *p)
{
    bool is_positional = p->flags & PARAM_POSITIONAL, is_required = p->flags & PARAM_REQUIRED;
    char name[40];

    snprintf(name, sizeof name, "%s", p->name);
    for (char *c = name; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    printf(" %s", is_required ? "" : "[");
    if (!is_positional)
        printf("--%s%s", p->name, p->kind == PARAM_FLAG ? "" : " ");
    if (is_positional || p->kind != PARAM_FLAG)
        printf("%s%s", name, p->flags & PARAM_LIST ? "..." : "");
    fputs(is_required ? "" : "]", stdout);
}

static void print_param(const struct param *p)
{
    char left[48];

    snprintf(left, sizeof left, "%s%s", p->flags & PARAM_POSITIONAL ? "" : "--", p->name);
    printf("  %-14s  %s", left, _(p->prompt));
    for (size_t i = 0; i < p->n_choices; i++)
        printf("%s%s", i ? ", " : ": ", p->choices[i].value);
    puts(p->flags & PARAM_OPEN ? _(", or other words") : "");
}

void help_action(enum action_id id)
{
    const struct action *row = action_row(id);

    printf(_("Usage: frontdesk %s"), row->name);
    for (size_t i = 0; i < row->n_params; i++)
        if (row->params[i].kind != PARAM_PASSWORD && row->params[i].kind != PARAM_SECRET)
            print_usage_of(&row->params[i]);
    printf("\n\n%s\n", _(row->help));
    if (row->n_params > 0)
        putchar('\n');
    for (size_t i = 0; i < row->n_params; i++)
        if (row->params[i].kind != PARAM_PASSWORD && row->params[i].kind != PARAM_SECRET)
            print_param(&row->params[i]);
}
