#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 16 * 1024, ARENA_ALIGN = 16 };

struct arena_block {
    struct arena_block *older;
    size_t used, size;
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

static struct arena_block *arena_block_add(struct arena *arena, size_t size)
{
    size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
    struct arena_block *block;

    if (room > SIZE_MAX - sizeof *block)
        mem_fatal("out of memory");
    block = checked(malloc(sizeof *block + room));
    block->older = arena->block;
    block->used = 0;
    block->size = room;
    arena->block = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->block;
    void *p;

    if (size > SIZE_MAX - ARENA_ALIGN)
        mem_fatal("out of memory");
    size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (!block || block->size - block->used < size)
        block = arena_block_add(arena, size);
    p = block->bytes + block->used;
    block->used += size;
    return p;
}

char *arena_dup_n(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);

    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

void arena_done(struct arena *arena)
{
    while (arena->block) {
        struct arena_block *older = arena->block->older;
        free(arena->block);
        arena->block = older;
    }
}
