/* pull_feed.h - the history of the whole server: what others deleted, which a search does not show, and which
 * types have changed at all, so that a pass without news asks once instead of once for each type. */
#ifndef FRONTDESK_SYNC_PULL_FEED_H
#define FRONTDESK_SYNC_PULL_FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"

struct central;

struct feed {
    bool is_read;               /* whole; false where the server has none, or before the first pull */
    bool is_vague;              /* some entry does not tell what it is about */
    char mark[CLOCK_TEXT];      /* the server's time of the reading */
    char **type;                /* owned; what changed */
    size_t n, cap;
};

/* Before the first pull: from when on the feed has to be read. */
enum rc feed_mark(struct central *c, const char *scope_key, struct err *err);
/* Read what happened since the time kept, looking back as every pass does; deletes are confirmed by id and
 * applied. */
enum rc feed_read(struct central *c, const char *scope_key, struct feed *feed, struct err *err);
/* All of it has been seen to: the next reading goes on from here. */
enum rc feed_keep(struct central *c, const char *scope_key, const struct feed *feed, struct err *err);
bool feed_names(const struct feed *feed, const char *type);
void feed_done(struct feed *feed);
#endif
