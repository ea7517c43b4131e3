#include <string.h>

#include "fhir/fhirpath/internal.h"

enum { DEPTH_MAX = 200, LEVEL_UNARY = 11 };

struct parser { struct lexer lexer; struct token token; struct arena *arena; struct err *err; int depth; };

/* Binary operators and how tightly they bind. */
static const struct { const char *text; enum token_kind kind; enum fp_operator op; int level; } operators[] = {
    {"implies", TOKEN_NAME, OP_IMPLIES, 1}, {"or", TOKEN_NAME, OP_OR, 2}, {"xor", TOKEN_NAME, OP_XOR, 2},
    {"and", TOKEN_NAME, OP_AND, 3}, {"in", TOKEN_NAME, OP_IN, 4}, {"contains", TOKEN_NAME, OP_CONTAINS, 4},
    {"=", TOKEN_SYMBOL, OP_EQUAL, 5}, {"~", TOKEN_SYMBOL, OP_EQUIVALENT, 5},
    {"!=", TOKEN_SYMBOL, OP_NOT_EQUAL, 5}, {"!~", TOKEN_SYMBOL, OP_NOT_EQUIVALENT, 5},
    {"<", TOKEN_SYMBOL, OP_LESS, 6}, {"<=", TOKEN_SYMBOL, OP_LESS_EQUAL, 6},
    {">", TOKEN_SYMBOL, OP_GREATER, 6}, {">=", TOKEN_SYMBOL, OP_GREATER_EQUAL, 6},
    {"|", TOKEN_SYMBOL, OP_UNION, 7}, {"is", TOKEN_NAME, OP_IS, 8}, {"as", TOKEN_NAME, OP_AS, 8},
    {"+", TOKEN_SYMBOL, OP_ADD, 9}, {"-", TOKEN_SYMBOL, OP_SUBTRACT, 9}, {"&", TOKEN_SYMBOL, OP_JOIN, 9},
    {"*", TOKEN_SYMBOL, OP_MULTIPLY, 10}, {"/", TOKEN_SYMBOL, OP_DIVIDE, 10},
    {"div", TOKEN_NAME, OP_DIV, 10}, {"mod", TOKEN_NAME, OP_MOD, 10},
};

static struct expr *parse_level(struct parser *p, int level);

static struct expr *fail(struct parser *p, const char *why)
{
    if (p->token.kind == TOKEN_END)
        err_set(p->err, RC_INVALID, "at the end: %s", why);
    else
        err_set(p->err, RC_INVALID, "at character %zu, \"%.40s\": %s", p->token.at + 1, p->token.text, why);
    return NULL;
}

static bool advance(struct parser *p)
{
    return lexer_next(&p->lexer, &p->token);
}

static bool at_symbol(const struct parser *p, const char *text)
{
    return p->token.kind == TOKEN_SYMBOL && strcmp(p->token.text, text) == 0;
}

static bool expect(struct parser *p, const char *symbol, const char *why)
{
    if (!at_symbol(p, symbol)) {
        fail(p, why);
        return false;
    }
    return advance(p);
}

static struct expr *expr_new(struct parser *p, enum expr_kind kind)
{
    struct expr *expr = arena_alloc(p->arena, sizeof *expr);

    *expr = (struct expr){.kind = kind, .at = p->token.at};
    return expr;
}

static struct expr *parse_arguments(struct parser *p, struct expr *call)
{
    size_t cap = 0;

    if (!advance(p))
        return NULL;
    while (!at_symbol(p, ")")) {
        struct expr *argument = parse_level(p, 1);

        if (!argument)
            return NULL;
        if (call->arguments == cap) {
            struct expr **more = arena_alloc(p->arena, (cap ? 2 * cap : 4) * sizeof *more);
            if (cap)
                memcpy(more, call->argument, cap * sizeof *more);
            call->argument = more;
            cap = cap ? 2 * cap : 4;
        }
        call->argument[call->arguments++] = argument;
        if (!at_symbol(p, ",") && !at_symbol(p, ")"))
            return fail(p, "a comma or ) should stand here");
        if (at_symbol(p, ",") && (!advance(p) || at_symbol(p, ")")))
            return fail(p, "an argument should stand here");
    }
    return advance(p) ? call : NULL;
}

