#include "ui/field.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { FIELD_LIMIT = 400 };

void field_done(struct field *field)
{
    if (field->text)
        mem_wipe(field->text, field->cap);
    free(field->text);
    *field = (struct field){ .limit = field->limit, .is_multiline = field->is_multiline, .is_secret = field->is_secret };
}

const char *field_text(const struct field *field)
{
    return field->text ? field->text : "";
}

/* A new block, not realloc, so that a password leaves no copy behind. */
static void field_room(struct field *field, size_t need)
{
    size_t cap = field->cap ? field->cap : 64;
    char *text;

    if (need < field->cap)
        return;
    while (cap <= need)
        cap *= 2;
    text = mem_alloc(cap);
    if (field->text) {
        memcpy(text, field->text, field->len + 1);
        mem_wipe(field->text, field->cap);
        free(field->text);
    }
    field->text = text;
    field->cap = cap;
}

void field_insert(struct field *field, const char *text)
{
    size_t len = strlen(text), limit = field->limit ? field->limit : FIELD_LIMIT;

    if (field->len + len > limit) {
        len = limit > field->len ? limit - field->len : 0;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    field_room(field, field->len + len);
    memmove(field->text + field->at + len, field->text + field->at, field->len - field->at + 1);
    memcpy(field->text + field->at, text, len);
    field->len += len;
    field->at += len;
}

void field_set(struct field *field, const char *text)
{
    field_room(field, 0);
    field->len = field->at = 0;
    field->text[0] = '\0';
    field_insert(field, text);
}

static void field_cut(struct field *field, size_t from, size_t to)
{
    if (!field->text || from >= to)
        return;
    memmove(field->text + from, field->text + to, field->len - to + 1);
    field->len -= to - from;
    field->at = from;
}

static size_t next_character(const struct field *field, size_t at)
{
    const char *text = field_text(field);
    size_t end = at;

    while (end < field->len) {                  /* a mark belongs to the letter before it */
        size_t len = field->len - end;
        utf8_next(text + end, &len);
        end += len;
        if (utf8_prev(text, end) != at)
            return end - len > at ? end - len : end;
    }
    return end;
}

static size_t word_left(const struct field *field, size_t at)
{
    const char *text = field_text(field);

    while (at > 0 && text[at - 1] == ' ')
        at--;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    return at;
}

static size_t word_right(const struct field *field, size_t at)
{
    const char *text = field_text(field);

    while (at < field->len && text[at] == ' ')
        at++;
    while (at < field->len && text[at] != ' ')
        at++;
    return at;
}

/* Pasted line breaks and tabs part words; other control characters never get in. */
static void field_paste(struct field *field, const char *text)
{
    struct buf kept = { 0 };

    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (field->is_multiline && (*p == '\n' || (*p == '\r' && p[1] != '\n')))
            buf_char(&kept, '\n');
        else if (*p == '\n' || *p == '\r' || *p == '\t')
            buf_char(&kept, ' ');
        else if (*p >= ' ' && *p != 0x7f)
            buf_char(&kept, (char)*p);
    while (kept.len > 0 && kept.data[kept.len - 1] == ' ')
        kept.data[--kept.len] = '\0';
    if (utf8_valid(buf_text(&kept), kept.len))
        field_insert(field, buf_text(&kept));
    if (kept.data)
        mem_wipe(kept.data, kept.len);
    buf_done(&kept);
}

static bool field_move(struct field *field, const struct key *key)
{
    switch (key->cap) {
    case KEYCAP_LEFT: field->at = field->at ? utf8_prev(field_text(field), field->at) : 0; return true;
    case KEYCAP_RIGHT: field->at = next_character(field, field->at); return true;
    case KEYCAP_WORD_LEFT: field->at = word_left(field, field->at); return true;
    case KEYCAP_WORD_RIGHT: field->at = word_right(field, field->at); return true;
    case KEYCAP_HOME: field->at = 0; return true;
    case KEYCAP_END: field->at = field->len; return true;
    default: return false;
    }
}

bool field_key(struct field *field, const struct key *key)
{
    char text[5] = "";

    if (key_is_text(key)) {
        utf8_encode(key->cp, text);
        field_insert(field, text);
    } else if (key->cap == KEYCAP_PASTE) {
        field_paste(field, key->paste);
    } else if (key->cap == KEYCAP_BACKSPACE) {
        if (field->at > 0)
            field_cut(field, utf8_prev(field_text(field), field->at), field->at);
    } else if (key->cap == KEYCAP_DELETE || key_is_ctrl(key, 'd')) {
        size_t at = field->at;
        field_cut(field, at, next_character(field, at));
    } else if (key_is_ctrl(key, 'u')) {
        field_cut(field, 0, field->len);
    } else if (key_is_ctrl(key, 'k')) {
        field_cut(field, field->at, field->len);
    } else if (key_is_ctrl(key, 'w')) {
        field_cut(field, word_left(field, field->at), field->at);
    } else {
        return field_move(field, key);
    }
    return true;
}

/* First byte to draw so that the cursor stands inside width cells. */
static size_t first_shown(const char *text, size_t at, int width)
{
    size_t from = 0;

    while (from < at) {
        char *part = mem_dup_n(text + from, at - from);
        int cells = utf8_width(part);
        size_t step = utf8_clip(text + from, cells - width + 1 > 0 ? cells - width + 1 : 0);
        free(part);
        if (cells < width)
            break;
        from += step > 0 ? step : 1;
    }
    return from;
}

void field_draw(const struct field *field, struct canvas *canvas, int row, int col, int width, bool has_cursor)
{
    struct canvas box = canvas_part(canvas, row, col, 1, width);
    struct buf dots = { 0 };
    const char *text = field_text(field);
    size_t at = field->at, from;
    char *before;

    if (field->is_secret) {
        for (size_t i = 0; i < utf8_count(text); i++)
            buf_char(&dots, '*');
        at = dots.len;
        text = buf_text(&dots);
    }
    from = first_shown(text, at, box.cols);
    draw_text(&box, 0, 0, has_cursor ? STYLE_FIELD : STYLE_PLAIN, text + from);
    if (has_cursor) {
        before = mem_dup_n(text + from, at - from);
        draw_cursor(&box, 0, utf8_width(before));
        canvas->grid->cursor_secret = field->is_secret;
        free(before);
    }
    buf_done(&dots);
}

/* The folded line that starts at a byte: its bytes, and where the next one starts. */
static size_t folded_line(const char *text, int width, size_t *next)
{
    size_t len = draw_fold(text, width);

    *next = len;
    while (text[*next] == ' ')
        ++*next;
    *next += text[*next] == '\n';
    return len;
}

int field_draw_folded(const struct field *field, struct canvas *canvas, int row, int col, int width, int rows)
{
    const char *text = field_text(field);
    size_t at = 0, next = 0;
    int line = 0, cursor_line = 0, from;

    for (size_t i = 0; text[i]; i += next, line++) {        /* on which folded line is the cursor? */
        folded_line(text + i, width, &next);
        if (field->at >= i)
            cursor_line = line;
        if (!text[i + next] && text[i + next - 1] == '\n' && field->at == i + next)
            cursor_line = ++line;
    }
    from = cursor_line >= rows ? cursor_line - rows + 1 : 0;
    for (int i = 0; i - from < rows && (text[at] || i == cursor_line); i++) {
        size_t len = folded_line(text + at, width, &next);
        char *part = mem_dup_n(text + at, len);

        if (i >= from)
            draw_text_in(canvas, row + i - from, col, width, STYLE_FIELD, part);
        free(part);
        if (i == cursor_line) {
            part = mem_dup_n(text + at, field->at > at ? (field->at - at < len ? field->at - at : len) : 0);
            draw_cursor(canvas, row + i - from, col + utf8_width(part));
            free(part);
        }
        at += next;
    }
    line = line > cursor_line ? line : cursor_line + 1;
    return line > rows ? rows : line;
}
