/* find_server.h - Find, one step further: people whom only the server knows. The row "ask the server too"
 * under the last hit, the people it names, and their record fetched when one of them is opened.
 * The desk only leaves a request in the database; the agent asks. */
#ifndef FRONTDESK_FIND_SERVER_H
#define FRONTDESK_FIND_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "desk/find.h"
#include "ui/list.h"

struct app;

#define FIND_SERVER_ASK "ask-server"    /* id of the row that asks */

struct find_server {
    int64_t asked, fetching;    /* requests under way, 0 none */
    char patient[72];           /* whose record is fetched */
    int64_t since_ms;           /* monotonic: when it was asked */
    bool is_answered;
    struct hits hits;
    char problem[300];          /* why there is no answer, "" none */
};
void find_server_done(struct find_server *s);
/* Something else is typed now: what was asked no longer matters here. */
void find_server_forget(struct find_server *s);

/* The row that asks, or says how far that is; and the people that are not among local. */
void find_server_ask_row(struct app *app, const struct find_server *s, struct list *list, int group);
void find_server_people(struct app *app, const struct find_server *s, struct list *list, int group);
/* How many rows of the list (local hits first) look like this person of the server's. */
bool find_server_is_alike(const struct find_server *s, const struct list *list, const char *id);
const struct hit *find_server_hit(const struct find_server *s, const char *id);     /* NULL: not one of them */

/* Ask for what is typed; ask for somebody's record. What goes wrong is said on line 23. */
void find_server_ask(struct app *app, struct find_server *s, const char *typed);
void find_server_fetch(struct app *app, struct find_server *s, const char *patient);
/* A second has passed. FIND_SERVER_ROWS: the rows are others now. FIND_SERVER_OPEN: s->patient is here. */
enum find_server_news { FIND_SERVER_NOTHING, FIND_SERVER_ROWS, FIND_SERVER_OPEN };
enum find_server_news find_server_tick(struct app *app, struct find_server *s);
#endif
