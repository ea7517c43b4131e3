/* If this breaks, a hostile name reaches the terminal, or García is not found as garcia. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

static void tells_valid_from_not(void **state)
{
    static const struct { const char *text; size_t len; bool ok; } cases[] = {
        {"", 0, true}, {"plain ascii, longer than eight bytes", 36, true}, {"Garc\xC3\xAD" "a", 7, true}, {"\xF0\x9F\x98\x80", 4, true},
        {"a\0b", 3, true},                      /* NUL is a character; documents refuse it elsewhere */
        {"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF", 10, true},
        {"\x80", 1, false}, {"\xC3", 1, false}, {"abcdefg\xC3", 8, false}, {"abcdefgh\xE2\x82", 10, false},
        {"\xC0\xAF", 2, false}, {"\xE0\x80\xAF", 3, false}, {"\xF0\x80\x80\xAF", 4, false},    /* overlong */
        {"\xED\xA0\x80", 3, false},             /* a surrogate */
        {"\xF4\x90\x80\x80", 4, false}, {"\xFF", 1, false}, {"\xC3(", 2, false}, {"\xE2\x82(", 3, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *exact = malloc(cases[i].len + 1);     /* so that a sanitiser sees a read too far */

        memcpy(exact, cases[i].text, cases[i].len);
        exact = realloc(exact, cases[i].len ? cases[i].len : 1);
        assert_int_equal(utf8_valid(exact, cases[i].len), cases[i].ok);
        free(exact);
    }
}

static void encodes_every_code_point(void **state)
{
    (void)state;
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
        char text[5] = {0};
        size_t len, n;

        if (cp >= 0xD800 && cp <= 0xDFFF)
            continue;
        n = utf8_encode(cp, text);
        if (utf8_next(text, &len) != cp || len != n || !utf8_valid(text, n))
            fail_msg("U+%04X", (unsigned)cp);
    }
}

