#include "desk/decision.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "desk/decision_match.h"

/* One walk over the three texts asks and answers: without chosen it collects the questions, with it the same
 * questions come in the same order and what was chosen is written. */
struct walk {
    struct questions *q;
    const struct chosen *chosen;
    size_t at;                  /* the next question */
    size_t in_field;            /* questions of this field so far */
    const char *path, *words;
    bool has_base;
    bool is_for_person;         /* no machine settles a part of this field */
    struct buf *out;
};

static bool visit(struct walk *w, const char *member, const struct three *t);

static void cut(struct buf *buf, size_t len)
{
    buf->len = len;
    buf->data[len] = '\0';
}

static bool write_node(struct walk *w, const struct node *node)
{
    if (node && w->out)
        node_write(w->out, node);
    return node != NULL;
}

/* ---- the walk ---- */

static bool all_are(const struct three *t, enum node_kind kind)
{
    bool any = false;

    for (int s = 0; s < SIDE_COUNT; s++) {
        any = any || t->side[s];
        if (t->side[s] && !node_is(t->side[s], kind))
            return false;
    }
    return any;
}

/* A list of structures; names and numbers in a list belong together. */
static bool is_list(const struct three *t)
{
    for (int s = 0; s < SIDE_COUNT; s++)
        for (const struct node *e = node_first(t->side[s]); e; e = node_next(e))
            if (!node_is(e, NODE_OBJECT))
                return false;
    return all_are(t, NODE_ARRAY);
}

static bool visit_list(struct walk *w, const char *member, const struct three *lists)
{
    struct triples t;
    size_t written = 0;

    decision_match(&t, member, lists);
    if (w->out)
        buf_char(w->out, '[');
    for (size_t i = 0; i < t.n; i++) {
        size_t before = w->out ? w->out->len : 0;

        if (w->out && written)
            buf_char(w->out, ',');
        if (visit(w, member, &t.row[i]))
            written++;
        else if (w->out && w->out->len > before)
            cut(w->out, before);
    }
    if (w->out)
        buf_char(w->out, ']');
    free(t.row);
    return written > 0;
}

/* The same question of a form on each side that has it. */
static bool is_item(const struct three *t)
{
    const struct node *here = t->side[SIDE_HERE], *server = t->side[SIDE_SERVER];

    return all_are(t, NODE_OBJECT) && here && server && *node_str(here, "linkId") &&
           strcmp(node_str(here, "linkId"), node_str(server, "linkId")) == 0;
}

static bool visit_member(struct walk *w, const char *name, const struct three *objects, bool is_first)
{
    const struct three values = { { node_get(objects->side[SIDE_BEFORE], name), node_get(objects->side[SIDE_HERE], name), node_get(objects->side[SIDE_SERVER], name) } };
    size_t before = w->out ? w->out->len : 0;

    if (w->out) {
        buf_add(w->out, is_first ? "" : ",");
        json_write_string(w->out, name);
        buf_char(w->out, ':');
    }
    if (visit(w, name, &values))
        return true;
    if (w->out)
        cut(w->out, before);
    return false;
}

static bool visit_item(struct walk *w, const struct three *t)
{
    const char *outer = w->words;
    bool any = false;

    w->words = *node_str(t->side[SIDE_HERE], "text") ? node_str(t->side[SIDE_HERE], "text") : node_str(t->side[SIDE_HERE], "linkId");
    if (w->out)
        buf_char(w->out, '{');
    for (const struct node *m = node_first(t->side[SIDE_HERE]); m; m = node_next(m))
        any |= visit_member(w, node_name(m), t, !any);
    for (const struct node *m = node_first(t->side[SIDE_SERVER]); m; m = node_next(m))
        if (!node_get(t->side[SIDE_HERE], node_name(m)))
            any |= visit_member(w, node_name(m), t, !any);
    if (w->out)
        buf_char(w->out, '}');
    w->words = outer;
    return true;
}

static bool ask(struct walk *w, const struct three *t)
{
    size_t at = w->at++;

    w->in_field++;
    if (!w->out) {
        struct question *q;

        MEM_ROOM(w->q->question, w->q->n, w->q->cap);
        q = &w->q->question[w->q->n++];
        *q = (struct question){ .name = mem_printf("%s[%zu]", w->path, w->in_field), .path = mem_dup(w->path),
                                .words = w->words ? mem_dup(w->words) : NULL };
        memcpy(q->side, t->side, sizeof q->side);
        return false;
    }
    if (w->chosen[at].typed)
        return write_node(w, w->chosen[at].typed);
    return write_node(w, t->side[w->chosen[at].side]);
}

/* True when a value was written. */
static bool visit(struct walk *w, const char *member, const struct three *t)
{
    if (decision_same(t->side[SIDE_HERE], t->side[SIDE_SERVER]))
        return write_node(w, t->side[SIDE_HERE]);
    if (!w->is_for_person && w->has_base && decision_same(t->side[SIDE_BEFORE], t->side[SIDE_SERVER]))
        return write_node(w, t->side[SIDE_HERE]);       /* only this desk changed it */
    if (decision_splits(member) && is_list(t))
        return visit_list(w, member, t);
    if (is_item(t))
        return visit_item(w, t);
    return ask(w, t);
}

