/* Visits: listing, booking, check-in with the second identifier, and where each ends. */
#include "action/handler.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/appointment.h"
#include "desk/patient.h"
#include "store/store.h"

static void appointment_row(struct doc *doc, const struct appointment *a)
{
    struct node *row = result_row(doc);
    const struct { const char *name, *value; } text[] = {
        { "id", a->id }, { "patient", a->patient }, { "name", a->patient_name }, { "usual", a->usual },
        { "birthDate", a->birth }, { "sex", a->sex }, { "start", a->start }, { "end", a->end },
        { "status", a->status }, { "clinician", a->clinician_name }, { "reason", a->reason },
        { "arrived", a->arrived }, { "cancelReason", a->cancel_reason }, { "why", a->why },
    };

    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        node_set_str(doc, row, text[i].name, text[i].value);
    if (a->is_walk_in)
        node_set_bool(doc, row, "walkIn", true);
    if (a->left_unseen)
        node_set_bool(doc, row, "leftUnseen", true);
    if (a->waiting_min >= 0)
        node_set_int(doc, row, "waitingMinutes", a->waiting_min);
}

enum rc act_appointment_list(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    struct appointment_list list = { 0 };
    char day[DATE_TEXT];
    enum rc rc = arg_day(ctx, args, "day", day, err);

    if (rc == RC_OK && !day[0])
        date_format(clock_today(), day);
    if (rc == RC_OK)
        rc = appointment_list(ctx->st, day, grant->patient[0] ? grant->patient : NULL, &list, err);
    if (rc == RC_OK) {
        *result = result_list();
        for (size_t i = 0; i < list.n; i++)
            appointment_row(*result, &list.appointment[i]);
    }
    appointment_list_done(&list);
    return rc;
}

static enum rc book(struct context *ctx, const struct grant *grant, struct booking *b, struct doc **result, struct err *err)
{
    char *id = NULL, *overlap = NULL;
    enum rc rc = appointment_book(ctx->st, grant, b, &id, &overlap, err);

    if (rc == RC_OK) {
        *result = result_made("Appointment", id);
        node_set_str(*result, doc_root(*result), "overlap", overlap);
    }
    free(id);
    free(overlap);
    return rc;
}

/* "2w 9:30 patel" in one, or --day and --time apart. */
enum rc act_appointment_book(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    struct when when = { .rest = "" };
    char day[DATE_TEXT] = "", at[8] = "";
    struct booking b = {
        .patient = grant->patient, .clinician = arg_text(args, "clinician"), .reason = arg_text(args, "reason"),
        .minutes = arg_int(args, "minutes", 0), .day = day, .time = at,
    };
    enum rc rc = arg_day(ctx, args, "day", day, err);

    if (rc == RC_OK)
        rc = arg_time(args, "time", at, err);
    if (rc == RC_OK && arg_text(args, "when"))
        rc = when_parse(ctx->config, arg_text(args, "when"), &when, err);
    if (rc != RC_OK)
        return rc;
    if (!day[0])
        b.day = when.day;
    if (!at[0])
        b.time = when.time;
    if (!b.clinician && when.rest[0])
        b.clinician = when.rest;
    if (!b.day[0] || !b.time[0])
        return err_set(err, RC_INVALID, _("a visit needs a day and a time, as \"2w 9:30\""));
    return book(ctx, grant, &b, result, err);
}

enum rc act_appointment_walk_in(struct context *ctx, const struct grant *grant, const struct args *args,
                                struct doc **result, struct err *err)
{
    struct civil now = clock_local(clock_now_ms());
    char day[DATE_TEXT], at[16];
    struct booking b = {
        .patient = grant->patient, .clinician = arg_text(args, "clinician"), .reason = arg_text(args, "reason"),
        .minutes = arg_int(args, "minutes", 0), .day = day, .time = at, .is_walk_in = true,
    };

    date_format(now.date, day);
    snprintf(at, sizeof at, "%02u:%02u", (unsigned)now.hour % 24, (unsigned)now.minute % 60);
    return book(ctx, grant, &b, result, err);
}

