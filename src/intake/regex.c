/* regex.c - the regex extension of a form, in what POSIX extended expressions can say.
 * Forms write the XML Schema and Java dialects: classes like \d are rewritten; look-around and
 * back-references are not had, and repetition is bounded, so that no form can hold up the desk. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "intake/model.h"

enum { PATTERN_MAX = 500, VALUE_MAX = 4096, REPEAT_MAX = 2000 };

static const char *class_body(char c)
{
    switch (c) {
    case 'd': return "0-9";
    case 'w': return "[:alnum:]_";
    case 's': return "[:space:]";
    case 'n': return "\n";
    case 't': return "\t";
    default:  return NULL;
    }
}

/* "[...]" at text; returns its length, 0 when it never closes. A backslash has no power inside a
 * POSIX bracket, and "]" and "-" only as themselves at its ends. */
static size_t add_bracket(struct buf *out, const char *text)
{
    struct buf rest = {0};
    size_t i = 1;
    bool negated = text[i] == '^', closes = false, dash = false;

    for (i += negated; text[i] && text[i] != ']'; i++) {
        if (text[i] == '\\' && text[i + 1]) {
            const char *body = class_body(text[++i]);

            if (body)
                buf_add(&rest, body);
            else if (text[i] == ']')
                closes = true;
            else if (text[i] == '-')
                dash = true;
            else
                buf_char(&rest, text[i]);
        } else if (text[i] == '-' && text[i + 1] == ']')
            dash = true;
        else
            buf_char(&rest, text[i]);
    }
    buf_printf(out, "[%s%s%s%s]", negated ? "^" : "", closes ? "]" : "", buf_text(&rest), dash ? "-" : "");
    buf_done(&rest);
    return text[i] ? i + 1 : 0;
}

/* One escape outside a bracket; 0 when it cannot be had. */
static size_t add_escape(struct buf *out, const char *text)
{
    const char *body = class_body(text[1]);
    char lower = (char)tolower((unsigned char)text[1]);

    if (!text[1] || isdigit((unsigned char)text[1]) || text[1] == 'p' || text[1] == 'P' || lower == 'b')
        return 0;
    if (body)
        buf_printf(out, "[%s]", body);
    else if (isupper((unsigned char)text[1]) && (body = class_body(lower)))
        buf_printf(out, "[^%s]", body);
    else
        buf_printf(out, "\\%c", text[1]);
    return 2;
}

/* The largest count of "{n,m}"; anything else gives 1. */
static unsigned long repeat_count(const char *text)
{
    char *end;
    unsigned long n = strtoul(text + 1, &end, 10), m = *end == ',' ? strtoul(end + 1, NULL, 10) : n;

    return n > m ? n : m ? m : 1;
}

/* Rewrite pattern; false when it cannot be had in POSIX. */
static bool translate(struct buf *out, const char *pattern, int *flags)
{
    unsigned long repeats = 1;

    buf_add(out, "^(");
    if (!strncmp(pattern, "(?i)", 4)) {
        *flags |= REG_ICASE;
        pattern += 4;
    }
    for (size_t skip; *pattern; pattern += skip) {
        skip = 1;
        if (*pattern == '[')
            skip = add_bracket(out, pattern);
        else if (*pattern == '\\')
            skip = add_escape(out, pattern);
        else if (!strncmp(pattern, "(?", 2)) {
            skip = pattern[2] == ':' ? 3 : 0;
            buf_char(out, '(');
        } else {
            repeats *= *pattern == '{' ? repeat_count(pattern) : 1;
            buf_char(out, *pattern);
        }
        if (!skip || repeats > REPEAT_MAX)
            return false;
    }
    buf_add(out, ")$");
    return true;
}

bool regex_compile(const char *pattern, regex_t *out)
{
    struct buf posix = {0};
    int flags = REG_EXTENDED | REG_NOSUB;
    bool good = strlen(pattern) <= PATTERN_MAX && translate(&posix, pattern, &flags) &&
                regcomp(out, buf_text(&posix), flags) == 0;

    buf_done(&posix);
    return good;
}

bool regex_matches(const regex_t *regex, const char *text)
{
    return strlen(text) > VALUE_MAX || regexec(regex, text, 0, NULL, 0) == 0;
}
