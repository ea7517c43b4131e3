/* Any bytes from a terminal: however they are cut into reads the same keys come out, no key is text
 * that a terminal would obey, and after silence nothing waits. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool claim)
{
    if (!claim)
        abort();
}

static void note(void *ctx, struct key key)
{
    struct buf *out = ctx;
    char name[KEY_NAME];

    key_name(&key, name);
    insist(strlen(name) < KEY_NAME && utf8_valid(name, strlen(name)));
    insist(key.cap == KEYCAP_PASTE || !key.paste);
    insist(key.cap != KEYCAP_PASTE || key.paste);
    insist(!key_is_text(&key) || (key.cp >= ' ' && !(key.cp >= 0x7f && key.cp < 0xa0) && key.cp <= 0x10FFFF));
    buf_printf(out, "%d %x %d%d %d,%d %s\n", (int)key.cap, (unsigned)key.cp, key.ctrl, key.alt, key.row, key.col, key.paste ? key.paste : "");
    key_done(&key);
}

/* Fed in pieces as long as step says, then silence; what came out. */
static char *keys(const uint8_t *data, size_t size, size_t step)
{
    struct key_decoder decoder = { 0 };
    struct buf out = { 0 };

    for (size_t at = 0; at < size; at += step)
        key_feed(&decoder, data + at, size - at < step ? size - at : step, note, &out);
    insist(decoder.n < sizeof decoder.pending);
    key_timeout(&decoder, note, &out);
    insist(!key_waits(&decoder));
    key_decoder_done(&decoder);
    return buf_take(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *whole = keys(data, size, size + 1), *single = keys(data, size, 1), *pieces = keys(data, size, size ? 1 + data[0] % 7u : 1);

    insist(strcmp(whole, single) == 0 && strcmp(whole, pieces) == 0);
    free(whole);
    free(single);
    free(pieces);
    return 0;
}
