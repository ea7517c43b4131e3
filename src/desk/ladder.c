#include "desk/ladder.h"

#include <string.h>

static bool word_in(const char *words, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = words; len && (at = strstr(at, word)); at += len)
        if ((at == words || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

bool ladder_permits(const struct ladder *ladder, size_t n, const char *from, const char *to)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(ladder[i].from, from) == 0)
            return word_in(ladder[i].to, to);
    return true;
}
