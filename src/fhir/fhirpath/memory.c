/* memory.c - what evaluations work in. An arena that comes back is kept for the next evaluation, so
 * that a hot expression allocates nothing. */
#include <stdlib.h>

#include "fhir/fhirpath/internal.h"

/* More than this many at once are rare: one for each result that is held, and one for each depth. */
#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
enum { SPARE_MAX = 0 };     /* so that the sanitizer sees who uses a result too long */
#else
enum { SPARE_MAX = 8 };
#endif

static struct { struct arena *spare[SPARE_MAX + 1]; int n; } memory;

struct arena *fp_memory_take(void)
{
    return memory.n > 0 ? memory.spare[--memory.n] : mem_alloc(sizeof(struct arena));
}

void fp_memory_give(struct arena *arena)
{
    if (memory.n < SPARE_MAX) {
        arena_clear(arena);
        memory.spare[memory.n++] = arena;
    } else {
        arena_done(arena);
        free(arena);
    }
}
