#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "fhir/fhirpath/pattern_internal.h"

enum { SLOTS = 2 * PATTERN_GROUPS, LOOK_DEPTH = 20 };

/* A place to go back to; slot >= 0 restores what a group held instead. */
struct job { uint32_t at; uint32_t pos; int slot; };
struct matcher {
    const struct pattern *pattern;
    const char *text;
    size_t len;
    bool whole;                 /* only a match that ends with the text counts */
    long slot[SLOTS];           /* where groups begin and end; -1 not at all */
    uint64_t *visited;          /* one bit for each instruction at each byte */
    struct job *job;
    size_t jobs, cap;
    int depth;
    size_t *left;               /* steps, for everything that is done for one call; 0 ends it */
};

static bool spend(struct matcher *m, size_t steps)
{
    *m->left -= steps < *m->left ? steps : *m->left;
    return *m->left > 0;
}

/* One bit for each instruction at each byte; false when that is too much. */
static bool visits_new(struct matcher *m)
{
    size_t words;

    if (m->len > PATTERN_STEPS / m->pattern->n)
        return false;
    words = (m->pattern->n * (m->len + 1) + 63) / 64;
    m->visited = spend(m, words) ? mem_array(words, sizeof *m->visited) : NULL;
    return m->visited != NULL;
}

bool pattern_is_word(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z');
}

static bool in_class(const struct pattern *p, const struct pattern_code *code, uint32_t c)
{
    for (uint32_t i = code->x; i < code->y; i++)
        if (c >= p->range[i].low && c <= p->range[i].high)
            return true;
    return false;
}

static bool at_word_border(const struct matcher *m, size_t pos)
{
    bool before = pos > 0 && pattern_is_word((unsigned char)m->text[pos - 1]);
    bool after = pos < m->len && pattern_is_word((unsigned char)m->text[pos]);

    return before != after;
}

static void push(struct matcher *m, size_t at, size_t pos, int slot)
{
    MEM_ROOM(m->job, m->jobs, m->cap);
    m->job[m->jobs++] = (struct job){(uint32_t)at, (uint32_t)pos, slot};
}

static bool first_visit(struct matcher *m, size_t at, size_t pos)
{
    size_t bit = at * (m->len + 1) + pos;
    uint64_t mask = 1ull << (bit & 63);

    if (m->visited[bit >> 6] & mask)
        return false;
    m->visited[bit >> 6] |= mask;
    return true;
}

static bool run(struct matcher *m, size_t at, size_t pos);

/* A look-ahead has a memory of its own: what failed inside may succeed outside. */
static bool look(struct matcher *m, size_t at, size_t pos)
{
    struct matcher inner = *m;
    bool found = false;

    if (m->depth < LOOK_DEPTH && visits_new(&inner)) {
        inner.whole = false;
        inner.depth++;
        inner.job = NULL;
        inner.jobs = inner.cap = 0;
        found = run(&inner, at, pos);
        free(inner.visited);
        free(inner.job);
    }
    return found;
}

/* One instruction. Returns false when it does not match here; *at and *pos move on. */
static bool step(struct matcher *m, size_t *at, size_t *pos)
{
    const struct pattern_code *code = &m->pattern->code[*at];
    size_t len = 0;
    uint32_t c;

    switch (code->op) {
    case OP_START:      ++*at; return *pos == 0;
    case OP_END:        ++*at; return *pos == m->len;
    case OP_WORD:       ++*at; return at_word_border(m, *pos);
    case OP_NOT_WORD:   ++*at; return !at_word_border(m, *pos);
    case OP_JUMP:       *at = code->x; return true;
    case OP_SPLIT:
        push(m, code->y, *pos, -1);
        *at = code->x;
        return true;
    case OP_SAVE:
        push(m, 0, (size_t)m->slot[code->x], (int)code->x);
        m->slot[code->x] = (long)*pos;
        ++*at;
        return true;
    case OP_LOOK:
        len = *at + 1;
        *at = code->x;
        return look(m, len, *pos) != (code->y != 0);
    default:
        break;
    }
    if (*pos >= m->len)
        return false;
    c = utf8_next(m->text + *pos, &len);
    *pos += len;
    ++*at;
    return code->op == OP_ANY || (code->op == OP_CHAR ? c == code->x : in_class(m->pattern, code, c) == (code->op == OP_CLASS));
}

