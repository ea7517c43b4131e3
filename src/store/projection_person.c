#include "store/projection_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/utf8.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "fhir/patient.h"
#include "store/internal.h"
#include "store/person_words.h"
#include "store/query.h"

static const char sql_insert[] =
    "INSERT INTO ~person(key, id, name, usual, sort, birth, birth_estimated, sex, mrn, phone, deceased, active, test,"
    " merged_into, language, interpreter, words, keys, seen)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, " SEEN("?2") ")";
static const char sql_key[] = "INSERT OR IGNORE INTO ~person_key(kind, value, key) VALUES (?1, ?2, ?3)";
static const char sql_name[] = "INSERT INTO ~person_name(rowid, name) VALUES (?1, ?2)";
static const char sql_kept[] = "SELECT words, keys FROM ~person WHERE key = ?1";
static const char sql_word[] = "SELECT 1 FROM ~name_word WHERE word = ?1";
static const char sql_word_new[] = "INSERT INTO ~name_word(word) VALUES (?1)";
static const char sql_word_used[] = "SELECT 1 FROM ~person_name WHERE ~person_name MATCH ?1 LIMIT 1";
static const char sql_word_gone[] = "DELETE FROM ~name_word WHERE word = ?1";
static const char sql_variant[] = "INSERT OR IGNORE INTO ~name_variant(variant, word) VALUES (?1, ?2)";
static const char sql_variant_gone[] = "DELETE FROM ~name_variant WHERE variant = ?1 AND word = ?2";
static const char sql_erase_name[] = "INSERT INTO ~person_name(~person_name, rowid, name) VALUES ('delete', ?1, ?2)";
static const char sql_erase_key[] = "DELETE FROM ~person_key WHERE kind = ?1 AND value = ?2 AND key = ?3";
static const char sql_erase[] = "DELETE FROM ~person WHERE key = ?1";

/* The name words of folded text, each once; years and sounds (they start with a digit) left out. */
struct words { char word[24][WORD_MAX + 1]; size_t n; };

static void add_words(struct words *words, const char *folded)
{
    char word[WORD_MAX + 1];

    while (words->n < sizeof words->word / sizeof *words->word && next_word(&folded, word)) {
        size_t i = 0;

        while (i < words->n && strcmp(words->word[i], word) != 0)
            i++;
        if (i == words->n && (word[0] < '0' || word[0] > '9'))
            memcpy(words->word[words->n++], word, sizeof word);
    }
}

/* Every name the person has or had: family and given names, or the text where there are neither. */
static void names_of(const struct node *root, struct words *words)
{
    for (const struct node *name = node_first(node_get(root, "name")); name != NULL; name = node_next(name)) {
        struct buf plain = { 0 };

        buf_add(&plain, node_str(name, "family"));
        for (const struct node *given = node_first(node_get(name, "given")); given != NULL; given = node_next(given)) {
            buf_char(&plain, ' ');
            buf_add(&plain, node_text(given) != NULL ? node_text(given) : "");
        }
        if (plain.len == 0)
            buf_add(&plain, node_str(name, "text"));
        char *folded = utf8_folded(buf_text(&plain));
        add_words(words, folded);
        free(folded);
        buf_done(&plain);
    }
}

struct variant_of { struct store *st; const char *word, *sql; struct err *err; enum rc rc; };

static void variant_run(void *ctx, const char *variant)
{
    struct variant_of *v = ctx;

    if (v->rc == RC_OK)
        v->rc = query_run(v->st, v->err, v->sql, "tt", variant, v->word);
}

static enum rc ask(struct store *st, const char *sql, const char *text, bool *yes, struct err *err)
{
    struct query *q = query_open(st, sql);

    query_bind(q, 1, text);
    *yes = query_next(q);
    return query_end(q, err);
}

/* Nobody else writes while this transaction is open, so a word seen once need not be asked for again:
 * of a bulk's names nearly all are common ones. */
