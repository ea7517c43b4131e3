/* i18n.c - which language gettext answers in, while the program runs. */
#include "base/i18n.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { LANGUAGE_LONGEST = 3 };      /* of the first part of a tag (RFC 5646, section 2.2.1) that is used here */

/* LANGUAGE as the program was started with it, NULL none: read when it is changed for the first time. spoken: the
 * language in its place, "" none. */
static struct { bool is_kept; char *language; char spoken[LANGUAGE_LONGEST + 1]; } own;

/* The catalogue's name for a tag: its language. False when it is no tag. */
static bool tag_language(const char *tag, char out[LANGUAGE_LONGEST + 1])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t len = tag ? strspn(tag, letters) : 0;

    if (len < 2 || len > LANGUAGE_LONGEST || (tag[len] && tag[len] != '-' && tag[len] != '_'))
        return false;
    for (size_t i = 0; i < len; i++)
        out[i] = (char)(tag[i] | 0x20);
    out[len] = '\0';
    return true;
}

static bool has_catalogue(const char *language)
{
    const char *domain = textdomain(NULL), *folder = bindtextdomain(domain, NULL);
    char path[PATH_MAX];

    if (strcmp(language, "en") == 0)
        return true;
    snprintf(path, sizeof path, "%s/%s/LC_MESSAGES/%s.mo", folder ? folder : "", language, domain);
    return access(path, R_OK) == 0;
}

void i18n_speak(const char *tag)
{
    char language[LANGUAGE_LONGEST + 1];
    const char *started;

    if (!own.is_kept) {
        started = getenv("LANGUAGE");
        own.language = started ? mem_dup(started) : NULL;
        own.is_kept = true;
    }
    own.spoken[0] = '\0';
    if (tag_language(tag, language) && has_catalogue(language)) {
        memcpy(own.spoken, language, sizeof language);
        setenv("LANGUAGE", language, 1);
    } else if (own.language)
        setenv("LANGUAGE", own.language, 1);
    else
        unsetenv("LANGUAGE");
    textdomain(textdomain(NULL));       /* gettext keeps what it has found until a domain is set anew */
}

const char *i18n_own(const char *text)
{
    char spoken[LANGUAGE_LONGEST + 1];

    memcpy(spoken, own.spoken, sizeof spoken);
    i18n_speak(NULL);
    text = gettext(text);
    i18n_speak(spoken);
    return text;
}
