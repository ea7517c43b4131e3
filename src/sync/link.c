#include "sync/link.h"

#include <string.h>
#include <strings.h>

#include "base/i18n.h"

const char *link_url(const struct node *bundle, const char *relation)
{
    for (const struct node *l = node_first(node_get(bundle, "link")); l; l = node_next(l))
        if (strcmp(node_str(l, "relation"), relation) == 0)
            return *node_str(l, "url") ? node_str(l, "url") : NULL;
    return NULL;
}

/* What follows base in url, without the slash between; NULL when url is not below base. */
static const char *below(const char *url, const char *base, size_t base_len)
{
    if (base_len == 0 || strncmp(url, base, base_len) != 0)
        return NULL;
    url += base_len;
    if (*url == '/')
        return url + 1;
    return *url == '?' || *url == '\0' ? url : NULL;
}

/* How long the base part of a self link is: up to the slash before what was asked for. */
static size_t base_length(const char *self, const char *first)
{
    size_t name_len = strcspn(first, "?"), path_len = strcspn(self, "?");

    while (name_len > 0 && first[name_len - 1] == '/')
        name_len--;
    if (path_len <= name_len || self[path_len - name_len - 1] != '/' ||
        strncmp(self + path_len - name_len, first, name_len) != 0)
        return 0;
    return path_len - name_len - 1;
}

/* "https://host" of an address with a scheme, else 0. */
static size_t origin_length(const char *url)
{
    const char *scheme = strstr(url, "://");

    if (!scheme || strcspn(url, "/?#") < (size_t)(scheme - url))
        return 0;
    return (size_t)(scheme - url) + 3 + strcspn(scheme + 3, "/?#");
}

static bool is_sendable(const char *path)
{
    for (; *path; path++)
        if (*path <= ' ' || *path > '~' || *path == '#')
            return false;
    return true;
}

const char *link_path(const char *url, const char *base)
{
    const char *path = below(url, base, strlen(base));

    if (!path && *url == '/' && url[1] != '/')
        path = below(url, base + origin_length(base), strlen(base + origin_length(base)));
    if (!path && *url != '/' && origin_length(url) == 0)
        path = url;
    return path && is_sendable(path) && !strstr(path, "..") ? path : NULL;
}

enum rc link_next(const struct node *bundle, const char *base, const char *first, struct buf *path,
                  bool *is_foreign, struct err *err)
{
    const char *next = link_url(bundle, "next"), *self = link_url(bundle, "self"), *rest;

    *is_foreign = false;
    if (!next)
        return RC_OK;
    rest = below(next, base, strlen(base));
    if (!rest && origin_length(next) == 0 && *next != '/')
        rest = next;            /* relative to the base */
    if (!rest && *next == '/' && next[1] != '/')
        rest = below(next, base + origin_length(base), strlen(base + origin_length(base)));
    if (!rest && self) {
        rest = below(next, self, base_length(self, first));
        *is_foreign = rest != NULL && strncasecmp(next, base, origin_length(base)) != 0;
    }
    if (!rest || !is_sendable(rest))
        return err_set(err, RC_INVALID, "%s", _("the server's link to the next page leads elsewhere; it was not followed"));
    buf_add(path, rest);
    return RC_OK;
}