static struct known_word *known_slot(struct store *st, const char *word)
{
    uint32_t hash = 2166136261u;        /* FNV-1a */

    for (const char *c = word; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    return &st->known[(hash ^ hash >> 16) % KNOWN_WORDS];
}

/* A word comes with the first person of that name, its variants with it. */
static enum rc word_add(struct store *st, const char *word, struct err *err)
{
    struct variant_of variants = { st, word, sql_variant, err, RC_OK };
    struct known_word *slot = known_slot(st, word);
    bool known = slot->is_shadow == st->is_shadow && strcmp(slot->word, word) == 0;
    enum rc rc = known ? RC_OK : ask(st, sql_word, word, &known, err);

    if (rc != RC_OK)
        return rc;
    st->has_known = true;
    slot->is_shadow = st->is_shadow;
    strcpy(slot->word, word);
    if (known || (rc = query_run(st, err, sql_word_new, "t", word)) != RC_OK)
        return rc;
    word_variants(word, variant_run, &variants);
    return variants.rc;
}

/* And goes with the last one, whose own row is no longer in the index. */
static enum rc word_drop(struct store *st, const char *word, struct err *err)
{
    struct variant_of variants = { st, word, sql_variant_gone, err, RC_OK };
    char quoted[WORD_MAX + 3];
    bool used;
    enum rc rc;

    snprintf(quoted, sizeof quoted, "\"%s\"", word);
    if ((rc = ask(st, sql_word_used, quoted, &used, err)) != RC_OK || used ||
        (rc = query_run(st, err, sql_word_gone, "t", word)) != RC_OK)
        return rc;
    known_slot(st, word)->word[0] = '\0';
    word_variants(word, variant_run, &variants);
    return variants.rc;
}

static enum rc write_names(struct store *st, int64_t key, const struct node *root, const char *birth,
                           struct buf *text, struct err *err)
{
    struct words words = { .n = 0 };
    char sound[SOUND_MAX];
    enum rc rc = RC_OK;

    names_of(root, &words);
    for (size_t i = 0; i < words.n && rc == RC_OK; i++) {
        buf_add(text, words.word[i]);
        buf_char(text, ' ');
        rc = word_add(st, words.word[i], err);
    }
    buf_add_n(text, birth, strnlen(birth, 4));
    for (size_t i = 0; i < words.n; i++) {
        sound_of(words.word[i], sound);
        if (sound[0] == '\0')
            continue;
        buf_add(text, " 0");
        buf_add(text, sound);
    }
    if (rc == RC_OK)
        rc = query_run(st, err, sql_name, "it", key, buf_text(text));
    return rc;
}

/* What is kept of it in the person's own row finds it again when it goes: an index by person would
 * be another row to write for each. */
static enum rc write_key(struct store *st, int64_t key, const char *kind, const char *value, struct buf *kept, struct err *err)
{
    buf_add(kept, kind);
    buf_add(kept, value);
    buf_char(kept, '\n');
    return query_run(st, err, sql_key, "tti", kind, value, key);
}

static enum rc write_keys(struct store *st, int64_t key, const struct node *root, struct buf *kept, struct err *err)
{
    const struct node *element;
    enum rc rc = RC_OK;

    for (element = node_first(node_get(root, "telecom")); element != NULL && rc == RC_OK; element = node_next(element)) {
        const char *system = node_str(element, "system");
        struct buf digits = { 0 };

        digits_reversed(&digits, node_str(element, "value"));
        if (digits.len >= 4 && strcmp(system, "email") != 0 && strcmp(system, "url") != 0)
            rc = write_key(st, key, "p", buf_text(&digits), kept, err);
        buf_done(&digits);
    }
    for (element = node_first(node_get(root, "identifier")); element != NULL && rc == RC_OK; element = node_next(element)) {
        char *folded = utf8_folded(node_str(element, "value"));

        if (folded[0] != '\0')
            rc = write_key(st, key, "i", folded, kept, err);
        free(folded);
    }
    return rc;
}

/* kept is taken apart. */
static enum rc erase_keys(struct store *st, int64_t key, char *kept, struct err *err)
{
    enum rc rc = RC_OK;

