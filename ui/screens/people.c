#include "ui/screens/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"

/* Enough to tell two people apart, and why each is here. */
const struct list_column people_columns[] = {
    { N_("name"), 25, false, true }, { N_("born"), 10, false, false }, { N_("sex"), 3, false, false },
    { N_("record"), 6, false, false }, { N_("phone"), 5, false, false }, { N_("seen"), 8, false, false },
    { N_("because"), 0, false, false },
};
const size_t n_people_columns = sizeof people_columns / sizeof *people_columns;

char *people_name(const struct hit *hit)
{
    struct buf out = { 0 };

    buf_add(&out, hit->name && hit->name[0] ? hit->name : _("(no name)"));
    if (hit->usual && hit->usual[0])
        buf_printf(&out, " \"%s\"", hit->usual);
    if (hit->deceased && hit->deceased[0])
        buf_printf(&out, "  †%.4s", strcmp(hit->deceased, "yes") == 0 ? "" : hit->deceased);
    if (hit->is_test)
        buf_printf(&out, " %s", _("(test)"));
    if (hit->merged_into && hit->merged_into[0])
        buf_printf(&out, " %s", _("(merged)"));
    return buf_take(&out);
}

/* "30 Oct" this year, "Dec 2025" the year before, "2019" earlier. */
static void seen_words(const char *day, char *out, size_t size)
{
    struct date date, today = clock_today();
    char words[DATE_TEXT];

    out[0] = '\0';
    if (!day || !date_parse(day, &date))
        return;
    if (date.year < today.year - 1) {
        snprintf(out, size, "%d", date.year);
    } else if (date.year < today.year) {
        date.day = 0;
        date_words_long(date, words);
        snprintf(out, size, "%s", words);
    } else {
        date_words_long(date, words);
        snprintf(out, size, "%.*s", (int)(strlen(words) > 5 ? strlen(words) - 5 : strlen(words)), words);
    }
}

struct list_row *people_add(struct list *list, int group, const struct hit *hit, const char *because)
{
    struct list_row *row = list_add(list, group, "Patient", hit->id, hit->id, hit->name ? hit->name : "");
    bool dead = hit->deceased && hit->deceased[0];
    char *name = people_name(hit), seen[DATE_TEXT];

    seen_words(hit->seen, seen, sizeof seen);
    list_set(row, 0, dead ? STYLE_FAINT : STYLE_PLAIN, name);
    list_set(row, 1, STYLE_PLAIN, hit->birth ? hit->birth : "");
    list_set(row, 2, STYLE_PLAIN, hit->sex);
    list_set(row, 3, STYLE_PLAIN, hit->mrn ? hit->mrn : "");
    list_set(row, 4, STYLE_PLAIN, hit->phone_tail ? hit->phone_tail : "");
    list_set(row, 5, STYLE_PLAIN, seen);
    list_set(row, 6, STYLE_PLAIN, because ? because : hit->because);
    free(name);
    return row;
}
