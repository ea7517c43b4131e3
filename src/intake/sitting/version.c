#include "intake/sitting/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/canonical.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_now[] =
    "SELECT r.id, r.rev, r.updated, r.body FROM questionnaire q JOIN resource r ON r.key = q.key"
    " WHERE (?1 <> '' AND q.url = ?1) OR (?1 = '' AND q.id = ?2)";
/* Superseded and deleted texts have no projection: each is looked into. */
static const char sql_former[] =
    "SELECT r.id, h.rev, h.updated, h.body FROM resource r JOIN history h ON h.key = r.key"
    " WHERE r.type = 'Questionnaire' AND (?1 <> '' OR r.id = ?2)"
    " UNION ALL SELECT id, rev, updated, body FROM resource"
    " WHERE type = 'Questionnaire' AND deleted = 1 AND (?1 <> '' OR id = ?2)";

/* --- Names and digests --- */

void version_digest(const struct doc *questionnaire, char out[VERSION_DIGEST])
{
    static const char *const parts[] = { "item", "extension", "contained", "modifierExtension" };
    struct buf text = { 0 };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct node *part = node_get(doc_root(questionnaire), parts[i]);

        buf_printf(&text, "%s:", parts[i]);
        if (part)
            node_canonical(&text, part);
    }
    crypto_sha256_hex(buf_text(&text), text.len, out);
    buf_done(&text);
}

void version_mark(struct doc *response, const struct doc *questionnaire)
{
    struct node *extension = extension_find(doc_root(response), EXT_FORM_DIGEST);
    char digest[VERSION_DIGEST];

    version_digest(questionnaire, digest);
    if (!extension)
        extension = node_add_object(response, node_set_array(response, doc_root(response), "extension"));
    node_set_str(response, extension, "url", EXT_FORM_DIGEST);
    node_set_str(response, extension, "valueString", digest);
}

static const char *digest_of(const struct doc *response)
{
    return node_text(extension_value(doc_root(response), EXT_FORM_DIGEST));
}

char *version_name(const struct doc *questionnaire)
{
    return mem_printf("%s@%" PRId64, doc_id(questionnaire), doc_rev(questionnaire));
}

char *version_words(const struct doc *questionnaire)
{
    const char *version = node_str(doc_root(questionnaire), "version");

    return *version ? mem_printf(_("version %s"), version) : mem_dup(_("without a version"));
}

enum rc version_load(struct store *st, const char *name, struct doc **out, struct err *err)
{
    const char *at = strrchr(name, '@');
    char *id = mem_dup_n(name, at ? (size_t)(at - name) : strlen(name));
    enum rc rc = at ? store_get_rev(st, "Questionnaire", id, strtoll(at + 1, NULL, 10), out, err)
                    : store_get(st, "Questionnaire", id, out, err);

    free(id);
    return rc;
}

/* --- Every text of a form that was ever here --- */

struct text { struct doc *doc; int64_t since_ms; char digest[VERSION_DIGEST]; };
struct texts { struct text *text; size_t n, cap; };

static void texts_done(struct texts *t)
{
    for (size_t i = 0; i < t->n; i++)
        doc_free(t->text[i].doc);
    free(t->text);
    *t = (struct texts){ 0 };
}

