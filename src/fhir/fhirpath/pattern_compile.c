#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/fhirpath/pattern_internal.h"

enum { REPEAT_MAX = 1000, DEPTH_MAX = 1000 };
static const uint32_t last_character = 0x10FFFF;

struct compiler { struct pattern *pattern; const char *p, *why; int depth; };

static bool parse_alternatives(struct compiler *c);

static bool fail(struct compiler *c, const char *why)
{
    c->why = why;
    return false;
}

static bool emit(struct compiler *c, enum pattern_op op, size_t x, size_t y)
{
    struct pattern *p = c->pattern;

    if (p->n >= PATTERN_CODE_MAX)
        return fail(c, "it is too long");
    MEM_ROOM(p->code, p->n, p->cap);
    p->code[p->n++] = (struct pattern_code){op, (uint32_t)x, (uint32_t)y};
    return true;
}

/* Make room for so many instructions at a place; jumps that lead past it move along. */
static bool insert(struct compiler *c, size_t at, size_t count)
{
    struct pattern *p = c->pattern;
    size_t old = p->n;

    for (size_t i = 0; i < count; i++)
        if (!emit(c, OP_JUMP, 0, 0))
            return false;
    memmove(p->code + at + count, p->code + at, (old - at) * sizeof *p->code);
    for (size_t i = at + count; i < p->n; i++) {
        struct pattern_code *code = &p->code[i];
        if (code->op == OP_JUMP || code->op == OP_SPLIT || code->op == OP_LOOK)
            code->x += (uint32_t)count;
        if (code->op == OP_SPLIT)
            code->y += (uint32_t)count;
    }
    return true;
}

/* Append a copy of the instructions from start to end, jumps moved along. */
static bool copy_code(struct compiler *c, size_t start, size_t end)
{
    size_t shift = c->pattern->n - start;

    for (size_t i = start; i < end; i++) {
        struct pattern_code code = c->pattern->code[i];
        bool jumps = code.op == OP_JUMP || code.op == OP_SPLIT || code.op == OP_LOOK;
        if (!emit(c, code.op, code.x + (jumps ? shift : 0), code.y + (code.op == OP_SPLIT ? shift : 0)))
            return false;
    }
    return true;
}

static void add_range(struct compiler *c, uint32_t low, uint32_t high)
{
    struct pattern *p = c->pattern;

    MEM_ROOM(p->range, p->ranges, p->range_cap);
    p->range[p->ranges++] = (struct pattern_range){low, high};
}

/* Ranges that \d, \w, \s, \h and \v stand for; their capitals stand for the rest. False: no such class. */
static bool add_class(struct compiler *c, char letter)
{
    static const struct { char letter; struct pattern_range range[8]; int n; } classes[] = {
        {'d', {{'0', '9'}}, 1}, {'w', {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}, 4},
        {'s', {{'\t', '\r'}, {' ', ' '}, {0xA0, 0xA0}, {0x2000, 0x200A}}, 4},
        /* white space along a line and between lines, as forms made for Java write it */
        {'h', {{'\t', '\t'}, {' ', ' '}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}}, 8},
        {'v', {{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}, 3},
    };
    uint32_t next = 0;

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if ((letter | 0x20) != classes[i].letter)
            continue;
        for (int k = 0; k < classes[i].n; k++) {
            if (letter == classes[i].letter)
                add_range(c, classes[i].range[k].low, classes[i].range[k].high);
            else if (classes[i].range[k].low > next)
                add_range(c, next, classes[i].range[k].low - 1);
            next = classes[i].range[k].high + 1;
        }
        if (letter != classes[i].letter)
            add_range(c, next, last_character);
        return true;
    }
    return false;
}

static uint32_t take_character(struct compiler *c)
{
    size_t len;
    uint32_t character = utf8_next(c->p, &len);

    c->p += len;
    return character;
}

static bool hex_digits(struct compiler *c, int n, uint32_t *out)
{
    char text[9] = {0};
    char *end;

    for (int i = 0; i < n && c->p[i]; i++)
        text[i] = c->p[i];
    *out = (uint32_t)strtoul(text, &end, 16);
    if (end != text + n || strspn(text, "0123456789abcdefABCDEF") != (size_t)n)
        return fail(c, "a hexadecimal number should stand here");
    c->p += n;
    return true;
}

/* An escape that stands for one character; p is after the backslash. */
static bool escaped_character(struct compiler *c, uint32_t *out)
{
    static const char letters[] = "nrtf0", meant[] = "\n\r\t\f";
    const char *letter = *c->p ? strchr(letters, *c->p) : NULL;

    if (!*c->p)
        return fail(c, "it ends in a backslash");
    if (*c->p == 'u' || *c->p == 'x') {
        int n = *c->p++ == 'u' ? 4 : 2;
        return hex_digits(c, n, out);
    }
    if (letter) {
        *out = letter - letters < 4 ? (unsigned char)meant[letter - letters] : 0;
        c->p++;
        return true;
    }
    if ((*c->p >= '1' && *c->p <= '9') || (*c->p >= 'a' && *c->p <= 'z') || (*c->p >= 'A' && *c->p <= 'Z'))
        return fail(c, "it holds an escape that is not supported");
    *out = take_character(c);
    return true;
}