/* A function's arguments, checked against its row. */
static struct expr *parse_function(struct parser *p, struct expr *call)
{
    const struct fp_function *function = fp_function_find(call->text);
    struct token name = p->token;

    name.at = call->at;
    name.text = call->text;
    if (!parse_arguments(p, call))
        return NULL;
    call->function = function;
    if (function && (int)call->arguments >= function->least && (int)call->arguments <= function->most)
        return call;
    p->token = name;
    return fail(p, function ? "this function takes another number of arguments" : "there is no such function");
}

/* A member name, or a function when ( follows. */
static struct expr *parse_invocation(struct parser *p)
{
    struct expr *expr = expr_new(p, EXPR_NAME);

    if (p->token.kind != TOKEN_NAME && p->token.kind != TOKEN_QUOTED_NAME)
        return fail(p, "a name should stand here");
    expr->text = p->token.text;
    if (!advance(p))
        return NULL;
    if (!at_symbol(p, "("))
        return expr;
    expr->kind = EXPR_FUNCTION;
    return parse_function(p, expr);
}

static struct expr *parse_special(struct parser *p)
{
    static const struct { const char *text; enum expr_kind kind; } specials[] = {
        {"$this", EXPR_THIS}, {"$index", EXPR_INDEX}, {"$total", EXPR_TOTAL},
    };

    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (strcmp(specials[i].text, p->token.text) == 0) {
            struct expr *expr = expr_new(p, specials[i].kind);
            return advance(p) ? expr : NULL;
        }
    return fail(p, "there is no such name");
}

/* A number, or a quantity when a unit follows. */
static struct expr *parse_number(struct parser *p)
{
    struct expr *expr = expr_new(p, EXPR_LITERAL);
    struct fp_value *v = &expr->literal;
    const char *digits = p->token.text;
    enum moment_unit unit;
    int64_t whole = 0;

    if (!decimal_parse(digits, &v->decimal) || (!strchr(digits, '.') && !decimal_to_int(&v->decimal, &whole)))
        return fail(p, "this number has too many digits");
    if (!advance(p))
        return NULL;
    if (p->token.kind == TOKEN_STRING || (p->token.kind == TOKEN_NAME && unit_calendar(p->token.text, &unit))) {
        v->kind = FP_QUANTITY;
        v->string = p->token.text;
        return advance(p) ? expr : NULL;
    }
    v->kind = strchr(digits, '.') ? FP_DECIMAL : FP_INTEGER;
    if (v->kind == FP_INTEGER)
        v->integer = whole;
    return expr;
}

static struct expr *parse_moment(struct parser *p)
{
    struct expr *expr = expr_new(p, EXPR_LITERAL);
    bool datetime, good;

    expr->literal.kind = p->token.kind == TOKEN_TIME ? FP_TIME : p->token.kind == TOKEN_DATE ? FP_DATE : FP_DATETIME;
    good = expr->literal.kind == FP_TIME ? moment_parse_time(p->token.text, &expr->literal.moment)
                                         : moment_parse(p->token.text, &expr->literal.moment, &datetime);
    if (!good)
        return fail(p, "this is no date or time");
    return advance(p) ? expr : NULL;
}

static struct expr *parse_word(struct parser *p)
{
    struct expr *expr;

    if (p->token.kind == TOKEN_NAME && (strcmp(p->token.text, "true") == 0 || strcmp(p->token.text, "false") == 0)) {
        expr = expr_new(p, EXPR_LITERAL);
        expr->literal.kind = FP_BOOLEAN;
        expr->literal.boolean = *p->token.text == 't';
        return advance(p) ? expr : NULL;
    }
    if ((expr = parse_invocation(p)))
        expr->is_start = true;
    return expr;
}

static struct expr *parse_symbol(struct parser *p)
{
    struct expr *expr;

    if (at_symbol(p, "(")) {
        if (!advance(p) || !(expr = parse_level(p, 1)))
            return NULL;
        return expect(p, ")", "a ) should stand here") ? expr : NULL;
    }
    if (at_symbol(p, "{")) {
        expr = expr_new(p, EXPR_EMPTY);
        if (!advance(p))
            return NULL;
        return expect(p, "}", "a } should stand here") ? expr : NULL;
    }
    return fail(p, "a value should stand here");
}

static struct expr *parse_text(struct parser *p, enum expr_kind kind)
{
    struct expr *expr = expr_new(p, kind);

