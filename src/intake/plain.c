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
    { "&nbsp;", " " }, { "&ndash;", "\xE2\x80\x93" }, { "&mdash;", "\xE2\x80\x94" },
};

/* "&#160;", "&#xa0;": by the number of the character; a blank that does not break is a blank. */
static size_t numbered_add(struct buf *out, const char *text)
{
    bool is_hex = text[1] == '#' && (text[2] == 'x' || text[2] == 'X');
    const char *digits = text + (is_hex ? 3 : 2);
    size_t n = text[1] != '#' ? 0 : strspn(digits, is_hex ? "0123456789abcdefABCDEF" : "0123456789");
    unsigned long cp = n && n < 8 && digits[n] == ';' ? strtoul(digits, NULL, is_hex ? 16 : 10) : 0;
    char encoded[5] = "";

    if (cp < ' ' || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000) || (cp >= 0x7F && cp < 0xA0))
        return 0;
    if (cp != 0xA0)
        utf8_encode((uint32_t)cp, encoded);
    buf_add(out, cp == 0xA0 ? " " : encoded);
    return (size_t)(digits - text) + n + 1;
}

static size_t entity_add(struct buf *out, const char *text)
{
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t len = strlen(entities[i].name);

        if (!strncmp(text, entities[i].name, len)) {
            buf_add(out, entities[i].text);
            return len;
        }
    }
    return numbered_add(out, text);
}

enum { TAG_MAX = 20000 };       /* a "<" that is not closed by then is only a sign */