/* One end of a range inside brackets; *class when it was \d and the like. */
static bool bracket_item(struct compiler *c, uint32_t *out, bool *class)
{
    *class = false;
    if (*c->p != '\\') {
        *out = take_character(c);
        return true;
    }
    c->p++;
    if (*c->p && add_class(c, *c->p)) {
        c->p++;
        *class = true;
        return true;
    }
    if (*c->p == 'b') {
        c->p++;
        *out = '\b';
        return true;
    }
    return escaped_character(c, out);
}

static bool parse_bracket(struct compiler *c)
{
    size_t first = c->pattern->ranges;
    bool negated = *c->p == '^', class;
    uint32_t low, high;
    const char *start;

    c->p += negated;
    for (start = c->p; *c->p && (*c->p != ']' || c->p == start);) {
        if (!bracket_item(c, &low, &class))
            return false;
        high = low;
        if (!class && c->p[0] == '-' && c->p[1] && c->p[1] != ']') {
            c->p++;
            if (!bracket_item(c, &high, &class) || class || high < low)
                return fail(c, "a range in brackets runs backwards");
        }
        if (!class)
            add_range(c, low, high);
    }
    if (!*c->p++)
        return fail(c, "a ] is missing");
    return emit(c, negated ? OP_NOT_CLASS : OP_CLASS, first, c->pattern->ranges);
}

/* \R: one line break of any kind; CR and LF together are one. */
static bool line_break(struct compiler *c)
{
    size_t first = c->pattern->ranges, at = c->pattern->n;

    add_class(c, 'v');
    return emit(c, OP_SPLIT, at + 1, at + 4) && emit(c, OP_CHAR, '\r', 0) && emit(c, OP_CHAR, '\n', 0) && emit(c, OP_JUMP, at + 5, 0) &&
           emit(c, OP_CLASS, first, c->pattern->ranges);
}

static bool parse_escape(struct compiler *c)
{
    size_t first = c->pattern->ranges;
    uint32_t character;

    if (*c->p == 'b' || *c->p == 'B')
        return emit(c, *c->p++ == 'b' ? OP_WORD : OP_NOT_WORD, 0, 0);
    if (*c->p == 'A' || *c->p == 'Z' || *c->p == 'z')
        return emit(c, *c->p++ == 'A' ? OP_START : OP_END, 0, 0);
    if (*c->p == 'R') {
        c->p++;
        return line_break(c);
    }
    if (*c->p && add_class(c, *c->p)) {
        c->p++;
        return emit(c, OP_CLASS, first, c->pattern->ranges);
    }
    return escaped_character(c, &character) && emit(c, OP_CHAR, character, 0);
}

static bool close_group(struct compiler *c)
{
    if (*c->p != ')')
        return fail(c, "a ) is missing");
    c->p++;
    return true;
}

static bool parse_look(struct compiler *c)
{
    size_t at = c->pattern->n;
    bool not = *c->p++ == '!';

    if (!emit(c, OP_LOOK, 0, not) || !parse_alternatives(c) || !emit(c, OP_MATCH, 0, 0))
        return false;
    c->pattern->code[at].x = (uint32_t)c->pattern->n;
    return close_group(c);
}

static bool parse_name(struct compiler *c, char *out)
{
    size_t len = strcspn(c->p, ">");

    if (c->p[len] != '>' || len == 0 || len >= PATTERN_NAME)
        return fail(c, "a group name is wrong");
    memcpy(out, c->p, len);
    out[len] = '\0';
    c->p += len + 1;
    return true;
}

static bool parse_group(struct compiler *c)
{
    size_t group = c->pattern->groups + 1;
    char name[PATTERN_NAME] = "";

    if (c->p[0] == '?' && c->p[1] == ':') {
        c->p += 2;
        return parse_alternatives(c) && close_group(c);
    }
    if (c->p[0] == '?' && (c->p[1] == '=' || c->p[1] == '!')) {
        c->p++;
        return parse_look(c);
    }
    if (c->p[0] == '?') {
        if (c->p[1] != '<' || c->p[2] == '=' || c->p[2] == '!')
            return fail(c, "it holds a kind of group that is not supported");
        c->p += 2;
        if (!parse_name(c, name))
            return false;
    }
    if (group >= PATTERN_GROUPS)
        return fail(c, "it has too many groups");
    c->pattern->groups = group;
    strcpy(c->pattern->name[group], name);
    return emit(c, OP_SAVE, 2 * group, 0) && parse_alternatives(c) && close_group(c) && emit(c, OP_SAVE, 2 * group + 1, 0);
}

