/* refusal.h - what a server said against a write, as the field it is about and what to do.
 * Servers say it each in their own way; what is not understood is left to the words themselves. */
#ifndef FRONTDESK_REFUSAL_H
#define FRONTDESK_REFUSAL_H

#include <stddef.h>

struct refusal {
    const char *kind;       /* "reference", "required", "date" ...: stable, for scripts */
    char path[160];         /* as the server named it, without the type: "name[0].given"; "" not named */
    const char *label;      /* translated name of that field; "" not named */
    const char *field;      /* the parameter of "patient edit" that changes it, "" none */
    const char *what;       /* translated: "missing" */
    const char *fix;        /* translated: a sentence, what to do now */
};

/* status: of HTTP, 0 none. words: as the outbox keeps them; NULL is none. */
void refusal_read(const char *type, int status, const char *words, struct refusal *out);
/* "Born: not a date the server takes", in out. */
void refusal_words(const struct refusal *refusal, char *out, size_t size);
#endif
