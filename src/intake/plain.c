/* plain.c - the words of an item for a terminal: markdown and xhtml reduced to plain text. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "intake/model.h"

static const struct { const char *name; const char *text; } entities[] = {
    { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&apos;", "'" }, { "&#39;", "'" },
    { "&nbsp;", " " }, { "&#160;", " " }, { "&#xA0;", " " }, { "&ndash;", "\xE2\x80\x93" }, { "&mdash;", "\xE2\x80\x94" },
};

static size_t entity_add(struct buf *out, const char *text)
{
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t len = strlen(entities[i].name);

        if (!strncmp(text, entities[i].name, len)) {
            buf_add(out, entities[i].text);
            return len;
        }
    }
    return 0;
}

/* A tag, a comment, or the whole of a script or style element; 0 when "<" is only a sign. */
static size_t tag_length(const char *text)
{
    const char *end;

    if (!strncmp(text, "<!--", 4))
        return (end = strstr(text, "-->")) ? (size_t)(end + 3 - text) : strlen(text);
    if (!isalpha((unsigned char)text[1]) && text[1] != '/')
        return 0;
    if (!(end = strchr(text, '>')))
        return 0;
    for (size_t i = 0; i < 2; i++) {
        const char *close = i ? "</style>" : "</script>";
        const char *stop = !strncasecmp(text + 1, close + 2, strlen(close) - 3) ? strcasestr(text, close) : NULL;

        if (stop)
            return (size_t)(stop - text) + strlen(close);
    }
    return (size_t)(end + 1 - text);
}

/* Tags that only shape words leave no space behind. */
static bool tag_is_inline(const char *tag)
{
    static const char *const names[] = { "b", "i", "u", "em", "strong", "span", "sub", "sup", "a", "font", "small" };
    const char *name = tag + 1 + (tag[1] == '/');
    size_t len = strcspn(name, " />\t\n");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == len && !strncasecmp(names[i], name, len))
            return true;
    return false;
}

/* One space for each run of white space; none at the ends. */
static char *tidy(const char *text)
{
    struct buf out = {0}, clean = {0};

    for (; *text; text++)
        if (!isspace((unsigned char)*text))
            buf_char(&out, *text);
        else if (out.len && out.data[out.len - 1] != ' ')
            buf_char(&out, ' ');
    while (out.len && out.data[out.len - 1] == ' ')
        out.data[--out.len] = '\0';
    utf8_clean(&clean, buf_text(&out), false);
    buf_done(&out);
    return buf_take(&clean);
}

/* "[words](address)" leaves words; returns how much of text it was, 0 when it is no link. */
static size_t link_add(struct buf *out, const char *text)
{
    const char *close = strchr(text, ']'), *end;

    if (!close || close[1] != '(' || !(end = strchr(close, ')')) || memchr(text, '\n', (size_t)(close - text)))
        return 0;
    buf_add_n(out, text + 1, (size_t)(close - text - 1));
    return (size_t)(end + 1 - text);
}

/* Marks that only shape text. An underscore or star inside a word or before a space is kept. */
static size_t mark_length(const char *text, bool at_start, bool after_word)
{
    size_t n = strspn(text, *text == '*' ? "*" : *text == '_' ? "_" : "`");

    if (at_start && *text == '#')
        return strspn(text, "# ");
    if (*text == '`')
        return n;
    if (n > 0 && (n > 1 || after_word != (text[n] && !isspace((unsigned char)text[n]) && !ispunct((unsigned char)text[n]))))
        return n;
    return 0;
}

char *plain_text(const char *text, bool is_markdown)
{
    struct buf out = {0};
    char *plain;

    for (size_t skip; *text; text += skip) {
        bool at_start = !out.len || out.data[out.len - 1] == '\n';
        bool after_word = out.len && isalnum((unsigned char)out.data[out.len - 1]);

        skip = 0;
        if (*text == '<' && (skip = tag_length(text)))
            buf_add(&out, tag_is_inline(text) ? "" : " ");
        else if (*text == '&')
            skip = entity_add(&out, text);
        else if (is_markdown && *text == '[')
            skip = link_add(&out, text);
        else if (is_markdown && strchr("*_`#", *text))
            skip = mark_length(text, at_start, after_word);
        else if (is_markdown && *text == '\\' && ispunct((unsigned char)text[1]))
            text++;
        if (!skip) {
            buf_char(&out, *text);
            skip = 1;
        }
    }
    plain = tidy(buf_text(&out));
    buf_done(&out);
    return plain;
}

/* One translation extension: parts lang and content. */
static const char *translation_in(const struct node *extension, const char *language)
{
    const char *lang = "", *content = "", *type;

    for (const struct node *part = node_first(node_get(extension, "extension")); part; part = node_next(part)) {
        const char *text = node_text(answer_value(part, &type));

        if (text && !strcmp(node_str(part, "url"), "lang"))
            lang = text;
        else if (text && !strcmp(node_str(part, "url"), "content"))
            content = text;
    }
    /* "es" serves "es-MX", and the other way round: better a cousin's words than a stranger's */
    return strcspn(lang, "-_") == strcspn(language, "-_") && !strncasecmp(lang, language, strcspn(lang, "-_")) ? content : "";
}

const char *translated(const struct node *element, const char *name, const char *language)
{
    char beside[32];
    const char *content;

    snprintf(beside, sizeof beside, "_%s", name);
    if (*language)
        for (const struct node *e = node_first(node_get(node_get(element, beside), "extension")); e; e = node_next(e))
            if (strstr(node_str(e, "url"), "/translation") && *(content = translation_in(e, language)))
                return content;
    return node_str(element, name);
}

/* Item.text is a plain string; a rendering extension beside it says how it is meant, and some forms
 * write their tags and stars into the text itself. */
char *plain_item_text(const struct node *item, const char *language)
{
    const char *text = translated(item, "text", language);

    if (!*text)
        for (const struct node *e = node_first(node_path(item, "_text.extension")); e; e = node_next(e))
            if (strstr(node_str(e, "url"), "rendering-")) {
                const char *value = node_str(e, "valueString");

                text = *value ? value : node_str(e, "valueMarkdown");
            }
    return plain_text(text, true);
}
