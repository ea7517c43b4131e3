#include "base/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

/* The sanitisers' leak check traces its own process, which a process that is not dumpable refuses. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITISED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITISED 1
#endif
#endif
#ifndef IS_SANITISED
#define IS_SANITISED 0
#endif

static struct {
    char program_dir[PATH_MAX];     /* where the running executable lies */
    char data_dir[PATH_MAX];
} state;

/* ---- what harden does ---------------------------------------------------------------------- */

static void close_from(int first)
{
    DIR *dir;
    const struct dirent *entry;

    if (close_range((unsigned)first, ~0u, 0) == 0)
        return;
    if (!(dir = opendir("/proc/self/fd")))      /* a kernel before 5.9 */
        return;
    while ((entry = readdir(dir))) {
        int fd = (int)strtol(entry->d_name, NULL, 10);
        if (fd >= first && fd != dirfd(dir))
            close(fd);
    }
    closedir(dir);
}

/* Only the descriptors we were meant to have: 0, 1, 2 and keep. A missing one of the three becomes
 * /dev/null, lest the database be opened as standard output. */
static void close_inherited(int keep)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            _exit(1);
    if (keep <= 2) {
        close_from(3);
        return;
    }
    for (int fd = 3; fd < keep && close_range(3, (unsigned)keep - 1, 0) != 0; fd++)
        close(fd);
    close_from(keep + 1);
    fcntl(keep, F_SETFD, FD_CLOEXEC);
}

/* What a terminal program needs from its surroundings; all else (LD_*, TERMINFO, PAGER, EDITOR,
 * LESSOPEN, proxies, MALLOC_* ...) is dropped. */
static bool environment_wants(const char *entry)
{
    static const char *const kept[] = {
        "HOME", "USER", "LOGNAME", "TERM", "COLORTERM", "NO_COLOR", "LINES", "COLUMNS", "LANG",
        "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
        "XDG_DATA_HOME", "XDG_STATE_HOME",
    };
    size_t len = strcspn(entry, "=");

    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strlen(kept[i]) == len && strncmp(entry, kept[i], len) == 0)
            return true;
    return false;
}

static void scrub_environment(void)
{
    char **to = environ;

    if (!environ)
        return;
    for (char **from = environ; *from; from++)
        if (environment_wants(*from))
            *to++ = *from;
    *to = NULL;
}

static bool is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The locale asked for by name, "" when none is. */
static const char *locale_wanted(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return "";
}

/* A minimal system has only C.UTF-8. Whoever asks for a language it lacks, or for nothing, gets
 * that, and gettext finds the language through LANGUAGE; whoever asks for C gets ASCII. */
static void set_locale(void)
{
    const char *wanted = locale_wanted();
    bool found = setlocale(LC_CTYPE, "") != NULL;
    const char *messages = setlocale(LC_MESSAGES, "");
    char language[32];
    size_t len = strcspn(wanted, ".@");

    if (!messages || (!*wanted && strcmp(messages, "C") == 0))      /* in plain C gettext does not look at LANGUAGE */
        setlocale(LC_MESSAGES, "C.UTF-8");
    if ((found && is_utf8()) || (found && *wanted))
        return;
    setlocale(LC_CTYPE, "C.UTF-8");
    if (!found && len < sizeof language) {
        memcpy(language, wanted, len);
        language[len] = '\0';
        setenv("LANGUAGE", language, 0);
    }
}

static void bind_translations(void)
{
    char path[PATH_MAX + 32];
    bool is_installed = strcmp(process_data_dir(), FRONTDESK_SHARE) == 0;

    snprintf(path, sizeof path, "%s/../.build/locale", process_data_dir());
    bindtextdomain("frontdesk", is_installed ? FRONTDESK_LOCALE : path);
    bind_textdomain_codeset("frontdesk", "UTF-8");
    textdomain("frontdesk");
}

void process_harden(int keep_fd)
{
    const struct rlimit none = {0, 0};

    umask(077);
    setrlimit(RLIMIT_CORE, &none);
    if (!IS_SANITISED)
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    close_inherited(keep_fd);
    scrub_environment();
    set_locale();
    bind_translations();
}

void process_hide_arguments(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        explicit_bzero(argv[i], strlen(argv[i]));
}

/* ---- where things are ---------------------------------------------------------------------- */

const char *process_program_dir(void)
{
    ssize_t len;
    char *slash;

    if (state.program_dir[0])
        return state.program_dir;
    len = readlink("/proc/self/exe", state.program_dir, sizeof state.program_dir - 1);
    state.program_dir[len > 0 ? len : 0] = '\0';
    slash = strrchr(state.program_dir, '/');
    if (slash)
        *slash = '\0';
    return state.program_dir;
}

/* The build tree the program lies in: its own folder, or the one that holds .build. */
static bool find_tree_data(char *out, size_t size)
{
    const char *dir = process_program_dir(), *build = strstr(dir, "/.build/");
    int len = build ? (int)(build - dir) : (int)strlen(dir);
    char probe[PATH_MAX + 32];

    snprintf(probe, sizeof probe, "%.*s/data/schema/001.sql", len, dir);
    snprintf(out, size, "%.*s/data", len, dir);
    return len > 0 && access(probe, R_OK) == 0;
}

const char *process_data_dir(void)
{
    if (!state.data_dir[0] && !find_tree_data(state.data_dir, sizeof state.data_dir))
        snprintf(state.data_dir, sizeof state.data_dir, "%s", FRONTDESK_SHARE);
    return state.data_dir;
}
