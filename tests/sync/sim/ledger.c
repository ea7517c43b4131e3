#include "tests/sync/sim/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The fields people type into, by type: paths of doc_set. Those of a Patient are merged by key, the rest
 * by member; extension and unknown member stand for what this program does not know. */
static const struct { const char *type, *field[FIELDS]; } fields[] = {
    { "Patient", { "name[0].family", "telecom[0].value", "telecom[1].value", "maritalStatus.text", "address[0].city" } },
    { "Task", { "description", "statusReason.text", "note[0].text", "businessStatus.text", "extension[0].valueString" } },
    { "Appointment", { "description", "comment", "patientInstruction", "extension[0].valueString", "cancelationReason.text" } },
    { "Communication", { "payload[0].contentString", "topic.text", "note[0].text", "statusReason.text", "extension[0].valueString" } },
};

void ledger_done(struct ledger *l)
{
    free(l->token);
    free(l->choice);
    free(l->decision);
    *l = (struct ledger){ 0 };
}

static const char *path_of(const char *type, int field)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].type, type) == 0)
            return fields[i].field[field];
    mem_fatal("a type that nobody types into");
}

/* A way to reach somebody is found by its system, wherever a merge has put it. */
static void place_field(const struct doc *doc, const char *type, int field, char *out, size_t size)
{
    const char *path = path_of(type, field);
    const struct node *telecom = node_get(doc_root(doc), "telecom");
    const char *system = field == 1 ? "phone" : "email";
    size_t at = 0;

    snprintf(out, size, "%s", path);
    if (strncmp(path, "telecom[", 8) != 0)
        return;
    while (at < node_count(telecom) && strcmp(node_str(node_at(telecom, at), "system"), system) != 0)
        at++;
    snprintf(out, size, "telecom[%zu].value", at);
}

/* What the element is told apart by. */
static void name_element(struct doc *doc, const char *path, int field)
{
    static const struct { const char *list, *member, *value; int field; } keys[] = {
        { "name[", "use", "official", 0 }, { "telecom[", "system", "phone", 1 }, { "telecom[", "use", "home", 1 },
        { "telecom[", "system", "email", 2 }, { "telecom[", "use", "work", 2 }, { "extension[", "url", "http://example.org/sim", -1 },
    };
    const char *dot = strchr(path, '.');
    char member[80];

    for (size_t i = 0; dot && i < sizeof keys / sizeof *keys; i++)
        if (strncmp(path, keys[i].list, strlen(keys[i].list)) == 0 && (keys[i].field < 0 || keys[i].field == field)) {
            snprintf(member, sizeof member, "%.*s.%s", (int)(dot - path), path, keys[i].member);
            doc_set(doc, member, keys[i].value);
        }
}

int ledger_type(struct ledger *l, struct doc *doc, int field, int author)
{
    struct token t = { .number = (int)l->n, .field = field, .author = author, .replaces = -1 };
    char word[32], path[80];
    int old;

    place_field(doc, doc_type(doc), field, path, sizeof path);
    snprintf(t.type, sizeof t.type, "%s", doc_type(doc));
    snprintf(t.id, sizeof t.id, "%s", doc_id(doc));
    if (ledger_find(node_path_str(doc_root(doc), path), &old, 1) == 1)
        t.replaces = old;
    snprintf(word, sizeof word, "tok-%d-%d", t.number, author);
    name_element(doc, path, field);
    if (!doc_set(doc, path, word))
        mem_fatal("a field cannot be typed into");
    MEM_ROOM(l->token, l->n, l->cap);
    l->token[l->n++] = t;
    return t.number;
}

void ledger_saved(struct ledger *l, int token, bool is_saved, bool is_maybe)
{
    l->token[token].is_saved = is_saved;
    l->token[token].is_maybe = is_maybe;
}

int ledger_find(const char *text, int *out, int n)
{
    int found = 0;

    for (const char *at = strstr(text, "tok-"); at && found < n; at = strstr(at + 4, "tok-"))
        out[found++] = (int)strtol(at + 4, NULL, 10);
    return found;
}

bool ledger_in(const char *text, int token)
{
    char word[32];

    snprintf(word, sizeof word, "tok-%d-", token);
    return text && strstr(text, word);
}

void ledger_choose(struct ledger *l, int desk, const char *here, const char *decided)
{
    int token[TOKENS_MOST], n = ledger_find(here, token, TOKENS_MOST);

    for (int i = 0; i < n; i++)
        if (!ledger_in(decided, token[i]))
            l->token[token[i]].is_decided_away = true;
    n = ledger_find(decided, token, TOKENS_MOST);
    for (int i = 0; i < n; i++) {
        MEM_ROOM(l->choice, l->n_choices, l->choices_cap);
        l->choice[l->n_choices++] = (struct choice){ desk, token[i] };
    }
}

bool ledger_was_chosen(const struct ledger *l, int desk, int token)
{
    for (size_t i = 0; i < l->n_choices; i++)
        if (l->choice[i].desk == desk && l->choice[i].token == token)
            return true;
    return false;
}

void ledger_decide(struct ledger *l, int desk, const char *type, const char *id, bool is_back)
{
    struct decision d = { .desk = desk, .is_back = is_back };

    snprintf(d.type, sizeof d.type, "%s", type);
    snprintf(d.id, sizeof d.id, "%s", id);
    MEM_ROOM(l->decision, l->n_decisions, l->decisions_cap);
    l->decision[l->n_decisions++] = d;
}

bool ledger_was_decided(const struct ledger *l, int desk, const char *type, const char *id, bool is_back)
{
    for (size_t i = 0; i < l->n_decisions; i++) {
        const struct decision *d = &l->decision[i];
        if (d->desk == desk && strcmp(d->id, id) == 0 && strcmp(d->type, type) == 0 && (d->is_back || !is_back))
            return true;
    }
    return false;
}
