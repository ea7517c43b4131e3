#include "ui/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum { ESC = 0x1b, PASTE_LIMIT = 64 * 1024 };

struct named { int code; enum keycap cap; };

/* CSI number ~ : the keys of a VT220 and what xterm and rxvt added. */
static const struct named tilde_keys[] = {
    { 1, KEYCAP_HOME }, { 2, KEYCAP_INSERT }, { 3, KEYCAP_DELETE }, { 4, KEYCAP_END },
    { 5, KEYCAP_PAGE_UP }, { 6, KEYCAP_PAGE_DOWN }, { 7, KEYCAP_HOME }, { 8, KEYCAP_END },
    { 11, KEYCAP_F1 }, { 12, KEYCAP_F2 }, { 13, KEYCAP_F3 }, { 14, KEYCAP_F4 }, { 15, KEYCAP_F5 },
    { 17, KEYCAP_F6 }, { 18, KEYCAP_F7 }, { 19, KEYCAP_F8 }, { 20, KEYCAP_F9 }, { 21, KEYCAP_F10 },
    { 23, KEYCAP_F11 }, { 24, KEYCAP_F12 }, { 0, KEYCAP_NONE },
};
/* The last letter of CSI and SS3 sequences. */
static const struct named letter_keys[] = {
    { 'A', KEYCAP_UP }, { 'B', KEYCAP_DOWN }, { 'C', KEYCAP_RIGHT }, { 'D', KEYCAP_LEFT },
    { 'H', KEYCAP_HOME }, { 'F', KEYCAP_END }, { 'P', KEYCAP_F1 }, { 'Q', KEYCAP_F2 },
    { 'R', KEYCAP_F3 }, { 'S', KEYCAP_F4 }, { 'Z', KEYCAP_BACKTAB }, { 'M', KEYCAP_ENTER }, { 0, KEYCAP_NONE },
};
/* The Linux console's ESC [ [ letter. */
static const struct named console_keys[] = {
    { 'A', KEYCAP_F1 }, { 'B', KEYCAP_F2 }, { 'C', KEYCAP_F3 }, { 'D', KEYCAP_F4 }, { 'E', KEYCAP_F5 }, { 0, KEYCAP_NONE },
};

static enum keycap named_find(const struct named *table, int code)
{
    for (; table->code; table++)
        if (table->code == code)
            return table->cap;
    return KEYCAP_NONE;
}

void key_done(struct key *key)
{
    free(key->paste);
    key->paste = NULL;
}

bool key_is(const struct key *key, char character)
{
    return key->cap == KEYCAP_NONE && !key->ctrl && !key->alt && key->cp == (unsigned char)character;
}

bool key_is_ctrl(const struct key *key, char letter)
{
    return key->cap == KEYCAP_NONE && key->ctrl && key->cp == (unsigned char)letter;
}

bool key_is_text(const struct key *key)
{
    return key->cap == KEYCAP_NONE && !key->ctrl && !key->alt && key->cp >= ' ' && key->cp != 0x7f;
}

void key_name(const struct key *key, char *out)
{
    static const char *const names[] = {
        [KEYCAP_ENTER] = "Enter", [KEYCAP_ESC] = "Esc", [KEYCAP_TAB] = "Tab", [KEYCAP_BACKTAB] = "Back-Tab",
        [KEYCAP_BACKSPACE] = "Backspace", [KEYCAP_DELETE] = "Del", [KEYCAP_INSERT] = "Ins", [KEYCAP_UP] = "Up",
        [KEYCAP_DOWN] = "Down", [KEYCAP_LEFT] = "Left", [KEYCAP_RIGHT] = "Right", [KEYCAP_HOME] = "Home",
        [KEYCAP_END] = "End", [KEYCAP_PAGE_UP] = "PgUp", [KEYCAP_PAGE_DOWN] = "PgDn", [KEYCAP_PASTE] = "paste",
        [KEYCAP_CLICK] = "click", [KEYCAP_WHEEL_UP] = "wheel", [KEYCAP_WHEEL_DOWN] = "wheel",
        [KEYCAP_WORD_LEFT] = "^Left", [KEYCAP_WORD_RIGHT] = "^Right",
    };
    char text[5] = "";

    if (key->cap >= KEYCAP_F1 && key->cap <= KEYCAP_F12)
        snprintf(out, KEY_NAME, "F%d", key->cap - KEYCAP_F1 + 1);
    else if (key->cap != KEYCAP_NONE)
        snprintf(out, KEY_NAME, "%s", names[key->cap] ? names[key->cap] : "?");
    else if (key->ctrl)
        snprintf(out, KEY_NAME, "^%c", (char)(key->cp >= 'a' && key->cp <= 'z' ? key->cp - 32 : key->cp));
    else if (key->cp == ' ')
        snprintf(out, KEY_NAME, "Space");
    else {
        utf8_encode(key->cp, text);
        snprintf(out, KEY_NAME, "%s%s", key->alt ? "Alt-" : "", text);
    }
}

