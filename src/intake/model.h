/* model.h - the inside of a form, shared by the files of this folder only.
 *
 * struct item is what the Questionnaire says, read once; struct inst is one item (and repetition)
 * being filled. A group repetition is an inst of its own; a repeating question is one inst with
 * many answers, and its nested items stand once under each answer (FHIR R4 QuestionnaireResponse.item).
 * Display items that only explain their question (help, prompt, unit ...) are no items here: their
 * words are kept with the question. */
#ifndef FRONTDESK_INTAKE_MODEL_H
#define FRONTDESK_INTAKE_MODEL_H

#include <stdint.h>

#include "base/mem.h"
#include "fhir/fhirpath.h"
#include "fhir/fhirpath/pattern.h"
#include "intake/form.h"

enum { FORM_REPEATS_MAX = 500, FORM_DEPTH_MAX = 120 };

/* --- Definition (questionnaire.c, option.c, expression.c) --- */

enum operator { OP_EXISTS, OP_EQUAL, OP_NOT_EQUAL, OP_GREATER, OP_LESS, OP_GREATER_EQUAL, OP_LESS_EQUAL, OP_INVALID };
struct condition {
    struct item *target;            /* NULL: the form names a question it does not have */
    enum operator op;
    const struct node *value;       /* answer[x] */
    const char *type;               /* "Coding", "Boolean" ... */
};

/* One expression of the form, and the items whose answers it reads. */
struct query;                       /* query.c: a FHIR search with FHIRPath in it */
struct expression {
    const struct item *owner;
    const char *name;               /* of a variable, "" otherwise */
    char *words;                    /* owned: what it is for: "the value", "variable %total" */
    const char *text;
    struct fhirpath *compiled;      /* NULL: not FHIRPath, or not understood */
    struct query *query;            /* x-fhir-query; gives the Bundle found, nothing where a part of it is empty */
    struct expression **uses;       /* owned array: variables it names */
    size_t n_uses;
    const struct item **reads;      /* owned array, those of its variables among them */
    size_t n_reads, cap_reads;
    bool reads_all;                 /* may read every answer */
    bool reads_record;              /* what the desk knows of the patient: launch context, searches */
    const struct item *population;  /* the repeating group whose itemPopulationContext it names, NULL none */
    bool is_visited;                /* while dependencies are gathered */
    bool is_stopped;                /* part of a cycle: no longer evaluated */
    bool is_reported;               /* its failure is among the defects */
};

/* targetConstraint and constraint: a rule with words of its own. */
struct rule { struct expression *expression; const char *words; struct fhirpath *location; bool is_warning; };

struct option {
    char *label;                    /* owned, plain */
    const char *prefix;
    const struct node *value;       /* {"valueCoding":{...}}, as it is answered */
    const char *score;              /* digits, NULL none */
    const char *score_url;          /* extension the score is copied under */
    bool is_exclusive, is_initial;
    size_t next;                    /* of the same bucket */
};
struct choices {
    struct option *option; size_t n, cap;
    const char *canonical;          /* of the value set it is, NULL none */
    bool missing;                   /* not complete here: another answer is taken */
    struct doc *doc;                /* owned, holds the values of an expression's options; NULL */
    size_t *bucket, n_buckets;      /* option numbers from 1 by code, made on first use */
};
/* answerOptionsToggleExpression: the options it lists are offered while it holds. */
struct toggle { struct expression *expression; const struct node **value; size_t n_values; };

/* What an expression may say in place of the form. */
enum property { PROPERTY_TEXT, PROPERTY_PREFIX, PROPERTY_REQUIRED, PROPERTY_REPEATS, PROPERTY_READ_ONLY, PROPERTY_HIDDEN,
    PROPERTY_MIN, PROPERTY_MAX, PROPERTY_MIN_QUANTITY, PROPERTY_MAX_QUANTITY, PROPERTY_MIN_LENGTH, PROPERTY_MAX_LENGTH,
    PROPERTY_MIN_OCCURS, PROPERTY_MAX_OCCURS, PROPERTY_MAX_DECIMALS, PROPERTY_MAX_SIZE };
struct computed { enum property property; struct expression *expression; };

