#include "cli/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "cli/help.h"

/* Options of every subcommand. */
enum global { GLOBAL_NONE, GLOBAL_DATA, GLOBAL_CONFIG, GLOBAL_NOW, GLOBAL_PASSWORD_FD, GLOBAL_JSON, GLOBAL_LINEAR, GLOBAL_HELP, GLOBAL_VERSION };
static const struct { const char *name; enum global which; bool takes_value; } globals[] = {
    { "--data", GLOBAL_DATA, true }, { "--config", GLOBAL_CONFIG, true }, { "--now", GLOBAL_NOW, true },
    { "--password-fd", GLOBAL_PASSWORD_FD, true }, { "--json", GLOBAL_JSON, false },
    { "--linear", GLOBAL_LINEAR, false }, { "--help", GLOBAL_HELP, false }, { "-h", GLOBAL_HELP, false },
    { "--version", GLOBAL_VERSION, false },
};

/* Which global option a word is; *value is set when it stands in the same word ("--data=DIR"). */
static enum global global_of(const char *word, const char **value, bool *takes_value)
{
    size_t len = strcspn(word, "=");

    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++)
        if (strlen(globals[i].name) == len && strncmp(word, globals[i].name, len) == 0) {
            *value = word[len] ? word + len + 1 : NULL;
            *takes_value = globals[i].takes_value;
            return globals[i].which;
        }
    return GLOBAL_NONE;
}

static bool descriptor_read(const char *text, int *out)
{
    size_t len = strlen(text);

    if (len == 0 || len > 4 || strspn(text, "0123456789") != len)
        return false;
    *out = (int)strtol(text, NULL, 10);
    return true;
}

int line_password_fd(int argc, char *const *argv)
{
    int fd = -1;

    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        bool takes_value;

        if (global_of(argv[i], &value, &takes_value) != GLOBAL_PASSWORD_FD)
            continue;
        if (!value && i + 1 < argc)
            value = argv[i + 1];
        if (value && !descriptor_read(value, &fd))
            fd = -1;
    }
    return fd;
}

static enum rc global_set(struct line *line, enum global which, const char *word, const char *value, struct err *err)
{
    switch (which) {
    case GLOBAL_DATA: free(line->data_dir); line->data_dir = mem_dup(value); break;
    case GLOBAL_CONFIG: free(line->config_path); line->config_path = mem_dup(value); break;
    case GLOBAL_NOW: free(line->now); line->now = mem_dup(value); break;
    case GLOBAL_PASSWORD_FD:
        if (!descriptor_read(value, &line->password_fd))
            return err_set(err, RC_INVALID, _("--password-fd: the number of an open descriptor"));
        break;
    case GLOBAL_JSON: line->json = true; break;
    case GLOBAL_LINEAR: line->linear = true; break;
    case GLOBAL_HELP: line->help = true; break;
    case GLOBAL_VERSION: line->version = true; break;
    case GLOBAL_NONE: return err_set(err, RC_INVALID, _("%s is not understood"), word);
    }
    return RC_OK;
}

enum rc line_read(int argc, char *const *argv, struct line *out, struct err *err)
{
    bool literal = false;
    enum rc rc = RC_OK;

    *out = (struct line){ .password_fd = -1 };
    out->word = mem_array((size_t)argc + 1, sizeof *out->word);
    for (int i = 1; i < argc && rc == RC_OK; i++) {
        const char *value = NULL;
        bool takes_value = false;
        enum global which = literal ? GLOBAL_NONE : global_of(argv[i], &value, &takes_value);

        if (which == GLOBAL_NONE) {
            literal |= strcmp(argv[i], "--") == 0;
            out->word[out->n_words++] = mem_dup(argv[i]);
            continue;
        }
        if (takes_value && !value && i + 1 < argc)
            value = argv[++i];
        if (takes_value && !value)
            rc = err_set(err, RC_INVALID, _("%s needs a value"), argv[i]);
        else
            rc = global_set(out, which, argv[i], value, err);
    }
    return rc;
}

static void add(struct line *line, const char *name, const char *value)
{
    MEM_ROOM(line->arg, line->n_args, line->cap_args);
    line->arg[line->n_args++] = (struct arg){ name, value };
}

void line_add(struct line *line, const char *name, char *value)
{
    MEM_ROOM(line->kept, line->n_kept, line->cap_kept);
    line->kept[line->n_kept++] = value;
    add(line, name, value);
}

