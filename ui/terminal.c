#include "ui/terminal.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/mem.h"

enum { WIDTH = 80 };            /* what every screen is made for */

static const char paste_on[] = "\033[?2004h", paste_off[] = "\033[?2004l";
static const char mouse_on[] = "\033[?1000h\033[?1006h", mouse_off[] = "\033[?1006l\033[?1000l";

/* What a signal handler needs to put the terminal back stands here, made beforehand. */
static struct {
    bool on, mouse, has_color, full;
    SCREEN *screen;
    struct termios before;
    char leave[160];            /* bytes that end our modes and leave the alternate screen */
    attr_t look[STYLE_COUNT];
    short pair[STYLE_COUNT];
} term;

static void write_all(const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(STDOUT_FILENO, text, len);
        if (n < 0 && errno != EINTR)
            return;
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
}

static const char *capability(const char *name)
{
    const char *text = tigetstr(name);

    return text && text != (char *)-1 ? text : "";
}

static void add_leave(const char *bytes)
{
    size_t have = strlen(term.leave), more = strlen(bytes);

    if (have + more < sizeof term.leave)
        memcpy(term.leave + have, bytes, more + 1);
}

/* Only calls that are safe in a signal handler. */
static void restore(void)
{
    if (!term.on)
        return;
    term.on = false;
    write_all(term.leave, strlen(term.leave));
    tcsetattr(STDIN_FILENO, TCSANOW, &term.before);
}

static void on_fault(int number)
{
    restore();
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_faults(void)
{
    static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    struct sigaction act = { .sa_handler = on_fault };

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigaction(faults[i], &act, NULL);
    mem_on_fatal(restore);
}

static void set_looks(enum theme theme)
{
    short next = 1;

    for (int i = 0; i < STYLE_COUNT; i++) {
        struct look look = theme_look(theme, (enum style)i);

        term.look[i] = (look.bold ? A_BOLD : 0) | (look.dim ? A_DIM : 0) |
                       (look.reverse ? A_REVERSE : 0) | (look.underline ? A_UNDERLINE : 0);
        term.pair[i] = 0;
        if (term.has_color && look.color != COLOR_NONE) {
            init_pair(next, (short)look.color, -1);
            term.pair[i] = next++;
        }
    }
}

/* Terminals that do not know bracketed paste ignore it; the plain ones are spared it. */
static bool knows_modern_modes(void)
{
    static const char *const kinds[] = { "xterm", "screen", "tmux", "rxvt", "alacritty", "foot", "kitty", "st", "vte", "konsole", "putty" };
    const char *name = getenv("TERM");

    for (size_t i = 0; name && i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return *capability("BE") != '\0';
}

static void set_modes(bool mouse)
{
    bool modern = knows_modern_modes();
    struct termios now;

    term.mouse = mouse && modern;
    if (term.mouse)
        add_leave(mouse_off);
    if (modern)
        add_leave(paste_off);
    add_leave(capability("sgr0"));
    add_leave(capability("cnorm"));
    add_leave(capability("clear"));
    add_leave(capability("rmcup"));
    add_leave(capability("E3"));
    if (modern)
        write_all(paste_on, sizeof paste_on - 1);
    if (term.mouse)
        write_all(mouse_on, sizeof mouse_on - 1);
    if (tcgetattr(STDIN_FILENO, &now) == 0) {   /* ^S and ^Q belong to nobody here */
        now.c_iflag &= ~(tcflag_t)(IXON | IXOFF | ICRNL | INLCR | IGNCR);
        tcsetattr(STDIN_FILENO, TCSANOW, &now);
    }
}

bool terminal_fits(void)
{
    const char *kind = getenv("TERM");
    struct winsize size;

    if (!kind || !kind[0] || strcmp(kind, "dumb") == 0)
        return false;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_col >= WIDTH;
}

enum rc terminal_start(enum theme theme, bool mouse, struct err *err)
{
    const char *kind = getenv("TERM");

    if (tcgetattr(STDIN_FILENO, &term.before) != 0 || !isatty(STDOUT_FILENO))
        return err_set(err, RC_IO, _("standard input and output are not a terminal"));
    set_escdelay(50);
    term.screen = newterm(NULL, stdout, stdin);
    if (!term.screen)
        return err_set(err, RC_IO, _("the terminal kind %s is not known here"), kind ? kind : _("(TERM is not set)"));
    term.on = true;
    term.leave[0] = '\0';
    raw();
    noecho();
    nonl();
    typeahead(-1);              /* curses must not look at bytes that are ours to read */
    leaveok(stdscr, FALSE);
    if (!getenv("NO_COLOR") && theme != THEME_MONO && has_colors() && start_color() == OK)
        term.has_color = use_default_colors() == OK;
    set_looks(theme);
    set_modes(mouse);
    catch_faults();
    return RC_OK;
}

void terminal_stop(void)
{
    if (!term.screen)
        return;
    mem_on_fatal(NULL);
    clear();
    refresh();
    endwin();
    restore();
    delscreen(term.screen);
    term.screen = NULL;
}

void terminal_size(int *rows, int *cols)
{
    struct winsize size;

    *rows = LINES;
    *cols = COLS;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        *rows = size.ws_row;
        *cols = size.ws_col;
    }
    if (*rows != LINES || *cols != COLS)
        resizeterm(*rows, *cols);
}

/* One row, a run of equal style at a time. */
static void show_row(const struct grid *grid, int row)
{
    const struct cell *cell = &grid->cell[row * grid->cols];

    move(row, 0);
    for (int col = 0; col < grid->cols; col++, cell++) {
        if (cell->width == 0)
            continue;
        attr_set(term.look[cell->style], term.pair[cell->style], NULL);
        addstr(cell->text[0] ? cell->text : " ");
    }
}

void terminal_show(const struct grid *grid)
{
    int rows = grid->rows < LINES ? grid->rows : LINES;

    if (term.full)
        clearok(stdscr, TRUE);
    term.full = false;
    for (int row = 0; row < rows; row++)
        show_row(grid, row);
    curs_set(grid->cursor_shown ? 1 : 0);
    if (grid->cursor_shown)
        move(grid->cursor_row, grid->cursor_col);
    refresh();
}

void terminal_redraw(void)
{
    term.full = true;
}

void terminal_bell(void)
{
    beep();
}
