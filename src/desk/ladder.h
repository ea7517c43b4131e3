/* ladder.h - which status may follow which, as a table per resource type. */
#ifndef FRONTDESK_LADDER_H
#define FRONTDESK_LADDER_H

#include <stdbool.h>
#include <stddef.h>

struct ladder { const char *from, *to; };   /* to: words separated by spaces */

/* A status the table does not name may become anything: it came from elsewhere. */
bool ladder_permits(const struct ladder *ladder, size_t n, const char *from, const char *to);
#endif
