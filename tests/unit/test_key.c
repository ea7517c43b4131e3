/* If this breaks, keys do the wrong thing: an arrow types letters, a paste runs commands, Esc hangs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "ui/key.h"

/* Keys as words, a space after each: "a ^N Up <paste:two words>". */
static void note(void *ctx, struct key key)
{
    struct buf *out = ctx;
    char name[KEY_NAME];

    key_name(&key, name);
    if (key.cap == KEYCAP_PASTE)
        buf_printf(out, "<paste:%s> ", key.paste);
    else if (key.cap == KEYCAP_CLICK)
        buf_printf(out, "click(%d,%d) ", key.row, key.col);
    else
        buf_printf(out, "%s ", name);
    key_done(&key);
}

static const struct { const char *bytes, *keys, *why; } cases[] = {
    { "a1 ", "a 1 Space ", "plain characters" },
    { "\x0e\x1a\x0c", "^N ^Z ^L ", "control letters are keys, never signals" },
    { "\r\t\x7f\b", "Enter Tab Backspace Backspace ", "both backspaces" },
    { "\xc3\xa9\xe6\x9d\x8e", "é 李 ", "characters come whole" },
    { "\xc3", "", "half a character waits" },
    { "\xff\xc0\x80z", "z ", "bytes that are no UTF-8 are dropped" },
    { "\xc2\x9b" "A", "A ", "C1 controls are no text" },
    { "\033[A\033[B\033OC\033OD", "Up Down Right Left ", "CSI and SS3 arrows" },
    { "\033[5~\033[6~\033[1~\033[4~\033[3~", "PgUp PgDn Home End Del ", "VT220 keys" },
    { "\033OP\033[[B\033[15~", "F1 F2 F5 ", "function keys of xterm, the console and VT220" },
    { "\033[1;5D\033[1;5C", "^Left ^Right ", "words" },
    { "\033[Z", "Back-Tab ", "shift and tab" },
    { "\033[999;7~x", "x ", "an unknown sequence is swallowed whole" },
    { "\033[?1;2c\033[>0;276;0cy", "y ", "reports of the terminal are no keys" },
    { "\033]11;rgb:0/0/0\aq", "q ", "an OSC report up to BEL" },
    { "\033P1$r0m\033\\q", "q ", "a DCS report up to ST" },
    { "\033[200~NS 3-5\n\033[201~a", "<paste:NS 3-5\n> a ", "a paste is one key, not commands" },
    { "\033[200~x\033[Ay\033[201~", "<paste:x\033[Ay> ", "keys in a paste are text of the paste" },
    { "\033[<0;5;3M\033[<0;5;3m", "click(2,4) ", "a click counts once, from 0" },
    { "\033[<64;1;1M\033[<65;1;1M", "wheel wheel ", "the wheel" },
    { "\033x", "Alt-x ", "alt" },
    { "\033\033[A", "Esc Up ", "Esc, then a sequence" },
    { "\033[12\033[A", "Up ", "a sequence cut off by the next" },
};

static void decodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct key_decoder d = { 0 };
        struct buf out = { 0 };

        key_feed(&d, cases[i].bytes, strlen(cases[i].bytes), note, &out);
        if (strcmp(buf_text(&out), cases[i].keys) != 0)
            print_error("case %zu, %s: got \"%s\"\n", i, cases[i].why, buf_text(&out));
        assert_string_equal(buf_text(&out), cases[i].keys);
        buf_done(&out);
        key_decoder_done(&d);
    }
}

/* A slow line delivers a sequence byte by byte. */
static void decodes_in_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct key_decoder d = { 0 };
        struct buf out = { 0 };

        for (const char *p = cases[i].bytes; *p; p++)
            key_feed(&d, p, 1, note, &out);
        assert_string_equal(buf_text(&out), cases[i].keys);
        buf_done(&out);
        key_decoder_done(&d);
    }
}

static void esc_alone(void **state)
{
    struct key_decoder d = { 0 };
    struct buf out = { 0 };

    (void)state;
    key_feed(&d, "\033", 1, note, &out);
    assert_true(key_waits(&d));
    assert_string_equal(buf_text(&out), "");
    key_timeout(&d, note, &out);
    assert_string_equal(buf_text(&out), "Esc ");
    key_feed(&d, "\033[1", 3, note, &out);
    key_timeout(&d, note, &out);
    key_feed(&d, "a", 1, note, &out);
    assert_string_equal(buf_text(&out), "Esc a ");
    key_feed(&d, "\033]", 2, note, &out);      /* Alt-], or a report that never ends: keys come back */
    assert_true(key_waits(&d));
    key_timeout(&d, note, &out);
    key_feed(&d, "b", 1, note, &out);
    assert_string_equal(buf_text(&out), "Esc a b ");
    buf_done(&out);
    key_decoder_done(&d);
}

/* A paste without an end must not eat memory for ever, and its end is still seen. */
static void paste_is_bounded(void **state)
{
    struct key_decoder d = { 0 };
    struct buf out = { 0 };

    (void)state;
    key_feed(&d, "\033[200~", 6, note, &out);
    for (int i = 0; i < 300000; i++)
        key_feed(&d, "x", 1, note, &out);
    key_feed(&d, "\033[201~", 6, note, &out);
    assert_true(out.len > 1000 && out.len < 70000);
    buf_done(&out);
    key_decoder_done(&d);
}

/* A sequence longer than any real one is swallowed to its end, not shown in part. */
static void endless_sequence(void **state)
{
    struct key_decoder d = { 0 };
    struct buf out = { 0 };

    (void)state;
    key_feed(&d, "\033[", 2, note, &out);
    for (int i = 0; i < 500; i++)
        key_feed(&d, "1;", 2, note, &out);
    key_feed(&d, "Az", 2, note, &out);
    assert_string_equal(buf_text(&out), "z ");
    buf_done(&out);
    key_decoder_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes), cmocka_unit_test(decodes_in_pieces), cmocka_unit_test(esc_alone),
        cmocka_unit_test(paste_is_bounded), cmocka_unit_test(endless_sequence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
