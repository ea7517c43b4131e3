#include "ui/screens/sections.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/appointment.h"
#include "desk/communication.h"
#include "desk/task.h"
#include "ui/screens/decide.h"

static const struct list_column arrivals[] = {
    { N_("time"), 5, false, false }, { N_("name"), 23, false, true }, { N_("sex age"), 4, true, false },
    { N_("with"), 8, false, true }, { N_("why here"), 0, false, false },
};
static const struct list_column follow_ups[] = {
    { N_("due"), 8, true, false }, { N_("name"), 16, false, true }, { N_("about"), 20, false, true }, { N_("why here"), 0, false, false },
};
static const struct list_column messages[] = {
    { N_("since"), 8, true, false }, { N_("name"), 16, false, true }, { N_("words"), 28, false, true }, { N_("why here"), 0, false, false },
};
static const struct list_column decide[] = {
    { N_("what"), 8, true, false }, { N_("name"), 18, false, true }, { N_("why here"), 0, false, false },
};

void sections_groups(struct list_group group[SECTION_COUNT])
{
    group[SECTION_ARRIVALS] = (struct list_group){ _("ARRIVALS"), "", arrivals, 5 };
    group[SECTION_FOLLOW_UPS] = (struct list_group){ _("FOLLOW-UPS"), "", follow_ups, 4 };
    group[SECTION_MESSAGES] = (struct list_group){ _("MESSAGES"), "", messages, 4 };
    group[SECTION_DECIDE] = (struct list_group){ _("TO DECIDE"), "", decide, 3 };
}

const char *whose_words(enum whose whose)
{
    return whose == WHOSE_MINE ? _("mine") : whose == WHOSE_DESK ? _("the desk's") : _("everybody's");
}

void section_rows_done(struct section_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        free(rows->row[i].name);
        for (int k = 0; k < 5; k++)
            free(rows->row[i].text[k]);
    }
    free(rows->row);
    *rows = (struct section_rows){ 0 };
}

struct section_row *section_row_new(struct section_rows *rows, const char *type, const char *id, const char *patient, const char *name)
{
    struct section_row *row;

    MEM_ROOM(rows->row, rows->n, rows->cap);
    row = &rows->row[rows->n++];
    *row = (struct section_row){ .name = mem_dup(name[0] ? name : _("(no name)")) };
    snprintf(row->type, sizeof row->type, "%s", type);
    snprintf(row->id, sizeof row->id, "%s", id);
    snprintf(row->patient, sizeof row->patient, "%s", patient);
    return row;
}

/* "F 39": age, never a birth date, since eyes are around the desk. */
static char *sex_age(const char *sex, const char *birth)
{
    struct date date = { 0, 0, 0 };
    char age[DATE_TEXT] = "";

    if (date_parse(birth, &date))
        date_age(date, clock_today(), age);
    return mem_printf("%s %2s", sex, age);
}

static char *name_used(const char *name, const char *usual)
{
    return usual && usual[0] ? mem_printf("%s \"%s\"", name, usual) : mem_dup(name);
}

static bool visit_is_open(const struct appointment *a)
{
    static const char *const closed[] = { "fulfilled", "noshow", "cancelled", "entered-in-error" };

    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (strcmp(a->status, closed[i]) == 0)
            return false;
    return true;
}

static enum rc load_arrivals(struct app *app, bool whole, struct section_rows *out, struct err *err)
{
    struct appointment_list list;
    char day[DATE_TEXT];
    enum rc rc;

    date_format(clock_today(), day);
    rc = appointment_list(app->ctx.st, day, NULL, &list, err);
    for (size_t i = 0; rc == RC_OK && i < list.n; i++) {
        const struct appointment *a = &list.appointment[i];
        struct section_row *row;

        if (!whole && !visit_is_open(a))
            continue;
        row = section_row_new(out, "Appointment", a->id, a->patient, a->patient_name);
        row->text[0] = mem_printf("%.5s", strlen(a->start) > 11 ? a->start + 11 : "");
        row->text[1] = name_used(row->name, a->usual);
        row->text[2] = sex_age(a->sex, a->birth);
        row->text[3] = mem_dup(a->clinician_name);
        row->text[4] = mem_dup(a->why && a->why[0] ? a->why : a->reason);
        snprintf(row->like, sizeof row->like, "%s", a->like);
        row->first_style = a->waiting_min >= 20 ? STYLE_LATE : STYLE_PLAIN;
    }
    snprintf(out->summary, sizeof out->summary, _("of %zu"), list.n);
    appointment_list_done(&list);
    return rc;
}

static enum rc load_follow_ups(struct app *app, enum whose whose, bool whole, struct section_rows *out, struct err *err)
{
    const char *owner = whose == WHOSE_MINE ? app->ctx.session.staff.id : whose == WHOSE_DESK ? "" : NULL;
    struct date today = clock_today(), due;
    struct task_list list;
    char day[DATE_TEXT], words[DATE_TEXT];
    size_t late = 0;
    enum rc rc;

