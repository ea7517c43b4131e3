/* sample.c - one text that a regular expression matches: the first way through it, with each part as
 * often as it must be there, or once. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/screen/fill.h"

static const char *alternatives(const char *p, struct buf *out, bool is_kept);

/* The first member of a class: "[^@\\s]" gives a letter, "[0-9]" a digit. */
static const char *class_member(const char *p, char *out)
{
    bool negated = *++p == '^';
    const char *first = p += negated;

    while (*p && (*p != ']' || p == first))
        p += *p == '\\' && p[1] ? 2 : 1;
    if (negated)
        *out = 'a';
    else if (*first == '\\')
        *out = first[1] == 'd' ? '1' : first[1] == 'w' ? 'a' : strchr("sh", first[1]) ? ' ' : first[1];
    else
        *out = (unsigned char)*first < 0x80 ? *first : 'a';
    return *p ? p + 1 : p;
}

static const char *atom(const char *p, struct buf *out)
{
    char one = 'a';

    if (*p == '(') {
        p += p[1] == '?' ? strcspn(p, ":") + 1 : 1;
        p = alternatives(p, out, true);
        return *p ? p + 1 : p;
    }
    if (*p == '[') {
        p = class_member(p, &one);
    } else if (*p == '\\' && p[1]) {
        one = p[1] == 'd' ? '1' : p[1] == 'w' || p[1] == 'S' ? 'a' : strchr("sh", p[1]) ? ' ' : p[1];
        p += 2;
    } else {
        one = *p == '.' ? 'a' : *p;
        p++;
    }
    buf_char(out, one);
    return p;
}

/* How often the atom before must stand; what may be left out is. */
static const char *times(const char *p, long *n)
{
    *n = 1;
    if (*p == '*' || *p == '?') {
        *n = 0;
        p++;
    } else if (*p == '+') {
        p++;
    } else if (*p == '{') {
        *n = strtol(p + 1, NULL, 10);
        p += strcspn(p, "}") + 1;
    }
    return *p == '?' ? p + 1 : p;
}

static const char *sequence(const char *p, struct buf *out)
{
    while (*p && *p != '|' && *p != ')') {
        struct buf part = { 0 };
        long n;

        if (*p == '^' || *p == '$') {
            p++;
            continue;
        }
        p = times(atom(p, &part), &n);
        for (long i = 0; i < n; i++)
            buf_add(out, buf_text(&part));
        buf_done(&part);
    }
    return p;
}

static const char *alternatives(const char *p, struct buf *out, bool is_kept)
{
    struct buf dropped = { 0 };

    p = sequence(p, is_kept ? out : &dropped);
    while (*p == '|')
        p = sequence(p + 1, &dropped);
    buf_done(&dropped);
    return p;
}

char *fill_sample(const char *pattern)
{
    struct buf out = { 0 };

    alternatives(pattern, &out, true);
    return buf_take(&out);
}
