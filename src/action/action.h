/* action.h - one row per thing a person can do. The footer, the help screen, the palette, the key
 * overrides, the subcommands, the man page, the authorization table and the audit test are drawn
 * from these rows (rows.def). */
#ifndef FRONTDESK_ACTION_H
#define FRONTDESK_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/authz.h"
#include "access/session.h"
#include "action/id.h"
#include "base/config.h"
#include "fhir/document.h"

struct store;

/* Everything an act needs: the database, who acts, the settings. One per process. */
struct context {
    struct store *st;
    struct config *config;
    struct session session;     /* session.staff.id[0] == 0: nobody is signed in */
    enum origin origin;
    /* Long work tells how far it is (total 0: not known); false stops it cleanly. May be NULL. */
    bool (*progress)(void *ctx, const char *what, int64_t done, int64_t total);
    void *progress_ctx;
};

/* A named value an action takes. On the desk it is asked for on line 23, in row order, when it is
 * not known and not quiet; as a subcommand it is a positional argument or --name. */
enum param_kind {
    PARAM_TEXT,
    PARAM_PATIENT,      /* Patient id; named "patient" it binds the grant */
    PARAM_ID,           /* id, or Type/id, of a resource of one of param.type; binds to its patient */
    PARAM_RESOURCE,     /* Type/id of any resource; binds to its patient */
    PARAM_CONFLICT, PARAM_DRAFT,    /* a conflict's number, a draft's id; bind to its patient */
    PARAM_OUTBOX,       /* a number of the outbox; binds to its patient */
    PARAM_QUARANTINE,   /* a quarantine row's number */
    PARAM_ACT,          /* an act's number, for undo */
    PARAM_DATE,         /* a day to come, typed any way; may end in a time ("2w 9:30") */
    PARAM_DAY,          /* any day, past or to come: YYYY-MM-DD, "today", or as PARAM_DATE */
    PARAM_BIRTH,        /* a birth date, typed any way */
    PARAM_TIME, PARAM_CHOICE, PARAM_FLAG, PARAM_NUMBER, PARAM_FILE,
    PARAM_STAFF,        /* a staff name or id; "me" is who acts, "desk" nobody's */
    PARAM_PASSWORD,     /* never from arguments: the terminal, or --password-fd */
    PARAM_SECRET        /* likewise, and of several lines: standard input too */
};
struct choice {
    char key;                   /* completes the field on the desk */
    const char *value;          /* what the handler and --json see; language-independent */
    const char *label;          /* N_() */
};
struct param {
    const char *name;           /* "due", "reason" */
    enum param_kind kind;
    unsigned flags;             /* enum param_flag */
    const char *prompt;         /* N_("due"), for line 23 and --help */
    const char *type;           /* PARAM_ID: "Task", or several separated by spaces; else NULL */
    const struct choice *choices; size_t n_choices;     /* PARAM_CHOICE; none else */
};
enum param_flag {
    PARAM_REQUIRED = 1,
    PARAM_POSITIONAL = 2,       /* on the command line, in row order; --name works too */
    PARAM_LIST = 4,             /* takes all remaining positionals, or may be repeated as an option */
    PARAM_OPEN = 8,             /* a choice that takes other text too */
    PARAM_QUIET = 16,           /* never asked for on the desk; only an option */
    PARAM_FAR = 32              /* a patient who may be at the server only: any id that could be one */
};
struct arg { const char *name, *value; };
struct args { const struct arg *arg; size_t n; };
const char *args_get(const struct args *args, const char *name);        /* NULL when not given */
const char *args_nth(const struct args *args, const char *name, size_t i);  /* list values; NULL past the end */
bool args_flag(const struct args *args, const char *name);              /* a PARAM_FLAG is given, and not "no" */

enum undo { UNDO_NO, UNDO_SAFE };   /* SAFE: the written revisions can be put back while nobody wrote since */
enum action_place {
    PLACE_BOTH,                 /* screens and a subcommand */
    PLACE_DESK,                 /* screens only: movements; run may be NULL */
    PLACE_CLI                   /* a subcommand only */
};

/* result (may stay NULL) is the JSON that --json prints; owned by the caller. It may be set on a
 * failure too, when there is more to say than the sentence in err. */
typedef enum rc (*action_fn)(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err);

struct action {
    const char *name;           /* "task complete": the subcommand's words, the audit's action */
    const char *verb;           /* two letters on numbered rows, "" none */
    const char *key;            /* default keys on screens, space-separated ("? F1", "Space"), "" none */
    const char *on;             /* resource type or screen it belongs to, "" everywhere */
    enum action_place place;
    const char *help;           /* N_() one line */
    enum permission permission;
    const char *category;       /* audit category: "task", "demographics", ... */
    enum undo undo;
    const struct param *params; size_t n_params;
    action_fn run;              /* NULL: a movement handled by ui, or a subcommand handled by cli alone */
};

/* The rows, by number. ACTION_NONE and numbers past the table have none. */
const struct action *action_row(enum action_id id);
enum action_id action_by_name(const char *name);        /* "task complete"; ACTION_NONE when there is none */
enum action_id action_by_setting(const char *name);     /* as the keys group of the configuration names it: "task complete" */
/* The row a verb means on rows of that type (any letter case); type "" or NULL: the first with that verb. */
enum action_id action_by_verb(const char *verb, const char *type);
/* The configured override, or the row's default keys; several are separated by spaces. */
const char *action_key(const struct config *config, enum action_id id);
/* Is key (as ui names it: "a", "^N", "Space", "Enter") one of the action's keys? */
bool action_has_key(const struct config *config, enum action_id id, const char *key);
const struct param *action_param(enum action_id id, const char *name);  /* NULL when it takes none of that name */

/* Do the arguments fit the row? RC_INVALID says what does not. action_run asks it too. */
enum rc action_check(enum action_id id, const struct args *args, struct err *err);
/* Check the arguments against the row, authorize (bound to the patient the arguments name), run, and
 * see that exactly one audit row came of it. Every path to an act is this function. */
enum rc action_run(struct context *ctx, enum action_id id, const struct args *args,
                   struct doc **result, struct err *err);
/* The grant alone, for work that goes on over many keys (a form) and for views that ui audits
 * itself. patient "" or NULL: bound to none. */
enum rc action_grant(struct context *ctx, enum action_id id, const char *patient,
                     struct grant *out, struct err *err);
/* The patient an act on these arguments would be bound to, "" none. patient has 72 bytes.
 * RC_NOT_FOUND when a resource that the arguments name does not exist, RC_DENIED when they name two
 * patients. */
enum rc action_patient(struct context *ctx, enum action_id id, const struct args *args,
                       char *patient, struct err *err);
#endif
