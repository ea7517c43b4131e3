#include "sync/gzip.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"

/* The bits of zlib's windows, its sign for a gzip header, and how many more bits a window has than memory levels. */
enum { LEAST_BITS = 9, MOST_BITS = 15, IS_GZIP = 16, MEMORY_BELOW = 7, PIECE = 16 * 1024 };

/* A window no larger than what is packed: to make one ready takes longer than to pack a short text. */
static int window_bits(size_t len)
{
    int bits = LEAST_BITS;

    while (bits < MOST_BITS && (size_t)1 << bits < len)
        bits++;
    return bits;
}

bool gzip_pays(const char *text)
{
    return strnlen(text, GZIP_LEAST) == GZIP_LEAST;
}

void gzip_pack(const void *data, size_t len, struct buf *out)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)data };
    unsigned char piece[PIECE];
    int bits = window_bits(len), state;

    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, bits + IS_GZIP, bits - MEMORY_BELOW, Z_DEFAULT_STRATEGY) != Z_OK)
        mem_fatal("deflateInit2");
    do {
        /* avail_in is narrower than a size. */
        if (z.avail_in == 0) {
            z.avail_in = len > UINT32_MAX ? UINT32_MAX : (uInt)len;
            len -= z.avail_in;
        }
        z.next_out = piece;
        z.avail_out = sizeof piece;
        state = deflate(&z, len ? Z_NO_FLUSH : Z_FINISH);
        buf_add_n(out, (const char *)piece, sizeof piece - z.avail_out);
    } while (state == Z_OK);
    deflateEnd(&z);
    if (state != Z_STREAM_END)
        mem_fatal("deflate");
}
