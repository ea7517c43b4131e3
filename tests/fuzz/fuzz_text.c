/* Any bytes as a name, a date or a moment: cleaned text holds nothing a terminal obeys, folding
 * and cleaning twice change nothing more, and no reader of typed dates gives a day that is none. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool claim)
{
    if (!claim)
        abort();
}

static void is_harmless(const char *text, bool multiline)
{
    size_t len;

    insist(utf8_valid(text, strlen(text)));
    for (; *text; text += len) {
        uint32_t cp = utf8_next(text, &len);

        insist(cp >= 0x20 || (multiline && (cp == '\n' || cp == '\t')));
        insist(cp < 0x7F || cp > 0x9F);
        insist(cp < 0x202A || cp > 0x202E);
        insist(cp < 0x2066 || cp > 0x2069);
        insist(cp < 0xE0000 || cp > 0xE007F);
        insist(cp != 0x200B && cp != 0x200E && cp != 0x200F && cp != 0xFEFF && cp != 0x61C);
    }
}

static void texts(const char *text)
{
    char *clean = utf8_cleaned(text), *twice = utf8_cleaned(clean);
    char *folded = utf8_folded(text), *again = utf8_folded(folded);
    struct buf lines = {0};
    size_t len = strlen(text);

    is_harmless(clean, false);
    insist(strcmp(clean, twice) == 0);
    utf8_clean(&lines, text, true);
    is_harmless(buf_text(&lines), true);
    insist(strcmp(folded, again) == 0);
    insist(utf8_valid(folded, strlen(folded)));
    for (int cells = 0; cells < 4; cells++)
        insist(utf8_clip(clean, cells) <= strlen(clean));
    while (len > 0) {
        size_t before = utf8_prev(text, len);

        insist(before < len);
        len = before;
    }
    buf_done(&lines);
    free(clean);
    free(twice);
    free(folded);
    free(again);
}

static void dates(const char *text)
{
    const struct date today = {2026, 11, 23};
    char out[CLOCK_TEXT];
    struct date date;
    int64_t ms;
    bool estimated;

    for (int day_first = 0; day_first < 2; day_first++) {
        struct date_order order = {day_first != 0};

        if (date_typed_future(text, today, order, &date, NULL) == RC_OK)
            insist(date_is_whole(date) && date_is_real(date) && date_compare(date, today) >= 0);
        if (date_typed_birth(text, today, order, &date, &estimated, NULL) == RC_OK)
            insist(date_is_real(date) && date_compare(date, today) <= 0);
    }
    insist(date_typed_time(text) < 24 * 60);
    if (clock_parse(text, &ms))
        clock_instant(ms, out);
    clock_sort_key(text, out);
    clock_set_now(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    insist(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    utf8_valid((const char *)data, size);
    texts(text);
    dates(text);
    free(text);
    return 0;
}
