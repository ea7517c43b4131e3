#include "sync/mend.h"

#include <string.h>

#include "fhir/document.h"

/* A place in JSON text that may break its rules inside strings and values, not in its brackets. */
struct scan { const char *at, *end; };

static void skip_blanks(struct scan *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
        s->at++;
}

/* Past the string that begins here; false when it does not end. */
static bool skip_string(struct scan *s)
{
    for (s->at++; s->at < s->end; s->at++)
        if (*s->at == '\\')
            s->at++;
        else if (*s->at == '"')
            return s->at++, true;
    s->at = s->end;             /* cut behind a backslash, it would lie past the end */
    return false;
}

/* Past the value that begins here. */
static bool skip_value(struct scan *s)
{
    int depth = 0;

    do {
        if (s->at >= s->end)
            return false;
        if (*s->at == '"') {
            if (!skip_string(s))
                return false;
            continue;
        }
        depth += (*s->at == '{' || *s->at == '[') - (*s->at == '}' || *s->at == ']');
        if (depth < 0)
            return true;        /* a plain value: what is around it ends here */
        s->at++;
    } while (depth > 0 || (s->at < s->end && !strchr(",]} \t\r\n", *s->at)));
    return true;
}

/* To the first element of the root's "entry" list. */
static bool find_entries(struct scan *s)
{
    skip_blanks(s);
    if (s->at >= s->end || *s->at++ != '{')
        return false;
    for (;;) {
        skip_blanks(s);
        const char *name = s->at;
        if (s->at >= s->end || *s->at != '"' || !skip_string(s))
            return false;
        bool is_entry = s->at - name == 7 && memcmp(name, "\"entry\"", 7) == 0;
        skip_blanks(s);
        if (s->at >= s->end || *s->at++ != ':')
            return false;
        skip_blanks(s);
        if (is_entry)
            return s->at < s->end && *s->at++ == '[';
        if (!skip_value(s))
            return false;
        skip_blanks(s);
        if (s->at >= s->end || *s->at++ != ',')
            return false;
    }
}

static bool reads(const char *text, size_t len, struct err *why)
{
    struct doc *doc = NULL;
    bool is_read = doc_parse(text, len, &doc, why) == RC_OK;

    doc_free(doc);
    return is_read;
}

bool mend_bundle(const char *text, size_t len, struct buf *out, mend_fn *bad, void *ctx)
{
    struct scan s = { text, text + len };
    size_t kept = 0, dropped = 0;

    if (!find_entries(&s))
        return false;
    buf_add_n(out, text, (size_t)(s.at - text));
    for (;;) {
        struct err why = { 0 };

        skip_blanks(&s);
        const char *begin = s.at;
        if (s.at >= s.end || *s.at == ']' || !skip_value(&s))
            break;
        size_t entry_len = (size_t)(s.at - begin);
        if (reads(begin, entry_len, &why)) {
            buf_add(out, kept++ ? "," : "");
            buf_add_n(out, begin, entry_len);
        } else {
            dropped++;
            bad(ctx, begin, entry_len, &why);
        }
        skip_blanks(&s);
        if (s.at < s.end && *s.at == ',')
            s.at++;
    }
    buf_add_n(out, s.at, (size_t)(s.end - s.at));
    return dropped > 0 && reads(buf_text(out), out->len, NULL);
}

void mend_find(const char *text, size_t len, const char *name, char *out, size_t size)
{
    size_t name_len = strlen(name);

    *out = '\0';
    for (const char *p = text; p + name_len + 2 < text + len; p++) {
        struct scan s = { p + name_len + 2, text + len };

        if (*p != '"' || memcmp(p + 1, name, name_len) != 0 || p[name_len + 1] != '"')
            continue;
        skip_blanks(&s);
        if (s.at >= s.end || *s.at++ != ':')
            continue;
        skip_blanks(&s);
        const char *value = s.at + 1;
        if (s.at >= s.end || *s.at != '"' || !skip_string(&s) || (size_t)(s.at - value) > size)
            continue;
        memcpy(out, value, (size_t)(s.at - value) - 1);
        out[s.at - value - 1] = '\0';
        return;
    }
}