/* A tag, a comment, or the whole of a script or style element; 0 when "<" is only a sign. */
static size_t tag_length(const char *text)
{
    const char *end;

    if (!strncmp(text, "<!--", 4))
        return (end = strstr(text, "-->")) ? (size_t)(end + 3 - text) : strlen(text);
    if (!isalpha((unsigned char)text[1]) && text[1] != '/')
        return 0;
    if (!(end = memchr(text, '>', strnlen(text, TAG_MAX))))
        return 0;
    for (size_t i = 0; i < 2; i++) {
        const char *close = i ? "</style>" : "</script>";
        bool opens = !strncasecmp(text + 1, close + 2, strlen(close) - 3);
        const char *stop = opens ? strcasestr(text, close) : NULL;

        if (opens)      /* what is never closed is all of it */
            return stop ? (size_t)(stop - text) + strlen(close) : strlen(text);
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

/* One space for each run of white space, none at the ends; in_lines keeps one line break of each run that has any. */
static char *tidy(const char *text, bool in_lines)
{
    struct buf out = {0}, clean = {0};

    for (; *text; text++) {
        int last = out.len ? out.data[out.len - 1] : '\n';
        bool is_break = in_lines && *text == '\n';

        if (!isspace((unsigned char)*text))
            buf_char(&out, *text);
        else if (is_break && last == ' ')
            out.data[out.len - 1] = '\n';
        else if (last != ' ' && last != '\n')
            buf_char(&out, is_break ? '\n' : ' ');
    }
    while (out.len && isspace((unsigned char)out.data[out.len - 1]))
        out.data[--out.len] = '\0';
    utf8_clean(&clean, buf_text(&out), in_lines);
    buf_done(&out);
    return buf_take(&clean);
}

/* --- Markup as lines --- */

enum { LISTS_MAX = 8, ADDRESS_MAX = 300, LINK_MAX = 2000 };
struct markup {
    struct buf out;
    bool is_markdown, in_lines;
    struct { bool is_numbered; int n; } list[LISTS_MAX];
    int lists, cells;
    char address[ADDRESS_MAX];      /* of the link that is open, "" none */
    size_t link_start;
};

static bool tag_is(const char *tag, const char *name)
{
    size_t len = strlen(name);

    tag += 1 + (tag[1] == '/');
    return !strncasecmp(tag, name, len) && !isalnum((unsigned char)tag[len]);
}

static void line_break(struct markup *m)
{
    buf_char(&m->out, m->in_lines ? '\n' : ' ');
}

/* Only what a person could type or dial. */
static bool is_address(const char *text)
{
    return !strncasecmp(text, "http://", 7) || !strncasecmp(text, "https://", 8) || !strncasecmp(text, "mailto:", 7) || !strncasecmp(text, "tel:", 4);
}

static void add_address(struct markup *m, size_t link_start)
{
    const char *words = buf_text(&m->out) + link_start;

    if (m->in_lines && is_address(m->address) && !strstr(words, m->address))
        buf_printf(&m->out, " (%s)", m->address);
    m->address[0] = '\0';
}

static void attribute(const char *tag, size_t len, const char *name, char *out, size_t size)
{
    const char *at = memmem(tag, len, name, strlen(name)), *end;

    out[0] = '\0';
    if (!at || (at = at + strlen(name), *at != '"' && *at != '\'') || !(end = memchr(at + 1, *at, len - (size_t)(at + 1 - tag))))
        return;
    if ((size_t)(end - at - 1) < size) {
        memcpy(out, at + 1, (size_t)(end - at - 1));
        out[end - at - 1] = '\0';
    }
}

static void tag_link(struct markup *m, const char *tag, size_t len)
{
    if (tag[1] == '/') {
        add_address(m, m->link_start);
        return;
    }
    m->link_start = m->out.len;
    attribute(tag, len, "href=", m->address, sizeof m->address);
}

static void tag_list(struct markup *m, const char *tag)
{
    line_break(m);
    if (tag[1] == '/')
        m->lists -= m->lists > 0;
    else if (m->lists < LISTS_MAX) {
        m->list[m->lists].is_numbered = tag_is(tag, "ol");
        m->list[m->lists++].n = 0;
    }
}

static void tag_item(struct markup *m, const char *tag)
{
    line_break(m);
    if (tag[1] == '/' || !m->in_lines)
        return;
    if (m->lists && m->list[m->lists - 1].is_numbered)
        buf_printf(&m->out, "%d. ", ++m->list[m->lists - 1].n);
    else
        buf_add(&m->out, "- ");
}

static void tag_add(struct markup *m, const char *tag, size_t len)
{
    static const char *const blocks[] = { "br", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "hr", "pre", "blockquote", "dt", "dd" };
    char alt[ADDRESS_MAX];

    if (tag_is(tag, "a"))
        tag_link(m, tag, len);
    else if (tag_is(tag, "ul") || tag_is(tag, "ol"))
        tag_list(m, tag);
    else if (tag_is(tag, "li"))
        tag_item(m, tag);
    else if (tag_is(tag, "tr")) {
        line_break(m);
        m->cells = 0;
    } else if ((tag_is(tag, "td") || tag_is(tag, "th")) && tag[1] != '/')
        buf_add(&m->out, m->cells++ ? (m->in_lines ? " | " : " ") : "");
    else if (tag_is(tag, "img")) {
        attribute(tag, len, "alt=", alt, sizeof alt);
        buf_printf(&m->out, *alt ? " [%s] " : "%s", alt);
    } else if (!tag_is_inline(tag)) {
        bool is_block = false;

        for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
            is_block |= tag_is(tag, blocks[i]);
        if (is_block)
            line_break(m);
        else
            buf_char(&m->out, ' ');
    }
}

/* "[words](address)"; returns how much of text it was, 0 when it is no link. */
static size_t link_add(struct markup *m, const char *text)
{
    const char *close = memchr(text, ']', strnlen(text, LINK_MAX)), *end;
    size_t start = m->out.len, len;

    if (!close || close[1] != '(' || !(end = memchr(close, ')', strnlen(close, LINK_MAX))) || memchr(text, '\n', (size_t)(close - text)))
        return 0;
    buf_add_n(&m->out, text + 1, (size_t)(close - text - 1));
    len = strcspn(close + 2, " )");
    if (len < sizeof m->address) {
        memcpy(m->address, close + 2, len);
        m->address[len] = '\0';
        add_address(m, start);
    }
    return (size_t)(end + 1 - text);
}

/* A line that only draws a table ("|---|:--|") says nothing. */
static size_t rule_length(const char *text)
{
    size_t len = strspn(text, "|-: \t");

    return *text == '|' && memchr(text, '-', len) && (text[len] == '\n' || text[len] == '\r' || !text[len]) ? len : 0;
}

/* At the start of a line: a mark of a list, a quote or a row of a table. */
static size_t line_mark(struct markup *m, const char *text)
{
    size_t skip = rule_length(text);

    if (skip)
        return skip;
    if (*text == '|' || (*text == '>' && isspace((unsigned char)text[1])))
        return 1;
    if (strchr("-*+", *text) && text[1] == ' ') {
        buf_add(&m->out, "- ");
        return 2;
    }
    return 0;
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

static size_t markdown_add(struct markup *m, const char *text)
{
    size_t skip = 0;
    bool at_start = !m->out.len || m->out.data[m->out.len - 1] == '\n';
    bool after_word = m->out.len && isalnum((unsigned char)m->out.data[m->out.len - 1]);

    if (at_start && m->in_lines && *text)
        skip = line_mark(m, text);
    if (!skip && *text == '[')
        skip = link_add(m, text);
    if (!skip && strchr("*_`#", *text))
        skip = mark_length(text, at_start, after_word);
    if (!skip && m->in_lines && *text == '|' && m->out.len) {
        buf_add(&m->out, text[1] == '\n' || !text[1] ? "" : " | ");
        skip = 1;
    }
    return skip;
}

static char *convert(const char *text, bool is_markdown, bool in_lines)
{
    struct markup m = { .is_markdown = is_markdown, .in_lines = in_lines };
    char *plain;

    for (size_t skip; *text; text += skip) {
        skip = 0;
        if (*text == '<' && (skip = tag_length(text)))
            tag_add(&m, text, skip);
        else if (*text == '&')
            skip = entity_add(&m.out, text);
        else if (is_markdown && *text == '\\' && ispunct((unsigned char)text[1]))
            text++;
        else if (is_markdown)
            skip = markdown_add(&m, text);
        if (!skip) {
            buf_char(&m.out, *text);
            skip = 1;
        }
    }
    plain = tidy(buf_text(&m.out), in_lines);
    buf_done(&m.out);
    return plain;
}

/* Words of one line in plain letters, with nothing to take out: most labels, of which a form has thousands. */
static bool is_plain_line(const char *text)
{
    const char *p = text;

    for (; *p > ' ' || (*p == ' ' && p > text && p[-1] != ' '); p++)
        if (*p > '~' || strchr("<&*_`#[\\", *p))
            return false;
    return *p == '\0' && (p == text || p[-1] != ' ');
}

char *plain_text(const char *text, bool is_markdown)
{
    return is_plain_line(text) ? mem_dup(text) : convert(text, is_markdown, false);
}

char *plain_lines(const char *text, bool is_markdown)
{
    return convert(text, is_markdown, true);
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

    if (!*language)
        return node_str(element, name);
    snprintf(beside, sizeof beside, "_%s", name);
    for (const struct node *e = node_first(node_get(node_get(element, beside), "extension")); e; e = node_next(e))
        if (strstr(node_str(e, "url"), "/translation") && *(content = translation_in(e, language)))
            return content;
    return node_str(element, name);
}

/* White space in xhtml is no line break. */
static char *xhtml_lines(const char *text)
{
    char *flat = mem_dup(text), *lines;

    for (char *p = flat; *p; p++)
        *p = isspace((unsigned char)*p) ? ' ' : *p;
    lines = plain_lines(flat, false);
    free(flat);
    return lines;
}

/* What a rendering extension beside the text says; NULL when there is none that has words. */
static char *rendered_text(const struct node *item, const char *language)
{
    for (const struct node *e = node_first(node_path(item, "_text.extension")); e; e = node_next(e)) {
        const char *name = extension_name(node_str(e, "url"));
        bool is_xhtml = !strcmp(name, "rendering-xhtml"), is_markdown = !strcmp(name, "rendering-markdown");
        const char *given = translated(e, *node_str(e, "valueMarkdown") ? "valueMarkdown" : "valueString", language);
        char *words = *given && is_xhtml ? xhtml_lines(given) : *given && is_markdown ? plain_lines(given, true) : NULL;

        if (words && *words)
            return words;
        free(words);
    }
    return NULL;
}

/* Item.text is a plain string; a rendering extension beside it says the same with lists, tables and links, and some
 * forms write their tags and stars into the text itself. A text in the reader's language comes first. */
char *plain_item_text(const struct node *item, const char *language)
{
    const char *own = node_str(item, "text"), *text = translated(item, "text", language);
    char *rendered = *text && strcmp(text, own) ? NULL : rendered_text(item, language);

    return rendered ? rendered : plain_lines(text, true);
}
