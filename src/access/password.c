/* password.c - which passwords are taken: NIST SP 800-63B-4, section 3.1.1. Length and a block
 * list, no rules of composition and no expiry. */
#include "access/staff.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/utf8.h"

enum { POINTS_MIN = 15, BYTES_MAX = 512, DISTINCT_MIN = 5 };

/* The letters of a text, folded; digits, signs and spaces are what people hang on a weak word. */
static char *letters_of(const char *text)
{
    struct buf folded = {0}, letters = {0};

    utf8_fold(&folded, text);
    for (const char *p = buf_text(&folded); *p; p++)
        if (*p != ' ' && !isdigit((unsigned char)*p))
            buf_char(&letters, *p);
    buf_done(&folded);
    return letters.data ? buf_take(&letters) : mem_dup("");
}

/* Nothing but word, once or over and over; the last time may be cut short. */
static bool repeats(const char *text, const char *word)
{
    size_t len = strlen(word), n = strlen(text);

    if (!len || n < len)
        return false;
    for (size_t i = 0; i < n; i++)
        if (text[i] != word[i % len])
            return false;
    return true;
}

/* 123456789012345, 987654321098765, 111111111111111, abcdefghijklmno, 121212121212121 */
static bool is_run(const char *text)
{
    bool seen[256] = {false};
    size_t distinct = 0, up = 0, down = 0, n = strlen(text);

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];

        distinct += !seen[c];
        seen[c] = true;
        if (i) {
            int step = c - (unsigned char)text[i - 1];
            up += step == 1 || step == -9;
            down += step == -1 || step == 9;
        }
    }
    return distinct < DISTINCT_MIN || up + 1 == n || down + 1 == n;
}

/* Does the list hold the word these letters repeat? The list is short: it is read as it is asked. */
static enum rc in_block_list(const char *letters, bool *found, struct err *err)
{
    char *path = mem_printf("%s/codes/password-blocklist.txt", process_data_dir());
    FILE *file = fopen(path, "re");
    char line[128];
    enum rc rc = RC_OK;

    *found = false;
    if (!file)
        rc = err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    while (file && !*found && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        *found = line[0] != '#' && repeats(letters, line);
    }
    if (file)
        fclose(file);
    free(path);
    return rc;
}

enum rc staff_password_check(const char *name, const char *password, struct err *err)
{
    size_t len = strlen(password);
    char *letters, *own;
    bool is_blocked = false, is_name;
    enum rc rc;

    if (!utf8_valid(password, len))
        return err_set(err, RC_INVALID, "%s", _("the password is not UTF-8 text"));
    if (utf8_count(password) < POINTS_MIN)
        return err_set(err, RC_INVALID, _("the password needs %d characters or more; a few words are easy to remember"), POINTS_MIN);
    if (len > BYTES_MAX)
        return err_set(err, RC_INVALID, _("the password is longer than %d bytes"), BYTES_MAX);
    letters = letters_of(password);
    own = letters_of(name);
    is_name = repeats(letters, own);
    rc = in_block_list(letters, &is_blocked, err);
    if (rc == RC_OK && is_name)
        rc = err_set(err, RC_INVALID, "%s", _("the password is only your sign-in name: choose something else"));
    else if (rc == RC_OK && (is_blocked || is_run(password)))
        rc = err_set(err, RC_INVALID, "%s", _("that password is among the first anyone would try: choose something else"));
    mem_wipe(letters, strlen(letters));
    free(letters);
    free(own);
    return rc;
}
