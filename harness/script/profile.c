/* Profiles in memory: made, looked into, freed. */
#include "script/profile_inside.h"
#include <string.h>

#define SECOND INT64_C(1000000000)
#define URL_CAP 5000

struct profile *profile_new(void)
{
    struct arena *arena = arena_new(PROFILE_ARENA_MAX);
    if (arena == NULL)
        return NULL;
    struct profile *profile = arena_alloc(arena, sizeof *profile);
    if (profile == NULL) {
        arena_free(arena);
        return NULL;
    }
    profile->arena = arena;
    profile->name = profile->version = profile->topic_prefix = "";
    profile->restart_signal = "TERM";
    /* As long as a run may watch a broker that waits for CONNECT. */
    profile->limit_connect = profile->limit_handshake = 35 * SECOND;
    profile->keep_alive = 600;
    return profile;
}

void profile_free(struct profile *profile)
{
    if (profile != NULL)
        arena_free(profile->arena);
}

/* ---- plain URLs -------------------------------------------------------- */

static const char *url_text(struct arena *arena, const struct net_url *url,
                            bool reveal)
{
    struct buffer out = buffer_make(URL_CAP);
    net_url_print(url, reveal, &out);
    const char *text =
        out.failed ? NULL : arena_text_of(arena, buffer_slice(&out));
    buffer_free(&out);
    return text;
}

/* Where several URLs share a transport or name accounts, the first counts. */
static void add_url(struct profile *profile, const struct net_url *url)
{
    struct profile_endpoint *endpoint = &profile->endpoints[0];
    struct profile_account *account = &profile->accounts[0];
    if (endpoint->urls[url->transport] == NULL)
        endpoint->urls[url->transport] = url_text(profile->arena, url, true);
    if (url->user_name == NULL || profile->account_count > 0)
        return;
    profile->account_count = 1;
    account->name = "default";
    account->user_name = arena_text(profile->arena, url->user_name);
    if (url->password != NULL)
        account->password = arena_text(profile->arena, url->password);
}

struct profile *profile_of_urls(const struct net_url *urls, size_t count)
{
    struct profile *profile = profile_new();
    if (profile == NULL)
        return NULL;
    profile->resolved = true;
    profile->endpoint_count = 1;
    profile->endpoints =
        arena_alloc(profile->arena, sizeof *profile->endpoints);
    profile->accounts = arena_alloc(profile->arena, sizeof *profile->accounts);
    if (profile->endpoints != NULL && profile->accounts != NULL) {
        profile->endpoints[0].name = "default";
        for (size_t i = 0; i < count; i++)
            add_url(profile, &urls[i]);
        if (count > 0)
            profile->name = url_text(profile->arena, &urls[0], false);
    }
    if (!arena_failed(profile->arena))
        return profile;
    profile_free(profile);
    return NULL;
}

/* ---- looking into it --------------------------------------------------- */

const struct profile_endpoint *profile_endpoint(const struct profile *profile,
                                                const char *name)
{
    for (size_t i = 0; i < profile->endpoint_count; i++)
        if (strcmp(profile->endpoints[i].name, name) == 0)
            return &profile->endpoints[i];
    return NULL;
}

const struct profile_account *profile_account(const struct profile *profile,
                                              const char *name)
{
    for (size_t i = 0; i < profile->account_count; i++)
        if (strcmp(profile->accounts[i].name, name) == 0)
            return &profile->accounts[i];
    return NULL;
}

const struct profile_capability *
profile_capability(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->capability_count; i++)
        if (strcmp(profile->capabilities[i].name, name) == 0)
            return &profile->capabilities[i];
    return NULL;
}