/* "task complete" before "task": the longer name wins. *used: how many words it took. */
static enum action_id action_of(const struct line *line, size_t *used)
{
    for (size_t n = line->n_words < 2 ? line->n_words : 2; n > 0; n--) {
        char *name = n == 2 ? mem_printf("%s %s", line->word[0], line->word[1]) : mem_dup(line->word[0]);
        enum action_id id = action_by_name(name);

        free(name);
        *used = n;
        if (id != ACTION_NONE && action_row(id)->place != PLACE_DESK)
            return id;
    }
    return ACTION_NONE;
}

static const struct param *positional(const struct action *row, size_t n)
{
    for (size_t i = 0; i < row->n_params; i++)
        if ((row->params[i].flags & PARAM_POSITIONAL) && (n-- == 0 || (row->params[i].flags & PARAM_LIST)))
            return &row->params[i];
    return NULL;
}

/* --name VALUE, --name=VALUE, or --flag. *i moves past what it took. */
static enum rc option_take(struct line *line, size_t *i, struct err *err)
{
    const char *word = line->word[*i] + 2;
    size_t len = strcspn(word, "=");
    char *name = mem_dup_n(word, len);
    const struct param *p = action_param(line->action, name);
    enum rc rc = RC_OK;

    if (!p || p->kind == PARAM_PASSWORD || p->kind == PARAM_SECRET)
        rc = err_set(err, RC_INVALID, _("%s has no option --%s"), action_row(line->action)->name, name);
    else if (p->kind == PARAM_FLAG && !word[len])
        add(line, p->name, "yes");
    else if (word[len])
        add(line, p->name, word + len + 1);
    else if (*i + 1 < line->n_words)
        add(line, p->name, line->word[++*i]);
    else
        rc = err_set(err, RC_INVALID, _("--%s needs a value"), name);
    free(name);
    return rc;
}

/* "task": the first words of some commands but no command. err names those commands. */
static enum rc no_action(const struct line *line, struct err *err)
{
    struct buf rest = { 0 };
    size_t len = strlen(line->word[0]);

    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        const struct action *row = action_row((enum action_id)i);

        if (row->place != PLACE_DESK && strncmp(row->name, line->word[0], len) == 0 && row->name[len] == ' ')
            buf_printf(&rest, "%s%s", rest.len ? ", " : "", row->name + len + 1);
    }
    if (rest.len)
        err_set(err, RC_INVALID, _("say what to do with %s: %s"), line->word[0], buf_text(&rest));
    else
        err_set(err, RC_INVALID, "%s", _("there is no such command; see frontdesk --help"));
    buf_done(&rest);
    return RC_INVALID;
}

enum rc line_sort(struct line *line, struct err *err)
{
    size_t used = 0, n = 0;
    bool literal = false;
    enum rc rc = RC_OK;

    if (line->n_words > 0 && strcmp(line->word[0], "help") == 0) {
        line->help = true;      /* "help task add" is "task add --help" */
        free(line->word[0]);
        memmove(line->word, line->word + 1, --line->n_words * sizeof *line->word);
    }
    if (line->n_words == 0)
        return RC_OK;
    line->action = action_of(line, &used);
    if (line->action == ACTION_NONE)
        return line->help && help_has(line->word[0]) ? RC_OK : no_action(line, err);
    for (size_t i = used; i < line->n_words && rc == RC_OK; i++) {
        const char *word = line->word[i];
        const struct param *p;

        if (!literal && strcmp(word, "--") == 0)
            literal = true;
        else if (!literal && strncmp(word, "--", 2) == 0)
            rc = option_take(line, &i, err);
        else if ((p = positional(action_row(line->action), n++)))
            add(line, p->name, word);
        else
            rc = err_set(err, RC_INVALID, _("%s takes no more words"), action_row(line->action)->name);
    }
    return rc;
}

void line_done(struct line *line)
{
    for (size_t i = 0; i < line->n_words; i++)
        free(line->word[i]);
    for (size_t i = 0; i < line->n_kept; i++) {
        mem_wipe(line->kept[i], strlen(line->kept[i]));
        free(line->kept[i]);
    }
    free(line->word);
    free(line->kept);
    free(line->arg);
    free(line->data_dir);
    free(line->config_path);
    free(line->now);
    free(line->kiosk);
    *line = (struct line){ .password_fd = -1 };
}
