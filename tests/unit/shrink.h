/* shrink.h - claims that must hold for any choice, and the smallest choice that breaks one.
 * A case is made from a tape of numbers and from nothing else, so whoever cuts the tape shorter or its
 * numbers smaller gets a smaller case of the same kind: documents, edits, faults and histories alike
 * shrink without knowing how. Past its end a tape gives 0, which should be the plainest choice.
 *
 *     FRONTDESK_SEED=n FRONTDESK_CASES=n .build/out/tests/test_x
 *
 * runs other cases, or the one that failed. */
#ifndef FRONTDESK_TESTS_SHRINK_H
#define FRONTDESK_TESTS_SHRINK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

struct tape {
    uint32_t *number;
    size_t n, cap, at;
    uint64_t random;            /* what it grows from; 0: it does not grow */
};

/* One of n choices, 0 the plainest. */
static inline unsigned tape_draw(struct tape *t, unsigned n)
{
    if (t->at == t->n) {
        if (!t->random)
            return 0;
        MEM_ROOM(t->number, t->n, t->cap);
        t->random = t->random * 6364136223846793005u + 1442695040888963407u;
        t->number[t->n++] = (uint32_t)(t->random >> 33);
    }
    uint32_t *number = &t->number[t->at++];
    *number %= n;
    return *number;
}

/* True once in n times; never when the tape is at its end. */
static inline bool tape_chance(struct tape *t, unsigned n)
{
    return tape_draw(t, n) == n - 1;
}

/* NULL when all holds for what the tape makes, else the name of the claim that does not; the story,
 * when there is one, goes to why. */
typedef const char *claims(struct tape *tape, void *ctx, struct buf *why);

static inline const char *tape_play(struct tape *t, claims *claim, void *ctx)
{
    struct buf why = { 0 };

    t->at = 0;
    const char *broken = claim(t, ctx, &why);
    buf_done(&why);
    return broken;
}

/* Keep the candidate when it still breaks the same claim. */
static inline bool shrink_take(struct tape *t, struct tape *candidate, claims *claim, void *ctx, const char *broken)
{
    const char *now = tape_play(candidate, claim, ctx);
    bool is_better = now && strcmp(now, broken) == 0;

    if (is_better) {
        if (candidate->at < candidate->n)
            candidate->n = candidate->at;       /* what was never asked for */
        free(t->number);
        *t = *candidate;
    } else {
        free(candidate->number);
    }
    return is_better;
}

static inline struct tape shrink_copy(const struct tape *t)
{
    struct tape copy = { .number = mem_array(t->n + 1, sizeof *t->number), .n = t->n, .cap = t->n + 1 };

    memcpy(copy.number, t->number, t->n * sizeof *t->number);
    return copy;
}

static inline bool shrink_cut(struct tape *t, size_t at, size_t len, claims *claim, void *ctx, const char *broken)
{
    struct tape shorter = shrink_copy(t);

    memmove(shorter.number + at, shorter.number + at + len, (t->n - at - len) * sizeof *t->number);
    shorter.n -= len;
    return shrink_take(t, &shorter, claim, ctx, broken);
}

static inline bool shrink_number(struct tape *t, size_t at, uint32_t number, claims *claim, void *ctx, const char *broken)
{
    if (number >= t->number[at])
        return false;
    struct tape lower = shrink_copy(t);
    lower.number[at] = number;
    return shrink_take(t, &lower, claim, ctx, broken);
}

/* Blocks out, from large to single numbers, then each number as low as it goes; again while that helps. */
static inline void shrink(struct tape *t, claims *claim, void *ctx, const char *broken)
{
    bool is_better = true;

    t->random = 0;
    for (int round = 0; is_better && round < 20; round++) {
        is_better = false;
        for (size_t len = t->n / 2; len > 0; len /= 2)
            for (size_t at = 0; at + len <= t->n;)
                if (shrink_cut(t, at, len, claim, ctx, broken))
                    is_better = true;
                else
                    at += len;
        for (size_t at = 0; at < t->n; at++) {
            is_better = shrink_number(t, at, 0, claim, ctx, broken) || is_better;
            while (at < t->n && shrink_number(t, at, t->number[at] / 2, claim, ctx, broken))
                is_better = true;
            while (at < t->n && t->number[at] > 0 && shrink_number(t, at, t->number[at] - 1, claim, ctx, broken))
                is_better = true;
        }
    }
}

static inline unsigned long shrink_setting(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);

    return text && *text ? strtoul(text, NULL, 10) : otherwise;
}

static inline struct tape tape_of_seed(unsigned long seed)
{
    return (struct tape){ .random = (seed + 1) * 0x9E3779B97F4A7C15u | 1 };
}

/* Fails the test with the smallest case found and how to run it again. */
static inline void shrink_run(const char *program, unsigned long n, claims *claim, void *ctx)
{
    unsigned long first = shrink_setting("FRONTDESK_SEED", 1);

    n = shrink_setting("FRONTDESK_CASES", n);
    for (unsigned long seed = first; seed < first + n; seed++) {
        struct tape tape = tape_of_seed(seed);
        struct buf why = { 0 };
        const char *broken = tape_play(&tape, claim, ctx);
        if (broken) {
            shrink(&tape, claim, ctx, broken);
            tape.at = 0;
            claim(&tape, ctx, &why);
            print_error("FRONTDESK_SEED=%lu FRONTDESK_CASES=1 .build/out/tests/%s\n%s\n", seed, program, buf_text(&why));
            fail_msg("%s", broken);
        }
        free(tape.number);
    }
}

/* The seed of the first of n cases that breaks a claim, 0 when none does: for showing that a broken
 * thing is seen. */
static inline unsigned long shrink_first_broken(unsigned long n, claims *claim, void *ctx)
{
    for (unsigned long seed = 1; seed <= n; seed++) {
        struct tape tape = tape_of_seed(seed);
        const char *broken = tape_play(&tape, claim, ctx);
        free(tape.number);
        if (broken)
            return seed;
    }
    return 0;
}
#endif
