#include "tests/sync/sim/dice.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"

/* splitmix64: every seed, 0 too, gives a good stream. */
uint64_t dice_roll(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void dice_seed(struct dice *dice, uint64_t seed, const char *use)
{
    dice->state = seed;
    for (; *use; use++)
        dice->state = dice_roll(dice) ^ (unsigned char)*use;
}

int dice_below(struct dice *dice, int n)
{
    return n > 1 ? (int)(dice_roll(dice) % (uint64_t)n) : 0;
}

int64_t dice_between(struct dice *dice, int64_t from, int64_t to)
{
    return from + (int64_t)(dice_roll(dice) % (uint64_t)(to - from + 1));
}

bool dice_chance(struct dice *dice, int per_mille)
{
    return dice_below(dice, 1000) < per_mille;
}

/* ---- what crypto.c would take from the kernel; the linker sends every caller here ---- */

static struct dice ids;

void dice_rule_ids(uint64_t seed)
{
    dice_seed(&ids, seed, "ids");
}

void __wrap_crypto_random(void *out, size_t len);
void __wrap_crypto_uuid(char out[CRYPTO_UUID]);

void __wrap_crypto_random(void *out, size_t len)
{
    unsigned char *p = out;

    while (len-- > 0)
        *p++ = (unsigned char)(dice_roll(&ids) >> 32);
}

void __wrap_crypto_uuid(char out[CRYPTO_UUID])
{
    uint64_t a = dice_roll(&ids), b = dice_roll(&ids);

    snprintf(out, CRYPTO_UUID, "%08x-%04x-4%03x-a%03x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
             (unsigned)(a & 0xfff), (unsigned)(b >> 52), (unsigned long long)(b & 0xffffffffffffu));
}
