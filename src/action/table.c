#include "action/action.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "action/handler.h"
#include "action/params.h"

enum { SETTING_NAME = 40 };

/* DESIGN section 3, rule 4: an action without a named permission does not build. */
#define ACTION(id, name, verb, key, on, place, help, permission, category, undo, params, run) \
    _Static_assert((permission) > PERM_NONE && (permission) < PERM_COUNT, "an action names its permission: " name); \
    _Static_assert(sizeof(category) > 1, "an action names its audit category: " name); \
    _Static_assert(sizeof(name) <= sizeof ((struct grant *)0)->action, "an action's name fits the audit: " name);
#include "action/rows.def"
#undef ACTION

#define ACTION(id, name, verb, key, on, place, help, permission, category, undo, params, run) \
    [ACTION_##id] = { name, verb, key, on, place, help, permission, category, undo, \
                      params_##params, sizeof params_##params / sizeof *params_##params - 1, run },
static const struct action rows[] = {
#include "action/rows.def"
};
#undef ACTION

const struct action *action_row(enum action_id id)
{
    return id > ACTION_NONE && id < ACTION_COUNT ? &rows[id] : NULL;
}

enum action_id action_by_name(const char *name)
{
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (strcmp(rows[i].name, name) == 0)
            return (enum action_id)i;
    return ACTION_NONE;
}

enum action_id action_by_verb(const char *verb, const char *type)
{
    enum action_id first = ACTION_NONE;

    if (!verb[0])
        return ACTION_NONE;
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        if (strcasecmp(rows[i].verb, verb) != 0)
            continue;
        if (type && strcmp(rows[i].on, type) == 0)
            return (enum action_id)i;
        if (first == ACTION_NONE)
            first = (enum action_id)i;
    }
    return first;
}

/* A setting has no spaces in its name, and config.h gives every - and _ as a space: keys = { task-add = "f"; }. */
static void setting_of(const struct action *row, char out[SETTING_NAME])
{
    snprintf(out, SETTING_NAME, "%s", row->name);
    for (char *c = out; *c; c++)
        if (*c == '-')
            *c = ' ';
}

enum action_id action_by_setting(const char *name)
{
    for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        char setting[SETTING_NAME];

        setting_of(&rows[i], setting);
        if (strcmp(setting, name) == 0)
            return (enum action_id)i;
    }
    return ACTION_NONE;
}

const char *action_key(const struct config *config, enum action_id id)
{
    const struct action *row = action_row(id);
    char setting[SETTING_NAME];
    const char *own = NULL;

    if (!row)
        return "";
    setting_of(row, setting);
    if (config)
        own = config_key(config, setting);
    return own ? own : row->key;
}

bool action_has_key(const struct config *config, enum action_id id, const char *key)
{
    size_t len = strlen(key);

    for (const char *at = action_key(config, id); *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");

        if (n == len && memcmp(at, key, n) == 0)
            return true;
        at += n;
    }
    return false;
}

const struct param *action_param(enum action_id id, const char *name)
{
    const struct action *row = action_row(id);

    for (size_t i = 0; row && i < row->n_params; i++)
        if (strcmp(row->params[i].name, name) == 0)
            return &row->params[i];
    return NULL;
}
