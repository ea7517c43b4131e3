/* code.h - code systems and value sets small enough to ship: data/codes, one file each.
 * Loaded on first use; a value set that is not here is said to be unknown, never guessed. */
#ifndef FRONTDESK_CODE_H
#define FRONTDESK_CODE_H

#include <stdbool.h>
#include <stddef.h>

struct code { const char *system, *code, *display; };
struct code_list { const struct code *code; size_t n; };

/* Codes of a value set or code system by canonical URL (a |version is ignored); false when unknown. */
bool code_list_find(const char *canonical, struct code_list *out);
const char *code_display(const char *system, const char *code);     /* NULL when unknown */
bool code_resource_type_known(const char *type);                    /* an R4 resource type */
#endif
