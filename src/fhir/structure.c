#include "fhir/structure.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* One text, so that nothing of it is relocated when the program starts. */
static const char rows[] =
#include "fhir/structure_rows.def"
;

struct text { const char *at; size_t len; };

static bool is_text(struct text text, const char *other)
{
    return strlen(other) == text.len && memcmp(text.at, other, text.len) == 0;
}

static struct text word(const char *at)
{
    return (struct text){ at, strcspn(at, " \n") };
}

/* The word after this one in its row; len 0 at the end. */
static struct text word_after(struct text text)
{
    const char *next = text.at + text.len;

    return *next == ' ' ? word(next + 1) : (struct text){ next, 0 };
}

static int compare(struct text text, const char *name)
{
    int order = strncmp(text.at, name, text.len);

    return order ? order : name[text.len] ? -1 : 0;
}

static const char *line_start(const char *at)
{
    while (at > rows && at[-1] != '\n')
        at--;
    return at;
}

/* The row of a structure, by halving the text; NULL when there is none. */
static const char *row_of(const char *structure)
{
    const char *low = rows, *high = rows + sizeof rows - 1;

    while (low < high) {
        const char *middle = line_start(low + (high - low) / 2);
        int order = compare(word(middle), structure);

        if (order == 0)
            return middle;
        if (order > 0)
            high = middle;
        else
            low = strchr(middle, '\n') + 1;
    }
    return NULL;
}

bool structure_known(const char *structure)
{
    return *structure && row_of(structure);
}

static void copy(char out[STRUCTURE_NAME], struct text text)
{
    snprintf(out, STRUCTURE_NAME, "%.*s", (int)text.len, text.at);
}

/* "name:Type!*" apart; the name of a choice without its [x]. */
static struct text read_element(struct text row, struct structure_element *out)
{
    struct text name = { row.at, (size_t)((const char *)memchr(row.at, ':', row.len) - row.at) };
    struct text type = { name.at + name.len + 1, row.len - name.len - 1 };

    *out = (struct structure_element){ .is_choice = name.len > 3 && memcmp(name.at + name.len - 3, "[x]", 3) == 0 };
    name.len -= out->is_choice ? 3 : 0;
    for (; type.at[type.len - 1] == '*' || type.at[type.len - 1] == '!'; type.len--) {
        out->is_list |= type.at[type.len - 1] == '*';
        out->is_required |= type.at[type.len - 1] == '!';
    }
    copy(out->name, name);
    if (out->is_choice) {
        out->types = type.at;
        out->types_len = type.len;
    } else if (*type.at == '@') {
        copy(out->type, (struct text){ type.at + 1, type.len - 1 });
    } else {
        copy(out->type, type);
    }
    return name;
}

/* What stands after the name of a choice names its type: "Quantity", "DateTime". */
static bool choose(struct structure_element *element, const char *suffix)
{
    char type[STRUCTURE_NAME], name[STRUCTURE_NAME];

    if (!*suffix || strcmp(suffix, "[x]") == 0)
        return true;
    snprintf(type, sizeof type, "%s", suffix);
    for (int i = 0; i < 2; i++) {
        if (structure_choice(element, type, name)) {
            memcpy(element->name, name, sizeof name);
            memcpy(element->type, type, sizeof type);
            return true;
        }
        type[0] = (char)tolower((unsigned char)type[0]);
    }
    return false;
}

static bool find_own(const char *row, const char *name, struct structure_element *out)
{
    for (struct text w = word_after(word_after(word(row))); w.len; w = word_after(w)) {
        struct text found = read_element(w, out);

        if (is_text(found, name))
            return true;
        if (out->is_choice && strncmp(name, found.at, found.len) == 0 && choose(out, name + found.len))
            return true;
    }
    return false;
}

bool structure_element(const char *structure, const char *name, struct structure_element *out)
{
    char base[STRUCTURE_NAME];

    snprintf(base, sizeof base, "%s", structure);
    for (const char *row = row_of(base); row && *base; row = row_of(base)) {
        if (find_own(row, name, out))
            return true;
        copy(base, word_after(word(row)));
    }
    return false;
}

bool structure_element_at(const char *structure, size_t i, struct structure_element *out)
{
    const char *row = row_of(structure);
    struct text w = { row, 0 };

    if (!row)
        return false;
    for (w = word_after(word_after(word(row))); w.len && i > 0; i--)
        w = word_after(w);
    if (w.len)
        read_element(w, out);
    return w.len > 0;
}

static bool is_any(const char *type)
{
    static const char *const not[] = { "Element", "BackboneElement", "Resource", "DomainResource", "Extension", "Narrative", "ElementDefinition", "xhtml" };

    for (size_t i = 0; i < sizeof not / sizeof *not; i++)
        if (strcmp(not[i], type) == 0)
            return false;
    return structure_is_primitive(type) || (structure_known(type) && !strchr(type, '.') && !structure_element(type, "meta", &(struct structure_element){ 0 }));
}

bool structure_choice(const struct structure_element *choice, const char *type, char name[STRUCTURE_NAME])
{
    const char *end = choice->types ? choice->types + choice->types_len : NULL;
    bool found = false;

    for (const char *p = choice->types; p && p < end && !found;) {
        struct text one = { p, strcspn(p, "| \n*!") };

        found = is_text(one, type) || (is_text(one, "any") && is_any(type));
        p += one.len + 1;
    }
    if (found)
        snprintf(name, STRUCTURE_NAME, "%.40s%c%.38s", choice->name, toupper((unsigned char)type[0]), type + 1);
    return found;
}

bool structure_is_primitive(const char *type)
{
    static const char *const names[] = {
        "base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id", "instant", "integer", "markdown", "oid",
        "positiveInt", "string", "time", "unsignedInt", "uri", "url", "uuid", "xhtml",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], type) == 0)
            return true;
    return false;
}
