/* utf8_case.c - upper and lower case. */
#include <stdlib.h>
#include <string.h>
#include <unicase.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

void utf8_case(struct buf *out, const char *text, bool upper)
{
    uint8_t *(*change)(const uint8_t *, size_t, const char *, uninorm_t, uint8_t *, size_t *) = upper ? u8_toupper : u8_tolower;
    size_t len;
    uint8_t *changed = change((const uint8_t *)text, strlen(text), "", NULL, NULL, &len);

    if (!changed)
        mem_fatal("out of memory");
    buf_add_n(out, changed, len);
    free(changed);
}
