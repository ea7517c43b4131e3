/* config_table.c - every setting, one row each, and config.example printed from them. */
#include "base/config_table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/i18n.h"

static const char *const themes[] = {"dark", "light", "mono", "contrast", NULL};
static const char *const papers[] = {"a4", "letter", NULL};
static const char *const auth_ways[] = {"token", "client_secret_basic", "private_key_jwt", "none", NULL};
static const char *const print_formats[] = {"pdf", "text", NULL};

const struct config_row config_rows[] = {
    {"data_dir", CONFIG_PATH, "~/.local/share/frontdesk", N_("Where the database, its log and its backups live; a local disk, never a network share."), NULL, 0, 0, NULL},
    {"idle_lock_s", CONFIG_INT, "900", N_("Seconds without a key until the screen locks and a session of the command line ends."), NULL, 10, 86400, NULL},
    {"theme", CONFIG_CHOICE, "dark", N_("Colors: dark, light, mono or contrast. NO_COLOR is honored."), NULL, 0, 0, themes},
    {"quiet", CONFIG_BOOL, "false", N_("For screen readers: no ticking clock, no live repaint, questions move the cursor."), NULL, 0, 0, NULL},
    {"clinic.name", CONFIG_TEXT, "", N_("The clinic's name, on the status line and the lock."), "Elm Street Clinic", 0, 0, NULL},
    {"clinic.organization", CONFIG_TEXT, "", N_("Id of the clinic's Organization on the central server."), "elm-street", 0, 0, NULL},
    {"clinic.time_zone", CONFIG_ZONE, "", N_("The clinic's time zone; empty means the machine's."), "America/New_York", 0, 0, NULL},
    {"clinic.day_first", CONFIG_BOOL, "false", N_("Whether 3/12 means 3 December (true) or March 12 (false)."), NULL, 0, 0, NULL},
    {"clinic.crisis_contact", CONFIG_TEXT, "", N_("Whom to call when a patient answers that they think of harming themselves."), "988 Suicide and Crisis Lifeline", 0, 0, NULL},
    {"server.url", CONFIG_URL, "", N_("Base address of the central FHIR server; empty means this machine only."), "https://fhir.example.org/fhir", 0, 0, NULL},
    {"server.ca_file", CONFIG_PATH, "", N_("Certificates the server is checked against; empty means the system's."), "/etc/frontdesk/ca.pem", 0, 0, NULL},
    {"server.auth", CONFIG_CHOICE, "token", N_("How this machine proves itself: token, client_secret_basic, private_key_jwt or none. Secrets never stand in this file."), NULL, 0, 0, auth_ways},
    {"server.token_file", CONFIG_PATH, "", N_("File with the bearer token, readable by you alone; empty means the sealed one (frontdesk secret set token), if any."), "/etc/frontdesk/token", 0, 0, NULL},
    {"server.client_id", CONFIG_TEXT, "", N_("Name of this machine at the authorization server; its secret or key is sealed: frontdesk secret set."), "elm-street-desk", 0, 0, NULL},
    {"server.client_key_id", CONFIG_TEXT, "", N_("Name (kid) of the client's key as registered there; empty means the one in its JWK."), "desk-2026", 0, 0, NULL},
    {"server.token_url", CONFIG_URL, "", N_("The token endpoint; empty means the one that the server names in .well-known/smart-configuration."), "https://auth.example.org/token", 0, 0, NULL},
    {"server.auth_scope", CONFIG_TEXT, "system/*.cruds", N_("What to ask the authorization server for."), NULL, 0, 0, NULL},
    {"server.tls_cert_file", CONFIG_PATH, "", N_("Certificate of this machine, PEM, for a server that asks for one; with any way to prove itself."), "/etc/frontdesk/desk.pem", 0, 0, NULL},
    {"server.tls_key_file", CONFIG_PATH, "", N_("Its private key, PEM, readable by you alone; empty means the sealed one (frontdesk secret set tls-key)."), "/etc/frontdesk/desk.key", 0, 0, NULL},
    {"server.scope", CONFIG_TEXT, "", N_("Which patients to keep here, as a search on Patient, several with ';' between; empty means all the token may see."), "organization=elm-street", 0, 0, NULL},
    {"server.sync_interval_s", CONFIG_INT, "60", N_("Seconds between two passes when nothing hurries."), NULL, 5, 86400, NULL},
    {"server.overlap_s", CONFIG_INT, "300", N_("How far a pull looks back, for what the server showed late."), NULL, 0, 86400, NULL},
    {"server.bulk_export", CONFIG_TEXT, "", N_("What to export at once for the first pull, where the server can: system, Patient, or Group/ID of the clinic's patients; empty means page by page."), "Group/elm-street", 0, 0, NULL},
    {"server.page_size", CONFIG_INT, "500", N_("Resources asked for in one page of a pull."), NULL, 10, 1000, NULL},
    {"server.connect_timeout_s", CONFIG_INT, "10", N_("Seconds to wait for a connection."), NULL, 1, 300, NULL},
    {"server.stall_s", CONFIG_INT, "60", N_("Seconds of silence until a request is given up."), NULL, 1, 600, NULL},
    {"backup.dir", CONFIG_PATH, "", N_("Where backups go; empty means the folder backup in the data directory."), "/var/backups/frontdesk", 0, 0, NULL},
    {"backup.keep", CONFIG_INT, "14", N_("How many of the agent's own backups to keep."), NULL, 1, 1000, NULL},
    {"print.paper", CONFIG_CHOICE, "letter", N_("Paper that forms are printed on: a4 or letter."), NULL, 0, 0, papers},
    {"print.command", CONFIG_TEXT, "", N_("What prints: an absolute path and its words. It gets the pages on standard input; no shell, no file names."), "/usr/bin/lp -d front-desk", 0, 0, NULL},
    {"print.format", CONFIG_CHOICE, "pdf", N_("What the print command gets: pdf or text."), NULL, 0, 0, print_formats},
    {"print.dir", CONFIG_PATH, "", N_("Where PDF files made on screen go; empty means the folder printed in the data directory."), "/srv/clinic/printed", 0, 0, NULL},
    {"kiosk.idle_s", CONFIG_INT, "120", N_("Seconds without a key until a form that a patient fills alone is hidden and asks for the birth date."), NULL, 5, 3600, NULL},
    {NULL, CONFIG_TEXT, NULL, NULL, NULL, 0, 0, NULL},
};
_Static_assert(sizeof config_rows / sizeof *config_rows <= CONFIG_ROWS_MAX, "room for every row");

