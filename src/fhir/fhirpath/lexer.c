#include <string.h>

#include "base/utf8.h"
#include "fhir/fhirpath/internal.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool fail(struct lexer *lexer, size_t at, const char *why)
{
    err_set(lexer->err, RC_INVALID, "at character %zu: %s", at + 1, why);
    return false;
}

/* White space and both kinds of comments. */
static bool skip(struct lexer *lexer)
{
    const char *p = lexer->text + lexer->at, *end;

    for (;; p = end) {
        p += strspn(p, " \t\r\n");
        if (p[0] == '/' && p[1] == '/') {
            end = p + strcspn(p, "\n");
        } else if (p[0] == '/' && p[1] == '*') {
            if (!(end = strstr(p + 2, "*/")))
                return fail(lexer, (size_t)(p - lexer->text), "this comment does not end");
            end += 2;
        } else {
            break;
        }
    }
    lexer->at = (size_t)(p - lexer->text);
    return true;
}

static int hex_value(const char *p)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef", *d = p[i] ? strchr(digits, p[i] | (p[i] > '9' ? 0x20 : 0)) : NULL;
        if (!d)
            return -1;
        value = value * 16 + (int)(d - digits);
    }
    return value;
}

/* Append the escape at p (after the backslash); returns what follows it, or NULL. *single tells of a
 * backslash that escapes nothing: patterns in real forms, '\d' without a second one. */
static const char *unescape(struct buf *out, const char *p, bool *single)
{
    static const char letters[] = "nrtf", meant[] = "\n\r\t\f";
    const char *letter;
    char bytes[4];
    int unit, low;
    unsigned cp;

    if (*p && strchr("'\"`\\/", *p)) {
        buf_char(out, *p);
        return p + 1;
    }
    if (*p && (letter = strchr(letters, *p))) {
        buf_char(out, meant[letter - letters]);
        return p + 1;
    }
    if (*p != 'u') {
        *single = true;
        buf_char(out, '\\');
        return p;
    }
    if ((unit = hex_value(p + 1)) <= 0)
        return NULL;
    cp = (unsigned)unit;
    p += 5;
    if (unit >= 0xD800 && unit <= 0xDBFF && p[0] == '\\' && p[1] == 'u' && (low = hex_value(p + 2)) >= 0xDC00 && low <= 0xDFFF) {
        cp = 0x10000u + (((unsigned)unit - 0xD800u) << 10) + ((unsigned)low - 0xDC00u);
        p += 6;
    }
    if (cp >= 0xD800 && cp <= 0xDFFF)
        return NULL;
    buf_add_n(out, bytes, utf8_encode(cp, bytes));
    return p;
}

static bool forgive(struct lexer *lexer, size_t at, const char *what)
{
    return fp_found(lexer->expression, at, lexer->err, "%s", what);
}

/* 'string', "string" (an older form that real questionnaires use) or `name`. */
static bool read_quoted(struct lexer *lexer, struct token *out)
{
    const char *start = lexer->text + lexer->at, *p = start + 1;
    struct buf text = {0};
    bool single = false;

    while (*p && *p != *start) {
        if (*p != '\\') {
            buf_char(&text, *p++);
        } else if (!(p = unescape(&text, p + 1, &single))) {
            buf_done(&text);
            return fail(lexer, out->at, "this text holds an escape that does not exist");
        }
    }
    out->kind = *start == '`' ? TOKEN_QUOTED_NAME : TOKEN_STRING;
    out->text = arena_dup_n(&lexer->expression->arena, buf_text(&text), text.len);
    buf_done(&text);
    if (!*p)
        return fail(lexer, out->at, "this quotation does not end");
    lexer->at = (size_t)(p + 1 - lexer->text);
    if (*start == '"' && !forgive(lexer, out->at, "text stands between single quotes, not double"))
        return false;
    return !single || forgive(lexer, out->at, "a backslash in text is written twice");
}

static void take(struct lexer *lexer, struct token *out, enum token_kind kind, const char *from, const char *end)
{
    out->kind = kind;
    out->text = arena_dup_n(&lexer->expression->arena, from, (size_t)(end - from));
    lexer->at = (size_t)(end - lexer->text);
}

static bool read_number(struct lexer *lexer, struct token *out)
{
    const char *start = lexer->text + lexer->at, *p = start;

    while (is_digit(*p))
        p++;
    if (p[0] == '.' && is_digit(p[1]))
        for (p++; is_digit(*p); p++)
            ;
    take(lexer, out, TOKEN_NUMBER, start, p);
    return true;
}

/* @2014-01-25T14:30:14.559Z, @2014T, @T14:30. */
static bool read_moment(struct lexer *lexer, struct token *out)
{
    const char *start = lexer->text + lexer->at + 1, *p = start, *t;

    while (is_digit(*p) || (*p == '-' && is_digit(p[1])) || *p == 'T' || (*p == ':' && is_digit(p[1])) ||
           (*p == '.' && is_digit(p[1])) || *p == 'Z' || (*p == '+' && is_digit(p[1])))
        p++;
    if (p == start)
        return fail(lexer, out->at, "a date or time should follow @");
    t = memchr(start, 'T', (size_t)(p - start));
    take(lexer, out, t == start ? TOKEN_TIME : t ? TOKEN_DATETIME : TOKEN_DATE, start, p);
    return true;
}

/* %name, %`name`, %'name'; a hyphen inside a name is no legal FHIRPath but is found in real forms. */
static bool read_variable(struct lexer *lexer, struct token *out)
{
    const char *start = lexer->text + lexer->at + 1, *p = start;

    if (*p == '`' || *p == '\'' || *p == '"') {
        lexer->at++;
        if (!read_quoted(lexer, out))
            return false;
        out->kind = TOKEN_VARIABLE;
        return true;
    }
    while (is_letter(*p) || is_digit(*p) || (*p == '-' && p > start && is_letter(p[1]) && !lexer->expression->strict))
        p++;
    if (p == start)
        return fail(lexer, out->at, "a name should follow %");
    take(lexer, out, TOKEN_VARIABLE, start, p);
    return !strchr(out->text, '-') || forgive(lexer, out->at, "a name with a hyphen stands between backticks: %`a-b`");
}

static bool read_symbol(struct lexer *lexer, struct token *out)
{
    static const char *const symbols[] = {"!=", "!~", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", "+", "-", "*", "/", "=",
                                          "~", "<", ">", "|", "&"};
    const char *p = lexer->text + lexer->at;

    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (strncmp(p, symbols[i], strlen(symbols[i])) == 0) {
            take(lexer, out, TOKEN_SYMBOL, p, p + strlen(symbols[i]));
            return true;
        }
    return fail(lexer, out->at, "this character means nothing in FHIRPath");
}

bool lexer_next(struct lexer *lexer, struct token *out)
{
    const char *p, *end;

    if (!skip(lexer))
        return false;
    p = lexer->text + lexer->at;
    *out = (struct token){.kind = TOKEN_END, .text = "", .at = lexer->at};
    if (!*p)
        return true;
    if (is_letter(*p) || *p == '$') {
        for (end = p + 1; is_letter(*end) || is_digit(*end); end++)
            ;
        take(lexer, out, *p == '$' ? TOKEN_SPECIAL : TOKEN_NAME, p, end);
        return true;
    }
    if (*p == '\'' || *p == '"' || *p == '`')
        return read_quoted(lexer, out);
    if (is_digit(*p))
        return read_number(lexer, out);
    if (*p == '@')
        return read_moment(lexer, out);
    if (*p == '%')
        return read_variable(lexer, out);
    return read_symbol(lexer, out);
}
