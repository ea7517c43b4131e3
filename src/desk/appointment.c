#include "desk/appointment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/edit.h"
#include "desk/ladder.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"
#include "store/store.h"

enum { DEFAULT_MINUTES = 20 };

/* Visits of this patient or clinician that take time from the same hours. */
static const char sql_overlap[] =
    "SELECT substr(a.start, 12, 5), a.clinician_name, a.patient = ?1 FROM appointment a"
    " WHERE a.start < ?4 AND a.end > ?3 AND a.start >= ?5"
    "   AND a.status IN ('proposed', 'pending', 'booked', 'arrived', 'checked-in')"
    "   AND (a.patient = ?1 OR (?2 <> '' AND (a.clinician = ?2 OR a.clinician_name = ?2)))"
    " ORDER BY a.start LIMIT 1";

static enum rc booking_times(const struct booking *b, struct civil *start, int64_t *start_ms, int64_t *end_ms, struct err *err)
{
    int minutes = date_typed_time(b->time ? b->time : "");

    if (!b->day || !date_parse(b->day, &start->date) || !date_is_whole(start->date) || !date_is_real(start->date))
        return err_set(err, RC_INVALID, _("Appointment.start: \"%s\" is not a day (YYYY-MM-DD)"), b->day ? b->day : "");
    if (minutes < 0)
        return err_set(err, RC_INVALID, _("Appointment.start: \"%s\" is not a time (HH:MM)"), b->time ? b->time : "");
    if (b->minutes < 0 || b->minutes > 24 * 60)
        return err_set(err, RC_INVALID, _("Appointment.minutesDuration: %d is not between 1 and 1440"), b->minutes);
    start->hour = minutes / 60;
    start->minute = minutes % 60;
    start->second = 0;
    *start_ms = clock_from_civil(*start);
    *end_ms = *start_ms + (b->minutes ? b->minutes : DEFAULT_MINUTES) * 60000LL;
    return RC_OK;
}

/* The owned sentence about the first overlap, or NULL. */
static char *overlap_words(struct store *st, const struct booking *b, int64_t start_ms, int64_t end_ms)
{
    struct query *q = query_open(st, sql_overlap);
    char start[64], end[64], since[64], iso[CLOCK_TEXT], *words = NULL;

    clock_instant(start_ms, iso);
    clock_sort_key(iso, start);
    clock_instant(end_ms, iso);
    clock_sort_key(iso, end);
    clock_instant(start_ms - 24 * 3600000LL, iso);
    clock_sort_key(iso, since);
    query_bind(q, 1, b->patient);
    query_bind(q, 2, b->clinician ? b->clinician : "");
    query_bind(q, 3, start);
    query_bind(q, 4, end);
    query_bind(q, 5, since);
    if (query_next(q))
        words = query_int(q, 2) ? mem_printf(_("overlaps this patient's visit at %s"), query_text(q, 0))
                                : mem_printf(_("overlaps %s at %s"), query_text(q, 1), query_text(q, 0));
    query_end(q, NULL);
    return words;
}

static void participant_add(struct doc *doc, const char *type, const char *id, const char *display)
{
    struct node *participant = node_add_object(doc, node_set_array(doc, doc_root(doc), "participant"));

    if (id)
        reference_set(doc, participant, "actor", type, id);
    if (display && *display)
        node_set_str(doc, node_set_object(doc, participant, "actor"), "display", display);
    node_set_str(doc, participant, "status", "accepted");
}

/* Whom a typed "patel" means: the one clinician of these months whose name holds those words. */
static const char sql_known[] =
    "SELECT clinician, clinician_name FROM appointment WHERE start >= ?2 AND start < ?3"
    "   AND instr(lower(' ' || clinician_name || ' '), lower(' ' || ?1 || ' ')) > 0"
    " GROUP BY clinician, clinician_name LIMIT 2";

struct clinician { char id[72], name[160]; };

static bool clinician_known(struct store *st, const char *typed, int64_t start_ms, struct clinician *out)
{
    struct query *q = query_open(st, sql_known);
    char iso[CLOCK_TEXT], since[64], until[64];
    int n = 0;

    clock_instant(start_ms - 90 * 24 * 3600000LL, iso);
    clock_sort_key(iso, since);
    clock_instant(start_ms + 90 * 24 * 3600000LL, iso);
    clock_sort_key(iso, until);
    query_bind(q, 1, typed);
    query_bind(q, 2, since);
    query_bind(q, 3, until);
    for (; query_next(q); n++) {
        snprintf(out->id, sizeof out->id, "%s", query_text(q, 0));
        snprintf(out->name, sizeof out->name, "%s", query_text(q, 1));
    }
    return query_end(q, NULL) == RC_OK && n == 1;
}

