/* function_string.c - text; positions and lengths count characters, not bytes. */
#include <string.h>

#include "base/utf8.h"
#include "fhir/fhirpath/internal.h"
#include "fhir/fhirpath/pattern.h"

enum { READ_A_STEP = 512 };      /* bytes of text that count as one step */

/* Working through text counts, by its length. */
static bool count_text(struct eval *ev, const struct expr *call, size_t bytes)
{
    size_t steps = bytes / READ_A_STEP;

    ev->steps -= steps < ev->steps ? steps : ev->steps;
    return fp_step(ev, call);
}

bool fp_take_text(struct eval *ev, const struct expr *expr, struct buf *text, struct fp_result *out)
{
    bool fits = text->len <= FP_TEXT_MAX;

    if (fits)
        fp_add_string(out, buf_text(text));
    buf_done(text);
    return fits || fp_fail(ev, expr, "a text of more than %d bytes comes out of this", FP_TEXT_MAX);
}

/* The text the function is called on: NULL with *done set when there is none. */
static bool text_of(struct eval *ev, const struct fp_result *list, const struct expr *call, const char **out)
{
    const struct fp_value *item;
    struct fp_value v;

    *out = NULL;
    if (!fp_single(ev, call, list, &item))
        return false;
    if (!item)
        return true;
    v = fp_simple(item);
    if (v.kind == FP_NODE)
        return fp_fail(ev, call, "text was expected here, not %s", fp_value_type(item));
    *out = v.kind == FP_STRING ? v.string : fp_text(ev->arena, item);
    return count_text(ev, call, strlen(*out));
}

static bool text_argument(struct eval *ev, const struct expr *call, size_t i, const char **out)
{
    struct fp_result argument;

    return fp_argument(ev, call, i, &argument) && text_of(ev, &argument, call, out);
}

/* Input and first argument, both text; *both says whether both are there. */
static bool two_texts(struct eval *ev, const struct fp_result *input, const struct expr *call, const char **a, const char **b, bool *both)
{
    if (!text_of(ev, input, call, a) || !text_argument(ev, call, 0, b))
        return false;
    *both = *a && *b;
    return true;
}