/* Can a document with that url be in the text? By its last part, where that is written the same in any JSON. */
static bool may_hold(const char *body, const char *url)
{
    const char *slash = strrchr(url, '/'), *tail = slash ? slash + 1 : url;
    size_t plain = strspn(tail, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    return tail[plain] != '\0' || strstr(body, tail) != NULL;
}

static void add_text(struct texts *out, struct query *q, const char *url)
{
    struct text text = { .doc = NULL };

    if (!may_hold(query_text(q, 3), url) || doc_parse(query_text(q, 3), query_bytes(q, 3), &text.doc, NULL) != RC_OK)
        return;
    if (*url && strcmp(node_str(doc_root(text.doc), "url"), url)) {
        doc_free(text.doc);
        return;
    }
    doc_set_rev(text.doc, query_int(q, 1));
    if (!clock_parse(query_text(q, 2), &text.since_ms))
        text.since_ms = 0;
    version_digest(text.doc, text.digest);
    MEM_ROOM(out->text, out->n, out->cap);
    out->text[out->n++] = text;
}

/* Is the very text among them that the response was answered in, under the version it names? */
static bool has_text_of(const struct texts *t, const struct doc *response)
{
    const char *digest = response ? digest_of(response) : NULL, *bar = response ? strchr(node_str(doc_root(response), "questionnaire"), '|') : NULL;

    for (size_t i = 0; digest && i < t->n; i++)
        if (strcmp(t->text[i].digest, digest) == 0 && (!bar || strcmp(node_str(doc_root(t->text[i].doc), "version"), bar + 1) == 0))
            return true;
    return false;
}

/* response: whose text is looked for, or NULL; where it is here now, what was here before is not read. */
static enum rc collect(struct store *st, const char *url, const char *id, bool also_former, const struct doc *response,
                       struct texts *out, struct err *err)
{
    const char *const asked[] = { sql_now, also_former ? sql_former : NULL };
    enum rc rc = RC_OK;

    for (size_t i = 0; i < 2 && asked[i] && rc == RC_OK && !has_text_of(out, response); i++) {
        struct query *q = query_open(st, asked[i]);

        query_bind(q, 1, url);
        query_bind(q, 2, id);
        while (query_next(q))
            add_text(out, q, url);
        rc = query_end(q, err);
    }
    return rc;
}

/* By canonical url; where none here has it, by the id a relative or a server's own reference ends in. */
static enum rc collect_named(struct store *st, const char *canonical, const struct doc *response, struct texts *out, struct err *err)
{
    char *url = mem_dup_n(canonical, strcspn(canonical, "|"));
    const char *slash = strrchr(url, '/');
    bool is_relative = strncmp(url, "Questionnaire/", 14) == 0;
    enum rc rc = *url && !is_relative ? collect(st, url, "", true, response, out, err) : RC_OK;

    if (rc == RC_OK && out->n == 0 && slash && slash[1])
        rc = collect(st, "", slash + 1, true, response, out, err);
    free(url);
    return rc;
}

/* --- The text of a response --- */

static enum rc not_here(const struct doc *response, const char *canonical, const struct texts *t, struct err *err)
{
    struct buf here = { 0 };
    enum rc rc;

    for (size_t i = 0; i < t->n; i++) {
        const char *version = node_str(doc_root(t->text[i].doc), "version");
        size_t k = 0;

        while (k < i && strcmp(node_str(doc_root(t->text[k].doc), "version"), version))
            k++;
        if (k == i)
            buf_printf(&here, "%s%s", here.len ? ", " : "", *version ? version : _("one without a version"));
    }
    if (t->n)
        rc = err_set(err, RC_NOT_FOUND, _("Version %s of this form is not here, only: %s. (QuestionnaireResponse/%s)"),
                     strchr(canonical, '|') + 1, buf_text(&here), doc_id(response));
    else
        rc = err_set(err, RC_NOT_FOUND, _("QuestionnaireResponse/%s: questionnaire: \"%s\" is not in this database"), doc_id(response), canonical);
    buf_done(&here);
    return rc;
}

static bool has_version(const struct texts *t, const char *version)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(node_str(doc_root(t->text[i].doc), "version"), version) == 0)
            return true;
    return false;
}

/* Leave only the texts of that version. */
static void keep_version(struct texts *t, const char *version)
{
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++)
        if (strcmp(node_str(doc_root(t->text[i].doc), "version"), version) == 0)
            t->text[n++] = t->text[i];
        else
            doc_free(t->text[i].doc);
    t->n = n;
}

/* The last that came before the moment; else the first that came at all. */
static struct text *standing_at(const struct texts *t, int64_t ms)
{
    struct text *best = &t->text[0];

    for (size_t i = 1; i < t->n; i++) {
        struct text *other = &t->text[i];
        bool best_was = best->since_ms <= ms, other_was = other->since_ms <= ms;

        if (other_was != best_was ? other_was : other_was ? other->since_ms >= best->since_ms : other->since_ms < best->since_ms)
            best = other;
    }
    return best;
}

static struct text *choose(const struct texts *t, const struct doc *response, bool names_version, enum version_match *match)
{
    const char *digest = digest_of(response);
    int64_t authored = clock_now_ms();
    bool is_one = true;

    *match = VERSION_SAME;
    for (size_t i = 0; i < t->n; i++) {
        if (digest && strcmp(t->text[i].digest, digest) == 0)
            return &t->text[i];
        is_one &= strcmp(t->text[i].digest, t->text[0].digest) == 0;
    }
    if (digest || !is_one)
        *match = names_version ? VERSION_EDITED : VERSION_ASSUMED;
    clock_parse(node_str(doc_root(response), "authored"), &authored);
    return standing_at(t, authored);
}

