/* proxy.c - stands between desks and the central server of the tests and lets the network misbehave.
 *
 *   proxy DIR [BUNDLES]     serve, before the server that tests/server/run started in DIR
 *   proxy tell DIR LINE     have a proxy do what LINE says (README.md)
 *
 * DIR gets proxy.url, proxy.log and the socket proxy.control. A process for each connection; all end
 * with the first, and that one with whoever started it. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "exchange.h"
#include "stream.h"

enum { CHILDREN = 256, LINE_MOST = 512 };

struct listener {
    struct proxy proxy;
    const char *dir;
    int fd, control_fd, life_end;       /* life_end: closed by our death alone */
    pid_t child[CHILDREN];
    int n_children;
};

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "proxy: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- files of DIR ---- */

static void read_word(const char *dir, const char *name, char *out, size_t size)
{
    char *path = mem_printf("%s/%s", dir, name);
    FILE *file = fopen(path, "r");

    if (!file || !fgets(out, (int)size, file))
        die(path);
    out[strcspn(out, "\n")] = '\0';
    fclose(file);
    free(path);
}

/* Whole or not at all: whoever waits for it may read it as soon as it is there. */
static void write_url(const char *dir, int port, const char *path_of)
{
    char *path = mem_printf("%s/proxy.url", dir), *draft = mem_printf("%s.new", path);
    FILE *file = fopen(draft, "w");

    if (!file || fprintf(file, "https://127.0.0.1:%d%s\n", port, path_of) < 0 || fclose(file) != 0 ||
        rename(draft, path) != 0)
        die(path);
    free(draft);
    free(path);
}

static struct sockaddr_un control_address(const char *dir)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    if (snprintf(address.sun_path, sizeof address.sun_path, "%s/proxy.control", dir) >= (int)sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        die(dir);
    }
    return address;
}

/* ---- listening ---- */

static int listen_loopback(int *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        die("listen");
    *port = ntohs(address.sin_port);
    return fd;
}

static int listen_control(const char *dir)
{
    struct sockaddr_un address = control_address(dir);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    unlink(address.sun_path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 8) != 0)
        die(address.sun_path);
    return fd;
}

static struct faults *share_faults(void)
{
    void *memory = mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        die("memory");
    return memory;
}

static void open_proxy(struct listener *l, const char *dir)
{
    char *certificate = mem_printf("%s/server.pem", dir), *key = mem_printf("%s/server.key", dir);
    char *ca = mem_printf("%s/ca.pem", dir), *log = mem_printf("%s/proxy.log", dir);
    int life[2];

    l->proxy.faults = share_faults();
    l->proxy.as_server = stream_server_context(certificate, key);
    l->proxy.as_client = stream_client_context(ca);
    l->proxy.log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (!l->proxy.as_server || !l->proxy.as_client || l->proxy.log_fd < 0 || pipe(life) != 0)
        die(dir);
    l->proxy.life_fd = life[0];
    l->life_end = life[1];
    free(certificate);
    free(key);
    free(ca);
    free(log);
}

/* ---- serving ---- */

static void reap(struct listener *l)
{
    int kept = 0;

    for (int i = 0; i < l->n_children; i++)
        if (waitpid(l->child[i], NULL, WNOHANG) == 0)
            l->child[kept++] = l->child[i];
    l->n_children = kept;
}

/* A cut network cuts what is on its way, wherever it is. */
static void cut_all(struct listener *l)
{
    for (int i = 0; i < l->n_children; i++)
        kill(l->child[i], SIGKILL);
}

/* Where the server is now: it may have been started anew. */
static const char *find_server(struct listener *l, char *url, size_t size)
{
    read_word(l->dir, "url", url, size);
    const char *colon = strrchr(url, ':'), *path = colon ? strchr(colon, '/') : NULL;
    l->proxy.server_port = colon ? (int)strtol(colon + 1, NULL, 10) : 0;
    return path ? path : "";
}

static void serve_child(struct listener *l, int fd)
{
    char url[256];

    find_server(l, url, sizeof url);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(l->life_end);
    close(l->fd);
    close(l->control_fd);
    signal(SIGCHLD, SIG_IGN);
    exchange_serve(&l->proxy, fd);
    _exit(0);
}

static void take_connection(struct listener *l)
{
    int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return;
    if (!atomic_load(&l->proxy.faults->is_down) && l->n_children < CHILDREN) {
        pid_t child = fork();
        if (child == 0)
            serve_child(l, fd);
        l->child[l->n_children++] = child;
    }
    close(fd);
}

static void take_command(struct listener *l)
{
    char line[LINE_MOST] = "";
    struct buf reply = { 0 };
    int fd = accept4(l->control_fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return;
    if (read(fd, line, sizeof line - 1) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (!faults_command(l->proxy.faults, line, &reply))
            buf_add(&reply, "what?\n");
        if (atomic_load(&l->proxy.faults->is_down))
            cut_all(l);
        if (write(fd, reply.data, reply.len) < 0)
            perror("proxy: control");
    }
    buf_done(&reply);
    close(fd);
}

static _Noreturn void serve(struct listener *l)
{
    struct pollfd p[] = { { .fd = l->fd, .events = POLLIN }, { .fd = l->control_fd, .events = POLLIN } };

    for (;;) {
        poll(p, 2, -1);
        reap(l);
        if (p[1].revents)
            take_command(l);
        if (p[0].revents)
            take_connection(l);
    }
}

static int run(const char *dir, const char *bundles)
{
    struct listener l = { .proxy.bundles = bundles, .dir = dir };
    char url[256];
    int port;

    pid_t starter = getppid();

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != starter)
        return 1;
    signal(SIGPIPE, SIG_IGN);
    open_proxy(&l, dir);
    l.control_fd = listen_control(dir);
    l.fd = listen_loopback(&port);
    write_url(dir, port, find_server(&l, url, sizeof url));
    serve(&l);
}

/* ---- telling it what to do ---- */

static int tell(const char *dir, const char *line)
{
    struct sockaddr_un address = control_address(dir);
    char reply[LINE_MOST] = "";
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        write(fd, line, strlen(line)) < 0 || read(fd, reply, sizeof reply - 1) < 0)
        die("tell");
    close(fd);
    fputs(reply, stdout);
    return reply[0] >= '0' && reply[0] <= '9' ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "tell") == 0)
        return tell(argv[2], argv[3]);
    if (argc == 2 || argc == 3)
        return run(argv[1], argv[2]);
    fputs("usage: proxy DIR [BUNDLES] | proxy tell DIR LINE\n", stderr);
    return 2;
}