struct item {
    const struct node *node;
    struct item *parent, **child;
    size_t n_children, cap_children, order;
    size_t index;                   /* among the children of its parent */
    const char *link_id;
    struct item *same_link;         /* the next item with this linkId, in a broken form */
    struct item *earlier_link;      /* and the one before */
    size_t nth;                     /* which of the siblings with this linkId, from 1 */
    char *key;                      /* owned: path segment, unique among siblings */
    char *text, *note;              /* owned, plain; NULL none */
    const char *help;               /* plain, "" none */
    struct form_look *look;         /* in form->texts; NULL: nothing said, see item_look */
    const char *min_words, *max_words;  /* the limits as typed, "" none */
    const char *prefix;
    enum form_type type;
    /* repeats: it may, now or when an expression says so; see inst_flag */
    bool required, repeats, says_repeats, read_only, hidden, is_page, is_any, is_stuck, is_plain_value;

    struct condition *condition; size_t n_conditions;
    struct expression *enable, *calculated, *initial, *population;  /* population: itemPopulationContext */
    const struct node *link_period;     /* observationLinkPeriod, a Duration */
    struct expression **variable; size_t n_variables;
    struct rule *rule; size_t n_rules;

    struct choices *choices;        /* never NULL, the form's; see inst_choices */
    struct expression *candidates;  /* answerExpression or candidateExpression */
    struct toggle *toggle; size_t n_toggles;
    struct computed *computed; size_t n_computed;

    const struct node *min, *max;   /* minValue, maxValue: the value[x] node */
    const struct node *min_quantity, *max_quantity;
    long min_length, max_length, min_occurs, max_occurs, max_decimals;  /* -1 none */
    const char *pattern;            /* regex, NULL none */
    struct pattern *regex;          /* owned, compiled on first use */
    const char *score_code;         /* LOINC code of the item, "" none */
    const struct node **unit; size_t n_units;   /* Codings allowed; one alone is fixed */
    const char *unit_value_set;     /* canonical, NULL none */

    uint64_t stamp;                 /* form->clock when an answer or its enablement last changed */
};

/* --- State (state.c) --- */

struct slot { struct inst **inst; size_t n, cap; };
struct inst {
    struct item *item;
    struct inst *parent;
    size_t set;                     /* which answer of a parent question it stands under */
    size_t rep;                     /* which repetition of a group */
    char *path;                     /* owned */
    struct node **answer; size_t n_answers, cap_answers;    /* in the form's pool */
    char *absent;                   /* owned code or NULL */
    char *problem;                  /* owned, NULL none */
    struct slot *slot;              /* n_sets x item->n_children */
    size_t n_sets;
    bool enabled, expression_enabled, is_visible, was_visible, is_new;
    bool initialised, touched, overridden, is_loaded;
    bool is_dirty;                  /* changed since it was saved */
    bool differs;                   /* loaded with another value than the form works out */
    const struct node *from;        /* the response item it was loaded from */
    unsigned changes;               /* of its calculated value, in this recomputation */
    uint64_t enable_stamp, calculated_stamp;
    struct node *built;             /* its item in the response of the moment */
    struct choices *choices;        /* its own, from an expression; NULL: the item's */
    bool *disabled;                 /* by option, NULL none */
    struct value *value;            /* of item->computed, NULL not yet */
    uint64_t candidates_stamp, toggle_stamp;
    struct kept_truth { uint64_t stamp; int truth; } *rule;     /* of item->rule, NULL not yet */
    struct fp_result bound;         /* of a group: the one item of its itemPopulationContext that it stands for */
    bool is_bound;
    char *source;                   /* owned words: its answers are the record's ("from 12 May 2026"); NULL otherwise */
    bool is_confirmed;              /* a person has answered since: they are theirs now */
};

/* What is worked out of the answers after each change. */
struct view {
    struct form_problem *problem; size_t n_problems, cap_problems;
    struct form_problem *warning; size_t n_warnings, cap_warnings;
    struct form_score *score; size_t n_scores, cap_scores;
    char **words; size_t n_words, cap_words;            /* owned text the two above borrow */
    struct doc *response;           /* %resource of the moment */
    bool response_known;
    struct cached { const struct expression *expression; const struct inst *at; struct fp_result result; bool is_busy; } *cached;
    size_t n_cached, cap_cached;
};

