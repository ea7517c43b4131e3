#include <ctype.h>
#include <string.h>

#include "fhir/datatype.h"
#include "fhir/element.h"

/* FHIR types a value[x] member may end in; longest first where one ends another. */
static const char *const choice_types[] = {
    "CodeableConcept", "DateTime", "Date", "Instant", "Quantity", "Reference", "Period", "Timing", "Boolean", "Integer",
    "Decimal", "String", "Code", "Coding", "Uri", "Url", "Age", "Range", "Ratio", "Markdown", "Time", "Duration", "Attachment",
    "Identifier", "Address", "Annotation", "PositiveInt", "UnsignedInt", "Canonical", "HumanName", "ContactPoint", "Money",
};
static const char *const choices[] = {
    "value", "onset", "abatement", "effective", "performed", "occurrence", "deceased", "multipleBirth", "medication", "serviced",
    "due", "target", "start", "detail", "product", "reported", "content", "asNeeded", "dose", "rate", "allowed", "born", "age",
    "scheduled", "timing", "item", "diagnosis", "procedure", "location", "collected", "entity", "topic", "defaultValue", "answer",
};

/* "onsetDateTime" is onset[x] with type DateTime; *len is what of the name people read. */
static const char *choice_type(const char *name, size_t *len)
{
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
        size_t n = strlen(choices[i]);

        if (strncmp(name, choices[i], n) != 0)
            continue;
        for (size_t k = 0; k < sizeof choice_types / sizeof *choice_types; k++)
            if (strcmp(name + n, choice_types[k]) == 0) {
                *len = n;
                return choice_types[k];
            }
    }
    *len = strlen(name);
    return "";
}

/* "birthDate" reads "Birth date". */
static void label_words(struct buf *out, const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)name[i];
        bool upper = c >= 'A' && c <= 'Z', after_lower = i > 0 && name[i - 1] >= 'a' && name[i - 1] <= 'z';

        if (upper && after_lower)
            buf_char(out, ' ');
        buf_char(out, (char)(i == 0 ? toupper(c) : c == '-' || c == '_' ? ' ' : upper && after_lower ? tolower(c) : c));
    }
}

static void line_start(struct buf *out, int depth, const char *label)
{
    for (int i = 0; i < depth; i++)
        buf_add(out, "  ");
    buf_printf(out, "%s\t", label);
}

static void write_members(struct buf *out, const struct node *object, int depth);

/* An extension reads by the end of its address. */
static void write_extension(struct buf *out, const struct node *extension, int depth)
{
    const char *url = node_str(extension, "url"), *slash = strrchr(url, '/'), *type;
    const struct node *value = choice_value(extension, "value", &type);
    struct buf label = {0};

    url = slash && slash[1] ? slash + 1 : url;
    label_words(&label, url, strlen(url));
    line_start(out, depth, buf_text(&label));
    buf_done(&label);
    if (value)
        value_words(out, value, type);
    buf_char(out, '\n');
    for (const struct node *n = node_first(node_get(extension, "extension")); n; n = node_next(n))
        write_extension(out, n, depth + 1);
}

static bool is_moment_text(const struct node *node)
{
    const char *text = node_text(node), *why;

    return node_is(node, NODE_STRING) && strlen(text) >= 7 && datetime_is_real(text, &why);
}

/* One element under its label; parts that are no known datatype follow, indented. */
static void write_element(struct buf *out, const struct node *node, const char *label, const char *type, int depth)
{
    if (!*type)
        type = is_moment_text(node) ? "DateTime" : element_type(node);
    line_start(out, depth, label);
    if (!node_is(node, NODE_OBJECT) || *type) {
        value_words(out, node, type);
        buf_char(out, '\n');
        return;
    }
    buf_char(out, '\n');
    write_members(out, node, depth + 1);
}

static void write_member(struct buf *out, const struct node *member, int depth)
{
    const char *name = node_name(member), *type;
    struct buf label = {0};
    size_t len;

    if (strcmp(name, "extension") == 0 || strcmp(name, "modifierExtension") == 0) {
        for (const struct node *n = node_first(member); n; n = node_next(n))
            write_extension(out, n, depth);
        return;
    }
    type = choice_type(name + (*name == '_'), &len);
    label_words(&label, name + (*name == '_'), len);
    if (!node_is(member, NODE_ARRAY))
        write_element(out, member, buf_text(&label), type, depth);
    else
        for (const struct node *n = node_first(member); n; n = node_next(n))
            if (!node_is(n, NODE_NULL))
                write_element(out, n, buf_text(&label), type, depth);
    buf_done(&label);
}

/* The narrative repeats the rest, and the type is the title of whatever shows this. */
static bool is_left_out(const struct node *object, const struct node *member)
{
    const char *name = node_name(member);

    return strcmp(name, "resourceType") == 0 || (strcmp(name, "text") == 0 && node_get(member, "div") && node_get(object, "resourceType"));
}

static void write_members(struct buf *out, const struct node *object, int depth)
{
    for (const struct node *n = node_first(object); n; n = node_next(n))
        if (!is_left_out(object, n))
            write_member(out, n, depth);
}

void resource_readable(struct buf *out, const struct node *resource)
{
    write_members(out, resource, 0);
}