static void print_row(FILE *out, const struct config_row *row, const char *name, const char *indent)
{
    const char *value = row->standard[0] || !row->example ? row->standard : row->example;
    bool is_bare = row->kind == CONFIG_INT || row->kind == CONFIG_BOOL;
    const char *quote = is_bare ? "" : "\"";

    fprintf(out, "%s# %s\n", indent, row->help);
    fprintf(out, "%s# %s = %s%s%s;\n", indent, name, quote, value, quote);
}

/* Every setting stands commented out with its standard value, or an example where that is empty:
 * the file can be used as it is and changes nothing. English whatever the locale. */
void config_print_example(FILE *out)
{
    const char *group = "";
    size_t len = 0;

    fputs("# Settings of frontdesk. Copy to ~/.config/frontdesk/config or /etc/frontdesk/config and\n"
          "# take away the # before what you change. `frontdesk config show` prints what holds.\n", out);
    for (const struct config_row *row = config_rows; row->name; row++) {
        const char *dot = strchr(row->name, '.');
        size_t mine = dot ? (size_t)(dot - row->name) : 0;

        if (mine != len || strncmp(group, row->name, len) != 0) {
            fprintf(out, "%s\n%.*s%s", len ? "};\n" : "", (int)mine, row->name, mine ? " = {\n" : "");
            group = row->name;
            len = mine;
        } else if (!len) {
            fputc('\n', out);
        }
        print_row(out, row, dot ? dot + 1 : row->name, dot ? "  " : "");
    }
    fprintf(out, "};\n\n# Keys by action, a space between several; words of its name joined by a dash.\nkeys = {\n  # task-complete = \"c\";\n};\n");
}