struct form {
    const struct doc *questionnaire;
    struct form_context context;
    char *title;
    const char *language;           /* the patient's, "" not known */
    struct item *root;
    struct item **item; size_t n_items, cap_items;      /* in document order, root left out */
    struct inst *top;
    struct inst **inst; size_t n_insts, cap_insts;      /* in document order, top left out */
    struct form_row *row; size_t n_rows, cap_rows;
    struct expression **expression; size_t n_expressions, cap_expressions;
    struct doc *pool;               /* answers live here */
    struct arena texts;             /* words that live as long as the form */
    struct search { char *query; struct doc *bundle; char *why; } *search; size_t n_searches, cap_searches;     /* asked and answered */
    struct known { const char *type; char *url; struct doc *doc; } *known; size_t n_known, cap_known;     /* context.canonical's; doc NULL: not to be had */
    struct choices **choices; size_t n_choices, cap_choices;
    struct item **by_link; size_t n_by_link;            /* hash of linkIds, a power of two */
    struct node *answers;
    struct defect { char *words; const struct item *item; int kind; } *defect; size_t n_defects, cap_defects;
    size_t *by_words, n_by_words;                       /* hash of the defects, a power of two */
    char **gone; size_t n_gone, cap_gone;               /* paths to clear in the draft */
    char *change_words;
    size_t n_recalculated, n_dropped, n_expanded;
    uint64_t clock;                 /* grows with every change */
    bool is_order_known, is_loading, day_first;
    struct inst **shown; size_t cap_shown;              /* the inst of each row */
    struct view *view;
};

