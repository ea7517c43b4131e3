#include "desk/appointment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/query.h"

/* One day's visits, or one patient's; each with what a row must say of the person. */
#define COLUMNS \
    "SELECT a.id, a.patient, coalesce(p.name, ''), coalesce(p.usual, ''), coalesce(p.birth, ''), a.start, a.end," \
    " a.status, a.clinician, a.clinician_name, a.reason, a.arrived, a.cancel_reason, a.walk_in," \
    " coalesce(p.sex, ''), coalesce(p.interpreter, 0), coalesce(p.language, ''), coalesce(p.sort, '')," \
    " (SELECT d.answered || '/' || d.total FROM draft d WHERE d.patient = a.patient AND d.state = 'open'" \
    "   ORDER BY d.updated DESC LIMIT 1), coalesce(p.deceased, '')" \
    " FROM appointment a LEFT JOIN person p ON p.id = a.patient WHERE a.status <> 'entered-in-error'"
static const char sql_day[] =
    COLUMNS " AND a.start >= ?1 AND a.start <= ?1 || ' 24' AND (?2 IS NULL OR a.patient = ?2) ORDER BY a.start, a.key";
static const char sql_patient[] = COLUMNS " AND ?1 IS NULL AND a.patient = ?2 ORDER BY a.start, a.key";
static const char sql_all[] = COLUMNS " AND ?1 IS NULL AND ?2 IS NULL ORDER BY a.start, a.key";

static void appointment_done(struct appointment *a)
{
    char **owned[] = {&a->id, &a->patient, &a->patient_name, &a->usual, &a->birth, &a->start, &a->end,
                      &a->status, &a->clinician, &a->clinician_name, &a->reason, &a->arrived,
                      &a->cancel_reason, &a->why, &a->like};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(*owned[i]);
}

void appointment_list_done(struct appointment_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        appointment_done(&list->appointment[i]);
    free(list->appointment);
    *list = (struct appointment_list){0};
}

/* Minutes between a clinic-local "YYYY-MM-DD HH:MM:SS" and now; -1 for no such time. */
static int minutes_since(const char *local)
{
    struct civil then = {0};
    int64_t ms;

    if (sscanf(local, "%4d-%2d-%2d %2d:%2d:%2d", &then.date.year, &then.date.month, &then.date.day,
               &then.hour, &then.minute, &then.second) != 6)
        return -1;
    ms = clock_now_ms() - clock_from_civil(then);
    return ms < 0 ? 0 : (int)(ms / 60000);
}

static void why_add(struct buf *why, const char *words)
{
    if (why->len)
        buf_add(why, "; ");
    buf_add(why, words);
}

/* Where the visit stands, then what the desk must think of: a death, interpreter, a form under way. */
static char *why_words(const struct appointment *a, bool is_deceased, bool interpreter, const char *language, const char *form)
{
    struct buf why = {0};
    char words[160];
    int answered, total;

    if (strcmp(a->status, "arrived") == 0) {
        snprintf(words, sizeof words, a->is_walk_in ? _("walk-in %.5s, waiting %d min") : _("arrived %.5s, waiting %d min"),
                 strlen(a->arrived) > 11 ? a->arrived + 11 : "", a->waiting_min < 0 ? 0 : a->waiting_min);
        why_add(&why, words);
    } else if (strcmp(a->status, "checked-in") == 0) {
        why_add(&why, _("with the clinician"));
    } else if (strcmp(a->status, "fulfilled") == 0) {
        why_add(&why, _("seen"));
    } else if (strcmp(a->status, "noshow") == 0) {
        why_add(&why, a->left_unseen ? _("left unseen") : _("did not come"));
        if (*a->cancel_reason)
            why_add(&why, a->cancel_reason);
    } else if (strcmp(a->status, "cancelled") == 0) {
        snprintf(words, sizeof words, "%s%s%.100s", _("cancelled"), *a->cancel_reason ? ": " : "", a->cancel_reason);
        why_add(&why, words);
    } else if (minutes_since(a->start) > 0) {
        snprintf(words, sizeof words, _("%d min late"), minutes_since(a->start));
        why_add(&why, words);
    }
    if (is_deceased)
        why_add(&why, _("deceased"));
    if (interpreter) {
        snprintf(words, sizeof words, _("interpreter: %.60s"), *language ? language : _("language not known"));
        why_add(&why, words);
    }
    if (sscanf(form, "%4d/%4d", &answered, &total) == 2) {
        snprintf(words, sizeof words, _("form %d of %d"), answered, total);
        why_add(&why, words);
    }
    if (a->is_walk_in && strcmp(a->status, "arrived") != 0)
        why_add(&why, _("walk-in"));
    return buf_take(&why);
}