static bool run_from(struct matcher *m, size_t at, size_t pos)
{
    while (spend(m, 1) && first_visit(m, at, pos)) {
        if (m->pattern->code[at].op == OP_MATCH) {
            if (!m->whole || pos == m->len)
                return true;
            return false;
        }
        if (!step(m, &at, &pos))
            return false;
    }
    return false;
}

static bool run(struct matcher *m, size_t at, size_t pos)
{
    push(m, at, pos, -1);
    while (m->jobs > 0) {
        struct job job = m->job[--m->jobs];

        if (job.slot >= 0)
            m->slot[job.slot] = (long)(int32_t)job.pos;
        else if (run_from(m, job.at, job.pos))
            return true;
    }
    return false;
}

static bool matcher_init(struct matcher *m, const struct pattern *pattern, const char *text, bool whole, size_t *left)
{
    *m = (struct matcher){.pattern = pattern, .text = text, .len = strlen(text), .whole = whole, .left = left};
    for (int i = 0; i < SLOTS; i++)
        m->slot[i] = -1;
    return visits_new(m);
}

static void matcher_done(struct matcher *m)
{
    free(m->visited);
    free(m->job);
}

/* The first match at or after pos. What was visited from an earlier start failed and stays so. */
static bool find(struct matcher *m, size_t pos)
{
    for (;; pos++) {
        while (pos < m->len && ((unsigned char)m->text[pos] & 0xC0) == 0x80)
            pos++;
        m->jobs = 0;
        if (run(m, 0, pos))
            return true;
        if (pos >= m->len || m->whole || *m->left == 0)
            return false;
    }
}

static enum pattern_result try(const struct pattern *pattern, const char *text, bool whole)
{
    size_t left = PATTERN_STEPS;
    struct matcher m;
    bool found;

    if (!matcher_init(&m, pattern, text, whole, &left))
        return PATTERN_TOO_LONG;
    found = find(&m, 0);
    matcher_done(&m);
    return left == 0 ? PATTERN_TOO_LONG : found ? PATTERN_YES : PATTERN_NO;
}

enum pattern_result pattern_matches(const struct pattern *pattern, const char *text)
{
    return try(pattern, text, false);
}

enum pattern_result pattern_matches_whole(const struct pattern *pattern, const char *text)
{
    return try(pattern, text, true);
}

/* The group that $1 or ${name} at p means, and how long that is written; -1 for an ordinary $. */
static int group_at(const struct pattern *pattern, const char *p, size_t *len)
{
    size_t n;

    if (p[1] >= '0' && p[1] <= '9' && (size_t)(p[1] - '0') <= pattern->groups) {
        *len = 2;
        return p[1] - '0';
    }
    n = p[1] == '{' ? strcspn(p + 2, "}") : 0;
    for (size_t g = 1; n > 0 && p[2 + n] == '}' && g <= pattern->groups; g++)
        if (strlen(pattern->name[g]) == n && memcmp(pattern->name[g], p + 2, n) == 0) {
            *len = n + 3;
            return (int)g;
        }
    *len = 1;
    return -1;
}

static void add_replacement(const struct matcher *m, const char *with, struct buf *out)
{
    for (size_t len = 1; *with; with += len) {
        int group = -1;

        len = 1;
        if (*with == '$')
            group = group_at(m->pattern, with, &len);
        if (group < 0)
            buf_char(out, *with);
        else if (m->slot[2 * group] >= 0 && m->slot[2 * group + 1] >= 0)
            buf_add_n(out, m->text + m->slot[2 * group], (size_t)(m->slot[2 * group + 1] - m->slot[2 * group]));
    }
}

bool pattern_replace(const struct pattern *pattern, const char *text, const char *with, struct buf *out)
{
    size_t pos = 0, len = strlen(text), left = PATTERN_STEPS;
    struct matcher m;

    while (pos <= len) {
        if (out->len > PATTERN_STEPS || !matcher_init(&m, pattern, text, false, &left))
            return false;
        if (!find(&m, pos)) {
            matcher_done(&m);
            break;
        }
        buf_add_n(out, text + pos, (size_t)m.slot[0] - pos);
        add_replacement(&m, with, out);
        if (m.slot[1] == m.slot[0] && m.slot[1] < (long)len)
            buf_char(out, text[m.slot[1]]);
        pos = (size_t)m.slot[1] + (m.slot[1] == m.slot[0]);
        matcher_done(&m);
    }
    if (pos < len)
        buf_add(out, text + pos);
    return left > 0;
}
