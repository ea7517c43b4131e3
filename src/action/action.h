/* action.h - one row per thing a person can do. The footer, the help screen, the palette, the key
 * overrides, the subcommands, the man page, the authorization table and the audit test are drawn
 * from these rows. */
#ifndef FRONTDESK_ACTION_H
#define FRONTDESK_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "access/authz.h"
#include "access/session.h"
#include "base/config.h"
#include "fhir/document.h"

struct store;

/* Everything an act needs: the database, who acts, the settings. One per process. */
struct context {
    struct store *st;
    struct config *config;
    struct session session;     /* session.staff.id[0] == 0: nobody is signed in */
    enum origin origin;
};

/* A named value an action takes. On the desk it is asked for on line 23 when not known; as a
 * subcommand it is a positional argument or --name. */
enum param_kind { PARAM_TEXT, PARAM_PATIENT, PARAM_ID, PARAM_DATE, PARAM_TIME, PARAM_CHOICE, PARAM_FLAG, PARAM_NUMBER, PARAM_FILE, PARAM_STAFF };
struct param {
    const char *name;           /* "due", "reason" */
    enum param_kind kind;
    bool is_required;
    bool is_positional;         /* on the command line, in row order */
    bool is_list;               /* takes all remaining positionals */
    const char *prompt;         /* N_("due"), for line 23 and --help */
    const char *const *choices; /* PARAM_CHOICE: "k word" entries (letter, space, word), NULL-ended */
};
struct arg { const char *name, *value; };
struct args { const struct arg *arg; size_t n; };
const char *args_get(const struct args *args, const char *name);        /* NULL when not given */
const char *args_nth(const struct args *args, const char *name, size_t i);  /* list values; NULL past the end */

enum undo { UNDO_NO, UNDO_SAFE };   /* SAFE: the written revisions can be put back while nobody wrote since */

/* result (may stay NULL) is the JSON that --json prints; owned by the caller. */
typedef enum rc (*action_fn)(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err);

struct action {
    const char *name;           /* "task complete": the subcommand's words, the audit's action */
    const char *verb;           /* two letters on numbered rows, "" none */
    const char *key;            /* default key on screens, "" none */
    const char *help;           /* N_() one line */
    enum permission permission;
    const char *category;       /* audit category: "task", "demographics", ... */
    enum undo undo;
    const struct param *params; size_t n_params;
    action_fn run;              /* NULL: a movement of the desk itself (open, palette, help), handled by ui */
};

/* The rows, by number; enum action_id is in action/id.h, made in the same order as the table. */
#include "action/id.h"
const struct action *action_row(enum action_id id);
const struct action *action_by_name(const char *name);  /* "task complete"; NULL when none */
const struct action *action_by_verb(const char *verb);
const char *action_key(const struct config *config, const struct action *action);    /* the override or the default */

/* Check the arguments against the row, authorize (args "patient" binds the grant), run. Every path
 * to an act is this function. */
enum rc action_run(struct context *ctx, enum action_id id, const struct args *args,
                   struct doc **result, struct err *err);
#endif
