#include "sync/gzip.h"

#include <stdint.h>
#include <zlib.h>

#include "base/mem.h"

/* The window of 2^15, and zlib's sign for a gzip header. */
enum { WINDOW = 15 + 16, MEMORY = 8, PIECE = 16 * 1024 };

void gzip_pack(const void *data, size_t len, struct buf *out)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)data };
    unsigned char piece[PIECE];
    int state;

    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
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
