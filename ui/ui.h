/* ui.h - the desk on a terminal: what `frontdesk` without a subcommand runs. */
#ifndef FRONTDESK_UI_H
#define FRONTDESK_UI_H

#include <stdbool.h>

struct ui_options {
    const char *data_dir;       /* --data; NULL: the configuration's */
    const char *config_path;    /* --config; NULL: the usual places */
    const char *now;            /* --now, demo directories only; NULL: the real time */
    const char *kiosk;          /* the kiosk opens at once, "PATIENT start FORM" or "PATIENT draft ID"; NULL: Today */
    bool linear;                /* --linear: questions, one line each, no cursor movement */
};
/* Exit status: 0 left by the person, 1 with the reason on standard error. A sign-in that `frontdesk
 * login` left for this terminal session is taken up. The caller has hardened the process. */
int ui_run(const struct ui_options *options);
#endif
