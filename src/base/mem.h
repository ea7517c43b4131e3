/* mem.h - allocation that never returns NULL, and an arena.
 * Out of memory ends the program through mem_fatal(), terminal restored first. */
#ifndef FRONTDESK_MEM_H
#define FRONTDESK_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size);                   /* zero-filled; free() releases */
void *mem_array(size_t n, size_t size);         /* zero-filled n*size, overflow checked */
void *mem_grow(void *old, size_t n, size_t size); /* realloc to n*size, overflow checked */
char *mem_dup(const char *text);                /* owned copy; NULL gives NULL */
char *mem_dup_n(const char *text, size_t len);  /* owned, NUL-terminated copy of len bytes */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void mem_wipe(void *p, size_t len);             /* zero that the compiler may not drop */

/* Call before the program ends for want of memory or a broken invariant: puts the
 * terminal back. NULL removes it. */
void mem_on_fatal(void (*restore)(void));
_Noreturn void mem_fatal(const char *what);

/* Make room for one more element of *vec (n in use, *cap allocated). */
#define MEM_ROOM(vec, n, cap) \
    ((n) < (cap) ? (void)0 \
                 : (void)((cap) = (cap) ? 2 * (cap) : 8, (vec) = mem_grow((vec), (cap), sizeof *(vec))))

/* An arena gives out memory that is released all at once. A zeroed one is ready for use; a copy of it
 * is a mark to go back to. */
enum { ARENA_ALIGN = 16 };
struct arena { unsigned char *at, *end; struct arena_block *block; size_t held; /* bytes of all blocks */ };
void *arena_more(struct arena *arena, size_t size);     /* for arena_alloc() alone */
char *arena_dup_n(struct arena *arena, const char *text, size_t len);
void arena_release(struct arena *arena, const struct arena *mark);     /* all that was given out since */
void arena_clear(struct arena *arena);                 /* release all, but keep a block for what comes next */
void arena_done(struct arena *arena);

/* Aligned for any type, not zeroed. */
static inline void *arena_alloc(struct arena *arena, size_t size)
{
    size_t room = (size + (size == 0) + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    void *p = arena->at;

    if (room < size || room > (size_t)(arena->end - arena->at))
        return arena_more(arena, size);
    arena->at += room;
    return p;
}
#endif