static void shows_nothing_hostile(void **state)
{
    static const struct { const char *in, *line, *lines; } cases[] = {
        {"O'Neil, Ann-Marie (x)", "O'Neil, Ann-Marie (x)", "O'Neil, Ann-Marie (x)"},
        {"García 山田 😀", "García 山田 😀", "García 山田 😀"},
        {"a\x1B[2Jb", "a␛[2Jb", "a␛[2Jb"},                     /* clear the screen */
        {"a\x1B]52;c;eA==\x07", "a␛]52;c;eA==␇", "a␛]52;c;eA==␇"},      /* the clipboard */
        {"ab\b\b\r\x7F", "ab␈␈␍␡", "ab␈␈␍␡"},                  /* erase the label before the field */
        {"a\xC2\x9B" "31m", "a\xEF\xBF\xBD" "31m", "a\xEF\xBF\xBD" "31m"},  /* CSI as one C1 code */
        {"x\xFFy\xC0\xAF", "x\xEF\xBF\xBDy\xEF\xBF\xBD\xEF\xBF\xBD", "x\xEF\xBF\xBDy\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"a\tb\nc\r\nd", "a b c d", "a\tb\nc\nd"},
        {"ann\xE2\x80\xAEgpj.exe", "ann␦gpj.exe", "ann␦gpj.exe"},       /* right-to-left override */
        {"a\xE2\x81\xA6" "b\xE2\x81\xA9\xE2\x80\xA8" "c", "a␦b␦␦c", "a␦b␦␦c"},
        {"a\xF3\xA0\x81\x81\xF3\xA0\x81\x82" "b", "a␦b", "a␦b"},            /* tag characters, one sign for the run */
        {"a\xE2\x80\x8B" "b\xEF\xBB\xBF" "c\xC2\xAD" "d\xEF\xB8\x8F", "abcd", "abcd"},      /* zero width */
        {"क्\xE2\x80\x8Dष", "क्\xE2\x80\x8Dष", "क्\xE2\x80\x8Dष"},           /* a joiner between letters */
        {"می\xE2\x80\x8Cخواهم", "می\xE2\x80\x8Cخواهم", "می\xE2\x80\x8Cخواهم"},
        {"👩\xE2\x80\x8D💻 1\xE2\x80\x8D" "2\xE2\x80\x8D", "👩💻 12", "👩💻 12"},  /* and elsewhere */
        {"e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81!", "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81!", "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81!"},
        {"\xCC\x81x", "◌\xCC\x81x", "◌\xCC\x81x"},             /* would land on the cell before the field */
        {"a\n\xCC\x81x", "a ◌\xCC\x81x", "a\n◌\xCC\x81x"},
        {"\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD", "\xEF\xBF\xBD"},               /* never a character */
        {"", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf lines = {0};
        char *line = utf8_cleaned(cases[i].in), *again = utf8_cleaned(line);

        utf8_clean(&lines, cases[i].in, true);
        assert_string_equal(line, cases[i].line);
        assert_string_equal(again, line);       /* clean text stays as it is */
        assert_string_equal(buf_text(&lines), cases[i].lines);
        buf_done(&lines);
        free(line);
        free(again);
    }
}

/* Whatever the bytes, what comes out is UTF-8 without controls and no wider than it says. */
static void any_bytes_come_out_clean(void **state)
{
    unsigned seed = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char in[24] = {0}, *out;
        size_t len;

        for (size_t n = 0; n < sizeof in - 1; n++) {
            seed = seed * 1103515245 + 12345;
            in[n] = (char)(seed >> 16 & 1 ? "\x1B\xE2\x80\xAE\xCC\x81\xC2\xF3\xA0"[seed >> 17 & 7] : (int)(seed >> 20 & 0xFF));
        }
        out = utf8_cleaned(in);
        assert_true(utf8_valid(out, strlen(out)));
        for (const char *p = out; *p; p += len) {
            uint32_t cp = utf8_next(p, &len);
            assert_true(cp >= 0x20 && (cp < 0x7F || cp > 0x9F) && (cp < 0x202A || cp > 0x202E) &&
                        (cp < 0xE0000 || cp > 0xE007F));
        }
        free(out);
    }
}

static void folds_names(void **state)
{
    static const struct { const char *in, *want; } cases[] = {
        {"García López, José", "garcia lopez jose"}, {"Garci\xCC\x81" "a", "garcia"}, {"GARCÍA", "garcia"},
        {"O'Brien-Smith  ", "o brien smith"}, {"O’Brien", "o brien"}, {"  Ann\tMarie ", "ann marie"}, {"...", ""}, {"", ""},
        {"Łukasz Øren Đặng Þór Æsa Œuvre", "lukasz oren dang thor aesa oeuvre"}, {"straße STRASSE", "strasse strasse"},
        {"İstanbul ırmak", "istanbul irmak"}, {"Əliyev Ɓala ƙwai", "eliyev bala kwai"}, {"Ǿ ǭ", "o o"},
        {"ﬁne Ⅷ ２３ ٣", "fine viii 23 3"}, {"Ὀδυσσεύς", "οδυσσευσ"}, {"Чайко́вский Йод", "чаиковскии иод"},
        {"山田　太郎", "山田 太郎"}, {"a×b÷c", "a b c"}, {"a\xE2\x80\x8B" "b", "ab"}, {"ĳ ŉ Ǆ", "ij n dz"},
        {"\xFF" "a\xC3", "a"},                  /* bytes that are no text are a break */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *folded = utf8_folded(cases[i].in), *again = utf8_folded(folded);

        assert_string_equal(folded, cases[i].want);
        assert_string_equal(again, folded);
        free(folded);
        free(again);
    }
}

static void fold_appends(void **state)
{
    struct buf out = {0};

    (void)state;
    buf_add(&out, "x ");
    utf8_fold(&out, " Ä ");
    assert_string_equal(buf_text(&out), "x a");
    buf_done(&out);
}

static void counts_cells(void **state)
{
    static const struct { const char *text; int cells; size_t points; } cases[] = {
        {"", 0, 0}, {"abc", 3, 3}, {"García", 6, 6}, {"e\xCC\x81", 1, 2}, {"山田", 4, 2}, {"😀", 2, 1}, {"␛", 1, 1}, {"한", 2, 1},
        {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", 2, 3},     /* the same syllable in three parts */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(utf8_width(cases[i].text), cases[i].cells);
        assert_int_equal(utf8_count(cases[i].text), cases[i].points);
    }
    assert_int_equal(utf8_clip("abc", 2), 2);
    assert_int_equal(utf8_clip("abc", 9), 3);
    assert_int_equal(utf8_clip("山田", 3), 3);      /* half a character does not fit */
    assert_int_equal(utf8_clip("e\xCC\x81x", 1), 3);    /* a mark goes with its letter */
    assert_int_equal(utf8_clip("x", 0), 0);
}

static void steps_back_by_character(void **state)
{
    static const char text[] = "ae\xCC\x81山\xFF";

    (void)state;
    assert_int_equal(utf8_prev(text, 8), 7);        /* a stray byte is one */
    assert_int_equal(utf8_prev(text, 7), 4);
    assert_int_equal(utf8_prev(text, 4), 1);        /* the letter with its mark */
    assert_int_equal(utf8_prev(text, 1), 0);
    assert_int_equal(utf8_prev(text, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_valid_from_not), cmocka_unit_test(encodes_every_code_point), cmocka_unit_test(shows_nothing_hostile),
        cmocka_unit_test(any_bytes_come_out_clean), cmocka_unit_test(folds_names), cmocka_unit_test(fold_appends),
        cmocka_unit_test(counts_cells), cmocka_unit_test(steps_back_by_character),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