/* ---- from and to the conflict ---- */

static const struct node *root_of(const struct doc *doc)
{
    return doc ? doc_root(doc) : NULL;
}

static void field_of(const struct conflict *c, const char *path, struct three *out)
{
    *out = (struct three){ { node_path(root_of(c->base), path), node_path(root_of(c->here), path), node_path(root_of(c->server), path) } };
}

static const char *last_member(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot ? dot + 1 : path;
}

/* What both sides touched in these goes to a person, the parts that one of them touched as well. */
static bool is_for_person(const char *type, const char *path)
{
    static const char *const always[] = { "identifier", "name", "birthDate", "gender", "deceased", "item", "modifierExtension" };

    if (strcmp(type, "AllergyIntolerance") == 0 || strcmp(type, "Consent") == 0 || strstr(path, "modifierExtension"))
        return true;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (strncmp(path, always[i], strlen(always[i])) == 0)
            return true;
    return false;
}

static bool run_field(struct walk *w, const struct conflict *c, const char *path)
{
    struct three t;

    w->path = path;
    w->in_field = 0;
    w->has_base = c->base != NULL;
    w->is_for_person = is_for_person(c->type, path);
    field_of(c, path, &t);
    return visit(w, last_member(path), &t);
}

static struct doc *fields_of(const struct conflict *c)
{
    struct doc *fields = NULL;

    if (!c->fields || doc_parse(c->fields, strlen(c->fields), &fields, NULL) != RC_OK)
        fields = doc_new(NULL);
    return fields;
}

void questions_of(const struct conflict *c, struct questions *out)
{
    struct doc *fields = fields_of(c);

    *out = (struct questions){ 0 };
    for (const struct node *f = c->server ? node_first(doc_root(fields)) : NULL; f; f = node_next(f)) {
        struct walk w = { .q = out };
        size_t first = out->n;

        if (!node_text(f))
            continue;
        run_field(&w, c, node_text(f));
        if (out->n == first + 1 && !out->question[first].words) {      /* alone: it needs no number */
            char *name = out->question[first].name;

            name[strlen(out->question[first].path)] = '\0';
        }
    }
    doc_free(fields);
}

void questions_done(struct questions *q)
{
    for (size_t i = 0; i < q->n; i++) {
        free(q->question[i].name);
        free(q->question[i].path);
        free(q->question[i].words);
    }
    free(q->question);
    *q = (struct questions){ 0 };
}

static enum rc make_field(struct walk *w, const struct conflict *c, struct doc *decided, const char *path, struct err *err)
{
    struct buf text = { 0 };
    struct doc *value = NULL;
    enum rc rc;

    w->out = &text;
    if (!run_field(w, c, path)) {
        buf_clear(&text);
        buf_add(&text, "null");         /* absent there means removed there */
    }
    rc = doc_parse(buf_text(&text), text.len, &value, err);
    if (rc == RC_OK)
        rc = doc_set_node(decided, path, doc_root(value), err);
    doc_free(value);
    buf_done(&text);
    return rc;
}

enum rc decision_make(const struct conflict *c, const struct questions *q, const struct chosen *chosen,
                      struct doc **out, struct err *err)
{
    struct doc *fields = fields_of(c), *decided = doc_copy(c->here);
    struct walk w = { .chosen = chosen };
    enum rc rc = RC_OK;

    (void)q;
    for (const struct node *f = node_first(doc_root(fields)); f && rc == RC_OK; f = node_next(f))
        if (node_text(f))
            rc = make_field(&w, c, decided, node_text(f), err);
    doc_set_rev(decided, doc_rev(c->here));
    doc_free(fields);
    *out = rc == RC_OK ? decided : NULL;
    if (rc != RC_OK)
        doc_free(decided);
    return rc;
}

/* ---- what was settled without a person ---- */

static bool is_asked(const struct doc *fields, const char *member)
{
    size_t len = strlen(member);

    for (const struct node *f = node_first(doc_root(fields)); f; f = node_next(f)) {
        const char *path = node_text(f);

        if (path && strncmp(path, member, len) == 0 && (!path[len] || path[len] == '.'))
            return true;
    }
    return false;
}

size_t decision_settled(const struct conflict *c, struct settled **out)
{
    struct doc *fields = fields_of(c);
    size_t n = 0, cap = 0;

    *out = NULL;
    for (const struct node *m = c->base && c->server ? node_first(doc_root(c->here)) : NULL; m; m = node_next(m)) {
        const char *name = node_name(m);
        const struct node *before = node_get(doc_root(c->base), name), *there = node_get(doc_root(c->server), name);

        if (strcmp(name, "meta") == 0 || strcmp(name, "text") == 0 || decision_same(before, m) || is_asked(fields, name))
            continue;
        MEM_ROOM(*out, n, cap);
        (*out)[n++] = (struct settled){ mem_dup(name), !decision_same(m, there) };
    }
    doc_free(fields);
    return n;
}

void settled_done(struct settled *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(list[i].path);
    free(list);
}
