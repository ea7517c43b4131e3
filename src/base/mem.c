#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 16 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    _Alignas(ARENA_ALIGN) unsigned char bytes[];
};

static struct { void (*restore)(void); } fatal;

void mem_on_fatal(void (*restore)(void))
{
    fatal.restore = restore;
}

_Noreturn void mem_fatal(const char *what)
{
    if (fatal.restore)
        fatal.restore();
    fprintf(stderr, "frontdesk: %s\n", what);
    abort();
}

static void *checked(void *p)
{
    if (!p)
        mem_fatal("out of memory");
    return p;
}

void *mem_alloc(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

void *mem_array(size_t n, size_t size)
{
    return checked(calloc(n ? n : 1, size ? size : 1));
}

void *mem_grow(void *old, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        mem_fatal("out of memory");
    return checked(realloc(old, bytes ? bytes : 1));
}

char *mem_dup(const char *text)
{
    return text ? mem_dup_n(text, strlen(text)) : NULL;
}

char *mem_dup_n(const char *text, size_t len)
{
    char *copy = mem_alloc(len + 1);

    memcpy(copy, text, len);
    return copy;
}

char *mem_printf(const char *fmt, ...)
{
    char *text;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&text, fmt, ap);
    va_end(ap);
    if (n < 0)
        mem_fatal("out of memory");
    return text;
}

void mem_wipe(void *p, size_t len)
{
    explicit_bzero(p, len);
}

void *arena_more(struct arena *arena, size_t size)
{
    size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
    struct arena_block *block;

    if (room > SIZE_MAX / 2)
        mem_fatal("out of memory");
    room = (room + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    block = checked(malloc(sizeof *block + room));
    block->older = arena->block;
    block->size = room;
    *arena = (struct arena){ block->bytes, block->bytes + room, block, arena->held + room };
    return arena_alloc(arena, size);
}

char *arena_dup_n(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);

    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

static void arena_drop(struct arena *arena)
{
    struct arena_block *block = arena->block;

    arena->block = block->older;
    arena->held -= block->size;
    free(block);
}

void arena_release(struct arena *arena, const struct arena *mark)
{
    while (arena->block != mark->block)
        arena_drop(arena);
    *arena = *mark;
}

void arena_clear(struct arena *arena)
{
    while (arena->block && (arena->block->older || arena->block->size > ARENA_BLOCK))
        arena_drop(arena);
    if (arena->block)
        *arena = (struct arena){ arena->block->bytes, arena->block->bytes + arena->block->size, arena->block, arena->held };
    else
        *arena = (struct arena){0};
}

void arena_done(struct arena *arena)
{
    while (arena->block)
        arena_drop(arena);
    *arena = (struct arena){0};
}