    expr->text = p->token.text;
    expr->literal = (struct fp_value){.kind = FP_STRING, .string = p->token.text};
    return advance(p) ? expr : NULL;
}

static struct expr *parse_term(struct parser *p)
{
    switch (p->token.kind) {
    case TOKEN_NAME:
    case TOKEN_QUOTED_NAME: return parse_word(p);
    case TOKEN_STRING:      return parse_text(p, EXPR_LITERAL);
    case TOKEN_VARIABLE:    return parse_text(p, EXPR_VARIABLE);
    case TOKEN_NUMBER:      return parse_number(p);
    case TOKEN_DATE:
    case TOKEN_DATETIME:
    case TOKEN_TIME:        return parse_moment(p);
    case TOKEN_SPECIAL:     return parse_special(p);
    case TOKEN_SYMBOL:      return parse_symbol(p);
    case TOKEN_END:         break;
    }
    return fail(p, "a value should stand here");
}

/* A term and what is done to it: .step and [index]. */
static struct expr *parse_path(struct parser *p)
{
    struct expr *expr = parse_term(p);

    while (expr && (at_symbol(p, ".") || at_symbol(p, "["))) {
        bool step = at_symbol(p, ".");
        struct expr *outer = expr_new(p, step ? EXPR_PATH : EXPR_INDEXER);

        outer->left = expr;
        if (!advance(p) || !(outer->right = step ? parse_invocation(p) : parse_level(p, 1)))
            return NULL;
        if (!step && !expect(p, "]", "a ] should stand here"))
            return NULL;
        expr = outer;
    }
    return expr;
}

static struct expr *parse_unary(struct parser *p)
{
    struct expr *expr;

    if (!at_symbol(p, "+") && !at_symbol(p, "-"))
        return parse_path(p);
    expr = expr_new(p, EXPR_UNARY);
    expr->op = at_symbol(p, "-") ? OP_SUBTRACT : OP_ADD;
    if (!advance(p) || !(expr->right = parse_level(p, LEVEL_UNARY)))
        return NULL;
    return expr;
}

/* Type name after is and as: Patient, FHIR.Patient, System.`Integer`. */
static struct expr *parse_type(struct parser *p, struct expr *outer)
{
    struct buf name = {0};

    outer->kind = outer->op == OP_IS ? EXPR_IS : EXPR_AS;
    for (;;) {
        if (p->token.kind != TOKEN_NAME && p->token.kind != TOKEN_QUOTED_NAME) {
            buf_done(&name);
            return fail(p, "a type name should stand here");
        }
        buf_add(&name, p->token.text);
        if (!advance(p))
            break;
        if (!at_symbol(p, ".")) {
            outer->text = arena_dup_n(p->arena, buf_text(&name), name.len);
            break;
        }
        buf_char(&name, '.');
        if (!advance(p))
            break;
    }
    buf_done(&name);
    return outer->text ? outer : NULL;
}

static int find_operator(const struct parser *p, int level)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (operators[i].level >= level && operators[i].kind == p->token.kind && strcmp(operators[i].text, p->token.text) == 0)
            return (int)i;
    return -1;
}

/* Operators that bind at least as tightly as level, left to right. */
static struct expr *parse_level(struct parser *p, int level)
{
    struct expr *left;
    int i;

    if (++p->depth > DEPTH_MAX)
        return fail(p, "the expression is nested too deeply");
    left = parse_unary(p);
    while (left && level < LEVEL_UNARY && (i = find_operator(p, level)) >= 0) {
        struct expr *outer = expr_new(p, EXPR_BINARY);

        outer->op = operators[i].op;
        outer->left = left;
        if (!advance(p))
            return NULL;
        if (outer->op == OP_IS || outer->op == OP_AS)
            left = parse_type(p, outer);
        else
            left = (outer->right = parse_level(p, operators[i].level + 1)) ? outer : NULL;
    }
    p->depth--;
    return left;
}

enum rc fp_parse(struct fhirpath *expression, struct err *err)
{
    struct parser p = {.lexer = {expression->text, 0, expression, err}, .arena = &expression->arena, .err = err};

    if (!advance(&p) || !(expression->root = parse_level(&p, 1)))
        return RC_INVALID;
    if (p.token.kind != TOKEN_END) {
        fail(&p, "an operator should stand here");
        return RC_INVALID;
    }
    return RC_OK;
}
