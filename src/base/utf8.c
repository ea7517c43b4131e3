#include "base/utf8.h"

#include <string.h>
#include <unictype.h>
#include <wchar.h>

#include "base/utf8_class.h"

enum { REPLACEMENT = 0xFFFD };

/* Size of the well-formed sequence at text (Unicode 15, table 3-7), 0 when there is none.
 * Reads past a byte only when that byte asks for it, so a NUL ends every look. */
static size_t sequence(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4 || (s[1] & 0xC0) != 0x80)
        return 0;
    if (s[0] < 0xE0)
        return 2;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F) || (s[2] & 0xC0) != 0x80)
        return 0;
    if (s[0] < 0xF0)
        return 3;
    return (s[3] & 0xC0) == 0x80 ? 4 : 0;
}

bool utf8_valid(const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + len;

    while (p < end) {
        unsigned char tail[5] = {0};
        uint64_t eight;
        size_t step;

        while (end - p >= 8 && (memcpy(&eight, p, 8), (eight & 0x8080808080808080u) == 0))
            p += 8;
        if (p == end)
            break;
        if (*p < 0x80) {
            p++;
            continue;
        }
        if (end - p >= 4) {
            step = sequence(p);
        } else {                /* near the end: look at a copy that ends in NUL */
            memcpy(tail, p, (size_t)(end - p));
            step = sequence(tail);
        }
        if (!step)
            return false;
        p += step;
    }
    return true;
}

uint32_t utf8_next(const char *text, size_t *len)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n = sequence(s);

    *len = n ? n : 1;
    switch (n) {
    case 1: return s[0];
    case 2: return (s[0] & 0x1Fu) << 6 | (s[1] & 0x3Fu);
    case 3: return (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
    case 4: return (s[0] & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
    default: return REPLACEMENT;
    }
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        cp = REPLACEMENT;
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

size_t utf8_count(const char *text)
{
    size_t n = 0, step;

    for (; *text; text += step, n++)
        utf8_next(text, &step);
    return n;
}

bool utf8_joins(uint32_t cp)
{
    if (cp < 0x300)
        return false;
    return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_M) ||
           (cp >= 0x1160 && cp <= 0x11FF) || (cp >= 0xD7B0 && cp <= 0xD7FF) || cp == 0x200C || cp == 0x200D;
}

/* Cells of one code point. What wcwidth does not know (another locale, a control that escaped the
 * sanitiser) still takes the cell ncurses gives its substitute. */
static int cells_of(uint32_t cp)
{
    int cells;

    if (cp < 0x7F)
        return 1;
    if (utf8_joins(cp))
        return 0;
    cells = wcwidth((wchar_t)cp);
    return cells < 0 ? 1 : cells;
}

int utf8_width(const char *text)
{
    int cells = 0;
    size_t step;

    for (; *text; text += step)
        cells += cells_of(utf8_next(text, &step));
    return cells;
}

size_t utf8_clip(const char *text, int cells)
{
    size_t at = 0, step;

    while (text[at]) {
        cells -= cells_of(utf8_next(text + at, &step));
        if (cells < 0)
            break;
        at += step;
    }
    return at;
}

size_t utf8_prev(const char *text, size_t at)
{
    size_t step;

    while (at > 0) {
        size_t back = 1;

        while (back < 4 && back < at && ((unsigned char)text[at - back] & 0xC0) == 0x80)
            back++;
        if (!sequence((const unsigned char *)text + at - back) ||
            sequence((const unsigned char *)text + at - back) != back)
            back = 1;
        at -= back;
        if (!utf8_joins(utf8_next(text + at, &step)))
            break;
    }
    return at;
}
