/* form.h - a Questionnaire being filled: what is asked, in order, and every answer.
 * The state is a list of rows (one per item and repetition) that a screen, --linear and the
 * command line all walk. Semantics: QUESTIONNAIRES.md section 4. Knows nothing of screens. */
#ifndef FRONTDESK_FORM_H
#define FRONTDESK_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "fhir/document.h"

struct form;

/* For whom and where a form is opened: its launch context (SDC launchContext) and where it looks things up.
 * Any member may be NULL; the documents must outlive the form. */
struct form_context {
    const struct doc *patient, *encounter, *user;   /* %patient, %encounter, %user */
    /* Answer a FHIR search ("Observation?code=...&_count=1") with a searchset Bundle the form then owns.
     * RC_INVALID says which part of the query cannot be answered here. */
    enum rc (*search)(void *ctx, const char *query, struct doc **bundle, struct err *err);
    /* The resource of this type with this canonical url (with or without |version), owned by the form. */
    enum rc (*canonical)(void *ctx, const char *type, const char *url, struct doc **out, struct err *err);
    void *ctx;
    bool has_answers;       /* answers given before are loaded next: nothing is filled in before that */
};

/* Copies *context (NULL: nothing is known), not the questionnaire, which must outlive the form. RC_INVALID
 * when it cannot be opened at all; lesser defects are kept and listed by form_defects. */
enum rc form_open(const struct doc *questionnaire, const struct form_context *context, struct form **out, struct err *err);
void form_close(struct form *form);
const char *form_title(const struct form *form);
/* 3/12 is 3 December when true, as the clinic's setting says. */
void form_set_day_first(struct form *form, bool day_first);

enum form_type { FORM_GROUP, FORM_DISPLAY, FORM_BOOLEAN, FORM_DECIMAL, FORM_INTEGER, FORM_DATE, FORM_DATETIME,
    FORM_TIME, FORM_STRING, FORM_TEXT, FORM_URL, FORM_CHOICE, FORM_OPEN_CHOICE, FORM_ATTACHMENT, FORM_REFERENCE, FORM_QUANTITY };

/* How the form wants a row shown (questionnaire-itemControl). CONTROL_NONE: as its type suggests. What a
 * terminal has no equal of (a spinner) is shown as the next best and means nothing else. */
enum form_control { CONTROL_NONE,
    CONTROL_PAGE, CONTROL_TAB_CONTAINER, CONTROL_TAB, CONTROL_TABLE, CONTROL_GTABLE, CONTROL_HTABLE, CONTROL_GRID, CONTROL_LIST,
    CONTROL_HEADER, CONTROL_FOOTER,                                     /* groups */
    CONTROL_SLIDER, CONTROL_AUTOCOMPLETE, CONTROL_DROP_DOWN, CONTROL_RADIO, CONTROL_CHECK_BOX, CONTROL_LOOKUP, CONTROL_TEXT_BOX,
    CONTROL_SPINNER, CONTROL_YEAR, CONTROL_YEAR_MONTH,                  /* questions */
    CONTROL_INLINE, CONTROL_PROMPT, CONTROL_UNIT, CONTROL_LOWER, CONTROL_UPPER, CONTROL_FLYOVER, CONTROL_HELP, CONTROL_LEGAL,
    CONTROL_CONTEXT };                                                  /* words */
/* rendering-style and rendering-xhtml of a text, as far as a terminal shows it. */
enum { FORM_STYLE_BOLD = 1, FORM_STYLE_ITALIC = 2, FORM_STYLE_UNDERLINE = 4, FORM_STYLE_ALERT = 8 /* red */ };

/* What the form says about the looks of an item: the same for every repetition, lives as long as the form.
 * Texts are plain; "" none. */
struct form_look {
    enum form_control control;
    unsigned style;             /* FORM_STYLE_... of its text */
    bool is_style_sensitive;    /* rendering-styleSensitive: the meaning is lost where the style cannot be shown */
    bool is_horizontal;         /* choiceOrientation: options beside one another */
    bool is_collapsed;          /* sdc collapsible default-closed: a group that starts folded */
    bool is_open;               /* free text is taken beside the options: open-choice, or a list that is not to be had */
    bool is_unit_open;          /* a unit that is not listed may be typed */
    size_t n_units;             /* units to pick from: form_unit */
    const char *flyover, *prompt, *legal;   /* of decorating display items */
    const char *entry_format;   /* "nnn-nnn": what typing looks like, for the empty field */
    const char *open_label;     /* what stands before the free text of an open choice */
    const char *short_text;     /* for narrow places, as table columns */
    const char *display_category;   /* of a display item: "instructions", "security", "help" */
    const char *support_link;   /* an address with more to read */
    const char *lower, *upper;  /* words at the ends of a slider */
    const char *step;           /* of a slider, digits */
    long max_length, min_occurs, max_occurs;    /* -1 none */
    const char *references;     /* kinds of resource a reference may name, " " between; "" any */
    const char *mime_types, *max_size;          /* of an attachment; "" any */
};

/* One visible line of the form. Borrowed from the form until the next form_set or form_repeat.
 * A display item that explains a question and has no condition of its own is no row: its words are
 * with the question (help here; flyover, prompt, legal, lower, upper, unit in look). */