static size_t characters(const char *text, size_t bytes)
{
    size_t n = 0;

    for (size_t i = 0; i < bytes; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

/* The byte at which character n starts, or the end. */
static const char *at_character(const char *text, int64_t n)
{
    for (; *text && n > 0; n--) {
        text++;
        while (((unsigned char)*text & 0xC0) == 0x80)
            text++;
    }
    return text;
}

static void add_bytes(struct fp_result *out, const char *text, size_t len)
{
    fp_add(out, (struct fp_value){.kind = FP_STRING, .string = arena_dup_n(out->arena, text, len)});
}

static bool call_index_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *a, *b, *found;
    bool both;

    if (!two_texts(ev, input, call, &a, &b, &both))
        return false;
    if (!both)
        return true;
    found = strstr(a, b);
    fp_add_integer(out, found ? (int64_t)characters(a, (size_t)(found - a)) : -1);
    return true;
}

static bool call_last_index_of(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *a, *b, *found = NULL;
    bool both;

    if (!two_texts(ev, input, call, &a, &b, &both))
        return false;
    if (!both)
        return true;
    for (const char *p = strstr(a, b); p; p = *p ? strstr(p + 1, b) : NULL)
        found = p;
    fp_add_integer(out, found ? (int64_t)characters(a, (size_t)(found - a)) : -1);
    return true;
}

static bool integer_argument(struct eval *ev, const struct expr *call, size_t i, bool *some, int64_t *out)
{
    struct fp_result argument;
    const struct fp_value *item;
    struct fp_value v;

    *some = false;
    if (!fp_argument(ev, call, i, &argument) || !fp_single(ev, call, &argument, &item))
        return false;
    if (!item)
        return true;
    v = fp_simple(item);
    if (v.kind != FP_INTEGER)
        return fp_fail(ev, call, "a whole number was expected here");
    *some = true;
    *out = v.integer;
    return true;
}

static bool call_substring(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *text, *from, *end;
    int64_t start, length = 0;
    bool some, limited = false;

    if (!text_of(ev, input, call, &text) || !integer_argument(ev, call, 0, &some, &start) ||
        (call->arguments > 1 && !integer_argument(ev, call, 1, &limited, &length)))
        return false;
    if (!text || !some || start < 0 || start >= (int64_t)characters(text, strlen(text)))
        return true;
    from = at_character(text, start);
    end = limited ? at_character(from, length) : from + strlen(from);
    add_bytes(out, from, (size_t)(end - from));
    return true;
}

static bool call_starts_with(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *a, *b;
    bool both;

    if (!two_texts(ev, input, call, &a, &b, &both))
        return false;
    if (both)
        fp_add_bool(out, strncmp(a, b, strlen(b)) == 0);
    return true;
}

static bool call_ends_with(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *a, *b;
    bool both;

    if (!two_texts(ev, input, call, &a, &b, &both))
        return false;
    if (both)
        fp_add_bool(out, strlen(a) >= strlen(b) && strcmp(a + strlen(a) - strlen(b), b) == 0);
    return true;
}

static bool call_contains(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *a, *b;
    bool both;

    if (!two_texts(ev, input, call, &a, &b, &both))
        return false;
    if (both)
        fp_add_bool(out, strstr(a, b) != NULL);
    return true;
}

static bool change_case(struct eval *ev, const struct fp_result *input, const struct expr *call, bool upper, struct fp_result *out)
{
    const char *text;
    struct buf changed = {0};

    if (!text_of(ev, input, call, &text))
        return false;
    if (!text)
        return true;
    utf8_case(&changed, text, upper);
    fp_add_string(out, buf_text(&changed));
    buf_done(&changed);
    return true;
}

static bool call_upper(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return change_case(ev, input, call, true, out);
}

static bool call_lower(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return change_case(ev, input, call, false, out);
}

/* Text with every occurrence of what replaced; an empty pattern stands between all characters. Ends early when it becomes too long. */
static void replace_all(struct buf *result, const char *text, const char *what, const char *with)
{
    size_t len = strlen(what);
    const char *found;

    if (len == 0) {
        for (const char *p = text, *next; *p && result->len <= FP_TEXT_MAX; p = next) {
            next = at_character(p, 1);
            buf_add(result, with);
            buf_add_n(result, p, (size_t)(next - p));
        }
        buf_add(result, with);
        return;
    }
    for (; result->len <= FP_TEXT_MAX && (found = strstr(text, what)); text = found + len) {
        buf_add_n(result, text, (size_t)(found - text));
        buf_add(result, with);
    }
    buf_add(result, text);
}

static bool call_replace(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *text, *what, *with;
    struct buf result = {0};

    if (!text_of(ev, input, call, &text) || !text_argument(ev, call, 0, &what) || !text_argument(ev, call, 1, &with))
        return false;
    if (!text || !what || !with)
        return true;
    replace_all(&result, text, what, with);
    return fp_take_text(ev, call, &result, out);
}

static bool compile_pattern(struct eval *ev, const struct expr *call, const char *text, struct pattern **out)
{
    const char *why;

    *out = pattern_compile(text, &why);
    return *out || fp_fail(ev, call, "this pattern cannot be used: %s", why);
}

static bool match(struct eval *ev, const struct fp_result *input, const struct expr *call, bool whole, struct fp_result *out)
{
    const char *text, *regex;
    struct pattern *pattern;
    enum pattern_result result;
    bool both;

    if (!two_texts(ev, input, call, &text, &regex, &both))
        return false;
    if (!both)
        return true;
    if (!compile_pattern(ev, call, regex, &pattern))
        return false;
    result = whole ? pattern_matches_whole(pattern, text) : pattern_matches(pattern, text);
    pattern_free(pattern);
    if (result == PATTERN_TOO_LONG)
        return fp_fail(ev, call, "this pattern takes more than %d steps", PATTERN_STEPS);
    fp_add_bool(out, result == PATTERN_YES);
    return true;
}

static bool call_matches(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return match(ev, input, call, false, out);
}

static bool call_matches_full(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return match(ev, input, call, true, out);
}

static bool call_replace_matches(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *text, *regex, *with;
    struct pattern *pattern;
    struct buf result = {0};
    bool done;

    if (!text_of(ev, input, call, &text) || !text_argument(ev, call, 0, &regex) || !text_argument(ev, call, 1, &with))
        return false;
    if (!text || !regex || !with)
        return true;
    if (!*regex) {
        fp_add_string(out, text);
        return true;
    }
    if (!compile_pattern(ev, call, regex, &pattern))
        return false;
    done = pattern_replace(pattern, text, with, &result);
    pattern_free(pattern);
    if (done)
        fp_add_string(out, buf_text(&result));
    buf_done(&result);
    return done || fp_fail(ev, call, "this pattern takes more than %d steps", PATTERN_STEPS);
}

static bool call_length(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *text;

    if (!text_of(ev, input, call, &text))
        return false;
    if (text)
        fp_add_integer(out, (int64_t)characters(text, strlen(text)));
    return true;
}

static bool call_to_chars(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *text;

    if (!text_of(ev, input, call, &text))
        return false;
    for (const char *p = text, *next; p && *p; p = next) {
        if (!fp_room(ev, call))
            return false;
        next = at_character(p, 1);
        add_bytes(out, p, (size_t)(next - p));
    }
    return true;
}

static bool call_trim(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *text, *end;

    if (!text_of(ev, input, call, &text))
        return false;
    if (!text)
        return true;
    text += strspn(text, " \t\r\n");
    end = text + strlen(text);
    while (end > text && strchr(" \t\r\n", end[-1]))
        end--;
    add_bytes(out, text, (size_t)(end - text));
    return true;
}

static bool call_split(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *text, *by, *found;
    bool both;

    if (!two_texts(ev, input, call, &text, &by, &both))
        return false;
    if (!both)
        return true;
    for (; *by && (found = strstr(text, by)); text = found + strlen(by)) {
        if (!fp_room(ev, call))
            return false;
        add_bytes(out, text, (size_t)(found - text));
    }
    fp_add_string(out, text);
    return true;
}

static bool call_join(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    const char *by = "";
    struct buf result = {0};

    if (call->arguments > 0 && !text_argument(ev, call, 0, &by))
        return false;
    if (input->n == 0)
        return true;
    for (size_t i = 0; i < input->n; i++) {
        if (i > 0)
            buf_add(&result, by ? by : "");
        fp_value_text(&result, &input->value[i]);
        if (result.len > FP_TEXT_MAX)
            break;
    }
    return fp_take_text(ev, call, &result, out);
}

const struct fp_function fp_functions_string[] = {
    {"indexOf", 1, 1, call_index_of}, {"lastIndexOf", 1, 1, call_last_index_of}, {"substring", 1, 2, call_substring},
    {"startsWith", 1, 1, call_starts_with}, {"endsWith", 1, 1, call_ends_with}, {"contains", 1, 1, call_contains},
    {"upper", 0, 0, call_upper}, {"lower", 0, 0, call_lower}, {"replace", 2, 2, call_replace}, {"matches", 1, 2, call_matches},
    {"matchesFull", 1, 2, call_matches_full}, {"replaceMatches", 2, 3, call_replace_matches}, {"length", 0, 0, call_length},
    {"toChars", 0, 0, call_to_chars}, {"trim", 0, 0, call_trim}, {"split", 1, 1, call_split}, {"join", 0, 1, call_join},
    {NULL, 0, 0, NULL},
};
