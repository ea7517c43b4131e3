/* key.h - bytes from a terminal become key events.
 * Knows the one grammar all of today's terminals share (ECMA-48 CSI and SS3, bracketed paste,
 * SGR mouse); a sequence it does not know is swallowed whole. A pure machine: it reads no file
 * and no clock, so the caller tells it when an ESC has stood alone long enough. */
#ifndef FRONTDESK_KEY_H
#define FRONTDESK_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum keycap {
    KEYCAP_NONE,        /* a character: see cp */
    KEYCAP_ENTER, KEYCAP_ESC, KEYCAP_TAB, KEYCAP_BACKTAB, KEYCAP_BACKSPACE, KEYCAP_DELETE, KEYCAP_INSERT,
    KEYCAP_UP, KEYCAP_DOWN, KEYCAP_LEFT, KEYCAP_RIGHT, KEYCAP_WORD_LEFT, KEYCAP_WORD_RIGHT,
    KEYCAP_HOME, KEYCAP_END, KEYCAP_PAGE_UP, KEYCAP_PAGE_DOWN,
    KEYCAP_F1, KEYCAP_F2, KEYCAP_F3, KEYCAP_F4, KEYCAP_F5, KEYCAP_F6, KEYCAP_F7, KEYCAP_F8,
    KEYCAP_F9, KEYCAP_F10, KEYCAP_F11, KEYCAP_F12,
    KEYCAP_PASTE,       /* see paste */
    KEYCAP_CLICK, KEYCAP_WHEEL_UP, KEYCAP_WHEEL_DOWN,   /* see row, col */
};

struct key {
    enum keycap cap;
    uint32_t cp;        /* the character; with ctrl the letter in lower case (^N is 'n') */
    bool ctrl, alt;
    int row, col;       /* of a click, from 0 */
    char *paste;        /* owned by the key: key_done(); NULL but for KEYCAP_PASTE */
};
void key_done(struct key *key);
bool key_is(const struct key *key, char character);         /* this plain character */
bool key_is_ctrl(const struct key *key, char letter);       /* ^letter */
bool key_is_text(const struct key *key);                    /* a printable character, no ctrl or alt */
/* The key by the name the configuration and the footer use: "a", "^N", "Enter", "F2", "Space".
 * out has room for KEY_NAME bytes. */
enum { KEY_NAME = 16 };
void key_name(const struct key *key, char *out);

/* The machine. Zero it to start. */
struct key_decoder {
    unsigned char pending[64];  /* an unfinished sequence or character */
    size_t n;
    bool in_paste;
    bool swallowing;            /* a sequence too long to keep, until its end */
    bool in_string;             /* a terminal's report (OSC, DCS ...), until BEL or ESC \ */
    struct buf paste;
};
/* Feed bytes; each finished key is handed to emit, which takes its paste text. */
typedef void (*key_emit)(void *ctx, struct key key);
void key_feed(struct key_decoder *d, const void *bytes, size_t len, key_emit emit, void *ctx);
/* True while an ESC, or a terminal's report, waits for what may follow it. */
bool key_waits(const struct key_decoder *d);
/* ESCDELAY has passed: a lone ESC is the Esc key, half a sequence is dropped. */
void key_timeout(struct key_decoder *d, key_emit emit, void *ctx);
void key_decoder_done(struct key_decoder *d);
#endif