/* SGR mouse: CSI < button ; column ; row M. Releases and drags say nothing. */
static struct key mouse_key(const char *body, char final)
{
    struct key key = { 0 };
    int button = 0, column = 0, row = 0;

    if (final != 'M' || sscanf(body, "<%5d;%5d;%5d", &button, &column, &row) != 3)
        return key;
    key.row = row - 1;
    key.col = column - 1;
    key.cap = button == 0 ? KEYCAP_CLICK : button == 64 ? KEYCAP_WHEEL_UP : button == 65 ? KEYCAP_WHEEL_DOWN : KEYCAP_NONE;
    return key;
}

/* A whole CSI sequence: body is what stands between ESC [ and the final byte. */
static struct key csi_key(const char *body, char final)
{
    struct key key = { 0 };
    int code = 0, modifier = 1;

    if (body[0] == '<')
        return mouse_key(body, final);
    if (body[0] == '[') {
        key.cap = named_find(console_keys, final);
        return key;
    }
    if (body[0] == '?' || body[0] == '>' || body[0] == '=')
        return key;                             /* a report, not a key */
    sscanf(body, "%5d;%5d", &code, &modifier);
    key.cap = final == '~' ? named_find(tilde_keys, code) : named_find(letter_keys, final);
    if (modifier == 5 && key.cap == KEYCAP_LEFT)
        key.cap = KEYCAP_WORD_LEFT;
    if (modifier == 5 && key.cap == KEYCAP_RIGHT)
        key.cap = KEYCAP_WORD_RIGHT;
    return key;
}

static struct key control_key(unsigned char byte)
{
    struct key key = { 0 };

    switch (byte) {
    case '\r': key.cap = KEYCAP_ENTER; break;
    case '\t': key.cap = KEYCAP_TAB; break;
    case '\b': case 0x7f: key.cap = KEYCAP_BACKSPACE; break;
    default:
        key.ctrl = true;
        key.cp = byte == 0 ? '@' : byte < 27 ? byte + 0x60u : byte + 0x40u;
    }
    return key;
}

static void emit_known(struct key key, key_emit emit, void *ctx)
{
    if (key.cap != KEYCAP_NONE || key.cp)
        emit(ctx, key);
}

/* Paste bytes pile up until ESC [ 2 0 1 ~; what passes the limit is dropped. */
static void paste_byte(struct key_decoder *d, char byte, key_emit emit, void *ctx)
{
    static const char end[] = "\033[201~";
    const size_t n = sizeof end - 1;

    buf_char(&d->paste, byte);
    if (d->paste.len >= n && memcmp(d->paste.data + d->paste.len - n, end, n) == 0) {
        struct key key = { .cap = KEYCAP_PASTE };

        key.paste = mem_dup_n(d->paste.data, d->paste.len - n);
        buf_clear(&d->paste);
        d->in_paste = false;
        emit(ctx, key);
    } else if (d->paste.len > PASTE_LIMIT) {
        char tail[sizeof end];

        memcpy(tail, d->paste.data + d->paste.len - n, n);
        d->paste.len = PASTE_LIMIT - n;
        buf_add_n(&d->paste, tail, n);
    }
}

