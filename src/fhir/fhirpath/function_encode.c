/* function_encode.c - text in the forms other formats need it in. */
#include <string.h>

#include "base/utf8.h"
#include "fhir/fhirpath/internal.h"

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char hex[] = "0123456789abcdef";

/* Text and the name of a form, each NULL when it is not there. */
static bool two_texts(struct eval *ev, const struct fp_result *input, const struct expr *call, const char **text, const char **form)
{
    const struct fp_value *item, *name;
    struct fp_result argument;

    *text = *form = NULL;
    if (!fp_single(ev, call, input, &item) || !fp_argument(ev, call, 0, &argument) || !fp_single(ev, call, &argument, &name))
        return false;
    if (!item || !name)
        return true;
    if (fp_simple(item).kind != FP_STRING)
        return fp_fail(ev, call, "text was expected here, not %s", fp_value_type(item));
    *text = fp_text(ev->arena, item);
    *form = fp_text(ev->arena, name);
    return true;
}

static void add_base64(struct buf *out, const char *text, const char *digits)
{
    const unsigned char *p = (const unsigned char *)text;

    for (size_t left = strlen(text); left > 0;) {
        size_t n = left < 3 ? left : 3;
        unsigned three = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) | (n > 2 ? p[2] : 0u);

        for (size_t i = 0; i < 4; i++)
            buf_char(out, '=');
        for (size_t i = 0; i <= n; i++)
            out->data[out->len - 4 + i] = digits[three >> (18 - 6 * i) & 63];
        p += n;
        left -= n;
    }
}

static bool read_base64(struct buf *out, const char *text, const char *digits)
{
    size_t len = strlen(text);
    unsigned bits = 0;
    int held = 0;

    while (len > 0 && text[len - 1] == '=')
        len--;
    for (size_t i = 0; i < len; i++) {
        const char *digit = strchr(digits, text[i]);
        if (!digit)
            return false;
        bits = bits << 6 | (unsigned)(digit - digits);
        if ((held += 6) >= 8) {
            held -= 8;
            buf_char(out, (char)(bits >> held & 0xFF));
        }
    }
    return len % 4 != 1;
}

static void add_hex(struct buf *out, const char *text)
{
    for (; *text; text++) {
        buf_char(out, hex[(unsigned char)*text >> 4]);
        buf_char(out, hex[(unsigned char)*text & 15]);
    }
}

static bool read_hex(struct buf *out, const char *text)
{
    for (; text[0] && text[1]; text += 2) {
        const char *high = strchr(hex, text[0] | (text[0] > '9' ? 0x20 : 0)), *low = strchr(hex, text[1] | (text[1] > '9' ? 0x20 : 0));
        if (!high || !low)
            return false;
        buf_char(out, (char)((high - hex) << 4 | (low - hex)));
    }
    return !*text;
}

static bool encode(struct buf *out, const char *text, const char *form)
{
    if (strcmp(form, "hex") == 0)
        add_hex(out, text);
    else if (strcmp(form, "base64") == 0 || strcmp(form, "urlbase64") == 0)
        add_base64(out, text, *form == 'u' ? base64_url : base64);
    else
        return false;
    return true;
}

/* What decodes to no text is no answer. */
static bool decode(struct buf *out, const char *text, const char *form)
{
    bool done = strcmp(form, "hex") == 0 ? read_hex(out, text)
              : strcmp(form, "base64") == 0 || strcmp(form, "urlbase64") == 0 ? read_base64(out, text, *form == 'u' ? base64_url : base64) : false;

    return done && strlen(buf_text(out)) == out->len && utf8_valid(buf_text(out), out->len);
}

static const struct { char plain; const char *html; } entities[] = {{'<', "&lt;"}, {'>', "&gt;"}, {'&', "&amp;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
static const struct { char plain, json; } escapes[] = {{'"', '"'}, {'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'\f', 'f'}, {'\b', 'b'}};

static void escape_html(struct buf *out, char c)
{
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (entities[i].plain == c) {
            buf_add(out, entities[i].html);
            return;
        }
    buf_char(out, c);
}

static void escape_json(struct buf *out, char c)
{
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (escapes[i].plain == c) {
            buf_char(out, '\\');
            buf_char(out, escapes[i].json);
            return;
        }
    if ((unsigned char)c < 0x20)
        buf_printf(out, "\\u%04x", (unsigned)c);
    else
        buf_char(out, c);
}

static bool escape(struct buf *out, const char *text, const char *form)
{
    bool html = strcmp(form, "html") == 0;

    for (; *text && (html || strcmp(form, "json") == 0); text++)
        html ? escape_html(out, *text) : escape_json(out, *text);
    return !*text;
}

static const char *unescape_html(struct buf *out, const char *p)
{
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (strncmp(p, entities[i].html, strlen(entities[i].html)) == 0) {
            buf_char(out, entities[i].plain);
            return p + strlen(entities[i].html);
        }
    buf_char(out, *p);
    return p + 1;
}

static const char *unescape_json(struct buf *out, const char *p)
{
    for (size_t i = 0; *p == '\\' && i < sizeof escapes / sizeof *escapes; i++)
        if (escapes[i].json == p[1]) {
            buf_char(out, escapes[i].plain);
            return p + 2;
        }
    buf_char(out, *p);
    return p + 1;
}

static bool unescape(struct buf *out, const char *text, const char *form)
{
    bool html = strcmp(form, "html") == 0;

    while (*text && (html || strcmp(form, "json") == 0))
        text = html ? unescape_html(out, text) : unescape_json(out, text);
    return !*text;
}

static bool change(struct eval *ev, const struct fp_result *input, const struct expr *call, bool (*way)(struct buf *, const char *, const char *), struct fp_result *out)
{
    const char *text, *form;
    struct buf changed = {0};

    if (!two_texts(ev, input, call, &text, &form))
        return false;
    if (text && way(&changed, text, form))
        return fp_take_text(ev, call, &changed, out);
    buf_done(&changed);
    return true;
}

static bool call_encode(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return change(ev, input, call, encode, out);
}

static bool call_decode(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return change(ev, input, call, decode, out);
}

static bool call_escape(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return change(ev, input, call, escape, out);
}

static bool call_unescape(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    return change(ev, input, call, unescape, out);
}

const struct fp_function fp_functions_encode[] = {
    {"encode", 1, 1, call_encode}, {"decode", 1, 1, call_decode}, {"escape", 1, 1, call_escape}, {"unescape", 1, 1, call_unescape}, {NULL, 0, 0, NULL},
};