/* questionnaire.c */
enum rc definition_load(struct form *form, struct err *err);
void definition_free(struct form *form);
/* ERROR: another program may read the form otherwise; NOTE: nothing is wrong, something is not done. */
enum defect_kind { DEFECT_NOTE, DEFECT_WARNING, DEFECT_ERROR };
/* item NULL: the form as a whole. */
void form_add_defect(struct form *form, const struct item *item, enum defect_kind kind, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void item_add_note(struct item *item, const char *words);
/* A group of words alone can demand nothing, whatever it says. */
bool item_has_question(const struct item *item);
struct item *item_by_link(const struct form *form, const char *link_id);
static inline struct item *item_same_link(const struct item *item) { return item->same_link; }

/* item_extension.c */
const char *extension_name(const char *url);                /* "minValue", whichever guide it is of */
const struct node *item_extension(const struct item *item, const char *name);  /* its value[x], NULL none */
void item_load_extensions(struct form *form, struct item *item);
void item_add_unit(struct item *item, const struct node *unit);

/* look.c */
const struct form_look *item_look(const struct item *item);     /* never NULL */
struct form_look *item_look_own(struct form *form, struct item *item);
enum form_control control_of(const struct node *concept);
/* True when the extension was about looks. */
bool look_extension(struct form *form, struct item *item, const char *name, const struct node *extension, const struct node *value);
void look_load_style(struct form *form, struct item *item);
bool look_is_decoration(const struct node *node, enum form_type parent);    /* explains its parent, no row of its own */
void look_decorate(struct form *form, struct item *item, const struct node *display);
void look_finish(struct form *form, struct item *item);         /* when its options are known */
char *look_limit_words(const struct node *limit);     /* owned */

/* canonical.c */
const struct node *form_canonical(struct form *form, const char *type, const char *url);     /* contained ("#id" too) or context's; NULL */

/* option.c */
void item_load_options(struct form *form, struct item *item);
const struct choices *inst_choices(const struct inst *inst);
const struct option *option_of(const struct choices *choices, const struct node *answer);  /* NULL when not among them */
bool option_is(const struct option *option, const struct node *answer);
char *option_label(const struct node *value, const char *language);     /* owned */
struct choices *choices_none(void);
struct choices *choices_new(void);
void choices_free(struct choices *choices);
struct option *choices_add(struct choices *choices, const struct node *value, char *label /* taken */);

/* valueset.c */
struct concept { const char *system, *code, *display; const struct node *node, *defined; size_t next; };   /* node: in the set; defined: in its system */
struct concepts { struct concept *concept; size_t n, cap; size_t *bucket, n_buckets; };
bool value_set_expand(struct form *form, const char *canonical, struct concepts *out);  /* false when codes may be missing */
void concepts_done(struct concepts *set);
/* *is_known: false when it cannot be told. */
bool value_set_has(struct form *form, const char *canonical, const char *system, const char *code, bool *is_known);
const char *concept_display(const struct concept *c, const char *language);

/* candidate.c */
void resource_words(struct buf *out, const struct node *resource);    /* what to call it in a list */
bool candidate_pass(struct form *form);                     /* options of the moment; true when an answer was dropped */
bool option_disabled(const struct inst *inst, const struct option *option);
void toggle_load(struct form *form, struct item *item, const struct node *extension);
void toggles_free(struct item *item);

/* computed.c */
bool computed_extension(struct form *form, struct item *item, const char *name, const struct node *extension);
void computed_load(struct form *form, struct item *item);
bool computed_refresh(struct form *form);                   /* at rest: true when something else holds now */
void computed_done(struct inst *inst);
const struct node *inst_limit(const struct inst *inst, enum property property);
long inst_number(const struct inst *inst, enum property property);      /* -1 none */
bool inst_flag(const struct inst *inst, enum property property);
const char *inst_words(const struct inst *inst, enum property property);

/* expression.c */
enum { EXPRESSION_FAILED = -1, EXPRESSION_FALSE, EXPRESSION_TRUE, EXPRESSION_EMPTY };
struct expression *expression_new(struct form *form, struct item *owner, const struct node *value, const char *use);  /* use: not yet translated; NULL: a variable */
bool expression_can(const struct form *form, const struct expression *e);   /* e may be NULL */
void expression_link(struct form *form);                    /* after all items are read */
void expression_free(struct expression *e);
bool expression_is_due(const struct form *form, const struct expression *e, uint64_t stamp);
enum rc expression_eval(struct form *form, struct expression *e, const struct inst *at, struct fp_result *out, struct err *err);
/* False when it failed, which is then said once. */
bool expression_result(struct form *form, struct expression *e, const struct inst *at, struct fp_result *out);
int expression_truth(struct form *form, struct expression *e, const struct inst *at);

/* scope.c */
struct expression *variable_find(const struct item *from, const char *name, const struct item **where);
enum rc scope_eval(struct form *form, const struct fhirpath *expression, const struct inst *at, struct fp_result *out, struct err *err);
bool scope_knows(struct form *form, const char *name);      /* without being a variable of the form */
void view_forget(struct form *form);                        /* the form changed: nothing cached holds */

/* query.c */
enum rc query_compile(const char *text, struct query **out, struct err *err);
void query_free(struct query *query);
void query_reads(const struct query *query, const struct fp_reads *reads);
enum rc query_eval(struct form *form, const struct query *query, const struct inst *at, struct fp_result *out, struct err *err);
/* What context.search answers, asked once for each query; *bundle NULL when nothing was found. */
enum rc form_search(struct form *form, const char *query, const struct node **bundle, struct err *err);

/* state.c */
struct inst *state_new(struct form *form, struct item *item, struct inst *parent, size_t set, size_t rep);
void state_free(struct inst *inst);
void state_path_renew(struct inst *inst);                   /* its rep changed */
void state_order(struct form *form);                        /* list the insts anew after one came or went */
struct slot *inst_slot(const struct inst *inst, size_t set, size_t child);
struct inst *state_find(struct form *form, const char *path, bool create);
struct inst *state_repeat(struct form *form, struct inst *parent, size_t set, size_t child);
void state_answer(struct form *form, struct inst *inst, const struct node *const *answer, size_t n);
void state_touch(struct form *form, struct inst *inst);     /* its answer or enablement changed */
size_t inst_child_index(const struct inst *inst);
bool inst_is_answered(const struct inst *inst);             /* enabled and has an answer */
bool inst_has_answered(const struct inst *inst);            /* it, or one below */
bool inst_read_only(const struct inst *inst);
bool inst_hidden(const struct inst *inst);
bool answers_equal(const struct inst *inst, const struct node *const *answer, size_t n);   /* Codings by system and code */

/* compare.c */
enum order { ORDER_LESS = -1, ORDER_SAME = 0, ORDER_MORE = 1, ORDER_DIFFERENT = 2, ORDER_UNKNOWN = 3 };
enum order decimal_order(const char *a, const char *b);
enum order quantity_order(const struct node *a, const struct node *b);
enum order moment_order(const char *a, const char *b);      /* dates, dateTimes, times as FHIR writes them */
enum order value_order(const struct node *a, const char *a_type, const struct node *b, const char *b_type);
bool coding_same(const struct node *a, const struct node *b);
const struct node *answer_value(const struct node *answer, const char **type);   /* value[x] of {"valueX":...} */

/* enable.c */
bool enable_settle(struct form *form);                      /* enableWhen to its fixed point; true when one changed */
struct inst *enable_target(const struct inst *from, const struct item *target);

/* calculate.c */
void form_recompute(struct form *form);
void quantity_from_text(struct doc *doc, struct node *quantity, const char *text);   /* "5 'mg'" */
void value_answer(const struct item *item, const struct fp_value *value, struct doc *doc, struct node *answer);  /* stays empty where it does not fit */
/* A result as answers of inst, added to array; the vector of an array, to be freed. */
void result_answers(const struct inst *inst, const struct fp_result *result, struct doc *doc, struct node *array);
const struct node **answer_vector(const struct node *array, size_t *n);

/* initial.c */
/* What is asked for the first time gets its first value; true when something changed. */
bool initial_pass(struct form *form);
/* The answers the record gives an inst now, without setting them: true when there is a source for it at all.
 * *source is set to owned words (NULL when not of the record). */
bool initial_of_record(struct form *form, struct inst *inst, struct doc *doc, struct node *array, char **source);

/* population.c */
struct fp_result result_empty(void);                                    /* to add to; release with fp_result_done */
/* A copy in which searchset Bundles stand for the resources in them. */
void bundles_open(const struct fp_result *from, struct fp_result *out);
/* The items of an itemPopulationContext in the scope of inst. */
bool population_result(struct form *form, const struct inst *inst, struct fp_result *out);
void population_bind(struct form *form, struct inst *inst, const struct fp_value *value);
bool population_apply(struct form *form, struct inst *group);           /* true when the form changed */
/* %name of the nearest group around at that is bound under it; NULL none. */
const struct inst *population_find(const struct inst *at, const char *name);
/* The expression names a group's item that this inst lost when its form was taken up again. */
bool is_unbound(const struct form *form, const struct expression *e, const struct inst *inst);
char *source_words(const struct fp_result *result);                     /* owned: "from 12 May 2026" */
/* The newest Observation with the item's code within its observationLinkPeriod. */
bool observation_answer(struct form *form, const struct inst *inst, struct doc *doc, struct node *array, char **source);

/* source.c */
/* A contained batch Bundle (SDC sourceQueries) by its id: its requests answered. False when there is no such. */
bool source_queries(struct form *form, const char *name, struct fp_result *out);

/* answer.c */
enum rc answer_typed(struct form *form, const struct inst *inst, const char *typed, struct doc *into,
                     struct node *array, struct err *err);
const char *answer_type_name(enum form_type type);          /* "Boolean" for value[x]; "" for none */

/* limit.c */
char *limit_broken(struct form *form, const struct inst *inst, const struct node *answer);  /* owned sentence, or NULL */

/* validate.c */
char *validate_answers(struct form *form, const struct inst *inst);   /* owned sentence, or NULL */
void validate_form(struct form *form);                      /* fill view->problem */

/* score.c */
void score_copy(const struct inst *inst, struct doc *doc, struct node *answer);  /* the option's weight into the answer */
void score_form(struct form *form);                   /* fill view->score */
const char *score_of(const struct node *answer);            /* digits in an answer's Coding, NULL none */

/* response.c */
void response_items(const struct form *form, struct doc *doc, bool is_final);
const struct node *response_now(struct form *form);

/* plain.c */
char *plain_text(const char *text, bool is_markdown);       /* owned; markdown or xhtml reduced to words */
char *plain_lines(const char *text, bool is_markdown);      /* the same, its paragraphs, lists and rows on lines of their own */
/* In lines. */
char *plain_item_text(const struct node *item, const char *language);
/* A string member in language where the form has it (translation extension), else as it is. */
const char *translated(const struct node *element, const char *name, const char *language);

/* row.c */
void rows_rebuild(struct form *form);
char *view_keep(struct view *view, char *owned);            /* the view releases it at the next change */
void view_drop_words(struct view *view);
char *inst_answer_words(const struct inst *inst, const struct node *answer);     /* owned, one clean line */
const char *item_unit_words(const struct item *item);       /* of the one unit it has, "" otherwise */
#endif
