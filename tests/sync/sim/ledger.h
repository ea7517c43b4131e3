/* ledger.h - every value that was ever typed, by whom and where: each is a word of its own
 * ("tok-12-0") that is found again in whatever text it came to. */
#ifndef FRONTDESK_TESTS_SYNC_SIM_LEDGER_H
#define FRONTDESK_TESTS_SYNC_SIM_LEDGER_H

#include <stdbool.h>
#include <stddef.h>

#include "fhir/document.h"

struct token {
    int number, field, author;  /* author: desk, 0 the other clinic */
    char type[40], id[72];
    bool is_saved;              /* the person was told so */
    bool is_maybe;              /* the power went while it was saved */
    bool is_decided_away;       /* a person chose another value */
    int replaces;               /* the value that this one was typed over, -1 none */
};
/* A decision of a person: this value may stand again. */
struct choice { int desk, token; };
/* A person decided a conflict about it; back: wanted it again although it was deleted. */
struct decision { int desk; char type[40], id[72]; bool is_back; };

struct ledger {
    struct token *token;
    size_t n, cap;
    struct choice *choice;
    size_t n_choices, choices_cap;
    struct decision *decision;
    size_t n_decisions, decisions_cap;
};
void ledger_done(struct ledger *ledger);

enum { FIELDS = 5 };
/* Put a new word into the field of a document; the number of its token. */
int ledger_type(struct ledger *ledger, struct doc *doc, int field, int author);
/* How the save went: RC_OK or not, power lost or not. */
void ledger_saved(struct ledger *ledger, int token, bool is_saved, bool is_maybe);
/* The tokens in a text, in order; how many, at most n. */
enum { TOKENS_MOST = 64 };
int ledger_find(const char *text, int *out, int n);
bool ledger_in(const char *text, int token);
void ledger_choose(struct ledger *ledger, int desk, const char *here, const char *decided);
bool ledger_was_chosen(const struct ledger *ledger, int desk, int token);
void ledger_decide(struct ledger *ledger, int desk, const char *type, const char *id, bool is_back);
/* is_back: only those that brought it back count. */
bool ledger_was_decided(const struct ledger *ledger, int desk, const char *type, const char *id, bool is_back);
#endif
