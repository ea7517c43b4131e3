/* context.h - opening what every act needs: settings, database, clinic time, the rules of each type. */
#ifndef FRONTDESK_ACTION_CONTEXT_H
#define FRONTDESK_ACTION_CONTEXT_H

#include "action/action.h"

struct context_options {
    const char *data_dir;       /* --data; NULL: the configuration's */
    const char *config_path;    /* --config; NULL: the usual places */
    const char *now;            /* --now; NULL: the real time */
    unsigned store_flags;       /* enum store_open_flag */
    bool is_new;                /* the directory is being made as a demo now, so that --now is allowed */
};

/* Read the settings alone. Every fault of the file goes to standard error, a line each. */
enum rc context_config(struct context *ctx, const struct context_options *options, struct err *err);
/* Settings, then the database; ctx is zeroed by the caller, its origin kept. On a failure what was
 * opened stays for context_close. */
enum rc context_open(struct context *ctx, const struct context_options *options, struct err *err);
void context_close(struct context *ctx);
#endif
