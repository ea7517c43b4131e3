#include "fhir/code.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/process.h"

/* A list of codes and, once for each of its canonical URLs, a name that leads to it. */
struct list { size_t first, n; };
struct list_name { const char *canonical; size_t list; };

static struct {
    bool loaded;
    struct arena arena;
    struct code *code;
    size_t n, cap;
    struct list *list;
    size_t lists, list_cap;
    struct list_name *name;
    size_t names, name_cap;
    const struct code **sorted;         /* by system and code, for displays */
} codes;

static int by_canonical(const void *a, const void *b)
{
    return strcmp(((const struct list_name *)a)->canonical, ((const struct list_name *)b)->canonical);
}

static int by_system_code(const void *a, const void *b)
{
    const struct code *x = *(const struct code *const *)a, *y = *(const struct code *const *)b;
    int order = strcmp(x->system, y->system);

    return order ? order : strcmp(x->code, y->code);
}

static void add_name(const char *canonical)
{
    MEM_ROOM(codes.name, codes.names, codes.name_cap);
    codes.name[codes.names++] = (struct list_name){
        arena_dup_n(&codes.arena, canonical, strlen(canonical)), codes.lists - 1};
}

/* system TAB code TAB display; most lines share their system with the line before. */
static void add_code(char *line)
{
    char *code = strchr(line, '\t'), *display = code ? strchr(code + 1, '\t') : NULL;
    const struct code *last = codes.n > 0 ? &codes.code[codes.n - 1] : NULL;
    struct code new;

    if (!display)
        return;
    *code++ = *display++ = '\0';
    new.system = last && strcmp(last->system, line) == 0 ? last->system : arena_dup_n(&codes.arena, line, strlen(line));
    new.code = arena_dup_n(&codes.arena, code, strlen(code));
    new.display = arena_dup_n(&codes.arena, display, strlen(display));
    MEM_ROOM(codes.code, codes.n, codes.cap);
    codes.code[codes.n++] = new;
    codes.list[codes.lists - 1].n++;
}

static void load_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t cap = 0;

    if (!file)
        return;
    MEM_ROOM(codes.list, codes.lists, codes.list_cap);
    codes.list[codes.lists++] = (struct list){codes.n, 0};
    while (getline(&line, &cap, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "# http", 6) == 0)
            add_name(line + 2);
        else if (*line && *line != '#')
            add_code(line);
    }
    free(line);
    fclose(file);
}

static int is_tsv(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return len > 4 && strcmp(entry->d_name + len - 4, ".tsv") == 0;
}

static void load(void)
{
    struct dirent **entry;
    char *dir = mem_printf("%s/codes", process_data_dir());
    int n = scandir(dir, &entry, is_tsv, alphasort);

    codes.loaded = true;
    for (int i = 0; i < n; i++) {
        char *path = mem_printf("%s/%s", dir, entry[i]->d_name);
        load_file(path);
        free(path);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    free(dir);
    codes.sorted = mem_array(codes.n, sizeof *codes.sorted);
    for (size_t i = 0; i < codes.n; i++)
        codes.sorted[i] = &codes.code[i];
    if (codes.n > 0) {
        qsort(codes.sorted, codes.n, sizeof *codes.sorted, by_system_code);
        qsort(codes.name, codes.names, sizeof *codes.name, by_canonical);
    }
}

static void need(void)
{
    if (!codes.loaded)
        load();
}

bool code_list_find(const char *canonical, struct code_list *out)
{
    char *plain = mem_dup_n(canonical, strcspn(canonical, "|"));
    const struct list_name key = {plain, 0}, *found;

    need();
    found = codes.names > 0 ? bsearch(&key, codes.name, codes.names, sizeof *codes.name, by_canonical) : NULL;
    free(plain);
    if (!found)
        return false;
    *out = (struct code_list){codes.code + codes.list[found->list].first, codes.list[found->list].n};
    return true;
}

const char *code_display(const char *system, const char *code)
{
    const struct code key = {system, code, NULL}, *want = &key, *const *found;

    need();
    found = codes.n > 0 ? bsearch(&want, codes.sorted, codes.n, sizeof *codes.sorted, by_system_code) : NULL;
    return found ? (*found)->display : NULL;
}
