#include "desk/pass_words.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

const char *pass_outcome_words(enum pass_outcome outcome)
{
    static const char *const words[PASS_COUNT] = {
        [PASS_DONE] = N_("done"), [PASS_PARTLY] = N_("in part"), [PASS_OFFLINE] = N_("offline"),
        [PASS_SHUT_OUT] = N_("shut out"), [PASS_FAILED] = N_("failed"), [PASS_STOPPED] = N_("stopped"),
    };

    return (unsigned)outcome < PASS_COUNT ? _(words[outcome]) : "";
}

static void append(char *out, size_t size, const char *words)
{
    size_t used = strlen(out);

    snprintf(out + used, size - used, "%s%s", used ? ", " : "", words);
}

static void count(char *out, size_t size, const char *format, int64_t n)
{
    char words[60];

    if (!n)
        return;
    snprintf(words, sizeof words, _(format), (long long)n);
    append(out, size, words);
}

void pass_words(const struct pass *pass, char *out, size_t size)
{
    char times[40];

    out[0] = '\0';
    count(out, size, N_("sent %lld"), pass->pushed);
    count(out, size, N_("received %lld"), pass->pulled);
    count(out, size, N_("%lld in conflict"), pass->conflicts);
    count(out, size, N_("%lld refused"), pass->refused);
    if (pass->problem[0])
        append(out, size, pass->problem);
    else if (!out[0])
        append(out, size, pass->outcome == PASS_DONE ? _("nothing new") : pass_outcome_words(pass->outcome));
    if (pass->passes > 1) {
        snprintf(times, sizeof times, _("%lld times"), (long long)pass->passes);
        append(out, size, times);
    }
}

void pass_wire_words(const struct pass *pass, char *out, size_t size)
{
    int64_t bytes = pass->bytes_out + pass->bytes_in;

    snprintf(out, size, bytes < 10000000 ? _("%lld requests, %lld kB") : _("%lld requests, %lld MB"), (long long)pass->requests,
             (long long)(bytes < 10000000 ? (bytes + 999) / 1000 : bytes / 1000000));
}
