#include "desk/match_weight.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/alike.h"
#include "store/person_words.h"

/* Log2 weights. Names from equal to unlike as measured on labelled sets; equal names weigh by how
 * rare they are, between these bounds. Birth dates are year, month and day, compared apart. */
enum { RARE_MIN = 3, RARE_MAX = 12 };
static const double given_mean = 7.5, given_near = 4.6, given_not = -2.3, given_initial = 2.0;
static const double family_mean = 7.8, family_near = 5.5, family_not = -2.7;
static const double year_same = 5.6, year_near = 1.0, year_not = -3.6;
static const double month_same = 3.5, month_not = -2.6, day_same = 4.8, day_near = 0.6, day_not = -2.9;
static const double swapped = 6.0;
static const double address_same = 10.0, address_near = 6.5, address_not = -1.6;
static const double phone_same = 10.0, phone_not = -0.8;
static const double mrn_same = 20.0, email_same = 11.0, email_near = 6.0, email_not = -1.5;
static const double sex_same = 0.9, sex_not = -3.5;
/* A household shares surname, address and phone: one piece of evidence, and a little for each more. */
static const double household_more = 1.0;

static void say(struct buf *reasons, const char *words)
{
    if (reasons != NULL)
        buf_printf(reasons, "%s%s", reasons->len > 0 ? ", " : "", words);
}

static double rarity(double given, double mean)
{
    if (given <= 0)
        return mean;
    return given < RARE_MIN ? RARE_MIN : given > RARE_MAX ? RARE_MAX : given;
}

/* Is every word of one also among the words of the other? */
static bool words_within(const char *words, const char *names)
{
    char word[WORD_MAX + 1], name[WORD_MAX + 1];
    bool any = false;

    while (next_word(&words, word)) {
        const char *rest = names;
        bool found = false;

        while (!found && next_word(&rest, name))
            found = strcmp(word, name) == 0;
        if (!found)
            return false;
        any = true;
    }
    return any;
}

static bool is_near(const char *a, const char *b)
{
    char sound_a[SOUND_MAX], sound_b[SOUND_MAX];

    if (alike_jaro_winkler(a, b) >= 0.88)
        return true;
    sound_of(a, sound_a);
    sound_of(b, sound_b);
    return sound_a[1] != '\0' && strcmp(sound_a, sound_b) == 0;
}

static double family_weight(const struct description *a, const struct description *b)
{
    if (a->family[0] == '\0' || b->family[0] == '\0')
        return 0;
    if (strcmp(a->family, b->family) == 0)
        return rarity(a->family_rarity, family_mean);
    /* One of two surnames, a former one, or given and family name in each other's place. */
    if (words_within(a->family, b->names) || words_within(b->family, a->names))
        return rarity(a->family_rarity, family_mean) - 1.0;
    return is_near(a->family, b->family) ? family_near : family_not;
}

static double given_weight(const struct description *a, const struct description *b)
{
    char first_a[WORD_MAX + 1], first_b[WORD_MAX + 1];
    const char *rest_a = a->given, *rest_b = b->given;

    if (!next_word(&rest_a, first_a) || !next_word(&rest_b, first_b))
        return 0;
    if (strcmp(first_a, first_b) == 0)
        return rarity(a->given_rarity, given_mean);
    if (words_within(first_a, b->names) || words_within(first_b, a->names))
        return rarity(a->given_rarity, given_mean) - 1.5;
    if (first_a[0] == first_b[0] && (first_a[1] == '\0' || first_b[1] == '\0'))
        return given_initial;
    /* Rob, Robert: the short form of a name. */
    if (strlen(first_a) >= 3 && strlen(first_b) >= 3 &&
        (strncmp(first_a, first_b, strlen(first_a)) == 0 || strncmp(first_b, first_a, strlen(first_b)) == 0))
        return given_near;
    return is_near(first_a, first_b) ? given_near : given_not;
}

static double birth_weight(struct date a, struct date b, struct buf *reasons)
{
    double weight;

    if (a.year == 0 || b.year == 0)
        return 0;
    weight = a.year == b.year ? year_same : abs(a.year - b.year) == 1 || abs(a.year - b.year) == 10 ? year_near : year_not;
    if (a.month == 0 || b.month == 0) {
        if (weight > 0)
            say(reasons, _("birth year"));
        return weight;
    }
    if (a.month == b.day && a.day == b.month && a.month != b.month) {
        weight += swapped;
    } else {
        weight += a.month == b.month ? month_same : month_not;
        if (a.day > 0 && b.day > 0)
            weight += a.day == b.day ? day_same : abs(a.day - b.day) == 1 || abs(a.day - b.day) == 10 ? day_near : day_not;
    }
    if (date_compare(a, b) == 0)
        say(reasons, _("birth date"));
    else if (weight > 3)
        say(reasons, _("birth date nearly"));
    return weight;
}

static double address_weight(const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0')
        return 0;
    if (strcmp(a, b) == 0)
        return address_same;
    if (alike_jaro_winkler(a, b) >= 0.90 || (strlen(a) > 8 && strstr(b, a) == b) || (strlen(b) > 8 && strstr(a, b) == a))
        return address_near;
    return address_not;
}

static double phone_weight(const char *a, const char *b)
{
    if (strlen(a) < 7 || strlen(b) < 7)
        return 0;
    return strncmp(a, b, 7) == 0 ? phone_same : phone_not;
}

/* The best of surname, address and phone in full; each further one that agrees a little. */
static double household(const double *weight, size_t n)
{
    double best = 0, against = 0;
    int agree = 0;

    for (size_t i = 0; i < n; i++) {
        if (weight[i] > best)
            best = weight[i];
        if (weight[i] > 0)
            agree++;
        else
            against += weight[i];
    }
    return best + (agree > 1 ? household_more * (agree - 1) : 0) + against;
}

static double email_weight(const char *a, const char *b)
{
    if (a[0] == '\0' || b[0] == '\0')
        return 0;
    return strcmp(a, b) == 0 ? email_same : alike_jaro_winkler(a, b) >= 0.92 ? email_near : email_not;
}

double match_weight(const struct description *a, const struct description *b, struct buf *reasons)
{
    double shared[3] = { family_weight(a, b), address_weight(a->address, b->address), phone_weight(a->phone, b->phone) };
    double given = given_weight(a, b), email = email_weight(a->email, b->email), weight;

    if (shared[0] > 0 && given > 0)
        say(reasons, strcmp(a->family, b->family) == 0 && strcmp(a->given, b->given) == 0 ? _("same name") : _("similar name"));
    else if (shared[0] > 0)
        say(reasons, _("surname"));
    else if (given > 0)
        say(reasons, _("given name"));
    weight = given + household(shared, 3) + birth_weight(a->birth, b->birth, reasons) + email;
    if (shared[2] > 0)
        say(reasons, _("phone"));
    if (shared[1] > 0)
        say(reasons, _("address"));
    if (email > 0)
        say(reasons, _("email"));
    if (a->mrn[0] != '\0' && strcmp(a->mrn, b->mrn) == 0) {
        weight += mrn_same;
        say(reasons, _("record number"));
    }
    if (a->sex[0] != '\0' && b->sex[0] != '\0' && a->sex[0] != 'U' && b->sex[0] != 'U')
        weight += a->sex[0] == b->sex[0] ? sex_same : sex_not;
    /* All but the given name: twins share the rest, and are two people. */
    if (given < 0 && shared[0] > 0 && date_compare(a->birth, b->birth) == 0 && date_is_whole(a->birth))
        say(reasons, _("other given name: a twin?"));
    return weight;
}
