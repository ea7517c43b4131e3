/* ability.h - what the probe found about the central server, in words, and the rule each finding decides.
 * Reads the stored text of the probe as it is: a finding without words here is shown by its name. */
#ifndef FRONTDESK_ABILITY_H
#define FRONTDESK_ABILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "fhir/document.h"

struct ability {
    const char *name;           /* of the member; borrowed from the document */
    char value[60];             /* as it is stored */
    const char *words;          /* translated: "refuses an edit of an old version"; NULL: none are known */
    const char *rule;           /* translated: what the desk does for it; NULL: it decides nothing */
    bool is_weak;               /* less than what the desk relies on elsewhere */
};

/* Findings in the order of the stored text; at most most of them. Returns how many. */
size_t ability_list(const struct node *caps, struct ability *out, size_t most);
/* The sentence for a server that lets nobody choose ids, translated; NULL: this one does. */
const char *ability_weakness(const struct node *caps);
#endif