static bool parse_atom(struct compiler *c)
{
    switch (*c->p) {
    case '(':   c->p++; return parse_group(c);
    case '[':   c->p++; return parse_bracket(c);
    case '\\':  c->p++; return parse_escape(c);
    case '.':   c->p++; return emit(c, OP_ANY, 0, 0);
    case '^':   c->p++; return emit(c, OP_START, 0, 0);
    case '$':   c->p++; return emit(c, OP_END, 0, 0);
    case '*':
    case '+':
    case '?':   return fail(c, "a quantifier has nothing before it");
    default:    return emit(c, OP_CHAR, take_character(c), 0);
    }
}

/* {2}, {2,}, {2,5}; a brace that starts none of them is an ordinary character. */
static bool parse_count(struct compiler *c, long *least, long *most)
{
    char *end;
    const char *p = c->p + 1;

    if (*p < '0' || *p > '9')
        return false;
    *least = *most = strtol(p, &end, 10);
    if (*end == ',') {
        p = end + 1;
        *most = *p == '}' ? -1 : strtol(p, &end, 10);
        if (*p == '}')
            end++;
    }
    if (*end != '}')
        return false;
    c->p = end + 1;
    return true;
}

/* The atom from start on, least to most times (-1: without end). */
static bool repeat(struct compiler *c, size_t start, long least, long most, bool lazy)
{
    size_t end = c->pattern->n, len = end - start, at;

    if (least > REPEAT_MAX || most > REPEAT_MAX || (most >= 0 && most < least))
        return fail(c, "a count in braces is wrong");
    for (long i = 1; i < least; i++)
        if (!copy_code(c, start, end))
            return false;
    for (long i = least; most < 0 ? i == least : i < most; i++) {
        at = c->pattern->n;
        if (least > 0 || i > 0) {
            if (!copy_code(c, start, end))
                return false;
        } else {
            at = start;
        }
        if (!insert(c, at, 1))
            return false;
        if (at <= start) {
            start++;
            end++;
        }
        if (most < 0 && !emit(c, OP_JUMP, at, 0))
            return false;
        c->pattern->code[at].op = OP_SPLIT;
        c->pattern->code[at].x = (uint32_t)(lazy ? c->pattern->n : at + 1);
        c->pattern->code[at].y = (uint32_t)(lazy ? at + 1 : c->pattern->n);
    }
    if (most == 0)
        c->pattern->n -= len;
    return true;
}

static bool parse_repeated(struct compiler *c)
{
    size_t start = c->pattern->n;
    long least, most;
    bool lazy;

    if (!parse_atom(c))
        return false;
    for (;;) {
        if (*c->p == '*' || *c->p == '+' || *c->p == '?') {
            least = *c->p == '+';
            most = *c->p == '?' ? 1 : -1;
            c->p++;
        } else if (*c->p != '{' || !parse_count(c, &least, &most)) {
            return true;
        }
        lazy = *c->p == '?';
        c->p += lazy;
        if (*c->p == '+')
            return fail(c, "possessive quantifiers are not supported");
        if (!repeat(c, start, least, most, lazy))
            return false;
    }
}

static bool parse_alternatives(struct compiler *c)
{
    size_t start = c->pattern->n, jump;

    if (++c->depth > DEPTH_MAX)
        return fail(c, "it is nested too deeply");
    while (*c->p && *c->p != '|' && *c->p != ')')
        if (!parse_repeated(c))
            return false;
    if (*c->p == '|') {
        c->p++;
        if (!insert(c, start, 1))
            return false;
        jump = c->pattern->n;
        if (!emit(c, OP_JUMP, 0, 0))
            return false;
        c->pattern->code[start] = (struct pattern_code){OP_SPLIT, (uint32_t)(start + 1), (uint32_t)(jump + 1)};
        if (!parse_alternatives(c))
            return false;
        c->pattern->code[jump].x = (uint32_t)c->pattern->n;
    }
    c->depth--;
    return true;
}

struct pattern *pattern_compile(const char *text, const char **why)
{
    struct compiler c = {.pattern = mem_alloc(sizeof *c.pattern), .p = text};

    *why = NULL;
    if (emit(&c, OP_SAVE, 0, 0) && parse_alternatives(&c) && (!*c.p || fail(&c, "a ) stands alone")) && emit(&c, OP_SAVE, 1, 0) &&
        emit(&c, OP_MATCH, 0, 0))
        return c.pattern;
    *why = c.why;
    pattern_free(c.pattern);
    return NULL;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    free(pattern->code);
    free(pattern->range);
    free(pattern);
}
