/* utf8_fold.c - the folded form names are compared and searched by. */
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { LATIN_FIRST = 0xC0, LATIN_END = 0x180 };

/* U+00C0 to U+017F folded: what decomposition gives, and the letters it leaves whole
 * (l and o with stroke, eth, thorn, ae, oe, sharp s). */
static const char latin[LATIN_END - LATIN_FIRST][3] = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e",
    "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "o", " ",
    "o", "u", "u", "u", "u", "y", "th", "ss", "a", "a", "a", "a",
    "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "o", " ", "o", "u", "u", "u",
    "u", "y", "th", "y", "a", "a", "a", "a", "a", "a", "c", "c",
    "c", "c", "c", "c", "c", "c", "d", "d", "d", "d", "e", "e",
    "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g",
    "g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i",
    "i", "i", "i", "i", "i", "i", "ij", "ij", "j", "j", "k", "k",
    "k", "l", "l", "l", "l", "l", "l", "l", "l", "l", "l", "n",
    "n", "n", "n", "n", "n", "n", "n", "n", "o", "o", "o", "o",
    "o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s", "s",
    "s", "s", "s", "s", "s", "s", "t", "t", "t", "t", "t", "t",
    "u", "u", "u", "u", "u", "u", "u", "u", "u", "u", "u", "u",
    "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s",
};

/* Letters of other Latin alphabets that decomposition leaves whole, lower case, in order. */
static const struct { uint16_t cp; char as[3]; } stroked[] = {
    {0x0180, "b"}, {0x0188, "c"}, {0x018D, "d"}, {0x0192, "f"}, {0x0199, "k"}, {0x019A, "l"},
    {0x019E, "n"}, {0x01A5, "p"}, {0x01AB, "t"}, {0x01AD, "t"}, {0x01B4, "y"}, {0x01B6, "z"},
    {0x01DD, "e"}, {0x01E5, "g"}, {0x0221, "d"}, {0x0225, "z"}, {0x0234, "l"}, {0x0235, "n"},
    {0x0236, "t"}, {0x0237, "j"}, {0x023C, "c"}, {0x023F, "s"}, {0x0240, "z"}, {0x0247, "e"},
    {0x0249, "j"}, {0x024D, "r"}, {0x024F, "y"}, {0x0253, "b"}, {0x0254, "o"}, {0x0256, "d"},
    {0x0257, "d"}, {0x0259, "e"}, {0x025B, "e"}, {0x0260, "g"}, {0x0268, "i"}, {0x0269, "i"},
    {0x026B, "l"}, {0x026F, "m"}, {0x0272, "n"}, {0x0275, "o"}, {0x0280, "r"}, {0x0283, "s"},
    {0x0288, "t"}, {0x0289, "u"}, {0x028A, "u"}, {0x028B, "v"}, {0x0292, "z"}, {0x2C61, "l"},
    {0x2C65, "a"}, {0x2C66, "t"}, {0xA751, "p"},
};

static int stroked_compare(const void *key, const void *row)
{
    uint32_t cp = *(const uint32_t *)key;
    uint32_t other = *(const uint16_t *)row;

    return (cp > other) - (cp < other);
}

/* One space stands for any run of what is no letter or digit, none at the front. */
static void fold_break(struct buf *out, size_t start)
{
    if (out->len > start && out->data[out->len - 1] != ' ')
        buf_char(out, ' ');
}

/* Write one code point of a decomposed, case-folded text. */
static void fold_point(struct buf *out, size_t start, uint32_t cp)
{
    const void *hit;
    char bytes[4];
    int digit;

    if (cp >= LATIN_FIRST && cp < LATIN_END && latin[cp - LATIN_FIRST][0] != ' ')
        buf_add(out, latin[cp - LATIN_FIRST]);
    else if ((hit = bsearch(&cp, stroked, sizeof stroked / sizeof *stroked, sizeof *stroked, stroked_compare)))
        buf_add(out, stroked[((const char *)hit - (const char *)stroked) / (ptrdiff_t)sizeof *stroked].as);
    else if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_M | UC_CATEGORY_MASK_Cf))
        return;
    else if ((digit = uc_decimal_value(cp)) >= 0)
        buf_char(out, (char)('0' + digit));
    else if (uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Lm) ||
             !uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N))
        fold_break(out, start);
    else
        buf_add_n(out, bytes, utf8_encode(cp, bytes));
}

/* Fold a stretch through libunistring: for what the tables do not hold. */
static void fold_slowly(struct buf *out, size_t start, const char *text, size_t len)
{
    size_t n, step;
    uint8_t *folded = u8_casefold((const uint8_t *)text, len, NULL, UNINORM_NFKD, NULL, &n);

    if (!folded) {              /* not UTF-8, or no memory: nothing to search by */
        fold_break(out, start);
        return;
    }
    folded = mem_grow(folded, n + 1, 1);
    folded[n] = '\0';
    for (const char *p = (const char *)folded; *p; p += step) {
        uint32_t cp = utf8_next(p, &step);

        if (cp < 0x80 && ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9')))
            buf_char(out, (char)cp);
        else
            fold_point(out, start, cp);
    }
    free(folded);
}

/* Length of the stretch of bytes the tables do not serve: from here to the next ASCII byte. */
static size_t slow_stretch(const char *text)
{
    size_t n = 0;

    while ((unsigned char)text[n] >= 0x80)
        n++;
    return n;
}

void utf8_fold(struct buf *out, const char *text)
{
    size_t start = out->len, step;

    buf_add_n(out, "", 0);
    while (*text) {
        char c = *text;

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            buf_char(out, c);
            text++;
        } else if (c >= 'A' && c <= 'Z') {
            buf_char(out, (char)(c + 32));
            text++;
        } else if ((unsigned char)c < 0x80) {
            fold_break(out, start);
            text++;
        } else {
            uint32_t cp = utf8_next(text, &step);

            if (cp >= LATIN_FIRST && cp < LATIN_END && latin[cp - LATIN_FIRST][0] != ' ') {
                buf_add(out, latin[cp - LATIN_FIRST]);
            } else {
                step = slow_stretch(text);
                fold_slowly(out, start, text, step);
            }
            text += step;
        }
    }
    if (out->len > start && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
}

char *utf8_folded(const char *text)
{
    struct buf out = {0};

    utf8_fold(&out, text);
    return buf_take(&out);
}