struct form_row {
    size_t index;               /* into the visible rows */
    const char *path;           /* stable address, as draft_answer.path: "3/3.1[0]/a" */
    const char *link_id, *prefix, *text, *help;    /* plain text, lines of it may be parted by \n; "" none */
    enum form_type type;
    int depth;
    bool required, read_only, repeats, is_calculated;
    bool is_page;               /* a top-level group or itemControl page: a section */
    const struct node *item;    /* the Questionnaire item */
    const char *unit;           /* fixed unit, "" none */
    const char *absent;         /* data-absent-reason given, "" none */
    const char *problem;        /* what is wrong with the answer, "" nothing */
    const char *note;           /* forgiven defect or a missing value set, said plainly, "" none */
    size_t n_answers;
    bool is_overridden;         /* a calculated value that a person typed over: see form_reset_calculated */
    size_t repetition;          /* which one of a repeating group, from 0 */
    const struct form_look *look;   /* never NULL */
    const char *from_record;    /* a first value nobody typed over or confirmed yet, and where it is from: "from 12 May 2026"; "" none */
    const char *min, *max;      /* limits that hold now, as typed ("10", "2026-01-31", "50 kg"); "" none */
};
size_t form_rows(const struct form *form);
const struct form_row *form_row(const struct form *form, size_t index);
const struct form_row *form_row_by_path(const struct form *form, const char *path); /* NULL when hidden or unknown */
/* Words for answer i ("" none) and its JSON ({"valueCoding":{...}}). Owned / borrowed. */
char *form_answer_words(const struct form *form, const struct form_row *row, size_t i);
const struct node *form_answer(const struct form *form, const struct form_row *row, size_t i);

/* What typing again would give the same answers, several with "; " between them: for editing. Owned. */
char *form_answer_typed(const struct form *form, const struct form_row *row);

/* Where every option of a row carries a score, the digit typed is the score; otherwise it is the
 * number of the option, from 1. */
struct form_option {
    const char *label, *prefix;
    const struct node *value;
    const char *score;          /* ordinal text, "" none */
    bool chosen, exclusive;
    bool disabled;              /* not to be chosen as things stand (answerOptionsToggleExpression) */
};
size_t form_options(const struct form *form, const struct form_row *row);
struct form_option form_option(const struct form *form, const struct form_row *row, size_t i);

/* Unit i of a quantity: what is typed behind the number, and its Coding (NULL when it has no code). */
struct form_unit { const char *label; const struct node *coding; };
struct form_unit form_unit(const struct form *form, const struct form_row *row, size_t i);

/* Set from what a person typed or from a FHIR answer. Several answers of a repeating question are
 * typed with ";" between them and replace those there; "" clears. An answer that can be read but breaks
 * a limit is kept and has a problem. RC_INVALID: err is the sentence beside the
 * field; the form is unchanged. Everything that depends on it is recomputed; changed tells which
 * rows appeared, went or were recalculated ("2 questions appeared"), may be NULL. */
enum rc form_type_answer(struct form *form, const char *path, const char *typed, struct err *err);
enum rc form_choose(struct form *form, const char *path, size_t option, bool on, struct err *err);
enum rc form_set_json(struct form *form, const char *path, const struct node *answers /* array, NULL clears */, struct err *err);
enum rc form_set_absent(struct form *form, const char *path, const char *code, struct err *err);   /* data-absent-reason; "" clears */
enum rc form_repeat(struct form *form, const char *path, struct err *err);          /* one more of a repeating group */
enum rc form_unrepeat(struct form *form, const char *path, struct err *err);        /* remove that repetition */
enum rc form_reset_calculated(struct form *form, const char *path, struct err *err);    /* let the form work it out again */
const char *form_change_words(const struct form *form);     /* what the last change did to other rows, "" nothing */
/* JSON array text of a row's answers as a draft keeps it, owned; NULL when unanswered. */
char *form_answers_text(const struct form *form, const char *path);

/* Progress, problems, scores. */
void form_progress(const struct form *form, int *answered, int *total);
struct form_problem { const char *path, *text; };
size_t form_problems(const struct form *form);              /* over the whole form, as if completing now */
struct form_problem form_problem(const struct form *form, size_t i);
size_t form_warnings(const struct form *form);              /* rules not kept that refuse nothing */
struct form_problem form_warning(const struct form *form, size_t i);
struct form_score { const char *name, *value; int answered, of; const char *band; int max; };   /* value "" = not known yet; max 0 = not known */
size_t form_scores(const struct form *form);
struct form_score form_score(const struct form *form, size_t i);
size_t form_defects(const struct form *form);
const char *form_defect(const struct form *form, size_t i);

/* The PHQ-9 item 9 (LOINC 44260-8) is above 0: the desk must stop (DOMAIN section 3). */
bool form_safety_stop(const struct form *form);

/* Who gave the answers: kept on the response (source, extension). kind: here, paper, phone, other, or kiosk (the
 * patient alone) */
struct form_source { const char *kind, *paper_date, *who; };
/* The QuestionnaireResponse as it stands. status "completed" needs form_problems() == 0. Owned. */
enum rc form_response(const struct form *form, const char *id, const char *status, const char *patient,
                      const char *author, const struct form_source *source, struct doc **out, struct err *err);
/* Load answers from a QuestionnaireResponse, or from {"linkId": value or [values]}. */
enum rc form_load_response(struct form *form, const struct doc *response, struct err *err);
enum rc form_load_answers(struct form *form, const struct doc *answers, struct err *err);
#endif