/* A CSI or SS3 sequence has its final byte. */
static void sequence_end(struct key_decoder *d, key_emit emit, void *ctx)
{
    char body[sizeof d->pending];
    char final = (char)d->pending[d->n - 1];
    bool is_csi = d->pending[1] == '[';

    memcpy(body, d->pending + 2, d->n - 3);
    body[d->n - 3] = '\0';
    d->n = 0;
    if (d->swallowing) {
        d->swallowing = false;
        return;
    }
    if (is_csi && final == '~' && strcmp(body, "200") == 0) {
        d->in_paste = true;
        buf_clear(&d->paste);
    } else if (is_csi) {
        emit_known(csi_key(body, final), emit, ctx);
    } else {
        emit_known((struct key){ .cap = named_find(letter_keys, final) }, emit, ctx);
    }
}

/* Bytes that still belong to the sequence pending[0..n) are kept; its end is looked for. */
static void sequence_byte(struct key_decoder *d, unsigned char byte, key_emit emit, void *ctx)
{
    bool is_final;

    if (byte == ESC || (byte < ' ' && d->n > 1)) {  /* cut off: what follows is new */
        bool alone = d->n == 1;
        d->n = 0;
        d->swallowing = false;
        if (alone)
            emit(ctx, (struct key){ .cap = KEYCAP_ESC });
        key_feed(d, &byte, 1, emit, ctx);
        return;
    }
    if (d->n == sizeof d->pending - 1) {
        d->swallowing = true;
        d->n = 2;
    }
    d->pending[d->n++] = byte;
    if (d->n == 2) {
        if (byte == '[' || byte == 'O')
            return;
        d->n = 0;
        if (byte && strchr("]P_^X", byte)) {
            d->in_string = true;
        } else if (byte < ' ' || byte == 0x7f) {
            emit(ctx, (struct key){ .cap = KEYCAP_ESC });
            emit_known(control_key(byte), emit, ctx);
        } else {
            emit(ctx, (struct key){ .cp = byte, .alt = true });
        }
        return;
    }
    is_final = byte >= 0x40 && byte <= 0x7e;
    if (is_final && !(byte == '[' && d->n == 3))    /* ESC [ [ opens the console's form */
        sequence_end(d, emit, ctx);
}

static size_t utf8_need(unsigned char first)
{
    return first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
}

/* Characters come whole: their bytes wait in pending, bad ones are dropped. */
static void text_byte(struct key_decoder *d, unsigned char byte, key_emit emit, void *ctx)
{
    char whole[5] = "";
    uint32_t cp;
    size_t len;

    if (d->n > 0 && (byte & 0xc0) != 0x80)
        d->n = 0;
    else if (d->n == 0 && (byte & 0xc0) == 0x80)
        return;
    d->pending[d->n++] = byte;
    if (d->n < utf8_need(d->pending[0]))
        return;
    memcpy(whole, d->pending, d->n);
    len = d->n;
    d->n = 0;
    if (!utf8_valid(whole, len))
        return;
    cp = utf8_next(whole, &len);
    if (cp >= ' ' && !(cp >= 0x7f && cp < 0xa0))
        emit(ctx, (struct key){ .cp = cp });
}

void key_feed(struct key_decoder *d, const void *bytes, size_t len, key_emit emit, void *ctx)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < len; i++) {
        if (d->in_paste) {
            paste_byte(d, (char)p[i], emit, ctx);
        } else if (d->in_string) {
            d->in_string = p[i] != '\a' && !(p[i] == '\\' && d->n == 1);
            d->n = p[i] == ESC;
        } else if (d->n > 0 && d->pending[0] == ESC) {
            sequence_byte(d, p[i], emit, ctx);
        } else if (p[i] == ESC) {
            d->pending[0] = ESC;
            d->n = 1;
        } else if (p[i] < ' ' || p[i] == 0x7f) {
            d->n = 0;
            emit_known(control_key(p[i]), emit, ctx);
        } else {
            text_byte(d, p[i], emit, ctx);
        }
    }
}

bool key_waits(const struct key_decoder *d)
{
    return d->in_string || (d->n > 0 && d->pending[0] == ESC && !d->in_paste);
}

void key_timeout(struct key_decoder *d, key_emit emit, void *ctx)
{
    bool alone = d->n == 1 && !d->in_string;

    if (!key_waits(d))
        return;
    d->n = 0;
    d->swallowing = d->in_string = false;
    if (alone)
        emit(ctx, (struct key){ .cap = KEYCAP_ESC });
}

void key_decoder_done(struct key_decoder *d)
{
    buf_done(&d->paste);
}
