#include "test/socketless/socketless.h"

#include <stdlib.h>

/* ---- what the broker calls --------------------------------------------- */

bool peer_send(struct peer *peer, struct slice bytes)
{
    const struct socketless *home = peer->home;

    if (home->sent && !peer->over)
        home->sent(home->user, peer->number, bytes);
    return true;
}

void peer_close(struct peer *peer)
{
    peer->over = true;
}

void peer_reset(struct peer *peer)
{
    peer->over = true;
}

size_t peer_waiting(const struct peer *peer)
{
    (void)peer;
    return 0;
}

enum net_transport peer_transport(const struct peer *peer)
{
    (void)peer;
    return NET_TCP;
}

/* ---- what the test calls ----------------------------------------------- */

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void parse_options(struct options *options)
{
    char listen[] = "--listen=mqtt://127.0.0.1:0";
    char user[] = "--user=mqttspec:correct horse";
    char *arguments[] = {listen, user};
    char error[256];

    demand(broker_options_parse(options, 2, arguments, error, sizeof error));
}

void socketless_begin(struct socketless *home)
{
    *home = (struct socketless){0};
    parse_options(&home->options);
    demand(uv_loop_init(&home->loop) == 0);
    home->broker = (struct broker){.loop = &home->loop,
                                   .limits = home->options.limits,
                                   .accounts = home->options.accounts,
                                   .account_count = home->options.account_count,
                                   .violation = home->options.violation};
    for (size_t i = 0; i < SOCKETLESS_PEERS; i++)
        home->peers[i] = (struct peer){.home = home, .number = i};
}

void socketless_open(struct socketless *home, size_t peer, bool login)
{
    struct peer *at = &home->peers[peer];

    socketless_gone(home, peer, PEER_END_BROKEN);
    at->over = false;
    at->client = client_open(&home->broker, login ? DOOR_LOGIN : DOOR_OPEN, at);
}

void socketless_bytes(struct socketless *home, size_t peer, struct slice bytes)
{
    struct peer *at = &home->peers[peer];

    if (at->client && !at->over)
        client_bytes(at->client, bytes);
}

void socketless_gone(struct socketless *home, size_t peer, enum peer_end end)
{
    struct client *client = home->peers[peer].client;

    home->peers[peer].client = NULL;
    if (client)
        client_gone(client, end);
}

static void drop_closed(struct socketless *home)
{
    for (size_t i = 0; i < SOCKETLESS_PEERS; i++) {
        if (!home->peers[i].client || !home->peers[i].over)
            continue;
        socketless_gone(home, i, PEER_END_OURS);
        if (home->closed)
            home->closed(home->user, i);
    }
}

void socketless_turn(struct socketless *home)
{
    uv_run(&home->loop, UV_RUN_NOWAIT);
    drop_closed(home);
}

void socketless_end(struct socketless *home)
{
    for (size_t i = 0; i < SOCKETLESS_PEERS; i++)
        socketless_gone(home, i, PEER_END_BROKEN);
    broker_free(&home->broker);
    options_free(&home->options);
    uv_run(&home->loop, UV_RUN_NOWAIT);
    uv_run(&home->loop, UV_RUN_NOWAIT);
    demand(uv_loop_close(&home->loop) == 0);
}