enum rc version_of_response(struct store *st, const struct doc *response, struct doc **out,
                            enum version_match *match, struct err *err)
{
    const char *canonical = node_str(doc_root(response), "questionnaire"), *bar = strchr(canonical, '|');
    enum version_match how = VERSION_SAME;
    struct texts t = { 0 };
    struct text *chosen;
    enum rc rc = collect_named(st, canonical, response, &t, err);

    *out = NULL;
    if (rc == RC_OK && bar && bar[1] && has_version(&t, bar + 1))
        keep_version(&t, bar + 1);
    else if (rc == RC_OK && (t.n == 0 || (bar && bar[1])))
        rc = not_here(response, canonical, &t, err);
    if (rc == RC_OK) {
        chosen = choose(&t, response, bar && bar[1], &how);
        *out = chosen->doc;
        chosen->doc = NULL;
        if (match)
            *match = how;
    }
    texts_done(&t);
    return rc;
}

/* --- The newest --- */

/* A form still being written is offered to those only who fill it already. */
static bool may_offer(const struct doc *other, const struct doc *questionnaire)
{
    const char *status = node_str(doc_root(other), "status");

    return strcmp(status, "retired") && (strcmp(status, "draft") || strcmp(node_str(doc_root(questionnaire), "status"), "draft") == 0);
}

/* Is a newer than b? By version, then by when it came. */
static bool is_newer(const struct text *a, const struct text *b)
{
    int order = canonical_version_order(node_str(doc_root(a->doc), "version"), node_str(doc_root(b->doc), "version"));

    return order > 0 || (order == 0 && a->since_ms > b->since_ms);
}

enum rc version_newest(struct store *st, const struct doc *questionnaire, struct doc **out, struct err *err)
{
    const char *url = node_str(doc_root(questionnaire), "url"), *version = node_str(doc_root(questionnaire), "version");
    char digest[VERSION_DIGEST];
    struct texts t = { 0 };
    struct text *best = NULL;
    enum rc rc = collect(st, url, doc_id(questionnaire), false, NULL, &t, err);

    *out = NULL;
    version_digest(questionnaire, digest);
    for (size_t i = 0; i < t.n; i++)
        if (may_offer(t.text[i].doc, questionnaire) && canonical_version_order(node_str(doc_root(t.text[i].doc), "version"), version) >= 0 &&
            (!best || is_newer(&t.text[i], best)))
            best = &t.text[i];
    if (rc == RC_OK && (!best || strcmp(best->digest, digest) == 0))
        rc = err_set(err, RC_NOT_FOUND, _("Questionnaire/%s: this is the newest version here."), doc_id(questionnaire));
    if (rc == RC_OK) {
        *out = best->doc;
        best->doc = NULL;
    }
    texts_done(&t);
    return rc;
}

/* --- Forms from files --- */

static bool is_among(const struct texts *t, const struct doc *questionnaire)
{
    const char *version = node_str(doc_root(questionnaire), "version");
    char digest[VERSION_DIGEST];

    version_digest(questionnaire, digest);
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->text[i].digest, digest) == 0 && strcmp(node_str(doc_root(t->text[i].doc), "version"), version) == 0)
            return true;
    return false;
}

enum rc version_keep(struct store *st, const struct grant *grant, const struct doc *questionnaire,
                     struct doc *response, struct err *err)
{
    const char *url = node_str(doc_root(questionnaire), "url");
    struct texts t = { 0 };
    struct doc *copy;
    char *name;
    enum rc rc = collect(st, url, doc_id(questionnaire), true, NULL, &t, err);
    bool is_here = is_among(&t, questionnaire);

    texts_done(&t);
    if (rc != RC_OK || is_here)
        return rc;
    copy = doc_copy(questionnaire);
    doc_set_rev(copy, 0);
    if (store_has(st, "Questionnaire", doc_id(copy)))
        node_remove_name(copy, doc_root(copy), "id");       /* another form stands there */
    rc = store_put_local(st, grant, copy, err);
    if (rc == RC_OK && !*url) {
        name = mem_printf("Questionnaire/%s", doc_id(copy));
        node_set_str(response, doc_root(response), "questionnaire", name);
        free(name);
    }
    doc_free(copy);
    return rc;
}
