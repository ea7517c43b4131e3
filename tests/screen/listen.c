#include "tests/screen/listen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 4000, TRIES = 14, FIXES = 60 };

static bool at_prompt(struct terminal *t)
{
    size_t len;
    const char *bytes = terminal_bytes(t, &len);

    return len >= 2 && strcmp(bytes + len - 2, "> ") == 0;
}

const char *listen_heard(struct terminal *t)
{
    size_t len;
    const char *bytes = terminal_bytes(t, &len);
    const char *echo = strchr(bytes, '\n');

    return echo ? echo + 1 : bytes;     /* what was typed is echoed first */
}

static void listen(struct terminal *t)
{
    for (int quiet = 0; !at_prompt(t) && quiet < 10 && !terminal_ended(t);)
        quiet = terminal_take(t) ? 0 : quiet + 1;
}

const char *listen_say(struct terminal *t, const char *line)
{
    terminal_mark(t);
    terminal_send(t, line);
    terminal_send(t, "\r");
    listen(t);
    return at_prompt(t) ? listen_heard(t) : "";
}

static void says(struct terminal *t, const char *line, const char *want)
{
    const char *heard = listen_say(t, line);

    if (!strstr(heard, want))
        fail_msg("after \"%s\" nothing says \"%s\":\n%s", line, want, heard);
}

struct terminal *listen_start(void)
{
    static const char *const env[] = { "TERM=dumb", NULL };
    const char *const words[] = { desk_program(), "--data", desk_dir(), "--now", DESK_NOW, NULL };
    struct terminal *t = terminal_start(words, 60, 200, env);

    listen(t);
    listen_say(t, "demo");
    says(t, DESK_PASSWORD, "FOLLOW-UPS");
    return t;
}

void listen_open(struct terminal *t, const char *person, const char *name, int place)
{
    char line[80];

    snprintf(line, sizeof line, "/%s", person);
    says(t, line, name);
    says(t, "1", name);
    says(t, "i", "START A FORM");
    snprintf(line, sizeof line, "%d", place);
    says(t, line, "Where do the answers come from?");
    listen_say(t, "");
}

/* The key of option number n that was read out last; "" when there is none. */
static const char *option_heard(const char *heard, int n)
{
    static char key[24];
    const char *question = strstr(heard, "Question "), *line = question ? question : heard;

    key[0] = '\0';
    for (line = strchr(line, '\n'); line; line = strchr(line, '\n')) {
        size_t digits = strspn(++line, "0123456789.");

        if (digits >= 2 && digits < sizeof key && line[digits - 1] == '.' && line[digits] == ' ' && n-- == 0) {
            memcpy(key, line, digits - 1);
            key[digits - 1] = '\0';
            return key;
        }
    }
    return key;
}

/* What to type to a question, other things the more often it was refused. */
static const char *reply(const char *heard, int attempt)
{
    static const struct { const char *said; const char *replies[TRIES]; } known[] = {
        { "Type y for yes", { "y", "n" } },
        { "Type a whole number", { "1", "5", "12", "50", "0", "100", "40", "1000", "7", "3", "2020", "70", "180" } },
        { "Type a number, as", { "1", "5", "37.0", "50", "100", "0", "120", "1.5", "70", "0.5", "25", "200", "3" } },
        { "Type a number and its unit", { "5 kg", "120 mmHg", "37 Cel", "70", "1 mo", "1", "10 cm" } },
        { "Type a number.", { "5", "120", "37", "70", "1", "50", "100", "0", "180" } },
        { "Type a date and time", { "1 Jul 2020 9:30", "now", "1 Dec 2027 9:30" } },
        { "Type a date", { "1 Jul 2020", "1 Jul 1954", "1 Dec 2027", "2020", "Jul 2020", "today" } },
        { "Type a time", { "9:30", "14:00" } },
        { "Type an address", { "https://example.org/a" } },
        { "Type what it refers to", { "Practitioner/12", "Patient/12", "Organization/12", "Dr Patel" } },
        { "Type its name, or its address", { "https://example.org/a.pdf", "https://example.org/a.png" } },
        { "Type the answer", { "words", "12345", "a@example.org", "555-0101", "555-555-0101", "1234567890", "A", "12345678", "1990", "01/02/2020", "12:30", "5550101", "AB", "https://example.org" } },
    };

    if (strstr(heard, "Type a number, or") || strstr(heard, "Type the numbers of all")) {
        const char *key = option_heard(heard, attempt);

        return *key ? key : attempt == 0 ? "words" : NULL;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strstr(heard, known[i].said))
            return attempt < TRIES ? known[i].replies[attempt] : NULL;
    return NULL;
}

/* One question until it is taken; what is said after it. Given up after some tries: Enter goes on. */
static const char *one_question(struct terminal *t, const char *heard, struct listened *out)
{
    char *asked = strdup(heard);

    for (int attempt = 0; attempt < TRIES; attempt++) {
        const char *typed = reply(asked, attempt);

        if (!typed)
            break;
        heard = listen_say(t, typed);
        if (strstr(heard, "THOUGHTS OF SELF-HARM"))
            heard = listen_say(t, "t");
        if (!*heard || !strstr(heard, "Not right:")) {
            free(asked);
            out->questions++;
            return heard;
        }
        out->refused++;
    }
    free(asked);
    out->skipped++;
    listen_say(t, ":clear");
    return listen_say(t, "");
}

static bool is_end(const char *heard)
{
    return strstr(heard, "End of the form.") != NULL;
}

static const char *go_through(struct terminal *t, const char *heard, struct listened *out)
{
    for (int line = 0; line < LINES_MAX && *heard && !is_end(heard); line++) {
        if (strstr(heard, "Not right:") && !strstr(heard, "Question "))
            return heard;
        heard = strstr(heard, "That was number ") ? listen_say(t, "") : strstr(heard, "Question ") ? one_question(t, heard, out) : listen_say(t, "");
    }
    return heard;
}

void listen_fill(struct terminal *t, struct listened *out)
{
    const char *heard;

    *out = (struct listened){ 0 };
    heard = go_through(t, listen_say(t, ":repeat"), out);
    out->reached_end = is_end(heard);
    for (int i = 0; i < FIXES && is_end(heard) && !strstr(heard, "Nothing to fix"); i++) {
        heard = listen_say(t, "1");
        heard = one_question(t, heard, out);
        if (!is_end(heard))
            heard = listen_say(t, ":problems");
        out->fixed++;
    }
    if (is_end(heard) && strstr(heard, "Nothing to fix"))
        heard = listen_say(t, "");
    out->finished = strstr(heard, "finished and saved") != NULL;
    snprintf(out->last, sizeof out->last, "%s", heard);
}
