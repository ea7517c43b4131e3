#include <string.h>

#include "fhir/datatype.h"

struct node *extension_find(const struct node *element, const char *url)
{
    for (struct node *n = node_first(node_get(element, "extension")); n; n = node_next(n))
        if (strcmp(node_str(n, "url"), url) == 0)
            return n;
    return NULL;
}

struct node *extension_value(const struct node *element, const char *url)
{
    const char *type;

    return choice_value(extension_find(element, url), "value", &type);
}

/* The letter after the prefix is a capital, which keeps valueSet apart from value[x]... but for
 * one name: "valueSet" itself, which starts like a choice of type Set and is none. */
struct node *choice_value(const struct node *element, const char *prefix, const char **type)
{
    size_t len = strlen(prefix);

    *type = "";
    for (struct node *n = node_is(element, NODE_OBJECT) ? node_first(element) : NULL; n; n = node_next(n)) {
        const char *name = node_name(n);

        if (strncmp(name, prefix, len) == 0 && name[len] >= 'A' && name[len] <= 'Z' && strcmp(name + len, "Set") != 0) {
            *type = name + len;
            return n;
        }
    }
    return NULL;
}
