/* internal.h - the parts of the FHIRPath engine, for this folder and fhirpath.h's functions alone.
 *
 *   text --lexer.c--> tokens --parser.c--> struct expr --eval.c--> struct fp_result
 *
 * Everything a compiled expression owns lies in its arena, everything an evaluation makes in the
 * arena of its result. Functions are rows of the tables in function_*.c. */
#ifndef FRONTDESK_FHIRPATH_INTERNAL_H
#define FRONTDESK_FHIRPATH_INTERNAL_H

#include "base/mem.h"
#include "fhir/fhirpath.h"
#include "fhir/fhirpath/decimal.h"
#include "fhir/fhirpath/moment.h"
#include "fhir/fhirpath/unit.h"

/* --- values --------------------------------------------------------------------------------- */

enum fp_kind {
    FP_NODE,        /* an element of a document; primitives become values when an operator needs one */
    FP_BOOLEAN, FP_INTEGER, FP_DECIMAL, FP_STRING, FP_DATE, FP_DATETIME, FP_TIME, FP_QUANTITY,
    FP_TYPE,        /* what type() gives: string holds "System.Integer" */
};

struct fp_value {
    const struct node *node;    /* the element this is, or was read from; NULL when computed */
    const char *name;           /* member name it was reached by, for its type; NULL when unknown */
    const char *string;         /* FP_STRING, FP_TYPE; the unit of FP_QUANTITY ("" when none) */
    union {
        bool boolean;
        int64_t integer;
        struct decimal decimal; /* also the number of FP_QUANTITY */
        struct moment moment;
    };
    enum fp_kind kind;
};

void fp_add_all(struct fp_result *out, const struct fp_result *from);
/* Room for one more, not filled. Values lie in one array in the arena of the result. */
void fp_grow(struct fp_result *out);
static inline struct fp_value *fp_slot(struct fp_result *out)
{
    if (out->n == out->cap)
        fp_grow(out);
    return &out->value[out->n++];
}
static inline struct fp_value *fp_add(struct fp_result *out, struct fp_value value)
{
    struct fp_value *slot = fp_slot(out);

    *slot = value;
    return slot;
}
/* An element, reached by this member name. What is not for an element is left unset. */
static inline void fp_add_element(struct fp_result *out, const struct node *node, const char *name)
{
    struct fp_value *slot = fp_slot(out);

    slot->node = node;
    slot->name = name;
    slot->string = NULL;
    slot->kind = FP_NODE;
}
/* Make room for so many at once; out must be empty. */
static inline void fp_expect(struct fp_result *out, size_t n)
{
    if (n > out->cap) {
        out->value = arena_alloc(out->arena, n * sizeof *out->value);
        out->cap = n;
    }
}
/* The items of another list, which stays as it is; into an empty one without a copy. What is added
 * later goes elsewhere. */
static inline void fp_share_items(struct fp_result *out, struct fp_value *items, size_t n)
{
    if (out->n > 0) {
        fp_add_all(out, &(struct fp_result){.value = items, .n = n});
        return;
    }
    out->value = items;
    out->n = out->cap = n;
}
static inline void fp_share(struct fp_result *out, const struct fp_result *from)
{
    fp_share_items(out, from->value, from->n);
}
void fp_add_bool(struct fp_result *out, bool value);
void fp_add_integer(struct fp_result *out, int64_t value);
void fp_add_decimal(struct fp_result *out, struct decimal value);
void fp_add_string(struct fp_result *out, const char *text);       /* copies */

/* The value of a primitive or Quantity element; anything else comes back as it is. */
struct fp_value fp_simple(const struct fp_value *value);
bool fp_is_number(const struct fp_value *simple);
struct decimal fp_decimal(const struct fp_value *simple);  /* of an integer or decimal */
/* Read text as what kind says; false when it is none. */
bool fp_convert(const struct fp_value *from, enum fp_kind to, struct arena *arena, struct fp_value *out);
const char *fp_text(struct arena *arena, const struct fp_value *value);    /* in the arena */

enum fp_answer { FP_NO, FP_YES, FP_UNKNOWN };
enum fp_answer fp_lists_equal(const struct fp_result *a, const struct fp_result *b);
enum fp_answer fp_equal(const struct fp_value *a, const struct fp_value *b);
bool fp_equivalent(const struct fp_value *a, const struct fp_value *b);
/* -1, 0, 1; false when they cannot be compared, *unknown when precision leaves it open. */
bool fp_compare(const struct fp_value *a, const struct fp_value *b, int *order, bool *unknown);

struct eval;
struct expr;

/* --- types ---------------------------------------------------------------------------------- */

