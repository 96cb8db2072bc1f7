#include "engine/offer.h"

#include "script/capability.h"

#include <stdio.h>
#include <string.h>

static struct offered *row(struct offer *offer, const char *name)
{
    const char *const *names = capability_names();

    for (size_t i = 0; i < OFFER_ROWS && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return &offer->rows[i];
    return NULL;
}

/* What no probe can find out: only a profile can say it. */
static bool can_be_probed(const char *name)
{
    static const char *const stated[] = {"login",
                                         "acl",
                                         "enhanced_auth",
                                         "redirect",
                                         "client_certificate",
                                         "root_topics",
                                         "dollar_publish",
                                         "sys_topics",
                                         "restart",
                                         "stop",
                                         "persistence"};

    for (size_t i = 0; i < sizeof stated / sizeof stated[0]; i++)
        if (strcmp(stated[i], name) == 0)
            return false;
    return true;
}

static const struct offered *find(const struct offer *offer, const char *name)
{
    return row((struct offer *)(uintptr_t)offer, name);
}

/* Restarting takes a command to start it with, whatever is stated. */
static void allow_hooks(struct offer *offer, const struct profile *profile)
{
    static const char *const hooks[] = {"restart", "stop"};

    for (size_t i = 0; i < 2; i++) {
        struct offered *hook = row(offer, hooks[i]);
        if (!hook)
            continue;
        if (!hook->stated)
            hook->present = true;
        hook->present = hook->present && profile->command_count > 0;
        hook->stated = true;
    }
}

void offer_begin(struct offer *offer, const struct profile *profile)
{
    memset(offer, 0, sizeof *offer);
    for (size_t i = 0; i < profile->capability_count; i++) {
        const struct profile_capability *from = &profile->capabilities[i];
        struct offered *to = row(offer, from->name);
        if (to)
            *to = (struct offered){.present = from->present,
                                   .has_number = from->has_number,
                                   .number = from->number,
                                   .stated = true};
    }
    allow_hooks(offer, profile);
}

void offer_set(struct offer *offer, const char *name, bool present)
{
    struct offered *to = row(offer, name);

    if (to && !to->stated)
        to->present = present;
}

void offer_set_number(struct offer *offer, const char *name, bool present,
                      int64_t number)
{
    struct offered *to = row(offer, name);

    if (to && !to->stated)
        *to = (struct offered){
            .present = present, .has_number = true, .number = number};
}

bool offer_has(const struct offer *offer, const char *name)
{
    const struct offered *found = find(offer, name);

    return found && found->present;
}

/* ---- requirements ------------------------------------------------------ */

static bool say_number(const struct offered *found,
                       const struct requirement *required, char *reason,
                       size_t size)
{
    struct buffer wanted = buffer_make(200);
    char number[32] = "not stated";

    if (found->has_number)
        snprintf(number, sizeof number, "%lld", (long long)found->number);
    matcher_print(required->matcher, NULL, false, &wanted);
    snprintf(reason, size, "the broker's %s is %s; the case needs %s",
             required->name, number, buffer_string(&wanted));
    buffer_free(&wanted);
    return false;
}

static bool number_meets(const struct offered *found,
                         const struct requirement *required, char *reason,
                         size_t size)
{
    struct environment environment = {.arena = arena_new(4096)};
    struct match_context context = {.environment = &environment};
    struct value value = {.kind = VALUE_NUMBER, .number = found->number};
    const char *error = NULL;

    if (!environment.arena) {
        snprintf(reason, size, "no memory");
        return false;
    }
    bool met =
        matcher_test(required->matcher, found->has_number ? &value : NULL,
                     &context, &error) == MATCH_YES;
    arena_free(environment.arena);
    return met || say_number(found, required, reason, size);
}

/* For cases about what a broker does that does not offer it. */
static bool is_lacking(const struct offered *found,
                       const struct requirement *required, char *reason,
                       size_t size)
{
    if (found && !found->present &&
        (found->stated || can_be_probed(required->name)))
        return true;
    snprintf(reason, size, "the case needs a broker without %s",
             required->name);
    return false;
}

static bool meets(const struct offer *offer, const struct requirement *required,
                  char *reason, size_t size)
{
    const struct offered *found = find(offer, required->name);

    if (required->lacking)
        return is_lacking(found, required, reason, size);
    if (found && required->matcher)
        return number_meets(found, required, reason, size);
    if (found && found->present)
        return true;
    if ((found && found->stated) || can_be_probed(required->name))
        snprintf(reason, size, "the broker does not offer %s", required->name);
    else
        snprintf(reason, size, "no profile says that the broker offers %s",
                 required->name);
    return false;
}

bool offer_meets(const struct offer *offer, const struct requirement *requires,
                 size_t count, char *reason, size_t reason_size)
{
    for (size_t i = 0; i < count; i++)
        if (!meets(offer, &requires[i], reason, reason_size))
            return false;
    return true;
}