static void appointment_add(struct appointment_list *list, size_t *cap, struct query *q, char ***sort_of)
{
    struct appointment a = {0};
    char **column[] = {&a.id, &a.patient, &a.patient_name, &a.usual, &a.birth, &a.start, &a.end, &a.status,
                       &a.clinician, &a.clinician_name, &a.reason, &a.arrived, &a.cancel_reason};

    for (size_t i = 0; i < sizeof column / sizeof *column; i++)
        *column[i] = mem_dup(query_text(q, (int)i));
    a.like = mem_dup("");
    a.is_walk_in = query_int(q, 13) != 0;
    a.sex[0] = query_text(q, 14)[0];
    a.left_unseen = strcmp(a.status, "noshow") == 0 && *a.arrived;
    a.waiting_min = strcmp(a.status, "arrived") == 0 ? minutes_since(a.arrived) : -1;
    a.why = why_words(&a, query_text(q, 19)[0] != '\0', query_int(q, 15) != 0, query_text(q, 16), query_text(q, 18));
    if (list->n == *cap)
        *sort_of = mem_grow(*sort_of, *cap ? 2 * *cap : 8, sizeof **sort_of);
    MEM_ROOM(list->appointment, list->n, *cap);
    (*sort_of)[list->n] = mem_dup(query_text(q, 17));
    list->appointment[list->n++] = a;
}

/* The length of the next word of a folded name; *at moves to its start. 0 at the end. */
static size_t word_next(const char **at)
{
    *at += strspn(*at, " ");
    return strcspn(*at, " ");
}

/* Are two folded names close enough to call the wrong person up? They share the first word (the family
 * name) or any two words, whatever their order. */
static bool names_alike(const char *a, const char *b)
{
    size_t first_a = strcspn(a, " "), first_b = strcspn(b, " "), len_a, len_b, shared = 0;

    if (first_a > 0 && first_a == first_b && strncmp(a, b, first_a) == 0)
        return true;
    for (; (len_a = word_next(&a)) > 0; a += len_a)
        for (const char *w = b; (len_b = word_next(&w)) > 0; w += len_b)
            shared += len_a == len_b && strncmp(a, w, len_a) == 0;
    return shared >= 2;
}

/* Two people of one day with alike names: each visit names the first such other. */
static void mark_alike(struct appointment_list *list, char **sort_of)
{
    for (size_t i = 0; i < list->n; i++)
        for (size_t j = 0; j < list->n && !*list->appointment[i].like; j++) {
            struct appointment *a = &list->appointment[i];

            if (strcmp(a->patient, list->appointment[j].patient) == 0 || !names_alike(sort_of[i], sort_of[j]))
                continue;
            free(a->like);
            a->like = mem_dup(list->appointment[j].id);
        }
}

enum rc appointment_list(struct store *st, const char *day, const char *patient, struct appointment_list *out, struct err *err)
{
    struct query *q = query_open(st, day ? sql_day : patient ? sql_patient : sql_all);
    char **sort_of = NULL;
    size_t cap = 0;

    *out = (struct appointment_list){0};
    query_bind(q, 1, day);
    query_bind(q, 2, patient);
    while (query_next(q))
        appointment_add(out, &cap, q, &sort_of);
    if (day && sort_of)
        mark_alike(out, sort_of);
    for (size_t i = 0; sort_of && i < out->n; i++)
        free(sort_of[i]);
    free(sort_of);
    return query_end(q, err);
}
