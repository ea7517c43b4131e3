#include "desk/refusal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/field_words.h"

/* What to do about it, one row for each kind of refusal. */
static const struct { const char *kind, *what, *fix; } kinds[] = {
    { "other", N_("not taken as it is"),
      N_("Read the server's own words; correct what they name, or ask whoever looks after the server.") },
    { "size", N_("too large for the server"), N_("Shorten it; a document or picture is better sent another way.") },
    { "rights", N_("the server does not allow this"), N_("Ask whoever looks after the server to allow it, then send it again (r).") },
    { "id", N_("an id the server does not take"), N_("Its id cannot be changed: enter it anew, then drop this one (X).") },
    { "own-id", N_("the server gives ids of its own"), N_("Ask whoever looks after the server to let desks choose ids, then send it again (r).") },
    { "code", N_("a value the server does not know"), N_("Choose another value; where it is right, ask for it to be added at the server.") },
    { "order", N_("two dates in the wrong order"), N_("One of the two is wrong: correct it.") },
    { "date", N_("not a date the server takes"), N_("Write the whole date, or leave out what is not known.") },
    { "duplicate", N_("used by another record already"), N_("See whether this is there twice; correct the number, or drop this one (X).") },
    { "version", N_("the server has another version"), N_("Send it again (r): the newer version is fetched first.") },
    { "required", N_("missing"), N_("Fill it in.") },
    { "reference", N_("names a record the server does not have"), N_("Name another one, or see why that record has not reached the server.") },
    { "unknown", N_("something the server does not know"), N_("Clear it, or ask whoever looks after the server.") },
    { "rule", N_("against a rule of the server"), N_("The rule stands in the server's own words: correct what it names.") },
    { "format", N_("a form of writing the server does not take"), N_("This is no fault of the entry: tell whoever looks after this program.") },
    { "value", N_("not a value the server takes"), N_("Correct it.") },
};

/* Phrases of servers, most telling first. A phrase with a status counts only with that status. */
static const struct { const char *phrase; int status; const char *kind; } phrases[] = {
    { "", 413, "size" }, { "", 415, "format" }, { "", 401, "rights" }, { "", 403, "rights" }, { "", 405, "rights" },
    { "HAPI-0960", 0, "id" }, { "HAPI-0959", 0, "own-id" }, { "client-assigned", 0, "own-id" }, { "id of ours", 0, "own-id" },
    { "clients may only assign", 0, "id" },
    { "too large", 0, "size" }, { "too long", 0, "size" }, { "maximum length", 0, "size" }, { "exceeds the max", 0, "size" },
    { "value set", 0, "code" }, { "valueset", 0, "code" }, { "unknown code", 0, "code" }, { "code-invalid", 0, "code" },
    { "is not a valid code", 0, "code" }, { "not a known code", 0, "code" }, { "invalid code", 0, "code" }, { " code '", 0, "code" },
    { "is before", 0, "order" }, { "must be after", 0, "order" }, { "must be before", 0, "order" }, { "lower value than", 0, "order" },
    { "later than", 0, "order" }, { "earlier than", 0, "order" }, { "per-1", 0, "order" },
    { "date/time", 0, "date" }, { "not a valid date", 0, "date" }, { "invalid date", 0, "date" }, { "valid dateTime", 0, "date" },
    { "date format", 0, "date" }, { "not a date", 0, "date" }, { "parse date", 0, "date" },
    { "duplicate", 0, "duplicate" }, { "already exists", 0, "duplicate" }, { "unique", 0, "duplicate" }, { "already in use", 0, "duplicate" },
    { "not the current version", 0, "version" }, { "version conflict", 0, "version" }, { "If-Match", 0, "version" },
    { "minimum required", 0, "required" }, { "is required", 0, "required" }, { "required element", 0, "required" },
    { "required property", 0, "required" }, { "required field", 0, "required" }, { "missing", 0, "required" },
    { "cardinality", 0, "required" }, { "must be present", 0, "required" }, { "must not be empty", 0, "required" }, { "must have", 0, "required" },
    { "HAPI-1094", 0, "reference" }, { "not found, specified in path", 0, "reference" }, { "invalid reference", 0, "reference" },
    { "invalid resource reference", 0, "reference" }, { "external reference", 0, "reference" }, { "does not exist", 0, "reference" },
    { "unresolv", 0, "reference" }, { "not be resolved", 0, "reference" }, { "does not resolve", 0, "reference" }, { "to resolve", 0, "reference" },
    { "not-found", 0, "reference" }, { "not found", 0, "reference" },
    { "unrecognized property", 0, "unknown" }, { "unrecognised property", 0, "unknown" }, { "unknown element", 0, "unknown" },
    { "unknown property", 0, "unknown" }, { "additional property", 0, "unknown" }, { "unexpected element", 0, "unknown" }, { "not allowed here", 0, "unknown" },
    { "constraint", 0, "rule" }, { "invariant", 0, "rule" }, { "rule ", 0, "rule" }, { "business-rule", 0, "rule" },
    { "forbidden", 0, "rights" }, { "not allowed", 0, "rights" }, { "permission", 0, "rights" }, { "not authorized", 0, "rights" },
    { "invalid", 0, "value" }, { "expected", 0, "value" }, { "does not match", 0, "value" }, { "not valid", 0, "value" },
    { "", 409, "version" }, { "", 412, "version" },
    { "required", 0, "required" },      /* the bare code of an issue without words */
};

