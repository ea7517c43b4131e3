#include "action/arg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/staff.h"
#include "action/bind.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"

const char *arg_text(const struct args *args, const char *name)
{
    const char *value = args_get(args, name);

    return value && value[0] ? value : NULL;
}

const char *arg_id(const struct args *args, const char *name)
{
    const char *value = arg_text(args, name);

    return value ? bind_id(value) : NULL;
}

int arg_int(const struct args *args, const char *name, int otherwise)
{
    const char *value = arg_text(args, name);
    long number = value ? strtol(value, NULL, 10) : otherwise;

    return number > 1000000 ? 1000000 : (int)number;
}

char *arg_words(const struct args *args, const char *name)
{
    struct buf words = { 0 };

    for (size_t i = 0; args_nth(args, name, i); i++) {
        if (i)
            buf_char(&words, ' ');
        buf_add(&words, args_nth(args, name, i));
    }
    return words.data ? buf_take(&words) : mem_dup("");
}

enum rc arg_staff(struct context *ctx, const struct args *args, const char *name, char out[40], struct err *err)
{
    const char *value = arg_text(args, name);
    struct staff staff = { 0 };
    enum rc rc;

    if (!value)
        return RC_OK;
    if (strcmp(value, "desk") == 0 || strcmp(value, "me") == 0) {
        snprintf(out, 40, "%s", value[0] == 'm' ? ctx->session.staff.id : "");
        return RC_OK;
    }
    if ((rc = staff_get(ctx->st, value, &staff, err)) == RC_OK)
        snprintf(out, 40, "%s", staff.id);
    staff_done(&staff);
    return rc;
}

struct date_order arg_order(const struct config *config)
{
    return (struct date_order){ .day_first = config && config_bool(config, "clinic.day_first") };
}

enum rc arg_day(struct context *ctx, const struct args *args, const char *name, char out[DATE_TEXT], struct err *err)
{
    const char *value = arg_text(args, name);
    struct date date, today = clock_today();
    enum rc rc = RC_OK;

    out[0] = '\0';
    if (!value)
        return RC_OK;
    if (strcmp(value, "today") == 0)
        date = today;
    else if (strcmp(value, "yesterday") == 0)
        date = date_add_days(today, -1);
    else if (!date_parse(value, &date) || !date_is_whole(date) || !date_is_real(date))
        rc = date_typed_future(value, today, arg_order(ctx->config), &date, err);
    if (rc == RC_OK)
        date_format(date, out);
    return rc;
}

static void time_text(int minutes, char out[8])
{
    unsigned m = (unsigned)minutes % (24 * 60);

    snprintf(out, 8, "%02u:%02u", m / 60, m % 60);
}

enum rc arg_time(const struct args *args, const char *name, char out[8], struct err *err)
{
    const char *value = arg_text(args, name);

    out[0] = '\0';
    if (!value)
        return RC_OK;
    if (date_typed_time(value) < 0)
        return err_set(err, RC_INVALID, _("%s: a time of day, as 9:30 or 2pm"), name);
    time_text(date_typed_time(value), out);
    return RC_OK;
}

/* Length of text up to the end of its nth word, 0 when it has fewer. */
static size_t words_end(const char *text, int n)
{
    size_t at = 0;

    while (n-- > 0) {
        at += strspn(text + at, " ");
        if (!text[at])
            return 0;
        at += strcspn(text + at, " ");
    }
    return at;
}

/* A time of day in the first word of rest ("9:30 patel"): moves past it. */
static void take_time(struct when *out)
{
    char *word = mem_dup_n(out->rest, strcspn(out->rest, " "));

    if (word[0] >= '0' && word[0] <= '9' && date_typed_time(word) >= 0) {
        time_text(date_typed_time(word), out->time);
        out->rest += strlen(word);
        out->rest += strspn(out->rest, " ");
    }
    free(word);
}

enum rc when_parse(const struct config *config, const char *text, struct when *out, struct err *err)
{
    struct err ignored;

    *out = (struct when){ .rest = "" };
    for (int n = 3; n > 0; n--) {       /* "12 mar 2027" before "12 mar" before "12" */
        size_t len = words_end(text, n);
        char *head = len ? mem_dup_n(text, len) : NULL;
        enum rc rc = head ? date_typed_future(head, clock_today(), arg_order(config), &out->date, &ignored) : RC_INVALID;

        free(head);
        if (rc != RC_OK)
            continue;
        out->rest = text + len + strspn(text + len, " ");
        date_format(out->date, out->day);
        take_time(out);
        return RC_OK;
    }
    return date_typed_future(text, clock_today(), arg_order(config), &out->date, err);
}

struct doc *result_list(void)
{
    struct doc *list = NULL;

    if (doc_parse("[]", 2, &list, NULL) != RC_OK)
        mem_fatal("an empty list does not parse");
    return list;
}

struct node *result_row(struct doc *list)
{
    return node_add_object(list, doc_root(list));
}

struct doc *result_made(const char *type, const char *id)
{
    struct doc *made = doc_new(NULL);
    char *resource = mem_printf("%s/%s", type, id);

    node_set_str(made, doc_root(made), "id", id);
    node_set_str(made, doc_root(made), "resource", resource);
    free(resource);
    return made;
}