bool birthday_read(struct context *ctx, const char *said, int *day, int *month)
{
    struct date_order order = { .day_first = strchr(said, '/') ? arg_order(ctx->config).day_first : true };
    char text[48], *at = text;
    struct date date;
    bool estimated, letters = false;
    int parts = 1;

    if (strlen(said) > 24)
        return false;
    if (strlen(said) == 4 && strspn(said, "0123456789") == 4) {
        snprintf(text, sizeof text, "%.2s/%.2s/2000", said, said + 2);
    } else {
        for (const char *c = said; *c; c++)
            letters |= isalpha((unsigned char)*c) || (unsigned char)*c >= 0x80;
        for (const char *c = said; *c; c++) {
            bool split = strchr(" /.-", *c) != NULL;

            parts += split && c[1];
            *at++ = (char)(!split ? *c : letters ? ' ' : '/');
        }
        *at = '\0';
        if (parts == 2)
            strcat(text, letters ? " 2000" : "/2000");  /* a leap year: 29 February is somebody's birthday */
        if (date_parse(said, &date) && date_is_whole(date))
            strcpy(text, said);
    }
    if (date_typed_birth(text, clock_today(), order, &date, &estimated, NULL) != RC_OK || !date_is_whole(date))
        return false;
    *day = date.day;
    *month = date.month;
    return true;
}

static enum rc check_birthday(struct context *ctx, const struct grant *grant, const char *said, struct err *err)
{
    struct person person = { 0 };
    struct date birth;
    int day, month;
    enum rc rc = person_get(ctx->st, grant->patient, &person, err);

    if (rc == RC_OK && (!date_parse(person.birth, &birth) || !date_is_whole(birth)))
        rc = err_set(err, RC_INVALID, _("there is no whole birth date on record: say why it was not checked"));
    else if (rc == RC_OK && !birthday_read(ctx, said, &day, &month))
        rc = err_set(err, RC_INVALID, _("birthday: day and month, as \"1 7\" or \"1 jul\""));
    else if (rc == RC_OK && !patient_birthday_is(&person, day, month))
        rc = err_set(err, RC_INVALID, _("that is not the birthday on record: is this the right person?"));
    person_done(&person);
    return rc;
}

enum rc act_appointment_arrive(struct context *ctx, const struct grant *grant, const struct args *args,
                               struct doc **result, struct err *err)
{
    const char *said = arg_text(args, "birthday"), *why = arg_text(args, "unchecked");
    char *identified = said ? mem_dup("birthday") : why ? mem_printf("not checked: %s", why) : NULL;
    enum rc rc = RC_OK;

    (void)result;
    if (!identified)
        return err_set(err, RC_INVALID, _("ask the birthday (birthday), or say why it was not asked (unchecked)"));
    if (said)
        rc = check_birthday(ctx, grant, said, err);
    if (rc == RC_OK)
        rc = appointment_arrive(ctx->st, grant, arg_id(args, "id"), identified, err);
    free(identified);
    return rc;
}

enum rc act_appointment_start(struct context *ctx, const struct grant *grant, const struct args *args,
                              struct doc **result, struct err *err)
{
    (void)result;
    return appointment_to_clinician(ctx->st, grant, arg_id(args, "id"), err);
}

enum rc act_appointment_done(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    (void)result;
    return appointment_done_visit(ctx->st, grant, arg_id(args, "id"), err);
}

enum rc act_appointment_left(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    (void)result;
    return appointment_left_unseen(ctx->st, grant, arg_id(args, "id"), arg_text(args, "reason"), err);
}

enum rc act_appointment_noshow(struct context *ctx, const struct grant *grant, const struct args *args,
                               struct doc **result, struct err *err)
{
    const char *reason = arg_text(args, "reason");

    (void)result;
    return appointment_noshow(ctx->st, grant, arg_id(args, "id"), reason ? reason : "not known", err);
}

enum rc act_appointment_cancel(struct context *ctx, const struct grant *grant, const struct args *args,
                               struct doc **result, struct err *err)
{
    (void)result;
    return appointment_cancel(ctx->st, grant, arg_id(args, "id"), arg_text(args, "reason"), err);
}