    date_format(today, day);
    rc = task_list(app->ctx.st, owner, NULL, whole ? NULL : day, &list, err);
    for (size_t i = 0; rc == RC_OK && i < list.n; i++) {
        const struct task *t = &list.task[i];
        struct section_row *row = section_row_new(out, "Task", t->id, t->patient, t->patient_name);
        bool is_late;

        words[0] = '\0';
        is_late = date_parse(t->due, &due) && date_compare(due, today) < 0;
        if (t->due[0] && date_parse(t->due, &due))
            date_relative(due, today, words);
        late += is_late;
        row->text[0] = t->due_time[0] && !is_late ? mem_printf("%s", t->due_time) : mem_dup(words);
        row->text[1] = mem_dup(row->name);
        row->text[2] = mem_dup(t->title);
        row->text[3] = mem_dup(t->why && t->why[0] ? t->why : t->reason[0] ? t->reason : is_late ? _("promised and not done") : _("promised for this day"));
        row->first_style = is_late ? STYLE_LATE : STYLE_PLAIN;
    }
    snprintf(out->summary, sizeof out->summary, _("%s %zu due, %zu late"), whose_words(whose), list.n, late);
    task_list_done(&list);
    return rc;
}

/* Hours (days from two on) since a clinic-local "YYYY-MM-DD HH:MM:SS". */
static void since_words(const char *at, char *out, size_t size)
{
    struct civil then = { 0 };
    long long hours;

    out[0] = '\0';
    if (sscanf(at, "%4d-%2d-%2d %2d:%2d", &then.date.year, &then.date.month, &then.date.day, &then.hour, &then.minute) < 3)
        return;
    hours = (clock_now_ms() - clock_from_civil(then)) / 3600000;
    snprintf(out, size, hours < 1 ? _("< 1 h") : hours < 48 ? _("%lld h") : _("%lld d"), hours < 48 ? hours : hours / 24);
}

static enum rc load_messages(struct app *app, struct section_rows *out, struct err *err)
{
    struct contact_list list;
    char words[32], oldest[32] = "";
    enum rc rc = contact_waiting(app->ctx.st, &list, err);

    for (size_t i = 0; rc == RC_OK && i < list.n; i++) {
        const struct contact *c = &list.contact[i];
        struct section_row *row = section_row_new(out, "Communication", c->id, c->patient, c->patient_name);

        since_words(c->at, words, sizeof words);
        if (i == 0)
            snprintf(oldest, sizeof oldest, "%s", words);
        row->text[0] = mem_dup(words);
        row->text[1] = mem_dup(row->name);
        row->text[2] = c->note[0] ? mem_printf("\"%s\"", c->note) : mem_dup(c->medium);
        row->text[3] = mem_dup(c->reason[0] ? c->reason : _("nobody has answered"));
        row->first_style = STYLE_PLAIN;
    }
    if (list.n > 0)
        snprintf(out->summary, sizeof out->summary, _("%zu open, oldest %s"), list.n, oldest);
    contact_list_done(&list);
    return rc;
}

enum rc section_load(struct app *app, enum section section, enum whose whose, bool whole,
                     struct section_rows *out, struct err *err)
{
    *out = (struct section_rows){ 0 };
    switch (section) {
    case SECTION_ARRIVALS: return load_arrivals(app, whole, out, err);
    case SECTION_FOLLOW_UPS: return load_follow_ups(app, whose, whole, out, err);
    case SECTION_MESSAGES: return load_messages(app, out, err);
    default: return decide_load(app, whose, out, err);
    }
}

/* "like 8": the number on this screen of the row with a name like this one's. NULL when it is not here. */
static char *like_words(const struct list *list, const char *why, const char *like)
{
    for (size_t i = 0; *like && i < list->n; i++)
        if (strcmp(list->row[i].target.id, like) == 0)
            return mem_printf(_("%s%slike %d"), why, *why ? "; " : "", list->row[i].number);
    return NULL;
}

static void set_texts(struct list_row *row, const struct section_row *from)
{
    for (int k = 0; k < 5 && from->text[k]; k++)
        list_set(row, k, k == 0 ? from->first_style : STYLE_PLAIN, from->text[k]);
}

static bool stands(const struct list *list, int group, const struct section_row *row)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->row[i].group == group && strcmp(list->row[i].target.id, row->id) == 0 && strcmp(list->row[i].target.type, row->type) == 0)
            return true;
    return false;
}

void section_add(struct list *list, enum section section, int group, const struct section_rows *rows, int limit)
{
    struct list_group *head = &list->group[group];
    size_t n = limit > 0 && (size_t)limit < rows->n ? (size_t)limit : rows->n, shown = 0;
    bool *is_shown = mem_array(rows->n + 1, sizeof *is_shown);

    for (size_t i = 0; i < rows->n; i++) {  /* what stands here stays, also when new rows come before it: it is not done */
        is_shown[i] = i < n || stands(list, group, &rows->row[i]);
        shown += is_shown[i];
    }
    for (size_t i = 0; i < rows->n; i++) {  /* numbers first: a row may name another one's */
        const struct section_row *from = &rows->row[i];

        if (is_shown[i])
            list_add(list, group, from->type, from->id, from->patient, from->name);
    }
    list->next_place = 0;
    for (size_t i = 0; i < rows->n; i++) {
        struct section_row *from = &rows->row[i];
        char *longer = is_shown[i] ? like_words(list, from->text[4] ? from->text[4] : "", from->like) : NULL;

        if (longer) {
            free(from->text[4]);
            from->text[4] = longer;
        }
        if (is_shown[i])
            set_texts(list_add(list, group, from->type, from->id, from->patient, from->name), from);
    }
    free(is_shown);
    if (section == SECTION_ARRIVALS)
        snprintf(head->note, sizeof head->note, shown < rows->n ? _("%zu %s  v all") : "%zu %s", shown, rows->summary);
    else
        snprintf(head->note, sizeof head->note, shown < rows->n ? _("%.36s  v all") : "%.40s", rows->summary);
}