static const char sql_staff_name[] = "SELECT display FROM staff WHERE id = ?1";

/* A clinician is a Practitioner we know by id, else a name as it was typed. */
static void clinician_add(struct store *st, struct doc *doc, const char *clinician, const char *name)
{
    struct query *q;

    if (!clinician || !*clinician)
        return;
    if (!store_has(st, "Practitioner", clinician)) {
        participant_add(doc, "Practitioner", NULL, clinician);
        return;
    }
    q = query_open(st, sql_staff_name);
    query_bind(q, 1, clinician);
    participant_add(doc, "Practitioner", clinician, query_next(q) ? query_text(q, 0) : name);
    query_end(q, NULL);
}

static struct doc *booking_document(struct store *st, const struct booking *b, const char *clinician_name, int64_t start_ms, int64_t end_ms)
{
    struct doc *doc = doc_new("Appointment");
    struct node *root = doc_root(doc);
    char text[CLOCK_TEXT];

    node_set_str(doc, root, "status", b->is_walk_in ? "arrived" : "booked");
    if (b->is_walk_in) {
        doc_set(doc, "appointmentType.coding[0].system", SYSTEM_APPOINTMENT_TYPE);
        doc_set(doc, "appointmentType.coding[0].code", "WALKIN");
    }
    if (b->reason && *b->reason)
        doc_set(doc, "reasonCode[0].text", b->reason);
    clock_instant(start_ms, text);
    node_set_str(doc, root, "start", text);
    clock_instant(end_ms, text);
    node_set_str(doc, root, "end", text);
    clock_datetime(clock_now_ms(), text);
    node_set_str(doc, root, "created", text);
    if (b->is_walk_in)
        edit_extension(doc, root, EXT_ARRIVED, "valueDateTime", text);
    participant_add(doc, "Patient", b->patient, NULL);
    clinician_add(st, doc, b->clinician, clinician_name);
    return doc;
}

enum rc appointment_book(struct store *st, const struct grant *grant, const struct booking *b, char **id, char **overlap, struct err *err)
{
    struct booking known = *b;
    struct clinician clinician = { "", "" };
    struct civil start;
    int64_t start_ms, end_ms;
    char *words;
    enum rc rc = booking_times(b, &start, &start_ms, &end_ms, err);

    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    if (b->clinician && *b->clinician && clinician_known(st, b->clinician, start_ms, &clinician))
        known.clinician = clinician.id[0] ? clinician.id : clinician.name;
    words = overlap_words(st, &known, start_ms, end_ms);
    rc = edit_put_new(st, grant, booking_document(st, &known, clinician.name, start_ms, end_ms), id, err);
    rc = store_end(st, rc, err);
    if (rc == RC_OK && overlap)
        *overlap = words;
    else
        free(words);
    return rc;
}

/* A step of the visit: the status it goes to, and what is kept with it. */
struct step { const char *status, *identified, *reason; bool arrives, leaves; };

/* A visit of a day to come can be cancelled or moved; nobody comes to it, or stays away, before its day. */
static enum rc day_has_come(const struct doc *doc, struct err *err)
{
    char words[DATE_TEXT];
    struct date day;
    int64_t start;

    if (!clock_parse(node_str(doc_root(doc), "start"), &start))
        return RC_OK;
    day = clock_local(start).date;
    if (date_compare(day, clock_today()) <= 0)
        return RC_OK;
    date_words(day, words);
    return err_set(err, RC_INVALID, _("Appointment/%s: start: this visit is on %s, not today"), doc_id(doc), words);
}

static enum rc change_step(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err)
{
    const struct step *step = ctx;
    struct node *root = doc_root(doc);
    char now[CLOCK_TEXT];

