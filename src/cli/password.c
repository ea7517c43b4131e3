#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "store/secret.h"

enum { LINE_MAX_BYTES = 1000, INTERRUPT = 3 };

enum rc line_from(int fd, char **out, struct err *err)
{
    char text[LINE_MAX_BYTES + 1];
    size_t len = 0;
    ssize_t n = 0;
    char c = '\0';

    while (len <= LINE_MAX_BYTES && ((n = read(fd, &c, 1)) == 1 || (n < 0 && errno == EINTR)))
        if (n == 1 && c == '\n')
            break;
        else if (n == 1 && len < LINE_MAX_BYTES)
            text[len++] = c;
        else if (n == 1)
            len = LINE_MAX_BYTES + 1;
    if (len > LINE_MAX_BYTES || (n <= 0 && len == 0)) {
        mem_wipe(text, sizeof text);
        return len ? err_set(err, RC_INVALID, _("the line on descriptor %d is too long"), fd)
                   : err_set(err, RC_INVALID, _("there is nothing to read on descriptor %d"), fd);
    }
    if (len && text[len - 1] == '\r')
        len--;
    *out = mem_dup_n(text, len);
    mem_wipe(text, sizeof text);
    return RC_OK;
}

/* With signals off, ^C is a byte like any other and the echo is always put back. */
static enum rc ask(int tty, const char *prompt, char **out, struct err *err)
{
    struct termios before, quiet;
    enum rc rc;

    if (tcgetattr(tty, &before) != 0)
        return err_set(err, RC_IO, _("the terminal does not answer: %s"), strerror(errno));
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    quiet.c_lflag |= ECHONL;
    if (tcsetattr(tty, TCSAFLUSH, &quiet) != 0)
        return err_set(err, RC_IO, _("the terminal does not answer: %s"), strerror(errno));
    dprintf(tty, "%s: ", prompt);
    rc = line_from(tty, out, err);
    tcsetattr(tty, TCSAFLUSH, &before);
    if (rc == RC_OK && strchr(*out, INTERRUPT)) {
        mem_wipe(*out, strlen(*out));
        free(*out);
        *out = NULL;
        rc = err_set(err, RC_CANCELLED, _("stopped"));
    }
    return rc;
}

static enum rc ask_twice(int tty, const char *prompt, char **out, struct err *err)
{
    char *again = NULL;
    enum rc rc = ask(tty, prompt, out, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = ask(tty, _("Once more"), &again, err)) == RC_OK && strcmp(*out, again) != 0)
        rc = err_set(err, RC_INVALID, _("the two are not the same"));
    if (again)
        mem_wipe(again, strlen(again));
    free(again);
    if (rc != RC_OK) {
        mem_wipe(*out, strlen(*out));
        free(*out);
        *out = NULL;
    }
    return rc;
}

enum rc password_read(int fd, bool is_new, char **out, struct err *err)
{
    int tty;
    enum rc rc;

    *out = NULL;
    if (fd >= 0)
        return line_from(fd, out, err);
    if ((tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
        return err_set(err, RC_INVALID, _("there is no terminal to ask for the password: use --password-fd N"));
    rc = is_new ? ask_twice(tty, _("New password"), out, err) : ask(tty, _("Password"), out, err);
    close(tty);
    return rc;
}

/* Everything up to the end, but no more than fits; *len is more than SECRET_MOST when it does not. */
static enum rc all_of(int fd, char *text, size_t *len, struct err *err)
{
    ssize_t n = 1;

    while (*len <= SECRET_MOST && n != 0) {
        n = read(fd, text + *len, SECRET_MOST + 1 - *len);
        if (n < 0 && errno != EINTR)
            return err_set(err, RC_IO, _("descriptor %d cannot be read: %s"), fd, strerror(errno));
        *len += n > 0 ? (size_t)n : 0;
    }
    return RC_OK;
}

static enum rc secret_of(int fd, char **out, struct err *err)
{
    char text[SECRET_MOST + 2];
    size_t len = 0;
    enum rc rc = all_of(fd, text, &len, err);

    if (rc == RC_OK && (len > SECRET_MOST || memchr(text, '\0', len)))
        rc = err_set(err, RC_INVALID, "%s", _("that is too long for a secret, or no text"));
    while (len > 0 && len <= SECRET_MOST && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        len--;
    if (rc == RC_OK && len == 0)
        rc = err_set(err, RC_INVALID, _("there is nothing to read on descriptor %d"), fd);
    if (rc == RC_OK)
        *out = mem_dup_n(text, len);
    mem_wipe(text, sizeof text);
    return rc;
}

enum rc secret_read(int fd, char **out, struct err *err)
{
    int tty;
    enum rc rc;

    *out = NULL;
    if (fd >= 0 || !isatty(STDIN_FILENO))
        return secret_of(fd >= 0 ? fd : STDIN_FILENO, out, err);
    if ((tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
        return err_set(err, RC_INVALID, _("there is no terminal to ask for the secret: give it on standard input"));
    rc = ask_twice(tty, _("Secret"), out, err);
    close(tty);
    return rc;
}
