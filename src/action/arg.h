/* arg.h - reading arguments as handlers need them, and building result documents. For src/action
 * and src/cli; ui takes when_parse from here to echo a typed date. */
#ifndef FRONTDESK_ACTION_ARG_H
#define FRONTDESK_ACTION_ARG_H

#include "action/action.h"
#include "base/date.h"

/* The id of an id or Type/id argument, borrowed; NULL when not given or empty. */
const char *arg_id(const struct args *args, const char *name);
const char *arg_text(const struct args *args, const char *name);    /* NULL when not given or empty */
int arg_int(const struct args *args, const char *name, int otherwise);
/* All values of a list argument joined by spaces; owned, "" when there are none. */
char *arg_words(const struct args *args, const char *name);
/* A staff argument as an id: "me", "desk" (gives ""), a sign-in name or an id. out is left alone
 * when it is not given; RC_NOT_FOUND when there is no such account. */
enum rc arg_staff(struct context *ctx, const struct args *args, const char *name, char out[40], struct err *err);
/* A PARAM_DAY argument as YYYY-MM-DD; "" when not given. */
enum rc arg_day(struct context *ctx, const struct args *args, const char *name, char out[DATE_TEXT], struct err *err);

/* A day to come, perhaps with a time and words after it: "2w 9:30 patel". */
struct when {
    struct date date;
    char day[DATE_TEXT];        /* YYYY-MM-DD */
    char time[8];               /* HH:MM, "" none */
    const char *rest;           /* what follows, borrowed from the text; "" nothing */
};
enum rc when_parse(const struct config *config, const char *text, struct when *out, struct err *err);
/* A time argument as HH:MM, "" when not given. */
enum rc arg_time(const struct args *args, const char *name, char out[8], struct err *err);
struct date_order arg_order(const struct config *config);   /* the clinic's order of typed dates */

/* A birthday as it is said: "1 7" and "0107" are day and month, "7/1" is in the clinic's order,
 * "1 jul" and a whole date are themselves. False when it is no day of a year. */
bool birthday_read(struct context *ctx, const char *said, int *day, int *month);

/* [] and one more {} in it. */
struct doc *result_list(void);
struct node *result_row(struct doc *list);
/* {"id": id, "resource": "Type/id"} */
struct doc *result_made(const char *type, const char *id);
#endif