    for (char *end; rc == RC_OK && (end = strchr(kept, '\n')) != NULL; kept = end + 1) {
        char kind[2] = { kept[0], '\0' };

        *end = '\0';
        rc = query_run(st, err, sql_erase_key, "tti", kind, kept + 1, key);
    }
    return rc;
}

/* The word for the language to speak, as the desk says it: "Spanish", not "es". */
static void language_of(struct buf *out, const struct node *root)
{
    const struct node *first = node_first(node_get(root, "communication"));

    for (const struct node *c = first; c != NULL; c = node_next(c))
        if (node_bool(c, "preferred"))
            first = c;
    concept_words(out, node_get(first, "language"));
}

static bool needs_interpreter(const struct node *root)
{
    const struct node *value = extension_value(root, EXT_INTERPRETER);

    if (value != NULL)
        return node_is(value, NODE_TRUE);
    return strcmp(node_str(extension_value(root, EXT_USCORE_INTERPRETER), "code"), "373066001") == 0;
}

enum rc person_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    const char *birth = node_str(root, "birthDate");
    const struct node *official = name_official(root), *usual = name_usual(root), *active = node_get(root, "active");
    struct buf name = { 0 }, called = { 0 }, language = { 0 }, words = { 0 }, keys = { 0 };
    char survivor[72];
    enum rc rc;

    if (official != NULL)
        name_family_first(&name, official);
    if (usual != NULL)
        buf_add(&called, patient_called(usual));
    language_of(&language, root);
    char *sort = utf8_folded(buf_text(&name));
    patient_survivor(root, survivor, sizeof survivor);
    rc = write_names(st, key, root, birth, &words, err);
    if (rc == RC_OK)
        rc = write_keys(st, key, root, &keys, err);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_insert, "ittttt" "itttt" "iitti" "tt", key, node_str(root, "id"), buf_text(&name),
                       buf_text(&called), sort, birth,
                       (int64_t)node_is(extension_value(node_get(root, "_birthDate"), EXT_BIRTH_ESTIMATED), NODE_TRUE),
                       patient_sex(root), patient_record_number(root), patient_phone(root), patient_deceased(root),
                       (int64_t)(active == NULL || node_is(active, NODE_TRUE)), (int64_t)patient_is_test(root), survivor,
                       buf_text(&language), (int64_t)needs_interpreter(root), buf_text(&words), buf_text(&keys));
    free(sort);
    buf_done(&name);
    buf_done(&called);
    buf_done(&language);
    buf_done(&words);
    buf_done(&keys);
    return rc;
}

enum rc person_erase(struct store *st, int64_t key, struct err *err)
{
    struct query *q = query_open(st, sql_kept);
    struct words words = { .n = 0 };
    struct buf text = { 0 }, keys = { 0 };
    bool found;
    enum rc rc;

    query_bind_int(q, 1, key);
    if ((found = query_next(q))) {
        buf_add(&text, query_text(q, 0));
        buf_add(&keys, query_text(q, 1));
    }
    add_words(&words, buf_text(&text));
    rc = query_end(q, err);
    if (rc == RC_OK && found)
        rc = query_run(st, err, sql_erase_name, "it", key, buf_text(&text));
    for (size_t i = 0; i < words.n && rc == RC_OK; i++)
        rc = word_drop(st, words.word[i], err);
    if (rc == RC_OK && keys.len > 0)
        rc = erase_keys(st, key, keys.data, err);
    buf_done(&text);
    buf_done(&keys);
    return rc == RC_OK && found ? query_run(st, err, sql_erase, "i", key) : rc;
}