const char *fp_node_type(const struct fp_value *value);     /* FHIR type of an element, as far as its shape tells */
const char *fp_system_type(const struct fp_value *value);   /* "Integer", of a computed value */
unsigned fp_model_type(const struct fp_value *value);       /* the same as a type of fhir/model.h, structures inside of types too */
/* "Patient", "FHIR.string", "System.Integer"; exact: a code is no string, as for ofType() in R4. */
bool fp_is_type(const struct fp_value *value, const char *type, bool exact);
bool fp_type_known(const char *type);
/* What fp_children() gives for the name that expr is, found faster in the usual cases. */
void fp_walk(struct eval *ev, struct fp_result *out, const struct fp_value *of, struct expr *expr);
/* The kind of value a primitive element holds, FP_NODE when that cannot be read; remembered in the document. */
enum fp_kind fp_primitive_kind(const struct node *node, const char *name);
/* The text of the member that the name is, NULL where it is no single text or may be a date or time. */
const char *fp_plain_member(const struct fp_value *of, const struct expr *name);
/* Elements called name, through choice types ("value" finds valueString). */
void fp_children(struct fp_result *out, const struct fp_value *of, const char *name);
void fp_all_children(struct fp_result *out, const struct fp_value *of);
/* The "_name" companion of a primitive element, which holds its id and extensions. */
const struct node *fp_companion(const struct node *primitive);

/* --- expressions ---------------------------------------------------------------------------- */

enum expr_kind {
    EXPR_LITERAL, EXPR_EMPTY, EXPR_NAME, EXPR_FUNCTION, EXPR_VARIABLE, EXPR_THIS, EXPR_INDEX, EXPR_TOTAL,
    EXPR_PATH, EXPR_INDEXER, EXPR_UNARY, EXPR_BINARY, EXPR_IS, EXPR_AS,
};
enum fp_operator {
    OP_NONE, OP_IMPLIES, OP_OR, OP_XOR, OP_AND, OP_IN, OP_CONTAINS, OP_EQUAL, OP_EQUIVALENT, OP_NOT_EQUAL, OP_NOT_EQUIVALENT,
    OP_LESS, OP_LESS_EQUAL, OP_GREATER, OP_GREATER_EQUAL, OP_UNION, OP_IS, OP_AS, OP_ADD, OP_SUBTRACT, OP_JOIN,
    OP_MULTIPLY, OP_DIVIDE, OP_DIV, OP_MOD,
};

enum fp_known { KNOWN_NONE, KNOWN_CONTEXT, KNOWN_RESOURCE, KNOWN_ROOT, KNOWN_QUESTIONNAIRE };

struct fp_function;
struct expr {
    enum expr_kind kind;
    enum fp_operator op;
    bool is_start;                  /* a name that starts a path: may be a resource type */
    bool is_type;                   /* and it is one */
    bool is_text_test;              /* name = 'literal' */
    enum fp_known known;            /* of a variable that fp_env itself holds */
    size_t at;                      /* byte position in the text, for errors */
    const char *text;               /* name, variable or type */
    size_t len;                     /* of text, for names */
    uint64_t head[2], mask[2];      /* its first sixteen bytes, as they lie in memory, and which of them count */
    const char *choice;             /* the member this name last stood for ("valueCoding"), in no particular document */
    size_t choice_len;
    struct fp_value literal;
    const struct fp_function *function;
    struct expr *left, *right;      /* PATH: focus and step; INDEXER: focus and index */
    struct expr **argument;
    size_t arguments;
};

/* What is not legal FHIRPath or does not fit the types: an error in strict reading, else forgiven. */
struct finding { const char *text; struct finding *next; };