static const char *kind_of(int status, const char *words)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if ((!phrases[i].status || phrases[i].status == status) && strcasestr(words, phrases[i].phrase))
            return phrases[i].kind;
    return "other";
}

static void take_path(const char *from, size_t len, char *out, size_t size)
{
    while (len > 0 && (from[len - 1] == '.' || from[len - 1] == '['))
        len--;
    snprintf(out, size, "%.*s", (int)len, from);
}

/* "Patient.name[0].given" anywhere: in brackets behind the text, or in it. */
static bool path_after_type(const char *type, const char *words, char *out, size_t size)
{
    size_t len = strlen(type);

    for (const char *at = strstr(words, type); at; at = strstr(at + 1, type))
        if (at[len] == '.' && islower((unsigned char)at[len + 1]) && (at == words || !isalnum((unsigned char)at[-1]))) {
            const char *path = at + len + 1;

            take_path(path, strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.[]"), out, size);
            return true;
        }
    return false;
}

/* "/f:Patient/f:name/f:given", as servers that think in XML write it. */
static bool path_of_xml(const char *type, const char *words, char *out, size_t size)
{
    char head[80];
    const char *at;

    snprintf(head, sizeof head, "/f:%s/f:", type);
    at = strstr(words, head);
    if (!at)
        return false;
    out[0] = '\0';
    for (at += strlen(head) - 2; strncmp(at, "f:", 2) == 0; at += *at == '/') {
        size_t len = strspn(at + 2, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), used = strlen(out);

        snprintf(out + used, size - used, "%s%.*s", used ? "." : "", (int)len, at + 2);
        at += 2 + len;
        at += *at == '[' ? strcspn(at, "/") : 0;
    }
    return out[0] != '\0';
}

/* [element="birthDate"], element 'status', property "foo". */
static bool path_quoted(const char *words, char *out, size_t size)
{
    static const char *const before[] = { "element=\"", "element '", "element \"", "element: '", "property '", "property \"", "property (", "field '" };

    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        const char *at = strstr(words, before[i]);
        size_t len = at ? strspn(at + strlen(before[i]), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.[]0123456789") : 0;

        if (len > 0) {
            take_path(at + strlen(before[i]), len, out, size);
            return true;
        }
    }
    return false;
}

static void find_path(const char *type, const char *words, char *out, size_t size)
{
    const char *named;

    out[0] = '\0';
    if (path_after_type(type, words, out, size) || path_of_xml(type, words, out, size) || path_quoted(words, out, size))
        return;
    named = field_named_in(type, words);
    snprintf(out, size, "%s", named ? named : "");
}

void refusal_read(const char *type, int status, const char *words, struct refusal *out)
{
    struct field_words field;
    char plain[160];

    *out = (struct refusal){ .kind = kind_of(status, words ? words : ""), .label = "", .field = "" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].kind, out->kind) == 0) {
            out->what = _(kinds[i].what);
            out->fix = _(kinds[i].fix);
        }
    find_path(type, words ? words : "", out->path, sizeof out->path);
    if (!out->path[0])
        return;
    field_plain_path(type, out->path, plain, sizeof plain);
    if (field_words_of(type, plain, &field)) {
        out->label = field.label;
        out->field = field.field;
    } else {
        out->label = out->path;
    }
}

void refusal_words(const struct refusal *refusal, char *out, size_t size)
{
    snprintf(out, size, refusal->label[0] ? "%s: %s" : "%s%s", refusal->label, refusal->what);
}