    (void)grant;
    if (strcmp(step->status, "cancelled") != 0 && day_has_come(doc, err) != RC_OK)
        return RC_INVALID;
    clock_datetime(clock_now_ms(), now);
    node_set_str(doc, root, "status", step->status);
    if (step->arrives) {
        edit_extension(doc, root, EXT_ARRIVED, "valueDateTime", now);
        edit_extension(doc, root, EXT_IDENTIFIED, "valueString", step->identified);
    }
    if (step->leaves)
        edit_extension(doc, root, EXT_LEFT_UNSEEN, "valueDateTime", now);
    if (step->reason && *step->reason)
        edit_text_concept(doc, root, "cancelationReason", step->reason);
    return RC_OK;
}

static enum rc appointment_step(struct store *st, const struct grant *grant, const char *id, struct step step, struct err *err)
{
    return edit_resource(st, grant, "Appointment", id, change_step, &step, err);
}

enum rc appointment_arrive(struct store *st, const struct grant *grant, const char *id, const char *identified, struct err *err)
{
    if (!identified || !*identified)
        return err_set(err, RC_INVALID, _("Appointment/%s: say how the second identifier was checked"), id);
    return appointment_step(st, grant, id, (struct step){.status = "arrived", .identified = identified, .arrives = true}, err);
}

enum rc appointment_to_clinician(struct store *st, const struct grant *grant, const char *id, struct err *err)
{
    return appointment_step(st, grant, id, (struct step){.status = "checked-in"}, err);
}

enum rc appointment_done_visit(struct store *st, const struct grant *grant, const char *id, struct err *err)
{
    return appointment_step(st, grant, id, (struct step){.status = "fulfilled"}, err);
}

enum rc appointment_left_unseen(struct store *st, const struct grant *grant, const char *id, const char *reason, struct err *err)
{
    return appointment_step(st, grant, id, (struct step){.status = "noshow", .reason = reason, .leaves = true}, err);
}

static enum rc reason_needed(const char *id, const char *reason, struct err *err)
{
    return reason && *reason ? RC_OK
                             : err_set(err, RC_INVALID, _("Appointment/%s: cancelationReason: say why"), id);
}

enum rc appointment_noshow(struct store *st, const struct grant *grant, const char *id, const char *reason, struct err *err)
{
    enum rc rc = reason_needed(id, reason, err);

    return rc != RC_OK ? rc : appointment_step(st, grant, id, (struct step){.status = "noshow", .reason = reason}, err);
}

enum rc appointment_cancel(struct store *st, const struct grant *grant, const char *id, const char *reason, struct err *err)
{
    enum rc rc = reason_needed(id, reason, err);

    return rc != RC_OK ? rc : appointment_step(st, grant, id, (struct step){.status = "cancelled", .reason = reason}, err);
}

/* Which desk step may follow which: a visit that is over is corrected, not moved. */
static const struct ladder steps[] = {
    {"proposed", "pending booked arrived checked-in cancelled noshow waitlist entered-in-error"},
    {"pending", "booked arrived checked-in cancelled noshow waitlist entered-in-error"},
    {"waitlist", "proposed pending booked arrived cancelled entered-in-error"},
    {"booked", "arrived checked-in fulfilled noshow cancelled entered-in-error"},
    {"arrived", "checked-in fulfilled noshow cancelled entered-in-error"},
    {"checked-in", "fulfilled noshow cancelled entered-in-error"},
    {"noshow", "arrived checked-in fulfilled entered-in-error"},
    {"fulfilled", "entered-in-error"},
    {"cancelled", "entered-in-error"},
    {"entered-in-error", ""},
};

static enum rc guard(struct store *st, const struct grant *grant, const struct doc *before,
                     const struct doc *after, struct err *err)
{
    const char *from = before ? node_str(doc_root(before), "status") : "";
    const char *to = node_str(doc_root(after), "status");

    (void)st;
    if (grant->origin == ORIGIN_IMPORT || grant->origin == ORIGIN_SYNC || strcmp(grant->action, "undo") == 0)
        return RC_OK;
    if (before && strcmp(from, to) != 0 && !ladder_permits(steps, sizeof steps / sizeof *steps, from, to))
        return err_set(err, RC_INVALID, _("Appointment/%s: status: a visit that is %s cannot become %s"), doc_id(after), from, to);
    if (before && strcmp(to, "arrived") == 0 && strcmp(from, to) != 0 && !extension_find(doc_root(after), EXT_IDENTIFIED))
        return err_set(err, RC_INVALID, _("Appointment/%s: checking in needs a second identifier, or why there is none"), doc_id(after));
    return RC_OK;
}

void appointment_guards(void)
{
    store_guard("Appointment", guard);
}