struct fhirpath {
    struct arena arena;             /* also takes up what evaluation learns, such as expr->choice */
    char *text;
    struct expr *root;
    bool strict;
    struct finding *finding, **last;
};
/* Note what was found; false in strict reading, with err filled. */
bool fp_found(struct fhirpath *expression, size_t at, struct err *err, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* --- reading text --------------------------------------------------------------------------- */

enum token_kind {
    TOKEN_END, TOKEN_NAME, TOKEN_QUOTED_NAME, TOKEN_STRING, TOKEN_NUMBER, TOKEN_DATE, TOKEN_DATETIME, TOKEN_TIME, TOKEN_VARIABLE,
    TOKEN_SPECIAL, TOKEN_SYMBOL,
};
struct token { enum token_kind kind; const char *text; size_t at; };   /* text lies in the arena */
struct lexer { const char *text; size_t at; struct fhirpath *expression; struct err *err; };
bool lexer_next(struct lexer *lexer, struct token *out);    /* false: err says why */
enum rc fp_parse(struct fhirpath *expression, struct err *err);
/* Resolve what names and variables mean once, after parsing; refuses what is too deep to be walked. */
enum rc fp_prepare(struct fhirpath *expression, struct err *err);
/* What the R4 model says of names and types; RC_INVALID in strict reading only. */
enum rc fp_check(struct fhirpath *expression, const struct fp_reading *reading, struct err *err);
bool fp_type_text(const struct expr *type, char *out, size_t size);     /* the type an argument names: "FHIR.Patient" */

/* --- evaluation ----------------------------------------------------------------------------- */

struct fp_scope {
    const struct fp_result *self;   /* $this */
    int64_t index;                  /* $index, -1 outside of a loop */
    const struct fp_result *total;  /* $total, NULL outside of aggregate() */
    const struct fp_scope *outer;
    const char *name;               /* defineVariable(), NULL when this scope defines none */
    struct fp_result defined;
};

struct eval {
    const struct fp_env *env;
    struct arena *arena;
    struct err *err;
    size_t steps;
    int depth;
    int64_t now_ms;                 /* 0 until it is asked for: fp_now_ms() */
    bool strict;
    struct arena *kept;             /* of the expression */
    struct fp_scope *scope;
};

static inline struct fp_result fp_empty(const struct eval *ev)
{
    return (struct fp_result){.arena = ev->arena};
}
int64_t fp_now_ms(struct eval *ev);
/* Scratch memory of an evaluation, kept for the next one when given back. */
struct arena *fp_memory_take(void);
void fp_memory_give(struct arena *arena);
/* out must be empty; it may come to share the items of another list. */
bool fp_eval(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out);
bool fp_too_long(struct eval *ev, const struct expr *expr);  /* the error of fp_step() */
bool fp_room(struct eval *ev, const struct expr *expr);     /* a step that makes something: memory is bounded, too */
enum { FP_TEXT_MAX = 16 << 20 };     /* bytes of text that functions make of others */
bool fp_take_text(struct eval *ev, const struct expr *expr, struct buf *text, struct fp_result *out);   /* adds and releases it; false when too long */
/* Counts; false when the bound is reached. */
static inline bool fp_step(struct eval *ev, const struct expr *expr)
{
    return ev->steps-- > 0 || fp_too_long(ev, expr);
}
/* Whether value is in the list; looking through long lists counts as steps. */
bool fp_has(struct eval *ev, const struct expr *expr, const struct fp_result *list, const struct fp_value *value, bool *out);
bool fp_fail(struct eval *ev, const struct expr *expr, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool fp_type_start(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *out);
bool fp_variable(struct eval *ev, const struct expr *expr, struct fp_result *out);
/* Both sides of an operator, in the scope of the whole. */
bool fp_sides(struct eval *ev, const struct expr *expr, const struct fp_result *focus, struct fp_result *a, struct fp_result *b);
static inline bool fp_is_logic(enum fp_operator op)
{
    return op == OP_AND || op == OP_OR || op == OP_XOR || op == OP_IMPLIES;
}
bool fp_test_logic(struct eval *ev, const struct expr *expr, const struct fp_result *focus, enum fp_answer *out);
/* Add, subtract and multiply numbers of few digits; false when it takes more than that. */
bool fp_short_arithmetic(enum fp_operator op, const struct fp_value *a, const struct fp_value *b, struct fp_result *out);
/* All operators but those of logic. */
bool fp_binary(struct eval *ev, const struct expr *expr, const struct fp_result *a, const struct fp_result *b, struct fp_result *out);
/* Add what is not there yet. */
bool fp_add_new(struct eval *ev, const struct expr *expr, const struct fp_result *from, struct fp_result *out);
/* Argument i in the scope of the caller; once for an item as $this, which out may come to share. */
bool fp_argument(struct eval *ev, const struct expr *call, size_t i, struct fp_result *out);
bool fp_argument_for(struct eval *ev, const struct expr *call, size_t i, const struct fp_value *item, int64_t index, struct fp_result *out);
bool fp_for_item(struct eval *ev, const struct expr *expr, const struct fp_value *item, int64_t index, struct fp_result *out);
enum fp_answer fp_logic(enum fp_operator op, enum fp_answer a, enum fp_answer b);
/* The only item, or NULL for an empty collection; more than one is an error (false). */
bool fp_single(struct eval *ev, const struct expr *expr, const struct fp_result *list, const struct fp_value **out);
/* A condition: singleton evaluation of booleans. */
bool fp_condition(struct eval *ev, const struct expr *expr, const struct fp_result *list, enum fp_answer *out);
/* What expr says of focus as a condition, with $this as it stands. */
bool fp_test(struct eval *ev, const struct expr *expr, const struct fp_result *focus, enum fp_answer *out);
/* Argument i as a condition on one item, which is $this. */
bool fp_test_argument(struct eval *ev, const struct expr *call, size_t i, const struct fp_value *item, int64_t index, enum fp_answer *out);
bool fp_is(struct eval *ev, const struct expr *expr, const struct fp_result *input, const char *type, struct fp_result *out);
bool fp_of_type(struct eval *ev, const struct expr *expr, const struct fp_result *input, const char *type, struct fp_result *out);
bool fp_as(struct eval *ev, const struct expr *expr, const struct fp_result *input, const char *type, struct fp_result *out);

struct fp_function {
    const char *name;
    int least, most;                /* arguments */
    bool (*call)(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out);
};
const struct fp_function *fp_function_find(const char *name);
extern const struct fp_function fp_functions_collection[], fp_functions_tree[], fp_functions_string[], fp_functions_number[],
    fp_functions_convert[], fp_functions_fhir[], fp_functions_moment[], fp_functions_type[],
    fp_functions_boundary[], fp_functions_encode[], fp_functions_order[], fp_functions_form[];     /* each ends with a row of no name */

#endif
