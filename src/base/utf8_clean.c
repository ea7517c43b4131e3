/* utf8_clean.c - the one sanitiser: text on its way to a terminal, log, CSV or printer. */
#include <string.h>
#include <unictype.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/utf8_class.h"

enum {
    REPLACEMENT = 0xFFFD,       /* bytes or code points that are no character */
    CONTROL_PICTURE = 0x2400,   /* plus the code of a C0 control */
    DELETE_PICTURE = 0x2421,
    MARKER = 0x2426,            /* stands for a bidi control, a separator or a run of tags */
    DOTTED_CIRCLE = 0x25CC,     /* carries a mark that came without a base */
    ZWNJ = 0x200C, ZWJ = 0x200D,
    MARKS_MAX = 4,              /* as many as ncurses keeps in a cell */
};

struct cleaning {
    struct buf *out;
    bool multiline;
    uint32_t shown;             /* last code point written, 0 at the start or after a break */
    uint32_t base;              /* last one that was not a mark */
    int marks;                  /* written on it */
};

static void show(struct cleaning *c, uint32_t cp)
{
    char bytes[4];

    buf_add_n(c->out, bytes, utf8_encode(cp, bytes));
    c->shown = c->base = cp;
    c->marks = 0;
}

static bool is_bidi_control(uint32_t cp)
{
    return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

static bool needs_marker(uint32_t cp)
{
    return is_bidi_control(cp) || cp == 0x2028 || cp == 0x2029 || (cp >= 0xE0000 && cp <= 0xE007F);
}

/* Nothing to see: format characters, variation selectors, the joiner CGJ and Hangul fillers. */
static bool is_invisible(uint32_t cp)
{
    return cp == 0x034F || cp == 0x115F || cp == 0x1160 || cp == 0x3164 || cp == 0xFFA0 ||
           (cp >= 0x17B4 && cp <= 0x17B5) || (cp >= 0x180B && cp <= 0x180F) ||
           (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF) ||
           uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Cf);
}

static bool is_letter(uint32_t cp)
{
    return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L);
}

static void clean_control(struct cleaning *c, uint32_t cp, const char *next)
{
    if (cp == '\r' && *next == '\n')
        return;
    if (cp == '\n' || cp == '\t') {
        show(c, c->multiline ? cp : ' ');
        c->shown = c->base = 0;
    } else {
        show(c, cp < 0x20 ? CONTROL_PICTURE + cp : cp == 0x7F ? DELETE_PICTURE : REPLACEMENT);
    }
}

static void clean_mark(struct cleaning *c, uint32_t cp)
{
    char bytes[4];

    if (!c->base)
        show(c, DOTTED_CIRCLE);
    if (c->marks++ >= MARKS_MAX)
        return;
    buf_add_n(c->out, bytes, utf8_encode(cp, bytes));
    c->shown = cp;
}

/* A joiner stays only where scripts need it: after a letter (with its marks) and before one. */
static void clean_joiner(struct cleaning *c, uint32_t cp, const char *next)
{
    size_t step;

    if (c->base && is_letter(c->base) && c->shown != ZWJ && c->shown != ZWNJ &&
        c->marks < MARKS_MAX && is_letter(utf8_next(next, &step)))
        clean_mark(c, cp);
}

static void clean_wide(struct cleaning *c, uint32_t cp, const char *next)
{
    if (cp < 0xA0)
        clean_control(c, cp, next);
    else if (cp < 0x300 && cp != 0xAD)
        show(c, cp);
    else if (needs_marker(cp)) {
        if (!(cp >= 0xE0000 && c->shown == MARKER))
            show(c, MARKER);
    } else if (cp == ZWJ || cp == ZWNJ)
        clean_joiner(c, cp, next);
    else if (is_invisible(cp))
        return;
    else if (utf8_joins(cp))
        clean_mark(c, cp);
    else
        show(c, uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Cn) ? REPLACEMENT : cp);
}

void utf8_clean(struct buf *out, const char *text, bool multiline)
{
    struct cleaning c = {.out = out, .multiline = multiline};

    while (*text) {
        size_t n = 0, step;

        while (text[n] >= 0x20 && text[n] < 0x7F)
            n++;
        if (n) {
            buf_add_n(out, text, n);
            c.shown = c.base = (unsigned char)text[n - 1];
            c.marks = 0;
            text += n;
            continue;
        }
        uint32_t cp = utf8_next(text, &step);

        text += step;
        if (cp == 0xFFFD)
            show(&c, REPLACEMENT);
        else
            clean_wide(&c, cp, text);
    }
}

char *utf8_cleaned(const char *text)
{
    struct buf out = {0};

    utf8_clean(&out, text, false);
    return buf_take(&out);
}
