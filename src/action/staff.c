/* Staff accounts. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "access/staff.h"
#include "action/arg.h"
#include "base/i18n.h"
#include "store/store.h"

static enum role role_of(const struct args *args)
{
    enum role role = ROLE_FRONT_DESK;

    role_parse(args_get(args, "role"), &role);  /* the row's choices are the roles */
    return role;
}

enum rc act_user_add(struct context *ctx, const struct grant *grant, const struct args *args,
                     struct doc **result, struct err *err)
{
    const char *name = args_get(args, "name"), *display = arg_text(args, "display");
    struct staff made = { 0 };
    enum rc rc = staff_password_check(name, args_get(args, "password"), err);

    if (rc == RC_OK)
        rc = staff_add(ctx->st, grant, name, display ? display : name, role_of(args), args_get(args, "password"), err);
    if (rc == RC_OK && (rc = staff_get(ctx->st, name, &made, err)) == RC_OK) {
        *result = result_made("Practitioner", made.id);
        node_set_str(*result, doc_root(*result), "name", made.name);
    }
    staff_done(&made);
    return rc;
}

enum rc act_user_list(struct context *ctx, const struct grant *grant, const struct args *args,
                      struct doc **result, struct err *err)
{
    struct staff *list = NULL;
    size_t n = 0;
    enum rc rc = staff_list(ctx->st, &list, &n, err);

    (void)grant;
    (void)args;
    if (rc == RC_OK)
        *result = result_list();
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_OK) {
            struct node *row = result_row(*result);

            node_set_str(*result, row, "id", list[i].id);
            node_set_str(*result, row, "name", list[i].name);
            node_set_str(*result, row, "display", list[i].display);
            node_set_str(*result, row, "role", role_name(list[i].role));
            node_set_bool(*result, row, "disabled", list[i].disabled);
        }
        staff_done(&list[i]);
    }
    free(list);
    return rc;
}

enum rc act_user_disable(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    (void)result;
    return staff_disable(ctx->st, grant, args_get(args, "name"), err);
}

enum rc act_user_role(struct context *ctx, const struct grant *grant, const struct args *args,
                      struct doc **result, struct err *err)
{
    (void)result;
    return staff_set_role(ctx->st, grant, args_get(args, "name"), role_of(args), err);
}

/* Everybody may change their own password; another's takes the right to manage accounts, as it is now:
 * the grant has the role of this moment, the session that of its beginning. */
enum rc act_user_passwd(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    const char *name = arg_text(args, "name"), *password = args_get(args, "password");
    struct staff whose = { 0 };
    enum role role;
    enum rc rc = staff_get(ctx->st, !name || strcmp(name, "me") == 0 ? ctx->session.staff.id : name, &whose, err);

    (void)result;
    if (rc == RC_OK && strcmp(whose.id, ctx->session.staff.id) != 0 &&
        (!role_parse(grant->role, &role) || !authz_role_has(role, PERM_STAFF)))
        rc = err_set(err, RC_DENIED, _("only an administrator sets another person's password"));
    if (rc == RC_OK && (rc = staff_password_check(whose.name, password, err)) == RC_OK)
        rc = staff_set_password(ctx->st, grant, whose.name, password, err);
    staff_done(&whose);
    return rc;
}
