/* care.c - what the agent does for the database itself: check it, and keep copies. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/authz.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/backup.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "sync/agent.h"

/* The hours in which nobody waits for the disk, clinic-local. */
enum { NIGHT_FROM = 1, NIGHT_TO = 5, LATEST_H = 36 };

static const char checked[] = "checked", copied[] = "copied";   /* in store_meta: when last */

static int64_t hours_since(struct store *st, const char *name)
{
    int64_t at;

    if (!clock_parse(store_meta(st, name), &at))
        return INT64_MAX;
    return (clock_now_ms() - at) / (60 * 60 * 1000);
}

void care_note(struct store *st, const char *name)
{
    char now[CLOCK_TEXT];

    clock_instant(clock_now_ms(), now);
    store_set_meta(st, name, now, NULL);
}

/* A machine that is off at night gets it when it has been due for long. */
bool care_is_due(struct store *st, const char *name)
{
    int hour = clock_local(clock_now_ms()).hour;
    int64_t since = hours_since(st, name);

    return since >= LATEST_H || (since >= 12 && hour >= NIGHT_FROM && hour < NIGHT_TO);
}

static void check(struct agent *agent)
{
    struct err err = { 0 };

    if (store_check(agent->st, false, &err) == RC_OK) {
        care_note(agent->st, checked);
        return;
    }
    log_line("store", "the check of the database failed: %s", err_text(&err));
    sync_status_set(agent->st, PASS_FAILED, _("the database is damaged: leave frontdesk and restore a backup"), NULL);
}

/* ---- copies ---- */

#define COPY_PREFIX "nightly-"

/* Our own folder is made; one of the clinic's that is not there may be a disk that is not. */
static char *copy_dir(const struct agent *agent)
{
    const char *dir = config_text(agent->config, "backup.dir");
    char *own;

    if (*dir)
        return mem_dup(dir);
    own = mem_printf("%s/backup", store_dir(agent->st));
    if (mkdir(own, 0700) != 0 && errno != EEXIST)
        log_line("store", "%s cannot be made: %s", own, strerror(errno));
    return own;
}

static int is_copy(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return strncmp(entry->d_name, COPY_PREFIX, strlen(COPY_PREFIX)) == 0 && len > 3 &&
           strcmp(entry->d_name + len - 3, ".db") == 0;
}

/* Only the agent's own, by their name, oldest first; copies a person made are theirs. */
static void drop_old(const char *dir, int keep)
{
    struct dirent **entry;
    int n = scandir(dir, &entry, is_copy, alphasort);

    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%s", dir, entry[i]->d_name);
        if (i < n - keep && unlink(path) != 0)
            log_line("store", "an old backup cannot be removed: %s", strerror(errno));
        free(path);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
}

static void copy(struct agent *agent)
{
    struct date today = clock_today();
    char *dir = copy_dir(agent), *path;
    struct grant grant;
    struct err err = { 0 };

    path = mem_printf("%s/" COPY_PREFIX "%04d%02d%02d.db", dir, today.year, today.month, today.day);
    authz_system(ORIGIN_SYSTEM, "backup", &grant);
    if (access(path, F_OK) == 0 || backup_make(agent->st, &grant, path, NULL, &err) == RC_OK) {
        care_note(agent->st, copied);
        drop_old(dir, config_int(agent->config, "backup.keep"));
    } else {
        log_line("store", "the nightly backup failed: %s", err_text(&err));
    }
    free(path);
    free(dir);
}

void agent_care(struct agent *agent)
{
    bool is_unclean = store_was_unclean(agent->st) && hours_since(agent->st, checked) > 0;

    if (is_unclean || care_is_due(agent->st, checked))
        check(agent);
    if (care_is_due(agent->st, copied))
        copy(agent);
}
